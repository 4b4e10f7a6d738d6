using System.Text;
using Sandpiper.Environments.Destinations;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>All files that one package has at a destination.</summary>
/// <param name="launcher">Writes its programs.</param>
public sealed class PackageFiles(Destination destination, Launcher launcher)
{
    private const string Installer = "sandpiper\n";     // PyPA "Recording installed projects": the name of the command
    private const int MaxScriptBytes = 64 << 20;

    /// <summary>Those of the wheel, less what is left out, and its programs.</summary>
    /// <exception cref="StoreDamagedException">A script is not what was sealed.</exception>
    public IEnumerable<TreeFile> Of(ComposedPackage package)
    {
        var wheel = package.Wheel;
        for (int index = 0; index < wheel.Files.Length; index++)
        {
            var file = wheel.Files[index];
            if (package.LeftOut.Contains(file)) continue;
            string path = destination.PathOf(file, wheel, package.Facts.Name, package.Facts.Version);
            if (file.Kind == StoredFileKind.PythonScript)
                yield return TreeFile.Written(path, launcher.Rewrite(wheel.Read(file, MaxScriptBytes).Span), isExecutable: true);
            else if (file.Scheme == Scheme.Scripts && !file.IsExecutable)
                // An archive made on Windows knows no execute bit, and a script without it is none (PyPA "Binary distribution format").
                yield return TreeFile.Written(path, wheel.Read(file, MaxScriptBytes).ToArray(), isExecutable: true);
            else
                yield return TreeFile.Linked(path, wheel, index);
        }
        foreach (var script in wheel.Scripts)
            yield return TreeFile.Written(destination.Script(script.Name), launcher.For(script), isExecutable: true);
    }

    /// <summary>What an installer says about its own doing; RECORD last, since it lists all the others.</summary>
    /// <param name="files">Those of <see cref="Of"/> that the package has got.</param>
    public IEnumerable<TreeFile> RecordsOf(ComposedPackage package, List<TreeFile> files)
    {
        string distInfo = destination.DistInfo(package.Facts.Name, package.Facts.Version);
        var own = new List<TreeFile> { TreeFile.Written($"{distInfo}/INSTALLER", Encoding.ASCII.GetBytes(Installer)) };
        if (package.Facts.IsRequested) own.Add(TreeFile.Written($"{distInfo}/REQUESTED", []));
        string record = $"{distInfo}/RECORD";
        var rows = files.Concat(own).Select(f => new RecordRow(destination.InRecord(f.Path), f.Digest, f.Size))
            .Append(new RecordRow(destination.InRecord(record), null, null));
        own.Add(TreeFile.Written(record, RecordFile.Write(rows)));
        return own;
    }
}
