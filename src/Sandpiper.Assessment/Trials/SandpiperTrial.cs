using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Samples;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Trials;

/// <summary>
/// The same for Sandpiper itself, by the same probes and the published program. Its sandbox insists on a bubblewrap that belongs to root,
/// and in a replica nothing does: so the program runs on this machine, with a home in the replica, and the probes that it may run aim at
/// the decoys by their places here. Everybody else's steps happen in the replica, on the same disk.
/// </summary>
/// <param name="layout">Where the system's Python keeps things.</param>
/// <param name="mode">How it is used.</param>
/// <param name="executable">A copy of the program that everybody may run.</param>
/// <param name="bare">A system with nothing installed; never changed.</param>
internal sealed class SandpiperTrial(Layout layout, SandpiperMode mode, string executable, Replica bare)
{
    private const int MostOutput = 256 << 10;
    private const int Refused = 3, NothingFits = 1, NotStarted = 125;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly ImmutableArray<Person> WhoStartPython = [Person.You, Person.Other, Person.Root];

    private bool IsConfined => mode is SandpiperMode.Confined or SandpiperMode.Try;

    // The environment is, and what runs on this machine.
    private Person Whose => mode == SandpiperMode.System ? Person.PackageUser : Person.You;

    private bool IsTried => mode == SandpiperMode.Try;

    /// <param name="directory">Where the trial's own replica is made; not there yet.</param>
    /// <param name="quick">Without the steps that cost most and tell least, as in the other trials.</param>
    /// <param name="start">What stands for <c>sandpiper run --</c>; null: itself. For showing what the same trial says without it.</param>
    public TrialOutcome Run(Kind kind, string directory, bool quick, ImmutableArray<string>? start, CancellationToken cancel)
    {
        string nonce = RandomNumberGenerator.GetHexString(16, lowercase: true), canary = RandomNumberGenerator.GetHexString(24);
        Replica replica = bare.CopyTo(directory);
        string data = replica.Outside(mode == SandpiperMode.System ? "/var/lib/sandpiper" : $"{Person.You.Home()}/.local/share/sandpiper");
        string python = $"{data}/envs/shared/current/bin/python";
        string site = $"{data}/envs/shared/current/lib/{layout.VersionedName}/site-packages";
        ImmutableArray<Decoy> decoys =
            [.. layout.Decoys, new(Asset.SameEnvironment, $"{site}/{ProbePackages.Neighbour}/decoy.txt", false),
                new(Asset.Installer, $"{data}/store/decoy", false)];
        replica.SetSecrets(decoys, canary);
        using var sink = new LoopbackSink();
        Aim aim = AimOf(nonce, replica, decoys, site, IsConfined ? sink.Port : View.Port);
        string index = Offer(replica, kind, aim);

        var here = new OnThisMachine(executable, data, replica, start, cancel);
        ProgramOutput before = here.Sandpiper("install", "--compile", "never", "--index-url", index, ProbePackages.Neighbour);
        if (before.ExitCode != 0) return new([kind], Installed.Failed, [], before.ErrorText());
        replica.Write($"{data}/store/decoy", "# nobody changed this\n");
        var watch = new Watch(replica, nonce, canary, decoys) { Stranger = Whose };
        using var view = new View(replica, layout)
        {
            Token = Replica.SecretOf(canary, Asset.Keys),
            InPlace = [(Whose, data)],
        };

        try
        {
            return Steps();
        }
        catch (StepNotDoneException e)
        {
            return new([kind], Installed.Failed, watch.Reaches, e.Message);
        }

        TrialOutcome Steps()
        {
            if (IsTried) Here(Moment.Install, Tried("python", ProbePackages.Name, "-c", "pass"));
            else Here(Moment.Install, "install", "--compile", "never", "--index-url", index, ProbePackages.Name);
            int exit = here.LastExit;
            if (exit != 0)
            {
                bool isRefused = exit is Refused or NothingFits || (IsTried && exit is NotStarted);
                return new([kind], isRefused ? Installed.Refused : Installed.Failed, watch.Reaches, here.LastError);
            }
            StartPythons(Moment.Start);
            if (kind is Kind.Import or Kind.Benign)
            {
                Use(Moment.Import, "-c", $"import {ProbePackages.Name}");
                if (!quick) Use(Moment.Tool, "-m", ProbePackages.Name);
            }
            if (kind is Kind.Script or Kind.Benign) Type(Moment.ShadowedTool);
            Use(Moment.Neighbour, "-c", $"import {ProbePackages.Neighbour}");
            if (!quick)
            {
                StartPythons(Moment.StartAgain);
                Here(Moment.Uninstall, IsTried ? ["gc"] : ["uninstall", ProbePackages.Name]);
                StartPythons(Moment.AfterUninstall);
            }
            Here(Moment.Uninstall, "repair");
            watch.Forget();
            StartPythons(Moment.AfterRebuild);
            // Last, as in the other trials.
            There(Moment.SudoKeepingHome, Person.Root, [layout.Python, "-c", "pass"], Person.You.Home());
            SudoBroker.Take(replica);
            There(Moment.SudoFromShell, Person.You, ["/bin/bash", "--rcfile", $"{Person.You.Home()}/.bashrc", "-ic", "sudo /bin/true"],
                null);
            foreach (ImmutableArray<string> asked in SudoBroker.Take(replica).Where(a => a[0] is not "/bin/true"))
                There(Moment.SudoFromShell, Person.Root, asked, null);
            return new([kind], Installed.Yes, watch.Reaches, "");
        }

        void Here(Moment moment, params string[] words)
        {
            here.Sandpiper(words);
            Look(moment);
        }

        void Look(Moment moment)
        {
            watch.Everybody = Whose;
            watch.Look(moment, Person.You, sink.Take());
            watch.Everybody = null;
        }

        void There(Moment moment, Person person, ImmutableArray<string> command, string? home)
        {
            cancel.ThrowIfCancellationRequested();
            view.Run(person, home, command, out string received);
            watch.Look(moment, person, received);
        }

        void Use(Moment moment, params string[] words)
        {
            if (!IsConfined)
            {
                There(moment, Person.You, [python, .. words], null);
                return;
            }
            // Nothing of what was tried is there for the neighbour.
            string whose = moment is Moment.Neighbour or Moment.AfterUninstall or Moment.AfterRebuild
                ? ProbePackages.Neighbour : ProbePackages.Name;
            if (IsTried) here.Sandpiper(Tried("python", whose, words));
            else here.Confined(["python", .. words]);
            Look(moment);
        }

        string[] Tried(string program, string package, params string[] words) =>
            ["try", "-q", "--index-url", index, "--command", program, package, .. words];

        void Type(Moment moment)
        {
            if (!IsConfined)
            {
                There(moment, Person.You, [$"{data}/envs/shared/current/bin/{ProbePackages.ShadowedCommand}"], null);
                return;
            }
            if (IsTried) here.Sandpiper(Tried(ProbePackages.ShadowedCommand, ProbePackages.Name));
            else here.Confined([ProbePackages.ShadowedCommand]);
            Look(moment);
        }

        void StartPythons(Moment moment)
        {
            foreach (Person person in WhoStartPython) There(moment, person, [layout.Python, "-c", "pass"], null);
            Use(moment, "-c", moment is Moment.AfterUninstall or Moment.AfterRebuild ? $"import {ProbePackages.Neighbour}" : "pass");
        }
    }

