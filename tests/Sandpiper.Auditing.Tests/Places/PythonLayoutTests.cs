using Sandpiper.Auditing.Places;

namespace Sandpiper.Auditing.Tests.Places;

/// <summary>Where a Python keeps its packages, told without starting it.</summary>
public sealed class PythonLayoutTests : IDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-layout-").FullName;

    [Fact]
    public void A_Python_with_a_library_beside_it_has_its_packages_there()
    {
        Make("py/bin/python3.12", "py/lib/python3.12/os.py", "py/lib/python3.12/site-packages/x.py", "py/lib/python3.9/site-packages/x.py");
        Site site = Assert.Single(PythonLayout.SitesOf(In("py/bin/python3.12")));
        Assert.Equal((In("py/lib/python3.12/site-packages"), In("py"), SiteKind.System, In("py/lib/python3.12")),
            (site.Directory, site.Prefix, site.Kind, site.Library));
    }

    [Fact]
    public void An_environment_is_known_by_the_name_it_is_started_by()
    {
        Make("py/bin/python3.12", "py/lib/python3.12/os.py", "env/lib/python3.12/site-packages/x.py", "env/bin/x");
        File.WriteAllText(In("env/pyvenv.cfg"), $"home = {In("py/bin")}\n");
        File.CreateSymbolicLink(In("env/bin/python"), In("py/bin/python3.12"));
        foreach (var sites in (System.Collections.Immutable.ImmutableArray<Site>[])
            [PythonLayout.SitesOf(In("env/bin/python")), PythonLayout.OfDirectory(In("env")),
                PythonLayout.OfDirectory(In("env/lib/python3.12/site-packages"))])
        {
            Site site = Assert.Single(sites);
            Assert.Equal((SiteKind.VirtualEnvironment, In("env"), In("py/lib/python3.12")), (site.Kind, site.Prefix, site.Library));
        }
    }

    [Fact]
    public void Any_other_directory_is_one_of_packages_by_itself()
    {
        Make("target/six.py");
        Site site = Assert.Single(PythonLayout.OfDirectory(In("target")));
        Assert.Equal((SiteKind.Named, In("target")), (site.Kind, site.Prefix));
    }

    [Fact]
    public void A_home_is_searched_and_what_others_vouch_for_is_left_out()
    {
        Make("home/.local/lib/python3.11/site-packages/x.py", "home/code/app/.venv/lib/python3.11/site-packages/x.py",
            "home/code/app/.venv/pyvenv.cfg", "home/ours/e/lib/python3.11/site-packages/x.py", "home/ours/e/pyvenv.cfg",
            "home/a/b/c/d/e/f/g/h/lib/python3.11/site-packages/x.py");
        Directory.CreateSymbolicLink(In("home/loop"), In("home"));
        SiteSearch.Found found = SiteSearch.All(null, In("home"), [In("home/ours")], Cancel);
        Assert.False(found.IsCutShort);
        Assert.Equal([In("home/.local/lib/python3.11/site-packages"), In("home/code/app/.venv/lib/python3.11/site-packages")],
            found.Sites.Select(s => s.Directory));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string In(string path) => $"{_root}/{path}";

    private void Make(params string[] files)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
            File.WriteAllText(In(file), "");
        }
    }
}
