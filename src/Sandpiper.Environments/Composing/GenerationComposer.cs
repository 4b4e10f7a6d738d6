using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Interpreters;
using Sandpiper.Packaging.Names;
using Sandpiper.Policies;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>
/// Builds one generation: a directory that the interpreter accepts as a virtual environment, made of links to sealed directories and files
/// and the few files that are written for it alone. Everything is checked before anything is written, and read-only when it is done.
/// </summary>
/// <param name="work">An empty directory on the store's file system, where it is built.</param>
/// <param name="place">Absolute: where it will be renamed to; scripts name it.</param>
public sealed class GenerationComposer(Interpreter interpreter, string work, string place)
{
    /// <summary>How files come out of the store.</summary>
    public LinkMode Mode { get; init; }

    /// <summary>Whether the generation shows byte code as soon as there is some.</summary>
    public bool ShowsByteCode { get; init; } = true;

    /// <summary>The package whose commands the environment is for; null, or not among the packages: for none in particular.</summary>
    public PackageName? Tool { get; init; }

    /// <inheritdoc cref="TreeWriter" path="/param[@name='before']"/>
    public Generation? Before { get; init; }

    /// <summary>What of <see cref="Before"/> has been linked already; null: nothing.</summary>
    public LinksAhead? Ahead { get; init; }

    /// <summary>What of the store has been looked at already; null: nothing.</summary>
    public LinkedEntries? Entries { get; init; }

    /// <summary>
    /// Begins to read what composing these will have to know, on another core, and does not wait: while it is being found out what comes.
    /// </summary>
    /// <param name="wheels">Null: nothing is known of one.</param>
    public static void ReadAhead(IEnumerable<SealedWheel?> wheels)
    {
        SealedWheel[] asked = [.. wheels.OfType<SealedWheel>().Where(SoleDirectories.HasFilesBesideDirectories)];
        if (asked.Length > 0) _ = Task.Run(() => SoleDirectories.ReadTables(asked));
    }

    /// <summary>The same packages give the same tree; only <c>generation.json</c> tells the time.</summary>
    /// <returns>What it says, and the digest of that. The directory itself is left open: a sealed one could not be moved.</returns>
    /// <exception cref="RefusedException">
    /// Two packages own one path (SP-ENV-01), one shadows the standard library (SP-ENV-02), or nobody decided
    /// about a hook (SP-WHEEL-20 to 23).
    /// </exception>
    /// <exception cref="EnvironmentException">The place cannot be named in a script.</exception>
    /// <exception cref="StoreDamagedException">The store no longer holds what was sealed.</exception>
    /// <exception cref="IOException">The disk is full or read-only; what was begun is the caller's to remove.</exception>
    public ComposedGeneration Compose(string environment, int number, IReadOnlyList<ComposedPackage> packages, Policy policy,
        DateTimeOffset now, CancellationToken cancel)
    {
        string? tag = ByteCode.IsTag(interpreter.ByteCodeTag) ? interpreter.ByteCodeTag : null;
        var plan = GenerationPlan.Of(interpreter, place, packages, policy, Mode, ShowsByteCode ? tag : null);
        using var own = Entries is null ? new LinkedEntries(tag) : null;
        // Beside, as it nearly always is: nothing has to be copied.
        var described = Task.Run(() => Described([]));
        var copies = new TreeWriter(work, place, Entries ?? own!, Before) { Ahead = Ahead }.Write(plan, cancel);
        var (generation, content, digest) = copies.IsEmpty ? described.GetAwaiter().GetResult() : Described(copies);
        SealedTree.WriteFile(Path.Combine(work, GenerationFile.Name), content, SealedTree.FileMode);
        return new ComposedGeneration(generation, digest);

        (Generation Generation, byte[] Content, Sha256Digest Digest) Described(ImmutableArray<string> copied)
        {
            var it = GenerationOf(plan, environment, number, now, copied);
            byte[] written = GenerationFile.Write(it);
            return (it, written, Sha256Digest.Of(written));
        }
    }

    private Generation GenerationOf(
        GenerationPlan plan, string environment, int number, DateTimeOffset now, ImmutableArray<string> copies) =>
        new()
        {
            Environment = environment,
            Number = number,
            Directory = place,
            Created = now,
            Python = interpreter.Path,
            PythonPrefix = interpreter.Prefix,
            PythonName = interpreter.VersionedName,
            Packages = plan.Packages,
            Commands = plan.Commands,
            Tool = Tool is { } tool && plan.CommandsOf.TryGetValue(tool, out var commands) ? new Tool(tool, commands) : null,
            WrittenFiles = plan.Files.OfType<WrittenFile>().ToImmutableSortedDictionary(f => f.Path, f => f.Digest, StringComparer.Ordinal),
            Copies = copies,
            LinkMode = Mode,
            ShowsByteCode = ShowsByteCode,
            Linked = [.. plan.Linked.Select(l => l.Directory)],
        };
}

/// <summary>A generation that lies where it was built.</summary>
/// <param name="Generation">What its <c>generation.json</c> says.</param>
/// <param name="Description">SHA-256 of that.</param>
public sealed record ComposedGeneration(Generation Generation, Sha256Digest Description);
