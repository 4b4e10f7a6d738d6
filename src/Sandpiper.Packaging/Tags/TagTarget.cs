namespace Sandpiper.Packaging.Tags;

/// <summary>What decides which tags an interpreter accepts.</summary>
/// <param name="Implementation">Marker field <c>implementation_name</c>: <c>cpython</c>, <c>pypy</c>.</param>
/// <param name="Major">3.</param>
/// <param name="Minor">11.</param>
/// <param name="FreeThreaded"><c>Py_GIL_DISABLED</c>.</param>
/// <param name="Debug"><c>Py_DEBUG</c>.</param>
/// <param name="Architecture">
/// Of the interpreter's own executable, not of the kernel: <c>x86_64</c>, <c>aarch64</c>. <c>armv7l</c> means hard float.
/// </param>
/// <param name="Libc">glibc or musl, with its version.</param>
public sealed record TagTarget(
    string Implementation, int Major, int Minor, bool FreeThreaded, bool Debug, string Architecture, LibcVersion Libc);
