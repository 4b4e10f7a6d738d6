namespace Sandpiper.Sandbox.Profiles;

/// <summary>Sockets with a name in the file system. A read-only mount does not keep anybody from connecting to one.</summary>
/// <remarks>
/// unix(7), proc_net_unix. Those that are bound later are not known; a directory that is everybody's is therefore never shown unasked.
/// </remarks>
internal static class SocketNames
{
    private const string List = "/proc/net/unix";
    private const int NameColumn = 7;

    /// <returns>Where those that lie in what is shown appear inside; not one that was itself named.</returns>
    public static IEnumerable<string> In(IReadOnlyCollection<ShownPath> shown) => All()
        .SelectMany(name =>
            shown.Where(s => DirectoryTree.Holds(s.Real, name) && name.Length > s.Real.Length).Select(s => s.Path + name[s.Real.Length..]))
        .Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> All()
    {
        if (!File.Exists(List)) yield break;
        foreach (string line in File.ReadLines(List))
        {
            // The name comes last and may hold spaces; abstract ones begin with @.
            string[] columns = line.Split(' ', NameColumn + 1, StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > NameColumn && columns[NameColumn].StartsWith('/')) yield return RealPath.Of(columns[NameColumn]);
        }
    }
}
