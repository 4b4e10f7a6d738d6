using System.Buffers;
using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Terminals;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Terminals;

/// <summary>What of a program's output reaches the user's terminal.</summary>
public sealed class OutputFilterTests
{
    [Theory]
    [InlineData("hello\tworld\r\n\a\b\f\v")]
    [InlineData("schön, 日本語, 👩‍💻, \u200f")]
    [InlineData("\e[1;31mred\e[0m \e[38;2;1;2;3mtrue\e[m \e[4:3mcurly\e[0m")]
    [InlineData("\e[2J\e[H\e[10;20Hx\e[K\e[5A\e[3P\e[2@\e[1L\e[1M\e[1;20r\e[r\e[s\e[u\e[3b\e[2X\e[d\e[`")]
    [InlineData("\e[?1049h\e[?25l\e[?2004h\e[?1000;1006h\e[?1006;1000l\e[?2004l\e[?25h\e[?1049l")]
    [InlineData("\e(0lqk\e(B\e7\e8\e=\e>\eM\eD\ec")]
    [InlineData("\e[>1u\e[<u\e[ q\e[!p\e[4h\e[4l")]
    [InlineData("\e]8;;https://example.org/x\e\\link\e]8;;\e\\ \e]8;id=1;http://example.org\alink\e]8;;\a")]
    [InlineData("\e]11;#000000\a\e]111\a\e]4;1;rgb:ff/00/00\e\\\e]104\e\\")]
    public void What_programs_need_passes_as_it_came(string text) => Assert.Equal(text, Of(text));

    [Theory]
    [InlineData("\e]0;title\a")]
    [InlineData("\e]2;title\e\\")]
    [InlineData("\e]52;c;cm0gLXJmIH4=\a")]
    [InlineData("\e]7;file:///etc\a")]
    [InlineData("\e]9;message\a")]
    [InlineData("\e]777;notify;a;b\a")]
    [InlineData("\e]133;C\a")]
    [InlineData("\e]633;E;rm\a")]
    [InlineData("\e]1337;File=inline=1:AAAA\a")]
    [InlineData("\e]50;font\a")]
    [InlineData("\e]8;;file:///etc/passwd\e\\")]
    [InlineData("\e]8;;javascript:alert\e\\")]
    [InlineData("\e]08;;https://example.org\a")]
    [InlineData("\e]\a")]
    [InlineData("\e]99999999999;x\a")]
    [InlineData("\e]10;#0;#1;#2;#3\a")]     // the fourth would be the mouse's
    [InlineData("\ektitle\e\\")]
    [InlineData("\eP$q\"p\e\\")]             // DECRQSS
    [InlineData("\eP+q544e\e\\")]            // XTGETTCAP
    [InlineData("\ePq#0;2;0;0;0\n!10~\e\\")] // sixel
    [InlineData("\ePtmux;x\e\\")]
    [InlineData("\e_Gf=24;AAAA\e\\")]        // kitty
    [InlineData("\e^private\e\\")]
    [InlineData("\eXstring\e\\")]
    [InlineData("\e[21t")]
    [InlineData("\e[20t")]
    [InlineData("\e[8;1;1t")]
    [InlineData("\e[2h")]
    [InlineData("\e[?2l")]                   // VT52
    [InlineData("\e[?3h")]
    [InlineData("\e[5i")]
    [InlineData("\e[?5i")]
    [InlineData("\e[1;1;1;1;1;1*y")]
    [InlineData("\e[1x")]
    [InlineData("\e[62;1\"p")]
    [InlineData("\e[?1r")]
    [InlineData("\e[>2t")]
    [InlineData("\e[1;2;3;4;5T")]
    [InlineData("\eZ")]
    [InlineData("\e%@")]
    [InlineData("\e F")]
    [InlineData("\e G")]
    [InlineData("\ed")]
    [InlineData("\e[31\x18")]
    [InlineData("\u0005")]
    [InlineData("\u0013")]
    [InlineData("\u0000")]
    [InlineData("\u007f")]
    [InlineData("\e[999999m")]
    [InlineData("\e[<;m")]
    public void What_does_something_to_the_user_does_not(string text) => Assert.Equal("ab", Of($"a{text}b", mayAsk: true));

