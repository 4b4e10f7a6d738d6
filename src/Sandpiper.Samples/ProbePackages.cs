namespace Sandpiper.Samples;

/// <summary>
/// Packages that run a statement which their maker gives, one way each; for measuring who runs it, and when. The names fit together:
/// <c>probe</c> is asked for, <c>neighbour</c> is there already.
/// </summary>
public static class ProbePackages
{
    /// <summary>The project that is asked for.</summary>
    public const string Name = "probe";

    /// <summary>The project that is there before, a module with a folder.</summary>
    public const string Neighbour = "neighbour";

    /// <summary>The command of <see cref="Wheel"/> that the system has, too.</summary>
    public const string ShadowedCommand = "id";

    /// <summary>The project with a command, a header and a man page: what of them can be installed at all?</summary>
    public const string Furnished = "furnished";

    /// <summary>What is there before.</summary>
    public static SampleWheel NeighbourWheel() => new SampleWheel(Neighbour, "1.0")
        .WithFile($"{Neighbour}/__init__.py", "VALUE = 1\n")
        .WithFile($"{Neighbour}/decoy.txt", "nobody changed this\n");

    /// <summary>Does no harm, and has what lies outside <c>site-packages</c>.</summary>
    public static SampleWheel FurnishedWheel() => new SampleWheel(Furnished, "1.0")
        .WithFile($"{Furnished}/__init__.py", "def main():\n    return 0\n")
        .WithConsoleScript("furnished", $"{Furnished}:main")
        .WithData("share/man/man1/furnished.1", "A made-up page\n"u8.ToArray());

    /// <summary>A wheel that runs one statement at each of some moments; without any it does nothing, and is the control.</summary>
    /// <param name="import">When it is imported.</param>
    /// <param name="pth">At every start of a Python that finds it; one line that begins with <c>import</c>.</param>
    /// <param name="script">When a command of the system is typed.</param>
    /// <param name="overwrite">When the neighbour is imported.</param>
    public static SampleWheel Wheel(string? import = null, string? pth = null, string? script = null, string? overwrite = null)
    {
        SampleWheel wheel = new SampleWheel(Name, "1.0")
            .WithFile("probe/__init__.py", import is null ? "VALUE = 1\n" : import + "\n")
            .WithFile("probe/__main__.py", "import probe\n");
        if (pth is not null) wheel = wheel.WithFile("probe_start.pth", pth + "\n");
        if (script is not null)
        {
            wheel = wheel.WithFile("probe/shadow.py", $"def main():\n    {script}\n")
                .WithConsoleScript(ShadowedCommand, "probe.shadow:main");
        }
        return overwrite is null ? wheel : wheel.WithFile($"{Neighbour}/__init__.py", overwrite + "\n");
    }

    /// <summary>Moment: the source package is built, or asked for its metadata. Its backend travels in it and needs nothing else.</summary>
    /// <param name="built">What comes of building it.</param>
    public static SampleSdist Build(string statement, SampleWheel built)
    {
        string wheel = Convert.ToBase64String(built.Build());
        return new SampleSdist(Name, "1.0")
            .WithPyProject("[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n")
            .WithFile("backend.py", $"""
                import base64, os
                {statement}

                def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
                    name = "probe-1.0-py3-none-any.whl"
                    with open(os.path.join(wheel_directory, name), "wb") as file:
                        file.write(base64.b64decode("{wheel}"))
                    return name

                """);
    }
}
