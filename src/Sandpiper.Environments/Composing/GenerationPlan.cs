using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>Every name of a generation and what it will be, before anything is written. The same packages give the same plan.</summary>
/// <param name="Files">Ordered by path, each path once; those behind <see cref="Linked"/> are not among them.</param>
/// <param name="Links">Path and target of each symbolic link.</param>
/// <param name="Commands">Names of the packages' programs, ordered.</param>
/// <param name="Packages">As they will be recorded: with what was accepted between them. Ordered by name.</param>
public sealed record GenerationPlan(
    ImmutableArray<TreeFile> Files, ImmutableArray<(string Path, string Target)> Links, ImmutableArray<string> Commands,
    ImmutableArray<InstalledPackage> Packages)
{
    /// <summary>Directories of sealed wheels that are shown as a whole. Ordered by path.</summary>
    public ImmutableArray<PlannedLink> Linked { get; init; } = [];

    /// <summary>Those of <see cref="Commands"/> that each package has; ordered.</summary>
    public ImmutableDictionary<PackageName, ImmutableArray<string>> CommandsOf { get; init; } =
        ImmutableDictionary<PackageName, ImmutableArray<string>>.Empty;

    /// <param name="place">Absolute: where the generation will be.</param>
    /// <param name="byteCodeTag">Of the interpreter, for links to byte code; null: none is wanted.</param>
    /// <param name="policy">A claim that it accepts gives way instead of being refused; a name of the standard library is accepted.</param>
    /// <exception cref="RefusedException">SP-ENV-01, SP-ENV-02, SP-WHEEL-20 to 23.</exception>
    /// <exception cref="EnvironmentException">The place, or the interpreter's, cannot be written into a script.</exception>
    /// <exception cref="StoreDamagedException">A script of the store is not what was sealed.</exception>
    public static GenerationPlan Of(
        Interpreter interpreter, string place, IReadOnlyList<ComposedPackage> packages, Policy policy, LinkMode mode = LinkMode.Symlink,
        string? byteCodeTag = null)
    {
        foreach (var package in packages) MustHaveNoUndecidedHook(package);
        var settings = TreeFile.Written(SettingsName, SettingsFor(interpreter));
        var links = LinksTo(interpreter.Path, interpreter.VersionedName);
        var destination = Destination.VirtualEnvironment(interpreter.VersionedName);
        var owners = new PathOwners(destination.SitePackages);
        foreach (string path in (ReadOnlySpan<string>)[settings.Path, GenerationFile.Name, .. links.Select(l => l.Path)])
            owners.Reserve(path);

        var sole = mode == LinkMode.Symlink
            ? SoleDirectories.Of(packages, destination, interpreter.StandardLibrary.Contains) : SoleDirectories.None;
        var launcher = new Launcher($"{place}/{destination.Script("python")}");
        var maker = new PackageFiles(destination, launcher, sole, linksRecords: mode == LinkMode.Symlink);
        var claims = new Claims(owners, maker, destination, policy);
        claims.Make(packages);
        var files = new Dictionary<string, TreeFile>(StringComparer.Ordinal) { [settings.Path] = settings };
        var commands = ImmutableDictionary.CreateBuilder<PackageName, ImmutableArray<string>>();
        var recorded = ImmutableArray.CreateBuilder<InstalledPackage>();
        ComposedPackage[] inOrder = [.. packages];
        Array.Sort(inOrder, (one, other) => one.Standing.CompareTo(other.Standing) is not 0 and var order
            ? order : one.Facts.Name.CompareTo(other.Facts.Name));
        var recordsOf = inOrder.Select(p => (Link: LinkToRecordsOf(p, claims, maker), Written: new List<TreeFile>())).ToArray();
        // Of every file of these wheels, so on all cores.
        OnAllCores.ForEach([.. Enumerable.Range(0, inOrder.Length).Where(i => recordsOf[i].Link is null)],
            i => recordsOf[i].Written = WrittenRecordsOf(inOrder[i], claims, maker));
        foreach (var (package, (link, records)) in inOrder.Zip(recordsOf))
        {
            var taken = claims.TakenFrom(package);
            var shadows = ShadowsOf(package, interpreter, destination, sole);
            var accepted = Accept(package, [.. shadows, .. taken.Select(t => t.Finding)], policy);
            var facts = package.Facts with
            {
                Manifest = package.Wheel.ManifestDigest,
                Record = link is null ? default : package.Wheel.RecordDigest(package.Facts.IsRequested),
                Yielded = [.. taken.Select(t => t.File.Path)],
                Accepted = accepted,
            };
            recorded.Add(facts);
            var own = claims.OwnOf(package);
            foreach (var file in records) MustClaim(owners, package, file, policy);
            foreach (var file in records.Concat(own)) files.TryAdd(file.Path, file);
            commands.Add(facts.Name,
                [.. own.Select(f => destination.ScriptOf(f.Path)).OfType<string>().Order(StringComparer.Ordinal)]);
        }
        ImmutableArray<TreeFile> ordered = [.. files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)];
        var (left, linked) = mode == LinkMode.Symlink ? DirectoryLinks.Of(ordered, destination) : (ordered, []);
        linked = linked.AddRange(sole.Links).AddRange(recordsOf.Select(r => r.Link).OfType<PlannedLink>());
        IEnumerable<PlannedLink> toByteCode = byteCodeTag is null ? [] : ByteCodeLinks.Of(left, linked, destination, byteCodeTag);
        ImmutableArray<string> all =
            [.. commands.Values.SelectMany(own => own).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return new GenerationPlan(left, links, all, [.. recorded.OrderBy(p => p.Name)])
        {
            CommandsOf = commands.ToImmutable(),
            Linked = [.. linked.Concat(toByteCode).OrderBy(l => l.Directory.Path, StringComparer.Ordinal)],
        };
    }

    // One that gives way with some file has another record than the sealed one.
    private static PlannedLink? LinkToRecordsOf(ComposedPackage package, Claims claims, PackageFiles maker) =>
        claims.TakenFrom(package).Count == 0 ? maker.RecordsOf(package) : null;

    private static List<TreeFile> WrittenRecordsOf(ComposedPackage package, Claims claims, PackageFiles maker)
    {
        List<TreeFile> own = claims.OwnOf(package);
        if (maker.RecordsOf(package) is null) return maker.WrittenRecordsOf(package, own);
        List<TreeFile> distInfo = [.. maker.OfDistInfo(package)];
        return [.. distInfo, .. maker.WrittenRecordsOf(package, [.. own, .. distInfo])];
    }

    /// <summary>The links of a virtual environment for this interpreter, as CPython's own <c>venv</c> makes them.</summary>
    public static ImmutableArray<(string Path, string Target)> LinksTo(string python, string pythonName)
    {
        var destination = Destination.VirtualEnvironment(pythonName);
        return
        [
            (destination.Script("python"), python), (destination.Script("python3"), "python"),
            (destination.Script(pythonName), "python"), ("lib64", "lib"),
        ];
    }

    // What is accepted of the wheel alone is there already; only what is about this environment is asked anew.
    private static ImmutableArray<Acceptance> Accept(ComposedPackage package, ImmutableArray<Finding> findings, Policy policy)
    {
        // As nearly always.
        if (findings.IsEmpty) return package.Facts.Accepted.RemoveAll(a => Rules.IsAboutEnvironment(a.Rule));
        var verdict = policy.Judge(package.Artifact, findings, [], package.Facts.Accepted);
        if (!verdict.Refused.IsEmpty) throw new RefusedException(policy.RefusalOf(package.Artifact, verdict.Refused));
        return [.. package.Facts.Accepted.Where(a => !Rules.IsAboutEnvironment(a.Rule)), .. verdict.Acceptances];
    }

    private static void MustClaim(PathOwners owners, ComposedPackage package, TreeFile file, Policy policy)
    {
        if (owners.Claim(file, package.Facts, Claims.Last) is { } conflict)
            throw new RefusedException(policy.RefusalOf(package.Artifact, [Claims.FindingOf(conflict, file)]));
    }

    // Whoever judges hooks puts each in one of two lists. One that is in neither was forgotten, and is refused.
    private static void MustHaveNoUndecidedHook(ComposedPackage package)
    {
        if (!package.Wheel.Outline.HasHooks) return;
        for (int i = 0; i < package.Wheel.Table.Count; i++)
        {
            if (package.Wheel.Table.KindOf(i) != StoredFileKind.StartUpHook) continue;
            var hook = package.Wheel.Table[i];
            if (package.LeftOut.Contains(hook)
                || package.Facts.AllowedHooks.Contains(hook.Path, StringComparer.Ordinal)) continue;
            var found = package.Wheel.Findings?.FirstOrDefault(f => f.IsHook && string.Equals(f.Path, hook.Path, StringComparison.Ordinal));
            throw new RefusedException(new Refusal([found ?? new Finding(Fault.ImportedAtStart, hook.Path)])
            {
                Artifact = package.Artifact,
            });
        }
    }

    // Behind the standard library on sys.path today; in front of it as soon as somebody puts site-packages
    // first, or runs a script from there.
    private static IEnumerable<Finding> ShadowsOf(
        ComposedPackage package, Interpreter interpreter, Destination destination, SoleDirectories sole)
    {
        foreach (int index in sole.LeftBesidesRecords(package.Wheel))
        {
            var file = package.Wheel.Table[index];
            if (ModuleNames.ProvidedBy(file, destination) is { } module && interpreter.StandardLibrary.Contains(module))
                yield return new Finding(Fault.ShadowsLibrary, file.StorePath, module);
        }
        foreach (var script in package.Wheel.Scripts)
        {
            if (ModuleNames.TopOf(script.Name) is { } module && interpreter.StandardLibrary.Contains(module))
                yield return new Finding(Fault.ProgramShadowsLibrary, script.Name, module);
        }
    }

    /// <summary>Name of the file that makes a directory a virtual environment.</summary>
    public const string SettingsName = "pyvenv.cfg";

    /// <summary>
    /// Its content. As CPython's own venv: home is where the base interpreter lies, never another virtual environment.
    /// </summary>
    /// <exception cref="EnvironmentException">The interpreter's path cannot be written.</exception>
    public static byte[] SettingsFor(Interpreter interpreter)
    {
        // A line break would begin another setting.
        if (interpreter.Path.Any(char.IsControl) || interpreter.Version.Any(char.IsControl))
            throw new EnvironmentException("the interpreter's path has a control character");
        return Encoding.UTF8.GetBytes($"""
            home = {Path.GetDirectoryName(interpreter.Path)}
            include-system-site-packages = false
            version = {interpreter.Version}
            executable = {interpreter.Path}

            """);
    }
}
