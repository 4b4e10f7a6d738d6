using System.Text.RegularExpressions;
using System.Xml.Linq;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests;

/// <summary>docs/architecture.md says what is in src/, and src/ keeps what it says.</summary>
public sealed class ArchitectureTests
{
    // As the page tells the arrows.
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["Kernel"] = [],
        ["Packaging"] = [],
        ["Archives"] = [],
        ["Wheels"] = ["Archives", "Packaging"],
        ["Resolution"] = ["Packaging"],
        ["Indexes"] = ["Packaging", "Resolution"],
        ["Policies"] = ["Kernel", "Packaging"],
        ["Store"] = ["Kernel", "Wheels"],
        ["Sandbox"] = ["Kernel"],
        ["Interpreters"] = ["Packaging", "Sandbox"],
        ["Environments"] = ["Interpreters", "Policies", "Store"],
        ["Operations"] = ["Environments", "Indexes"],
        ["Samples"] = ["Packaging"],
        [""] = ["Operations", "Samples"],
    };

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.Multiline | RegexOptions.ExplicitCapture;
    private static readonly Regex DottedName = new(@"[\w.]+", Linear);
    private static readonly Regex Declaration = new(@"^(public|internal) [a-z ]*(class|struct|interface|enum|record) (?<name>[A-Z]\w*)", Linear);

    // Comments and texts may name whom they like.
    private static readonly Regex Prose = new("""//.*|"(\\.|[^"\\\n])*"|^namespace.*""", Linear);

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Checkout.PathOf("src")).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_rooms_and_folders_of_the_page_are_those_of_the_source()
    {
        var there = Projects.Select(p => p.Data).SelectMany(p => FoldersOf(p).Select(f => $"{p}/{f}").Prepend(p));
        Assert.Equal(there.Order(StringComparer.Ordinal), RoomsOfThePage().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_room_knows_only_whom_the_page_lets_it_know(string project)
    {
        string room = RoomOf(project);
        var referenced = XDocument.Load(Checkout.PathOf($"src/{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(r => RoomOf(Path.GetFileNameWithoutExtension((string?)r.Attribute("Include") ?? "")));
        Assert.Subset(Known[room].ToHashSet(StringComparer.Ordinal), referenced.ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public void No_arrow_of_the_page_leads_back() => Assert.Empty(CircleIn(Known.ToDictionary(k => k.Key, k => k.Value.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_two_folders_of_a_room_need_each_other(string project)
    {
        Dictionary<string, HashSet<string>> arrows = ArrowsBetweenFolders(project, out var because);
        List<string> circle = CircleIn(arrows);
        Assert.True(circle.Count == 0, string.Join("\n", circle.Zip(circle.Skip(1)).Select(a => because[a])));
    }

    // What lies in a room outside its folders is either the words that they share, or the front that uses them: never both.
    [Theory]
    [MemberData(nameof(Projects))]
    public void The_words_that_folders_take_from_their_room_need_no_folder(string project)
    {
        string[] folders = [.. FoldersOf(project)];
        var files = Directory.GetFiles(Checkout.PathOf($"src/{project}"), "*.cs").ToDictionary(f => f, f => (Code: CodeOf(f), Types: TypesOf(f)), StringComparer.Ordinal);
        var open = new Queue<string>(folders.SelectMany(f => FilesIn(project, f)).Select(CodeOf));
        var words = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out string? code))
        {
            var named = DottedName.Matches(code).SelectMany(m => m.Value.Split('.')).ToHashSet(StringComparer.Ordinal);
            foreach (var (file, (text, types)) in files)
            {
                if (types.Any(named.Contains) && words.Add(file)) open.Enqueue(text);
            }
        }
        Assert.Empty(words.SelectMany(file => folders.Where(f => Uses(files[file].Code, project, f, TypesIn(project, f))).Select(f => $"{Path.GetFileName(file)} needs `{f}`")));
    }

    [Fact]
    public void A_circle_is_found()
    {
        Assert.Equal(["b", "c", "b"], CircleIn(new(StringComparer.Ordinal) { ["a"] = ["b"], ["b"] = ["c"], ["c"] = ["b"] }));
        Assert.Empty(CircleIn(new(StringComparer.Ordinal) { ["a"] = ["b", "c"], ["b"] = ["c"], ["c"] = [] }));
    }

    private static IEnumerable<string> RoomsOfThePage()
    {
        string block = File.ReadAllText(Checkout.PathOf("docs/architecture.md")).Split("```")[1];
        string project = "";
        foreach (string line in block.Split('\n').SkipWhile(l => l is not "src/").Skip(1).TakeWhile(l => l.StartsWith(' ')))
        {
            bool isRoom = !line.StartsWith("    ", StringComparison.Ordinal);
            if (isRoom) project = line.Trim().Split(' ')[0];
            foreach (string folder in isRoom ? [""] : line.Split(' ', StringSplitOptions.RemoveEmptyEntries)) yield return $"{project}/{folder}".TrimEnd('/');
        }
    }

    private static Dictionary<string, HashSet<string>> ArrowsBetweenFolders(string project, out Dictionary<(string, string), string> because)
    {
        because = [];
        Dictionary<string, string[]> types = FoldersOf(project).ToDictionary(f => f, f => TypesIn(project, f), StringComparer.Ordinal);
        var arrows = types.Keys.ToDictionary(f => f, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (string folder in types.Keys)
        {
            foreach (string file in FilesIn(project, folder))
            {
                string code = CodeOf(file);
                foreach (string other in types.Keys.Where(o => o != folder && Uses(code, project, o, types[o])))
                {
                    if (arrows[folder].Add(other)) because[(folder, other)] = $"{Path.GetFileName(file)} in `{folder}` needs `{other}`";
                }
            }
        }
        return arrows;
    }

    // A folder is needed when its namespace is imported and a type of it is named, or when one is named with its namespace.
    private static bool Uses(string code, string project, string folder, string[] types)
    {
        bool imported = code.Split('\n').Contains($"using {project}.{folder};", StringComparer.Ordinal);
        return DottedName.Matches(code).Select(m => m.Value.Split('.')).Any(name =>
            (imported && types.Contains(name[0], StringComparer.Ordinal))
            || name.Zip(name.Skip(1)).Any(pair => pair.First == folder && types.Contains(pair.Second, StringComparer.Ordinal)));
    }

    private static string[] TypesIn(string project, string folder) =>
        [.. FilesIn(project, folder).SelectMany(TypesOf).Distinct(StringComparer.Ordinal)];

    private static string[] TypesOf(string file) => [.. Declaration.Matches(CodeOf(file)).Select(m => m.Groups["name"].Value)];

    private static string CodeOf(string file) => Prose.Replace(File.ReadAllText(file), "");

    private static string[] FilesIn(string project, string folder) =>
        Directory.GetFiles(Checkout.PathOf($"src/{project}/{folder}"), "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> FoldersOf(string project) =>
        Directory.GetDirectories(Checkout.PathOf($"src/{project}")).Select(d => Path.GetFileName(d)).Where(d => d is not ("bin" or "obj") && FilesIn(project, d).Length > 0);

    private static string RoomOf(string project) => project.Split('.', 2) is [_, var room] ? room : "";

    private static List<string> CircleIn(Dictionary<string, HashSet<string>> arrows)
    {
        var (done, way) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        foreach (string start in arrows.Keys)
        {
            if (Walk(start)) return way;
        }
        return [];

        bool Walk(string at)
        {
            if (done.Contains(at)) return false;
            int before = way.IndexOf(at);
            way.Add(at);
            if (before >= 0) way.RemoveRange(0, before);
            if (before >= 0 || arrows[at].Any(Walk)) return true;
            way.RemoveAt(way.Count - 1);
            done.Add(at);
            return false;
        }
    }
}
