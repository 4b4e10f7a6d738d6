using System.Text;
using System.Text.Json;
using CsCheck;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Tests.Composing;

namespace Sandpiper.Environments.Tests.Ledger;

/// <summary>Each line stands for all before it: whoever changes one has to change every later one.</summary>
public sealed class LedgerChainTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public LedgerChainTests() => Directory.CreateDirectory(_workshop.Environment.Directory);

    public void Dispose() => _workshop.Dispose();

    private string Ledger => _workshop.Environment.LedgerFile;

    [Fact]
    public void What_we_wrote_is_whole_from_its_first_line_on()
    {
        Write(3);
        var ledger = Read();
        Assert.True(ledger.IsWhole);
        Assert.Equal((1, 6), (ledger.ChainedSince!.Value, ledger.Lines));
    }

    [Fact]
    public void A_bit_that_was_changed_anywhere_but_in_the_last_line_is_told()
    {
        Write(3);
        byte[] honest = File.ReadAllBytes(Ledger);
        int last = honest.AsSpan(0, honest.Length - 1).LastIndexOf((byte)'\n') + 1;
        Gen.Select(Gen.Int[0, last - 1], Gen.Int[0, 6]).Sample((at, bit) =>
        {
            byte[] changed = [.. honest];
            changed[at] ^= (byte)(1 << bit);
            File.WriteAllBytes(Ledger, changed);
            return !Read().IsWhole;
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Lines_that_were_taken_out_put_in_or_exchanged_are_told()
    {
        Write(4);
        string[] lines = File.ReadAllLines(Ledger);
        for (int i = 0; i + 1 < lines.Length; i++)
        {
            AssertBroken([.. lines[..i], .. lines[(i + 1)..]]);
            AssertBroken([.. lines[..(i + 1)], .. lines[i..]]);
            AssertBroken([.. lines[..i], lines[i + 1], lines[i], .. lines[(i + 2)..]]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_another_has_written_since_it_was_read_is_in_the_chain(bool stepsAlone)
    {
        Write(2);
        var held = Held(stepsAlone);
        _workshop.Ledger.Announce(Line(3));
        held.Confirm(3);
        held.Announce(Line(4));
        Assert.True(Read().IsWhole);
    }

    // Of the same length: nothing else would show it to who goes on from what he has read.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_exchanged_since_it_was_read_is_told_by_the_next_line(bool stepsAlone)
    {
        Write(2);
        var held = Held(stepsAlone);
        string[] lines = File.ReadAllLines(Ledger);
        lines[^1] = lines[^1].Replace("switched", "switcheD", StringComparison.Ordinal);
        File.WriteAllLines(Ledger, lines);
        held.Announce(Line(3));
        Assert.Equal([5], Read().Broken);
    }

    private EnvironmentLedger Held(bool stepsAlone)
    {
        var held = new EnvironmentLedger(_workshop.Environment) { IsHeld = true };
        _ = stepsAlone ? held.ReadSteps() : held.Read();
        return held;
    }

    // It lies where the user's programs can write.
    [Fact]
    public void Whatever_stands_in_a_line_it_is_read_or_it_is_none()
    {
        Write(1);
        byte[] honest = File.ReadAllBytes(Ledger);
        int end = honest.AsSpan().IndexOf((byte)'\n');
        Assert.NotNull(LedgerJson.TryRead(honest.AsSpan(0, end)));
        var replaced = Gen.Select(Gen.Int[0, end - 1], Gen.Byte.Array[0, 9], Gen.Int[0, 9]).Select((at, put, taken) =>
            (byte[])[.. honest[..at], .. put, .. honest[Math.Min(at + taken, end)..end]]);
        Gen.OneOf(Gen.Byte.Array[0, 60], replaced).Sample(line => { _ = LedgerJson.TryRead(line); }, iter: 3000);
        foreach (string none in (string[])
            [
                "", "{}", "null", "[]", "7", """{"event":null,"to":1}""", """{"event":"noted"}""", """{"event":"noted","to":1}{}""",
                """{"event":"noted","event":"noted","to":1}""", """{"event":"noted","to":1e9999}""", """{"event":"noted","to":"1"}""",
                """{"event":"change","to":1,"changes":[null]}""", """{"event":"change","to":1,"changes":[{}]}""",
                """{"event":"change","to":1,"overrides":[null]}""", """{"event":"change","to":1,"when":"yesterday"}""",
                """{"event":"noted","to":1,"x":{"y":{"z":{"a":{}}}}}""", """{"event":"\ud800","to":1}""",
            ])
        {
            Assert.Null(LedgerJson.TryRead(Encoding.UTF8.GetBytes(none)));
        }
    }

    [Fact]
    public void A_line_without_a_chain_after_one_with_it_was_not_written_by_us()
    {
        Write(2);
        File.AppendAllText(Ledger, """{"event":"switched","to":1}""" + "\n");
        Assert.Equal([5], Read().Broken);
        // What follows stands for it, and says nothing against it.
        _workshop.Ledger.Confirm(2);
        Assert.Equal([5], Read().Broken);
    }

    [Fact]
    public void A_ledger_of_an_earlier_version_is_read_and_vouched_for_from_the_next_line_on()
    {
        Write(2);
        File.WriteAllLines(Ledger, File.ReadAllLines(Ledger).Select(WithoutChain));
        var ledger = Read();
        Assert.True(ledger.IsWhole);
        Assert.Null(ledger.ChainedSince);
        Assert.Equal([1, 2], ledger.Read().Select(l => l.To));

        _workshop.Ledger.Announce(Line(3));
        Assert.Equal(5, Read().ChainedSince);
        Assert.True(Read().IsWhole);
        string[] lines = File.ReadAllLines(Ledger);
        AssertBroken([.. lines[1..]]);
        AssertBroken([lines[0].Replace("somebody", "somebodY", StringComparison.Ordinal), .. lines[1..]]);
    }

    [Fact]
    public void What_a_repair_took_note_of_is_not_told_again()
    {
        Write(3);
        string[] lines = File.ReadAllLines(Ledger);
        File.WriteAllLines(Ledger, lines[1..]);
        Assert.False(Read().IsWhole);
        _workshop.Ledger.NoteDamage();
        Assert.True(Read().IsWhole);
        _workshop.Ledger.Announce(Line(4));
        Assert.True(Read().IsWhole);
    }

    [Fact]
    public void A_line_that_a_power_failure_cut_off_breaks_nothing()
    {
        Write(2);
        byte[] whole = File.ReadAllBytes(Ledger);
        File.WriteAllBytes(Ledger, whole[..^9]);
        _workshop.Ledger.Announce(Line(3));
        var ledger = Read();
        Assert.Empty(ledger.Broken);
        Assert.Equal(1, ledger.Unreadable);
    }

    private void AssertBroken(string[] lines)
    {
        File.WriteAllLines(Ledger, lines);
        Assert.False(Read().IsWhole);
    }

    private void Write(int changes)
    {
        foreach (int number in Enumerable.Range(1, changes))
        {
            _workshop.Ledger.Announce(Line(number));
            _workshop.Ledger.Confirm(number);
        }
    }

    private EnvironmentLedger Read()
    {
        var ledger = _workshop.Ledger;
        ledger.Read();
        return ledger;
    }

    private static LedgerLine Line(int to) => new("install", Workshop.Now, "somebody", to > 1 ? to - 1 : null, to,
        [new LedgerChange("six", null, $"1.{to}", new string('a', 64), "https://packages.example/six.whl")], [], Confirmed: false);

    private static string WithoutChain(string line)
    {
        using var document = JsonDocument.Parse(line);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var property in document.RootElement.EnumerateObject().Where(p => !p.NameEquals("chain"))) property.WriteTo(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
