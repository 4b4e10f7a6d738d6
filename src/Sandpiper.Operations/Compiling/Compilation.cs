using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Operations.Compiling;

/// <summary>Compiles the modules of one wheel where they can do no harm.</summary>
public interface IByteCodeCompiler
{
    /// <param name="tree">Absolute: all that it is shown of ours.</param>
    /// <param name="sourceBytes">Of all modules together.</param>
    /// <returns>Null when nothing can be compiled here at all.</returns>
    CompiledModules? Compile(string tree, long sourceBytes, Interpreter interpreter);
}

/// <summary>What came of it.</summary>
/// <param name="Wheels">That have byte code since.</param>
/// <param name="Modules">In them.</param>
public sealed record CompilationOutcome(int Wheels, int Modules)
{
    /// <summary>There is nothing here to compile with; null: there is.</summary>
    public bool IsImpossible { get; init; }
}

/// <summary>
/// Byte code for the wheels of a generation that have none yet, for its interpreter: compiled once on this machine, whichever environments
/// share the wheel.
/// </summary>
/// <remarks>
/// It follows the switch and changes no generation. No lock is held while something compiles; the store is in use only for the moment in
/// which files are moved. A kill at any time leaves what can be told and is begun anew by whoever compiles next.
/// </remarks>
public sealed class Compilation(OperationContext context, Interpreter interpreter, IByteCodeCompiler compiler)
{
    // By it those that compile wait for each other: two would compile the same wheels, and one of them in vain.
    private const string LockName = "compile.lock";
    private const int WheelsAtOnce = 16;        // compiled before one synchronisation of the disk is paid for
    private const long BytesAtOnce = 64 << 20;

    private readonly WheelStore _store = context.Store;

    /// <exception cref="UnwritableException">The disk is full or read-only.</exception>
    /// <exception cref="OperationCanceledException">It was given up; what is compiled by then is kept.</exception>
    public CompilationOutcome Compile(Generation generation, CancellationToken cancel)
    {
        var outcome = new CompilationOutcome(0, 0);
        string tag = interpreter.ByteCodeTag;
        if (!ByteCode.IsTag(tag)) return outcome;
        using SafeFileHandle? alone = OneAtATime(cancel);
        using Staging? begun = alone is null ? null : Begin(cancel);
        if (begun is not { } staging) return outcome;
        var seal = new ByteCodeSeal(_store, tag);
        var staged = new List<StagedByteCode>();
        foreach (Sha256Digest digest in generation.Packages.Select(p => p.Digest).Distinct())
        {
            cancel.ThrowIfCancellationRequested();
            if (!IsStillHere()) return outcome;
            if (_store.IsCompiled(digest, tag) || _store.FindSound(digest) is not { HasPlacesForByteCode: true } wheel) continue;
            ImmutableArray<ByteCode.Module> modules = wheel.Modules;
            CompiledModules? compiled = modules.IsEmpty
                ? new CompiledModules(new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal), IsWhole: true)
                : compiler.Compile(wheel.Tree, modules.Sum(m => wheel.Files[m.Index].Size), interpreter);
            if (compiled is null) return outcome with { IsImpossible = true };
            staged.Add(ByteCodeSeal.Stage(wheel, [.. modules.Select(m => compiled.Find(wheel.Files[m.Index].StorePath))], staging));
            if (staged.Count == WheelsAtOnce || staged.Sum(s => s.Sizes.Sum()) > BytesAtOnce)
                outcome = Place(staged, seal, outcome, cancel);
        }
        return Place(staged, seal, outcome, cancel);
    }

    private CompilationOutcome Place(
        List<StagedByteCode> staged, ByteCodeSeal seal, CompilationOutcome outcome, CancellationToken cancel)
    {
        if (staged.Count == 0 || !IsStillHere()) return outcome;
        // One synchronisation for all of them, and before any has its name: cut short by a power failure it would fail at every import.
        using (var root = OpenDirectory.At(context.Places.Root)) root.SynchronizeFileSystem();
        using StoreUse? use = StoreUse.ShareIfThere(context.Places.Root, cancel);
        if (use is null) return outcome;
        foreach (StagedByteCode wheel in staged)
        {
            if (seal.Place(wheel)) outcome = outcome with
            {
                Wheels = outcome.Wheels + 1,
                Modules = outcome.Modules + wheel.Digests.Count(d => d is not null),
            };
        }
        staged.Clear();
        return outcome;
    }

    // Whoever has left takes the store along; then nothing of ours may come back.
    private bool IsStillHere() => File.Exists(StoreUse.FileBelow(context.Places.Root));

    // Made where nobody can be leaving, and waited for where nobody waits for us.
    private SafeFileHandle? OneAtATime(CancellationToken cancel)
    {
        string path = Path.Combine(context.Places.Root, LockName);
        using (StoreUse? use = StoreUse.ShareIfThere(context.Places.Root, cancel))
        {
            if (use is null) return null;
            using SafeFileHandle? made = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Create | RawFile.NoFollow);
        }
        return LockFile.TryHold(path, RawFile.NoFollow, FileLock.TryTake, () => { }, cancel, make: false);
    }

    private Staging? Begin(CancellationToken cancel)
    {
        using StoreUse? use = StoreUse.ShareIfThere(context.Places.Root, cancel);
        return use is null ? null : Staging.Create(context.Places.Root);
    }
}
