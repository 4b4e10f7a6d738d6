using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>The way to the screen that a program is given: one socket of the caller's session, and what names it inside.</summary>
public sealed record DisplayAccess
{
    /// <summary>The socket, where it appears.</summary>
    public required ShownPath Socket { get; init; }

    /// <summary>What leads a program to it.</summary>
    public required ImmutableDictionary<string, string> Variables { get; init; }

    /// <summary>X11: what the server asks for, as a file; null: nothing was found.</summary>
    public byte[]? Cookies { get; init; }

    /// <summary>Where <see cref="Cookies"/> appear.</summary>
    public const string CookiesInside = "/.Xauthority";

    /// <summary>
    /// The compositor that <c>WAYLAND_DISPLAY</c> names. A program finds its own, empty runtime directory around the socket.
    /// </summary>
    /// <param name="runtimeDirectory">Where that is, inside.</param>
    /// <returns>Null when there is none.</returns>
    public static DisplayAccess? Wayland(Caller caller, string runtimeDirectory)
    {
        string name = caller.Variables.GetValueOrDefault("WAYLAND_DISPLAY") is { Length: > 0 } named ? named : "wayland-0";
        string? place = Path.IsPathFullyQualified(name) ? name
            : caller.Variables.GetValueOrDefault("XDG_RUNTIME_DIR") is { Length: > 0 } directory && Path.IsPathFullyQualified(directory)
            ? Path.Join(directory, name) : null;
        if (place is null || SocketAt(place) is not { } socket) return null;
        return new()
        {
            Socket = socket.Appearing($"{runtimeDirectory}/wayland-0"),
            Variables = Variable("XDG_RUNTIME_DIR", runtimeDirectory).Add("WAYLAND_DISPLAY", "wayland-0")
                .Add("XDG_SESSION_TYPE", "wayland"),
        };
    }

    /// <summary>The server of this machine that <c>DISPLAY</c> names. Whoever has it reads what is typed in every window.</summary>
    /// <returns>Null when there is none here: it may be at the other end of an ssh.</returns>
    public static DisplayAccess? X11(Caller caller)
    {
        string display = caller.Variables.GetValueOrDefault("DISPLAY", "");
        string number = display.StartsWith("unix:", StringComparison.Ordinal) ? display[5..] : display.StartsWith(':') ? display[1..] : "";
        int screen = number.IndexOf('.');
        if (screen >= 0) number = number[..screen];
        if (!ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out ushort known)) return null;
        if (SocketAt(string.Create(CultureInfo.InvariantCulture, $"/tmp/.X11-unix/X{known}")) is not { } socket) return null;
        string file = caller.Variables.GetValueOrDefault("XAUTHORITY") is { Length: > 0 } named ? named : $"{caller.Home}/.Xauthority";
        byte[]? cookies = CookiesIn(file) is { } content ? DisplayCookies.ForEveryHost(content, known) : null;
        return new()
        {
            Socket = socket,
            Cookies = cookies,
            Variables = Variable("DISPLAY", string.Create(CultureInfo.InvariantCulture, $":{known}"))
                .AddRange(cookies is null ? [] : Variable("XAUTHORITY", CookiesInside)),
        };
    }

    private const int MostCookieBytes = 1 << 20;

    private static byte[]? CookiesIn(string file)
    {
        try
        {
            return file.Contains('\0') ? null : RegularFile.TryRead(file, MostCookieBytes);
        }
        catch (IOException)
        {
            return null; // the server may know the user without one
        }
    }

    private static ShownPath? SocketAt(string path) => path.Contains('\0') || !FileFacts.IsSocket(path) ? null
        : ShownPath.At(Path.GetFullPath(path), PathAccess.Read);

    private static ImmutableDictionary<string, string> Variable(string name, string value) =>
        ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add(name, value);
}
