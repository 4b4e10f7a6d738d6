using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The file tree inside while the second stage makes it: each thing of the host's is mounted by handle onto a handle.</summary>
internal sealed class MountedTree : IDisposable
{
    private const UnixFileMode OfDirectories = (UnixFileMode)0b111_101_101, OfFiles = (UnixFileMode)0b110_100_100;

    private readonly SafeFileHandle _root;
    private readonly List<Mounted> _mounted = [];
    private readonly Dictionary<ulong, MountRights> _rights = [];
    private readonly Dictionary<ulong, string> _packages = [];
    private (string Path, SafeFileHandle Place)? _own;

    private MountedTree(SafeFileHandle root) => _root = root;

    /// <summary>What was mounted, in order: of two at one place the later is seen.</summary>
    public ReadOnlySpan<Mounted> All => CollectionsMarshal.AsSpan(_mounted);

    /// <summary>What may be done with each mount that was made here, by number.</summary>
    public Dictionary<ulong, MountRights> Rights => _rights;

    /// <summary>Names of the packages in their store, by the number of the mount.</summary>
    public Dictionary<ulong, string> Packages => _packages;

    /// <summary>In which they are; null: there are none.</summary>
    public Mounted? Store { get; private set; }

    /// <remarks>
    /// From now on no mount outside, in what is shown, is one inside, too: it would be there with rights of its own, and nobody compares
    /// any more when the program runs.
    /// </remarks>
    /// <exception cref="KernelException">There is no root, or the kernel does not see to that.</exception>
    public static MountedTree Begin()
    {
        SafeFileHandle root = RawFile.Open("/", RawFile.AsPlace | RawFile.OnlyDirectories, out int errno);
        if (errno != 0) throw new KernelException("open", errno, "/");
        errno = DetachedMount.KeepApart(root);
        return errno == 0 ? new(root) : throw new KernelException("mount_setattr", errno, "/");
    }

    /// <summary>Notes a read-only mount that was made on top of one of these.</summary>
    public void Add(ulong number) => _rights[number] = MountRights.Read;

    /// <summary>The deepest of what was mounted in which a path lies, and is not itself; null: that is the root.</summary>
    public Mounted? Around(string path)
    {
        Mounted? deepest = null;
        foreach (Mounted mounted in _mounted)
        {
            if (mounted.Path.Length < path.Length && DirectoryTree.Holds(mounted.Path, path)
                && (deepest is null || mounted.Path.Length > deepest.Path.Length)) deepest = mounted;
        }
        return deepest;
    }

    /// <returns>Null when it is in its place.</returns>
    public SecondStageFailure? Put(Mount mount, HostTree host)
    {
        int errno;
        switch (mount)
        {
            case Mount.Place:
                using (SafeFileHandle? place = PlaceFor(mount.Path, isDirectory: true, out errno)) break;
            case Mount.Link link:
                errno = InDirectoryOf(mount.Path, (directory, name) =>
                    NameInDirectory.MakeLink(directory, name, Encoding.UTF8.GetBytes(link.Target)));
                break;
            case Mount.MadeUp file:
                errno = InDirectoryOf(mount.Path, (directory, name) => Write(directory, name, file.Content.AsSpan()));
                break;
            case Mount.Memory memory:
                errno = Attach(
                    mount.Path, NewFileSystem.TryMakeInMemory(memory.Bytes, memory.Mode, out int notMade), notMade, MountRights.Write);
                if (errno == 0) _mounted[^1].IsClosed = mount.Path is FileTree.DevicesInside or FileTree.FirstProcess;
                break;
            case Mount.Packages packages: return Put(packages, host);
            case Mount.OfTheSystem named:
                using (SafeFileHandle source = host.OfTheSystem(named.Real, out errno))
                {
                    if (errno == Errno.NoSuchFile && named.MayBeAbsent) return null;
                    if (errno == 0) errno = View(mount.Path, source, named.IsDevice ? MountRights.Device : MountRights.Read);
                }
                break;
            case Mount.Shown shown:
                using (SafeFileHandle? source = host.Judged(shown.Judged))
                {
                    if (source is null) return SecondStageFailure.Replaced(mount.Path);
                    errno = View(mount.Path, source, shown.Access switch
                    {
                        PathAccess.Read => MountRights.Read,
                        PathAccess.Write => MountRights.Write,
                        _ => MountRights.Device,
                    });
                }
                break;
            case Mount.Layered layered: return Put(layered, host);
            default: throw new ArgumentOutOfRangeException(nameof(mount), mount, "what is to appear?");
        }
        return errno == 0 ? null : NotPut(mount.Path, errno);
    }

    private SecondStageFailure NotPut(string path, int errno) => errno switch
    {
        // Somebody puts links where it belongs, and takes them away.
        Errno.IsLink => SecondStageFailure.Replaced(path),
        Errno.NoSuchFile when IsInLayer(path) => new(SecondStageFailureKind.NotLayered, path, errno),
        _ => new(SecondStageFailureKind.NotShown, path, errno),
    };

    /// <summary>
    /// What a layer needs besides: the kernel makes a directory without any rights, and works in it. Bubblewrap has no word for one before
    /// 0.11.
    /// </summary>
    public const string RightToLayers = "CAP_DAC_OVERRIDE";

