using System.Text;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox.Networks;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>Files of <c>/etc</c> that libc reads, made up: the host's would name its users and its network.</summary>
internal static class SyntheticFiles
{
    public const string HostName = "sandbox";

    /// <summary>Path inside and content.</summary>
    public static IEnumerable<(string Path, byte[] Content)> For(Confinement confinement)
    {
        string user = UserNameIn(confinement);
        // pwd.getpwuid and os.path.expanduser fail without.
        yield return Text("/etc/passwd",
            "root:x:0:0:root:/root:/bin/sh",
            $"{user}:x:{UserIds.Real}:{UserIds.RealGroup}::{confinement.Home}:/bin/sh",
            "nobody:x:65534:65534:nobody:/:/bin/sh");
        yield return Text("/etc/group", "root:x:0:", $"{user}:x:{UserIds.RealGroup}:", "nogroup:x:65534:");
        // "localhost" resolves nowhere else when there is no network.
        // Of a network that is granted whole, its names are a part.
        yield return Text("/etc/hosts", [.. confinement.HostNetwork ? Hosts() : [],
            $"127.0.0.1 localhost {HostName}", $"::1 localhost {HostName}",
            .. InnerPlace.Of(confinement.Hosts).Where(place => place.Host is { Address: null, Text: not Networks.HostName.ThisMachine })
                .Select(place => $"{place.Address} {place.Host.Text}")]);
        yield return Text("/etc/nsswitch.conf", "passwd: files", "group: files", "hosts: files dns", "services: files", "protocols: files");
        yield return Text("/etc/hostname", HostName);
        if (confinement.Displays.FirstOrDefault(display => display.Cookies is not null) is { Cookies: { } cookies })
            yield return (DisplayAccess.CookiesInside, cookies);
        if (confinement.Notebook is { } notebook) yield return (NotebookConnection.PathInside, [.. notebook.Content]);
    }

    private static string[] Hosts()
    {
        try
        {
            return File.ReadAllLines("/etc/hosts");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A name or a home that could end its field would let an environment variable write lines of its own.
    private static string UserNameIn(Confinement confinement) =>
        confinement.Variables.TryGetValue("USER", out string? name) && name is { Length: > 0 and <= 32 }
            && name is not ("root" or "nobody") && name.All(IsNameCharacter)
            ? name
            : "user";

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    private static (string Path, byte[] Content) Text(string path, params ReadOnlySpan<string> lines)
    {
        var text = new StringBuilder();
        foreach (string line in lines) text.Append(line).Append('\n');
        return (path, Encoding.UTF8.GetBytes(text.ToString()));
    }
}
