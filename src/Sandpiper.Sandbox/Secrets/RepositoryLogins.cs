using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Sandpiper.Sandbox.Secrets;

/// <summary>What git logs in with, where it stands in the settings of a repository (git-config(1)).</summary>
internal static class RepositoryLogins
{
    // Latin 1: each byte is one character, and becomes the same byte again.
    private static readonly Encoding _bytes = Encoding.Latin1;

    private static readonly FrozenSet<string> Secret = FrozenSet.ToFrozenSet(
        [
            "extraheader", "password", "pass", "token", "oauthtoken", "accesstoken", "smtppass", "cookiefile",
            // Commands, in which people write down what the command is to answer.
            "helper", "askpass", "sshcommand",
        ], StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> _endsOfHost = SearchValues.Create("/ \t\"'\\");

    /// <summary>The same without user and password in addresses, and without the values that are nothing else.</summary>
    /// <returns>Null when there are none.</returns>
    public static byte[]? Without(ReadOnlySpan<byte> settings)
    {
        string text = _bytes.GetString(settings);
        string[] lines = text.Split('\n');
        bool goesOn = false;
        for (int i = 0; i < lines.Length; i++)
        {
            // A value goes on in the next line after a backslash at the end.
            bool isSecret = goesOn || IsSecret(lines[i]);
            goesOn = isSecret && lines[i].EndsWith('\\');
            lines[i] = isSecret ? "\t# withheld" : WithoutLogin(lines[i]);
        }
        string whole = string.Join('\n', lines);
        return string.Equals(whole, text, StringComparison.Ordinal) ? null : _bytes.GetBytes(whole);
    }

    private static bool IsSecret(string line)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return false;
        // The first setting of a section may stand in the section's own line.
        string name = line[..equals], value = line[equals..];
        name = name[(name.LastIndexOf(']') + 1)..].Trim();
        bool isAddress = value.Contains("://", StringComparison.Ordinal);
        return Secret.Contains(name)
            // Nobody divides an address, but its login would not be found.
            || (isAddress && line.EndsWith('\\'))
            || (!isAddress && value.Contains('@') && name.Equals("proxy", StringComparison.OrdinalIgnoreCase));
    }

    // scheme://user:password@host: up to the last @ before the path, as whoever connects reads it.
    private static string WithoutLogin(string line)
    {
        for (int from = 0; line.IndexOf("://", from, StringComparison.Ordinal) is >= 0 and var at;)
        {
            from = at + 3;
            int end = line.AsSpan(from).IndexOfAny(_endsOfHost);
            int host = line.LastIndexOf('@', (end < 0 ? line.Length : from + end) - 1);
            if (host >= from) line = line[..from] + line[(host + 1)..];
        }
        return line;
    }
}
