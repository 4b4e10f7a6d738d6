using System.Collections.Immutable;
using System.Text;

namespace Sandpiper.Samples;

/// <summary>A made-up wheel, correct unless told otherwise; the same description always gives the same bytes.</summary>
/// <param name="Name">As the metadata spells it; file names use the normal form.</param>
/// <param name="Version">Used as given everywhere.</param>
public sealed record SampleWheel(string Name, string Version)
{
    private string Tag { get; init; } = "py3-none-any";

    private MetadataText CoreMetadata { get; init; } = new(Name, Version);

    private ImmutableArray<SampleMember> Files { get; init; } = [];

    private ImmutableArray<string> ConsoleScripts { get; init; } = [];

    private ImmutableSortedDictionary<string, string?> DistInfoTexts { get; init; } =
        ImmutableSortedDictionary.Create<string, string?>(StringComparer.Ordinal);

    private ImmutableArray<Func<ImmutableArray<RecordRow>, ImmutableArray<RecordRow>>> RecordLies { get; init; } = [];

    private Func<ZipBytes, ZipBytes> Finish { get; init; } = archive => archive;

    public string FileName => $"{SampleName.InFileName(Name)}-{Version}-{Tag}.whl";

    /// <summary>The content of METADATA, which an index may serve beside the wheel (PEP 658).</summary>
    public ReadOnlyMemory<byte> Metadata => Encoding.UTF8.GetBytes(DistInfoTexts.GetValueOrDefault("METADATA") ?? CoreMetadata.ToString());

    public string? RequiresPython => CoreMetadata.RequiresPython;

    public SampleWheel WithFile(string path, string text) => WithMember(SampleMember.Text(path, text));

    public SampleWheel WithFile(string path, ReadOnlyMemory<byte> content) => WithMember(new SampleMember(path, content));

    /// <summary>Any member, with its lies; it gets a true row in RECORD.</summary>
    public SampleWheel WithMember(SampleMember member) => this with { Files = Files.Add(member) };

    /// <summary>A file of <c>.data/scripts</c>, which goes to the environment's <c>bin</c>.</summary>
    public SampleWheel WithScript(string name, string text) =>
        WithMember(SampleMember.Text($"{DataFolder}/scripts/{name}", text).AsExecutable());

    /// <summary>A file of <c>.data/purelib</c>, which goes to <c>site-packages</c> by a side door.</summary>
    public SampleWheel WithPurelib(string path, string text) => WithFile($"{DataFolder}/purelib/{path}", text);

    /// <summary>A file of <c>.data/data</c>, which goes below the environment's root.</summary>
    public SampleWheel WithData(string path, ReadOnlyMemory<byte> content) => WithFile($"{DataFolder}/data/{path}", content);

    public SampleWheel WithRequires(params IEnumerable<string> requirements) =>
        this with { CoreMetadata = CoreMetadata with { Requires = CoreMetadata.Requires.AddRange(requirements) } };

    public SampleWheel WithExtra(string extra, params IEnumerable<string> requirements) =>
        this with { CoreMetadata = CoreMetadata.WithExtra(extra, requirements) };

    public SampleWheel WithRequiresPython(string specifiers) =>
        this with { CoreMetadata = CoreMetadata with { RequiresPython = specifiers } };

    public SampleWheel WithSummary(string summary) => this with { CoreMetadata = CoreMetadata with { Summary = summary } };

    /// <param name="command">Written as it is, whatever it contains.</param>
    /// <param name="target">Such as <c>pkg.mod:main</c>.</param>
    public SampleWheel WithConsoleScript(string command, string target) =>
        this with { ConsoleScripts = ConsoleScripts.Add($"{command} = {target}\n") };

    /// <param name="tag">Such as <c>cp311-abi3-manylinux_2_17_x86_64</c>; WHEEL gets compressed sets (<c>py2.py3-none-any</c>)
    /// expanded.</param>
    public SampleWheel WithTag(string tag) => this with { Tag = tag };

