using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sandpiper.Tests.Compiled;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>
/// docs/architecture.md says what is in src/, and src/ keeps what it says. Who knows whom is read from what the compiler made.
/// </summary>
public sealed class ArchitectureTests
{
    private static readonly Regex NamespaceLine = new(
        "^namespace (?<name>[^;]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking);

    private static readonly Lazy<Room[]> Rooms = new(() => [.. Projects.Select(p => Room.Of(p.Data))]);

    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Checkout.PathOf("src")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_rooms_and_folders_of_the_page_are_those_of_the_source()
    {
        var there = Projects.Select(p => p.Data).SelectMany(p => FoldersOf(p).Select(f => $"{p}/{f}").Prepend(p));
        Assert.Equal(there.Order(StringComparer.Ordinal), RoomsOfThePage().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_tells_every_arrow_between_rooms_and_none_that_is_not_there()
    {
        string[] order = [.. RoomsOfThePage().Where(r => !r.Contains('/', StringComparison.Ordinal))];
        string[] there =
            [.. order.Select(
            project => RowOf(project, KnownBy(Rooms.Value.Single(r => r.Name == project)).OrderBy(r => Array.IndexOf(order, r))))];
        string[] told = [.. ThePage().Split('\n').SkipWhile(l => l is not "| room | knows |").Skip(2).TakeWhile(l => l.StartsWith('|'))];
        Assert.True(there.SequenceEqual(told, StringComparer.Ordinal),
            $"the page's table of rooms has to be:\n\n| room | knows |\n|---|---|\n{string.Join('\n', there)}\n");
    }

    [Fact]
    public void Every_arrow_between_rooms_leads_up_the_page()
    {
        List<string> order = [.. RoomsOfThePage().Where(r => !r.Contains('/', StringComparison.Ordinal))];
        Assert.Empty(
            Rooms.Value.SelectMany(r => KnownBy(r).Where(known => order.IndexOf(known) > order.IndexOf(r.Name))
            .Select(known => $"{r.Name} knows {known}")));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_rooms_that_it_needs(string project)
    {
        var referred = XDocument.Load(Checkout.PathOf($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string?)r.Attribute("Include") ?? ""));
        Assert.Subset(KnownBy(Rooms.Value.Single(r => r.Name == project)).ToHashSet(StringComparer.Ordinal),
            referred.ToHashSet(StringComparer.Ordinal));
    }

    // What lies in a room outside its folders stands for itself: words that folders share, or the front that uses them, but never both.
    [Fact]
    public void No_two_folders_need_each_other_by_whatever_way()
    {
        var arrows = new Arrows(Rooms.Value);
        Assert.Empty(arrows.Folders.Select(arrows.CircleThrough).Where(c => c.Length > 0).Distinct(StringComparer.Ordinal));
    }

    // The compiler ahead of time looks for it by its whole name.
    private const string NamedByTheCompiler = "RuntimeExportAttribute.cs";

    [Theory]
    [MemberData(nameof(Projects))]
    public void The_namespace_of_a_file_is_its_folder(string project)
    {
        foreach (string file in FilesIn(Checkout.PathOf($"src/{project}")).Where(file => Path.GetFileName(file) is not NamedByTheCompiler))
        {
            string folder = Path.GetRelativePath(Checkout.PathOf("src"), Path.GetDirectoryName(file)!).Replace('/', '.');
            if (NamespaceLine.Match(File.ReadAllText(file)) is { Success: true } line) Assert
                .Equal((file, folder), (file, line.Groups["name"].Value));
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_public_type_says_what_it_is(string project)
    {
        string file = Path.Combine(AppContext.BaseDirectory, $"{(project is "Sandpiper" ? "sandpiper" : project)}.xml");
        var documented = XDocument.Load(file).Descendants("member")
            .Where(m => m.Elements().Any(e => e.Name.LocalName is "summary" or "inheritdoc" or "param"))
            .Select(m => (string?)m.Attribute("name") ?? "").ToHashSet(StringComparer.Ordinal);
        string[] silent = [.. Rooms.Value.Single(r => r.Name == project).Types.SelectMany(t => t.Public)
            .Where(name => !documented.Contains($"T:{name}"))];
        Assert.True(silent.Length == 0, string.Join('\n', silent));
    }

    private static string ThePage() => File.ReadAllText(Checkout.PathOf("docs/architecture.md"));

    private static IEnumerable<string> RoomsOfThePage()
    {
        string project = "";
        foreach (string line in ThePage().Split("```")[1].Split('\n').SkipWhile(l => l is not "src/").Skip(1)
            .TakeWhile(l => l.StartsWith(' ')))
        {
            bool isRoom = !line.StartsWith("    ", StringComparison.Ordinal);
            if (isRoom) project = line.Trim().Split(' ')[0];
            foreach (string folder in isRoom ? [""] : line
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return $"{project}/{folder}".TrimEnd('/');
        }
    }

    private static string RowOf(string project, IEnumerable<string> known) =>
        $"| {ShortName(project)} | {(string.Join(", ", known.Select(ShortName)) is { Length: > 0 } names ? names : "nobody")} |";

    private static string ShortName(string project) => project.Split('.', 2) is [_, var room] ? room : project;

    private static IEnumerable<string> KnownBy(Room room)
    {
        var homes = Rooms.Value.SelectMany(r => r.Types).ToDictionary(t => t.FullName, t => t.Room, StringComparer.Ordinal);
        return room.Types.SelectMany(t => t.Needs).Select(n => homes.GetValueOrDefault(n, room.Name)).Where(r => r != room.Name)
            .Distinct(StringComparer.Ordinal);
    }

    private static IEnumerable<string> FilesIn(string directory) => Directory.GetFiles(directory, "*.cs", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    private static IEnumerable<string> FoldersOf(string project) =>
        Directory.GetDirectories(Checkout.PathOf($"src/{project}")).Where(d => FilesIn(d).Any()).Select(d => Path.GetFileName(d))
            .Where(d => d is not ("bin" or "obj"));
}
