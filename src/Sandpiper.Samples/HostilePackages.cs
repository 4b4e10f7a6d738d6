using System.Text;

namespace Sandpiper.Samples;

/// <summary>
/// The hostile cast, one attack each, all inert: a payload adds a line to a marker file, or copies a decoy key, at paths which the
/// caller names. Whether the marker exists afterwards tells whether the attack works.
/// </summary>
public static class HostilePackages
{
    /// <summary>Moment: build. Classic <c>setup.py</c>; whoever builds it (or only asks for its metadata) runs it.</summary>
    public static SampleSdist SdistWhoseSetupRuns(string marker) => new SampleSdist("setup-runs", "1.0")
        .WithFile("setup_runs.py", "VALUE = 1\n")
        .WithSetup($"""
            from setuptools import setup
            {PythonText.Mark(marker, "setup.py ran")}
            setup(name="setup-runs", version="1.0", py_modules=["setup_runs"])

            """);

    /// <summary>Moment: build. A backend that travels in the sdist (PEP 517) and needs nothing else, so it also builds off line.</summary>
    public static SampleSdist SdistWhoseBackendRuns(string marker)
    {
        byte[] wheel = new SampleWheel("backend-runs", "1.0").WithFile("backend_runs.py", "VALUE = 1\n").Build();
        return new SampleSdist("backend-runs", "1.0")
            .WithPyProject("[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n")
            .WithFile("backend.py", $"""
                import base64, os
                {PythonText.Mark(marker, "build backend ran")}
                WHEEL = "{Convert.ToBase64String(wheel)}"

                def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
                    name = "backend_runs-1.0-py3-none-any.whl"
                    with open(os.path.join(wheel_directory, name), "wb") as file:
                        file.write(base64.b64decode(WHEEL))
                    return name

                """);
    }

    /// <summary>Moment: every interpreter start. A <c>.pth</c> line that starts with <c>import</c> is executed by <c>site</c>.</summary>
    public static SampleWheel WheelWithPthHook(string marker) => new SampleWheel("pth-hook", "1.0")
        .WithFile("pth_hook.py", "VALUE = 1\n")
        .WithFile("pth_hook.pth", $"import os; {PythonText.Mark(marker, ".pth hook ran")}\n");

    /// <summary>Moment: every interpreter start from Python 3.15 on (PEP 829).</summary>
    public static SampleWheel WheelWithStartHook(string marker) => new SampleWheel("start-hook", "1.0")
        .WithFile("start_hook.py", $"def begin():\n    {PythonText.Mark(marker, ".start hook ran")}\n")
        .WithFile("start_hook.start", "start_hook:begin\n");

    /// <summary>Moment: every interpreter start. <c>site</c> imports this name if it finds it.</summary>
    public static SampleWheel WheelWithSitecustomize(string marker) => new SampleWheel("site-customizer", "1.0")
        .WithFile("sitecustomize.py", $"{PythonText.Mark(marker, "sitecustomize ran")}\n");

    /// <summary>Moment: every interpreter start, where the user's own packages are looked at.</summary>
    public static SampleWheel WheelWithUsercustomize(string marker) => new SampleWheel("user-customizer", "1.0")
        .WithFile("usercustomize.py", $"{PythonText.Mark(marker, "usercustomize ran")}\n");

    /// <summary>Moment: every interpreter start. As <see cref="WheelWithPthHook"/>, by a side door.</summary>
    public static SampleWheel WheelWithPthHookInData(string marker) => new SampleWheel("data-hook", "1.0")
        .WithFile("data_hook.py", "VALUE = 1\n")
        .WithPurelib("data_hook.pth", $"import os; {PythonText.Mark(marker, ".pth hook from .data ran")}\n");

    /// <summary>A module that RECORD does not list: it is installed, and no uninstall removes it.</summary>
    public static SampleWheel WheelWithUnlistedFile(string marker) => new SampleWheel("stowaway", "1.0")
        .WithFile("stowaway.py", "VALUE = 1\n")
        .WithFile("stowaway_hidden.py", $"{PythonText.Mark(marker, "the unlisted module ran")}\n")
        .WithoutRecordRow("stowaway_hidden.py");

    /// <summary>Moment: import, by anybody who wanted the standard library's module.</summary>
    public static SampleWheel WheelThatShadowsStandardLibrary(string marker) => new SampleWheel("shadow", "1.0")
        .WithFile("random.py", $"{PythonText.Mark(marker, "the shadowing module ran")}\n");

