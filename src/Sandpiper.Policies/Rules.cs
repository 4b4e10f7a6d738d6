using System.Collections.Immutable;

namespace Sandpiper.Policies;

/// <summary>The codes that a refusal names: which fault belongs to which, and which of them a person can accept.</summary>
public static class Rules
{
    private const string TwoOwners = "SP-ENV-01", Shadowing = "SP-ENV-02";

    private static readonly ImmutableArray<string> Hooks = ["SP-WHEEL-20", "SP-WHEEL-21", "SP-WHEEL-22", "SP-WHEEL-23"];

    // What RECORD or .metadata say wrongly can be set aside: the bytes are still those the index named. Without the other rules nobody
    // could say which package, which files or which places it is about.
    private static readonly ImmutableArray<string> OfOneWheel =
        ["SP-WHEEL-06", "SP-WHEEL-07", "SP-WHEEL-08", "SP-WHEEL-09", "SP-WHEEL-14", "SP-WHEEL-16", "SP-WHEEL-17", .. Hooks];

    /// <summary>Those that can be accepted, ordered.</summary>
    public static ImmutableArray<string> Acceptable { get; } = [.. OfOneWheel, TwoOwners, Shadowing];

    /// <summary>Whether accepting it makes a start-up hook active.</summary>
    public static bool IsAboutHooks(string rule) => Hooks.Contains(rule, StringComparer.Ordinal);

    /// <summary>
    /// Whether it is about what else an environment holds,
    /// so that accepting it says nothing about any other environment.
    /// </summary>
    public static bool IsAboutEnvironment(string rule) => rule is TwoOwners or Shadowing;

    /// <summary>Whether a person can accept this: only where it stays clear what would be installed.</summary>
    public static bool MayBeAccepted(Fault fault) =>
        fault != Fault.PartOfEnvironment && Acceptable.Contains(CodeOf(fault), StringComparer.Ordinal);

    /// <summary>
    /// Whether it is no reason against one confined run: what else an environment holds is, and so is an index that offers other bytes
    /// than before.
    /// </summary>
    public static bool MayBeTried(Fault fault) =>
        MayBeAccepted(fault) && fault != Fault.OtherBytesThanBefore && !IsAboutEnvironment(CodeOf(fault));

    /// <summary>A fault of this rule, where only the rule is on record; null when there is no such rule.</summary>
    public static Fault? AnyOf(string rule) =>
        Enum.GetValues<Fault>().Where(f => MayBeAccepted(f) && string.Equals(CodeOf(f), rule, StringComparison.Ordinal))
            .Select(f => (Fault?)f).FirstOrDefault();

    /// <summary>Stable: users quote it to accept; never reused for another meaning.</summary>
    public static string CodeOf(Fault fault) => fault switch
    {
        Fault.Archive => "SP-ZIP",
        Fault.NoWheelName => "SP-WHEEL-01",
        Fault.NoDistInfo or Fault.TwoProjects or Fault.DistInfoOfAnother or Fault.ProjectThroughData => "SP-WHEEL-02",
        Fault.NoMetadata or Fault.UnreadableMetadata or Fault.MetadataOfAnother => "SP-WHEEL-03",
        Fault.NoWheelDocument or Fault.UnreadableWheelDocument or Fault.UnknownWheelFormat => "SP-WHEEL-04",
        Fault.NoRecord or Fault.UnreadableRecord => "SP-WHEEL-05",
        Fault.NotListed => "SP-WHEEL-06",
        Fault.NotThere => "SP-WHEEL-07",
        Fault.OtherSize or Fault.OtherContent => "SP-WHEEL-08",
        Fault.NoHash => "SP-WHEEL-09",
        Fault.DataOfAnother or Fault.UnknownPlace or Fault.ScriptInDirectory => "SP-WHEEL-10",
        Fault.ReplacesEnvironment => "SP-WHEEL-11",
        Fault.NoEntryPoints or Fault.UnreadableEntryPoints => "SP-WHEEL-12",
        Fault.FilesThatAreOne or Fault.DirectoriesThatAreOne => "SP-WHEEL-13",
        Fault.OtherMetadata => "SP-WHEEL-14",
        Fault.LongPath => "SP-WHEEL-15",
        Fault.ModuleWithoutSource => "SP-WHEEL-16",
        Fault.OtherBytesThanBefore => "SP-WHEEL-17",
        Fault.ImportedAtStart => "SP-WHEEL-20",
        Fault.CodeAtStart => "SP-WHEEL-21",
        Fault.PathsAtStart => "SP-WHEEL-22",
        Fault.FunctionsAtStart => "SP-WHEEL-23",
        Fault.PartOfEnvironment or Fault.FileOfAnother or Fault.ModuleOfAnother => TwoOwners,
        Fault.ShadowsLibrary or Fault.ProgramShadowsLibrary => Shadowing,
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "no such fault"),
    };
}
