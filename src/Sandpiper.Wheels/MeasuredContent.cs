using Sandpiper.Packaging.Names;

namespace Sandpiper.Wheels;

/// <summary>What was seen of a file while it was inflated.</summary>
/// <param name="IsPythonScript">It begins with <c>#!python</c>.</param>
/// <param name="IsNative">It begins as programs and shared objects do (ELF).</param>
public readonly record struct MeasuredContent(Sha256Digest Digest, long Size, bool IsPythonScript, bool IsNative);
