using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Attempts;

/// <summary>What an attempt is after.</summary>
public enum AttemptKind
{
    Files,
    Network,
    Processes,
    Kernel,
}

/// <summary>One way out of a sandbox, tried on made-up things of this very moment.</summary>
/// <param name="Name">For programs: <c>read-a-key</c>.</param>
/// <param name="Words">For a person, as what it does.</param>
public sealed record Attempt(string Name, AttemptKind Kind, string Words)
{
    private static readonly Encoding _bytes = Encoding.Latin1;

    /// <summary>Inside: true when it seems to have worked. What can be seen outside is looked at there.</summary>
    internal Func<Bait, bool> Do { get; private init; } = _ => false;

    /// <summary>Whether it does no harm without a sandbox either, so that it can be shown to work there.</summary>
    public bool IsForOutsideToo => Kind is not AttemptKind.Kernel;

    /// <summary>All of them, in the order in which they are tried.</summary>
    public static ImmutableArray<Attempt> All { get; } =
    [
        Files("read-a-key", "read a key in your home", bait => IsKey(File.ReadAllText(bait.Key))),
        Files("read-a-key-by-link", "read it through a link in what it may write", bait =>
        {
            string link = Path.Combine(bait.Writable, "link");
            File.CreateSymbolicLink(link, bait.Key);
            return IsKey(File.ReadAllText(link));
        }),
        Files("read-a-key-by-process", "read it through the root of another process",
            bait => IsKey(File.ReadAllText($"/proc/{bait.Victim}/root{bait.Key}"))),
        Files("change-a-key", "change it", bait => Wrote(bait.KeyToChange)),
        Files("write-elsewhere", "make a file beside it", bait => Wrote(Path.Combine(Path.GetDirectoryName(bait.Key)!, "new"))),
        Files("write-at-home", "make a file in your home", bait => Wrote(bait.AtHome) && false),
        Files("write-what-is-shown", "change a file that it is only shown", bait => Wrote(Path.Combine(bait.Shown, "kept"))),
        Files("plant-a-hook", "plant a git hook where it may write",
            bait => Wrote(Path.Combine(bait.Writable, ".git/hooks/pre-commit"))),
        Files("replace-a-repository", "move .git away and put its own there", bait =>
        {
            string git = Path.Combine(bait.Writable, ".git");
            Directory.Move(git, git + "-moved");
            Directory.CreateDirectory(git);
            return Wrote(Path.Combine(git, "config"));
        }),
        Files("give-rights-away", "leave a program with the set-user-ID bit", bait =>
        {
            string program = Path.Combine(bait.Writable, "program");
            File.WriteAllText(program, "");
            File.SetUnixFileMode(program, UnixFileMode.SetUser | UnixFileMode.UserExecute | UnixFileMode.UserRead);
            return File.GetUnixFileMode(program).HasFlag(UnixFileMode.SetUser);
        }),
        Network("tcp", "connect to a service of this machine", bait => Connected(
            AddressFamily.InterNetwork, new IPEndPoint(IPAddress.Loopback, bait.TcpPort))),
        Network("udp", "send a datagram to one", bait =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return socket.SendTo(_bytes.GetBytes(Bait.Content), new IPEndPoint(IPAddress.Loopback, bait.UdpPort)) > 0 && false;
        }),
        Network("socket-that-is-shown", "connect to a socket in what it is shown",
            bait => Connected(AddressFamily.Unix, new UnixDomainSocketEndPoint(Path.Combine(bait.Shown, "socket")))),
        Network("socket-by-another-name", "connect to a socket by another name, where it may write", bait =>
        {
            string other = Path.Combine(bait.Writable, "other");
            File.Move(Path.Combine(bait.Writable, "socket"), other);
            return Connected(AddressFamily.Unix, new UnixDomainSocketEndPoint(other));
        }),
        Network("abstract-socket", "connect to a socket without a file",
            bait => Connected(AddressFamily.Unix, new UnixDomainSocketEndPoint("\0" + bait.Abstract))),
        Network("local-datagram", "send to a socket in the file system without connecting", bait =>
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            return socket.SendTo(_bytes.GetBytes("x"), new UnixDomainSocketEndPoint(Path.Combine(bait.Shown, "datagrams"))) > 0;
        }),
        Processes("read-an-environment", "read a token in the environment of a process", bait => Directory.GetDirectories("/proc")
            .Where(directory => int.TryParse(Path.GetFileName(directory), out _))
            .Any(directory => Holds(Path.Combine(directory, "environ"), bait.Token))),
        Processes("end-a-process", "end another process of yours", bait =>
        {
            using var victim = System.Diagnostics.Process.GetProcessById(bait.Victim);
            victim.Kill();
            return false; // whether it ended is seen outside
        }),
        .. RefusedCall.All.Select(call => new Attempt(call.Name, AttemptKind.Kernel, $"reach {call.Name}(2)")
        {
            Do = _ => (RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? call.Arm64 : call.X64) is { } number
                && CallProbe.Try(number) is not (Errno.NotPermitted or Errno.NoSuchCall),
        }),
        Kernel("crypto-sockets", "open a socket of the kernel's cryptography (AF_ALG)", 38),
        Kernel("machine-sockets", "open a socket to the machine around this one (AF_VSOCK)", 40),
        Kernel("raw-packets", "open a socket for raw packets (AF_PACKET)", 17),
    ];

    private static Attempt Files(string name, string words, Func<Bait, bool> @do) => new(name, AttemptKind.Files, words) { Do = @do };

    private static Attempt Network(string name, string words, Func<Bait, bool> @do) => new(name, AttemptKind.Network, words) { Do = @do };

    private static Attempt Processes(string name, string words, Func<Bait, bool> @do) =>
        new(name, AttemptKind.Processes, words) { Do = @do };

    private static Attempt Kernel(string name, string words, int family) => new(name, AttemptKind.Kernel, words)
    {
        Do = _ => CallProbe.HasSockets(family),
    };

    private static bool IsKey(string content) => string.Equals(content, Bait.Content, StringComparison.Ordinal);

    private static bool Wrote(string path)
    {
        File.WriteAllText(path, Bait.Planted);
        return true;
    }

    private static bool Connected(AddressFamily family, EndPoint to)
    {
        using var socket = new Socket(
            family, SocketType.Stream, family is AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        socket.Connect(to);
        return true;
    }

    private static bool Holds(string file, string text)
    {
        try
        {
            return File.ReadAllText(file, _bytes).Contains(text, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
