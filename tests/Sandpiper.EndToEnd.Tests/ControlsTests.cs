using System.Text.RegularExpressions;
using Sandpiper.EndToEnd.Tests.Controls;
using Sandpiper.EndToEnd.Tests.Staging;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// What a confinement must not break: programs as people run them, of real packages, each with the grants that a person would give once.
/// </summary>
public sealed class ControlsTests(ControlsTests.Installed installed) : IClassFixture<ControlsTests.Installed>
{
    public static TheoryData<string> Names => [.. ProgramBlock.All.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_real_program_works(string name)
    {
        ProgramBlock program = ProgramBlock.All.Single(b => string.Equals(b.Name, name, StringComparison.Ordinal));
        foreach (string path in program.Needs) Assert.SkipUnless(File.Exists(path), $"there is no {path} here");
        Somebody user = installed.With(program.Set);
        string project = Path.Combine(user.Home, "work", Regex.Replace(name, "[^a-z0-9]+", "-", RegexOptions.IgnoreCase, Limit));
        foreach (var (path, text) in program.Files) user.Write(Path.Combine(project, path), text);
        if (program.Files.Count == 0) user.Write(Path.Combine(project, "empty.txt"), "");
        if (program.IsRepository) Assert.Equal(0, user.Run(["/usr/bin/git", "init", "-q", project]).ExitCode);

        Outcome outcome = user.Run(
            [PublishedCommand.Path, "run", "--env", program.Set, .. program.Grants, "--", "sh", "-ec", program.Script], project);

        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        Assert.Matches(new Regex(program.Expected, RegexOptions.None, Limit), outcome.Output + outcome.Error);
        if (program.Makes is { } made) Assert.True(File.Exists(Path.Combine(project, made)), $"no {made}: {outcome}");
    }

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>One user for all of them, who installs each set once.</summary>
    public sealed class Installed : IDisposable
    {
        private readonly RecordedSetsTests.Served _index = new();
        private readonly HashSet<string> _there = new(StringComparer.Ordinal);
        private Somebody? _user;

        internal Somebody With(string set)
        {
            string? synced = Recorded.Find($"pypi/sets/{set}.sync.txt");
            string pins = synced ?? Recorded.Path($"pypi/sets/{set}.txt");
            lock (_there)
            {
                _user ??= new();
                if (!_there.Add(set)) return _user;
                Outcome outcome = _user.Sandpiper(["install", "-q", "--env", set, "-i", _index.Address, "-r", pins,
                    .. synced is null ? (string[])[] : ["--no-deps"]]);
                Assert.True(outcome.ExitCode == 0, $"{outcome}");
                return _user;
            }
        }

        public void Dispose()
        {
            _user?.Dispose();
            _index.Dispose();
        }
    }
}
