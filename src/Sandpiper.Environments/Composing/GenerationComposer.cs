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
    /// <returns>What <c>generation.json</c> says. The directory itself is left open: a sealed one could not be moved.</returns>
    /// <exception cref="RefusedException">
    /// Two packages own one path (SP-ENV-01), one shadows the standard library (SP-ENV-02), or nobody decided
    /// about a hook (SP-WHEEL-20 to 23).
    /// </exception>
    /// <exception cref="EnvironmentException">The place cannot be named in a script.</exception>
    /// <exception cref="StoreDamagedException">The store no longer holds what was sealed.</exception>
    /// <exception cref="IOException">The disk is full or read-only; what was begun is the caller's to remove.</exception>
    public Generation Compose(string environment, int number, IReadOnlyList<ComposedPackage> packages, Policy policy, DateTimeOffset now,
        CancellationToken cancel)
    {
        string? tag = ByteCode.IsTag(interpreter.ByteCodeTag) ? interpreter.ByteCodeTag : null;
        var plan = GenerationPlan.Of(interpreter, place, packages, policy, Mode, ShowsByteCode ? tag : null);
        using var own = Entries is null ? new LinkedEntries(tag) : null;
        var copies = new TreeWriter(work, place, Entries ?? own!, Before).Write(plan, cancel);
        var generation = new Generation
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
        SealedTree.WriteFile(Path.Combine(work, GenerationFile.Name), GenerationFile.Write(generation), SealedTree.FileMode);
        return generation;
    }
}
