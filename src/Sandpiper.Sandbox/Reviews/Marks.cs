using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Sandbox.Leftovers;

namespace Sandpiper.Sandbox.Reviews;

/// <summary>Which changes other programs run by themselves: by the rules that say what is kept aside where a program writes
/// itself.</summary>
internal static class Marks
{
    private static readonly FrozenSet<string> _none = [];

    private const string ShellOfPath = "your shell, which looks for programs there";

    /// <param name="changes">Of one root.</param>
    /// <param name="copy">Of that, opened for reading.</param>
    /// <param name="directory">Where the program saw it.</param>
    /// <param name="programs">Paths below it where the user's shell looks for programs, or that hold such a place.</param>
    /// <param name="mayLeadTo">Places to which a link may lead.</param>
    /// <param name="isThereToo">What the program saw without its being in the copy.</param>
    public static ImmutableArray<Change> On(
        ImmutableArray<Change> changes, SafeFileHandle copy, string directory, IReadOnlyCollection<string> programs,
        Func<string, bool> mayLeadTo, Func<string, bool> isThereToo)
    {
        Kernel.Files.Descriptor.MoveTo(copy, 0);
        Dictionary<string, Watched> found = WatchedTree.Read(copy, directory, _none, _none, mayLeadTo, isThereToo);
        return [.. changes.Select(change =>
            Prefixes(change.Path).FirstOrDefault(path => programs.Contains(path, StringComparer.Ordinal)) is { } program
                ? change with { RunBy = ShellOfPath, ToBeNamed = program }
            : change.Kind is ChangeKind.Removed ? OfNames(change) : Found(change, found))];
    }

    private static Change Found(Change change, Dictionary<string, Watched> found)
    {
        AutorunName? own = found.GetValueOrDefault(change.Path)?.Rule;
        string? named = Prefixes(change.Path).FirstOrDefault(path => found.GetValueOrDefault(path) is { Rule.IsUnasked: true });
        AutorunName? rule = own ?? (named is null ? null : found[named].Rule);
        return change with { RunBy = rule?.RunBy, ToBeNamed = named };
    }

    // It is gone: what it was its name alone tells.
    private static Change OfNames(Change change)
    {
        string? named = Prefixes(change.Path).FirstOrDefault(path => RuleOf(path) is { IsUnasked: true });
        return change with { RunBy = (named is null ? RuleOf(change.Path) : RuleOf(named))?.RunBy, ToBeNamed = named };
    }

    private static AutorunName? RuleOf(string path) => AutorunName.Of(path[(path.LastIndexOf('/') + 1)..]);

    private static IEnumerable<string> Prefixes(string path) => Change.Above(path).Append(path);
}
