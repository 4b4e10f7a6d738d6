using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>One place in the program's file tree and what appears there.</summary>
/// <param name="Path">Absolute, inside.</param>
/// <param name="Layer">Decides between two mounts at the same path, the later on top.</param>
internal abstract record Mount(string Path, MountLayer Layer)
{
    /// <summary>What was judged.</summary>
    public sealed record Shown(string Path, JudgedPath Judged, PathAccess Access)
        : Mount(Path, Access is PathAccess.Read ? MountLayer.ReadOnly : MountLayer.Writable)
    {
        /// <summary>The program's own home, or a device: no name in it is protected, for nobody else runs what lies there.</summary>
        public bool IsOwn { get; init; }

        /// <summary>A copy of what is there outside: no name in it is protected either.</summary>
        public bool IsCopy { get; init; }
    }

    /// <summary>Sealed packages, each in its place in a directory of memory that becomes read-only as the root does.</summary>
    /// <param name="Store">Which directory they lie in.</param>
    public sealed record Packages(string Path, JudgedPath Store, ImmutableArray<SealedTree> Trees) : Mount(Path, MountLayer.ReadOnly);

    /// <summary>What is written there stays apart from what is there outside.</summary>
    /// <param name="Lower">What is there.</param>
    /// <param name="Above">In which what is written lands.</param>
    public sealed record Layered(string Path, JudgedPath Lower, JudgedPath Above) : Mount(Path, MountLayer.Writable);

    /// <summary>What only root can exchange, as it is called there.</summary>
    /// <param name="IsDevice">Read-only otherwise.</param>
    /// <param name="MayBeAbsent">Then there is none inside, either.</param>
    public sealed record OfTheSystem(string Path, string Real, bool IsDevice, bool MayBeAbsent) : Mount(Path, MountLayer.System);

    /// <summary>An empty directory that is gone afterwards.</summary>
    public sealed record Memory(string Path, MountLayer Layer, long Bytes, UnixFileMode Mode) : Mount(Path, Layer);

    /// <summary>A symbolic link of the sandbox's.</summary>
    public sealed record Link(string Path, string Target) : Mount(Path, MountLayer.System);

    /// <summary>A file of the root, which becomes read-only as a whole.</summary>
    public sealed record MadeUp(string Path, ImmutableArray<byte> Content) : Mount(Path, MountLayer.System);

    /// <summary>A directory on which something else is mounted.</summary>
    public sealed record Place(string Path) : Mount(Path, MountLayer.ReadOnly);
}

/// <summary>Which file or directory was judged, and where it lay: links are resolved in that.</summary>
internal readonly record struct JudgedPath(string Real, FileIdentity Identity)
{
    public static JudgedPath Of(ShownPath shown) => new(shown.Real, shown.Identity);
}

/// <summary>Bottom first.</summary>
internal enum MountLayer
{
    System,
    Home,
    ReadOnly,
    Writable,
}