    [Theory]
    [InlineData("\e[c")]
    [InlineData("\e[0c")]
    [InlineData("\e[>c")]
    [InlineData("\e[6n")]
    [InlineData("\e[5n")]
    [InlineData("\e[?6n")]
    [InlineData("\e[?u")]
    [InlineData("\e[?2026$p")]
    [InlineData("\e[>q")]
    [InlineData("\e]11;?\a")]
    [InlineData("\e]4;1;?\e\\")]
    public void What_is_answered_passes_only_where_the_program_reads_the_answer(string question)
    {
        Assert.Equal("ab", Of($"a{question}b"));
        Assert.Equal($"a{question}b", Of($"a{question}b", mayAsk: true));
    }

    [Theory]
    [InlineData("\u202eevil", "\\u{202e}evil")]
    [InlineData("a\u2066b\u2069", "a\\u{2066}b\\u{2069}")]
    [InlineData("\u009b31m", "\uFFFD31m")]
    [InlineData("\u0085", "\uFFFD")]
    public void What_turns_text_around_or_is_a_control_in_disguise_is_shown(string text, string shown) => Assert.Equal(shown, Of(text));

    [Fact]
    public void Bytes_that_are_no_text_are_no_controls_either()
    {
        Assert.Equal("\uFFFD31m\uFFFD0;t\uFFFD\uFFFDx", Of([0x9b, .. "31m"u8, 0x9d, .. "0;t"u8, 0x9c, 0xff, .. "x"u8]));
        Assert.Equal("\uFFFDa", Of([0xe2, 0x80, (byte)'a']));
        Assert.Equal("\uFFFD\e[m", Of([0xe2, 0x80, .. "\e[m"u8]));
        Assert.Equal("\uFFFD\uFFFD", Of([0xc0, 0x9b]));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", Of([0xe0, 0x82, 0x9b]));
    }

    [Fact]
    public void Of_several_modes_those_pass_that_are_known() =>
        Assert.Equal("\e[?25;2004h\e[?25;2004l\e[?25h", Of("\e[?3;25;2004h\e[?25;2004l\e[?25h"));

    [Fact]
    public void Who_hides_a_sequence_in_another_hides_nothing()
    {
        Assert.Equal("", Of("\ePtmux;\e\e]52;c;AAAA\a\e\\"));
        Assert.Equal("x", Of("\e[31\e]0;title\ax"));
        Assert.Equal("x", Of("\e]0;\e]52;c;AA\a\e\\x"));
        Assert.Equal("\e[1mx\e[0m", Of("\e]0;title\e[1mx\e[0m"));
        Assert.Equal("\nrest", Of("\e]0;never ended\nrest"));
    }

    [Fact]
    public void A_command_without_an_end_takes_no_memory_and_no_line_but_its_own()
    {
        var filter = new OutputFilter();
        var into = new ArrayBufferWriter<byte>();
        byte[] piece = new byte[1 << 16];
        piece.AsSpan().Fill((byte)'x');
        filter.Pass("\e]11;"u8, into);
        for (int i = 0; i < 200; i++) filter.Pass(piece, into);
        Assert.Equal(0, into.WrittenCount);
        filter.Pass("\a\e_"u8, into);
        for (int i = 0; i < 200; i++) filter.Pass(piece, into);
        Assert.Equal(0, into.WrittenCount);
        filter.Pass("\e\\end"u8, into);
        Assert.Equal("end", Encoding.UTF8.GetString(into.WrittenSpan));
    }

    [Theory]
    [InlineData("\e[?1049h\e[?1003h\e[?25l", "\e[?25h\e[?1003l\e[?1049l")]
    [InlineData("\e[8mhidden", "\e[0m")]
    [InlineData("\e[31mred\e[m", "")]
    [InlineData("\e(0\u000e", "\e(B\u000f")]
    [InlineData("\e]8;;https://example.org\alink", "\e]8;;\e\\")]
    [InlineData("\e]10;#000\a\e]11;#000\a", "\e]110\e\\\e]111\e\\")]
    [InlineData("\e]10;#000;#000\a", "\e]110\e\\\e]111\e\\")]
    [InlineData("\e[>1u\e[>3u\e=", "\e[<2u\e>")]
    [InlineData("\e[5;10r", "\e7\e[r\e8")]
    [InlineData("\e[?7l\e[4h", "\e[?7h\e[4l")]
    [InlineData("\e[?1049h\ec", "")]
    [InlineData("\e[31", "")]
    public void What_was_left_on_ends_with_the_program(string written, string atTheEnd)
    {
        var filter = new OutputFilter();
        var into = new ArrayBufferWriter<byte>();
        filter.Pass(Encoding.UTF8.GetBytes(written), into);
        into.ResetWrittenCount();
        filter.End(into);
        Assert.Equal(atTheEnd, Encoding.UTF8.GetString(into.WrittenSpan));
        into.ResetWrittenCount();
        filter.End(into);
        Assert.Equal(0, into.WrittenCount);
    }

