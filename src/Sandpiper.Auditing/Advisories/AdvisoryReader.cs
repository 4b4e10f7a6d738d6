using System.Collections.Immutable;
using System.Text.Json;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;

namespace Sandpiper.Auditing.Advisories;

/// <summary>Reads records of the OSV schema; members that it does not know are passed over, repeated ones are an error.</summary>
internal static class AdvisoryReader
{
    private const string Ecosystem = "PyPI";
    private const int MostVersions = 100_000;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    /// <summary>One record, or a list of them.</summary>
    /// <returns>False: it is no such thing, and <paramref name="problem"/> says why.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> json, List<Advisory> into, out string problem)
    {
        problem = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Array) return TryAdd(document.RootElement, into, out problem);
            foreach (JsonElement record in document.RootElement.EnumerateArray())
                if (!TryAdd(record, into, out problem)) return false;
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = e.Message;
            return false;
        }
    }

    private static bool TryAdd(JsonElement record, List<Advisory> into, out string problem)
    {
        problem = "a record without an `id`";
        if (record.ValueKind != JsonValueKind.Object || TextOf(record, "id") is not { Length: > 0 } id) return false;
        // Taken back by whoever published it.
        if (record.TryGetProperty("withdrawn", out JsonElement withdrawn) && withdrawn.ValueKind == JsonValueKind.String) return true;
        problem = $"`affected` of {id} is no list of packages";
        if (!record.TryGetProperty("affected", out JsonElement affected)) return true;
        if (affected.ValueKind != JsonValueKind.Array) return false;
        string? summary = TextOf(record, "summary");
        foreach (JsonElement one in affected.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.Object) return false;
            if (!one.TryGetProperty("package", out JsonElement package)) continue;      // what is told by commits alone
            if (package.ValueKind != JsonValueKind.Object) return false;
            // `PyPI:https://…` is a registry of its own, of which nothing here says that it came from there.
            if (TextOf(package, "ecosystem") is not Ecosystem) continue;
            problem = $"{id} names no package";
            if (!PackageName.TryParse(TextOf(package, "name"), out PackageName name, out _)) return false;
            into.Add(Of(id, name, summary, one));
        }
        return true;
    }

    private static Advisory Of(string id, PackageName name, string? summary, JsonElement affected)
    {
        bool isUnclear = false;
        var versions = ImmutableArray.CreateBuilder<string>();
        foreach (JsonElement version in ItemsOf(affected, "versions", ref isUnclear).Take(MostVersions))
        {
            if (version.ValueKind == JsonValueKind.String) versions.Add(version.GetString()!);
            else isUnclear = true;
        }
        var ranges = ImmutableArray.CreateBuilder<AdvisoryRange>();
        foreach (JsonElement range in ItemsOf(affected, "ranges", ref isUnclear))
        {
            if (range.ValueKind != JsonValueKind.Object) isUnclear = true;
            else if (TextOf(range, "type") is "ECOSYSTEM" or "SEMVER") ranges.Add(RangeOf(range, ref isUnclear));
        }
        return new Advisory(id, name, summary, versions.ToImmutable(), ranges.ToImmutable()) { IsUnclear = isUnclear };
    }

    private static AdvisoryRange RangeOf(JsonElement range, ref bool isUnclear)
    {
        var events = ImmutableArray.CreateBuilder<AdvisoryEvent>();
        foreach (JsonElement one in ItemsOf(range, "events", ref isUnclear))
        {
            if (one.ValueKind != JsonValueKind.Object || EventOf(one) is not { } read) isUnclear = true;
            else events.Add(read);
        }
        return new AdvisoryRange(events.ToImmutable());
    }

    private static AdvisoryEvent? EventOf(JsonElement one)
    {
        (string Name, AdvisoryBound Bound)[] bounds =
        [
            ("introduced", AdvisoryBound.Introduced), ("fixed", AdvisoryBound.Fixed), ("last_affected", AdvisoryBound.LastAffected),
            ("limit", AdvisoryBound.Limit),
        ];
        AdvisoryEvent? read = null;
        foreach (var (name, bound) in bounds)
        {
            if (TextOf(one, name) is not { } text) continue;
            if (read is not null) return null;
            if (bound == AdvisoryBound.Introduced && text is "0") read = new(bound, null);
            else if (bound == AdvisoryBound.Limit && text is "*") read = new(bound, Beyond);
            else if (Pep440Version.TryParse(text, out Pep440Version version, out _)) read = new(bound, version);
            else return null;
        }
        return read;
    }

    // `"limit": "*"` is no limit at all.
    private static readonly Pep440Version Beyond = Pep440Version.Parse("999999999999999!0");

    private static JsonElement.ArrayEnumerator ItemsOf(JsonElement of, string name, ref bool isUnclear)
    {
        if (!of.TryGetProperty(name, out JsonElement items) || items.ValueKind == JsonValueKind.Null) return default;
        if (items.ValueKind == JsonValueKind.Array) return items.EnumerateArray();
        isUnclear = true;
        return default;
    }

    private static string? TextOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
