using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>Says how commands come onto PATH, to whom they are not there.</summary>
internal static class PathHint
{
    public static void Write(Session session)
    {
        string directory = session.Places.Shims, quoted = InShell.Quoted(directory);
        if (!Directory.Exists(directory) || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(entry => string.Equals(entry.TrimEnd('/'), directory, StringComparison.Ordinal))) return;
        session.Terminal.Note("");
        session.Terminal.Note("Commands of packages, each confined, come onto your PATH with this line:");
        bool isPlain = string.Equals(quoted, directory, StringComparison.Ordinal);
        if (session.Terminal.Verbosity < Verbosity.Normal) return;
        session.Terminal.Whole(Inked.Bold($"  export PATH=\"$PATH:{(isPlain ? $"{directory}\"" : $"\"{quoted}")}"));
    }
}
