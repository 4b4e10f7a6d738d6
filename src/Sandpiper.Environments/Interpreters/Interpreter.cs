using System.Collections.Immutable;
using Sandpiper.Packaging.Requirements;
using Sandpiper.Packaging.Tags;

namespace Sandpiper.Environments.Interpreters;

/// <summary>What has to be known of a Python interpreter; asked of it once, with <c>-I -S</c>, and remembered.</summary>
/// <param name="Path">Of the base interpreter, absolute: never one inside a virtual environment.</param>
/// <param name="Prefix">Where its own files lie (<c>sys.base_prefix</c>).</param>
/// <param name="Version">As it says, <c>3.11.2</c>.</param>
/// <param name="Markers">For environment markers.</param>
/// <param name="Target">For compatibility tags.</param>
/// <param name="StandardLibrary">Top-level modules of the standard library, which no package may shadow.</param>
public sealed record Interpreter(
    string Path, string Prefix, string Version, MarkerEnvironment Markers, TagTarget Target, ImmutableArray<string> StandardLibrary)
{
    /// <summary><c>python3.11</c>: the name of its directory of packages and of its own command.</summary>
    public string VersionedName => $"python{Target.Major}.{Target.Minor}{(Target.FreeThreaded ? "t" : "")}";
}
