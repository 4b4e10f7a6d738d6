using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>One place in the program's file tree and what appears there.</summary>
/// <param name="Path">Absolute, inside.</param>
/// <param name="Layer">Decides between two mounts at the same path, the later on top.</param>
/// <param name="Arguments">For bubblewrap.</param>
internal sealed record Mount(string Path, MountLayer Layer, IReadOnlyList<string> Arguments)
{
    public static Mount Empty(string path, MountLayer layer, long bytes, string mode) =>
        new(path, layer, ["--perms", mode, "--size", $"{bytes}", "--tmpfs", path]);

    /// <summary>From where it was judged to where it was asked for.</summary>
    public static Mount Of(ShownPath shown) => shown.Access switch
    {
        PathAccess.Read => new(shown.Path, MountLayer.ReadOnly, ["--ro-bind", shown.Real, shown.Path]),
        PathAccess.Write => new(shown.Path, MountLayer.Writable, ["--bind", shown.Real, shown.Path]),
        PathAccess.Device => new(shown.Path, MountLayer.Writable, ["--dev-bind", shown.Real, shown.Path]),
        _ => throw new ArgumentOutOfRangeException(nameof(shown), shown.Access, "what may be done with it?"),
    };

    public static Mount ReadOnlyIfThere(string path) => new(path, MountLayer.System, ["--ro-bind-try", path, path]);

    /// <summary>A file of the root, which becomes read-only as a whole: no mount of its own, and no list of mounts read for it.</summary>
    public static Mount MadeUp(string path, int descriptor, string mode) =>
        new(path, MountLayer.System, ["--perms", mode, "--file", $"{descriptor}", path]);

    /// <summary>A place on which the second stage mounts something.</summary>
    public static Mount Place(string path) => new(path, MountLayer.ReadOnly, ["--perms", "0755", "--dir", path]);
}

/// <summary>Bottom first.</summary>
internal enum MountLayer
{
    System,
    Home,
    ReadOnly,
    Writable,
}
