using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Proxies;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Proxies;

/// <summary>What a server says is anybody's: whatever it is, it is passed on, and an end of it is found.</summary>
public sealed class HttpAnswerTests
{
    private static readonly string[] _parts =
    [
        "HTTP/1.1 200 OK", "HTTP/1.1 100 Continue", "HTTP/1.0 204 No", "HTTP/1.1 304", "HTTP/1.1 101 Switching", "HTTP/9 x", "\r\n", "\n",
        "\r\n\r\n", "Content-Length: 3", "Content-Length: 99999999999999999999", "content-length:-1", "Transfer-Encoding: chunked",
        "Connection: keep-alive", "Keep-Alive: 5", " folded", ": x", ":", "\0", "3\r\nabc\r\n0\r\n\r\n", "ffffffffffffffff\r\n", "abc", "é",
    ];

    [Fact]
    public void Whatever_a_server_says_every_byte_is_passed_on_once_but_for_what_is_of_the_connection()
    {
        Gen<string> part = Gen.Int[0, _parts.Length - 1].Select(i => _parts[i]);
        Gen<string> text = Gen.OneOf(part, part, Gen.String[Gen.Char['\0', 'ÿ'], 0, 6]).Array[0, 24].Select(parts => string.Concat(parts));
        Gen.Select(text, Gen.Int[1, 30].Array[1, 8], Gen.Bool).Sample((said, cuts, isOfHead) =>
        {
            byte[] all = Encoding.Latin1.GetBytes(said);
            var answer = new HttpAnswer(isOfHead);
            var told = new MemoryStream();
            int at = 0;
            for (int cut = 0; at < all.Length && !answer.IsDone; cut++)
            {
                ReadOnlySpan<byte> piece = all.AsSpan(at, Math.Min(all.Length - at, cuts[cut % cuts.Length]));
                for (int steps = 0; !piece.IsEmpty && !answer.IsDone; steps++)
                {
                    int taken = answer.Take(piece, out byte[]? instead);
                    Assert.InRange(taken, 0, piece.Length);
                    Assert.True(steps < 8, "it goes on for ever");
                    told.Write(instead ?? piece[..taken].ToArray());
                    piece = piece[taken..];
                    at += taken;
                }
            }
            told.Write(answer.Held);
            Assert.Equal(Left(Encoding.Latin1.GetString(all, 0, at)), Left(Encoding.Latin1.GetString(told.ToArray())));
        }, iter: Fuzz.Inputs);
    }

    // Without what may be taken out of it, or put in: these lines, and how a line ends.
    private static string Left(string text)
    {
        var left = new StringBuilder();
        bool isTaken = false;
        foreach (string line in text.Split('\n'))
        {
            isTaken = (isTaken && line is [' ' or '\t', ..]) || line.Split(':')[0].Trim().ToLowerInvariant()
                is "connection" or "keep-alive" or "proxy-connection";
            if (!isTaken) left.Append(line).Append('\n');
        }
        return left.ToString().Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal);
    }
}
