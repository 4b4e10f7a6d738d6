using System.Collections.Immutable;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

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
        var watch = new Watch(replica, Kind.Import, "nonce", "canary", layout.Decoys) { Everybody = Person.You };

        PythonRun.Do(Payload.Line("import", aim));
        watch.Look(Moment.Import, Person.You, sink.Take());

        Assert.Equal(AssetNames.All.Except([Asset.Installer, Asset.SameEnvironment]),
            watch.Reaches.Select(r => r.Asset).Distinct().Order());
        Assert.All(layout.Decoys, d => Assert.Contains(watch.Reaches, r => string.Equals(r.What, d.Path, StringComparison.Ordinal)));
        Assert.Equal(before, Files());
        string[] Files() => [.. Directory.EnumerateFiles(_place, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void What_ran_first_in_a_step_is_told_first()
    {
        var replica = new Replica(Path.Combine(_place, "replica"));
        var layout = new Layout("/usr/bin/python3", "3.0", "/usr/local/lib/python3.0/site-packages", "/usr/local/bin", "/usr/local", null,
            null, HasVenv: false);
        replica.Make(layout);
        var watch = new Watch(replica, Kind.Import, "nonce", "canary", layout.Decoys);
        File.AppendAllText(replica.Outside("/home/you/notes.txt"), "# nonce planted-user-pth 0\n# nonce planted-shared-pth 0\n");
        watch.Look(Moment.SudoKeepingHome, Person.Root, "");
        Assert.Equal(["planted-user-pth", "planted-shared-pth"], watch.Reaches.Select(r => r.Trigger));
    }

    [Fact]
    public void A_line_of_another_trial_counts_for_nothing()
    {
        var replica = new Replica(Path.Combine(_place, "replica"));
        var layout = new Layout("/usr/bin/python3", "3.0", "/usr/local/lib/python3.0/site-packages", "/usr/local/bin", "/usr/local", null,
            null, HasVenv: false);
        replica.Make(layout);
        replica.SetSecrets(layout.Decoys, "canary");
        var watch = new Watch(replica, Kind.Import, "nonce", "canary", layout.Decoys);
        File.AppendAllText(replica.Outside("/home/you/notes.txt"), "# another import 1000\n");
        watch.Look(Moment.Import, Person.You, "another import 1000 canary-keys\nnonce import 1000 cancer-keys\n");
        Assert.Equal([Asset.Network], watch.Reaches.Select(r => r.Asset));
    }
}