    private Aim AimOf(string nonce, Replica replica, ImmutableArray<Decoy> decoys, string site, int port)
    {
        return new(nonce, port)
        {
            Decoys = [.. decoys.Select(d => d with { Path = Place(d.Path) })],
            Variables = ["REGISTRY_TOKEN"],
            Drop = Place(Replica.Drop),
            StartUpFiles =
            [
                ("planted-shared-pth", Place($"{layout.SharedSite}/zz_shared.pth")),
                ("planted-user-pth", Place($"{layout.UserSite(Person.You.Home())}/zz_user.pth")),
                ("planted-environment-pth", $"{site}/zz_environment.pth"),
            ],
            Modules = [("planted-neighbour", $"{site}/{ProbePackages.Neighbour}/__init__.py")],
            ShellFiles = [("planted-shell", Place($"{Person.You.Home()}/.bashrc"))],
        };

        // Never a real path of this machine: what is not confined here would find it.
        string Place(string path) => IsConfined ? replica.Outside(path) : path;
    }

    private static string Offer(Replica replica, Kind kind, Aim aim)
    {
        var (wheel, source) = HostilePackage.Of([kind], aim);
        SampleIndex index = new SampleIndex().With(ProbePackages.NeighbourWheel());
        index = source is null ? index.With(wheel) : index.With(source);
        string directory = replica.Outside($"{Replica.Service}/index");
        index.WriteTo(directory);
        return $"file://{directory}/simple/";
    }

    /// <summary>The published program, as you would call it, with a home in the replica.</summary>
    private sealed class OnThisMachine(string executable, string data, Replica replica, ImmutableArray<string>? start,
        CancellationToken cancel)
    {
        public int LastExit { get; private set; }

        public string LastError { get; private set; } = "";

        public ProgramOutput Sandpiper(params string[] words) =>
            Do(executable, [words[0], "--root", data, .. words.Skip(1)]);

        /// <summary>A program of the environment, with nothing granted.</summary>
        public void Confined(ImmutableArray<string> command)
        {
            if (start is { } given)
                Do(given[0], [.. given.Skip(1), $"{data}/envs/shared/current/bin/{command[0]}", .. command.Skip(1)]);
            else Sandpiper(["run", "-q", "--", .. command]);
        }

        private ProgramOutput Do(string path, IReadOnlyList<string> arguments)
        {
            cancel.ThrowIfCancellationRequested();
            ProgramOutput output = PlainProgram.Run(path, arguments, ImmutableDictionary<string, string>.Empty
                .Add("HOME", replica.Outside(Person.You.Home())).Add("PATH", "/usr/bin:/bin").Add("LANG", "C.UTF-8").Add("NO_COLOR", "1"),
                Patience, MostOutput);
            LastExit = output.ExitCode;
            LastError = Encoding.UTF8.GetString(output.StandardError).Split('\n').FirstOrDefault(l => l.StartsWith('×'))
                ?? output.ErrorText();
            return output;
        }
    }
}
