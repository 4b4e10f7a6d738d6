using Sandpiper.Auditing.Findings;
using Sandpiper.Auditing.Places;

namespace Sandpiper.Console;

/// <summary>What an audit found, in words.</summary>
internal static class AuditWords
{
    /// <summary>Of all findings of one kind: what it is and why it matters.</summary>
    /// <param name="count">Files or packages it is about.</param>
    public static string Of(AuditKind kind, int count) => kind switch
    {
        AuditKind.Unowned => $"{Counted.Of(count, "file")} that no package owns",
        AuditKind.Changed => $"{Counted.Of(count, "file")} changed since {Its(count)} package was installed",
        AuditKind.Missing => $"{Counted.Of(count, "file")} of packages gone",
        AuditKind.NoRecord => $"{Counted.Of(count, "package")} without RECORD: what belongs to {Them(count)} is not known",
        AuditKind.UnreadableRecord => $"RECORD of {Counted.Of(count, "package")} cannot be read",
        AuditKind.RecordLeadsOut => $"RECORD names {Counted.Of(count, "file")} outside: an uninstall would remove {Them(count)}",
        AuditKind.StartUpCode => $"{Counted.Of(count, "file")} {(count == 1 ? "runs" : "run")} code at every start of this Python",
        AuditKind.StartUpPath => $"{Directories(count)} put on the search path of every start",
        AuditKind.InterpreterSettings => $"{Counted.Of(count, "file")} that move where the interpreter finds its own library",
        AuditKind.SeveralOwners => $"{Counted.Of(count, "file")} that several packages own, all of them alike",
        AuditKind.Overwritten => $"{Counted.Of(count, "file")} of one package replaced by another's",
        AuditKind.WritableByOthers => $"{Counted.Of(count, "place")} that somebody else may write",
        AuditKind.AncestorWritable => $"{Directories(count)} above, which somebody else may write",
        AuditKind.ShadowsLibrary => $"{Counted.Of(count, "module")} named as one of the standard library",
        AuditKind.ShadowsCommand => $"{Counted.Of(count, "command")} named as one of the system",
        AuditKind.ByteCodeWithoutSource => $"{Counted.Of(count, "file")} of byte code without its source",
        AuditKind.ByteCodeUnlikeSource => $"{Counted.Of(count, "file")} of byte code that Python runs and that is not of its source",
        AuditKind.UncheckedByteCode => $"{Counted.Of(count, "file")} of byte code that Python never compares with its source",
        AuditKind.ByteCodeOfAnother => $"{Counted.Of(count, "file")} of byte code that belongs to another user than its source",
        AuditKind.StaleByteCode => $"{Counted.Of(count, "file")} of byte code of an earlier source, which Python makes anew",
        AuditKind.LegacyInstall => $"{Counted.Of(count, "package")} installed in an old way that keeps no hashes",
        AuditKind.EditableInstall => $"{Counted.Of(count, "package")} imported from a project's directory (editable)",
        AuditKind.InstalledByRoot => $"{Counted.Of(count, "package")} installed by root: their build code, if any, ran as root",
        AuditKind.ExternallyManaged => "the system manages this Python: pip refuses to install here (PEP 668)",
        AuditKind.NotExternallyManaged => "nothing keeps pip from installing here (no EXTERNALLY-MANAGED, PEP 668)",
        AuditKind.SpecialFile => $"{(count == 1 ? "1 pipe, socket or device" : $"{count:N0} pipes, sockets or devices")} among the modules",
        AuditKind.OddName => $"{Counted.Of(count, "name")} with what does not print, or is no UTF-8",
        AuditKind.LinkLeadsOut => $"{Counted.Of(count, "link")} out of the environment",
        AuditKind.TwoVersions => $"{Counted.Of(count, "package")} in two versions at once",
        AuditKind.OtherName => $"{Counted.Of(count, "package")} that calls itself otherwise than its directory does",
        AuditKind.SetsUser => $"{Counted.Of(count, "file")} running with the rights of an owner (setuid, setgid)",
        AuditKind.NotLookedAt => $"{Counted.Of(count, "place")} that could not be looked at: nothing is known of {Them(count)}",
        AuditKind.KnownMalware => $"{Counted.Of(count, "record")} of malware about what is installed",
        AuditKind.KnownVulnerability => $"{Counted.Of(count, "record")} of vulnerabilities about what is installed",
        AuditKind.UnknownRelease => $"{Counted.Of(count, "package")} in a release that no index has that was asked",
        AuditKind.UnknownContent => $"{Counted.Of(count, "package")} unlike every wheel of {Its(count)} release that the index has",
        AuditKind.NotCompared => $"{Counted.Of(count, "package")} of which the index has no wheel to compare with",
        _ => $"{Counted.Of(count, "file")} left behind by an uninstall that failed",
    };

    /// <summary>One finding, behind its path; empty when the path says all.</summary>
    public static string DetailOf(AuditFinding finding)
    {
        string owner = string.Join(", ", finding.Packages);
        string people = string.Join(", ", finding.People);
        return finding.Kind switch
        {
            AuditKind.StartUpCode or AuditKind.StartUpPath => owner.Length > 0 ? owner : "no package",
            AuditKind.Unowned or AuditKind.LeftOver => finding.Count > 1 ? Counted.Of(finding.Count, "file")
                : finding.Seen is { } target ? $"a link to {target}" : "",
            AuditKind.Missing => finding.Count > 1 ? $"{owner}, and {finding.Count - 1:N0} more" : owner,
            AuditKind.Overwritten => $"of {owner}; it is that of {(finding.Seen is { Length: > 0 } seen ? seen : "one of them")}",
            AuditKind.SeveralOwners => owner,
            AuditKind.WritableByOthers => finding.Count > 1 ? $"{people}, and {finding.Count - 1:N0} more there" : people,
            AuditKind.AncestorWritable => people,
            AuditKind.ShadowsLibrary or AuditKind.ShadowsCommand => Joined(owner, finding.Seen),
            AuditKind.RecordLeadsOut => Joined(owner, $"{finding.Seen}{(finding.Count > 1 ? $" and {finding.Count - 1:N0} more" : "")}"),
            AuditKind.InstalledByRoot => $"with {finding.Seen}",
            AuditKind.EditableInstall or AuditKind.LinkLeadsOut or AuditKind.NotLookedAt or AuditKind.UnreadableRecord
                or AuditKind.OtherName => Joined(owner, finding.Seen),
            AuditKind.KnownMalware or AuditKind.KnownVulnerability => Joined(owner, finding.Seen),
            _ => owner,
        };
    }

    /// <summary>A line of its own below the finding: code, or where it leads.</summary>
    public static string? ExcerptOf(AuditFinding finding) =>
        finding.Kind is AuditKind.StartUpCode or AuditKind.StartUpPath ? finding.Seen : null;

    /// <summary>In one word, for JSON.</summary>
    public static string Of(SiteKind kind) => kind switch
    {
        SiteKind.System => "system",
        SiteKind.User => "user",
        SiteKind.VirtualEnvironment => "virtual-environment",
        _ => "named",
    };

    /// <summary>In one word, for JSON: <c>start-up-code</c>.</summary>
    public static string IdOf(AuditKind kind) => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    private static string Directories(int count) => count == 1 ? "1 directory" : $"{count:N0} directories";

    private static string Them(int count) => count == 1 ? "it" : "them";

    private static string Its(int count) => count == 1 ? "its" : "their";

    private static string Joined(string first, string? second) =>
        first.Length == 0 ? second ?? "" : second is { Length: > 0 } ? $"{first}: {second}" : first;
}
