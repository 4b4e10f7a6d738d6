using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Samples;

/// <summary>A wheel to be made, with METADATA, WHEEL and RECORD that fit, unless it is told to lie. Immutable; same parts, same bytes.</summary>
public sealed record SampleWheel
{
    public SampleWheel(string name, string version) => (Name, Version) = (name, version);

    public string Name { get; }

    public string Version { get; init; }

    public string Tag { get; init; } = "py3-none-any";

    /// <summary>Files in the archive besides the dist-info ones; path to content.</summary>
    public ImmutableArray<(string Path, ReadOnlyMemory<byte> Content, bool IsExecutable)> Files { get; init; } = [];

    public ImmutableArray<string> Requires { get; init; } = [];

    public ImmutableArray<string> Extras { get; init; } = [];

    public string? RequiresPython { get; init; }

    public string Summary { get; init; } = "A sample.";

    public ImmutableArray<(string Name, string Target)> ConsoleScripts { get; init; } = [];

    /// <summary>Name in METADATA, where it shall be another.</summary>
    public string? MetadataName { get; init; }

    /// <summary>Paths that RECORD leaves out.</summary>
    public ImmutableArray<string> UnlistedFiles { get; init; } = [];

    /// <summary>Rows that RECORD has instead of the true ones, by path.</summary>
    public ImmutableDictionary<string, string> FalseRows { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Rows that RECORD has besides.</summary>
    public ImmutableArray<string> ExtraRows { get; init; } = [];

    /// <summary>Changes the archive's pieces just before they are written: the place for lies about the archive itself.</summary>
    public Func<ZipBytes, ZipBytes> Distort { get; init; } = archive => archive;

    private string Escaped => Name.Replace('-', '_');

    public string FileName => $"{Escaped}-{Version}-{Tag}.whl";

    public string DistInfo => $"{Escaped}-{Version}.dist-info";

    public string DataDirectory => $"{Escaped}-{Version}.data";

    public SampleWheel WithFile(string path, string text) => WithFile(path, Encoding.UTF8.GetBytes(text));

    public SampleWheel WithFile(string path, ReadOnlyMemory<byte> content, bool isExecutable = false) => this with { Files = Files.Add((path, content, isExecutable)) };

    /// <summary>A file of <c>.data/scripts</c>.</summary>
    public SampleWheel WithScript(string name, string text) => WithFile($"{DataDirectory}/scripts/{name}", Encoding.UTF8.GetBytes(text), isExecutable: true);

    /// <summary>A file of <c>.data/data</c>.</summary>
    public SampleWheel WithData(string path, string text) => WithFile($"{DataDirectory}/data/{path}", text);

    public SampleWheel WithRequires(params ReadOnlySpan<string> requirements) => this with { Requires = [.. Requires, .. requirements] };

    public SampleWheel WithConsoleScript(string name, string target) => this with { ConsoleScripts = ConsoleScripts.Add((name, target)) };

    /// <summary>METADATA as it will be in the wheel, and as an index offers it beside.</summary>
    public byte[] Metadata()
    {
        var text = new StringBuilder("Metadata-Version: 2.1\n");
        text.Append(CultureInfo.InvariantCulture, $"Name: {MetadataName ?? Name}\nVersion: {Version}\nSummary: {Summary}\n");
        if (RequiresPython is not null) text.Append(CultureInfo.InvariantCulture, $"Requires-Python: {RequiresPython}\n");
        foreach (string extra in Extras) text.Append(CultureInfo.InvariantCulture, $"Provides-Extra: {extra}\n");
        foreach (string requirement in Requires) text.Append(CultureInfo.InvariantCulture, $"Requires-Dist: {requirement}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public byte[] Build()
    {
        var archive = new ZipBytes();
        var record = new StringBuilder();
        foreach ((string path, ReadOnlyMemory<byte> content, bool isExecutable) in Files) Add(path, content, isExecutable);
        Add($"{DistInfo}/METADATA", Metadata(), isExecutable: false);
        Add($"{DistInfo}/WHEEL", Encoding.UTF8.GetBytes($"Wheel-Version: 1.0\nGenerator: sandpiper samples\nRoot-Is-Purelib: {(Tag.EndsWith("-any", StringComparison.Ordinal) ? "true" : "false")}\nTag: {Tag}\n"), isExecutable: false);
        if (!ConsoleScripts.IsEmpty)
        {
            string entryPoints = "[console_scripts]\n" + string.Concat(ConsoleScripts.Select(s => $"{s.Name} = {s.Target}\n"));
            Add($"{DistInfo}/entry_points.txt", Encoding.UTF8.GetBytes(entryPoints), isExecutable: false);
        }
        foreach (string row in ExtraRows) record.Append(row).Append('\n');
        record.Append(CultureInfo.InvariantCulture, $"{DistInfo}/RECORD,,\n");
        archive = archive.With($"{DistInfo}/RECORD", record.ToString());
        return Distort(archive).Build();

        void Add(string path, ReadOnlyMemory<byte> content, bool isExecutable)
        {
            archive = archive.With(new ZipPiece(path, content) { Mode = isExecutable ? 0x81ED : 0x81A4 });
            if (UnlistedFiles.Contains(path, StringComparer.Ordinal)) return;
            string row = FalseRows.GetValueOrDefault(path) ?? $"{path},sha256={Sha256Digest.Of(content.Span).ToRecordForm()},{content.Length}";
            record.Append(row).Append('\n');
        }
    }
}
