namespace Sandpiper.Sandbox.Profiles;

/// <summary>Why a program does not see the current directory.</summary>
public abstract record HiddenDirectory
{
    private HiddenDirectory() { }

    /// <summary>The user said so.</summary>
    public sealed record OnRequest : HiddenDirectory;

    /// <summary>There is none any more.</summary>
    public sealed record Gone : HiddenDirectory;

    /// <summary>Its name is no UTF-8.</summary>
    public sealed record NoText : HiddenDirectory;

    /// <summary>Nobody means to show it by standing in it.</summary>
    public sealed record Kept(Sensitivity Why) : HiddenDirectory;
}
