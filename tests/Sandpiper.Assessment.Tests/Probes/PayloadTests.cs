using System.Collections.Immutable;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Assessment.Tests.Probes;

/// <summary>
/// A probe aims at what it says it aims at: its code, run without any confinement, reaches every decoy that it is told of.
/// </summary>
public sealed class PayloadTests : IDisposable
{
    private readonly string _place = Directory.CreateTempSubdirectory("sandpiper-payload-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public void Its_code_reaches_every_decoy_and_creates_nothing_but_its_copies()
    {
        var replica = new Replica(Path.Combine(_place, "replica"));
        var layout = new Layout("/usr/bin/python3", "3.0", "/usr/local/lib/python3.0/site-packages", "/usr/local/bin", "/usr/local", null,
            null, HasVenv: false);
        replica.Make(layout);
        replica.SetSecrets(layout.Decoys, "canary");
        using var sink = new LoopbackSink();
        ImmutableArray<Decoy> decoys = [.. layout.Decoys.Select(d => d with { Path = replica.Outside(d.Path) })];
        string[] before = Files();
        var aim = new Aim("nonce", sink.Port) { Decoys = decoys, Drop = replica.Outside(Replica.Drop) };
        var watch = new Watch(replica, "nonce", "canary", layout.Decoys) { Everybody = Person.You };

        PythonRun.Do(Payload.Line(Kind.Import, aim));
        watch.Look(Moment.Import, Person.You, sink.Take());

        Assert.Equal(AssetNames.All.Except([Asset.Installer, Asset.SameEnvironment]),
            watch.Reaches.Select(r => r.Asset).Distinct().Order());
        Assert.All(layout.Decoys, d => Assert.Contains(watch.Reaches, r => string.Equals(r.What, d.Path, StringComparison.Ordinal)));
        Assert.Equal(before, Files());
        string[] Files() => [.. Directory.EnumerateFiles(_place, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void What_it_leaves_knows_what_left_it()
    {
        var replica = new Replica(Path.Combine(_place, "replica"));
        var layout = new Layout("/usr/bin/python3", "3.0", "/usr/local/lib/python3.0/site-packages", "/usr/local/bin", "/usr/local", null,
            null, HasVenv: false);
        replica.Make(layout);
        string first = replica.Outside("/tmp/first.pth"), second = replica.Outside("/tmp/second.pth");
        var aim = new Aim("nonce", 1)
        {
            Decoys = [.. layout.Decoys.Where(d => d.Asset == Asset.Files).Select(d => d with { Path = replica.Outside(d.Path) })],
            Drop = replica.Outside(Replica.Drop),
            StartUpFiles = [("planted-user-pth", first), ("planted-shared-pth", second)],
        };
        var watch = new Watch(replica, "nonce", "canary", layout.Decoys) { Everybody = Person.You };

        PythonRun.Do(Payload.Line(Kind.Build, aim));
        watch.Look(Moment.Install, Person.You, "");
        File.Delete(second);
        PythonRun.Do(File.ReadAllText(first));
        watch.Look(Moment.Start, Person.You, "");
        PythonRun.Do(File.ReadAllText(second));
        watch.Look(Moment.AfterRebuild, Person.You, "");

        // By whoever runs the tests: a uid that the replica knows, or somebody of this machine.
        Person self = People.Of((int)UserIds.Effective) ?? Person.You;
        var build = new Planter("build", self, null);
        Assert.Equal([("build", null), ("planted-user-pth", build), ("planted-shared-pth", new Planter("planted-user-pth", self, build))],
            watch.Reaches.Select(r => (r.Trigger, r.LeftBy)).Distinct());
        Assert.All(watch.Reaches, r => Assert.Equal(Kind.Build, r.Kind));
    }

    [Fact]
    public void What_ran_first_in_a_step_is_told_first()
    {
        var replica = new Replica(Path.Combine(_place, "replica"));
        var layout = new Layout("/usr/bin/python3", "3.0", "/usr/local/lib/python3.0/site-packages", "/usr/local/bin", "/usr/local", null,
            null, HasVenv: false);
        replica.Make(layout);
        var watch = new Watch(replica, "nonce", "canary", layout.Decoys);
        File.AppendAllText(replica.Outside("/home/you/notes.txt"),
            "# nonce planted-user-pth 0 pth:0\n# nonce planted-shared-pth 0 pth:1000,build:0\n");
        watch.Look(Moment.SudoKeepingHome, Person.Root, "");
        Assert.Equal(["planted-user-pth", "planted-shared-pth"], watch.Reaches.Select(r => r.Trigger));
        Assert.Equal([Kind.Pth, Kind.Build], watch.Reaches.Select(r => r.Kind));
        Assert.Equal(new Planter("pth", Person.You, new("build", Person.Root, null)), watch.Reaches[1].LeftBy);
    }

    [Fact]
    public void A_line_of_another_trial_counts_for_nothing()
    {
        var replica = new Replica(Path.Combine(_place, "replica"));
        var layout = new Layout("/usr/bin/python3", "3.0", "/usr/local/lib/python3.0/site-packages", "/usr/local/bin", "/usr/local", null,
            null, HasVenv: false);
        replica.Make(layout);
        replica.SetSecrets(layout.Decoys, "canary");
        var watch = new Watch(replica, "nonce", "canary", layout.Decoys);
        File.AppendAllText(replica.Outside("/home/you/notes.txt"), "# another import 1000 -\n# nonce unheard-of 1000 -\n");
        watch.Look(Moment.Import, Person.You, "another import 1000 - canary-keys\nnonce import 1000 - cancer-keys\n");
        Assert.Equal([Asset.Network], watch.Reaches.Select(r => r.Asset));
    }
}
