using System.Security.Cryptography;
using System.Text;
using Sandpiper.Samples;

namespace Sandpiper.Demonstration;

/// <summary>
/// A throw-away home: a decoy key, an index of made-up packages whose hostile ones reach for exactly that key, nothing else.
/// </summary>
internal sealed class Stage
{
    /// <summary>The packages that a person would want.</summary>
    public const string Wanted = "tide==2.0", WantedToo = "pebble==1.2";

    /// <summary>A package of many files, in two versions.</summary>
    public const string Old = "shingle==1.0", Newer = "shingle==2.0";

    private const int Modules = 200;

    private Stage(string home) => Home = home;

    public string Home { get; }

    /// <summary>The decoy: random text that only this file holds.</summary>
    public string Key => Path.Combine(Home, "secrets", "key");

    /// <summary>Where a hostile package puts what it takes.</summary>
    public string Loot => Path.Combine(Home, "loot");

    /// <summary>The index, as an address.</summary>
    public string Index => $"file://{Home}/index/simple/";

    public static Stage Make(string home)
    {
        var stage = new Stage(home);
        Directory.CreateDirectory(Path.GetDirectoryName(stage.Key)!);
        File.WriteAllText(stage.Key, $"decoy {RandomNumberGenerator.GetHexString(32)}\n");
        new SampleIndex()
            .WithAll(OrdinaryPackages.Tide("2.0"), OrdinaryPackages.Pebble("1.2"), ManyModules("1.0"), ManyModules("2.0"),
                ProbePackages.FurnishedWheel())
            .WithAll(HostilePackages.WheelThatLiesInRecord(), HostilePackages.WheelThatTampersAtImport("pebble", stage.Key, stage.Loot))
            .WriteTo(Path.Combine(home, "index"));
        return stage;
    }

    private static SampleWheel ManyModules(string version) => Enumerable.Range(0, Modules).Aggregate(
        OrdinaryPackages.Small("shingle", version), (wheel, i) => wheel.WithFile($"shingle/part{i}.py", $"VERSION = \"{version}\"\n"));
}
