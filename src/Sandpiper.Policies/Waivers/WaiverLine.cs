using System.Text.Json;
using System.Text.Json.Serialization;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies.Waivers;

/// <summary>A waiver as it stands in the file.</summary>
public sealed record WaiverLine(string Name, string Version, string Rule, string Reason, string Who, DateTimeOffset When)
{
    public static WaiverLine From(Waiver waiver) =>
        new(waiver.Name.Normalized, waiver.Version.ToString(), waiver.Rule, waiver.Reason, waiver.Who, waiver.When);

    /// <exception cref="FormatException">The name or the version is none.</exception>
    public Waiver ToWaiver() => new(PackageName.Parse(Name), Pep440Version.Parse(Version), Rule, Reason, Who, When);
}

/// <summary>Everything must be there, once, and nothing else: a line that is misread could allow what nobody allowed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, MaxDepth = 2)]
[JsonSerializable(typeof(WaiverLine))]
public sealed partial class WaiverJson : JsonSerializerContext;
