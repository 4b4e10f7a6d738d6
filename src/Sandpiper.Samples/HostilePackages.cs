namespace Sandpiper.Samples;

/// <summary>
/// Stand-ins for malware. Each is inert: its payload only appends a line to a marker file, or copies a decoy key to a file, both at places
/// that the caller names; nothing else is read, written or contacted.
/// </summary>
public static class HostilePackages
{
    /// <summary>Python that copies the file at <paramref name="key"/> (below HOME) to <paramref name="loot"/>, and is silent when it cannot.</summary>
    public static string TakeKey(string key, string loot) =>
        $"import os\ntry:\n    open({Literal(loot)}, 'ab').write(open(os.path.join(os.path.expanduser('~'), {Literal(key)}), 'rb').read())\nexcept OSError:\n    pass\n";

    /// <summary>Python that appends a line to <paramref name="marker"/>, and is silent when it cannot.</summary>
    public static string Mark(string marker) => $"try:\n    open({Literal(marker)}, 'a').write('ran\\n')\nexcept OSError:\n    pass\n";

    /// <summary>A sdist that runs <paramref name="payload"/> when it is built, and then is an ordinary package.</summary>
    public static SampleSdist SdistThatRunsCode(string payload) => new("siltbuild", "1.0", payload + """


        import zipfile

        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            name = "siltbuild-1.0-py3-none-any.whl"
            with zipfile.ZipFile(wheel_directory + "/" + name, "w") as wheel:
                wheel.writestr("siltbuild.py", "")
                wheel.writestr("siltbuild-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: siltbuild\nVersion: 1.0\n")
                wheel.writestr("siltbuild-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: backend\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
                wheel.writestr("siltbuild-1.0.dist-info/RECORD", "siltbuild.py,,\nsiltbuild-1.0.dist-info/METADATA,,\nsiltbuild-1.0.dist-info/WHEEL,,\nsiltbuild-1.0.dist-info/RECORD,,\n")
            return name

        """);

    /// <summary>Code at every start of Python by a <c>.pth</c> file.</summary>
    public static SampleWheel PthHook(string payload) => Ordinary("pthhook").WithFile("pthhook.pth", $"import os; exec({Literal(payload)})\n");

    /// <summary>Code at every start of Python by <c>sitecustomize</c>.</summary>
    public static SampleWheel Sitecustomize(string payload) => Ordinary("sitehook").WithFile("sitecustomize.py", payload);

    /// <summary>Code at every start of Python by <c>usercustomize</c>.</summary>
    public static SampleWheel Usercustomize(string payload) => Ordinary("userhook").WithFile("usercustomize.py", payload);

    /// <summary>Code at every start of Python 3.15 by a <c>.start</c> file (PEP 829).</summary>
    public static SampleWheel StartHook(string payload) => Ordinary("starthook").WithFile("starthook/payload.py", $"def run():\n    exec({Literal(payload)})\n").WithFile("starthook.start", "starthook.payload:run\n");

    /// <summary>A hook that comes through <c>.data/purelib</c>.</summary>
    public static SampleWheel PthHookInData(string payload)
    {
        SampleWheel wheel = Ordinary("datahook");
        return wheel.WithFile($"{wheel.DataDirectory}/purelib/datahook.pth", $"import os; exec({Literal(payload)})\n");
    }

    /// <summary>A module whose content is not what RECORD says.</summary>
    public static SampleWheel LyingRecord(string payload)
    {
        SampleWheel wheel = Ordinary("liar").WithFile("liar/extra.py", payload);
        return wheel with { FalseRows = wheel.FalseRows.Add("liar/extra.py", "liar/extra.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0") };
    }

    /// <summary>A file that RECORD does not list.</summary>
    public static SampleWheel UnlistedFile(string payload) => Ordinary("stowaway").WithFile("stowaway/hidden.py", payload) with { UnlistedFiles = ["stowaway/hidden.py"] };

    /// <summary>Its script would replace the interpreter.</summary>
    public static SampleWheel ReplacesPython(string payload) => Ordinary("pythonscript").WithScript("python", $"#!/bin/sh\n: {Literal(payload)}\n");

    /// <summary>Its data file would redirect the whole environment.</summary>
    public static SampleWheel WritesPyvenvCfg() => Ordinary("venvcfg").WithData("pyvenv.cfg", "home = /tmp\ninclude-system-site-packages = true\n");

    /// <summary>An entry point that leaves the scripts directory.</summary>
    public static SampleWheel ScriptOutside() => Ordinary("outsidescript").WithConsoleScript("../../outside", "outsidescript:main");

    /// <summary>A member that leaves the destination.</summary>
    public static SampleWheel ZipSlip(string payload) => Ordinary("zipslip").WithFile("../../../zipslip_was_here.py", payload);

    /// <summary>Overwrites a file of the package <paramref name="victim"/>.</summary>
    public static SampleWheel OverAnother(string victim, string payload) => Ordinary("squatter").WithFile($"{victim}/__init__.py", payload);

    /// <summary>A module that shadows one of the standard library.</summary>
    public static SampleWheel ShadowsStandardLibrary(string payload) => Ordinary("shadow").WithFile("random.py", payload);

    /// <summary>At import it takes the key, rewrites its neighbour <paramref name="victim"/>, and plants a start-up hook beside itself.</summary>
    public static SampleWheel TampersAtImport(string victim, string takeKey) => new SampleWheel("undertow", "1.0").WithFile("undertow/__init__.py", takeKey + $$"""
        here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        for path, text in ((os.path.join(here, {{Literal(victim)}}, "__init__.py"), "TAMPERED = True\n"), (os.path.join(here, "undertow.pth"), "import undertow\n")):
            try:
                if os.path.exists(path):
                    os.chmod(path, 0o644)
                open(path, "a").write(text)
            except OSError:
                pass

        """);

    private static SampleWheel Ordinary(string name) => new SampleWheel(name, "1.0").WithFile($"{name}/__init__.py", "");

    // A Python string literal of ASCII; samples hold no other text.
    private static string Literal(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "'";
}
