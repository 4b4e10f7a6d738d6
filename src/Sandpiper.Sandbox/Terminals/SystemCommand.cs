using System.Buffers;
using System.Buffers.Text;

namespace Sandpiper.Sandbox.Terminals;

/// <summary>
/// Which commands to the terminal itself (OSC) may reach it: colours and links to the web. Not titles, which stay when the program has gone
/// and which people read to see where they are; not the clipboard (52), files (1337), messages (9, 99, 777), what a shell tells its window
/// (7, 133, 633), fonts, logs and whatever will be invented.
/// </summary>
internal static class SystemCommand
{
    private const int Palette = 4, Link = 8, Foreground = 10, Background = 11, Cursor = 12;

    private const int LongestLink = 2083, LongestColours = 512; // bytes

    private static readonly SearchValues<byte> _printable = SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(c => (byte)c)]);

    private static readonly SearchValues<byte> _ofColours =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:/#;?., -"u8);

    private static readonly SearchValues<byte> _digits = SearchValues.Create("0123456789"u8);

    private static readonly SearchValues<byte> _ofResets = SearchValues.Create("0123456789;"u8);

    private static readonly SearchValues<byte> _ofLinkParameters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ=:_.-/"u8);

    /// <param name="command">Between <c>OSC</c> and its end.</param>
    /// <returns>Null: it does not pass.</returns>
    public static (int Number, bool IsQuestion)? Judge(ReadOnlySpan<byte> command)
    {
        if (command.ContainsAnyExcept(_printable)) return null;
        int end = command.IndexOf((byte)';');
        ReadOnlySpan<byte> digits = end < 0 ? command : command[..end], rest = end < 0 ? default : command[(end + 1)..];
        // In the one way to write it: what a terminal makes of `08` is its own business.
        bool isNumber = digits is [not (byte)'0', ..] && digits.Length <= 3 && !digits.ContainsAnyExcept(_digits);
        if (!isNumber || !Utf8Parser.TryParse(digits, out int number, out _)) return null;
        bool passes = number switch
        {
            Palette or Foreground or Background or Cursor => rest.Length is > 0 and <= LongestColours
                && !rest.ContainsAnyExcept(_ofColours)
                && (number is Palette || rest.Count((byte)';') <= Cursor - number), // each further one is the next number's
            100 + Palette or 100 + Foreground or 100 + Background or 100 + Cursor => !rest.ContainsAnyExcept(_ofResets),
            Link => IsLink(rest),
            _ => false,
        };
        return passes ? (number, number != Link && rest.Contains((byte)'?')) : null;
    }

    // Where it leads the terminal shows, and nothing but a browser opens it. None is the end of one.
    private static bool IsLink(ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf((byte)';');
        if (end < 0 || rest.Length > LongestLink || rest[..end].ContainsAnyExcept(_ofLinkParameters)) return false;
        ReadOnlySpan<byte> target = rest[(end + 1)..];
        bool isOfTheWeb = (target.StartsWith("https://"u8) || target.StartsWith("http://"u8)) && !target.Contains((byte)' ');
        return target.IsEmpty || isOfTheWeb;
    }
}
