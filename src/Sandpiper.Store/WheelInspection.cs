using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Archives;
using Sandpiper.Archives.Zip;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>The way of one wheel from a downloaded file to an unpacked tree: everything that can be wrong with it is asked on this page.</summary>
internal sealed class WheelInspection(WheelFileName name, ResolvedMetadata? resolvedOn, IReadOnlySet<string> waivedRules)
{
    // PATH_MAX is 4,096, and a file has longer paths in the store and in a generation than in staging: a tree with a path that fits here
    // and not there could be neither used nor removed. The longest of 344 popular wheels has about 200.
    private const int MaxPathBytes = 1024;

    private readonly Objections _objections = new(waivedRules);

    /// <summary>Nothing is written before the archive, its documents, RECORD's list and every place are found good.</summary>
    /// <param name="tree">An empty directory that nobody else writes to.</param>
    /// <exception cref="ArchiveRefusedException">The archive contradicts itself.</exception>
    /// <exception cref="WheelRefusedException">The wheel does.</exception>
    public InspectedWheel UnpackInto(string tree, SafeFileHandle wheelFile, CancellationToken cancel)
    {
        using var archive = ZipReader.Open(wheelFile, ArchiveLimits.Default);
        var contents = new WheelContents(archive);

        var distInfo = DistInfo.Find(contents, name, _objections);
        var wheel = distInfo.ReadWheel();
        distInfo.ReadMetadata(name, resolvedOn);
        var listing = distInfo.ReadRecord();
        listing.MustListExactly(contents);
        var scripts = distInfo.ReadScripts();
        var files = Plan(contents, distInfo, wheel.RootIsPurelib ? Scheme.Purelib : Scheme.Platlib, scripts);
        MustNotCollide(files, scripts);

        var measured = Unpacking.Run(contents, files, listing, tree, cancel);
        SealedTree.CloseDirectories(tree);
        var stored = files.Select((file, index) => (file, index)).Where(f => f.file.IsInstalled).Select(f => f.file.As(measured[f.index]));
        return new InspectedWheel(distInfo.Directory, [.. stored], [.. scripts], _objections.Notes);
    }

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
                throw new WheelRefusedException("SP-WHEEL-15", $"a path of more than {MaxPathBytes} bytes", member.Name, null);
            bool isByteCode = IsByteCode(member.Name);
            bool isReplaced = placement.Scheme == Scheme.Scripts && generated.Contains(EntryPointOf(placement.Path));
            bool isInstallersOwn = distInfo.IsInstallersOwn(member.Name);
            if (isByteCode) byteCode++;
            else if (isReplaced) _objections.Note($"`{placement.Path}` was left out: the entry point of that name takes its place");
            else if (isInstallersOwn && !distInfo.IsRecord(member.Name)) _objections.Note($"`{member.Name}` was left out: installers write it");
            files.Add(new PlannedFile(member, placement, IsInstalled: !isByteCode && !isReplaced && !isInstallersOwn));
        }
        // Byte code runs instead of the source beside it, which is what a reader would read; it is made anew where it is wanted.
        if (byteCode > 0) _objections.Note($"{byteCode} byte-code {(byteCode == 1 ? "file was" : "files were")} left out");
        return files;
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
            throw new WheelRefusedException("SP-WHEEL-02", "it describes a project through its .data directory", member, null);
    }

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

/// <summary>What is known of a wheel once it has been unpacked.</summary>
internal sealed record InspectedWheel(
    string DistInfo, ImmutableArray<StoredFile> Files, ImmutableArray<ScriptEntryPoint> Scripts, ImmutableArray<string> Notes);
