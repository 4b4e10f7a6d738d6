using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Sockets;
using Sandpiper.Sandbox.Denials;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Tried;

/// <summary>
/// What a program asks the kernel for, noted while it runs and looked at when it has ended: so that its user sees what it wanted, and
/// nothing that it could notice depends on what is there outside.
/// </summary>
/// <remarks>
/// Nothing is decided by it. A program that means to deceive can have other things noted than it does, and fill the notes; then it is told
/// how much was left out.
/// </remarks>
public sealed class TriedCalls
{
    // What a program makes up costs memory here: 4 MB of text, and as much around it. Keys are noted beyond that: a flood would hide them.
    private const int MostPaths = 16_384, MostKeys = 256, MostCharacters = 2 << 20, MostPathLength = 1024;
    private const int MostPrograms = 256, MostConnections = 256;

    // Where libc looks when it is asked for a name (resolv.conf(5), host.conf(5), gai.conf(5)): the name itself is told.
    private static readonly FrozenSet<string> ForNames =
        FrozenSet.ToFrozenSet(["/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf"], StringComparer.Ordinal);

    private readonly Confinement _confinement;
    private readonly DeniedWrites _denied;
    private readonly FrozenDictionary<string, Place> _places;
    private readonly FrozenDictionary<string, Place>.AlternateLookup<ReadOnlySpan<char>> _placeOf;
    private readonly FrozenSet<string> _above;
    private readonly Lock _noting = new();
    private readonly Dictionary<string, NotedPath> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _programs = new(StringComparer.Ordinal);
    private readonly Dictionary<(TriedKind Kind, string What), NotedConnection> _connections = [];
    private long _leftOut, _unread, _characters;
    private int _keysBeyond;

    /// <param name="confinement">Of the program.</param>
    /// <param name="denied">Knows what would have to be granted for a write.</param>
    /// <param name="ownPlaces">Where the sandbox itself has something.</param>
    /// <param name="privatePlaces">Where what is made lies with nobody outside.</param>
    internal TriedCalls(
        Confinement confinement, DeniedWrites denied, IEnumerable<string> ownPlaces, IEnumerable<string> privatePlaces)
    {
        (_confinement, _denied) = (confinement, denied);
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (string own in ownPlaces) places[own] = Place.System;
        foreach (string path in places.Keys.Where(path => DirectoryTree.Holds("/dev", path))) places[path] = Place.OfTheKernel;
        foreach (string path in (string[])["/proc", "/sys"]) places[path] = Place.OfTheKernel;
        foreach (string path in privatePlaces) places[path] = Place.Private;
        // Empty but for what has its own place in them.
        foreach (string path in (string[])["/", "/etc", "/dev"]) places.Remove(path);
        places[confinement.Home] = Place.Home;
        foreach (ShownPath shown in confinement.Shown)
            places[shown.Path] = shown.Access is PathAccess.Write ? Place.Writable : Place.Shown;
        foreach (string package in confinement.Packages?.Paths ?? []) places[package] = Place.Shown;
        foreach (ShownPath node in confinement.Nodes.Concat(confinement.Graphics.Hardware)) places[node.Path] = Place.OfTheKernel;
        _places = places.ToFrozenDictionary(StringComparer.Ordinal);
        _placeOf = _places.GetAlternateLookup<ReadOnlySpan<char>>();
        _above = FrozenSet.ToFrozenSet(places.Keys.SelectMany(Above), StringComparer.Ordinal);
    }

    private enum Place
    {
        Nowhere,
        Home,
        Private,
        Shown,
        Writable,
        System,
        OfTheKernel,
    }