    /// <summary>RECORD gives the hash of something else than what the wheel holds.</summary>
    public static SampleWheel WheelThatLiesInRecord() => new SampleWheel("record-liar", "1.0")
        .WithFile("record_liar.py", "VALUE = 1\n")
        .WithWrongHashInRecord("record_liar.py");

    /// <summary>
    /// Moment: import. Tries to change a neighbour's file, to copy a key, and to plant a start-up hook beside itself;
    /// its command <c>import-tamperer</c> prints how each attempt went.
    /// </summary>
    /// <param name="neighbour">A module, which is also the name of its project.</param>
    /// <param name="key">A decoy.</param>
    /// <param name="loot">Where the key's copy goes.</param>
    public static SampleWheel WheelThatTampersAtImport(string neighbour, string key, string loot) =>
        new SampleWheel("import-tamperer", "1.0")
        .WithRequires(neighbour)
        .WithConsoleScript("import-tamperer", "import_tamperer:main")
        .WithFile("import_tamperer/__init__.py", $"""
            import importlib, pathlib

            def change_neighbour():
                path = importlib.import_module({PythonText.Literal(neighbour)}).__file__
                with open(path, "a") as file:
                    file.write("\nTAMPERED = True\n")

            def copy_key():
                pathlib.Path({PythonText.Literal(loot)}).write_bytes(pathlib.Path({PythonText.Literal(key)}).read_bytes())

            def plant_hook():
                (pathlib.Path(__file__).parent.parent / "tampered.pth").write_text("# planted\n")

            def outcome(attempt):
                try:
                    attempt()
                    return "done"
                except Exception as error:
                    return "stopped: " + type(error).__name__

            OUTCOMES = [(attempt.__name__, outcome(attempt)) for attempt in (change_neighbour, copy_key, plant_hook)]

            def main():
                for name, result in OUTCOMES:
                    print(name, result, sep="\t")

            """);

    /// <summary>Moment: install, then every start. A script named <c>python</c> lands where the interpreter is.</summary>
    public static SampleWheel WheelThatReplacesPython(string marker) => new SampleWheel("python-replacer", "1.0")
        .WithFile("python_replacer.py", "VALUE = 1\n")
        .WithScript("python", $"#!/usr/bin/python3\n{PythonText.Mark(marker, "the wrong python ran")}\n");

    /// <summary>Moment: install, then every start. Whoever writes <c>pyvenv.cfg</c> chooses the standard library.</summary>
    public static SampleWheel WheelThatWritesPyvenvCfg(string home) => new SampleWheel("cfg-writer", "1.0")
        .WithFile("cfg_writer.py", "VALUE = 1\n")
        .WithData("pyvenv.cfg", Encoding.UTF8.GetBytes($"home = {home}\ninclude-system-site-packages = true\n"));

    /// <summary>Moment: install. An entry point's name is a path (pip 26.1.2, uv GHSA-4gg8-gxpx-9rph).</summary>
    public static SampleWheel WheelWithScriptOutside(string marker) => new SampleWheel("script-outside", "1.0")
        .WithFile("script_outside.py", $"def main():\n    {PythonText.Mark(marker, "the script outside ran")}\n")
        .WithConsoleScript("../script-outside", "script_outside:main");

    /// <summary>Moment: install. Brings a file that belongs to another package.</summary>
    /// <param name="neighbour">A module with a folder, which is also the name of its project.</param>
    /// <param name="marker">Written when the replaced module is imported.</param>
    public static SampleWheel WheelOverAnotherPackage(string neighbour, string marker) => new SampleWheel("neighbour-overwriter", "1.0")
        .WithRequires(neighbour)
        .WithFile("neighbour_overwriter.py", "VALUE = 1\n")
        .WithFile($"{neighbour}/__init__.py", $"{PythonText.Mark(marker, "the replaced module ran")}\n");

    /// <summary>Moment: unpacking. A member's name leaves the destination.</summary>
    /// <param name="name">Such as <c>../../slipped.txt</c>.</param>
    public static SampleWheel ZipSlip(string name) => new SampleWheel("zip-slip", "1.0")
        .WithFile("zip_slip.py", "VALUE = 1\n")
        .WithFile(name, "slipped\n");
}
