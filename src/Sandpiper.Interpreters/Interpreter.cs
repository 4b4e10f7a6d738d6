using System.Collections.Immutable;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;

namespace Sandpiper.Interpreters;

/// <summary>
/// What has to be known of a Python interpreter; read from its executable, or asked of it once, with <c>-I -S</c>, and remembered.
/// </summary>
/// <param name="Path">Of the base interpreter, absolute and without links: never one inside a virtual environment.</param>
/// <param name="Prefix">Where its own files lie (<c>sys.base_prefix</c>).</param>
/// <param name="Version">As it says: <c>3.11.2</c>, <c>3.14.0rc1</c>.</param>
/// <param name="Markers">For environment markers.</param>
/// <param name="Target">For compatibility tags.</param>
/// <param name="StandardLibrary">Top-level modules of the standard library, the built-in ones too: which no package may shadow.</param>
public sealed record Interpreter(
    string Path, string Prefix, string Version, MarkerEnvironment Markers, TagTarget Target, IReadOnlySet<string> StandardLibrary)
{
    /// <summary>As it was named or found, made absolute: possibly a link, possibly in a virtual environment.</summary>
    public required string AskedFor { get; init; }

    /// <summary>The directories and archives from which the standard library is imported.</summary>
    public required ImmutableArray<string> LibraryDirectories { get; init; }

    /// <summary><c>cpython-311</c>: which byte code is its own.</summary>
    public required string ByteCodeTag { get; init; }

    /// <summary><c>python3.11</c>, <c>python3.13t</c>, <c>pypy3.10</c>: the name of its directory of packages.</summary>
    public string VersionedName =>
        $"{(string.Equals(Target.Implementation, "pypy", StringComparison.Ordinal) ? "pypy" : "python")}"
            + $"{Target.Major}.{Target.Minor}{(Target.FreeThreaded ? "t" : "")}";
}
