using System.Globalization;

namespace Sandpiper.Environments.Shims;

/// <summary>Names of commands in one line that can be read: a package may have hundreds.</summary>
public static class ShownNames
{
    /// <summary>So many are told.</summary>
    public const int Most = 10;

    public static string Of(IReadOnlyCollection<string> names, string between = ", ") =>
        string.Join(between, names.Take(Most))
            + (names.Count > Most ? string.Create(CultureInfo.InvariantCulture, $" and {names.Count - Most:N0} more") : "");
}
