using System.Text.Json;
using Sandpiper.Archives.Zip;
using Sandpiper.Surroundings;

namespace Sandpiper.Archives.Tests.Zip;

/// <summary>Archives that others made to mislead readers; whole, every member inflated.</summary>
public sealed class RecordedArchivesTests
{
    // Archives on which their authors disagree. We take what every reader reads alike, and say why not where we do not.
    private static readonly Dictionary<string, string> AcceptedByPolicy = new(StringComparer.Ordinal)
    {
        ["async-zip/accept/empty-with-max-comment.zip"] = "a comment that is text hides nothing",
        ["async-zip/accept/empty.zip"] = "nothing in it, for everybody",
        ["malo-zip/iffy/crc_collision_empty_nonempty.zip"] = "two members with one checksum are still two members",
        ["malo-zip/iffy/crc_collision_two_nonempty.zip"] = "two members with one checksum are still two members",
        ["malo-zip/iffy/nosubdir.zip"] = "wheels have no directory entries",
        ["warehouse-zip/accept/nosubdir.zip"] = "wheels have no directory entries",
        ["warehouse-zip/reject/data_descriptor.zip"] = "the descriptor says what the directory says",
        ["warehouse-zip/reject/data_descriptor_zip64.zip"] = "the descriptor says what the directory says",
    };

    public static TheoryData<string, string> Zips()
    {
        var data = new TheoryData<string, string>();
        foreach ((string path, string expect) in Expectations().Where(e => e.Path.EndsWith(".zip", StringComparison.Ordinal) || e.Path.EndsWith(".whl", StringComparison.Ordinal))) data.Add(path, expect);
        if (data.Count == 0) data.Add("", "");
        return data;
    }

    [Theory]
    [MemberData(nameof(Zips))]
    public void An_archive_is_taken_only_when_every_reader_would_read_the_same(string path, string expect)
    {
        string file = Recorded.Path($"vectors/archives/{path}");
        string? refusal = Refusal(file);
        if (string.Equals(expect, "policy", StringComparison.Ordinal)) expect = AcceptedByPolicy.ContainsKey(path) ? "accept" : "reject";
        Assert.True(string.Equals(expect, "accept", StringComparison.Ordinal) == refusal is null, $"{path}: {expect} is right, and: {refusal ?? "accepted"}");
    }

    private static string? Refusal(string file)
    {
        try
        {
            using var reader = ZipReader.Open(File.OpenHandle(file), ArchiveLimits.Default);
            foreach (ZipMember member in reader.Members.Where(m => !m.IsDirectory)) reader.CopyTo(member, Stream.Null);
            return null;
        }
        catch (ArchiveRefusedException refusal)
        {
            return refusal.Message;
        }
    }

    private static IEnumerable<(string Path, string Expect)> Expectations()
    {
        string? list = Recorded.Find("vectors/archives/expect.json");
        if (list is null) yield break;
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(list));
        JsonElement root = document.RootElement.TryGetProperty("files", out JsonElement files) ? files : document.RootElement;
        foreach (JsonProperty entry in root.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.Object && entry.Value.TryGetProperty("expect", out JsonElement expect)) yield return (entry.Name, expect.GetString()!);
        }
    }
}
