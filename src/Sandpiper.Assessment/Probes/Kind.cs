using System.Collections.Immutable;

namespace Sandpiper.Assessment.Probes;

/// <summary>The ways in which a hostile package gets its code to run.</summary>
public enum Kind
{
    /// <summary>Code that runs when a source package is built, or only asked for its metadata.</summary>
    Build,

    /// <summary>A <c>.pth</c> file, which every start of a Python that finds it executes.</summary>
    Pth,

    /// <summary>Code that runs when the package is imported.</summary>
    Import,

    /// <summary>A command that bears the name of one that the system has.</summary>
    Script,

    /// <summary>A file of another package, brought along.</summary>
    Overwrite,

    /// <summary>A package that does no harm: the control.</summary>
    Benign,
}

/// <summary>The stable names of the kinds.</summary>
public static class KindNames
{
    /// <summary>Those that do harm, in the order in which they are tried.</summary>
    public static ImmutableArray<Kind> Hostile { get; } = [Kind.Build, Kind.Pth, Kind.Import, Kind.Script, Kind.Overwrite];

    /// <summary>The one that does harm by that name; null: there is none.</summary>
    public static Kind? Find(string id) => Hostile.Where(k => string.Equals(k.Id(), id, StringComparison.Ordinal))
        .Select(k => (Kind?)k).FirstOrDefault();

    public static string Id(this Kind kind) => kind switch
    {
        Kind.Build => "build",
        Kind.Pth => "pth",
        Kind.Import => "import",
        Kind.Script => "script",
        Kind.Overwrite => "overwrite",
        _ => "benign",
    };
}
