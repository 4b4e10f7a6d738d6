using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sandpiper.Assessment.Approaches;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;

namespace Sandpiper.Assessment;

/// <summary>The whole measurement: a bare system, each approach prepared in a copy of it, each hostile package in a copy of that.</summary>
public sealed class AssessmentRun
{
    /// <summary>Every row that can be asked for, in the order of the table.</summary>
    public static ImmutableArray<string> Ids { get; } =
    [
        .. ((string[])["sudo-pip", "pip-user", "pip-user-root-fallback", "own-site-packages", "user-site", "virtualenv"])
            .SelectMany(id => (string[])[id, $"{id}-wheels-only", $"{id}-require-hashes"]),
        "pipx", "pipx-wheels-only", "uv-venv", "uv-venv-wheels-only", "uv-venv-require-hashes", "uvx", "uvx-wheels-only", "mix",
        "sandpiper-user", "sandpiper-unconfined", "sandpiper-system", "sandpiper-try",
    ];

    private const string Python = "/usr/bin/python3";

    private static readonly ImmutableArray<string> QuickRows =
        ["sudo-pip", "pip-user", "own-site-packages", "virtualenv", "mix", "sandpiper-user"];

    private static readonly ImmutableArray<Kind> QuickKinds = [Kind.Build, Kind.Pth, Kind.Import];

    // One package does these, for it is the installing that takes time, and each has a moment and a name of its own. What runs code at
    // the build is apart, because stricter ways refuse it alone; a command is, because some people may not install one.
    private static readonly ImmutableArray<ImmutableArray<Kind>> Together =
        [[Kind.Build], [Kind.Pth, Kind.Import], [Kind.Script, Kind.Overwrite]];

    private static readonly ImmutableArray<string> Mixed = ["sudo-pip", "virtualenv"];

    private readonly AssessmentRequest _request;
    private readonly IProgress<AssessmentProgress> _progress;
    private readonly CancellationToken _cancel;
    private readonly ImmutableArray<Kind> _kinds;
    private readonly ConcurrentDictionary<string, Preparation> _prepared = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<(Piece Piece, TrialOutcome Outcome)> _outcomes = [];
    private readonly WorkList _work = new();
    private int _copies, _done, _count;

    private AssessmentRun(AssessmentRequest request, IProgress<AssessmentProgress> progress, CancellationToken cancel)
    {
        (_request, _progress, _cancel) = (request, progress, cancel);
        _kinds = request.Kinds.Length > 0 ? request.Kinds : request.Quick ? QuickKinds : KindNames.Hostile;
    }

    /// <exception cref="Sandbox.SandboxUnavailableException">There is no bubblewrap to be had.</exception>
    /// <exception cref="Kernel.KernelException">A program could not be started.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing runs any more.</exception>
    public static AssessmentResult Measure(AssessmentRequest request, IProgress<AssessmentProgress> progress, CancellationToken cancel) =>
        new AssessmentRun(request, progress, cancel).Measure();

    private AssessmentResult Measure()
    {
        if (AskPython() is not { } layout) return new(null, [], _kinds, []);
        var bare = new Replica(Path.Combine(_request.Place, "bare"), _request.Users);
        bare.Make(layout);
        ImmutableArray<Approach> others =
            [.. new PipxApproach(layout, _request.Present).All, .. new UvApproaches(layout, _request.Present).All];
        ImmutableArray<Approach> approaches =
            [.. new PipApproaches(layout).All.Concat(others).SelectMany(WithStricter).Where(IsNeeded)];
        ImmutableArray<Approach> tried = [.. approaches.Where(a => layout.PipPackage is not null || a.Programs.Length > 0)];
        ImmutableArray<SandpiperMode> modes =
            _request.Executable is null ? [] : [.. Enum.GetValues<SandpiperMode>().Where(m => IsWanted(m.Id()))];

        // The longest first: what takes a virtual environment waits for it.
        foreach (var group in tried.GroupBy(BasisOf, StringComparer.Ordinal).OrderBy(g => g.First().Environment is null))
        {
            ImmutableArray<ImmutableArray<Kind>> packages = PackagesFor(group);
            ImmutableArray<Piece> pieces = [.. group.SelectMany(a => PiecesOf(layout, a, packages, isFirst: a == tried[0]))];
            _count++;
            Plan(pieces);
            _work.Add(0, () =>
            {
                Approach plain = group.First(a => a.StricterThan is null);
                Report(plain.Label);
                string directory = Path.Combine(_request.Place, plain.Id);
                _prepared[plain.Id] = Preparation.Of(layout, plain, bare, directory, _request.Quick || _request.Users is not null, _cancel);
                Interlocked.Increment(ref _done);
                Begin(pieces);
            });
        }
        foreach (SandpiperMode mode in modes)
        {
            ImmutableArray<Piece> pieces = [.. PiecesOf(layout, mode, bare)];
            Plan(pieces);
            Begin(pieces);
        }
        _work.DoAll(_request.Workers, _cancel);
        foreach (Preparation prepared in _prepared.Values) prepared.Shared?.MustBeUnchanged();

        ImmutableArray<Row> rows = [.. approaches.Select(RowOf), .. modes.Select(RowOf),
            .. OtherTool.All.Where(t => !others.Any(o => string.Equals(o.Id, t.Id, StringComparison.Ordinal)))
                .Select(t => new Row(t.Id, t.Label, []) { Missing = t.Missing(_request.Present) })];
        return new(layout, [.. WithMix(rows).Where(r => IsWanted(r.Id)).OrderBy(r => Ids.IndexOf(r.Id))], _kinds,
            [.. _outcomes.Where(o => o.Piece.Control is not null)
                .Select(o => new Control(o.Piece.Row, o.Piece.Control!.Value, o.Piece.Expected, o.Outcome))
                .OrderBy(c => Ids.IndexOf(c.Row)).ThenBy(c => c.What)]);
    }

