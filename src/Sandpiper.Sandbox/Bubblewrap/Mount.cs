namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>One place in the program's file tree and what appears there.</summary>
/// <param name="Path">Absolute, inside.</param>
/// <param name="Layer">Decides between two mounts at the same path, the later on top.</param>
/// <param name="Arguments">For bubblewrap.</param>
internal sealed record Mount(string Path, MountLayer Layer, IReadOnlyList<string> Arguments)
{
    public static Mount Empty(string path, MountLayer layer, long bytes, string mode) =>
        new(path, layer, ["--perms", mode, "--size", $"{bytes}", "--tmpfs", path]);

    public static Mount ReadOnly(string path, MountLayer layer) => new(path, layer, ["--ro-bind", path, path]);

    public static Mount ReadOnlyIfThere(string path) => new(path, MountLayer.System, ["--ro-bind-try", path, path]);

    public static Mount MadeUp(string path, int descriptor, string mode) =>
        new(path, MountLayer.System, ["--perms", mode, "--ro-bind-data", $"{descriptor}", path]);

    public static Mount Writable(string path) => new(path, MountLayer.Writable, ["--bind", path, path]);
}

/// <summary>Bottom first.</summary>
internal enum MountLayer
{
    System,
    Home,
    ReadOnly,
    Writable,
    Protected,
}
