using System.Collections.Immutable;
using System.Security.Cryptography;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Samples;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Trials;

/// <summary>
/// One hostile package under one approach, from fetching to the sudo after the rebuild; each step looked at from outside.
/// </summary>
/// <param name="layout">Where the system's Python keeps things.</param>
/// <param name="approach">How people install.</param>
/// <param name="prepared">What is there before; never changed.</param>
/// <param name="shared">What of it is too large to copy; null: nothing.</param>
internal sealed class Trial(Layout layout, Approach approach, Replica prepared, SharedTree? shared)
{
    private const string Requirements = $"{Replica.Service}/index/requirements.txt";

    /// <param name="kinds">What one package does, each at its moment; none that hinders another from being installed.</param>
    /// <param name="directory">Where the trial's own replica is made; not there yet.</param>
    /// <param name="refuses">The approach is chosen because it refuses this: a failure is no gap then.</param>
    /// <param name="falseHash">What is asked for by hash has another one.</param>
    /// <param name="quick">Without the steps that cost most and tell least: fetching alone, and pip started for something else.</param>
    public TrialOutcome Run(
        ImmutableArray<Kind> kinds, string directory, bool refuses, bool falseHash, bool quick, CancellationToken cancel)
    {
        string nonce = RandomNumberGenerator.GetHexString(16, lowercase: true), canary = RandomNumberGenerator.GetHexString(24);
        Replica replica = prepared.CopyTo(directory);
        shared?.PutInto(replica, WrittenInPlace);
        ImmutableArray<Decoy> decoys = DecoysOf(replica);
        replica.SetSecrets(decoys, canary);
        Offer(replica, kinds, AimOf(nonce, decoys), falseHash);
        replica.GiveHomes();
        using View view = ViewOf(replica, Replica.SecretOf(canary, Asset.Keys));
        var watch = new Watch(replica, nonce, canary, decoys);
        var stage = new Steps(view, watch, replica, cancel);
        try
        {
            return Run(stage, kinds, refuses, quick, replica, watch);
        }
        catch (StepNotDoneException e)
        {
            // What the steps that were not done would have reached is not known, and never said to be nothing.
            return new(kinds, Installed.Failed, watch.Reaches, e.Message);
        }
    }

    private TrialOutcome Run(Steps stage, ImmutableArray<Kind> kinds, bool refuses, bool quick, Replica replica, Watch watch)
    {
        if (!quick && kinds.Contains(Kind.Build) && approach.Fetch.Length > 0)
            stage.Do(Moment.Resolve, approach.Installer, [.. approach.Fetch, .. Asked]);
        ProgramOutput installed = stage.Do(Moment.Install, approach.Installer, [.. approach.Install, .. Asked]);
        if (installed.ExitCode != 0 && approach.RootWhereItFails)
            installed = stage.Do(Moment.Install, Person.Root, [.. approach.Install, .. Asked]);
        if (installed.ExitCode != 0)
            return new(kinds, refuses ? Installed.Refused : Installed.Failed, watch.Reaches, installed.ErrorText());

        StartPythons(stage, Moment.Start);
        if (!quick)
        {
            stage.Do(Moment.SudoPip, Person.Root, [layout.Python, "-m", "pip", "--version"]);
            if (!LooksWithSystemsPip || approach.Installer != Person.Root) stage.Do(Moment.Installer, approach.Installer, approach.Look);
        }
        Use(stage, kinds, quick);
        if (!quick)
        {
            stage.Do(Moment.Uninstall, approach.Installer, [.. approach.Uninstall, ProbePackages.Name]);
            StartPythons(stage, Moment.AfterUninstall);
        }
        Rebuild(replica);
        watch.Forget();
        StartPythons(stage, Moment.AfterRebuild);
        stage.Do(Moment.SudoKeepingHome, Person.Root, [layout.Python, "-c", "pass"], Person.You.Home());
        stage.Sudo();
        return new(kinds, Installed.Yes, watch.Reaches, "");
    }

    private ImmutableArray<string> Asked =>
        [.. approach.Options, .. approach.ByHash ? (ImmutableArray<string>)["-r", Requirements] : [ProbePackages.Name]];

    private bool LooksWithSystemsPip => string.Equals(approach.Look[0], layout.Python, StringComparison.Ordinal);

    /// <summary>What everybody sees of a replica under this approach.</summary>
    private View ViewOf(Replica replica, string? token) => new(replica, layout)
    {
        Owned = [.. approach.Owned.Select(path => (approach.Installer, path))],
        Shown = approach.Programs,
        Token = token,
    };

    private ImmutableArray<Decoy> DecoysOf(Replica replica) =>
    [
        .. layout.Decoys,
        .. (layout.PipPackage is { } pip ? approach.InstallersFiles.Add($"{pip}/__init__.py") : approach.InstallersFiles)
            .Where(path => File.Exists(replica.Outside(path))).Select(path => new Decoy(Asset.Installer, path, false)),
        new(Asset.SameEnvironment, $"{approach.Site}/{ProbePackages.Neighbour}/decoy.txt", false),
    ];