    private bool IsWanted(string id) => _request.Only.Length > 0 ? _request.Only.Contains(id, StringComparer.Ordinal)
        : !_request.Quick || QuickRows.Contains(id, StringComparer.Ordinal);

    private static Approach[] WithStricter(Approach approach) => [approach, .. approach.Stricter];

    // A stricter form takes over what it cannot change, and a mixture is made of others.
    private bool IsNeeded(Approach approach) => IsWanted(approach.Id)
        || (approach.StricterThan is null && approach.Stricter.Any(a => IsWanted(a.Id)))
        || (Mixed.Contains(approach.Id, StringComparer.Ordinal) && IsWanted("mix"));

    private Layout? AskPython()
    {
        if (!File.Exists(Python)) return null;
        var replica = new Replica(Path.Combine(_request.Place, "asked"), _request.Users);
        replica.Make(null);
        // In the replica, where it may well start as it is used: no .pth of this machine's users is there.
        var output = new View(replica, null).Ask([Python, "-c", Layout.Question]);
        return output.ExitCode == 0 ? Layout.Parse(Python, output.StandardOutput) : null;
    }

    private ImmutableArray<ImmutableArray<Kind>> PackagesFor(IEnumerable<Approach> group)
    {
        bool isRefusedByNone = group.All(a => a.StricterThan is null || !IsWanted(a.Id));
        return _request.InOnePackage || (_request.Quick && _request.Kinds.Length == 0 && isRefusedByNone) ? [_kinds]
            : _request.Kinds.Length > 0 ? [.. _kinds.Select(k => (ImmutableArray<Kind>)[k])]
            : [.. Together.Select(package => package.Where(_kinds.Contains).ToImmutableArray()).Where(package => package.Length > 0)];
    }

    private IEnumerable<Piece> PiecesOf(
        Layout layout, Approach approach, ImmutableArray<ImmutableArray<Kind>> packages, bool isFirst)
    {
        // Whatever comes as a wheel is installed by the same steps, whichever of the two options was given.
        foreach (ImmutableArray<Kind> kinds in approach.StricterThan is null ? packages : [[Kind.Build]])
        {
            bool refuses = kinds is [Kind.Build] && approach.StricterThan is not null && !approach.ByHash;
            yield return new(approach.Id, kinds, approach.Label, TrialOf(refuses, falseHash: false))
            {
                Control = refuses ? ControlledFor.WheelsOnly : null, Expected = refuses ? Installed.Refused : Installed.Yes,
            };
        }
        if (approach.ByHash)
            yield return new(approach.Id, [Kind.Build], approach.Label, TrialOf(refuses: true, falseHash: true))
                { Control = ControlledFor.FalseHash, Expected = Installed.Refused };
        if (!_request.Quick && (isFirst || approach.Id is "virtualenv"))
            yield return new(approach.Id, [Kind.Benign], approach.Label, TrialOf(refuses: false, falseHash: false))
                { Control = ControlledFor.Benign };
        // The harmless one is in every run with Sandpiper's own row; this is the control that costs least.
        if (_request.Quick && isFirst && approach.RequireHashes is var hashed)
            yield return new(hashed.Id, [Kind.Build], hashed.Label,
                (kinds, directory) => TrialIn(layout, hashed, kinds, directory, refuses: true, falseHash: true))
                { Control = ControlledFor.FalseHash, Expected = Installed.Refused };

        Func<ImmutableArray<Kind>, string, TrialOutcome?> TrialOf(bool refuses, bool falseHash) => (kinds, directory) =>
            TrialIn(layout, approach, kinds, directory, refuses, falseHash);
    }

    private TrialOutcome? TrialIn(
        Layout layout, Approach approach, ImmutableArray<Kind> kinds, string directory, bool refuses, bool falseHash) =>
        _prepared[BasisOf(approach)] is { Replica: { } ready, Shared: var shared }
            ? new Trial(layout, approach, ready, shared).Run(kinds, directory, refuses, falseHash, _request.Quick, _cancel) : null;

