namespace Sandpiper.Packaging.Requirements;

/// <summary>The marker fields of one interpreter on one machine, each the exact text the standard defines.</summary>
public sealed record MarkerEnvironment
{
    public required string ImplementationName { get; init; }
    public required string ImplementationVersion { get; init; }
    public required string OsName { get; init; }
    public required string PlatformMachine { get; init; }
    public required string PlatformPythonImplementation { get; init; }
    public required string PlatformRelease { get; init; }
    public required string PlatformSystem { get; init; }
    public required string PlatformVersion { get; init; }
    public required string PythonFullVersion { get; init; }
    public required string PythonVersion { get; init; }
    public required string SysPlatform { get; init; }
}
