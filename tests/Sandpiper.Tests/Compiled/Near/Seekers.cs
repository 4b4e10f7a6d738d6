using Sandpiper.Tests.Compiled.Far;

namespace Sandpiper.Tests.Compiled.Near;

/// <summary>Names nobody; those below name <see cref="Needle"/>.</summary>
internal sealed class Stranger
{
    public int Count { get; } = 2;
}

internal sealed class Derived : Needle;

internal sealed class Holder
{
    public Needle[]? Held { get; set; }
}

internal abstract class Taker
{
    public abstract void Take(ref Needle needle);
}

internal sealed class Maker
{
    public static object Make() => new Needle();
}

internal sealed class Asker
{
    public static bool Ask(object what) => what is Needle;
}

internal sealed class Lister
{
    public static object List() => new Dictionary<string, List<Needle>>(StringComparer.Ordinal);
}

internal sealed class Catcher
{
    public static void Catch(Action what)
    {
        try
        {
            what();
        }
        catch (Needle)
        {
            // That is all.
        }
    }
}

internal sealed class Bounded<T>
    where T : Needle;

[Needle.Mark]
internal sealed class Marked;

internal sealed class Waiter
{
    public static async Task<int> Wait()
    {
        await Task.Yield();
        return Needle.Count;
    }
}

internal sealed class Outer
{
    internal sealed class Inner
    {
        public static Func<object> Later => () => typeof(Needle);
    }
}
