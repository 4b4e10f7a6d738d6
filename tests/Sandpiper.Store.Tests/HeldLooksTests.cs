using Sandpiper.Archives;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Store.Tests;

/// <summary>For how long a look at an entry is worth another one.</summary>
public sealed class HeldLooksTests : IDisposable
{
    private readonly DataRoot _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void By_default_each_is_looked_at_each_time()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        WheelStore store = _root.Store;
        store.Find(wheel.Digest);
        Garble(wheel);
        Assert.Throws<StoreDamagedException>(() => store.Find(wheel.Digest));
    }

    [Fact]
    public void A_look_of_a_moment_ago_is_enough_and_an_older_one_is_not()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        var patient = new WheelStore(_root.Path) { Holds = TimeSpan.FromDays(1) };
        var hasty = new WheelStore(_root.Path) { Holds = TimeSpan.FromTicks(1) };
        var held = patient.Find(wheel.Digest);
        hasty.Find(wheel.Digest);
        Garble(wheel);
        Assert.Same(held, patient.Find(wheel.Digest));
        Assert.Throws<StoreDamagedException>(() => hasty.Find(wheel.Digest));
    }

    [Fact]
    public void What_the_same_store_has_replaced_or_thrown_away_since_is_not_what_it_saw_before()
    {
        var wheel = _root.Seal(WheelSample.Honest);
        var store = new WheelStore(_root.Path) { Holds = TimeSpan.FromDays(1) };
        var held = store.Find(wheel.Digest);
        using (var staging = Staging.Create(_root.Path))
        {
            string file = Path.Combine(staging.NewDirectory(), WheelSample.Honest.FileName);
            File.WriteAllBytes(file, WheelSample.Honest.ToBytes());
            var unpacked = WheelStore.Unpack(WheelStore.ParseName(WheelSample.Honest.FileName), Sha256Digest.Of(File.ReadAllBytes(file)),
                file, ArchiveLimits.Default, staging, TestContext.Current.CancellationToken);
            var again = store.Seal(unpacked, replace: true, staging, TestContext.Current.CancellationToken);
            Assert.NotSame(held, again);
            Assert.Same(again, store.Find(wheel.Digest));
            store.Discard(wheel.Digest, staging);
        }
        Assert.Null(store.Find(wheel.Digest));
    }

    [Fact]
    public void Whoever_prepares_several_hears_which_of_them_are_distrusted()
    {
        var one = _root.Seal(WheelSample.Honest);
        var other = _root.Seal(WheelSample.Honest.With("honest/more.py", ""));
        _root.Store.Distrust(other.Digest);
        Assert.Equal([other.Digest], _root.Store.Prepare([one.Digest, other.Digest]));
    }

    private static void Garble(SealedWheel wheel)
    {
        File.SetUnixFileMode(wheel.ManifestFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(wheel.ManifestFile, "{");
    }
}
