using System.Collections.Frozen;
using System.Collections.Immutable;
using Sandpiper.Archives.Zip;

namespace Sandpiper.Wheels;

/// <summary>
/// The files of one wheel by name. Those that say what it is are inflated once and kept: what was judged is what is written.
/// </summary>
public sealed class WheelContents(ZipReader archive)
{
    private readonly FrozenDictionary<string, ZipMember> _files =
        archive.Members.Where(m => !m.IsDirectory).ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);

    private readonly Dictionary<string, byte[]> _read = new(StringComparer.Ordinal);

    /// <summary>In the order of the archive; directories are not among them, they follow from the names.</summary>
    public IEnumerable<ZipMember> Files => archive.Members.Where(m => !m.IsDirectory);

    public ImmutableArray<ZipMember> Members => archive.Members;

    private readonly Lazy<HashSet<string>> _directories = new(() => DirectoriesOf(archive.Members));

    public bool Has(string name) => _files.ContainsKey(name);

    /// <summary>Whether a member is this directory, or lies in it.</summary>
    /// <param name="name">Without a slash at its end.</param>
    public bool HasDirectory(string name) => _directories.Value.Contains(name);

    /// <summary>Null when the wheel has no such file, or has one above <paramref name="maxBytes"/>.</summary>
    public byte[]? TryRead(string name, int maxBytes)
    {
        if (!_files.TryGetValue(name, out var member) || member.Size > maxBytes) return null;
        var content = new MemoryStream((int)member.Size);
        archive.CopyTo(member, content);
        return _read[name] = content.ToArray();
    }

    private static HashSet<string> DirectoriesOf(ImmutableArray<ZipMember> members)
    {
        var directories = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            string name = member.IsDirectory ? member.Name.TrimEnd('/') + "/" : member.Name;
            for (int slash = name.LastIndexOf('/'); slash > 0 && directories.Add(name[..slash]);
                slash = name.LastIndexOf('/', slash - 1)) { }
        }
        return directories;
    }

    /// <summary>Safe for several threads once nobody calls <see cref="TryRead"/> any more.</summary>
    public void CopyTo(ZipMember member, Stream destination)
    {
        if (_read.TryGetValue(member.Name, out byte[]? content)) destination.Write(content);
        else archive.CopyTo(member, destination);
    }
}
