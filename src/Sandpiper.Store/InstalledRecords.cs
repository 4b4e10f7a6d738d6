using System.Collections.Immutable;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Wheels;

namespace Sandpiper.Store;

/// <summary>
/// What an installer says of its own doing (PyPA "Recording installed projects"), made once a wheel, at its seal, for all environments that
/// show the wheel's files as they lie: RECORD and INSTALLER beside METADATA, and a second directory of the same files with REQUESTED among
/// them. So an environment needs one link for the records of a package.
/// </summary>
/// <remarks>
/// The bytes of a program name the environment that it is made for: RECORD gives it neither hash nor size, which the standard leaves to the
/// installer, and the generation's own description does (<c>verify</c>). Of a wheel with files that may be left out, or whose place depends
/// on the interpreter, each environment says something of its own.
/// </remarks>
public static class InstalledRecords
{
    /// <summary>
    /// At the top of a sealed tree: the records of who asked for the package by name. A wheel with two such directories is refused, so none
    /// has it.
    /// </summary>
    public const string RequestedDirectory = "requested.dist-info";

    internal static ReadOnlySpan<byte> RequestedDirectoryName => "requested.dist-info"u8;

    /// <summary>Content of INSTALLER: the name of the command.</summary>
    public static ReadOnlySpan<byte> Installer => "sandpiper\n"u8;

    /// <summary>From the directory of modules, in which RECORD's paths begin, to the environment, whatever its interpreter.</summary>
    public const string ToEnvironment = "../../../";

    private const string InstallerName = "INSTALLER", RequestedName = "REQUESTED", RecordName = "RECORD";

    /// <summary>
    /// The directory that records a package: by its normalised name, whatever the wheel's own is (PyPA "Recording installed projects").
    /// </summary>
    public static string DirectoryOf(PackageName name, Packaging.Versions.Pep440Version version) => $"{name.Escaped}-{version}.dist-info";

    /// <summary>Writes them into a tree that is being sealed.</summary>
    /// <param name="distInfo">Name of the wheel's own directory.</param>
    /// <param name="files">All that will be installed of it.</param>
    /// <param name="programs">Names of those that every environment makes for itself.</param>
    /// <returns>Empty where every environment says something of its own.</returns>
    internal static ImmutableArray<RecordedFile> Make(
        string tree, WheelFileName name, string distInfo, ImmutableArray<StoredFile> files, IReadOnlyList<string> programs)
    {
        if (!files.All(IsTheSameEverywhere)) return [];
        string above = distInfo + '/';
        StoredFile[] own = [.. files.Where(f => f.StorePath.StartsWith(above, StringComparison.Ordinal))];
        if (own.Any(f => f.IsExecutable || IsTaken(f.StorePath[above.Length..]))) return [];

        var records = ImmutableArray.CreateBuilder<RecordedFile>();
        var installer = Write($"{distInfo}/{InstallerName}", Installer);
        Write($"{distInfo}/{RecordName}", RecordOf(name, above, files, programs, isRequested: false));
        Directory.CreateDirectory(Path.Combine(tree, RequestedDirectory), SealedTree.OpenDirectoryMode);
        using (var root = OpenDirectory.At(tree))
        {
            foreach (var file in own) Adopt(root, new RecordedFile(file.StorePath, file.Digest, file.Size), above);
            Adopt(root, installer, above);
        }
        Write($"{RequestedDirectory}/{RequestedName}", []);
        Write($"{RequestedDirectory}/{RecordName}", RecordOf(name, above, files, programs, isRequested: true));
        return records.DrainToImmutable();

        RecordedFile Write(string path, ReadOnlySpan<byte> content)
        {
            SealedTree.WriteFile(Path.Combine(tree, path), content, SealedTree.FileMode);
            var record = new RecordedFile(path, Sha256Digest.Of(content), content.Length);
            records.Add(record);
            return record;
        }

        // A second name, as sealed as the first.
        void Adopt(OpenDirectory root, RecordedFile file, string above)
        {
            string path = $"{RequestedDirectory}/{file.StorePath[above.Length..]}";
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(tree, path))!, SealedTree.OpenDirectoryMode);
            if (!root.TryAdopt(root, file.StorePath, path))
                SealedTree.WriteFile(Path.Combine(tree, path), File.ReadAllBytes(Path.Combine(tree, file.StorePath)), SealedTree.FileMode);
            records.Add(file with { StorePath = path });
        }
    }

    // As an environment would write it: with the name that its directory has there.
    private static byte[] RecordOf(
        WheelFileName name, string above, ImmutableArray<StoredFile> files, IReadOnlyList<string> programs, bool isRequested)
    {
        string directory = DirectoryOf(name.Name, name.Version);
        var record = new RecordWriter(files.Length + programs.Count + 3);
        foreach (var file in files)
        {
            bool isOwn = file.StorePath.StartsWith(above, StringComparison.Ordinal);
            string path = file.Scheme switch
            {
                Scheme.Scripts => ProgramOf(file.Path),
                Scheme.Data => ToEnvironment + file.Path,
                _ => isOwn ? $"{directory}/{file.StorePath[above.Length..]}" : file.StorePath,
            };
            if (file.Kind == StoredFileKind.PythonScript) record.Add(path, digest: null, size: null);
            else record.Add(path, file.Digest, file.Size);
        }
        foreach (string program in programs) record.Add(ProgramOf(program), digest: null, size: null);
        record.Add($"{directory}/{InstallerName}", Sha256Digest.Of(Installer), Installer.Length);
        if (isRequested) record.Add($"{directory}/{RequestedName}", Sha256Digest.Of([]), 0);
        record.Add($"{directory}/{RecordName}", digest: null, size: null);
        return record.Write();
    }

    private static string ProgramOf(string name) => $"{ToEnvironment}bin/{name}";

    // Of a header, and of what data has below lib/, the path has the interpreter's name in it.
    private static bool IsTheSameEverywhere(StoredFile file) => file.Kind != StoredFileKind.StartUpHook && file.Scheme switch
    {
        Scheme.Purelib or Scheme.Platlib => string.Equals(file.Path, file.StorePath, StringComparison.Ordinal),
        Scheme.Data => !file.Path.StartsWith("lib/", StringComparison.Ordinal),
        _ => file.Scheme == Scheme.Scripts,
    };

    // A directory of such a name, or native code that looks about from among the records: whoever makes such a wheel gets what he wants
    // file by file.
    private static bool IsTaken(string name) => name.Split('/')[0] is InstallerName or RequestedName or RecordName
        || name.EndsWith(".so", StringComparison.Ordinal);
}

/// <summary>One file of a sealed tree that is no file of the wheel.</summary>
/// <param name="StorePath">Below the tree.</param>
public sealed record RecordedFile(string StorePath, Sha256Digest Digest, long Size);