    internal void See(AskedPath asked)
    {
        Place place = PlaceOf(asked.Path);
        if (asked.Use is PathUse.Start)
        {
            lock (_noting)
            {
                if (_programs.TryGetValue(asked.Path, out long times)) _programs[asked.Path] = times + 1;
                else if (_programs.Count < MostPrograms && asked.Path.Length <= MostPathLength) _programs[asked.Path] = 1;
                else _leftOut++;
            }
        }
        bool matters = asked.Writes
            ? place is not (Place.Private or Place.OfTheKernel) && !IsOfCache(asked.Path)
                && (place is not Place.Writable || _denied.GrantFor(asked.Path) is not null)
            // What lies above something that is shown is there inside, too.
            : place is Place.Nowhere or Place.Home && !_above.Contains(asked.Path) && !ForNames.Contains(asked.Path);
        if (!matters) return;
        lock (_noting)
        {
            if (!_paths.TryGetValue(asked.Path, out NotedPath? noted))
            {
                bool isFull = _paths.Count >= MostPaths || _characters + asked.Path.Length > MostCharacters;
                bool isKey = isFull && _keysBeyond < MostKeys && SensitiveDirectories.IsKey(asked.Path);
                if ((isFull && !isKey) || asked.Path.Length > MostPathLength)
                {
                    _leftOut++;
                    return;
                }
                if (isKey) _keysBeyond++;
                _characters += asked.Path.Length;
                _paths[asked.Path] = noted = new() { IsOwn = asked.Writes };
            }
            if (asked.Writes) noted.Writes++;
            else noted.Looks++;
            noted.IsOpened |= asked.Reads || asked.Use is PathUse.Start;
        }
    }

    internal void SeeUnread() => Interlocked.Increment(ref _unread);

    /// <summary>A name whose addresses were asked for.</summary>
    internal void SeeName(string name) => Note(TriedKind.Host, name, isOpened: false, isReached: false);

    /// <summary>A host to which the proxy has connected it.</summary>
    internal void SeeHost(Destination reached) => Note(TriedKind.Host, $"{reached}", isOpened: true, isReached: true);

    /// <summary>One that the proxy refused.</summary>
    public void SeeRefused(RefusedConnection refused)
    {
        if (refused.Wanted is { } wanted) Note(TriedKind.Host, $"{wanted}", isOpened: true, isReached: false);
    }

    /// <param name="address">As connect(2) took it.</param>
    /// <param name="errno">What came of it.</param>
    /// <param name="isAnswered">Somebody there has to take part; with UDP the kernel only notes where messages will go.</param>
    internal void SeeConnection(ReadOnlySpan<byte> address, int errno, bool isAnswered = true)
    {
        if (InternetAddress.Read(address) is not { } to) return;
        bool isBegun = errno is 0 or Errno.InProgress;
        // In a network of its own: its servers, our proxy and the places of hosts, whose names are told; and who is asked for names.
        bool isOwn = !_confinement.HostNetwork && IPAddress.IsLoopback(to.Address);
        if (to.Port is InternetAddress.NamePort || (isOwn && (isBegun || to.Port == _confinement.ProxyPort))) return;
        Note(TriedKind.Host, $"{to}", isOpened: true, isReached: errno == 0 && isAnswered, errno, isBegun);
    }

    /// <param name="path">Absolute.</param>
    /// <param name="errno">What came of it.</param>
    internal void SeeLocalConnection(string path, int errno)
    {
        string whole = Path.GetFullPath(path);
        bool isReached = errno == 0;
        // One that it has there is its own; one that it has not may be somebody's outside (/tmp/.X11-unix).
        if (!isReached || PlaceOf(whole) is not (Place.Private or Place.Home))
            Note(TriedKind.LocalSocket, whole, isOpened: true, isReached, errno);
    }

