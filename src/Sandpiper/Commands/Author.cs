using System.Globalization;
using Sandpiper.Kernel.Users;

namespace Sandpiper.Commands;

/// <summary>Who does what is being written down.</summary>
internal static class Author
{
    /// <summary>The user's name; where the machine knows none for him, as for whom root becomes, <c>uid 60999</c>.</summary>
    public static string Name { get; } = Environment.UserName is { Length: > 0 } name
        ? name : string.Create(CultureInfo.InvariantCulture, $"uid {UserIds.Effective}");
}
