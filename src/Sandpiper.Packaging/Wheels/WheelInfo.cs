using System.Diagnostics.CodeAnalysis;

namespace Sandpiper.Packaging.Wheels;

/// <summary>The WHEEL file: format version and where the root goes (PyPA "Binary distribution format").</summary>
public sealed record WheelInfo(int MajorVersion, int MinorVersion, bool RootIsPurelib, string Generator)
{
    public static bool TryParse(ReadOnlySpan<byte> content, [NotNullWhen(true)] out WheelInfo? info, out string problem) => throw new NotImplementedException();
}
