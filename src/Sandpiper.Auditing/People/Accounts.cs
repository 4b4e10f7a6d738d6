using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Auditing.People;

/// <summary>Who is behind the numbers of users and groups: passwd(5) and group(5), nothing else.</summary>
/// <remarks>
/// The files, not getpwnam: that loads whatever modules the system looks its users up with. Who comes over a network is a number here.
/// </remarks>
public sealed class Accounts
{
    private const int MostBytes = 8 << 20;
    private const int MostNamed = 3;

    private readonly Dictionary<uint, string> _users = [];
    private readonly Dictionary<uint, string> _groups = [];
    private readonly Dictionary<uint, SortedSet<uint>> _members = [];

    /// <param name="passwd">Lines of passwd(5).</param>
    /// <param name="group">Lines of group(5).</param>
    public Accounts(IEnumerable<string> passwd, IEnumerable<string> group)
    {
        var ids = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach (string line in passwd)
        {
            if (line.Split(':') is not [var name, _, var user, var own, ..] || !IsId(user, out uint userId) || !IsId(own, out uint groupId))
                continue;
            _users.TryAdd(userId, name);
            ids.TryAdd(name, userId);
            MembersOf(groupId).Add(userId);
        }
        foreach (string line in group)
        {
            if (line.Split(':') is not [var name, _, var id, var members, ..] || !IsId(id, out uint groupId)) continue;
            _groups.TryAdd(groupId, name);
            foreach (string member in members.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                if (ids.TryGetValue(member, out uint userId)) MembersOf(groupId).Add(userId);
        }
    }

    /// <exception cref="IOException">They cannot be read.</exception>
    public static Accounts OfThisMachine() => new(LinesOf("/etc/passwd"), LinesOf("/etc/group"));

    public string UserOf(uint id) => _users.GetValueOrDefault(id) ?? string.Create(CultureInfo.InvariantCulture, $"uid {id}");

    /// <summary>Members of a group, by their own group or by being named in it.</summary>
    public IReadOnlyCollection<uint> Members(uint group) => _members.TryGetValue(group, out var members) ? members : [];

    /// <summary><c>group staff (alice, bob)</c>.</summary>
    /// <param name="but">Members that are not named.</param>
    public string GroupOf(uint id, ImmutableArray<uint> but)
    {
        string[] members = [.. Members(id).Where(m => !but.Contains(m)).Select(UserOf)];
        string named = members.Length > MostNamed
            ? $"{string.Join(", ", members.Take(MostNamed))} and {members.Length - MostNamed} more" : string.Join(", ", members);
        return $"group {_groups.GetValueOrDefault(id) ?? id.ToString(CultureInfo.InvariantCulture)} ({named})";
    }

    private SortedSet<uint> MembersOf(uint group) =>
        _members.TryGetValue(group, out var members) ? members : _members[group] = [];

    private static bool IsId(string text, out uint id) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static string[] LinesOf(string path) =>
        System.Text.Encoding.UTF8.GetString(RegularFile.TryRead(path, MostBytes) ?? []).Split('\n');
}