    // In memory of its own: there a name is as good as a handle, and no program's home is filled with hundreds of empty directories.
    private SecondStageFailure? Put(Mount.Packages packages, HostTree host)
    {
        using SafeFileHandle? store = host.Judged(packages.Store);
        if (store is null) return SecondStageFailure.Replaced(packages.Path);
        long bytes = NewFileSystem.BytesFor(names: packages.Trees.Sum(tree => 1L + tree.Name.AsSpan().Count('/')));
        int errno = Attach(packages.Path, NewFileSystem.TryMakeInMemory(bytes, OfDirectories, out int notMade), notMade, MountRights.Write);
        if (errno != 0) return NotPut(packages.Path, errno);
        Store = _mounted[^1];
        Store.IsClosed = true;
        foreach (SealedTree tree in packages.Trees)
        {
            string path = $"{packages.Path}/{tree.Name}";
            using SafeFileHandle? view = ViewOf(tree, store, out errno, out ulong number);
            if (view is null) return errno is 0 or Errno.NoSuchFile ? SecondStageFailure.Replaced(path) : NotPut(path, errno);
            byte[] name = Encoding.UTF8.GetBytes(tree.Name);
            for (int end = 1; end <= name.Length && errno is 0 or Errno.Exists; end++)
            {
                if (end == name.Length || name[end] is (byte)'/')
                    errno = NameInDirectory.MakeDirectory(Store.Root, name.AsSpan(0, end), OfDirectories);
            }
            if (errno is 0 or Errno.Exists) errno = DetachedMount.MoveTo(view, Store.Root, name);
            if (errno != 0) return NotPut(path, errno);
            _packages[number] = tree.Name;
            _rights[number] = MountRights.Read;
        }
        return null;
    }

    // The very directory that was judged: whoever exchanges it with another meanwhile is waited for.
    private static SafeFileHandle? ViewOf(SealedTree tree, SafeFileHandle store, out int errno, out ulong number)
    {
        (errno, number) = (0, 0);
        byte[] name = Encoding.UTF8.GetBytes(tree.Name);
        foreach (int _ in Looks.While())
        {
            SafeFileHandle? view = DetachedMount.TryViewBelow(store, name, out errno);
            if (view is not null)
            {
                var (type, identity, mount) = FileFacts.PlaceOf(view);
                number = mount;
                if (type is FileType.Directory && identity == tree.Identity) return view;
                view.Dispose();
            }
            else if (errno is not (Errno.NoSuchFile or Errno.IsLink or Errno.NotDirectory)) break;
        }
        return null;
    }

    // Nothing of both is left but the overlay: through the lower one a program would read what is withheld from it.
    private SecondStageFailure? Put(Mount.Layered layered, HostTree host)
    {
        using SafeFileHandle? lower = host.Judged(layered.Lower), above = host.Judged(layered.Above);
        if (lower is null || above is null) return SecondStageFailure.Replaced(layered.Path);
        using SafeFileHandle upper = PlaceBelow.Open(above, LayeredPath.Upper), work = PlaceBelow.Open(above, LayeredPath.Work);
        int errno = Attach(layered.Path, OverlayMount.TryMake(lower, upper, work, out int notMade), notMade, MountRights.Write);
        if (errno != 0) return new(SecondStageFailureKind.NotLayered, layered.Path, errno);
        _mounted[^1].IsLayer = true;
        return null;
    }

    /// <summary>
    /// Keeps a directory where it is: the kernel renames nothing on which something is mounted. A program that moved it away would have
    /// what is withheld in it shown to the next one.
    /// </summary>
    /// <param name="around">In which it lies, and may be written.</param>
    /// <returns>0, also where it is held already, went, or holds something that was mounted by itself; or the error number.</returns>
    public int Hold(string directory, Mounted around)
    {
        if (_mounted.Any(mounted => DirectoryTree.Holds(directory, mounted.Path))) return 0;
        using SafeFileHandle place = PlaceBelow.Open(around.Root, directory[(around.Path.Length + 1)..]);
        if (place.IsInvalid || FileFacts.KindOf(place) is not FileType.Directory || FileFacts.MountOf(place) != around.Number) return 0;
        using SafeFileHandle? view = DetachedMount.TryView(place, MountRights.Write, out int errno);
        if (view is null) return errno;
        errno = DetachedMount.MoveTo(view, place);
        if (errno == 0) _rights[FileFacts.MountOf(view)] = MountRights.Write;
        return errno;
    }

    /// <summary>Terminals of the program's own.</summary>
    /// <exception cref="KernelException">The kernel makes none.</exception>
    public void AddTerminals()
    {
        TerminalFiles.MountAt(SecondStage.TerminalsInside);
        using SafeFileHandle terminals = RawFile.Open(SecondStage.TerminalsInside, RawFile.AsPlace, out int errno);
        if (errno != 0) throw new KernelException("open", errno, SecondStage.TerminalsInside);
        _rights[FileFacts.MountOf(terminals)] = MountRights.Device;
    }

