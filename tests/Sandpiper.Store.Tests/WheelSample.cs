using System.Collections.Immutable;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Samples;

namespace Sandpiper.Store.Tests;

/// <summary>
/// A wheel made in the test: honest unless the test says otherwise. RECORD is computed last, so that it is true of what is there.
/// </summary>
internal sealed record WheelSample
{
    public const string DistInfo = "honest-1.0.dist-info";

    public static WheelSample Honest { get; } = new WheelSample()
        .With("honest/__init__.py", "x = 1\n")
        .With($"{DistInfo}/METADATA", "Metadata-Version: 2.1\nName: honest\nVersion: 1.0\nRequires-Dist: other>=1\n")
        .With($"{DistInfo}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");

    public string FileName { get; init; } = "honest-1.0-py3-none-any.whl";

    private ImmutableList<Entry> Entries { get; init; } = [];

    private Func<string, string> ChangeRecord { get; init; } = rows => rows;

    private string RecordName { get; init; } = $"{DistInfo}/RECORD";

    public IEnumerable<(string Name, byte[] Content)> Files => Entries.Select(e => (e.Name, e.Content));

    /// <summary>Adds a file, or puts it in the place of the one of that name.</summary>
    public WheelSample With(string name, string content, bool executable = false) =>
        With(name, Encoding.UTF8.GetBytes(content), executable);

    public WheelSample With(string name, byte[] content, bool executable = false) =>
        this with { Entries = Entries.RemoveAll(e => e.Name == name).Add(new(name, content, executable, IsListed: true)) };

    /// <summary>Adds a file that RECORD says nothing about.</summary>
    public WheelSample WithUnlisted(string name, string content) =>
        this with { Entries = Entries.Add(new(name, Encoding.UTF8.GetBytes(content), false, IsListed: false)) };

    public WheelSample Without(string name) => this with { Entries = Entries.RemoveAll(e => e.Name == name) };

    /// <summary>Changes the text of RECORD after it was computed.</summary>
    public WheelSample WithRecord(Func<string, string> change) => this with { ChangeRecord = change };

    public WheelSample WithoutRecord() => this with { RecordName = "" };

    /// <summary>As it will be in the wheel.</summary>
    public byte[] Record() => Encoding.UTF8.GetBytes(ChangeRecord(Rows()));

    public byte[] ToBytes()
    {
        var archive = ZipBytes.Empty;
        foreach (var entry in Entries)
            archive = archive.With(new SampleMember(entry.Name, entry.Content) { Mode = (ushort)(entry.Executable ? 0x81ED : 0x81A4) });
        if (RecordName.Length > 0) archive = archive.With(new SampleMember(RecordName, Record()));
        return archive.Build();
    }

    private string Rows() => string.Concat(Entries.Where(e => e.IsListed).Select(e =>
        $"\"{e.Name}\",sha256={Sha256Digest.Of(e.Content).ToRecordForm()},{e.Content.Length}\n")) + $"{RecordName},,\n";

    private sealed record Entry(string Name, byte[] Content, bool Executable, bool IsListed);
}
