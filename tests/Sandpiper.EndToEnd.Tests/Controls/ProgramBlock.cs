using System.Collections.Immutable;
using Sandpiper.EndToEnd.Tests.Staging;

namespace Sandpiper.EndToEnd.Tests.Controls;

/// <summary>A block of <c>programs.txt</c>, whose head says what its lines mean.</summary>
internal sealed record ProgramBlock(string Name)
{
    public static ImmutableArray<ProgramBlock> All { get; } = Read(File.ReadAllText(
        Path.Combine(PublishedCommand.Checkout, "tests/Sandpiper.EndToEnd.Tests/Controls/programs.txt")));

    public string Set { get; private init; } = "";

    public ImmutableArray<string> Grants { get; private init; } = [];

    public string Script { get; private init; } = "";

    public string Expected { get; private init; } = "";

    public ImmutableArray<string> Needs { get; private init; } = [];

    public string? Makes { get; private init; }

    public bool IsRepository { get; private init; }

    public ImmutableDictionary<string, string> Files { get; private init; } = ImmutableDictionary<string, string>.Empty;

    private static ImmutableArray<ProgramBlock> Read(string text) => [.. text.Split("\n== ").Skip(1).Select(ReadBlock)];

    private static ProgramBlock ReadBlock(string block)
    {
        string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var read = new ProgramBlock(lines[0]);
        string file = "";
        foreach (string line in lines.Skip(1))
        {
            string value = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            read = line.Split(' ')[0] switch
            {
                "env" => read with { Set = value },
                "grant" => read with { Grants = [.. value.Split(' ')] },
                "run" => read with { Script = $"{read.Script}{value}\n" },
                "expect" => read with { Expected = value },
                "needs" => read with { Needs = read.Needs.Add(value) },
                "makes" => read with { Makes = value },
                "repository" => read with { IsRepository = true },
                "file" => read with { Files = read.Files.Add(file = value, "") },
                "|" => read with { Files = read.Files.SetItem(file, $"{read.Files[file]}{(line.Length > 1 ? value : "")}\n") },
                var other => throw new FormatException($"`{other}` in {lines[0]}"),
            };
        }
        return read;
    }
}