    /// <summary>
    /// Nobody makes anything in the sandbox's own directories any more: they are memory, and could be filled without a limit.
    /// </summary>
    /// <exception cref="KernelException">The kernel does not see to it.</exception>
    public void Close()
    {
        int errno = DetachedMount.Close(_root);
        foreach (Mounted own in _mounted.Where(mounted => mounted.IsClosed))
        {
            if (errno == 0) errno = DetachedMount.Close(own.Root);
            _rights[own.Number] = own.Rights = MountRights.Read;
        }
        if (errno != 0) throw new KernelException("mount_setattr", errno, "/");
    }

    private int View(string path, SafeFileHandle source, MountRights rights) =>
        Attach(path, DetachedMount.TryView(source, rights, out int errno), errno, rights);

    private int Attach(string path, SafeFileHandle? root, int errno, MountRights rights)
    {
        if (root is null) return errno;
        var mounted = new Mounted(path, root) { Rights = rights };
        _mounted.Add(mounted); // which closes it, whatever comes of it
        using SafeFileHandle? place = PlaceFor(path, mounted.IsDirectory, out errno);
        if (place is null) return errno;
        errno = DetachedMount.MoveTo(root, place);
        if (errno == 0) _rights[mounted.Number] = rights;
        return errno;
    }

    // No link is followed to a place, and what is not there is made. Whoever may write what it lies in may put a link there meanwhile.
    private SafeFileHandle? PlaceFor(string path, bool isDirectory, out int errno)
    {
        errno = 0;
        if (NewInOwn(path, isDirectory) is { } made) return made;
        byte[] relative = Encoding.UTF8.GetBytes(path is "/" ? "." : path[1..]);
        foreach (int _ in Looks.While())
        {
            SafeFileHandle place = PlaceBelow.OpenNoLink(_root, relative, out errno);
            if (errno == 0) return place;
            place.Dispose();
            if (errno == Errno.NoSuchFile)
            {
                if (IsInLayer(path)) break; // it would be told as the program's work
                errno = InDirectoryOf(path, (directory, name) => isDirectory
                    ? NameInDirectory.MakeDirectory(directory, name, OfDirectories) : Write(directory, name, []));
            }
            if (errno is not (0 or Errno.Exists or Errno.IsLink or Errno.NotDirectory or Errno.NoSuchFile)) break;
        }
        return null;
    }

    // Most of what belongs in the sandbox's own directories is not there yet: it is made, and looked for only where it cannot be.
    private SafeFileHandle? NewInOwn(string path, bool isDirectory)
    {
        if (_own is not { } own || !string.Equals(own.Path, Path.GetDirectoryName(path), StringComparison.Ordinal)) return null;
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        if (isDirectory && NameInDirectory.MakeDirectory(own.Place, name, OfDirectories) != 0) return null;
        SafeFileHandle made = isDirectory ? PlaceBelow.OpenNoLink(own.Place, name, out int errno)
            : NameInDirectory.MakeFile(own.Place, name, OfFiles, out errno);
        if (errno == 0) return made;
        made.Dispose();
        return null;
    }

    private bool IsInLayer(string path) => Around(path) is { IsLayer: true };

    private int InDirectoryOf(string path, Func<SafeFileHandle, byte[], int> make)
    {
        string above = Path.GetDirectoryName(path)!;
        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        // Nobody else exchanges anything in the sandbox's own directories: many things lie beside each other there.
        if (_own is { } own && string.Equals(own.Path, above, StringComparison.Ordinal)) return make(own.Place, name);
        SafeFileHandle? directory = PlaceFor(above, isDirectory: true, out int errno);
        if (directory is null) return errno;
        int made = make(directory, name);
        if (Around(path) is null or { IsClosed: true })
        {
            _own?.Place.Dispose();
            _own = (above, directory);
        }
        else directory.Dispose();
        return made;
    }

    private static int Write(SafeFileHandle directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content)
    {
        using SafeFileHandle file = NameInDirectory.MakeFile(directory, name, OfFiles, out int errno);
        if (errno == 0 && !content.IsEmpty) RandomAccess.Write(file, content, 0);
        return errno;
    }

    public void Dispose()
    {
        foreach (Mounted mounted in _mounted) mounted.Root.Dispose();
        _own?.Place.Dispose();
        _root.Dispose();
    }
}

/// <summary>One mount that was made.</summary>
/// <param name="Path">Where it belongs, whatever the names of it have become.</param>
/// <param name="Root">Leads there.</param>
internal sealed record Mounted(string Path, SafeFileHandle Root)
{
    private readonly (FileType Type, FileIdentity Identity, ulong Mount) _place = FileFacts.PlaceOf(Root);

    /// <summary>Of the mount.</summary>
    public ulong Number => _place.Mount;

    public bool IsDirectory => _place.Type is FileType.Directory;

    /// <summary>What may be done with it.</summary>
    public MountRights Rights { get; set; }

    /// <summary>It is memory of the sandbox's own, which becomes read-only when everything is in its place.</summary>
    public bool IsClosed { get; set; }

    /// <summary>What is written there is kept apart, and told afterwards.</summary>
    public bool IsLayer { get; set; }
}
