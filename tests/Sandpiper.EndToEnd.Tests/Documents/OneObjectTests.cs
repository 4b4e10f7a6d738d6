using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests.Documents;

/// <summary>Who says <c>--json</c> reads one object from standard output, whatever comes of it.</summary>
public sealed class OneObjectTests : IDisposable
{
    // What starts a program or prints a text has none; what only measures, or tells a story, takes its time.
    private static readonly string[] _without = ["completion", "help", "python", "run", "try"], _long = ["assess", "demo"];

    private readonly Somebody _user = new();

    public OneObjectTests()
    {
        _user.Variables["SANDPIPER_INDEX_URL"] = _user.Serve(new SampleIndex().With(OrdinaryPackages.Pebble()));
        _user.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['pebble --write .']\n");
        Answer(0, "install", "pebble", "--json");
    }

    public void Dispose() => _user.Dispose();

    [Fact]
    public void Each_command_prints_one_without_further_words_and_for_words_that_mean_nothing()
    {
        string[] names = [.. _user.Sandpiper("help").Output.Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .TakeWhile(words => words is not ["Options", ..]).Where(words => words.Length > 2 && words[0].All(char.IsAsciiLetterLower))
            .Select(words => words[0]).Except(_without)];
        Assert.True(names.Length > 20, string.Join(' ', names));
        foreach (string name in names)
        {
            Answer(2, name, "--json", "--no-such-option");
            if (!_long.Contains(name)) Answer(null, name, "--json");
        }
    }

    [Fact]
    public void What_is_refused_is_told_in_one_as_it_is_in_words()
    {
        JsonElement refused = Answer(1, "show", "nope", "--json");
        Assert.Equal("sandpiper/refusal/1", refused.GetProperty("schema").GetString());
        Assert.Equal((1, "`nope` is not installed in `shared`"),
            (refused.GetProperty("exit_code").GetInt32(), refused.GetProperty("what").GetString()));
        Assert.NotEmpty(refused.GetProperty("because").EnumerateArray());
        Answer(2, "--json", "nope");
        Answer(1, "install", "--json", "nope");
        Answer(1, "install", "--json", "--tool", "nope");
        Answer(125, "run", "--json", "--explain", "--env", "nope", "--", "true");
        Answer(125, "run", "--json", "--audit", "--write", "/", "--", "true");
        Answer(125, "try", "--json", "--audit", "nope");
        // Its own output is the program's.
        Assert.Equal("", _user.Sandpiper("run", "--json", "--env", "nope", "--", "true").Output);
    }

    // On a terminal it was, and each of the two runs printed its own.
    [Fact]
    public void Who_reads_one_is_not_asked_for_a_second_run()
    {
        _user.Write("fails.py", "open('made', 'w')\n");
        Outcome seen = SomebodyAtATerminal.Start(_user, "[[\"[N]o\", \"y\\n\"]]", ["/bin/sh", "-c",
            $"exec '{PublishedCommand.Path}' run --audit --json -- python fails.py > ../answer"]);
        Assert.Equal(99, seen.ExitCode); // nothing was asked
        Assert.Contains("--write .", seen.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_user.Project, "made")));
        using JsonDocument answer = JsonDocument.Parse(File.ReadAllText(Path.Combine(_user.Project, "../answer")));
        Assert.Equal(("sandpiper/run-audit/1", 1),
            (answer.RootElement.GetProperty("schema").GetString(), answer.RootElement.GetProperty("exit_code").GetInt32()));
    }

    [Fact]
    public void What_is_allowed_or_taken_back_is_told_with_its_number()
    {
        Assert.Equal("g1", Done(Answer(0, "allow", "--json", "pebble", "--env-var", "TERM", "--everywhere")));
        Assert.Equal("g1", Done(Answer(0, "allow", "--json", "--withdraw", "g1")));
        string digest = Answer(0, "allow", "--json", "--proposed").GetProperty("proposed").GetProperty("sha256").GetString()!;
        Assert.Equal("g2", Done(Answer(0, "allow", "--json", "--proposed", "--accept", digest)));
        Assert.Equal("1", Done(Answer(
            0, "allow", "--json", "pebble==1.0", "--rule", "SP-WHEEL-21", "--reason", "read it", "--sha256", new string('a', 64))));
        Assert.Equal("1", Done(Answer(0, "allow", "--json", "--withdraw", "1")));

        static string? Done(JsonElement answer) => Assert.Single(answer.GetProperty("done").EnumerateArray()).GetString();
    }

    private JsonElement Answer(int? code, params string[] words)
    {
        Outcome outcome = _user.Sandpiper(words);
        Assert.True(code is null || outcome.ExitCode == code, $"{string.Join(' ', words)}: {outcome}");
        try
        {
            using JsonDocument answer = JsonDocument.Parse(outcome.Output);
            Assert.StartsWith("sandpiper/", answer.RootElement.GetProperty("schema").GetString(), StringComparison.Ordinal);
            return answer.RootElement.Clone();
        }
        catch (JsonException)
        {
            Assert.Fail($"{string.Join(' ', words)}: {outcome}");
            throw;
        }
    }
}
