using System.Text.Json;
using System.Text.Json.Serialization;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies;

/// <summary>A line of the file: a waiver, or the withdrawal of one. What belongs to the other kind is null.</summary>
public sealed record WaiverLine(
    string Who, DateTimeOffset When, string? Name = null, string? Version = null, string? Sha256 = null, string? Rule = null,
    string? Reason = null, DateTimeOffset? Expires = null, string? Environment = null, string? Path = null,
    OwnerLine? Owner = null, int? Withdraw = null)
{
    public static WaiverLine From(Waiver waiver) => new(
        waiver.Who, waiver.When, waiver.Name.Normalized, waiver.Version.ToString(), waiver.Digest?.Hex, waiver.Rule, waiver.Reason,
        waiver.Expires, waiver.Environment, waiver.Path, OwnerLine.Of(waiver.Owner));

    /// <summary>Whether it withdraws one, and says nothing else.</summary>
    public bool IsWithdrawal => this is
    {
        Withdraw: not null, Name: null, Version: null, Sha256: null, Rule: null, Reason: null,
        Expires: null, Environment: null, Path: null, Owner: null,
    };

    /// <exception cref="FormatException">Something is missing, or is not what its name says.</exception>
    public Waiver ToWaiver(int number)
    {
        if (Name is null || Version is null || Rule is null || Reason is null || Withdraw is not null)
            throw new FormatException("something is missing");
        // What holds for one environment and one pair of wheels must not be read as holding for more.
        if (Sha256 is not null && Rules.IsAboutEnvironment(Rule) && Environment is null)
            throw new FormatException("it names no environment");
        return new Waiver(PackageName.Parse(Name), Pep440Version.Parse(Version), Rule, Reason, Who, When)
        {
            Number = number,
            Digest = Sha256 is null ? null : OwnerLine.DigestOf(Sha256),
            Expires = Expires,
            Environment = Environment,
            Path = Path,
            Owner = Owner?.ToArtifact(),
        };
    }
}

/// <summary>A package, as such a line names it.</summary>
public sealed record OwnerLine(string Name, string Version, string Sha256)
{
    public static OwnerLine? Of(Artifact? artifact) =>
        artifact is null ? null : new(artifact.Name.Normalized, artifact.Version.ToString(), artifact.Digest.Hex);

    /// <exception cref="FormatException">It is not what its name says.</exception>
    public Artifact ToArtifact() => new(PackageName.Parse(Name), Pep440Version.Parse(Version), DigestOf(Sha256));

    public static Sha256Digest DigestOf(string hex) =>
        Sha256Digest.TryParseHex(hex, out var digest) ? digest : throw new FormatException("a SHA-256 that is none");
}

/// <summary>Nothing twice and nothing else: a line that is misread could allow what nobody allowed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 3)]
[JsonSerializable(typeof(WaiverLine))]
public sealed partial class WaiverJson : JsonSerializerContext;
