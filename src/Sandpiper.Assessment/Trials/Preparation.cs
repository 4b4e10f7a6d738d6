using System.Collections.Immutable;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Samples;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Trials;

/// <summary>What is done once for an approach, before anything hostile is there: its environment, its first package.</summary>
/// <param name="Replica">Ready; null when that failed.</param>
/// <param name="Problem">Why it failed.</param>
/// <param name="KeepsFurniture">
/// A package's command is where it belongs after an installation the approach's own way; null: there is no such place.
/// </param>
internal sealed record Preparation(Replica? Replica, string? Problem, bool? KeepsFurniture)
{
    /// <summary>What is the same for every trial and too large to copy; null: nothing.</summary>
    public SharedTree? Shared { get; private init; }

    /// <param name="bare">A system with nothing installed.</param>
    /// <param name="directory">Where the approach's own copy goes; not there yet.</param>
    /// <param name="quick">An environment's pip may be a copy of the system's, where that works.</param>
    public static Preparation Of(Layout layout, Approach approach, Replica bare, string directory, bool quick, CancellationToken cancel)
    {
        try
        {
            if (quick && approach.PrepareWithoutPip.Length > 0)
            {
                Preparation made = Made(layout, approach, bare, directory, withoutPip: true, cancel);
                if (made.Replica is not null) return made;
                Replica.Remove(directory);
            }
            return Made(layout, approach, bare, directory, withoutPip: false, cancel);
        }
        catch (StepNotDoneException e)
        {
            return new(null, e.Message, false);
        }
    }

    private static Preparation Made(
        Layout layout, Approach approach, Replica bare, string directory, bool withoutPip, CancellationToken cancel)
    {
        Replica replica = bare.CopyTo(directory);
        string index = replica.Outside($"{Replica.Service}/index");
        SampleWheel neighbour = ProbePackages.NeighbourWheel(), furnished = ProbePackages.FurnishedWheel();
        File.WriteAllBytes($"{index}/{neighbour.FileName}", neighbour.Build());
        File.WriteAllBytes($"{index}/{furnished.FileName}", furnished.Build());
        foreach (var (_, inside) in approach.Programs) replica.Write(inside, ""); // something for a mount to cover
        foreach (var (path, text) in approach.Wrappers) replica.Write(path, text, Replica.Executable);
        foreach (string path in approach.Owned) replica.Give(approach.Installer, path);
        replica.GiveHomes();
        using var view = new View(replica, layout)
        {
            Owned = [.. approach.Owned.Select(path => (approach.Installer, path))],
            Shown = approach.Programs,
        };
        if (approach.Prepare.Length > 0)
        {
            cancel.ThrowIfCancellationRequested();
            ProgramOutput made = view.Run(Person.You, null, withoutPip ? approach.PrepareWithoutPip : approach.Prepare, out _);
            if (made.ExitCode != 0) return new(null, made.ErrorText(), false);
            if (withoutPip && layout.PipPackage is { } pip) CopyPip(pip, replica.Outside(approach.Site));
            replica.GiveHomes();
        }
        cancel.ThrowIfCancellationRequested();
        bool keeps = Installs(ProbePackages.Neighbour, ProbePackages.Furnished).ExitCode == 0
            && replica.HasFile($"{approach.Scripts}/furnished");
        if (!approach.IsForOneCommand && !File.Exists(replica.Outside($"{approach.Site}/{ProbePackages.Neighbour}/decoy.txt")))
        {
            ProgramOutput alone = Installs(ProbePackages.Neighbour);
            if (alone.ExitCode != 0) return new(null, alone.ErrorText(), false);
        }
        view.Dispose(); // nobody is to be in what is taken out
        return new(replica, null, approach.IsForOneCommand ? null : keeps)
        {
            Shared = approach.Environment is { } environment ? SharedTree.TakenOutOf(replica, environment) : null,
        };

        // With its byte code, and with what says that it is installed.
        static void CopyPip(string pip, string site)
        {
            Replica.Copy(pip, $"{site}/pip", Replica.OfThisMachine);
            foreach (string record in Directory.EnumerateDirectories(Path.GetDirectoryName(pip)!, "pip-*.dist-info"))
                Replica.Copy(record, $"{site}/{Path.GetFileName(record)}", Replica.OfThisMachine);
        }

        ProgramOutput Installs(params ImmutableArray<string> projects)
        {
            cancel.ThrowIfCancellationRequested();
            return view.Run(approach.Installer, null, [.. approach.Install, .. projects], out _);
        }
    }
}
