using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Metadata;

namespace Sandpiper.Packaging.Wheels;

/// <summary>The WHEEL file: format version and where the root goes (PyPA "Binary distribution format").</summary>
/// <param name="MajorVersion">Only 1 may be installed.</param>
/// <param name="MinorVersion">Greater than 0 deserves a warning.</param>
/// <param name="RootIsPurelib">False when the file does not say, as pip reads it.</param>
/// <param name="Generator">The tool that made the wheel; empty when it does not say.</param>
public sealed record WheelInfo(int MajorVersion, int MinorVersion, bool RootIsPurelib, string Generator)
{
    private const int MaxBytes = 1 << 20;

    /// <summary>The <c>Tag</c> lines as written; hints, since the file name decides (some tools forget to expand them).</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>A problem: no readable Wheel-Version, a field given twice, or a Root-Is-Purelib that is neither true nor false.</summary>
    public static bool TryParse(ReadOnlySpan<byte> content, [NotNullWhen(true)] out WheelInfo? info, out string problem)
    {
        info = null;
        problem = content.Length > MaxBytes ? "WHEEL is too large" : "";
        string? version = null, root = null, generator = null;
        var tags = ImmutableArray.CreateBuilder<string>();
        var fields = new HeaderFields(content);
        while (problem.Length == 0 && fields.TryNext())
        {
            switch (fields.Name)
            {
                case "wheel-version": TakeOnce(ref version, fields, ref problem); break;
                case "root-is-purelib": TakeOnce(ref root, fields, ref problem); break;
                case "generator": TakeOnce(ref generator, fields, ref problem); break;
                case "tag": tags.Add(fields.Value); break;
            }
        }
        if (problem.Length > 0) return false;

        bool isPurelib = string.Equals(root, "true", StringComparison.OrdinalIgnoreCase);
        if (!FormatVersion.TryParse(version, out var format)) problem = "WHEEL has no readable Wheel-Version";
        else if (root is not null && !isPurelib && !root.Equals("false", StringComparison.OrdinalIgnoreCase))
            problem = "WHEEL has a Root-Is-Purelib that is neither true nor false";
        else info = new WheelInfo(format.Major, format.Minor, isPurelib, generator ?? "") { Tags = tags.DrainToImmutable() };
        return info is not null;
    }

    private static void TakeOnce(ref string? value, in HeaderFields field, ref string problem)
    {
        if (value is not null) problem = $"WHEEL gives {field.Name} twice";
        value = field.Value;
    }
}
