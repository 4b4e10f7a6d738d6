using Sandpiper.Samples;

namespace Sandpiper.EndToEnd.Tests.Documents;

/// <summary>Small packages under the names that the pages use, so that what they show can be run without a network.</summary>
internal static class StandIns
{
    private static readonly string[] Plain =
        ["certifi", "charset-normalizer", "click", "cycler", "idna", "itsdangerous", "jinja2", "markupsafe", "packaging", "pandas",
            "pillow", "rich", "six", "tqdm", "urllib3", "werkzeug"];

    /// <summary>Everything a page may install.</summary>
    public static SampleIndex Index(string marker) => new SampleIndex()
        .WithAll(Plain.Select(name => OrdinaryPackages.Small(name, "1.0")))
        .WithAll(
            OrdinaryPackages.Small("numpy", "2.1.0"),
            OrdinaryPackages.Small("requests", "2.31.0", "certifi", "idna", "urllib3", "charset-normalizer"),
            OrdinaryPackages.Small("requests", "2.32.3", "certifi", "idna", "urllib3", "charset-normalizer"),
            OrdinaryPackages.Small("flask", "3.0.0", "werkzeug", "jinja2", "click", "itsdangerous"),
            Black,
            Command("pytest", "packaging"),
            Command("ruff"),
            Command("cowsay"),
            new SampleWheel("evilhook", "1.0").WithFile("evilhook/__init__.py", "").WithFile("evilhook.pth", "import os\n"),
            Matplotlib,
            OrdinaryPackages.NotebookKernel())
        .With(HostilePackages.WheelWithPthHook(marker));

    // Writes what it is given a directory of, where it may.
    private static SampleWheel Black => new SampleWheel("black", "24.1.0")
        .WithRequires("click", "packaging")
        .WithConsoleScript("black", "black:main")
        .WithFile("black/__init__.py", """
            __version__ = "24.1.0"

            def main():
                import sys
                print("black", __version__)
                if sys.argv[1:] == ["."]:
                    try: open("plot.py", "a").write("\n")
                    except OSError: pass

            """);

    // What a script of ten lines asks of it: numbers in, a file that begins as a PNG out.
    private static SampleWheel Matplotlib => OrdinaryPackages.Small("matplotlib", "3.9.0", "numpy", "cycler", "pillow", "packaging")
        .WithFile("matplotlib/pyplot.py", """
            def plot(*data, **looks):
                return []

            bar = scatter = hist = title = xlabel = ylabel = legend = grid = figure = plot

            def savefig(path, **looks):
                with open(path, "wb") as file:
                    file.write(b"\x89PNG\r\n\x1a\n")

            def show():
                pass

            """);

    private static SampleWheel Command(string name, params string[] requires) => new SampleWheel(name, "24.1.0")
        .WithRequires(requires)
        .WithConsoleScript(name, $"{name}:main")
        .WithFile($"{name}/__init__.py", $"""
            __version__ = "24.1.0"

            def main():
                print("{name}", __version__)

            """);
}
