namespace Sandpiper.Sandbox.Profiles;

/// <summary>Why a grant is refused.</summary>
public abstract record GrantRefusal
{
    private GrantRefusal() { }

    /// <summary>There is nothing of that name (for writing: no directory), or we may not look at it.</summary>
    public sealed record Absent : GrantRefusal;

    /// <summary>Its name, or that of what it leads to, is no UTF-8.</summary>
    public sealed record NoText : GrantRefusal;

    /// <summary>It is a link, and nobody would be shown unasked what it leads to.</summary>
    public sealed record LeadsTo(string Real, Sensitivity Why) : GrantRefusal;

    /// <summary>It was remembered as the place itself, and leads elsewhere now.</summary>
    public sealed record LeadsElsewhere(string Real) : GrantRefusal;

    /// <summary>What is written there can run later, outside.</summary>
    public sealed record Sensitive(Sensitivity Why) : GrantRefusal;

    /// <summary>The sealed packages of every environment lie there.</summary>
    public sealed record HoldsPackages : GrantRefusal;

    /// <summary>What later installs believe lies there.</summary>
    public sealed record HoldsCache : GrantRefusal;

    /// <summary>The caller's shell looks for programs there (PATH).</summary>
    public sealed record HoldsPrograms : GrantRefusal;

    /// <summary>It is a device, or lies where they do.</summary>
    public sealed record Device : GrantRefusal;

    /// <summary>It was to be granted as a device, and is none, or one that nobody is given.</summary>
    public sealed record UnfitDevice(DeviceRefusal Why) : GrantRefusal;

    /// <summary>The caller may not write there himself.</summary>
    /// <param name="InsteadOfRoot">Whom root became, where he was root; else null.</param>
    public sealed record NotTheCallers(string? InsteadOfRoot) : GrantRefusal;
}
