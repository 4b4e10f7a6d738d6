using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Archives;
using Sandpiper.Archives.Zip;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>
/// The way of one wheel from a downloaded file to an unpacked tree: everything that can be wrong with it is asked on this page.
/// </summary>
/// <remarks>
/// What nobody could accept is refused here. What somebody could is found here, and judged by whoever knows what is allowed.
/// </remarks>
public sealed class WheelInspection(WheelFileName name, ArchiveLimits limits)
{
    // PATH_MAX is 4,096, and a file has longer paths in the store and in a generation than in staging: a tree with a path that fits here
    // and not there could be neither used nor removed. The longest of 344 popular wheels has about 200.
    private const int MaxPathBytes = 1024;

    private readonly InspectionReport _report = new();

    /// <summary>Nothing is written before the archive, its documents and every place are found good.</summary>
    /// <param name="tree">An empty directory that nobody else writes to.</param>
    /// <exception cref="ArchiveRefusedException">The archive contradicts itself.</exception>
    /// <exception cref="RefusedException">The wheel does, in a way that nobody could accept.</exception>
    public InspectedWheel UnpackInto(string tree, SafeFileHandle wheelFile, CancellationToken cancel)
    {
        using var archive = ZipReader.Open(wheelFile, limits);
        var contents = new WheelContents(archive);

        var distInfo = DistInfo.Find(contents, name, _report);
        var wheel = distInfo.ReadWheel();
        distInfo.ReadMetadata(name);
        var listing = distInfo.ReadRecord();
        listing.CompareNames(contents);
        var scripts = distInfo.ReadScripts();
        var files = Plan(contents, distInfo, wheel.RootIsPurelib ? Scheme.Purelib : Scheme.Platlib, scripts);
        MustNotCollide(files, scripts);
        var hooks = ReadHooks(contents, files);

        var measured = Unpacking.Run(contents, files, listing, tree, cancel);
        var directories = new Lazy<HashSet<string>>(() => DirectoriesOf(files));
        var stored = ImmutableArray.CreateBuilder<StoredFile>();
        for (int i = 0; i < files.Count; i++)
        {
            if (!files[i].IsInstalled) continue;
            stored.Add(files[i].As(measured[i]) with { ReachesOut = measured[i].IsNative && ReachesOut(files[i]) });
            if (!files[i].Placement.IsStartUpHook) continue;
            bool isWhole = hooks.TryGetValue(files[i].Member.Name, out byte[]? content);
            _report.Add(HookInspection.Of(files[i].Placement.Path, measured[i], content, isWhole));
        }
        ImmutableArray<StoredFile> installed = stored.DrainToImmutable();
        foreach (string place in FileTable.Of(installed).Places)
            Directory.CreateDirectory(Path.Combine(tree, place), SealedTree.OpenDirectoryMode);
        var records = InstalledRecords.Make(tree, name, distInfo.Directory, installed, [.. scripts.Select(s => s.Name)]);
        SealedTree.CloseDirectories(tree);
        return new InspectedWheel(distInfo.Directory, installed, [.. scripts], _report.Findings, _report.Notes) { Records = records };

        bool ReachesOut(PlannedFile native)
        {
            using var file = File.OpenHandle(Path.Combine(tree, native.Member.Name));
            return NativeLibraries.ReachOut(file, native.Member.Name, directories.Value);
        }
    }

    private static HashSet<string> DirectoriesOf(List<PlannedFile> files) =>
        files.Where(f => f.IsInstalled).Select(f => Path.GetDirectoryName(f.Member.Name) ?? "").ToHashSet(StringComparer.Ordinal);

