using System.Collections.Immutable;

namespace Sandpiper.Packaging.Tags;

/// <summary>A compatibility tag such as <c>cp311-abi3-manylinux_2_17_x86_64</c> (PyPA "Platform compatibility tags"); parts in lower case.</summary>
public readonly record struct Tag(string Interpreter, string Abi, string Platform)
{
    public override string ToString() => $"{Interpreter}-{Abi}-{Platform}";

    /// <summary>The expanded product of a compressed set such as <c>py2.py3-none-any</c>; false when it is malformed or unreasonably large.</summary>
    public static bool TryParseSet(ReadOnlySpan<char> text, out ImmutableArray<Tag> tags) => throw new NotImplementedException();
}

/// <summary>What decides which tags an interpreter accepts.</summary>
/// <param name="Implementation">Marker field <c>implementation_name</c>: <c>cpython</c>, <c>pypy</c>.</param>
/// <param name="Major">3.</param>
/// <param name="Minor">11.</param>
/// <param name="FreeThreaded"><c>Py_GIL_DISABLED</c>.</param>
/// <param name="Debug"><c>Py_DEBUG</c>.</param>
/// <param name="Architecture">Of the interpreter's own executable: <c>x86_64</c>, <c>aarch64</c>.</param>
/// <param name="Libc">glibc or musl, with its version.</param>
public sealed record TagTarget(string Implementation, int Major, int Minor, bool FreeThreaded, bool Debug, string Architecture, LibcVersion Libc);

/// <param name="Kind">Which C library.</param>
/// <param name="Major">2 for glibc 2.36.</param>
/// <param name="Minor">36 for glibc 2.36.</param>
public readonly record struct LibcVersion(LibcKind Kind, int Major, int Minor);

public enum LibcKind
{
    Glibc,
    Musl,
}

/// <summary>Every tag an interpreter accepts, best first (the order of <c>packaging.tags</c> 26.3).</summary>
public sealed class SupportedTags
{
    public ImmutableArray<Tag> Ordered => throw new NotImplementedException();

    public static SupportedTags Of(TagTarget target) => throw new NotImplementedException();

    /// <summary>The best place in the order that any of <paramref name="tags"/> has (0 = best), or null when none is accepted.</summary>
    public int? Rank(ImmutableArray<Tag> tags) => throw new NotImplementedException();
}
