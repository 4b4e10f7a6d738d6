using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Interpreters;
using Sandpiper.Environments.Kernel;
using Sandpiper.Environments.Store;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Builds one generation: a directory that the interpreter accepts as a virtual environment, made of hard links to sealed files and the
/// few files that are written for it alone. Everything is checked before anything is written, and read-only when it is done.
/// </summary>
/// <param name="work">An empty directory on the store's file system, where it is built.</param>
/// <param name="place">Absolute: where it will be renamed to; scripts name it.</param>
public sealed class GenerationComposer(Interpreter interpreter, string work, string place)
{
    private readonly SortedDictionary<string, Sha256Digest> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal) { "" };
    private readonly SortedSet<string> _commands = new(StringComparer.Ordinal);

    /// <exception cref="CompositionRefusedException">Two packages own one path (SP-ENV-01), or one shadows the standard library (SP-ENV-02).</exception>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public Generation Compose(string environment, int number, IReadOnlyList<ComposedPackage> packages, IReadOnlySet<(PackageName, string)> waived, DateTimeOffset now, CancellationToken cancel)
    {
        Ownership owners = Ownership.Of(packages, interpreter, waived);
        WriteSkeleton();
        foreach (ComposedPackage package in packages)
        {
            cancel.ThrowIfCancellationRequested();
            Install(package, owners);
        }
        var generation = new Generation
        {
            Environment = environment,
            Number = number,
            Directory = place,
            Created = now,
            Python = interpreter.Path,
            PythonPrefix = interpreter.Prefix,
            PythonName = interpreter.VersionedName,
            Packages = [.. packages.Select(p => p.Facts).OrderBy(p => p.Name)],
            Commands = [.. _commands],
            WrittenFiles = _written.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        SealedTree.WriteFile(Path.Combine(work, GenerationFile.Name), GenerationFile.Write(generation), SealedTree.FileMode);
        SealedTree.CloseDirectories(work);
        // Its top stays open until it has been renamed: moving a directory rewrites its "..", which needs write permission (rename(2)).
        File.SetUnixFileMode(work, SealedTree.OpenDirectoryMode);
        return generation;
    }

    private string Python => $"{place}/bin/python";

    // What `python -m venv` leaves, less the activation scripts: programs are run by `sandpiper run`, not from a changed shell.
    private void WriteSkeleton()
    {
        Write("pyvenv.cfg", Encoding.UTF8.GetBytes(
            $"home = {Path.GetDirectoryName(interpreter.Path)}\ninclude-system-site-packages = false\nversion = {interpreter.Version}\nexecutable = {interpreter.Path}\n"), executable: false);
        MakeDirectory("bin");
        MakeDirectory(Placing.SitePackages(interpreter.VersionedName));
        File.CreateSymbolicLink(Path.Combine(work, "lib64"), "lib");
        File.CreateSymbolicLink(Path.Combine(work, "bin/python"), interpreter.Path);
        File.CreateSymbolicLink(Path.Combine(work, "bin/python3"), "python");
        File.CreateSymbolicLink(Path.Combine(work, $"bin/{interpreter.VersionedName}"), "python");
    }

    private void Install(ComposedPackage package, Ownership owners)
    {
        var record = new List<RecordRow>();
        string site = Placing.SitePackages(interpreter.VersionedName);
        foreach (StoredFile file in package.Wheel.Files)
        {
            if (package.LeftOut.Contains(file)) continue;
            string path = Placing.PathOf(file, package.Facts, package.Wheel, interpreter.VersionedName);
            if (!owners.Writes(package, path)) continue;
            if (file.Scheme == Scheme.Scripts) _commands.Add(file.Path);
            if (file.Kind == StoredFileKind.PythonScript) record.Add(Write(path, Launcher.Rewritten(package.Wheel.Read(file, int.MaxValue).Span, Python), executable: true));
            else record.Add(Link(package.Wheel, file, path));
        }
        foreach (ScriptEntryPoint script in package.Wheel.Scripts)
        {
            if (!owners.Writes(package, $"bin/{script.Name}")) continue;
            _commands.Add(script.Name);
            record.Add(Write($"bin/{script.Name}", Launcher.Of(script, Python), executable: true));
        }
        string distInfo = $"{site}/{Placing.DistInfo(package.Facts)}";
        record.Add(Write($"{distInfo}/INSTALLER", "sandpiper\n"u8, executable: false));
        if (package.Facts.IsRequested) record.Add(Write($"{distInfo}/REQUESTED", [], executable: false));
        record.Add(new RecordRow($"{distInfo}/RECORD", null, null));
        // Paths in RECORD are relative to site-packages, those of scripts and data included.
        string up = string.Concat(Enumerable.Repeat("../", site.Count(c => c == '/') + 1));
        Write($"{distInfo}/RECORD", Encoding.UTF8.GetBytes(RecordFile.Write(record.Select(r => r with
        {
            Path = r.Path.StartsWith(site + "/", StringComparison.Ordinal) ? r.Path[(site.Length + 1)..] : up + r.Path,
        }))), executable: false);
    }

    private RecordRow Link(SealedWheel wheel, StoredFile file, string path)
    {
        MakeParent(path);
        string source = $"{wheel.Tree}/{file.StorePath}", target = $"{work}/{path}";
        if (!HardLink.TryCreate(source, target))
        {
            File.Copy(source, target);
            File.SetLastWriteTimeUtc(target, SealedTree.SealTime);
        }
        return new RecordRow(path, file.Digest, file.Size);
    }

    private RecordRow Write(string path, ReadOnlySpan<byte> content, bool executable)
    {
        MakeParent(path);
        SealedTree.WriteFile($"{work}/{path}", content, executable ? SealedTree.ExecutableMode : SealedTree.FileMode);
        Sha256Digest digest = Sha256Digest.Of(content);
        _written.Add(path, digest);
        return new RecordRow(path, digest, content.Length);
    }

    private void MakeParent(string path)
    {
        int slash = path.LastIndexOf('/');
        if (slash > 0) MakeDirectory(path[..slash]);
    }

    private void MakeDirectory(string path)
    {
        if (!_directories.Add(path)) return;
        MakeParent(path);
        Directory.CreateDirectory($"{work}/{path}", SealedTree.DirectoryMode | UnixFileMode.UserWrite);
    }
}
