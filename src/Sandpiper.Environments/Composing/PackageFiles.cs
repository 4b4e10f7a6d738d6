using System.Text;
using Sandpiper.Environments.Destinations;
using Sandpiper.Environments.Generations;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>All files that one package has at a destination.</summary>
/// <param name="launcher">Writes its programs.</param>
/// <param name="sole">What is not planned file by file.</param>
/// <param name="linksRecords">Where the seal has made the records of a package, they are not planned file by file either.</param>
internal sealed class PackageFiles(Destination destination, Launcher launcher, SoleDirectories sole, bool linksRecords)
{
    private const int MaxScriptBytes = 64 << 20;

    /// <summary>Those of the wheel, less what is left out or lies in a directory that is linked anyway, and its programs.</summary>
    /// <exception cref="StoreDamagedException">A script is not what was sealed.</exception>
    public IEnumerable<TreeFile> Of(ComposedPackage package)
    {
        var wheel = package.Wheel;
        byte[] records = SealedRecordsOf(package) is null ? [] : DistInfoOf(wheel);
        foreach (int index in records.Length > 0 ? sole.LeftBesidesRecords(wheel) : sole.Left(wheel))
        {
            if (records.Length > 0 && wheel.Table.NameOf(index).StartsWith(records)) continue;
            var file = wheel.Table[index];
            if (package.LeftOut.Contains(file)) continue;
            string path = destination.PathOf(file, wheel, package.Facts.Name, package.Facts.Version);
            if (file.Kind == StoredFileKind.PythonScript)
                yield return TreeFile.Written(path, launcher.Rewrite(wheel.Read(file, MaxScriptBytes).Span), isExecutable: true);
            else if (file.Scheme == Scheme.Scripts && !file.IsExecutable)
                // An archive made on Windows knows no execute bit, and a script without it is none (PyPA "Binary distribution format").
                yield return TreeFile.Written(path, wheel.Read(file, MaxScriptBytes).ToArray(), isExecutable: true);
            else
                yield return TreeFile.Linked(path, wheel, index, file);
        }
        foreach (var script in wheel.Scripts)
            yield return TreeFile.Written(destination.Script(script.Name), launcher.For(script), isExecutable: true);
    }

    /// <summary>The link that is the record of a package, if all of <see cref="Of"/> is its own; null: it has to be written.</summary>
    public PlannedLink? RecordsOf(ComposedPackage package) => SealedRecordsOf(package) is { } records
        ? new PlannedLink(new LinkedDirectory(
            destination.DistInfo(package.Facts.Name, package.Facts.Version), package.Wheel.Digest, records), package.Wheel)
        : null;

    /// <summary>Where it has to be written all the same: what the wheel itself has in that directory.</summary>
    public IEnumerable<TreeFile> OfDistInfo(ComposedPackage package)
    {
        byte[] above = DistInfoOf(package.Wheel);
        for (int index = 0; index < package.Wheel.Table.Count; index++)
        {
            if (!package.Wheel.Table.NameOf(index).StartsWith(above)) continue;
            var file = package.Wheel.Table[index];
            yield return TreeFile.Linked(
                destination.PathOf(file, package.Wheel, package.Facts.Name, package.Facts.Version), package.Wheel, index, file);
        }
    }

    private string? SealedRecordsOf(ComposedPackage package) => linksRecords ? package.SealedRecords : null;

    private static byte[] DistInfoOf(SealedWheel wheel) => Encoding.UTF8.GetBytes(wheel.DistInfo + '/');

    /// <summary>What an installer says about its own doing; RECORD last, since it lists all the others.</summary>
    /// <param name="files">Those of <see cref="Of"/> that the package has got.</param>
    public List<TreeFile> WrittenRecordsOf(ComposedPackage package, List<TreeFile> files)
    {
        string distInfo = destination.DistInfo(package.Facts.Name, package.Facts.Version);
        var own = new List<TreeFile> { TreeFile.Written($"{distInfo}/INSTALLER", InstalledRecords.Installer.ToArray()) };
        if (package.Facts.IsRequested) own.Add(TreeFile.Written($"{distInfo}/REQUESTED", []));
        string path = $"{distInfo}/RECORD";
        var record = new RecordWriter(package.Wheel.Table.Count + 4);
        foreach (var file in files.Concat(own)) record.Add(destination.InRecord(file.Path), file.Digest, file.Size);
        record.Add(destination.InRecord(path), digest: null, size: null);
        var table = package.Wheel.Table;
        var held = sole.In(package.Wheel);
        for (int index = 0; index < table.Count; index++)
        {
            // As they are called in the tree, so below site-packages.
            if (held.Has(index)) record.Add(table.NameMemoryOf(index), table.DigestOf(index), table.SizeOf(index));
        }
        own.Add(TreeFile.Written(path, record.Write()));
        return own;
    }
}
