namespace Sandpiper.Packaging.Requirements;

/// <summary>The fields that a marker may name.</summary>
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

/// <summary>How fields are spelled, the spellings of PEP 345 and old setuptools among them.</summary>
internal static class MarkerFields
{
    private static readonly (string Name, MarkerField Field)[] Spellings =
    [
        ("python_full_version", MarkerField.PythonFullVersion),
        ("python_version", MarkerField.PythonVersion),
        ("python_implementation", MarkerField.PlatformPythonImplementation),
        ("os_name", MarkerField.OsName),
        ("os.name", MarkerField.OsName),
        ("sys_platform", MarkerField.SysPlatform),
        ("sys.platform", MarkerField.SysPlatform),
        ("platform_release", MarkerField.PlatformRelease),
        ("platform_system", MarkerField.PlatformSystem),
        ("platform_version", MarkerField.PlatformVersion),
        ("platform.version", MarkerField.PlatformVersion),
        ("platform_machine", MarkerField.PlatformMachine),
        ("platform.machine", MarkerField.PlatformMachine),
        ("platform_python_implementation", MarkerField.PlatformPythonImplementation),
        ("platform.python_implementation", MarkerField.PlatformPythonImplementation),
        ("implementation_name", MarkerField.ImplementationName),
        ("implementation_version", MarkerField.ImplementationVersion),
        ("extras", MarkerField.Extras),
        ("extra", MarkerField.Extra),
        ("dependency_groups", MarkerField.DependencyGroups),
    ];

    public static MarkerField? Find(ReadOnlySpan<char> name)
    {
        foreach ((string spelling, MarkerField field) in Spellings)
        {
            if (name.SequenceEqual(spelling)) return field;
        }
        return null;
    }

    /// <summary>The spelling of the standard.</summary>
    public static string Spell(MarkerField field) => field switch
    {
        MarkerField.PlatformPythonImplementation => "platform_python_implementation",
        _ => Spellings.First(s => s.Field == field).Name,
    };

    /// <summary>Fields that are compared as versions where both sides are such.</summary>
    public static bool IsVersion(MarkerField field) => field
        is MarkerField.PythonVersion or MarkerField.PythonFullVersion or MarkerField.ImplementationVersion or MarkerField.PlatformRelease;
}
