using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>Every name of a generation and what it will be, before anything is written. The same packages give the same plan.</summary>
/// <param name="Files">Ordered by path, each path once.</param>
/// <param name="Links">Path and target of each symbolic link.</param>
/// <param name="Commands">Names of the packages' programs, ordered.</param>
public sealed record GenerationPlan(ImmutableArray<TreeFile> Files, ImmutableArray<(string Path, string Target)> Links, ImmutableArray<string> Commands)
{
    private const string OwnsPath = "SP-ENV-01", ShadowsLibrary = "SP-ENV-02";

    /// <param name="place">Absolute: where the generation will be.</param>
    /// <param name="waived">Package and rule: a claim to an owned path gives way instead of being refused, a name of the standard library is accepted.</param>
    /// <exception cref="CompositionRefusedException">SP-ENV-01, SP-ENV-02, SP-WHEEL-20 to 23.</exception>
    /// <exception cref="EnvironmentException">The place, or the interpreter's, cannot be written into a script.</exception>
    /// <exception cref="StoreDamagedException">A script of the store is not what was sealed.</exception>
    public static GenerationPlan Of(Interpreter interpreter, string place, IReadOnlyList<ComposedPackage> packages, IReadOnlySet<(PackageName, string)> waived)
    {
        foreach (var package in packages)
        {
            MustHaveNoUndecidedHook(package);
            if (!waived.Contains((package.Facts.Name, ShadowsLibrary))) MustNotShadow(package, interpreter);
        }

        var settings = TreeFile.Written("pyvenv.cfg", SettingsFor(interpreter));
        var links = LinksTo(interpreter.Path, interpreter.VersionedName);
        var owners = new PathOwners(Placing.SitePackages(interpreter.VersionedName));
        foreach (string path in (ReadOnlySpan<string>)[settings.Path, GenerationFile.Name, .. links.Select(l => l.Path)]) owners.Reserve(path);

        var maker = new PackageFiles(interpreter.VersionedName, new Launcher($"{place}/{Placing.Scripts}/python"));
        var files = new Dictionary<string, TreeFile>(StringComparer.Ordinal) { [settings.Path] = settings };
        var commands = new SortedSet<string>(StringComparer.Ordinal);
        // Whose claim gives way comes last; otherwise the name decides, so that the order of a request decides nothing.
        foreach (var package in packages.OrderBy(p => waived.Contains((p.Facts.Name, OwnsPath))).ThenBy(p => p.Facts.Name))
        {
            bool givesWay = waived.Contains((package.Facts.Name, OwnsPath));
            var own = maker.Of(package).Where(file => HasClaimed(owners, package, file, givesWay)).ToList();
            foreach (var file in maker.RecordsOf(package, own).Where(file => HasClaimed(owners, package, file, givesWay: false)).Concat(own)) files.TryAdd(file.Path, file);
            commands.UnionWith(own.Where(f => f.Path.StartsWith(Placing.Scripts + "/", StringComparison.Ordinal)).Select(f => f.Path[(Placing.Scripts.Length + 1)..]));
        }
        return new GenerationPlan([.. files.Values.OrderBy(f => f.Path, StringComparer.Ordinal)], links, [.. commands]);
    }

    /// <summary>The links of a virtual environment for this interpreter, as CPython's own <c>venv</c> makes them.</summary>
    public static ImmutableArray<(string Path, string Target)> LinksTo(string python, string pythonName) =>
        [($"{Placing.Scripts}/python", python), ($"{Placing.Scripts}/python3", "python"), ($"{Placing.Scripts}/{pythonName}", "python"), ("lib64", "lib")];

    private static bool HasClaimed(PathOwners owners, ComposedPackage package, TreeFile file, bool givesWay)
    {
        if (owners.Claim(file, package.Facts) is not { } conflict) return true;
        if (givesWay) return false;
        string because = conflict switch
        {
            { Owner: null } => "it would replace a part of the environment itself",
            { OfModule: true, Owner: var owner } => $"it would be imported in place of a module of {owner.Name} {owner.Version}, or that one in its place",
            { Owner: var owner } => $"it would overwrite a file of {owner.Name} {owner.Version}",
        };
        throw Refuse(package, OwnsPath, because, file.Path);
    }

    // Whoever judges hooks puts each in one of two lists. One that is in neither was forgotten, and is refused.
    private static void MustHaveNoUndecidedHook(ComposedPackage package)
    {
        foreach (var hook in package.Wheel.Files)
        {
            if (hook.Kind != StoredFileKind.StartUpHook || package.LeftOut.Contains(hook) || package.Facts.AllowedHooks.Contains(hook.Path, StringComparer.Ordinal)) continue;
            var (rule, does) = StartUpHooks.Describe(package.Wheel, hook);
            throw Refuse(package, rule, $"nobody decided about a file that {does}", hook.Path);
        }
    }

    // Behind the standard library on sys.path today; in front of it as soon as somebody puts site-packages first, or runs a script from there.
    private static void MustNotShadow(ComposedPackage package, Interpreter interpreter)
    {
        foreach (var file in package.Wheel.Files)
        {
            if (ModuleNames.ProvidedBy(file) is { } module && interpreter.StandardLibrary.Contains(module))
                throw Refuse(package, ShadowsLibrary, $"it shadows the module `{module}` of the standard library", file.StorePath);
        }
        foreach (var script in package.Wheel.Scripts)
        {
            if (ModuleNames.TopOf(script.Name) is { } module && interpreter.StandardLibrary.Contains(module))
                throw Refuse(package, ShadowsLibrary, $"its program shadows the module `{module}` of the standard library", script.Name);
        }
    }

    // As CPython's own venv: home is where the base interpreter lies, never another virtual environment.
    private static byte[] SettingsFor(Interpreter interpreter)
    {
        // A line break would begin another setting.
        if (interpreter.Path.Any(char.IsControl) || interpreter.Version.Any(char.IsControl)) throw new EnvironmentException("the interpreter's path has a control character");
        return Encoding.UTF8.GetBytes($"""
            home = {Path.GetDirectoryName(interpreter.Path)}
            include-system-site-packages = false
            version = {interpreter.Version}
            executable = {interpreter.Path}

            """);
    }

    private static CompositionRefusedException Refuse(ComposedPackage package, string rule, string because, string path) =>
        new(package.Facts.Name, package.Facts.Version, rule, because, path);
}
