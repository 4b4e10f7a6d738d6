using System.Buffers.Binary;
using System.Text;
using Sandpiper.Auditing.Findings;

namespace Sandpiper.Auditing.Tests;

/// <summary>What an audit finds, each planted in a site that is otherwise as pip leaves it.</summary>
public sealed class AuditTests
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    // Of Python 3.11, and the source `x = 1`, which it hashed itself.
    private static readonly byte[] Magic = [0xa7, 0x0d, 0x0d, 0x0a];

    private static readonly Dictionary<AuditKind, (Gravity Gravity, Action<PlantedSite> Plant)> Planted = new()
    {
        [AuditKind.Unowned] = (Gravity.Alarm, s => s.Write("evil/__init__.py", "1\n")),
        [AuditKind.Changed] = (Gravity.Alarm, s => s.Append("good/__init__.py", "import evil\n")),
        [AuditKind.Missing] = (Gravity.Alarm, s => File.Delete(s.In("good/data.txt"))),
        [AuditKind.NoRecord] = (Gravity.Alarm, s => File.Delete(s.In("good-1.0.dist-info/RECORD"))),
        [AuditKind.UnreadableRecord] = (Gravity.Alarm, s => s.Append("good-1.0.dist-info/RECORD", "a,b\n")),
        [AuditKind.RecordLeadsOut] = (Gravity.Alarm, s => s.Append("good-1.0.dist-info/RECORD", "../../../../etc/passwd,,\n")),
        [AuditKind.StartUpCode] = (Gravity.Alarm, s => s.Write("evil.pth", "import os; os.system('x')\n")),
        [AuditKind.StartUpPath] = (Gravity.Note, s => s.Write("more.pth", "/usr/share\n")),
        [AuditKind.InterpreterSettings] = (Gravity.Alarm, s => s.Write("../../../bin/python._pth", ".\n")),
        [AuditKind.SeveralOwners] = (Gravity.Note, s => s.Install("twin", "1.0", ("good/__init__.py", "x = 1\n"))),
        [AuditKind.Overwritten] = (Gravity.Alarm, s => s.Install("thief", "1.0", ("good/__init__.py", "x = 2\n"))),
        [AuditKind.WritableByOthers] = (Gravity.Alarm, s => File.SetUnixFileMode(s.In("good/data.txt"), Everybody)),
        [AuditKind.AncestorWritable] = (Gravity.Alarm, s => File.SetUnixFileMode(s.In("../.."), Everybody)),
        [AuditKind.ShadowsLibrary] = (Gravity.Alarm, s => s.Install("late", "1.0", ("zlib.py", "1\n"))),
        [AuditKind.ShadowsCommand] = (Gravity.Alarm, s => s.Install("late", "1.0", ("../../../bin/ls", "#!/bin/sh\n"))),
        [AuditKind.ByteCodeWithoutSource] = (Gravity.Alarm, s => s.Write("hidden.pyc", HashedCode(checks: true, 0))),
        [AuditKind.ByteCodeUnlikeSource] = (Gravity.Alarm, s => s.Write(Cached, HashedCode(checks: false, 1))),
        [AuditKind.UncheckedByteCode] = (Gravity.Note, s => s.Write(Cached, HashedCode(checks: false, HashOfSource))),
        [AuditKind.StaleByteCode] = (Gravity.Note, s => s.Write(Cached, HashedCode(checks: true, 1))),
        [AuditKind.LegacyInstall] = (Gravity.Note, s =>
        {
            s.Write("old-1.0-py3.11.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: old\nVersion: 1.0\n");
            s.Write("old-1.0-py3.11.egg-info/installed-files.txt", "../old.py\nPKG-INFO\n");
            s.Write("old.py", "1\n");
        }),
        [AuditKind.EditableInstall] = (Gravity.Note, s => s.Install("mine", "1.0",
            ("mine-1.0.dist-info/direct_url.json", "{\"url\": \"file:///home/me/mine\", \"dir_info\": {\"editable\": true}}"))),
        [AuditKind.SpecialFile] = (Gravity.Alarm, s => s.Pipe("good/pipe.py")),
        [AuditKind.OddName] = (Gravity.Alarm, s => s.MakeBelow([0xff, (byte)'x'])),
        [AuditKind.LinkLeadsOut] = (Gravity.Alarm, s => File.CreateSymbolicLink(s.In("out.py"), "/etc/passwd")),
        [AuditKind.TwoVersions] = (Gravity.Alarm, s => s.Install("good", "2.0")),
        [AuditKind.OtherName] = (Gravity.Alarm, s => Directory.Move(s.In("good-1.0.dist-info"), s.In("better-1.0.dist-info"))),
        [AuditKind.SetsUser] = (Gravity.Alarm, s =>
            File.SetUnixFileMode(s.In("good/data.txt"), UnixFileMode.SetUser | UnixFileMode.UserRead)),
        [AuditKind.LeftOver] = (Gravity.Note, s => s.Write("~ood/__init__.py", "1\n")),
    };

    private const string Cached = "good/__pycache__/__init__.cpython-311.pyc";
    private const ulong HashOfSource = 0x5252f793aa72034c;

    public static TheoryData<AuditKind> Kinds => [.. Planted.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_was_planted_is_found_and_is_not_there_without(AuditKind kind)
    {
        using var site = new PlantedSite();
        Assert.DoesNotContain(site.Look().Findings, f => f.Kind == kind);
        Planted[kind].Plant(site);
        Assert.Contains(site.Look().Findings, f => f.Kind == kind && f.Gravity == Planted[kind].Gravity);
    }

    [Fact]
    public void More_than_twenty_kinds_are_planted() => Assert.InRange(Planted.Count, 20, 40);

    [Fact]
    public void What_pip_leaves_raises_no_alarm()
    {
        using var site = new PlantedSite();
        var source = new FileInfo(site.In("good/__init__.py"));
        byte[] code = [.. Magic, 0, 0, 0, 0, .. new byte[8], 0xe3];
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(8), (uint)new DateTimeOffset(source.LastWriteTimeUtc).ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32LittleEndian(code.AsSpan(12), (uint)source.Length);
        site.Write(Cached, code);
        site.Write("good-1.0.dist-info/RECORD", File.ReadAllText(site.In("good-1.0.dist-info/RECORD")) + $"{Cached},,\n");
        Assert.Empty(site.Alarms());
        Assert.DoesNotContain(site.Look().Findings, f => f.Kind == AuditKind.StaleByteCode);
    }

    [Fact]
    public void Byte_code_of_an_earlier_source_is_told_from_byte_code_of_this_one()
    {
        using var site = new PlantedSite();
        site.Write(Cached, [.. Magic, 0, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0xe3]);
        Assert.Contains(site.Look().Findings, f => f.Kind == AuditKind.StaleByteCode);
    }

    [Fact]
    public void A_group_counts_only_with_members_who_are_not_trusted()
    {
        using var site = new PlantedSite();
        const UnixFileMode group = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(site.In("good/data.txt"), group);
        Assert.DoesNotContain(AuditKind.WritableByOthers, site.Alarms());
    }

    [Fact]
    public void Code_at_start_is_shown_by_the_line_that_runs()
    {
        using var site = new PlantedSite();
        site.Write("evil.pth", "# harmless\n/usr/share\nimport os; os.system('x')\e[2J\n");
        AuditFinding finding = Assert.Single(site.Look().Findings, f => f.Kind == AuditKind.StartUpCode);
        Assert.Equal("import os; os.system('x')\e[2J", finding.Seen);
    }

    [Fact]
    public void A_place_without_a_single_file_is_looked_at_like_any_other()
    {
        using var site = new PlantedSite();
        Directory.Delete(site.Packages, recursive: true);
        File.Delete($"{site.Prefix}/bin/good");
        Directory.CreateDirectory(site.Packages);
        SiteReport report = site.Look();
        Assert.Equal((0, 0), (report.Files, report.Alarms));
    }

    [Fact]
    public void A_directory_of_which_nothing_is_anybodys_is_one_finding()
    {
        using var site = new PlantedSite();
        for (int i = 0; i < 50; i++) site.Write($"evil/sub{i}/m.py", "1\n");
        AuditFinding finding = Assert.Single(site.Look().Findings, f => f.Kind == AuditKind.Unowned);
        Assert.Equal((site.In("evil"), 50), (finding.Path, finding.Count));
    }

    [Fact]
    public void Links_in_a_circle_pipes_and_odd_names_hold_nothing_up()
    {
        using var site = new PlantedSite();
        Directory.CreateSymbolicLink(site.In("loop"), site.Packages);
        File.CreateSymbolicLink(site.In("a"), "b");
        File.CreateSymbolicLink(site.In("b"), "a");
        File.Delete(site.In("good/__init__.py"));
        site.Pipe("good/__init__.py");
        site.Pipe("evil.pth");
        site.Pipe("sitecustomize.py");
        site.Write("line\nbreak\e[31m.py", "1\n");
        site.MakeBelow(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é", 127))));
        SiteReport report = site.Look();
        Assert.Contains(report.Findings, f => f.Kind == AuditKind.SpecialFile && f.Path == site.In("good/__init__.py"));
        Assert.Contains(report.Findings, f => f.Kind == AuditKind.OddName && f.Path.Contains('\n', StringComparison.Ordinal));
        Assert.InRange(report.Files, 5, 30);
    }

    [Fact]
    public void A_file_that_is_replaced_by_a_link_to_its_like_is_no_file_of_the_package()
    {
        using var site = new PlantedSite();
        File.Move(site.In("good/__init__.py"), $"{site.Prefix}/../elsewhere.py");
        File.CreateSymbolicLink(site.In("good/__init__.py"), Path.GetFullPath($"{site.Prefix}/../elsewhere.py"));
        Assert.Contains(site.Look().Findings, f => f.Kind == AuditKind.LinkLeadsOut && f.Gravity == Gravity.Note);
        File.AppendAllText($"{site.Prefix}/../elsewhere.py", "evil\n");
        Assert.Contains(AuditKind.Changed, site.Alarms());
    }

    [Fact]
    public void A_file_of_holes_without_end_is_said_and_not_read()
    {
        using var site = new PlantedSite();
        string row = PlantedSite.RowOf("good/huge.bin", "");
        site.Append("good-1.0.dist-info/RECORD", row[..(row.LastIndexOf(',') + 1)] + "\n");
        using (FileStream huge = File.Create(site.In("good/huge.bin"))) huge.SetLength(1L << 40);
        Assert.Contains(site.Look().Findings, f => f.Kind == AuditKind.NotLookedAt && f.Path == site.In("good/huge.bin"));
    }

    [Fact]
    public void What_may_not_be_read_is_said()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root reads everything");
        using var site = new PlantedSite();
        File.SetUnixFileMode(site.In("good"), UnixFileMode.None);
        Assert.Contains(AuditKind.NotLookedAt, site.Alarms());
    }

    [Fact]
    public void Nothing_is_written()
    {
        using var site = new PlantedSite();
        string[] before = [.. Everything(site.Prefix)];
        site.Look();
        Assert.Equal(before, Everything(site.Prefix));
    }

    private static IEnumerable<string> Everything(string directory) =>
        Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(p => $"{p} {File.GetLastWriteTimeUtc(p):O}");

    private static byte[] HashedCode(bool checks, ulong hash)
    {
        byte[] code = [.. Magic, (byte)(checks ? 3 : 1), 0, 0, 0, .. new byte[8], 0xe3];
        BinaryPrimitives.WriteUInt64LittleEndian(code.AsSpan(8), hash);
        return code;
    }
}
