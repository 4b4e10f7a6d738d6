using Sandpiper.Environments.Interpreters;
using Sandpiper.Environments.Store;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Composing;

/// <summary>Which package writes which path of an environment. One path has one owner, unless all that claim it bring the same bytes (P2).</summary>
internal sealed class Ownership
{
    private readonly Dictionary<string, (ComposedPackage Owner, Sha256Digest? Content)> _owners;

    private Ownership(Dictionary<string, (ComposedPackage, Sha256Digest?)> owners) => _owners = owners;

    /// <param name="waived">Package and rule: its claim gives way instead of being refused.</param>
    /// <exception cref="CompositionRefusedException">A path with two owners, or a module that shadows the standard library.</exception>
    public static Ownership Of(IReadOnlyList<ComposedPackage> packages, Interpreter interpreter, IReadOnlySet<(PackageName, string)> waived)
    {
        var owners = new Dictionary<string, (ComposedPackage Owner, Sha256Digest? Content)>(StringComparer.Ordinal);
        var directories = new Dictionary<string, ComposedPackage>(StringComparer.Ordinal);
        var library = interpreter.StandardLibrary.ToHashSet(StringComparer.Ordinal);
        foreach (ComposedPackage package in packages)
        {
            MustNotShadow(package, library, waived);
            foreach (StoredFile file in package.Wheel.Files)
            {
                if (!package.LeftOut.Contains(file)) Claim(Placing.PathOf(file, package.Facts, package.Wheel, interpreter.VersionedName), file.Kind == StoredFileKind.PythonScript ? null : file.Digest, package);
            }
            foreach (var script in package.Wheel.Scripts) Claim($"bin/{script.Name}", null, package);
        }
        foreach ((string path, (ComposedPackage owner, _)) in owners)
        {
            if (directories.TryGetValue(path, out ComposedPackage? other) && other != owner) throw Refuse(owner, "SP-ENV-01", $"it brings a file where {other.Facts.Name} {other.Facts.Version} has a directory", path);
        }
        return new Ownership(owners);

        void Claim(string path, Sha256Digest? content, ComposedPackage package)
        {
            for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                if (!directories.TryAdd(path[..slash], package)) break;
            }
            if (owners.TryAdd(path, (package, content))) return;
            (ComposedPackage owner, Sha256Digest? there) = owners[path];
            if (owner == package || (content is not null && content == there) || waived.Contains((package.Facts.Name, "SP-ENV-01"))) return;
            throw Refuse(package, "SP-ENV-01", $"it would overwrite a file of {owner.Facts.Name} {owner.Facts.Version}", path);
        }
    }

    /// <summary>Whether this package is the one that writes the path.</summary>
    public bool Writes(ComposedPackage package, string path) => _owners[path].Owner == package;

    // Behind the standard library on sys.path today; in front of it as soon as somebody puts site-packages first or runs a script from there.
    private static void MustNotShadow(ComposedPackage package, HashSet<string> library, IReadOnlySet<(PackageName, string)> waived)
    {
        if (waived.Contains((package.Facts.Name, "SP-ENV-02"))) return;
        foreach (StoredFile file in package.Wheel.Files)
        {
            if (file.Scheme is not (Scheme.Purelib or Scheme.Platlib)) continue;
            int slash = file.Path.IndexOf('/', StringComparison.Ordinal);
            string top = slash < 0 ? file.Path : file.Path[..slash];
            bool isModule = slash >= 0 || top.EndsWith(".py", StringComparison.Ordinal) || top.EndsWith(".so", StringComparison.Ordinal) || top.EndsWith(".pyi", StringComparison.Ordinal);
            int dot = top.IndexOf('.', StringComparison.Ordinal);
            string module = slash >= 0 ? top : dot < 0 ? top : top[..dot];
            if (isModule && library.Contains(module)) throw Refuse(package, "SP-ENV-02", $"it shadows the module `{module}` of the standard library", file.Path);
        }
    }

    private static CompositionRefusedException Refuse(ComposedPackage package, string rule, string because, string path) => new(package.Facts.Name, package.Facts.Version, rule, because, path);
}
