namespace Sandpiper.Sandbox.Profiles;

/// <summary>A grant that must not be given, or cannot. Nothing was started.</summary>
public sealed class GrantRefusedException(PathAccess access, string path, GrantRefusal reason) : Exception($"{access} {path}: {reason}")
{
    /// <summary>What it was to be granted for.</summary>
    public PathAccess Access { get; } = access;

    /// <summary>As the user named it.</summary>
    public string Path { get; } = path;

    public GrantRefusal Reason { get; } = reason;
}
