using System.Collections.Frozen;

namespace Sandpiper.Packaging.Requirements;

/// <summary>What a marker can ask about (PyPA "Dependency specifiers", "Environment markers").</summary>
internal enum MarkerField
{
    ImplementationName,
    ImplementationVersion,
    OsName,
    PlatformMachine,
    PlatformPythonImplementation,
    PlatformRelease,
    PlatformSystem,
    PlatformVersion,
    PythonFullVersion,
    PythonVersion,
    SysPlatform,
    Extra,
    Extras,
    DependencyGroups,
}

internal static class MarkerFieldName
{
    private static readonly string[] Names =
    [
        "implementation_name", "implementation_version", "os_name", "platform_machine", "platform_python_implementation",
        "platform_release",
        "platform_system", "platform_version", "python_full_version", "python_version", "sys_platform", "extra", "extras",
        "dependency_groups",
    ];

    // PEP 345 wrote them with dots, and setuptools knew one without its first word; metadata in the wild still does.
    private static readonly FrozenDictionary<string, MarkerField> Fields = Names.Select((name, index) => (name, (MarkerField)index)).Concat(
    [
        ("os.name", MarkerField.OsName), ("sys.platform", MarkerField.SysPlatform), ("platform.version", MarkerField.PlatformVersion),
        ("platform.machine", MarkerField.PlatformMachine), ("platform.python_implementation", MarkerField.PlatformPythonImplementation),
        ("python_implementation", MarkerField.PlatformPythonImplementation),
    ]).ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);

    public static string Name(this MarkerField field) => Names[(int)field];

    public static bool TryFind(ReadOnlySpan<char> name, out MarkerField field) =>
        Fields.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out field);

    // The table of January 2026, as packaging 26.3 implements it: platform_release is one, platform_version never is.
    public static bool IsVersion(this MarkerField field) =>
        field is MarkerField.PythonVersion or MarkerField.PythonFullVersion or MarkerField.ImplementationVersion
            or MarkerField.PlatformRelease;

    /// <summary>The text of a field in an environment; null for the fields that no interpreter has.</summary>
    public static string? In(this MarkerField field, MarkerEnvironment environment) => field switch
    {
        MarkerField.ImplementationName => environment.ImplementationName,
        MarkerField.ImplementationVersion => environment.ImplementationVersion,
        MarkerField.OsName => environment.OsName,
        MarkerField.PlatformMachine => environment.PlatformMachine,
        MarkerField.PlatformPythonImplementation => environment.PlatformPythonImplementation,
        MarkerField.PlatformRelease => environment.PlatformRelease,
        MarkerField.PlatformSystem => environment.PlatformSystem,
        MarkerField.PlatformVersion => environment.PlatformVersion,
        MarkerField.PythonVersion => environment.PythonVersion,
        MarkerField.SysPlatform => environment.SysPlatform,
        // An interpreter built from a working copy says "3.15.0a3+": a local version, once the plus has a label.
        MarkerField.PythonFullVersion when environment.PythonFullVersion.EndsWith('+') => environment.PythonFullVersion + "local",
        MarkerField.PythonFullVersion => environment.PythonFullVersion,
        _ => null,
    };
}
