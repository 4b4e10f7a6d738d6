using System.Collections.Immutable;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Profiles;

public sealed class ProjectTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandpiper-project-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("home/app/src/deep", "home/app/pyproject.toml", "home/app")]
    [InlineData("home/app/src", "home/app/.git/HEAD", "home/app")]
    [InlineData("home/app/src", "home/app/src/setup.py", "home/app/src")]
    [InlineData("home/app", "home/pyproject.toml", "home/app")]     // the home is nobody's project
    [InlineData("home/app/src", "home/app/README", "home/app/src")]
    [InlineData("elsewhere/app/src", "elsewhere/app/setup.cfg", "elsewhere/app/src")]
    [InlineData("home", "home/setup.py", null)]
    [InlineData("", "pyproject.toml", null)]                        // the home lies in it
    [InlineData("home/gone", "home/setup.py", null)]
    public void It_is_the_nearest_directory_that_says_so_below_the_home_or_this_one(string current, string mark, string? project)
    {
        if (!current.EndsWith("gone", StringComparison.Ordinal)) Directory.CreateDirectory(Path.Combine(_folder, current));
        string home = Directory.CreateDirectory(Path.Combine(_folder, "home")).FullName, path = Path.Combine(_folder, mark);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "");

        Assert.Equal(project is null ? null : Path.Combine(_folder, project),
            Project.Of(CallerIn(home, Path.TrimEndingDirectorySeparator(Path.Combine(_folder, current))))?.Directory);
    }

    [Fact]
    public void It_is_where_a_link_leads_and_under_another_HOME_the_home_stays_nobodys()
    {
        string app = Directory.CreateDirectory(Path.Combine(_folder, "home/app")).FullName, link = Path.Combine(_folder, "link");
        File.WriteAllText(Path.Combine(app, "setup.py"), "");
        File.CreateSymbolicLink(link, app);
        string home = Path.Combine(_folder, "home");
        Assert.Equal(app, Project.Of(CallerIn(home, link))?.Directory);
        Assert.Null(Project.Of(CallerIn(Path.Combine(_folder, "other"), home) with { LoginHome = home }));
    }

    private static Caller CallerIn(string home, string directory) => new(home, home, Path.Combine(home, ".cache"), directory, "ann",
        WasRoot: false, ImmutableDictionary<string, string>.Empty, _ => true);
}
