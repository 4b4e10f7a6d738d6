using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;
using Sandpiper.Policies;

namespace Sandpiper.Wheels;

/// <summary>The one directory in which a wheel says what it is, and the documents in it.</summary>
/// <param name="stem">What stands before <c>.dist-info</c>.</param>
public sealed class DistInfo(WheelContents contents, string stem, InspectionReport report)
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

    /// <exception cref="RefusedException">SP-WHEEL-02: there is none, there are several, or it is another project's.</exception>
    public static DistInfo Find(WheelContents contents, WheelFileName name, InspectionReport report)
    {
        string? found = null;
        foreach (var member in contents.Members)
        {
            string top = FirstSegment(member.Name);
            if (!IsInstalledProject(top) || string.Equals(top, found, StringComparison.Ordinal)) continue;
            if (found is not null) throw new RefusedException(new Finding(Fault.TwoProjects, top, found));
            found = top;
        }
        if (found is null) throw new RefusedException(new Finding(Fault.NoDistInfo));
        if (!BelongsTo(found, name))
            throw new RefusedException(new Finding(Fault.DistInfoOfAnother, found, name.FileName));
        return new DistInfo(contents, found[..^Suffix.Length], report);
    }

    /// <summary>Whether a directory or file of this name in site-packages makes the interpreter see an installed project.</summary>
    public static bool IsInstalledProject(string topLevelName) =>
        topLevelName.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
            || topLevelName.EndsWith(".egg-info", StringComparison.OrdinalIgnoreCase);

    public bool IsRecord(string member) => string.Equals(member, RecordPath, StringComparison.Ordinal);

    /// <summary>Whether an installer, and not the wheel, is the author of this file.</summary>
    public bool IsInstallersOwn(string member) =>
        Array.Exists(InstallersOwn, own => string.Equals(member, $"{Directory}/{own}", StringComparison.OrdinalIgnoreCase));

    /// <exception cref="RefusedException">SP-WHEEL-04.</exception>
    public WheelInfo ReadWheel()
    {
        byte[] content = Read("WHEEL", MaxOtherBytes, Fault.NoWheelDocument);
        if (!WheelInfo.TryParse(content, out var info, out string problem)) throw Refuse("WHEEL", Fault.UnreadableWheelDocument, problem);
        if (info.MajorVersion > 1)      // PyPA "Binary distribution format": abort on a greater major version, warn on a greater minor one
            throw Refuse("WHEEL", Fault.UnknownWheelFormat, $"{info.MajorVersion}.{info.MinorVersion}");
        if (info is { MajorVersion: 1, MinorVersion: > 0 }) report.Note($"its wheel format is 1.{info.MinorVersion}, newer than 1.0");
        return info;
    }

    /// <exception cref="RefusedException">SP-WHEEL-03.</exception>
    public void ReadMetadata(WheelFileName name)
    {
        byte[] content = Read("METADATA", MaxMetadataBytes, Fault.NoMetadata);
        if (!CoreMetadata.TryParse(content, out var metadata, out string problem))
            throw Refuse("METADATA", Fault.UnreadableMetadata, problem);
        if (metadata.Name != name.Name || metadata.Version != name.Version)
            throw Refuse("METADATA", Fault.MetadataOfAnother, $"{metadata.Name} {metadata.Version}");
    }

    /// <exception cref="RefusedException">SP-WHEEL-05.</exception>
    public FileListing ReadRecord()
    {
        byte[] content = Read("RECORD", MaxRecordBytes, Fault.NoRecord);
        if (!RecordFile.TryParse(content, out var rows, out string problem)) throw Refuse("RECORD", Fault.UnreadableRecord, problem);
        return new FileListing(rows, this, report);
    }

    /// <exception cref="RefusedException">SP-WHEEL-12.</exception>
    public IReadOnlyList<ScriptEntryPoint> ReadScripts()
    {
        if (!contents.Has($"{Directory}/entry_points.txt")) return [];
        byte[] content = Read("entry_points.txt", MaxOtherBytes, Fault.NoEntryPoints);
        return EntryPoints.TryParseScripts(content, out var scripts, out string problem)
            ? scripts : throw Refuse("entry_points.txt", Fault.UnreadableEntryPoints, problem);
    }

    /// <summary>
    /// What was resolved on must be what is installed, or dependencies appear that nobody weighed (pip #13983). Only the fields that decide
    /// are compared: an index may serve another edition of the description.
    /// </summary>
    /// <returns>SP-WHEEL-14; null when both say the same.</returns>
    public static Finding? Compare(ReadOnlySpan<byte> metadata, ResolvedMetadata resolvedOn, string path)
    {
        if (resolvedOn.Digest == Sha256Digest.Of(metadata)) return null;
        string? difference = CoreMetadata.TryParse(metadata, out var own, out _)
            ? own.FirstDifference(resolvedOn.Fields) : "cannot be read";
        return difference is null ? null : new Finding(Fault.OtherMetadata, path, difference);
    }

    private byte[] Read(string document, int maxBytes, Fault missing) =>
        contents.TryRead($"{Directory}/{document}", maxBytes)
            ?? throw Refuse(document, missing, $"more than {maxBytes} bytes, or not there");

    private RefusedException Refuse(string document, Fault fault, string seen) => new(new Finding(fault, $"{Directory}/{document}", seen));

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
