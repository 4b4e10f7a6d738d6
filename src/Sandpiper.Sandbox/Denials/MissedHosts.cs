using System.Collections.Immutable;
using System.Net;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Sockets;
using Sandpiper.Sandbox.Networks;

namespace Sandpiper.Sandbox.Denials;

/// <summary>
/// Hosts that a program without a network wanted: names whose addresses it asked for, and addresses to which it wanted a connection. Seen
/// as it asks the kernel, so that its user can be told what would have to be granted; nothing depends on it.
/// </summary>
public sealed class MissedHosts
{
    private const int Most = 16;

    private ImmutableList<string> _seen = [];

    /// <summary>In the order in which it wanted them, a few: <c>example.org</c>, <c>192.0.2.1:80</c>.</summary>
    public ImmutableList<string> Seen => Volatile.Read(ref _seen);

    internal void SeeName(string name) => Note(name);

    /// <param name="socket">A datagram's tells no more than by which way it would go, and many programs ask that.</param>
    /// <param name="address">As connect(2) took it.</param>
    /// <param name="errno">What came of it.</param>
    internal void SeeConnection(SafeFileHandle socket, ReadOnlySpan<byte> address, int errno)
    {
        if (errno != Errno.NetworkUnreachable || InternetAddress.Read(address) is not { } to || IPAddress.IsLoopback(to.Address)) return;
        if (to.Port is not InternetAddress.NamePort && !OpenSocket.SendsToAnybody(socket)) Note($"{to}");
    }

    private void Note(string host) => ImmutableInterlocked.Update(ref _seen,
        (seen, one) => seen.Count >= Most || seen.Contains(one, StringComparer.Ordinal) ? seen : seen.Add(one), host);
}
