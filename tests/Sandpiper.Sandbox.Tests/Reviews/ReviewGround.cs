using System.Collections.Immutable;
using System.Diagnostics;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Sandbox.Tests.Reviews;

/// <summary>A project, a data root, and a "program" that is the test itself: it writes where the copy lies.</summary>
internal sealed class ReviewGround : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public ReviewGround() => Directory.CreateDirectory(Project);

    public string Project => Path.Join(_root, "project");

    public string Data => ElsewhereData ?? Path.Join(_root, "data");

    /// <summary>On another file system; null: on that of the project.</summary>
    public string? ElsewhereData { get; init; }

    public KeptReviews Reviews => new(Data);

    public void Dispose() => Shell($"chmod -R u+rwx '{_root}'; rm -rf '{_root}' '{Data}'");

    /// <summary>With the project to be written.</summary>
    public Confinement Plain =>
        new() { Home = "/home/ada", WorkingDirectory = Project, Shown = [ShownPath.Needed(Project, PathAccess.Write)] };

    public string Write(string path, string content = "x")
    {
        string full = Path.Join(Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
        return full;
    }

    public string Read(string path) => File.ReadAllText(Path.Join(Project, path));

    /// <summary>Runs a shell script in the copy and gives what came of it.</summary>
    public KeptReview? Review(string script, Func<Confinement, Confinement>? with = null) => Review(copy => Shell(script, copy), with);

    public KeptReview? Review(Action<string> program, Func<Confinement, Confinement>? with = null)
    {
        Confinement confinement = Plain;
        using ReviewedRun run = ReviewedRun.Begin(Data, with?.Invoke(confinement) ?? confinement, mayLayer: false);
        program(run.Confinement.Shown.First(shown => shown.Access is PathAccess.Write).Real);
        return run.End("a program", 0, DateTimeOffset.UnixEpoch);
    }

    /// <summary>Kind and path of each: <c>+</c> new, <c>~</c> changed, <c>-</c> removed, <c>m</c> mode, <c>l</c> link; <c>!</c> has to be
    /// named,
    /// <c>x</c> is never taken.</summary>
    public static string[] Told(KeptReview? review) => review is null ? []
        : [.. review.Content.Changes.Select(c => "+~-ml"[(int)c.Kind] + c.ShownPath + (c.ToBeNamed is null ? "" : "!")
            + (c.Obstacle is ChangeObstacle.None ? "" : "x"))];

    /// <summary>Takes what a person would: all, or what is named.</summary>
    public TakingOutcome Take(KeptReview review, params ImmutableArray<string> names) => Take(review, 0b010_010, names);

    public TakingOutcome Take(KeptReview review, uint mask, ImmutableArray<string> names) => Taking.Take(Reviews, review,
        names.IsEmpty ? review.Content.Changes : [.. review.Content.Changes.Where(c => names.Contains(c.ShownPath))],
        change => names.Contains(change.ShownPath), mask, CancellationToken.None);

    public static void Shell(string script, string? directory = null)
    {
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = directory ?? "/" })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
