using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// A name belongs to the index that it was installed from (P7): another one, which may hold anything under it, is neither told the name nor
/// believed.
/// </summary>
public sealed class OwnedNamesTests : IDisposable
{
    private readonly Somebody _user = new();
    private readonly LyingIndexServer _own = Serving(new LyingIndexServer(), OrdinaryPackages.Pebble("1.0"));

    // What everybody uses when nothing is said: somebody has registered the name there.
    private readonly LyingIndexServer _public = Serving(new LyingIndexServer(),
        OrdinaryPackages.Pebble("99.0"), new SampleWheel("buoy", "1.0"), OrdinaryPackages.Tide("1.0").WithRequires("pebble>=2"));

    public OwnedNamesTests()
    {
        _user.Variables["UV_DEFAULT_INDEX"] = AddressOf(_public);
        Done(_user.Sandpiper("install", "pebble", "-i", AddressOf(_own)));
        Done(_user.Sandpiper("install", "buoy"));
    }

    public void Dispose()
    {
        _user.Dispose();
        _own.Dispose();
        _public.Dispose();
    }

    [Fact]
    public void A_repair_fetches_a_wheel_from_the_index_that_it_came_from_and_asks_no_other()
    {
        string file = FileOfPebble, asInstalled = File.ReadAllText(file);
        Edit(file);

        Done(_user.Sandpiper("repair"));

        Assert.Equal(asInstalled, File.ReadAllText(file));
        Assert.DoesNotContain(_public.Requests, AboutPebble);
    }

    [Fact]
    public void Where_the_index_does_not_answer_a_repair_changes_nothing_and_says_how_another_address_of_it_is_named()
    {
        Edit(FileOfPebble);
        Done(_user.Sandpiper("cache", "clean"));
        _own.Serve("/simple/pebble/", ServedAnswer.OfStatus(401));

        Outcome outcome = _user.Sandpiper("repair");

        Assert.True(outcome.ExitCode == 1 && outcome.Error.Contains("(401)", StringComparison.Ordinal)
            && outcome.Error.Contains("repair -i", StringComparison.Ordinal), $"{outcome}");
        Assert.DoesNotContain(_public.Requests, AboutPebble);
    }

    [Theory]
    [InlineData("-U", "pebble")]
    [InlineData("pebble==2.0")]
    [InlineData("--upgrade-package", "pebble", "buoy")]
    public void A_newer_version_is_not_taken_from_another_index_unless_the_command_names_that(params string[] words)
    {
        Outcome refused = _user.Sandpiper(["install", .. words]);

        // Another index besides what everybody uses says nothing of whose the name is.
        string other = AddressOf(_own).Replace("simple", "files", StringComparison.Ordinal);
        Outcome besides = _user.Sandpiper(["install", .. words, "--extra-index-url", other]);
        Assert.Equal(3, besides.ExitCode);
        Assert.True(refused.ExitCode == 3 && refused.Error.Contains("SP-INDEX-14", StringComparison.Ordinal)
            && refused.Error.Contains($"--extra-index-url {AddressOf(_own)}", StringComparison.Ordinal), $"{refused}");
        Assert.DoesNotContain(_public.Requests, AboutPebble);
    }

    [Fact]
    public void Who_says_from_where_has_it_from_there_and_from_then_on_it_is_that_index_that_is_asked()
    {
        Done(_user.Sandpiper("install", "-U", "pebble", "-i", AddressOf(_public)));
        Assert.Contains("pebble==99.0", _user.Sandpiper("freeze").Output, StringComparison.Ordinal);

        Done(_user.Sandpiper("install", "-U", "pebble"));
    }

    [Fact]
    public void What_another_package_would_have_newer_stays_and_it_is_said_whom_to_ask()
    {
        Outcome outcome = _user.Sandpiper("install", "tide");

        Assert.True(outcome.ExitCode == 1
            && outcome.Error.Contains($"--extra-index-url {AddressOf(_own)}", StringComparison.Ordinal), $"{outcome}");
        Done(_user.Sandpiper("install", "-U", "buoy"));
        Assert.DoesNotContain(_public.Requests, AboutPebble);
        Assert.Contains("pebble==1.0", _user.Sandpiper("freeze").Output, StringComparison.Ordinal);
    }

    private string FileOfPebble =>
        Directory.EnumerateFiles(Path.Combine(_user.DataRoot, "store/by-shared"), "__init__.py", SearchOption.AllDirectories)
            .Single(path => path.EndsWith("/pebble/__init__.py", StringComparison.Ordinal));

    private void Edit(string file) => Done(_user.Run(["/bin/sh", "-c", "chmod u+w \"$0\" && echo x=1 >> \"$0\"", file]));

    private static bool AboutPebble(SeenRequest request) => request.Path.Contains("pebble", StringComparison.Ordinal);

    private static string AddressOf(LyingIndexServer server) => new Uri(server.Address, "simple/").AbsoluteUri;

    private static LyingIndexServer Serving(LyingIndexServer server, params SampleWheel[] wheels)
    {
        SampleIndex index = new SampleIndex().WithAll(wheels);
        foreach (string project in index.Projects) server.Serve($"/simple/{project}/", ServedAnswer.Json(index.PageJson(project)!));
        foreach (string file in wheels.Select(wheel => wheel.FileName))
        {
            server.Serve($"/files/{file}", ServedAnswer.Bytes(index.FileBytes(file)!));
            server.Serve($"/files/{file}.metadata", ServedAnswer.Bytes(index.FileBytes($"{file}.metadata")!));
        }
        return server;
    }

    private static void Done(Outcome outcome) => Assert.True(outcome.ExitCode == 0, $"{outcome}");
}
