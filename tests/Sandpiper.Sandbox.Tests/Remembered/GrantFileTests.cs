using System.Text;
using CsCheck;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Remembered;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Remembered;

public sealed class GrantFileTests : IDisposable
{
    private const string Line = """{"who":"ann","when":"2026-01-02T03:04:05Z","environment":"shared",""";

    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-grants-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private GrantFile Grants => new(_root);

    // Whoever is just being started by another test has the lock of a file that we have given back, until it runs: none is asked for.
    private byte[] Content
    {
        get
        {
            using SafeFileHandle file = RawFile.TryOpen(GrantFile.In(_root), RawFile.ReadOnly)!;
            byte[] content = new byte[RandomAccess.GetLength(file)];
            Assert.Equal(content.Length, RandomAccess.Read(file, content, 0));
            return content;
        }
        set
        {
            using SafeFileHandle file = RawFile.TryOpen(GrantFile.In(_root), RawFile.WriteOnly)!;
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, value, 0);
        }
    }

    private static RememberedGrant Black => new("shared", new Grants { Write = ["/p"] }, "ann", DateTimeOffset.UnixEpoch)
    {
        Command = "black",
        Project = "/p",
    };

    [Fact]
    public void What_was_remembered_is_read_as_it_was_until_it_is_taken_back()
    {
        Assert.Empty(Grants.List());
        RememberedGrant all = Black with
        {
            Command = null,
            Grants = new Grants { Write = ["/p/a b", "/q"], Read = ["/r"], Network = true, Variables = ["TOKEN"],
                Devices = ["/dev/ttyUSB0"], Graphics = true, Display = true, X11 = true },
        };
        RememberedGrant everywhere = Black with { Project = null, Grants = new Grants { Write = ["."], Read = ["docs/x"] } };
        foreach (RememberedGrant grant in (RememberedGrant[])[Black, all, everywhere]) Grants.Add(grant, CancellationToken.None);

        Assert.Equal([Text(Black), Text(all), Text(everywhere)], Grants.List().Select(Text));
        Assert.Equal([1, 2, 3], Grants.List().Select(g => g.Number));
        Assert.NotNull(Grants.Withdraw(2, "bob", DateTimeOffset.UnixEpoch, CancellationToken.None));
        Assert.Equal([null, "bob", null], Grants.List().Select(g => g.WithdrawnBy));
        Assert.Null(Grants.Withdraw(2, "bob", DateTimeOffset.UnixEpoch, CancellationToken.None));
        Assert.Null(Grants.Withdraw(4, "bob", DateTimeOffset.UnixEpoch, CancellationToken.None));
    }

    [Theory]
    [InlineData("shared", "black", "/p", true)]
    [InlineData("other", "black", "/p", false)]
    [InlineData("shared", "blacker", "/p", false)]
    [InlineData("shared", "black", "/p/sub", false)]
    [InlineData("shared", "black", null, false)]
    public void It_holds_for_that_command_of_that_environment_in_that_project(string env, string command, string? project, bool holds)
    {
        Assert.Equal(holds, Black.HoldsFor(env, command, project));
        Assert.False((Black with { WithdrawnBy = "ann" }).HoldsFor(env, command, project));
        Assert.Equal(env is "shared" && project is "/p", (Black with { Command = null }).HoldsFor(env, command, project));
        Assert.Equal(env is "shared" && command is "black", (Black with { Project = null }).HoldsFor(env, command, project));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData(Line + """ "command":"black","project":"/p"}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":["/p"],"sudo":true}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":["/p"],"write":["/"]}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":[null]}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":["."]}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":["/p/../.ssh"]}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":["/p/"]}""")]
    [InlineData(Line + """ "command":"black","project":"/p","write":["/p\u0000"]}""")]
    [InlineData(Line + """ "command":"black","write":["../x"]}""")]
    [InlineData(Line + """ "command":"black","write":["a//b"]}""")]
    [InlineData(Line + """ "command":"black","write":[""]}""")]
    [InlineData(Line + """ "command":"","project":"/p","network":true}""")]
    [InlineData(Line + """ "command":"./x","project":"/p","network":true}""")]
    [InlineData(Line + """ "command":"black","project":"p","network":true}""")]
    [InlineData(Line + """ "network":true}""")]
    [InlineData(Line + """ "project":"/p","network":false}""")]
    [InlineData(Line + """ "project":"/p","network":true,"withdraw":1}""")]
    [InlineData(Line + """ "project":"/p","variables":["A=B"]}""")]
    [InlineData(Line + """ "project":"/p","devices":["ttyUSB0"]}""")]
    [InlineData(Line + """ "project":"/p","devices":["/dev/../mem"]}""")]
    [InlineData(Line + """ "project":"/p","gpu":false}""")]
    [InlineData("""{"who":"ann","when":"2026-01-02T03:04:05Z","withdraw":2}""")]
    [InlineData("""{"who":"ann","when":"2026-01-02T03:04:05Z","withdraw":0}""")]
    [InlineData("""{"who":"ann","when":"yesterday","withdraw":1}""")]
    [InlineData("""{"when":"2026-01-02T03:04:05Z","withdraw":1}""")]
    public void A_line_that_is_not_understood_is_told_with_its_place_and_nothing_is_added(string line)
    {
        Grants.Add(Black, CancellationToken.None);
        byte[] before = [.. Content, .. Encoding.UTF8.GetBytes($"{line}\n")];
        Content = before;

        var damaged = Assert.Throws<GrantFileDamagedException>(() => Grants.List());
        Assert.Equal((GrantFile.In(_root), 2), (damaged.File, damaged.Line));
        Assert.Throws<GrantFileDamagedException>(() => Grants.Add(Black, CancellationToken.None));
        Assert.Throws<GrantFileDamagedException>(
            () => Grants.Withdraw(1, "ann", DateTimeOffset.UnixEpoch, CancellationToken.None));
        Assert.Equal(before, Content);
    }

    [Fact]
    public void Nor_is_one_that_was_cut_off_or_what_is_no_file()
    {
        Grants.Add(Black, CancellationToken.None);
        string path = GrantFile.In(_root);
        Content = Content[..^1];
        Assert.Throws<GrantFileDamagedException>(() => Grants.List());
        File.Delete(path);
        File.CreateSymbolicLink(path, "/dev/null");
        Assert.Throws<GrantFileDamagedException>(() => Grants.List());
        Assert.Throws<UnwritableException>(() => Grants.Add(Black, CancellationToken.None));
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Throws<GrantFileDamagedException>(() => Grants.List());
    }

    // What is refused when it is read must never be written: it would keep every command from running.
    [Fact]
    public void What_could_not_be_read_again_is_not_written()
    {
        foreach (RememberedGrant none in (RememberedGrant[])
            [
                Black with { Grants = new Grants { Write = ["relative"] } }, Black with { Grants = new Grants() },
                Black with { Command = null, Project = null },
            ])
        {
            Assert.Throws<FormatException>(() => Grants.Add(none, CancellationToken.None));
        }
        Assert.Empty(Grants.List());
    }

    [Fact]
    public void Of_many_that_are_made_at_once_all_stay_and_each_has_a_number_of_its_own()
    {
        const int many = 40;
        int[] numbers = new int[many];
        Parallel.For(0, many, n => numbers[n] = Grants.Add(Black with { Command = $"c{n}" }, CancellationToken.None).Number);

        Assert.Equal(Enumerable.Range(1, many), numbers.Order());
        Assert.Equal(numbers.Select((number, n) => (number, $"c{n}")).Order(), Grants.List().Select(g => (g.Number, g.Command!)));
    }

    // Whatever lies there: a list or a refusal with a line, and what is read is something that can be written and read again.
    [Fact]
    public void Any_bytes_are_grants_or_a_refusal() => AnyFile.Sample(Holds, iter: Fuzz.Inputs);

    internal static void Holds(byte[] content)
    {
        try
        {
            foreach (RememberedGrant grant in GrantFile.Parse(content, "/f"))
            {
                Assert.Equal(Text(grant), Text(GrantLine.From(grant).ToGrant(grant.Number)));
                Assert.All(grant.Grants.Write.Concat(grant.Grants.Read),
                    path => Assert.True(GrantLine.IsFullPath(path) || grant.Project is null, path));
                Assert.False(grant.Command is null && grant.Project is null);
            }
        }
        catch (GrantFileDamagedException damaged)
        {
            Assert.InRange(damaged.Line, 1, content.Count(b => b == (byte)'\n') + 1);
        }
    }

    internal static Gen<byte[]> AnyFile
    {
        get
        {
            Gen<string> word = AnyOf(
                "black", "/p", "/p/..", ".", "..", "", "a\0", "a/b", "//", "shared", "\ud800", "=", "ann", "é");
            Gen<string> value = Gen.OneOf(
                word.Select(Json), word.Array[0, 3].Select(words => $"[{string.Join(',', words.Select(Json))}]"),
                AnyOf("true", "false", "null", "1", "-1", "2", "9999999999", "{}", "[[[[]]]]", "[null]", "\"2026-01-02T03:04:05Z\""));
            Gen<string> key = AnyOf("who", "when", "environment", "command", "project", "write", "read", "network", "variables",
                "withdraw", "Write", "other");
            Gen<string> noise = Gen.Select(key, value, (k, v) => $"\"{k}\":{v}").Array[0, 5].Select(members => string.Join(',', members));
            Gen<string> line = Gen.OneOf(
                noise.Select(members => $"{{{members}}}"), noise.Select(members => $"{Line}{members}}}"),
                Gen.Const(Line + """ "command":"black","project":"/p","write":["/p"]}"""),
                Gen.Const("""{"who":"ann","when":"2026-01-02T03:04:05Z","withdraw":1}"""), Gen.String[0, 30]);
            Gen<byte[]> whole = line.Array[0, 4].Select(lines => Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => $"{l}\n"))));
            return Gen.OneOf(whole, Gen.Select(whole, Gen.Int[0, 400], Gen.Byte, (bytes, at, with) =>
            {
                if (at < bytes.Length) bytes[at] = with;
                return bytes;
            }), Gen.Byte.Array[0, 60]);
        }
    }

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(n => texts[n]);

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    private static string Text(RememberedGrant grant) => $"{grant.Environment} {grant.Command ?? "any"} {grant.Project ?? "everywhere"} "
        + $"{string.Join(':', grant.Grants.Write)} {string.Join(':', grant.Grants.Read)} {grant.Grants.Network} "
        + $"{string.Join(':', grant.Grants.Variables)} {string.Join(':', grant.Grants.Devices)} {grant.Grants.Graphics} "
        + $"{grant.Grants.Display} {grant.Grants.X11} {grant.Who} {grant.When:O}";
}
