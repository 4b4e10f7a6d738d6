namespace Sandpiper.Samples;

/// <summary>Little packages that do what they say.</summary>
public static class OrdinaryPackages
{
    /// <summary>A package of one module whose <c>VERSION</c> is its version.</summary>
    public static SampleWheel Library(string name, string version, params string[] requires) =>
        new SampleWheel(name, version).WithRequires(requires)
            .WithFile($"{name.Replace('-', '_')}/__init__.py", $"VERSION = \"{version}\"\n")
            .WithFile($"{name.Replace('-', '_')}/data.txt", $"data of {name} {version}\n");

    /// <summary>Rounds numbers; `tide` needs it.</summary>
    public static SampleWheel Pebble(string version = "1.0") =>
        new SampleWheel("pebble", version) { Summary = "Rounds numbers to what a person reads." }
            .WithFile("pebble/__init__.py", $"VERSION = \"{version}\"\n\n\ndef smooth(number):\n    return round(number, 1)\n");

    /// <summary>Prints a tide table; has a command.</summary>
    public static SampleWheel Tide(string version = "1.0") =>
        new SampleWheel("tide", version) { Summary = "Prints a tide table." }
            .WithRequires("pebble>=1.0")
            .WithConsoleScript("tide", "tide.table:main")
            .WithFile("tide/__init__.py", $"VERSION = \"{version}\"\n")
            .WithFile("tide/table.py", "import math\n\nimport pebble\n\n\ndef main():\n    for hour in range(0, 24, 6):\n        print(f\"{hour:02}:00  {pebble.smooth(2 + 1.5 * math.cos(hour / 3.95)):4} m\")\n");
}
