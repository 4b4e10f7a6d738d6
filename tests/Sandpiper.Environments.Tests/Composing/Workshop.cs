using System.Collections.Immutable;
using Sandpiper.Environments.Composing;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Interpreters.Tests;
using Sandpiper.Operations;
using Sandpiper.Operations.Tests;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Samples;
using Sandpiper.Store;
using Sandpiper.Store.Tests;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Tests.Composing;

/// <summary>A store, an environment and the machine's Python, for one test.</summary>
internal sealed class Workshop(string below = "") : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>The machine's Python; skips the calling test where there is none.</summary>
    public static Interpreter Python => MachineInterpreter.Python;

    /// <summary>What is installed for, instead of the machine's Python.</summary>
    public Interpreter? Instead { get; init; }

    public LinkMode Mode { get; init; }

    public DataRoot Root { get; } = new(below);

    /// <summary>Of the environment that is installed into.</summary>
    public string Name { get; set; } = ManagedEnvironment.Shared;

    public ManagedEnvironment Environment => ManagedEnvironment.Open(Root.Path, Name);

    public EnvironmentLedger Ledger => new(Environment) { IsHeld = true };

    public static Destination Destination => Destination.VirtualEnvironment(Python.VersionedName);

    public static string SitePackages => $"lib/{Python.VersionedName}/site-packages";

    public ComposedPackage Package(SampleWheel wheel, bool isRequested = true) =>
        Package(Root.Seal(wheel.FileName, wheel.Build()), isRequested);

    public static ComposedPackage Package(SealedWheel wheel, bool isRequested = true) => new(wheel, FactsOf(wheel, isRequested), []);

    public static ComposedPackage Allowing(ComposedPackage package) =>
        package with { Facts = package.Facts with { AllowedHooks = [.. Hooks(package).Select(h => h.Path)] } };

    public static ComposedPackage LeavingOut(ComposedPackage package) => package with
    {
        Facts = package.Facts with { OmittedHooks = [.. Hooks(package).Select(h => h.Path)] },
        LeftOut = [.. Hooks(package)],
    };

    public OperationContext Context => new()
    {
        Places = DataPlaces.Below(Root.Path),
        Author = "ada",
        Executable = "/opt/sandpiper",
        Time = new StillTime(Now),
    };

    /// <summary>Whether links are begun with while it is being planned what else there will be.</summary>
    public bool LinksAhead { get; init; } = true;

    /// <summary>As an installation does it once the wheels are there.</summary>
    public Generation Install(params ComposedPackage[] packages) => Install(packages, []);

    /// <param name="waived">Goes on record first, as do the hooks that a package is allowed to have.</param>
    public Generation Install(ComposedPackage[] packages, params (string Name, string Rule)[] waived)
    {
        var cancel = TestContext.Current.CancellationToken;
        foreach (var (name, rule) in waived) Allow(name, rule, packages);
        foreach (var package in packages.Where(p => !p.Facts.AllowedHooks.IsEmpty))
        {
            foreach (var hook in package.Wheel.Findings!.Value.Where(f => f.IsHook))
                Allow(package.Facts.Name.Normalized, hook.Rule, packages);
        }
        using var operation = Operation.Begin(Context, Environment.Name, new Unheard(), cancel);
        ImmutableArray<SelectedPackage> selected =
            [.. packages.Select(p => new SelectedPackage(p.Facts with { AllowedHooks = [] }, null)).OrderBy(p => p.Name)];
        var before = operation.Current();
        var plan = new Plan("install", before, selected, packages.ToDictionary(p => p.Facts.Name, p => p.Wheel),
            Context.PolicyFor(Environment.Name, omitHooks: false)) { Mode = Mode };
        using var next = new Switch(Context, operation, Instead ?? Python);
        if (LinksAhead && before is not null) next.Expect(before, selected);
        var change = next.To(plan, cancel);
        return Environment.Read(change.Generation!.Value);
    }

    private void Allow(string name, string rule, ComposedPackage[] packages)
    {
        foreach (var waiver in WaiversFor(name, rule, packages)) new WaiverFile(Root.Path).Add(waiver);
    }

    public Generation Compose(string work, int number, ComposedPackage[] packages, params (string Name, string Rule)[] waived) =>
        new GenerationComposer(Python, work, Environment.DirectoryOf(number)) { Mode = Mode }.Compose(Environment.Name, number, packages,
            new Policy([.. waived.SelectMany(w => WaiversFor(w.Name, w.Rule, packages))], Environment.Name, Now), Now,
            TestContext.Current.CancellationToken).Generation;

    /// <summary>A package of one module.</summary>
    public static SampleWheel Wheel(string name, string version = "1.0") =>
        new SampleWheel(name, version).WithFile($"{name.Replace('-', '_')}/__init__.py", $"VERSION = '{version}'\n");

    public void Dispose() => Root.Dispose();

    /// <summary>Against every other package, and for what is about none.</summary>
    private static IEnumerable<Waiver> WaiversFor(string name, string rule, ComposedPackage[] packages)
    {
        var artifact = packages.Single(p => p.Facts.Name == PackageName.Parse(name)).Artifact;
        var owners = packages.Select(p => (Artifact?)p.Artifact).Append(null);
        return owners.Select(owner => new Waiver(artifact.Name, artifact.Version, rule, "a test", "somebody", Now)
        {
            Digest = artifact.Digest,
            Environment = "shared",
            Owner = owner,
        });
    }

    private static IEnumerable<StoredFile> Hooks(ComposedPackage package) =>
        package.Wheel.Files.Where(f => f.Kind == StoredFileKind.StartUpHook);

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
