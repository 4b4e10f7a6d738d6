using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters.Tests;
using Sandpiper.Interpreters;
using Sandpiper.Policies;
using Sandpiper.Store.Tests;
using Sandpiper.Store;
using Sandpiper.Wheels;
using Sandpiper.Packaging.Names;
using Sandpiper.Samples;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>A store, an environment and the machine's Python, for one test.</summary>
internal sealed class Workshop(string below = "") : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>The machine's Python; skips the calling test where there is none.</summary>
    public static Interpreter Python => MachineInterpreter.Python;

    public DataRoot Root { get; } = new(below);

    public ManagedEnvironment Environment => ManagedEnvironment.Open(Root.Path, "shared");

    public EnvironmentLedger Ledger => new(Environment);

    public static string SitePackages => $"lib/{Python.VersionedName}/site-packages";

    public ComposedPackage Package(SampleWheel wheel, bool isRequested = true) => Package(Root.Seal(wheel.FileName, wheel.Build()), isRequested);

    public static ComposedPackage Package(SealedWheel wheel, bool isRequested = true) => new(wheel, FactsOf(wheel, isRequested), []);

    public static ComposedPackage Allowing(ComposedPackage package) =>
        package with { Facts = package.Facts with { AllowedHooks = [.. Hooks(package).Select(h => h.Path)] } };

    public static ComposedPackage LeavingOut(ComposedPackage package) => package with
    {
        Facts = package.Facts with { OmittedHooks = [.. Hooks(package).Select(h => h.Path)] },
        LeftOut = [.. Hooks(package)],
    };

    /// <summary>Composes, moves into place, switches, as an installation does.</summary>
    public Generation Install(params ComposedPackage[] packages) => Install(packages, []);

    public Generation Install(ComposedPackage[] packages, params (string Name, string Rule)[] waived)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var held = Environment.Lock(() => { }, cancel);
        int number = Environment.Numbers.DefaultIfEmpty(0).Max() + 1;
        using var staging = Staging.Create(Root.Path);
        string work = staging.NewDirectory();
        var generation = Compose(work, number, packages, waived);
        Ledger.Announce(new LedgerLine("install", Now, "somebody", Environment.Current, number, [], [], Confirmed: false));
        Directory.Move(work, generation.Directory);
        Directory.SetLastWriteTimeUtc(generation.Directory, SealedTree.SealTime);
        File.SetUnixFileMode(generation.Directory, SealedTree.DirectoryMode);
        Environment.Switch(number);
        Ledger.Confirm(number);
        return generation;
    }

    public Generation Compose(string work, int number, ComposedPackage[] packages, params (string Name, string Rule)[] waived) =>
        new GenerationComposer(Python, work, Environment.DirectoryOf(number)).Compose(Environment.Name, number, packages,
            new Policy([.. waived.SelectMany(w => WaiversFor(w.Name, w.Rule, packages))], Environment.Name, Now), Now, TestContext.Current.CancellationToken);

    /// <summary>A package of one module.</summary>
    public static SampleWheel Wheel(string name, string version = "1.0") => new SampleWheel(name, version).WithFile($"{name.Replace('-', '_')}/__init__.py", $"VERSION = '{version}'\n");

    public void Dispose() => Root.Dispose();

    /// <summary>Against every other package, and for what is about none.</summary>
    private static IEnumerable<Waiver> WaiversFor(string name, string rule, ComposedPackage[] packages)
    {
        var artifact = packages.Single(p => p.Facts.Name == PackageName.Parse(name)).Artifact;
        return packages.Select(p => (Artifact?)p.Artifact).Append(null).Select(owner => new Waiver(artifact.Name, artifact.Version, rule, "a test", "somebody", Now)
        {
            Digest = artifact.Digest,
            Environment = "shared",
            Owner = owner,
        });
    }

    private static IEnumerable<StoredFile> Hooks(ComposedPackage package) => package.Wheel.Files.Where(f => f.Kind == StoredFileKind.StartUpHook);

    private static InstalledPackage FactsOf(SealedWheel wheel, bool isRequested) => new()
    {
        Name = wheel.FileName.Name,
        Version = wheel.FileName.Version,
        WheelFileName = wheel.FileName.FileName,
        Digest = wheel.Digest,
        IsRequested = isRequested,
        Requirement = isRequested ? wheel.FileName.Name.Original : null,
        Extras = ImmutableArray.Create(PackageName.Parse("fast")),
        Index = $"https://packages.example/files/{wheel.FileName.FileName}",
    };
}
