using Sandpiper.EndToEnd.Tests.Staging;

namespace Sandpiper.EndToEnd.Tests.Documents;

/// <summary>What the pages and the help tell people to type does what they say.</summary>
public sealed class DocumentTests
{
    // Three generations and another environment, so that there is something to list, to leave, to go back to and to remove.
    private static readonly PageLine[] Before =
    [
        new("sandpiper install matplotlib requests", 0),
        new("sandpiper install six", 0),
        new("sandpiper install numpy flask ipykernel", 0),
        new("sandpiper install --env old six", 0),
        new("sandpiper install --tool black", 0),
        new("sandpiper install evilhook    # exit 3", 0),
        new("sandpiper run -- sh -c 'echo x > ~/report.csv'", 0),
        new("sandpiper run --write . -- touch .exrc .gdbinit .lldbinit", 0),
        new("sandpiper run --review -- sh -c 'mkdir -p src; echo 1 > src/app.py'", 0),
        new("sandpiper run --review -- sh -c 'mkdir -p src; echo 2 > src/app.py'", 0),
        new("sandpiper run --review -- sh -c 'mkdir -p src; echo 3 > src/app.py; echo 3 > notes.txt'", 0),
    ];

    public static TheoryData<string> Pages =>
        ["README.md", .. Directory.GetFiles(Path.Combine(PublishedCommand.Checkout, "docs"), "*.md")
            .Where(p => PageLine.OfMarkdown(p).Any()).Select(p => $"docs/{Path.GetFileName(p)}").Order(StringComparer.Ordinal)];

    public static TheoryData<string> Commands
    {
        get
        {
            using var somebody = new Somebody();
            string overview = somebody.Sandpiper("help").Output;
            return [.. overview.Split('\n').SkipWhile(l => l is not "Commands").Skip(1).TakeWhile(l => l.Length > 0)
                .Select(l => l.Trim().Split(' ')[0])];
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_of_a_page_ends_as_the_page_says(string page)
    {
        string path = Path.Combine(PublishedCommand.Checkout, page);
        Assert.True(File.Exists(path), $"there is no {page}");
        PageLine[] lines = [.. PageLine.OfMarkdown(path)];
        Assert.True(lines.Length > 0, $"{page} shows no command at all");
        using var reader = new Reader();
        IReadOnlyList<string> wrong = reader.Type(lines);
        Assert.True(wrong.Count == 0, $"{page}, {string.Join("\n\n", wrong)}");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_example_of_a_command_works(string command)
    {
        using var somebody = new Somebody();
        PageLine[] examples = [.. PageLine.OfHelp(somebody.Sandpiper("help", command).Output)];
        Assert.True(examples.Length > 0, $"`sandpiper help {command}` shows no example");
        using var reader = new Reader();
        IReadOnlyList<string> wrong = reader.Type([.. Before, .. examples]);
        Assert.True(wrong.Count == 0, $"help {command}, {string.Join("\n\n", wrong)}");
    }

    [Fact]
    public void A_line_that_ends_otherwise_than_the_page_says_is_found()
    {
        using var reader = new Reader();
        IReadOnlyList<string> wrong = reader.Type([
            new("false", 1), new("true", 2), new("false    # exit 1", 3), new("cd / && export X=1", 4),
            new("test \"$PWD$X\" = /1", 5), new("if", 6),
        ]);
        Assert.Collection(wrong,
            first => Assert.StartsWith("line 1:", first, StringComparison.Ordinal),
            second => Assert.StartsWith("line 6:", second, StringComparison.Ordinal));
    }
}
