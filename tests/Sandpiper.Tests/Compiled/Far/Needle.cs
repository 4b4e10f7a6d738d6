using Sandpiper.Tests.Compiled.Near;

namespace Sandpiper.Tests.Compiled.Far;

/// <summary>What <see cref="RoomTests"/> look for in types that name it, each in another place; and one arrow back.</summary>
internal class Needle : Exception
{
    public static readonly Stranger Other = new();

    public static int Count => 1;

    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class MarkAttribute : Attribute;
}