    /// <summary>Looks at what was noted. When the program has ended: what it could change, it cannot any more.</summary>
    /// <exception cref="IOException">What is mounted cannot be read.</exception>
    public TriedReport End()
    {
        lock (_noting)
        {
            var things = ImmutableArray.CreateBuilder<TriedThing>();
            using var look = new QuietLook(_confinement.Home);
            long notLooked = 0;
            foreach (var (path, noted) in _paths)
            {
                if (noted.Writes > 0 && WriteAt(path, noted.Writes) is { } write) things.Add(write);
                if (noted.Looks > 0 && !noted.IsOwn && Unshown(path, noted) is { } unshown) things.Add(unshown);
            }
            foreach (var ((kind, what), noted) in _connections)
            {
                bool isThere = kind is not TriedKind.LocalSocket || IsThere(what);
                if (!isThere) continue;
                things.Add(new(kind, what, noted.Times)
                {
                    IsOpened = noted.IsOpened, IsReached = noted.IsReached, Errno = noted.IsReached ? 0 : noted.Errno,
                    IsBegun = !noted.IsReached && noted.IsBegun,
                });
            }
            foreach (var (path, times) in _programs)
            {
                // Along PATH it is asked for where it is not; what lies in its own places nobody can look at any more.
                bool isOwn = PlaceOf(path) is Place.Private or Place.Home or Place.OfTheKernel;
                if (isOwn || (PlaceOf(path) is not Place.Nowhere && IsThere(path))) things.Add(new(TriedKind.Program, path, times));
            }
            return new([.. things.OrderBy(thing => thing.Kind).ThenBy(thing => thing.What, StringComparer.Ordinal)],
                _leftOut, notLooked, Interlocked.Read(ref _unread));

            bool IsThere(string path) => Look(path, out _, out _) is QuietAnswer.There;

            QuietAnswer Look(string path, out string real, out bool mayRead)
            {
                QuietAnswer answer = look.At(path, out real, out mayRead);
                if (answer is QuietAnswer.NotLooked) notLooked++;
                return answer;
            }

            TriedThing? Unshown(string path, NotedPath noted)
            {
                if (Look(path, out string real, out bool mayRead) is not QuietAnswer.There) return null;
                // What everybody is shown has a name here that it has not inside.
                if (PlaceOf(real) is not (Place.Nowhere or Place.Home)) return null;
                if (_confinement.KeptHome is { } kept && PlaceOf(path) is Place.Home
                    && IsThere(kept.Real + path[_confinement.Home.Length..])) return null;
                bool isKey = SensitiveDirectories.IsKey(path) || SensitiveDirectories.IsKey(real);
                return new(isKey ? TriedKind.Key : TriedKind.Unshown, path, noted.Looks)
                {
                    IsOpened = noted.IsOpened, IsOfOthers = !mayRead,
                };
            }

            TriedThing? WriteAt(string path, long times)
            {
                Place place = PlaceOf(path);
                if (place is Place.Home) return new(TriedKind.HomeWrite, path, times);
                if (place is not Place.Nowhere)
                {
                    WriteObstacle obstacle = place is Place.Writable ? WriteObstacle.Protected : WriteObstacle.ReadOnly;
                    return new(TriedKind.RefusedWrite, path, times) { Wanted = _denied.GrantFor(path), Obstacle = obstacle };
                }
                if (Path.GetDirectoryName(path) is not { } above) return null;
                string? there = IsThere(path) ? path : IsThere(above) ? above : null;
                return there is null ? null : new(TriedKind.RefusedWrite, path, times)
                {
                    Wanted = new(there, Name: null), Obstacle = WriteObstacle.NotShown,
                };
            }
        }
    }

    private void Note(TriedKind kind, string what, bool isOpened, bool isReached, int errno = 0, bool isBegun = false)
    {
        lock (_noting)
        {
            if (!_connections.TryGetValue((kind, what), out NotedConnection? noted))
            {
                if (_connections.Count >= MostConnections || what.Length > MostPathLength)
                {
                    _leftOut++;
                    return;
                }
                _connections[(kind, what)] = noted = new();
            }
            noted.Times++;
            noted.IsOpened |= isOpened;
            noted.IsReached |= isReached;
            if (errno != 0) noted.Errno = errno;
            noted.IsBegun = isBegun;
        }
    }

    private Place PlaceOf(string path)
    {
        for (ReadOnlySpan<char> rest = path; rest.Length > 0; rest = rest[..rest.LastIndexOf('/')])
        {
            if (_placeOf.TryGetValue(rest, out Place place)) return place;
        }
        return Place.Nowhere;
    }

    private static IEnumerable<string> Above(string path)
    {
        for (string? above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above)) yield return above;
    }

    // Programs do without.
    private static bool IsOfCache(string path) => path.Contains("/__pycache__", StringComparison.Ordinal);

    private sealed class NotedPath
    {
        public long Looks, Writes;
        public bool IsOpened;

        /// <summary>First of all it was made: what is read then is its own.</summary>
        public required bool IsOwn { get; init; }
    }

    private sealed class NotedConnection
    {
        public long Times;
        public bool IsOpened, IsReached, IsBegun;
        public int Errno;
    }
}