    // Without one every table of the shell's is one long line.
    [Theory]
    [InlineData("\e[3g")]
    [InlineData("\e[5C\eH")]
    public void Tab_stops_are_where_a_terminal_has_them(string written)
    {
        var filter = new OutputFilter();
        var into = new ArrayBufferWriter<byte>();
        filter.Pass(Encoding.UTF8.GetBytes(written), into);
        into.ResetWrittenCount();
        filter.End(into);
        string stops = string.Concat(Enumerable.Repeat("\e[8C\eH", 64));
        Assert.Equal($"\e7\r\e[3g{stops}\e8", Encoding.UTF8.GetString(into.WrittenSpan));
    }

    // What is likely to be something, in any order.
    private static readonly string[] Pieces =
    [
        "\e", "\e[", "\e]", "\eP", "\e_", "\e\\", "\a", "?", "1049", "25", "2", ";", "52;c;", "0;t", "11;?", "11;#000", "8;;https://a",
        "8;;", "h", "l", "t", "m", "c", "n", "6", "$p", " q", "u", ">", "\u202e", "\u009b", "é", "👩", "\u0018", "\n", " ", "%", "(", "0",
        "k", "\u000e",
    ];

    private static readonly Gen<byte[]> AnyOutput = Gen.OneOf(
        Gen.Int[0, Pieces.Length - 1].Select(i => Encoding.UTF8.GetBytes(Pieces[i])), Gen.Byte.Array[1, 3])
        .Array[0, 24].Select(pieces => pieces.SelectMany(piece => piece).ToArray());

    [Fact]
    public void Wherever_it_is_split_the_same_passes() => Gen.Select(AnyOutput, Gen.Int[1, 7], Gen.Bool).Sample((output, step, mayAsk) =>
    {
        var filter = new OutputFilter { MayAsk = mayAsk };
        var into = new ArrayBufferWriter<byte>();
        for (int at = 0; at < output.Length; at += step) filter.Pass(output.AsSpan(at, Math.Min(step, output.Length - at)), into);
        return into.WrittenSpan.SequenceEqual(Bytes(output, mayAsk));
    }, iter: Fuzz.Inputs);

    [Fact]
    public void Whatever_comes_what_passes_is_what_a_terminal_may_be_told() => Gen.Select(AnyOutput, Gen.Bool).Sample((output, mayAsk) =>
        TerminalOracle.Objection(Bytes(output, mayAsk), mayAsk) is null, iter: Fuzz.Inputs,
        print: t => $"{Encoding.Latin1.GetString(t.Item1)} -> {TerminalOracle.Objection(Bytes(t.Item1, t.Item2), t.Item2)}");

    [Fact]
    public void What_passed_once_passes_again_unchanged() => AnyOutput.Sample(output =>
        Bytes(Bytes(output, mayAsk: true), mayAsk: true).AsSpan().SequenceEqual(Bytes(output, mayAsk: true)), iter: Fuzz.Inputs);

    [Fact]
    public void Plain_text_is_unchanged() => Gen.Char.AlphaNumeric.Array.Select(text => new string(text)).Sample(text => Of(text) == text);

    [Fact]
    public void The_oracle_objects_to_what_it_is_for()
    {
        string[] all = ["\e]0;t\a", "\e]52;c;A\a", "\e[21t", "\ePx\e\\", "\e[5i", "\e[?2l", "\e%@", "\u202e", "\u009b", "\e_G\e\\",
            "\e[6n", "\e]11;?\a", "\u0005"];
        foreach (string bad in all)
        {
            Assert.NotNull(TerminalOracle.Objection(Encoding.UTF8.GetBytes(bad), mayAsk: false));
        }
    }

    private static string Of(string text, bool mayAsk = false) => Encoding.UTF8.GetString(Bytes(Encoding.UTF8.GetBytes(text), mayAsk));

    private static string Of(byte[] output) => Encoding.UTF8.GetString(Bytes(output, mayAsk: false));

    private static byte[] Bytes(ReadOnlySpan<byte> output, bool mayAsk)
    {
        var into = new ArrayBufferWriter<byte>();
        new OutputFilter { MayAsk = mayAsk }.Pass(output, into);
        return into.WrittenSpan.ToArray();
    }
}
