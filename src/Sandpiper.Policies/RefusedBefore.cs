using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Policies;

/// <summary>
/// What was refused on this machine, and in which bytes: so that a person who accepts it types the package and the rule, and what is
/// accepted is still exactly what was refused. Lies in the cache; what is lost is refused once more.
/// </summary>
/// <param name="cache">The cache's directory.</param>
public sealed class RefusedBefore(string cache)
{
    private const int MaxBytes = 64 << 10;
    private const int MostOfOneVersion = 256;       // files looked at; an index that offers as many wheels of one version is none

    private readonly string _directory = Path.Combine(cache, "refused");

    /// <summary>Keeps it, where somebody could accept it.</summary>
    public void Keep(Refusal refusal)
    {
        KeepOne(refusal);
        if (refusal.OtherWay is { } other) KeepOne(other);
    }

    private void KeepOne(Refusal refusal)
    {
        if (!refusal.MayBeAccepted || refusal.Artifact is not { } artifact || artifact.Digest == default) return;
        byte[] text = JsonSerializer.SerializeToUtf8Bytes(RefusalDocument.Of(refusal), RefusalJson.Default.RefusalDocument);
        if (text.Length > MaxBytes) return;
        try
        {
            Directory.CreateDirectory(_directory);
            string name = $"{PrefixOf(artifact.Name, artifact.Version)}{refusal.Rule}-{Sha256Digest.Of(text).Hex[..16]}.json";
            WholeFile.Write(Path.Combine(_directory, name), text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Forgetting costs a few more words when it is accepted.
        }
    }

    /// <summary>What this rule refused in this version of this package, newest first.</summary>
    public ImmutableArray<Refusal> Find(PackageName name, Pep440Version version, string rule)
    {
        if (!Directory.Exists(_directory)) return [];
        var paths = Directory.EnumerateFiles(_directory, $"{PrefixOf(name, version)}{rule}-*.json").Take(MostOfOneVersion);
        return [.. paths.OrderByDescending(File.GetLastWriteTimeUtc).Select(TryRead).OfType<Refusal>()
            .Where(r => r.Artifact!.Name == name && r.Artifact.Version == version)
            .Where(r => string.Equals(r.Rule, rule, StringComparison.Ordinal))];
    }

    private static string PrefixOf(PackageName name, Pep440Version version) => $"{name.Normalized}-{version}-";

    private static Refusal? TryRead(string path)
    {
        try
        {
            return RegularFile.TryRead(path, MaxBytes) is { } text
                ? JsonSerializer.Deserialize(text, RefusalJson.Default.RefusalDocument)?.ToRefusal() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>As on disk. Only the first finding is kept: it is the one that a person was shown.</summary>
internal sealed record RefusalDocument(
    string Name, string Version, string Sha256, int Fault, string? Path, string? Seen, string? Environment, OwnerLine? Owner)
{
    public static RefusalDocument Of(Refusal refusal) => new(
        refusal.Artifact!.Name.Normalized, refusal.Artifact.Version.ToString(), refusal.Artifact.Digest.Hex,
        (int)refusal.First.Fault, refusal.First.Path, refusal.First.Seen, refusal.Environment, OwnerLine.Of(refusal.First.Owner));

    /// <exception cref="FormatException">It is not what <see cref="Of"/> writes.</exception>
    public Refusal ToRefusal()
    {
        var fault = (Fault)Fault;
        if (!Enum.IsDefined(fault) || !Rules.MayBeAccepted(fault)) throw new FormatException("no fault that can be accepted");
        var finding = new Finding(fault, Path, Seen) { Owner = Owner?.ToArtifact() };
        return new Refusal([finding]) { Artifact = new OwnerLine(Name, Version, Sha256).ToArtifact(), Environment = Environment };
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, MaxDepth = 3)]
[JsonSerializable(typeof(RefusalDocument))]
internal sealed partial class RefusalJson : JsonSerializerContext;