    private IEnumerable<Piece> PiecesOf(Layout layout, SandpiperMode mode, Replica bare)
    {
        // Each by itself: what is refused for one of them would hide the others.
        foreach (Kind kind in _kinds) yield return new(mode.Id(), [kind], mode.Label(), Run);
        if (mode == SandpiperMode.Confined)
            yield return new(mode.Id(), [Kind.Benign], mode.Label(), Run) { Control = ControlledFor.Benign };

        TrialOutcome? Run(ImmutableArray<Kind> kinds, string directory) =>
            new SandpiperTrial(layout, mode, _request.Executable!, bare).Run(kinds[0], directory, _request.Quick, start: null, _cancel);
    }

    private void Plan(ImmutableArray<Piece> pieces) => Interlocked.Add(ref _count, pieces.Length);

    // Kind by kind: what is shown of the progress names all rows. A quick run does those of one row one after the other, for whether there
    // is anything to learn of the next one is told by those before.
    private void Begin(ImmutableArray<Piece> pieces)
    {
        if (!_request.Quick || _request.Kinds.Length > 0)
        {
            foreach (Piece piece in pieces) _work.Add(1 + (int)piece.Kinds[0], () => Do(piece));
        }
        else if (pieces is [var first, .. var others])
        {
            _work.Add(1 + (int)first.Kinds[0], () =>
            {
                if (first.Control is not null || MayTellMore(first)) Do(first);
                else Interlocked.Decrement(ref _count);
                Begin(others);
            });
        }
    }

    private bool MayTellMore(Piece next)
    {
        ImmutableArray<TrialOutcome> known = TrialsOf(next.Row, next.Row);
        // Whoever imports a package starts a Python, and what a .pth file does happens then, by the same rights.
        if (next.Kinds is [Kind.Import] && known.Any(o => o.Installed == Installed.Yes && o.Kinds.Contains(Kind.Pth))) return false;
        return known.Length == 0 || AssetNames.All.Any(asset => Cell.Of(asset, known).Worst != Worst.Install);
    }

    private void Do(Piece piece)
    {
        Report(piece.Label);
        string directory = Path.Combine(_request.Place, $"trial-{Interlocked.Increment(ref _copies)}");
        if (piece.Run(piece.Kinds, directory) is { } outcome)
        {
            Replica.Remove(directory);
            if (outcome.Installed == Installed.Failed && piece.Kinds.Length > 1)
            {
                // One of them hides the others: each in a package of its own.
                ImmutableArray<Piece> each = [.. piece.Kinds.Select(kind => piece with { Kinds = [kind] })];
                Plan(each);
                Begin(each);
            }
            else _outcomes.Add((piece, outcome));
        }
        Interlocked.Increment(ref _done);
    }

    private void Report(string label) => _progress.Report(new(_done, _count, label));

    private static string BasisOf(Approach approach) => approach.StricterThan ?? approach.Id;

    private Row RowOf(Approach approach)
    {
        string basis = BasisOf(approach);
        Preparation? prepared = _prepared.GetValueOrDefault(basis);
        return new(approach.Id, approach.Label, TrialsOf(approach.Id, basis))
        {
            Missing = prepared is null ? "there is no pip for /usr/bin/python3" : prepared.Problem,
            KeepsFurniture = prepared is { Replica: not null } ? prepared.KeepsFurniture : null,
            TakenOverFrom = approach.StricterThan,
        };
    }

    private Row RowOf(SandpiperMode mode) => new(mode.Id(), mode.Label(), TrialsOf(mode.Id(), mode.Id()));

    private ImmutableArray<TrialOutcome> TrialsOf(string row, string basis)
    {
        TrialOutcome[] own = [.. Of(row)];
        return [.. own.Concat(Of(basis).Where(o => !own.Any(mine => mine.Kinds[0] == o.Kinds[0]))).OrderBy(o => o.Kinds[0])];

        IEnumerable<TrialOutcome> Of(string id) => _outcomes
            .Where(o => (o.Piece.Control is null or ControlledFor.WheelsOnly) && string.Equals(o.Piece.Row, id, StringComparison.Ordinal))
            .Select(o => o.Outcome);
    }

    private static ImmutableArray<Row> WithMix(ImmutableArray<Row> rows)
    {
        Row[] parts = [.. rows.Where(r => Mixed.Contains(r.Id, StringComparer.Ordinal))];
        if (parts.Length < Mixed.Length) return rows;
        return rows.Add(new("mix", "(1) and (4) together", [.. parts.SelectMany(p => p.Trials)])
        {
            Missing = parts.Select(p => p.Missing).FirstOrDefault(m => m is not null),
            KeepsFurniture = parts.All(p => p.KeepsFurniture == true),
            WorseOf = Mixed,
        });
    }

    private sealed record Piece(
        string Row, ImmutableArray<Kind> Kinds, string Label, Func<ImmutableArray<Kind>, string, TrialOutcome?> Run)
    {
        public ControlledFor? Control { get; init; }

        public Installed Expected { get; init; } = Installed.Yes;
    }
}
