using Sandpiper.Policies;

namespace Sandpiper.Console;

/// <summary>What each fault is called, in words for people.</summary>
internal static class FindingWords
{
    /// <summary>One sentence without a full stop; paths and names as they were found.</summary>
    public static string Of(Finding finding) => finding.Fault switch
    {
        Fault.FileOfAnother or Fault.ModuleOfAnother when finding.Precedence is Precedence.OfAnotherBefore =>
            $"its file `{finding.Path}` gave way to another wheel, and not to this one",
        Fault.FileOfAnother when IsOfNeither(finding) => $"both have `{finding.Path}`, and neither had it before",
        Fault.ModuleOfAnother when IsOfNeither(finding) => $"both have the module of `{finding.Path}`, and neither had it before",
        Fault.FileOfAnother => $"it would overwrite a file of {OwnerOf(finding)}: `{finding.Path}`",
        Fault.ModuleOfAnother =>
            $"it would be imported in place of a module of {OwnerOf(finding)}, or that one in its place: `{finding.Path}`",
        Fault.ShadowsLibrary or Fault.ProgramShadowsLibrary when finding.Seen is null =>
            $"it shadows a module of the standard library: `{finding.Path}`",
        Fault.ShadowsLibrary => $"it shadows the module `{finding.Seen}` of the standard library: `{finding.Path}`",
        Fault.ProgramShadowsLibrary => $"its program shadows the module `{finding.Seen}` of the standard library: `{finding.Path}`",
        Fault.ReplacesEnvironment => $"it would replace {finding.Claimed}{Quoted(finding.Path)}",
        Fault.LongPath => $"a path of more than {finding.Seen} bytes{Quoted(finding.Path)}",
        _ when finding.IsHook => $"its wheel brings {Quoted(finding.Path).TrimStart(':', ' ')}: it {Does(finding)}",
        var fault => WordsOf(fault) + Quoted(finding.Path),
    };

    /// <summary>What was seen, to judge by; null where the sentence says all.</summary>
    public static string? EvidenceOf(Finding finding) => finding.Fault switch
    {
        Fault.OtherSize or Fault.OtherContent => $"{finding.Seen}, RECORD says {finding.Claimed}",
        Fault.OtherBytesThanBefore => $"now {finding.Seen}, before it was {finding.Claimed}",
        Fault.DataOfAnother => $"expected {finding.Claimed}",
        Fault.LongPath or Fault.ShadowsLibrary or Fault.ProgramShadowsLibrary => null,
        _ => finding.Seen,
    };

    private static string OwnerOf(Finding finding) => finding.Owner?.ToString() ?? "another package";

    private static bool IsOfNeither(Finding finding) => finding.Precedence is Precedence.OfNeither;

    private static string Does(Finding hook) => hook.Fault switch
    {
        Fault.FunctionsAtStart => "calls functions at every start of the interpreter (PEP 829)",
        Fault.CodeAtStart => "runs code at every start of the interpreter",
        Fault.PathsAtStart => "adds directories from which every program imports",
        _ => "is imported at every start of the interpreter",
    };

    private static string WordsOf(Fault fault) => fault switch
    {
        Fault.NoWheelName => "its file name is not that of a wheel",
        Fault.NoDistInfo => "it has no .dist-info directory",
        Fault.TwoProjects => "it describes more than one project",
        Fault.DistInfoOfAnother => "its .dist-info directory names another project or version",
        Fault.ProjectThroughData => "it describes a project through its .data directory",
        Fault.NoMetadata => "METADATA is missing or too large",
        Fault.UnreadableMetadata => "METADATA cannot be read",
        Fault.MetadataOfAnother => "METADATA names another project or version than the file name",
        Fault.NoWheelDocument => "WHEEL is missing or too large",
        Fault.UnreadableWheelDocument => "WHEEL cannot be read",
        Fault.UnknownWheelFormat => "it is of a wheel format that is not known here",
        Fault.NoRecord => "RECORD is missing or too large",
        Fault.UnreadableRecord => "RECORD cannot be read",
        Fault.NotListed => "RECORD does not list a file",
        Fault.NotThere => "RECORD lists a file that is not there",
        Fault.OtherSize => "a file is not as long as RECORD says",
        Fault.OtherContent => "a file's SHA-256 is not what RECORD says",
        Fault.NoHash => "RECORD gives no SHA-256 for a file",
        Fault.DataOfAnother => "a .data directory that is not this wheel's own",
        Fault.UnknownPlace => "the .data directory has no such place",
        Fault.ScriptInDirectory => "a script in a sub-directory of bin/",
        Fault.NoEntryPoints => "entry_points.txt is too large",
        Fault.UnreadableEntryPoints => "entry_points.txt cannot be read",
        Fault.FilesThatAreOne => "two files that are one on some file systems",
        Fault.DirectoriesThatAreOne => "two directories, or a file and a directory, that are one on some file systems",
        Fault.OtherMetadata => "METADATA differs from the .metadata that the choice was made on",
        Fault.ModuleWithoutSource => "a module that is byte code only, so that nobody can read what it does",
        Fault.OtherBytesThanBefore => "its file name stood for other bytes when it was installed here before",
        Fault.PartOfEnvironment => "it would replace a part of the environment itself",
        _ => "it is refused",
    };

    private static string Quoted(string? path) => path is null ? "" : $": `{path}`";
}
