using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Tests.Composing;
using Sandpiper.Samples;
using Sandpiper.Store;

namespace Sandpiper.Environments.Tests.Generations;

public sealed class ManagedEnvironmentTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("-a")]
    [InlineData("a\n")]
    [InlineData("é")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_no_name_is_refused(string name) =>
        Assert.Throws<EnvironmentException>(() => ManagedEnvironment.Open(_workshop.Root.Path, name));

    [Fact]
    public void An_environment_that_was_never_used_has_nothing_and_creates_nothing()
    {
        var environment = _workshop.Environment;
        Assert.Equal((null, 0), (environment.Current, environment.Numbers.Length));
        Assert.False(Directory.Exists(environment.Directory));
        Assert.Throws<EnvironmentException>(() => environment.Read(1));
    }

    [Fact]
    public void A_generation_is_read_as_it_was_composed()
    {
        using var staging = Staging.Create(_workshop.Root.Path);
        string work = staging.NewDirectory();
        var composed = _workshop.Compose(work, 1,
            [Workshop.LeavingOut(_workshop.Package(HostilePackages.WheelWithPthHook("/nowhere"))),
                _workshop.Package(OrdinaryPackages.Tide(), isRequested: false)]);
        Directory.CreateDirectory(Path.GetDirectoryName(composed.Directory)!);
        Directory.Move(work, composed.Directory);
        var read = _workshop.Environment.Read(1);
        Assert.Equal(
            (composed.Environment, composed.Number, composed.Directory, composed.Created, composed.Python, composed.PythonPrefix,
                composed.PythonName),
            (read.Environment, read.Number, read.Directory, read.Created, read.Python, read.PythonPrefix, read.PythonName));
        Assert.Equal(composed.WrittenFiles, read.WrittenFiles);
        Assert.Equal(composed.Commands, read.Commands);
        Assert.Equal(composed.Packages.Select(Facts), read.Packages.Select(Facts));
    }

    [Fact]
    public void Switching_goes_forth_and_back_and_only_to_what_is_there()
    {
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble("1.0")));
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble("2.0")));
        var environment = _workshop.Environment;
        Assert.Equal(2, environment.Current);
        Assert.Equal([1, 2], environment.Numbers);
        environment.Switch(1);
        Assert.Equal(1, environment.Current);
        Assert.Throws<EnvironmentException>(() => environment.Switch(3));
        Assert.Equal(1, environment.Current);
        Assert.Equal(["confined", "current", "generations", "leases", "ledger.jsonl", "lock"],
            Directory.GetFileSystemEntries(environment.Directory).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_a_crash_between_link_and_rename_left_does_not_hinder_the_next_switch()
    {
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble("1.0")));
        File.CreateSymbolicLink(Path.Combine(_workshop.Environment.Directory, "current.next"), "generations/9");
        _workshop.Environment.Switch(1);
        Assert.Equal(1, _workshop.Environment.Current);
    }

    [Theory]
    [InlineData("/tmp/generations/1")]
    [InlineData("generations/1/../../../1")]
    [InlineData("generations/01")]
    [InlineData("generations/0")]
    [InlineData("generations/-1")]
    [InlineData("1")]
    public void A_link_that_was_pointed_elsewhere_is_never_taken_for_a_number(string target)
    {
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble()));
        string link = Path.Combine(_workshop.Environment.Directory, "current");
        File.Delete(link);
        File.CreateSymbolicLink(link, target);
        Assert.Throws<EnvironmentException>(() => _workshop.Environment.Current);
    }

    [Fact]
    public void A_number_that_is_not_ours_is_no_generation()
    {
        _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble()));
        string all = Path.Combine(_workshop.Environment.Directory, "generations");
        foreach (string name in (string[])["02", "3x", "-4", "99999999999", "staging"]) Directory.CreateDirectory(Path.Combine(all, name));
        Assert.Equal([1], _workshop.Environment.Numbers);
    }

    [Fact]
    public void A_description_that_was_tampered_with_is_refused_in_words()
    {
        var generation = _workshop.Install(_workshop.Package(OrdinaryPackages.Pebble()));
        string path = Path.Combine(generation.Directory, "generation.json"), honest = File.ReadAllText(path);
        foreach (var (what, with) in (ReadOnlySpan<(string, string)>)[
            ("sandpiper/generation/1", "sandpiper/generation/2"), ("\"number\": 1", "\"number\": 2"), ("\"shared\"", "\"other\""),
            ("pyvenv.cfg", "../pyvenv.cfg"), ("pyvenv.cfg", "/etc/passwd"), ("\"name\"", "\"nom\""),
            ("\"requested\": true", "\"requested\": 1"), (generation.Python, "python"), ("{", "["),
            ("\"commands\": []", "\"commands\": null")])
        {
            string spoilt = honest.Replace(what, with, StringComparison.Ordinal);
            Assert.NotEqual(honest, spoilt);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.WriteAllText(path, spoilt);
            Assert.Contains("generation", Assert.Throws<EnvironmentException>(() => _workshop.Environment.Read(1)).Because,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Who_waited_for_an_environment_that_came_to_nothing_makes_it_anew_and_holds_it_alone()
    {
        var cancel = TestContext.Current.CancellationToken;
        var environment = _workshop.Environment;
        var told = new TaskCompletionSource();
        var first = environment.Lock(() => Assert.Fail("there is nobody to wait for"), cancel);
        var second = Task.Run(() => environment.Lock(told.SetResult, cancel), cancel);
        // Whoever does not wait has nothing to tell, and would be waited for without an end.
        Assert.Same(told.Task, await Task.WhenAny(told.Task, second));

        environment.RemoveIfNothingWasInstalled();
        Assert.False(Directory.Exists(environment.Directory));
        first.Dispose();

        using var held = await second;
        Assert.Equal(["generations", "lock"],
            Directory.GetFileSystemEntries(environment.Directory).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal));
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => environment.Lock(stop.Cancel, stop.Token));
    }

    [Fact]
    public async Task Of_two_who_change_something_the_second_waits_and_says_so()
    {
        var cancel = TestContext.Current.CancellationToken;
        var told = new TaskCompletionSource();
        var first = _workshop.Environment.Lock(() => Assert.Fail("there is nobody to wait for"), cancel);
        var second = Task.Run(() => _workshop.Environment.Lock(told.SetResult, cancel), cancel);
        // Whoever does not wait is through before he has told anything, and must not let this test wait for his words.
        Assert.Same(told.Task, await Task.WhenAny(told.Task, second).WaitAsync(cancel));
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task A_wait_can_be_given_up_and_leaves_no_lock()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var first = _workshop.Environment.Lock(() => { }, cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Task.Run(() => _workshop.Environment.Lock(stop.Cancel, stop.Token), cancel));
        first.Dispose();
        _workshop.Environment.Lock(() => Assert.Fail("nobody holds it"), cancel).Dispose();
    }

    private static string Facts(InstalledPackage p) => string.Join('|',
        p.Name, p.Version, p.WheelFileName, p.Digest, p.IsRequested, p.Requirement, p.IsAlone, p.Index,
        string.Join(',', p.Extras), string.Join(',', p.RequiredBy), string.Join(',', p.OmittedHooks), string.Join(',', p.AllowedHooks));
}
