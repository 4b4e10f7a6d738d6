using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Kernel.Sockets;
using Sandpiper.Sandbox.Denials;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Seccomp;
using Sandpiper.Sandbox.Tried;

namespace Sandpiper.Sandbox.Connections;

/// <summary>
/// Makes every connection of a confined program, from outside: a mount, be it read-only, keeps nobody from connecting to a socket in it,
/// and where to stands in memory that the program may change while somebody looks.
/// </summary>
/// <remarks>
/// What is decided about is what is connected: the socket is taken as a descriptor, the address is copied once, a name in the file system
/// is looked up once, in the program's own root, and the connection goes by that handle. A socket answers only where the sandbox itself
/// made the file system (its home, <c>/tmp</c> …), so that somebody inside bound it, or where it was granted by its own name. Whoever
/// looks who is there (SO_PEERCRED) sees us, who are the same user.
/// </remarks>
internal sealed class ConnectionSupervisor
{
    // Each may wait for a connection as long as the program would. Who needs more at once waits for one of them.
    private const int MostThreads = 128;
    internal const int StackBytes = 256 << 10;
    private const int MostAddressBytes = 128; // sizeof(struct sockaddr_storage)

    private readonly CallListener _calls;
    private readonly DeniedWrites? _denied;
    private readonly MissedHosts? _missed;
    private readonly TriedCalls? _tried;
    private readonly bool _hostNetwork;
    private readonly IReadOnlySet<string> _open;
    private readonly Lock _knowing = new();
    private HashSet<ulong>? _openMounts;
    private FileIdentity? _network;
    private readonly Action _over;
    private int _threads = 1, _idle = 1, _isOver;

    private ConnectionSupervisor(
        CallListener calls, bool hostNetwork, IReadOnlySet<string> open, DeniedWrites? denied, MissedHosts? missed, TriedCalls? tried,
        Action over) =>
        (_calls, _hostNetwork, _open, _denied, _missed, _tried, _over) = (calls, hostNetwork, open, denied, missed, tried, over);

    /// <summary>Where a socket answers, and what lies in it.</summary>
    /// <param name="confinement">Of the program that looks for one.</param>
    /// <param name="privatePlaces">Where what is made lies with nobody outside.</param>
    public static IReadOnlySet<string> PlacesThatAnswer(Confinement confinement, IEnumerable<string> privatePlaces) => new HashSet<string>(
        [.. privatePlaces, .. confinement.Shown.Where(IsNamedItself).Select(shown => shown.Path)], StringComparer.Ordinal);

    /// <summary>On the thread of whoever calls, and on more where it needs them, until nobody is left who could connect.</summary>
    /// <param name="calls">Where they are told; closed at the end.</param>
    /// <param name="hostNetwork">Whether the program that makes them has the network of the host.</param>
    /// <param name="open"><see cref="PlacesThatAnswer"/>.</param>
    /// <param name="denied">Who looks at calls that write, which all go to the kernel; null: nobody.</param>
    /// <param name="missed">Who looks at the hosts that it wanted; null: nobody.</param>
    /// <param name="tried">Who looks at all that are told, and at what came of connections; null: nobody.</param>
    /// <param name="over">Called once, as soon as that is so: what was to be connected may still be waited for.</param>
    public static void Supervise(SafeFileHandle calls, bool hostNetwork, IReadOnlySet<string> open, DeniedWrites? denied = null,
        MissedHosts? missed = null, TriedCalls? tried = null, Action? over = null) =>
        new ConnectionSupervisor(new CallListener(calls), hostNetwork, open, denied, missed, tried, over ?? (() => { })).Serve();

    private static bool IsNamedItself(ShownPath shown)
    {
        using SafeFileHandle file = RawFile.Open(shown.Real, RawFile.AsPlace, out _);
        return !file.IsInvalid && FileFacts.KindOf(file) is FileType.Other;
    }

    private void StartThread()
    {
        Interlocked.Increment(ref _threads);
        Interlocked.Increment(ref _idle);
        new Thread(Serve, StackBytes) { IsBackground = true }.Start();
    }

    private void Serve()
    {
        while (_calls.TryReceive(out CallNotice notice))
        {
            if (notice.Call != SupervisedCalls.Here.Connect)
            {
                // Over at once: nobody else has to listen meanwhile, and where two do each wakes the other.
                See(notice);
                continue;
            }
            // Somebody always listens while others wait.
            if (Interlocked.Decrement(ref _idle) == 0 && Volatile.Read(ref _threads) < MostThreads) StartThread();
            _calls.Answer(notice, Connected(notice));
            Interlocked.Increment(ref _idle);
        }
        if (Interlocked.Exchange(ref _isOver, 1) == 0) _over();
        if (Interlocked.Decrement(ref _threads) == 0) _calls.Dispose();
    }

