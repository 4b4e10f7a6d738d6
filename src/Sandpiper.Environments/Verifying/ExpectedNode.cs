using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Verifying;

/// <summary>What a name should be.</summary>
public abstract record ExpectedNode
{
    /// <summary>Null: the environment itself, or several.</summary>
    public InstalledPackage? Owner { get; init; }

    /// <summary>Of a directory: the package to which everything in it belongs.</summary>
    public virtual InstalledPackage? SoleOwner => Owner;
}

/// <param name="Target">As readlink(2) gives it.</param>
public sealed record ExpectedLink(string Target) : ExpectedNode;

/// <param name="Mode">Null: read-only, with or without the right to execute.</param>
/// <param name="Digest">Null: nobody wrote it down.</param>
public sealed record ExpectedFile(UnixFileMode? Mode, Sha256Digest? Digest) : ExpectedNode
{
    /// <summary>Null: nobody wrote it down.</summary>
    public long? Size { get; init; }

    /// <summary>It need not be there yet.</summary>
    public bool IsOptional { get; init; }

    /// <summary>While it still fits, the content is the expected one without being read; the default value: it has to be read.</summary>
    public FileStamp Stamp { get; init; }
}

/// <summary>A directory, and what should be in it: nothing else.</summary>
public sealed record ExpectedDirectory : ExpectedNode
{
    private readonly Dictionary<string, ExpectedNode> _children = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ExpectedNode> Children => _children;

    /// <summary>It is just being filled, or a kill ended that: its mode and its time say nothing.</summary>
    public bool MayBeOpen { get; init; }

    public override InstalledPackage? SoleOwner
    {
        get
        {
            if (Owner is not null || _children.Count == 0) return Owner;
            var first = _children.Values.First().SoleOwner;
            return _children.Values.All(child => ReferenceEquals(child.SoleOwner, first)) ? first : null;
        }
    }

    /// <summary>Adds what is not there yet; directories on the way come into being.</summary>
    public void TryAdd(string path, ExpectedNode node)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            _children.TryAdd(path, node);
            return;
        }
        string name = path[..slash];
        if (!_children.TryGetValue(name, out var child)) _children.Add(name, child = new ExpectedDirectory());
        // Where a file stands in the way, the description contradicts itself; then what is there is found to differ, either way.
        (child as ExpectedDirectory)?.TryAdd(path[(slash + 1)..], node);
    }

    public ExpectedNode? Find(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        var child = _children.GetValueOrDefault(slash < 0 ? path : path[..slash]);
        return slash < 0 ? child : (child as ExpectedDirectory)?.Find(path[(slash + 1)..]);
    }
}