    /// <summary>Text in place of the true one, or a further file, such as <c>WHEEL</c> or <c>top_level.txt</c>.</summary>
    public SampleWheel WithDistInfoFile(string name, string text) => this with { DistInfoTexts = DistInfoTexts.SetItem(name, text) };

    /// <summary>Leaves out one of METADATA, WHEEL, RECORD, entry_points.txt; RECORD then does not list it either.</summary>
    public SampleWheel WithoutDistInfoFile(string name) => this with { DistInfoTexts = DistInfoTexts.SetItem(name, null) };

    public SampleWheel WithoutMetadataFile() => WithoutDistInfoFile("METADATA");

    public SampleWheel WithoutWheelFile() => WithoutDistInfoFile("WHEEL");

    public SampleWheel WithoutRecordFile() => WithoutDistInfoFile("RECORD");

    public SampleWheel WithoutRecordRow(string path) => WithRecord(rows => rows.RemoveAll(row => row.IsFor(path)));

    /// <summary>One more row, true or not.</summary>
    public SampleWheel WithRecordRow(string path, string hash, string size) => WithRecord(rows => rows.Add(new(path, hash, size)));

    public SampleWheel WithWrongHashInRecord(string path) =>
        WithRecord(rows => [.. rows.Select(row => row.IsFor(path) ? row with { Hash = RecordRow.HashOf("something else"u8) } : row)]);

    public SampleWheel WithWrongSizeInRecord(string path) =>
        WithRecord(rows => [.. rows.Select(row => row.IsFor(path) ? row with { Size = $"{row.Size}0" } : row)]);

    /// <summary>The last word on the archive, RECORD already in it.</summary>
    public SampleWheel WithArchive(Func<ZipBytes, ZipBytes> change)
    {
        var before = Finish;
        return this with { Finish = archive => change(before(archive)) };
    }

    public byte[] Build()
    {
        var texts = DistInfoTexts;
        AddTruth("METADATA", CoreMetadata.ToString());
        AddTruth("WHEEL", WheelText());
        if (ConsoleScripts.Length > 0) AddTruth("entry_points.txt", $"[console_scripts]\n{string.Concat(ConsoleScripts)}");
        var members = Files.AddRange(
            from file in texts.Remove("RECORD")
            where file.Value is not null
            select SampleMember.Text($"{DistInfoFolder}/{file.Key}", file.Value));

        // Last, as PEP 427 recommends.
        if (texts.GetValueOrDefault("RECORD", RecordText(members)) is { } record)
            members = members.Add(SampleMember.Text($"{DistInfoFolder}/RECORD", record));
        return Finish(new ZipBytes { Members = members }).Build();

        void AddTruth(string name, string truth)
        {
            if (!texts.ContainsKey(name)) texts = texts.Add(name, truth);
        }
    }

    private string DistInfoFolder => $"{SampleName.InFileName(Name)}-{Version}.dist-info";

    private string DataFolder => $"{SampleName.InFileName(Name)}-{Version}.data";

    private SampleWheel WithRecord(Func<ImmutableArray<RecordRow>, ImmutableArray<RecordRow>> lie) =>
        this with { RecordLies = RecordLies.Add(lie) };

    private string RecordText(ImmutableArray<SampleMember> members)
    {
        var files = members.Where(member => !member.Name.EndsWith('/')).Select(RecordRow.Of);
        ImmutableArray<RecordRow> truth = [.. files, new($"{DistInfoFolder}/RECORD", "", "")];
        return string.Concat(RecordLies.Aggregate(truth, (rows, lie) => lie(rows)));
    }

    private string WheelText()
    {
        string[][] sets = [.. Tag.Split('-').Select(part => part.Split('.'))];
        var tags = from python in sets[0] from abi in sets[1] from platform in sets[2] select $"Tag: {python}-{abi}-{platform}\n";
        string purelib = Tag.EndsWith("none-any", StringComparison.Ordinal) ? "true" : "false";
        return $"Wheel-Version: 1.0\nGenerator: sandpiper-samples\nRoot-Is-Purelib: {purelib}\n{string.Concat(tags)}";
    }
}
