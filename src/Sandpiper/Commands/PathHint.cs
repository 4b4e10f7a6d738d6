using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>Says how commands come onto PATH, to whom they are not there.</summary>
internal static class PathHint
{
    public static void Write(Session session)
    {
        if (!Directory.Exists(session.Places.Shims)
            || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Contains(session.Places.Shims, StringComparer.Ordinal)) return;
        session.Terminal.Note("");
        session.Terminal.Note("Commands of packages, each of which runs confined, come onto your PATH with this line:");
        session.Terminal.Note(Inked.Bold($"  export PATH=\"$PATH:{session.Places.Shims}\""));
    }
}
