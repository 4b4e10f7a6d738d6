namespace Sandpiper.Packaging.Tags;

/// <summary>The C library that an interpreter is linked to: what compiled wheels need most of all.</summary>
/// <param name="Kind">Which C library.</param>
/// <param name="Major">2 for glibc 2.36.</param>
/// <param name="Minor">36 for glibc 2.36.</param>
public readonly record struct LibcVersion(LibcKind Kind, int Major, int Minor);

/// <summary>The C libraries for which Linux wheels are published.</summary>
public enum LibcKind
{
    Glibc,
    Musl,
}
