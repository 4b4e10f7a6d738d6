namespace Sandpiper.Samples;

/// <summary>Packages that do no harm and a little good.</summary>
public static class OrdinaryPackages
{
    /// <summary>A package of one module with one function; enough to be resolved, installed and imported.</summary>
    public static SampleWheel Small(string name, string version, params IEnumerable<string> requires)
    {
        string module = SampleName.InFileName(name);
        return new SampleWheel(name, version)
            .WithRequires(requires)
            .WithFile($"{module}/__init__.py", $"""
                __version__ = {PythonText.Literal(version)}

                def name():
                    return {PythonText.Literal(name)}

                """);
    }

    /// <summary>A library that sets rows in columns.</summary>
    public static SampleWheel Pebble(string version = "1.2") => new SampleWheel("pebble", version)
        .WithSummary("Sets rows in columns")
        .WithRequiresPython(">=3.8")
        .WithFile("pebble/__init__.py", $$"""
            __version__ = {{PythonText.Literal(version)}}

            def table(rows):
                rows = [[str(cell) for cell in row] for row in rows]
                widths = [max(map(len, column)) for column in zip(*rows)]
                return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)

            """);

    /// <summary>Its command <c>tide</c> prints the day's tides of a made-up harbour, with the help of <see cref="Pebble"/>.</summary>
    public static SampleWheel Tide(string version = "2.0") => new SampleWheel("tide", version)
        .WithSummary("Prints a tide table")
        .WithRequiresPython(">=3.8")
        .WithRequires("pebble>=1")
        .WithConsoleScript("tide", "tide.table:main")
        .WithFile("tide/__init__.py", $"__version__ = {PythonText.Literal(version)}\n")
        .WithFile("tide/table.py", """
            import math
            import pebble

            PERIOD = 12.42  # hours from one high water to the next

            def height(hour):
                return 2.0 + 1.5 * math.cos(2 * math.pi * hour / PERIOD)

            def main():
                rows = [("hour", "metres")] + [(f"{hour:02}:00", f"{height(hour):.1f}") for hour in range(0, 24, 3)]
                print(pebble.table(rows))

            """);

    /// <summary>Its command <c>plover</c> counts lines and words of the files it is given.</summary>
    public static SampleWheel Plover(string version = "0.3") => new SampleWheel("plover", version)
        .WithSummary("Counts lines and words")
        .WithRequires("pebble")
        .WithConsoleScript("plover", "plover:main")
        .WithFile("plover/__init__.py", """
            import sys
            import pebble

            def main():
                rows = [("file", "lines", "words")]
                for path in sys.argv[1:]:
                    with open(path, encoding="utf-8") as file:
                        text = file.read()
                    rows.append((path, text.count("\n"), len(text.split())))
                print(pebble.table(rows))

            """);

    /// <summary>
    /// Starts as ipykernel does, of a connection file, and listens at its five ports. It speaks no protocol of Jupyter's: the heartbeat
    /// says what it hears, and of each line that comes to the shell it says that it has begun, and what the expression is worth.
    /// </summary>
    public static SampleWheel NotebookKernel(string version = "7.0") => new SampleWheel("ipykernel", version)
        .WithFile("ipykernel/__init__.py", $"__version__ = {PythonText.Literal(version)}\n")
        .WithFile("ipykernel_launcher.py", """
            import json, socket, sys, threading

            with open(sys.argv[sys.argv.index("-f") + 1]) as file:
                where = json.load(file)
            doors = {name: socket.create_server((where["ip"], where[name + "_port"]))
                for name in ("shell", "iopub", "stdin", "control", "hb")}

            def beat():
                while True:
                    with doors["hb"].accept()[0] as came:
                        came.sendall(came.recv(64))

            threading.Thread(target=beat, daemon=True).start()
            while True:
                lines = doors["shell"].accept()[0].makefile("rw")
                for line in lines:
                    try:
                        print("busy", file=lines, flush=True)
                        worth = repr(eval(line))
                    except SystemExit:
                        raise
                    except BaseException as error:
                        worth = type(error).__name__
                    print(worth, file=lines, flush=True)

            """);
}
