namespace Sandpiper.Tests.Compiled;

/// <summary>Who needs whom: a folder as a whole, and each type that lies in its room outside of any folder.</summary>
internal sealed class Arrows
{
    private readonly Dictionary<string, Dictionary<string, string>> _from = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public Arrows(IReadOnlyCollection<Room> rooms)
    {
        var all = rooms.SelectMany(r => r.Types).ToDictionary(t => t.FullName, StringComparer.Ordinal);
        foreach (CompiledType type in all.Values)
        {
            string node = NodeOf(type);
            if (IsInFolder(type)) _folders.Add(node);
            if (!_from.TryGetValue(node, out var arrows)) _from.Add(node, arrows = new(StringComparer.Ordinal));
            foreach (CompiledType needed in type.Needs.Where(all.ContainsKey).Select(n => all[n]).Where(n => NodeOf(n) != node))
                arrows.TryAdd(NodeOf(needed), $"{type.Name} in {type.Namespace} needs {needed.Name} in {needed.Namespace}");
        }
    }

    /// <summary>All of them, those in folders too, by their namespaces.</summary>
    public IEnumerable<string> Folders => _folders.Order(StringComparer.Ordinal);

    /// <summary>The shortest way from a folder back to itself, a line an arrow; empty when there is none.</summary>
    public string CircleThrough(string folder)
    {
        var reached = new Dictionary<string, string>(StringComparer.Ordinal);       // from where each was reached first
        var open = new Queue<string>([folder]);
        while (open.TryDequeue(out string? at))
        {
            foreach (string next in _from[at].Keys)
            {
                if (!reached.TryAdd(next, at)) continue;
                if (next == folder) return WayTo(folder, reached);
                open.Enqueue(next);
            }
        }
        return "";
    }

    // Begins where the alphabet does, so that one circle is told the same from each of its folders.
    private string WayTo(string folder, Dictionary<string, string> reached)
    {
        var way = new List<string>();
        string at = folder;
        do
        {
            way.Add(_from[reached[at]][at]);
            at = reached[at];
        }
        while (at != folder);
        way.Reverse();
        int first = way.IndexOf(way.Min(StringComparer.Ordinal)!);
        return string.Join('\n', way.Skip(first).Concat(way.Take(first)));
    }

    private static bool IsInFolder(CompiledType type) => type.Namespace.StartsWith(type.Room + ".", StringComparison.Ordinal);

    private static string NodeOf(CompiledType type) => IsInFolder(type) ? type.Namespace : $"{type.Room}: {type.Name}";
}
