using System.Collections.Immutable;
using Sandpiper.Assessment;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Console;

/// <summary>The words for what an assessment found: cells, moments, people, assets.</summary>
internal static class AssessmentWords
{
    /// <summary>One word, ordered by how little somebody has to do.</summary>
    public static string Of(Cell cell) => cell.Worst switch
    {
        Worst.Install => "NOW",
        Worst.Use => cell.AtStart ? "start" : "use",
        Worst.Planted => "later",
        Worst.Sudo => "sudo",
        Worst.Never => "–",
        Worst.Derived => "=",
        _ => "?",
    };

    public static Ink InkOf(Worst worst) => worst switch
    {
        Worst.Install or Worst.Use => Ink.Red,
        Worst.Planted or Worst.Sudo or Worst.Unknown => Ink.Yellow,
        _ => Ink.Green,
    };

    /// <summary>After the name of what is reached.</summary>
    public static string When(Cell cell) => cell.Worst switch
    {
        Worst.Install => "while installing",
        Worst.Use => cell.AtStart ? "when somebody starts Python" : "when the package is used",
        Worst.Planted => "later, by what it left behind",
        Worst.Sudo => "with your next sudo",
        Worst.Never => "never",
        _ => "nobody knows when: it could not be installed here",
    };

    public static string Of(Asset asset) => asset switch
    {
        Asset.Root => "the system and root's secrets",
        Asset.OtherUsers => "other users",
        Asset.CommandsForAll => "commands for all",
        Asset.SharedSitePackages => "the shared site-packages",
        Asset.Installer => "the installer",
        Asset.Keys => "your keys",
        Asset.Files => "your files",
        Asset.Startup => "your start-up files",
        Asset.Tools => "your tools",
        Asset.SameEnvironment => "its neighbours in the environment",
        Asset.OtherEnvironments => "your other environments",
        _ => "the network",
    };

    /// <summary>The way that is meant by the number that people give it, or by its name.</summary>
    public static string WayOf(string asked) => asked.Trim('(', ')') switch
    {
        "1" => "sudo-pip",
        "2" => "pip-user",
        "2b" => "pip-user-root-fallback",
        "3" => "own-site-packages",
        "4" => "virtualenv",
        "1+4" => "mix",
        _ => asked,
    };

    /// <summary>The asset that is meant by its name, or by the title of its column; null when none is.</summary>
    public static Asset? AssetOf(string asked) => asked.ToLowerInvariant() switch
    {
        "system" => Asset.Root,
        "others" => Asset.OtherUsers,
        "shared" => Asset.SharedSitePackages,
        "envs" => Asset.OtherEnvironments,
        var id => AssetNames.Find(id),
    };

    public static string Of(Person person) => person switch
    {
        Person.Root => "root",
        Person.You => "you",
        Person.Other => "another user",
        _ => "the package user",
    };

    /// <summary>Several people at once.</summary>
    public static string Of(IReadOnlyCollection<Person> people) =>
        people.Count == 0 ? "nobody"
        : people.Contains(Person.Root) && people.Contains(Person.You) && people.Contains(Person.Other) ? "everybody"
        : string.Join(", ", people.Select(Of));

    /// <summary>Whose rights hostile code still has in a row after all was made anew, in at most 13 columns.</summary>
    public static string StillRuns(Row row) => InShort(row.StillRunsAs(Moment.AfterRebuild), row.StillRunsBySudoAs) is var said
        && row.HasGap && said is "nobody" ? "?" : said;

    /// <summary>The same in at most 13 columns; a star after those who come only by sudo.</summary>
    public static string InShort(IReadOnlyCollection<Person> people, IReadOnlyCollection<Person> bySudo)
    {
        string[] names = [.. people.Order().Select(Name), .. bySudo.Order().Select(p => Name(p) + "*")];
        return Of(people) is "everybody" ? "everybody"
            : names.Length == 0 ? "nobody"
            : names.Length < 3 && string.Join(", ", names) is { Length: <= 13 } all ? all
            : $"{names[0]}, {names.Length - 1} more";

        static string Name(Person person) => person switch
        {
            Person.Other => "other",
            Person.PackageUser => "pkgs",
            _ => Of(person),
        };
    }

    /// <summary>What happened in a step.</summary>
    public static string Of(Reach reach) => $"{Of(reach.By)} {reach.Moment switch
    {
        Moment.Resolve => "only fetched the package",
        Moment.Install => "installed the package",
        Moment.Start => "started Python",
        Moment.SudoPip => "used pip for something else",
        Moment.Installer => "used the installer again",
        Moment.Import => "imported the package",
        Moment.Tool => "ran the package",
        Moment.ShadowedTool => "typed `id`",
        Moment.Neighbour => "imported another package",
        Moment.StartAgain => "started Python afterwards",
        Moment.Uninstall => "removed the package",
        Moment.AfterUninstall => "used Python after the package was removed",
        Moment.AfterRebuild => "used Python after site-packages was made anew",
        Moment.SudoKeepingHome => "started Python by a sudo that keeps HOME",
        _ => "ran what was typed as `sudo true`",
    }}";

    /// <summary>What was left behind, by its trigger.</summary>
    public static string OfPlant(string trigger) => trigger switch
    {
        "planted-shared-pth" => "a .pth file in the shared site-packages",
        "planted-user-pth" => "a .pth file in your own site-packages",
        "planted-root-pth" => "a .pth file in root's own site-packages",
        "planted-other-pth" => "a .pth file in another user's own site-packages",
        "planted-environment-pth" => "a .pth file in the environment",
        "planted-installer" => "a line in pip's own code",
        "planted-neighbour" => "a line in another package",
        _ => "a function named sudo in your .bashrc",
    };

    /// <summary>What one package does, which may be several things.</summary>
    public static string Of(ImmutableArray<Kind> kinds) => string.Join(", ", kinds.Select(Of));

    public static string Of(Kind kind) => kind switch
    {
        Kind.Build => "a source package whose build runs code",
        Kind.Pth => "a .pth file",
        Kind.Import => "code at import",
        Kind.Script => "a command that shadows another",
        Kind.Overwrite => "a file of another package",
        _ => "a package that does no harm",
    };

    public static string Of(ControlledFor what) => what switch
    {
        ControlledFor.FalseHash => "a package with another hash than was asked for",
        ControlledFor.WheelsOnly => "a source package where only wheels are taken",
        _ => "a package that does no harm",
    };

    /// <summary>What came of the second measurement, in one sentence.</summary>
    public static string Of(Confirmation confirmation)
    {
        if (confirmation.Problem is { } problem) return $"The ways of pip were not tried with users of their own: {problem}.";
        if (confirmation.Differences.Length == 0)
            return $"With users of their own (subordinate uids) the ways of pip gave the same in all {confirmation.Cells} cells.";
        IEnumerable<string> cells = confirmation.Differences
            .Select(d => $"{d.Way}, {d.Asset.Id()} ({d.Views} here, {d.Users} there)");
        return $"With users of their own (subordinate uids) it came out otherwise, and is not to be relied on: {string.Join("; ", cells)}.";
    }
}
