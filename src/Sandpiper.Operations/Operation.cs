using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Environments.Notebooks;
using Sandpiper.Environments.Shims;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Operations;

/// <summary>
/// What all operations have in common: an environment is locked, what an earlier command left undone is done, the next generation is
/// prepared in a stage, and one rename switches to it. Whatever fails before that rename leaves nothing; what follows it is finished later.
/// </summary>
internal sealed class Operation : IDisposable
{
    // Of an environment; and of what was not in it, all of whose files are looked at.
    private const int ManyPackages = 50, ManyNew = 32;

    private readonly OperationContext _context;
    private readonly StoreUse _use;
    private readonly EnvironmentLock _held;
    private readonly EnvironmentLedger _ledger;
    private readonly ImmutableArray<LedgerLine> _steps;
    private Staging? _staging;
    private Task<Staging>? _ahead;
    private Task<SeenShims>? _shims;
    private SafeFileHandle? _names;

    private Operation(OperationContext context, ManagedEnvironment environment, StoreUse use, EnvironmentLock held)
    {
        (_context, Environment, _use, _held) = (context, environment, use, held);
        _ledger = new EnvironmentLedger(environment) { IsHeld = true };
        _steps = _ledger.ReadSteps();
    }

    public ManagedEnvironment Environment { get; }

    /// <summary>Where this operation prepares; made when it is asked for first, removed at the end.</summary>
    public Staging Staging => _staging ??= _ahead?.GetAwaiter().GetResult() ?? Staging.Create(_context.Places.Root);

    /// <summary>Generations out of reach wait to be removed (<see cref="LateRemoval"/>).</summary>
    public bool HasSetAside { get; private set; }

    /// <inheritdoc cref="InstallationRequest.Taking"/>
    public IReadOnlySet<string>? Taking { get; init; }

    /// <summary>
    /// From now to its end nobody else is given a name on PATH: what was seen to be free is so when it is switched to.
    /// </summary>
    public void HoldNames() => _names ??= PathLock.Hold(_context.Places);

    /// <summary>Never used before, not even by a command that came to nothing.</summary>
    public int NextNumber
    {
        get
        {
            int last = 0;
            foreach (int number in Environment.Numbers) last = Math.Max(last, number);
            foreach (LedgerLine step in _steps) last = Math.Max(last, step.To);
            return checked(last + 1);
        }
    }

    /// <summary>What was current before and is still there; null when there is none, or the ledger does not know it.</summary>
    public int? Back => Environment.LinkedNumber is { } current ? SwitchHistory.Back(_steps, current, Environment.Numbers) : null;

    /// <summary>It was current once, and is there no more; null: one was before what is current now.</summary>
    public bool WasRemoved(int? number) => number is { } one
        ? _steps.Any(s => s.Confirmed && s.To == one) && !Environment.Numbers.Contains(one)
        : Environment.LinkedNumber is { } current && SwitchHistory.Before(_steps, current).Except(Environment.Numbers).Any();

    /// <summary>The ledger does not know all generations that are there, or not all of it can be read, or is as it was.</summary>
    public bool HasLostLines => !EnvironmentLedger.LostOf(Environment.Numbers, _ledger.Read()).IsEmpty || !_ledger.IsWhole;

