using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Wheels;

/// <summary>The one directory in which a wheel says what it is, and the documents in it.</summary>
/// <param name="stem">What stands before <c>.dist-info</c>.</param>
public sealed class DistInfo(WheelContents contents, string stem, Objections objections)
{
    private const string Suffix = ".dist-info";

    // Hundreds of times what real ones need; METADATA carries whole READMEs.
    private const int MaxMetadataBytes = 16 << 20;
    private const int MaxRecordBytes = 64 << 20;
    private const int MaxOtherBytes = 1 << 20;

    // An installer writes these about its own doing (PyPA "Recording installed projects"), so a wheel cannot speak for it. The signature
    // files are deprecated, cannot be listed with a hash (PyPA "Binary distribution format"), and nobody would check them.
    private static readonly string[] InstallersOwn =
        ["RECORD", "RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json", "provenance_url.json"];

    public string Stem => stem;

    public string Directory => stem + Suffix;

    public string RecordPath => $"{Directory}/RECORD";

    /// <exception cref="WheelRefusedException">SP-WHEEL-02: there is none, there are several, or it is another project's.</exception>
    public static DistInfo Find(WheelContents contents, WheelFileName name, Objections objections)
    {
        string? found = null;
        foreach (var member in contents.Members)
        {
            string top = FirstSegment(member.Name);
            if (!IsInstalledProject(top) || string.Equals(top, found, StringComparison.Ordinal)) continue;
            if (found is not null) throw new WheelRefusedException("SP-WHEEL-02", "it describes more than one project", top, found);
            found = top;
        }
        if (found is null) throw new WheelRefusedException("SP-WHEEL-02", "it has no .dist-info directory", null, null);
        if (!BelongsTo(found, name))
            throw new WheelRefusedException("SP-WHEEL-02", "its .dist-info directory names another project or version", found, name.FileName);
        return new DistInfo(contents, found[..^Suffix.Length], objections);
    }

    /// <summary>Whether a directory or file of this name in site-packages makes the interpreter see an installed project.</summary>
    public static bool IsInstalledProject(string topLevelName) =>
        topLevelName.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) || topLevelName.EndsWith(".egg-info", StringComparison.OrdinalIgnoreCase);

    public bool IsRecord(string member) => string.Equals(member, RecordPath, StringComparison.Ordinal);

    /// <summary>Whether an installer, and not the wheel, is the author of this file.</summary>
    public bool IsInstallersOwn(string member) =>
        Array.Exists(InstallersOwn, own => string.Equals(member, $"{Directory}/{own}", StringComparison.OrdinalIgnoreCase));

    /// <exception cref="WheelRefusedException">SP-WHEEL-04.</exception>
    public WheelInfo ReadWheel()
    {
        byte[] content = Read("WHEEL", MaxOtherBytes, "SP-WHEEL-04");
        if (!WheelInfo.TryParse(content, out var info, out string problem)) throw Unreadable("WHEEL", "SP-WHEEL-04", problem);
        if (info.MajorVersion > 1)      // PyPA "Binary distribution format": abort on a greater major version, warn on a greater minor one
            throw Refuse("WHEEL", "SP-WHEEL-04", "it is of a wheel format that is not known here", $"{info.MajorVersion}.{info.MinorVersion}");
        if (info is { MajorVersion: 1, MinorVersion: > 0 }) objections.Note($"its wheel format is 1.{info.MinorVersion}, newer than 1.0");
        return info;
    }

    /// <exception cref="WheelRefusedException">SP-WHEEL-03, or SP-WHEEL-14 when it is not what the choice was made on.</exception>
    public void ReadMetadata(WheelFileName name, ResolvedMetadata? resolvedOn)
    {
        byte[] content = Read("METADATA", MaxMetadataBytes, "SP-WHEEL-03");
        if (!CoreMetadata.TryParse(content, out var metadata, out string problem)) throw Unreadable("METADATA", "SP-WHEEL-03", problem);
        if (metadata.Name != name.Name || metadata.Version != name.Version)
            throw Refuse("METADATA", "SP-WHEEL-03", "METADATA names another project or version than the file name", $"{metadata.Name} {metadata.Version}");
        if (resolvedOn is { } chosen && chosen.Digest != Sha256Digest.Of(content))
            MustAgree(content, chosen, $"{Directory}/METADATA", objections);
    }

    /// <exception cref="WheelRefusedException">SP-WHEEL-05.</exception>
    public FileListing ReadRecord()
    {
        byte[] content = Read("RECORD", MaxRecordBytes, "SP-WHEEL-05");
        if (!RecordFile.TryParse(content, out var rows, out string problem)) throw Unreadable("RECORD", "SP-WHEEL-05", problem);
        return new FileListing(rows, this, objections);
    }

    /// <exception cref="WheelRefusedException">SP-WHEEL-12.</exception>
    public IReadOnlyList<ScriptEntryPoint> ReadScripts()
    {
        if (!contents.Has($"{Directory}/entry_points.txt")) return [];
        byte[] content = Read("entry_points.txt", MaxOtherBytes, "SP-WHEEL-12");
        return EntryPoints.TryParseScripts(content, out var scripts, out string problem)
            ? scripts : throw Unreadable("entry_points.txt", "SP-WHEEL-12", problem);
    }

    /// <summary>
    /// What was resolved on must be what is installed, or dependencies appear that nobody weighed (pip #13983). Only the fields that decide
    /// are compared: an index may serve another edition of the description.
    /// </summary>
    /// <exception cref="WheelRefusedException">SP-WHEEL-14.</exception>
    public static void MustAgree(ReadOnlySpan<byte> metadata, ResolvedMetadata resolvedOn, string path, Objections objections)
    {
        string? difference = CoreMetadata.TryParse(metadata, out var own, out _) ? own.FirstDifference(resolvedOn.Fields) : "cannot be read";
        if (difference is not null)
            objections.Raise("SP-WHEEL-14", "METADATA differs from the one that the choice was made on", path, difference);
    }

    private byte[] Read(string document, int maxBytes, string rule) =>
        contents.TryRead($"{Directory}/{document}", maxBytes) ?? throw Refuse(document, rule, $"{document} is missing or above {maxBytes} bytes");

    private WheelRefusedException Unreadable(string document, string rule, string problem) =>
        Refuse(document, rule, $"{document} cannot be read", problem);

    private WheelRefusedException Refuse(string document, string rule, string because, string? evidence = null) =>
        new(rule, because, $"{Directory}/{document}", evidence);

    private static string FirstSegment(string path)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? path : path[..slash];
    }

    private static bool BelongsTo(string directory, WheelFileName name)
    {
        if (!directory.EndsWith(Suffix, StringComparison.Ordinal)) return false;
        var stem = directory.AsSpan(0, directory.Length - Suffix.Length);
        int dash = stem.LastIndexOf('-');
        return dash > 0
            && PackageName.TryParse(stem[..dash], out var project, out _) && project == name.Name
            && Pep440Version.TryParse(Unescaped(stem[(dash + 1)..]), out var version, out _) && version == name.Version;
    }

    // PyPA "Binary distribution format": "-" in a version became "_".
    private static string Unescaped(ReadOnlySpan<char> version) => version.ToString().Replace('_', '-');
}