    private Aim AimOf(string nonce, ImmutableArray<Decoy> decoys)
    {
        string userSite = layout.UserSite(Person.You.Home());
        ImmutableArray<(string Trigger, string Path)> hooks =
        [
            ("planted-shared-pth", $"{layout.SharedSite}/zz_shared.pth"),
            ("planted-user-pth", $"{userSite}/zz_user.pth"),
            ("planted-root-pth", $"{layout.UserSite(Person.Root.Home())}/zz_user.pth"),
            ("planted-other-pth", $"{layout.UserSite(Person.Other.Home())}/zz_user.pth"),
        ];
        if (!hooks.Any(h => string.Equals(Path.GetDirectoryName(h.Path), approach.Site, StringComparison.Ordinal)))
            hooks = hooks.Add(("planted-environment-pth", $"{approach.Site}/zz_environment.pth"));
        return new(nonce, View.Port)
        {
            Decoys = decoys,
            Variables = ["REGISTRY_TOKEN"],
            Drop = Replica.Drop,
            StartUpFiles = hooks,
            Modules =
            [
                .. decoys.Where(d => d.Asset == Asset.Installer && d.Path.EndsWith("/__init__.py", StringComparison.Ordinal))
                    .Select(d => ("planted-installer", d.Path)),
                ("planted-neighbour", NeighboursModule),
            ],
            ShellFiles = [("planted-shell", $"{Person.You.Home()}/.bashrc")],
        };
    }

    private static void Offer(Replica replica, ImmutableArray<Kind> kinds, Aim aim, bool falseHash)
    {
        var (wheel, source) = HostilePackage.Of(kinds, aim);
        var (name, bytes) = source is null ? (wheel.FileName, wheel.Build()) : (source.FileName, source.Build());
        File.WriteAllBytes(Path.Combine(replica.Outside($"{Replica.Service}/index"), name), bytes);
        byte[] hash = SHA256.HashData(falseHash ? [.. bytes, 0] : bytes);
        replica.Write(Requirements, $"{ProbePackages.Name}==1.0 --hash=sha256:{Convert.ToHexStringLower(hash)}\n");
    }

    private void StartPythons(Steps stage, Moment moment)
    {
        // One view for all that one person does in a moment: it is the views that cost.
        string yours = $"{layout.Python} -c pass";
        if (!string.Equals(approach.Python, layout.Python, StringComparison.Ordinal)) yours += $"; {approach.Python} -c pass";
        // What was planted in a neighbour runs when that is used; before, the steps of using it say so.
        if (moment is Moment.AfterUninstall or Moment.AfterRebuild) yours += $"; {approach.Python} -c 'import {ProbePackages.Neighbour}'";
        stage.Do(moment, Person.You, ["/bin/sh", "-c", yours]);
        foreach (Person person in (Person[])[Person.Other, Person.Root]) stage.Do(moment, person, [layout.Python, "-c", "pass"]);
    }

    private void Use(Steps stage, ImmutableArray<Kind> kinds, bool quick)
    {
        if (kinds.Contains(Kind.Import) || kinds.Contains(Kind.Benign))
        {
            stage.Do(Moment.Import, Person.You, [approach.Python, "-c", $"import {ProbePackages.Name}"]);
            if (!quick) stage.Do(Moment.Tool, Person.You, [approach.Python, "-m", ProbePackages.Name]);
        }
        if (kinds.Contains(Kind.Script) || kinds.Contains(Kind.Benign))
        {
            stage.Do(Moment.ShadowedTool, Person.You, approach.Typed.Length > 0 ? approach.Typed
                : ["/bin/sh", "-c", $"PATH={approach.Scripts}:$PATH {ProbePackages.ShadowedCommand}"]);
            // Others have on their PATH what is for all.
            foreach (Person person in (Person[])[Person.Other, Person.Root])
                stage.Do(Moment.ShadowedTool, person, ["/bin/sh", "-c", ProbePackages.ShadowedCommand]);
        }
        stage.Do(Moment.Neighbour, Person.You, [approach.Python, "-c", $"import {ProbePackages.Neighbour}"]);
        // What runs by itself has had its start, and left there what it can leave.
        if (!kinds.Contains(Kind.Build) && !kinds.Contains(Kind.Pth)) StartPythons(stage, Moment.StartAgain);
    }

    private void Rebuild(Replica replica)
    {
        if (shared?.Outside(approach.Site) is not null)
        {
            shared.Restore(replica, approach.Site, WrittenInPlace);
            replica.Give(approach.Installer, approach.Site); // what is copied in truth is whose who copies it
        }
        else replica.Restore(approach.Site, prepared);
    }

    // Where the probe appends to what is there already.
    private ImmutableArray<string> WrittenInPlace =>
        [.. approach.WrittenInPlace, .. approach.InstallersFiles, $"{approach.Site}/{ProbePackages.Neighbour}/decoy.txt", NeighboursModule];

    private string NeighboursModule => $"{approach.Site}/{ProbePackages.Neighbour}/__init__.py";

    private sealed class Steps(View view, Watch watch, Replica replica, CancellationToken cancel)
    {
        public ProgramOutput Do(Moment moment, Person person, ImmutableArray<string> command, string? home = null)
        {
            cancel.ThrowIfCancellationRequested();
            ProgramOutput output = view.Run(person, home, command, out string received);
            watch.Look(moment, person, received);
            return output;
        }

        /// <summary>You type <c>sudo true</c> in a shell that has read your start file.</summary>
        public void Sudo()
        {
            SudoBroker.Take(replica);
            Do(Moment.SudoFromShell, Person.You, ["/bin/bash", "--rcfile", $"{Person.You.Home()}/.bashrc", "-ic", "sudo /bin/true"]);
            foreach (ImmutableArray<string> asked in SudoBroker.Take(replica).Where(a => a[0] is not "/bin/true"))
                Do(Moment.SudoFromShell, Person.Root, asked);
        }
    }
}