    /// <summary>Waits for the lock, and confirms a switch that an earlier command did not live to confirm.</summary>
    /// <exception cref="EnvironmentException">The environment is damaged.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public static Operation Begin(OperationContext context, string environment, IProgress<InstallationFact> facts, CancellationToken cancel,
        IReadOnlySet<string>? taking = null)
    {
        ManagedEnvironment opened = ManagedEnvironment.Open(context.Places.Root, environment);
        StoreUse use = StoreUse.Share(
            context.Places.Root, () => facts.Report(new InstallationFact.WaitingForCollection()), cancel);
        EnvironmentLock? held = null;
        try
        {
            held = opened.Lock(() => facts.Report(new InstallationFact.Waiting(opened.Name)), cancel);
            var operation = new Operation(context, opened, use, held) { Taking = taking };
            // What an earlier one has set aside, and nobody has removed since. Nobody waits for that.
            operation.HasSetAside = !opened.Gone.IsEmpty;
            operation.SealWhatAKillLeftOpen();
            operation.LetCommandsFollowTheProgram();
            if (opened.LinkedNumber is { } current && operation._steps.LastOrDefault(s => s.To == current) is { Confirmed: false })
                operation._ledger.Confirm(current);
            return operation;
        }
        catch
        {
            held?.Dispose();
            use.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Something will be changed, as it looks: what that takes, whatever it is, is begun on another core while it is being found out.
    /// </summary>
    public void Expect(Generation? before)
    {
        _ahead ??= Task.Run(() => Staging.Create(_context.Places.Root));
        if (before is not null) _shims ??= Task.Run(() => ShimDirectory.Look(Environment, before, _context.Places, _context.Executable));
    }

    /// <summary>The current generation; null when nothing was ever installed.</summary>
    /// <param name="seen">What was current before the lock was taken. It does not change: one that still is is not read again.</param>
    /// <exception cref="CurrentLostException">There are generations, and the link does not say which.</exception>
    /// <exception cref="EnvironmentException">It is damaged.</exception>
    public Generation? Current(Generation? seen = null) => CurrentOf(Environment, seen);

    /// <summary>To be said before the wheels of a generation are looked up.</summary>
    public static void ExpectWheelsOf(Generation before)
    {
        if (before.Packages.Length >= ManyPackages) HeapPages.ExpectMany();
    }

    /// <summary>The same, where so many are to come.</summary>
    public static void ExpectToLink(int wheels)
    {
        if (wheels >= ManyNew) HeapPages.ExpectMany();
    }

    /// <inheritdoc cref="Current"/>
    public static Generation? CurrentOf(ManagedEnvironment environment, Generation? seen) =>
        seen is not null && environment.LinkedNumber == seen.Number ? seen : CurrentGeneration.Read(environment);

    /// <summary>Renames a generation into its place, complete, and switches to it.</summary>
    /// <param name="work">Where it was composed, in the stage.</param>
    /// <param name="before">The current one; null: there is none, or it cannot be read.</param>
    /// <param name="description">SHA-256 of its <c>generation.json</c>.</param>
    /// <param name="isStoreOnDisk">What it links to was written to the disk long ago.</param>
    /// <returns>What a person should hear of its commands.</returns>
    /// <exception cref="ChangeUnfinishedException">
    /// It is current, but something that follows failed. With any other exception nothing has changed.
    /// </exception>
    public ImmutableArray<string> SwitchToNew(
        string work, Generation? before, Generation next, Sha256Digest description, LedgerLine line, bool isStoreOnDisk)
    {
        // Then nothing but a few small files has to get there first, and not all that other programs have written as well.
        bool inOrder = isStoreOnDisk && ContentOnDisk.KeepsOrder(work);
        if (inOrder) AwaitContent(work, next);
        _ledger.Announce(line with { Description = description }, inOrder);
        Directory.Move(work, next.Directory);
        try
        {
            Seal(next.Directory);
            DateTimeOffset begun = _context.Time.GetUtcNow();
            Point(next.Number, number => Environment.SwitchToMade(number, inOrder));
            if (!inOrder) StoreOnDisk.Note(_context.Places.Root, begun);
        }
        catch (Exception error) when (error is not ChangeUnfinishedException)
        {
            TakeBack(next.Directory, work);
            throw;
        }
        ImmutableArray<string> notes = Finish(before, next, inOrder);
        SetAsideWhatIsOutOfReach(next.Number);
        return notes;
    }

    /// <summary>Switches to a generation that is there.</summary>
    /// <inheritdoc cref="SwitchToNew" path="/returns|/exception"/>
    public ImmutableArray<string> SwitchTo(Generation? before, Generation next, LedgerLine line)
    {
        _ledger.Announce(line);
        Point(next.Number, Environment.Switch);
        return Finish(before, next, inOrder: false);
    }

    /// <summary>Nothing is switched; the shims of the current generation are as they should be afterwards all the same.</summary>
    /// <exception cref="ChangeUnfinishedException">They are not.</exception>
    public ImmutableArray<string> Stay(Generation current)
    {
        try
        {
            return RefreshShims(current, current);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            throw new ChangeUnfinishedException(Environment.Name, current.Number, AfterSwitch.Shims, error);
        }
    }

    public void Dispose()
    {
        try
        {
            _names?.Dispose();
            // One that could not be made is nobody's loss: who needed it has been told.
            (_staging ?? Made(_ahead))?.Dispose();
            Environment.RemoveIfNothingWasInstalled();
        }
        finally
        {
            _held.Dispose();
            _use.Dispose();
        }
    }

    // A generation is moved to its place open and sealed there, since a sealed directory cannot be moved. Only what was announced and never
    // current is touched: what somebody opened since is for `verify` to tell.
    private void SealWhatAKillLeftOpen()
    {
        foreach (int number in Environment.Numbers.Where(n => n != Environment.LinkedNumber && _steps.Any(s => s.To == n)
            && !_steps.Any(s => s.To == n && s.Confirmed)))
        {
            string directory = Environment.DirectoryOf(number);
            if (!FileStatus.TryRead(directory, out var status) || status.Mode == SealedTree.DirectoryMode) continue;
            try
            {
                Seal(directory);
            }
            catch (Exception error) when (IsOfFiles(error))
            {
                // No reason to hold up what is asked for; the next one tries again.
            }
        }
    }

    // After an upgrade, or a move, of this program: until then its commands start the one that was there before, and `verify` says so.
    private void LetCommandsFollowTheProgram()
    {
        try
        {
            ShimDirectory.FollowTheProgram(Environment, _context.Places, _context.Executable);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            // What is asked for says so when it comes to them itself.
        }
    }

    private static void Seal(string directory)
    {
        Directory.SetLastWriteTimeUtc(directory, SealedTree.SealTime);
        File.SetUnixFileMode(directory, SealedTree.DirectoryMode);
    }

    private static void AwaitContent(string work, Generation next)
    {
        // All of them are on their way already, so waiting for one is waiting for the others, too.
        foreach (string name in (IEnumerable<string>)[.. next.WrittenFiles.Keys, .. next.Copies, GenerationFile.Name])
        {
            string path = Path.Combine(work, name);
            using var file = RawFile.TryOpen(path, RawFile.ReadOnly) ?? throw new FileNotFoundException(message: null, path);
            ContentOnDisk.Await(file, path);
        }
    }

    private void Point(int number, Action<int> switchTo)
    {
        try
        {
            switchTo(number);
        }
        catch (Exception error) when (IsOfFiles(error) && Environment.LinkedNumber == number)
        {
            throw new ChangeUnfinishedException(Environment.Name, number, AfterSwitch.OnDisk, error);
        }
    }

    // The one step does not depend on the other: what can be done is done, and the first failure told.
    private ImmutableArray<string> Finish(Generation? before, Generation next, bool inOrder)
    {
        ChangeUnfinishedException? failure = null;
        ImmutableArray<string> notes = [];
        GenerationLease.Prepare(Environment, next.Number);
        Attempt(AfterSwitch.Ledger, () => _ledger.Confirm(next.Number, inOrder));
        Attempt(AfterSwitch.Shims, () => notes = RefreshShims(before, next));
        return failure is null ? notes : throw failure;

        void Attempt(AfterSwitch step, Action action)
        {
            try
            {
                action();
            }
            catch (Exception error) when (IsOfFiles(error))
            {
                failure ??= new ChangeUnfinishedException(Environment.Name, next.Number, step, error);
            }
        }
    }

    // So many were current since that nobody goes back there; their wheels go with `gc`. Nobody waits until they are off the disk.
    private void SetAsideWhatIsOutOfReach(int current)
    {
        try
        {
            ImmutableArray<int> all = Environment.Numbers;
            if (all.Length <= ManagedEnvironment.MostGenerations) return;
            ImmutableArray<LedgerLine> lines = _ledger.Read();
            if (!_ledger.IsWhole || !EnvironmentLedger.LostOf(all, lines).IsEmpty) return;
            foreach (int number in all.Except(SwitchHistory.Reach(lines, current, all, ManagedEnvironment.KeptGenerations)))
            {
                // Null: a program runs on it.
                using GenerationLease? lease = GenerationLease.TryTake(Environment, number);
                if (lease is null) continue;
                Environment.SetAside(number);
                HasSetAside = true;
            }
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            // The change is done; the next one tries again.
        }
    }

    private ImmutableArray<string> RefreshShims(Generation? before, Generation generation) =>
    [
        .. ShimDirectory.Refresh(
            Environment, generation, _context.Places, _context.Executable, Taking, before, isHeld: _names is not null, Made(_shims)),
        .. KernelsOnRecord.Refresh(Environment, generation),
    ];

    // What went wrong with it is met once more by who needs it.
    private static T? Made<T>(Task<T>? ahead) where T : class
    {
        if (ahead is null) return null;
        Task.WaitAny([ahead]);
        return ahead.IsCompletedSuccessfully ? ahead.Result : null;
    }

    private static void TakeBack(string place, string work)
    {
        try
        {
            File.SetUnixFileMode(place, SealedTree.OpenDirectoryMode);
            Directory.Move(place, work);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            // It stays as what a kill would leave: a generation that was never current.
        }
    }

    private static bool IsOfFiles(Exception error) => error is IOException or UnauthorizedAccessException;
}