    // Reads what it is about, lets the kernel have it, and looks at it then: nobody waits for that, or learns by waiting.
    private void See(CallNotice notice)
    {
        AskedPath? asked = null;
        string? name = null;
        bool isRead = true;
        try
        {
            if (NameQuestion.IsOne(notice)) name = NameQuestion.Read(notice);
            else if (_tried is not null || _denied is { IsFull: false }) isRead = AskedPath.TryRead(notice, out asked);
            // A later process of its number may be anybody's.
            if (!_calls.IsWaiting(notice)) (asked, name, isRead) = (null, null, true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone, or cannot be looked at.
            isRead = !_calls.IsWaiting(notice);
        }
        _calls.Pass(notice);
        if (asked is not null) _denied?.See(asked);
        if (asked is not null) _tried?.See(asked);
        if (name is not null) _missed?.SeeName(name);
        if (name is not null) _tried?.SeeName(name);
        if (!isRead) _tried?.SeeUnread();
    }

    private int Connected(CallNotice notice)
    {
        try
        {
            return Connect(notice);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return Errno.NoAccess; // it died meanwhile, or cannot be looked at
        }
    }

    private int Connect(CallNotice notice)
    {
        uint length = unchecked((uint)notice.Arguments.Third);
        if (length > MostAddressBytes) return Errno.Invalid;
        Span<byte> address = stackalloc byte[(int)length];
        int errno = OtherProcess.Read(notice.Thread, notice.Arguments.Second, address);
        if (errno != 0) return errno;
        errno = OtherProcess.Take(notice.Thread, notice.Arguments.First, out SafeFileHandle taken);
        using (SafeFileHandle socket = taken)
        {
            if (errno != 0) return errno;
            if (OpenSocket.FamilyOf(socket) is not { } family) return Errno.NotSocket;
            using SafeFileHandle root = RawFile.Open(Of(notice.Thread, "root"), RawFile.AsPlace | RawFile.OnlyDirectories, out errno);
            if (errno != 0) return errno;
            // From here on all that was read is known to be of whoever asks, and not of a later process of its number.
            if (!Know(notice)) return 0;
            // One that was made elsewhere and handed in: from inside it would reach what its maker reaches.
            if (!_hostNetwork && (_network is null || OpenSocket.NetworkOf(socket) != _network)) return Errno.NoAccess;
            if (family is OpenSocket.Local) return ConnectHere(notice.Thread, root, socket, address);
            errno = OpenSocket.Connect(socket, address);
            _missed?.SeeConnection(socket, address, errno);
            _tried?.SeeConnection(address, errno, isAnswered: !OpenSocket.SendsToAnybody(socket));
            return errno;
        }
    }

    private int ConnectHere(int thread, SafeFileHandle root, SafeFileHandle socket, ReadOnlySpan<byte> address)
    {
        switch (LocalAddress.Read(address, out ReadOnlySpan<byte> path))
        {
            case LocalAddressKind.None:
                return Errno.Invalid;
            // Of the network namespace: everybody's who shares it.
            case LocalAddressKind.Abstract:
                return _hostNetwork ? Errno.NoAccess : OpenSocket.Connect(socket, address);
        }
        byte[] whole = path[0] is (byte)'/' ? path.ToArray() : [.. DirectoryOf(thread), (byte)'/', .. path];
        int errno = ConnectHere(root, socket, whole);
        _tried?.SeeLocalConnection(Encoding.UTF8.GetString(whole), errno);
        return errno;
    }

    private int ConnectHere(SafeFileHandle root, SafeFileHandle socket, byte[] whole)
    {
        using SafeFileHandle target = PlaceBelow.OpenInRoot(root, whole, out int errno);
        if (errno != 0) return errno;
        if (_openMounts?.Contains(FileFacts.MountOf(target)) != true) return Errno.NoAccess;
        byte[] handle = Encoding.ASCII.GetBytes($"/proc/self/fd/{target.DangerousGetHandle()}\0");
        return OpenSocket.Connect(socket, [OpenSocket.Local, 0, .. handle]);
    }

    // Nobody inside can mount any more, or change to another namespace: once known is known for good.
    private bool Know(CallNotice notice)
    {
        lock (_knowing)
        {
            if (_openMounts is not null) return _calls.IsWaiting(notice);
            FileIdentity? network = FileFacts.IdentityOf(Of(notice.Thread, "ns/net"));
            HashSet<ulong> mounts = [.. MountTable.ReadOf(notice.Thread).Where(line => _open.Contains(line.Place)).Select(line => line.Id)];
            if (!_calls.IsWaiting(notice)) return false;
            (_network, _openMounts) = (network, mounts);
            return true;
        }
    }

    private static byte[] DirectoryOf(int thread) => Encoding.UTF8.GetBytes(SymbolicLink.Target(Of(thread, "cwd")) ?? "");

    private static string Of(int thread, string what) => string.Create(CultureInfo.InvariantCulture, $"/proc/{thread}/{what}");
}