    private List<PlannedFile> Plan(WheelContents contents, DistInfo distInfo, Scheme root, IReadOnlyList<ScriptEntryPoint> scripts)
    {
        var generated = scripts.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var files = new List<PlannedFile>();
        int byteCode = 0;
        foreach (var member in contents.Files)
        {
            var placement = Placement.Of(member.Name, distInfo.Stem, root);
            MustNotPoseAsAnother(placement, member.Name);
            if (Encoding.UTF8.GetByteCount(member.Name) > MaxPathBytes)
                throw new RefusedException(new Finding(Fault.LongPath, member.Name, $"{MaxPathBytes}"));
            bool isOnlyCode = IsModuleWithoutSource(placement, contents, member.Name);
            if (isOnlyCode) _report.Add(new Finding(Fault.ModuleWithoutSource, member.Name));
            bool isByteCode = !isOnlyCode && IsByteCode(member.Name);
            bool isReplaced = placement.Scheme == Scheme.Scripts && generated.Contains(EntryPointOf(placement.Path));
            bool isInstallersOwn = distInfo.IsInstallersOwn(member.Name);
            if (isByteCode) byteCode++;
            else if (isReplaced) _report.Note($"`{placement.Path}` was left out: the entry point of that name takes its place");
            else if (isInstallersOwn && !distInfo.IsRecord(member.Name)) _report.Note($"`{member.Name}` was left out: installers write it");
            files.Add(new PlannedFile(member, placement, IsInstalled: !isByteCode && !isReplaced && !isInstallersOwn));
        }
        // Byte code runs instead of the source beside it, which is what a reader would read; it is made anew where it is wanted.
        if (byteCode > 0) _report.Note($"{byteCode} byte-code {(byteCode == 1 ? "file was" : "files were")} left out");
        return files;
    }

    // Together not more than one may have: a hook that is a package of a thousand files must not fill the memory.
    private static Dictionary<string, byte[]> ReadHooks(WheelContents contents, List<PlannedFile> files)
    {
        var read = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        long left = HookInspection.MaxHookBytes;
        foreach (var file in files.Where(f => f.IsInstalled && f.Placement.IsStartUpHook))
        {
            if (file.Member.Size > left || contents.TryRead(file.Member.Name, HookInspection.MaxHookBytes) is not { } content) continue;
            read.Add(file.Member.Name, content);
            left -= content.Length;
        }
        return read;
    }

    private static void MustNotCollide(List<PlannedFile> files, IReadOnlyList<ScriptEntryPoint> scripts)
    {
        var paths = new PathCollisions();
        foreach (var file in files.Where(f => f.IsInstalled)) paths.AddFile(file.Placement.InEnvironment, file.Member.Name);
        foreach (var script in scripts) paths.AddFile(Placement.Of(script).InEnvironment, script.Name);
    }

    // .data/purelib/requests-9.dist-info would be a second project, of any name and version, that no resolution ever chose.
    private static void MustNotPoseAsAnother(Placement placement, string member)
    {
        if (placement.Scheme is Scheme.Purelib or Scheme.Platlib && !string.Equals(placement.Path, member, StringComparison.Ordinal)
            && DistInfo.IsInstalledProject(placement.Path.Split('/', 2)[0]))
            throw new RefusedException(new Finding(Fault.ProjectThroughData, member));
    }

    // Importable beside no source (importlib's SourcelessFileLoader), so leaving it out would leave a module
    // out; below __pycache__ it is not.
    private static bool IsModuleWithoutSource(Placement placement, WheelContents contents, string member) =>
        placement.Scheme is Scheme.Purelib or Scheme.Platlib && member.EndsWith(".pyc", StringComparison.Ordinal)
        && !member.Contains("__pycache__/", StringComparison.Ordinal) && !contents.Has(member[..^1]);

    private static bool IsByteCode(string member) =>
        member.EndsWith(".pyc", StringComparison.OrdinalIgnoreCase) || member.EndsWith(".pyo", StringComparison.OrdinalIgnoreCase);

    // The names under which old tools put a wrapper for an entry point into the wheel itself (as pip's is_entrypoint_wrapper).
    private static string EntryPointOf(string script)
    {
        foreach (string suffix in (ReadOnlySpan<string>)[".exe", "-script.py", ".pya"])
        {
            if (script.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return script[..^suffix.Length];
        }
        return script;
    }
}

/// <summary>What is known of a wheel once it has been unpacked: enough to decide about it, and nothing decided.</summary>
public sealed record InspectedWheel(
    string DistInfo, ImmutableArray<StoredFile> Files, ImmutableArray<ScriptEntryPoint> Scripts, ImmutableArray<Finding> Findings,
    ImmutableArray<string> Notes)
{
    /// <summary>What was made beside its files.</summary>
    public ImmutableArray<RecordedFile> Records { get; init; } = [];
}
