using System.Text;
using CsCheck;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Packaging.Names;
using Sandpiper.Samples;

namespace Sandpiper.Environments.Tests.Ledger;

public sealed class EnvironmentLedgerTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public EnvironmentLedgerTests() => Directory.CreateDirectory(_workshop.Environment.Directory);

    public void Dispose() => _workshop.Dispose();

    private string File => Path.Combine(_workshop.Environment.Directory, "ledger.jsonl");

    private static LedgerLine Line(int to, string command = "install") => new(command, Workshop.Now, "somebody", to > 1 ? to - 1 : null, to,
        [new LedgerChange("six", null, "1.17.0", new string('a', 64), "https://packages.example/six.whl"),
            new LedgerChange("toml", "0.10", null, null, null)], ["allowed six 1.17.0: SP-WHEEL-21"], Confirmed: false);

    [Fact]
    public void What_was_announced_and_confirmed_is_read_back_in_order()
    {
        var ledger = _workshop.Ledger;
        foreach (int number in (int[])[1, 2])
        {
            ledger.Announce(Line(number));
            ledger.Confirm(number);
        }
        var read = ledger.Read();
        Assert.Equal([1, 2], read.Select(l => l.To));
        Assert.All(read, l => Assert.True(l.Confirmed));
        Assert.Equal((Line(2).Command, Workshop.Now, "somebody", 1), (read[1].Command, read[1].When, read[1].Who, read[1].From));
        Assert.Equal(Line(2).Changes, read[1].Changes);
        Assert.Equal(Line(2).Overrides, read[1].Overrides);
        Assert.NotNull(read[1].UserId);
        Assert.Equal((0, false), (ledger.Unreadable, ledger.IsTorn));
    }

    [Fact]
    public void A_change_whose_switch_never_came_stays_unconfirmed_even_after_later_ones()
    {
        var ledger = _workshop.Ledger;
        ledger.Announce(Line(1));
        ledger.Announce(Line(2));
        ledger.Confirm(2);
        Assert.Equal([(1, false), (2, true)], ledger.Read().Select(l => (l.To, l.Confirmed)));
    }

    private static readonly string[] NoLines =
    [
        "no line", "{}", "{\"event\":\"switched\"}", "{\"event\":\"change\",\"to\":3}", "{\"event\":\"switched\",\"to\":2,\"chain\":7}",
        "{\"event\":\"change\",\"to\":3,\"from\":1,\"changes\":null}", "{\"event\":\"change\",\"to\":2147483647}",
        "{\"event\":\"x\",\"to\":4}",
    ];

    // Its next would be none.
    [Theory]
    [InlineData(999_999_999, true)]
    [InlineData(1_000_000_000, false)]
    [InlineData(int.MaxValue, false)]
    public void A_line_of_a_number_that_no_generation_has_is_none(int number, bool isOne)
    {
        var ledger = _workshop.Ledger;
        ledger.Announce(Line(7));
        string whole = System.IO.File.ReadAllText(File);
        System.IO.File.WriteAllText(File, whole.Replace("\"to\":7", $"\"to\":{number}", StringComparison.Ordinal));
        Assert.Equal(isOne ? [number] : [], ledger.Read().Select(line => line.To));
        Assert.Equal(isOne ? [number] : [], ledger.ReadSteps().Select(step => step.To));
    }

    [Fact]
    public void What_a_further_change_has_to_know_is_the_same_as_of_all()
    {
        var ledger = _workshop.Ledger;
        Assert.Empty(ledger.ReadSteps());
        Gen.Select(Gen.Int[1, 4], Gen.Int[0, 5], Gen.Int[0, NoLines.Length - 1]).Array[0, 12].Sample(events =>
        {
            System.IO.File.Delete(File);
            foreach (var (to, kind, other) in events)
            {
                if (kind == 0) ledger.NoteDamage();
                else if (kind == 1) System.IO.File.AppendAllText(File, $"{NoLines[other]}\n\n");
                else if (kind < 4) ledger.Announce(Line(to));
                else ledger.Confirm(to);
            }
            System.IO.File.AppendAllText(File, "{\"event\":\"switched\",\"to\":1}");
            Assert.Equal(
                ledger.Read().Select(l => (l.From, l.To, l.Confirmed)), ledger.ReadSteps().Select(s => (s.From, s.To, s.Confirmed)));
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void A_torn_last_line_is_told_and_the_next_line_is_not_lost_with_it()
    {
        var ledger = _workshop.Ledger;
        ledger.Announce(Line(1));
        ledger.Confirm(1);
        ledger.Announce(Line(2));
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, whole[..^30]);
        Assert.Equal([1], ledger.Read().Select(l => l.To));
        Assert.Equal((0, true), (ledger.Unreadable, ledger.IsTorn));
        ledger.Announce(Line(3));
        Assert.Equal([1, 3], ledger.Read().Select(l => l.To));
        Assert.Equal((1, false), (ledger.Unreadable, ledger.IsTorn));
    }

    [Fact]
    public void Wherever_it_is_cut_off_everything_before_is_read()
    {
        var ledger = _workshop.Ledger;
        for (int number = 1; number <= 3; number++) ledger.Announce(Line(number));
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length <= whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            Assert.Equal(Enumerable.Range(1, lines), ledger.Read().Select(l => l.To));
            Assert.Equal((0, length > 0 && whole[length - 1] != '\n'), (ledger.Unreadable, ledger.IsTorn));
        }
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_ends_and_counts_what_it_could_not_read()
    {
        var ledger = _workshop.Ledger;
        for (int number = 1; number <= 3; number++)
        {
            ledger.Announce(Line(number));
            ledger.Confirm(number);
        }
        byte[] whole = System.IO.File.ReadAllBytes(File);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 5].Sample(mutations =>
        {
            byte[] bytes = [.. whole];
            foreach (var (at, value) in mutations) bytes[at] = value;
            System.IO.File.WriteAllBytes(File, bytes);
            Assert.InRange(ledger.Read().Length, 0, 3 + mutations.Length);
        }, iter: 2000, threads: 1);
    }

    [Fact]
    public void Who_holds_no_lock_waits_for_a_line_that_another_is_writing()
    {
        _workshop.Ledger.Announce(Line(1));
        byte[] whole = System.IO.File.ReadAllBytes(File);
        System.IO.File.WriteAllBytes(File, whole[..^9]);
        var ledger = new EnvironmentLedger(_workshop.Environment) { Meanwhile = () => System.IO.File.WriteAllBytes(File, whole) };
        Assert.Equal([1], ledger.Read().Select(l => l.To));
        Assert.False(ledger.IsTorn);
    }

    [Fact]
    public void A_line_is_one_line_whatever_a_reason_says()
    {
        var ledger = _workshop.Ledger;
        ledger.Announce(Line(1) with { Overrides = ["two\nlines \u001b[31m\u2028"] });
        Assert.Single(Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(File)).TrimEnd('\n').Split('\n'));
        Assert.Equal("two\nlines \u001b[31m\u2028", ledger.Read()[0].Overrides[0]);
    }

    [Fact]
    public void The_first_description_of_a_generation_is_the_one_that_counts()
    {
        var generation = _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble()));
        string path = Path.Combine(generation.Directory, "generation.json");
        var digest = Sha256Digest.Of(System.IO.File.ReadAllBytes(path));
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        System.IO.File.AppendAllText(path, " ");
        var ledger = _workshop.Ledger;
        ledger.Confirm(1);
        ledger.Read();
        Assert.Equal(digest, ledger.DescriptionDigest(1));
        Assert.Null(ledger.DescriptionDigest(2));
    }
}
