using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging;
using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Generations;

/// <summary>A named environment: its generations, which of them is current, and the lock that one change at a time holds.</summary>
/// <remarks>
/// <c>envs/NAME/generations/N</c> appears complete, by one rename; <c>envs/NAME/current</c> is a symbolic link that one rename moves. So
/// every moment, the next after a crash included, shows one whole generation. What a crash left half done is still in staging.
/// </remarks>
public sealed class ManagedEnvironment
{
    /// <summary>The one that everybody gets who does not say otherwise: one convenient set of packages for all tools.</summary>
    public const string Shared = "shared";

    /// <summary>How many generations that were current last stay beside the one that is, to go back to.</summary>
    public const int KeptGenerations = 10;

    /// <summary>Beyond so many a change takes away what is older than those that are kept.</summary>
    /// <remarks>
    /// Not each time: what is removed moves the ctime of every file that it shared with the store, and the next change reads those anew.
    /// </remarks>
    public const int MostGenerations = 20;

    private const int MaxNameLength = 64;       // part of the first line of every script, of which 127 bytes count
    private const string GenerationsName = "generations";
    private const string GoneSuffix = ".gone";

    private ManagedEnvironment(string root, string name) => (Root, Name, Directory) = (root, name, Path.Combine(root, "envs", name));

    /// <summary>The data root.</summary>
    public string Root { get; }

    public string Name { get; }

    /// <summary>It is everybody's common set.</summary>
    public bool IsShared => string.Equals(Name, Shared, StringComparison.Ordinal);

    /// <summary>Absolute; need not exist.</summary>
    public string Directory { get; }

    public string Generations => Path.Combine(Directory, GenerationsName);

    public string LedgerFile => Path.Combine(Directory, "ledger.jsonl");

    /// <summary>Absolute: the link that says which generation is current.</summary>
    public string CurrentLink => Path.Combine(Directory, "current");

    private string Leases => Path.Combine(Directory, "leases");

    private string LockFile => Path.Combine(Directory, "lock");

    /// <summary>All that lie below a data root, by name; also what is damaged or was only begun.</summary>
    public static IEnumerable<ManagedEnvironment> All(string root)
    {
        var all = new DirectoryInfo(Path.Combine(Path.GetFullPath(root), "envs"));
        if (!all.Exists) yield break;
        foreach (DirectoryInfo directory in all.GetDirectories().OrderBy(d => d.Name, StringComparer.Ordinal))
        {
            if (directory.LinkTarget is null && IsName(directory.Name)) yield return Open(root, directory.Name);
        }
    }

    /// <summary>As narrow as the names of packages: it becomes a directory name.</summary>
    public static bool IsName(string name) =>
        name.Length <= MaxNameLength && PackageName.TryParse(name, out _, out ParseProblem _);

    /// <exception cref="EnvironmentException">The name is none, or the place is none for an environment.</exception>
    public static ManagedEnvironment Open(string root, string name)
    {
        if (!IsName(name))
            throw new EnvironmentException(
                $"`{name}` is no name of an environment: letters, digits and single -, _ or . between them, at most {MaxNameLength}");
        string place = Path.GetFullPath(root);
        // As `python -m venv` refuses it: `bin` could not be named in PATH, and every program would be looked for elsewhere.
        if (place.Contains(':', StringComparison.Ordinal))
            throw new EnvironmentException($"the path of the data directory has a colon, which separates the entries of PATH: `{place}`")
                { IsOfPlace = true };
        return new ManagedEnvironment(place, name);
    }

    /// <summary>The number of the current generation; null when nothing was ever installed.</summary>
    /// <exception cref="EnvironmentException">Somebody pointed the link elsewhere: programs would see one thing and we another.</exception>
    public int? Current
    {
        get
        {
            if (SymbolicLink.Target(CurrentLink) is not { } target)
                return Path.Exists(CurrentLink) ? throw new EnvironmentException($"`{CurrentLink}` is no link") : null;
            return NumberIn(target) ?? throw new EnvironmentException($"`{CurrentLink}` was pointed elsewhere: {target}");
        }
    }

    /// <summary>The same, null too where the link leads elsewhere: for whoever mends it.</summary>
    public int? LinkedNumber => SymbolicLink.Target(CurrentLink) is { } target ? NumberIn(target) : null;

    /// <summary>There is a link that says what is current, or something in its place.</summary>
    public bool HasCurrentName => FileStatus.TryRead(CurrentLink, out _);

    /// <summary>A command of ours began it, whatever came of it.</summary>
    public bool WasBegun =>
        System.IO.Directory.Exists(Generations) || FileStatus.TryRead(LedgerFile, out _) || FileStatus.TryRead(LockFile, out _);

    /// <summary>The numbers of all generations that are there, ascending.</summary>
    public ImmutableArray<int> Numbers
    {
        get
        {
            var numbers = ImmutableArray.CreateBuilder<int>();
            foreach (string name in NamesOfDirectories())
            {
                if (TryParseNumber(name, out int number)) numbers.Add(number);
            }
            numbers.Sort();
            return numbers.DrainToImmutable();
        }
    }

    public string DirectoryOf(int number) => Path.Combine(Generations, number.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="EnvironmentException">There is none of that number, or it is damaged.</exception>
    public Generation Read(int number) => GenerationFile.Read(DirectoryOf(number), Name, number);

    /// <summary>The same; null where there is none, or it is damaged.</summary>
    public Generation? TryRead(int number)
    {
        try
        {
            return Read(number);
        }
        catch (EnvironmentException)
        {
            return null;
        }
    }

    /// <summary>Waits until no other command changes this environment.</summary>
    /// <param name="waiting">Called once when there is somebody to wait for.</param>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public EnvironmentLock Lock(Action waiting, CancellationToken cancel)
    {
        bool hasTold = false;
        while (true)
        {
            System.IO.Directory.CreateDirectory(Directory);
            if (EnvironmentLock.TryTake(LockFile, TellOnce, cancel) is not { } held) continue;
            try
            {
                System.IO.Directory.CreateDirectory(Generations);
                return held;
            }
            catch
            {
                RemoveIfNothingWasInstalled();
                held.Dispose();
                throw;
            }
        }

        void TellOnce()
        {
            if (!hasTold) waiting();
            hasTold = true;
        }
    }

    /// <summary>
    /// Leaves nothing of an environment that was begun and never came to be. The lock is held, and worth nothing afterwards.
    /// </summary>
    public void RemoveIfNothingWasInstalled()
    {
        if (SymbolicLink.Target(CurrentLink) is not null || File.Exists(LedgerFile)) return;
        try
        {
            // Only what is empty goes; who waits for the lock finds it gone and makes another.
            if (System.IO.Directory.Exists(Generations)) System.IO.Directory.Delete(Generations);
            if (System.IO.Directory.EnumerateFileSystemEntries(Directory).All(e => string.Equals(e, LockFile, StringComparison.Ordinal)))
                File.Delete(LockFile);
            System.IO.Directory.Delete(Directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody has put something there.
        }
    }

    /// <summary>
    /// Makes a complete generation the current one, by one rename, after everything of it is on the disk. The lock is held.
    /// </summary>
    /// <exception cref="EnvironmentException">There is no such generation.</exception>
    public void Switch(int number)
    {
        Read(number);
        SwitchToMade(number, isWritten: false);
    }

    /// <summary>The same for one that the caller has just made.</summary>
    /// <param name="isWritten">
    /// All content of it has been written to the disk, and the file system keeps the order of changes: whether after a power failure
    /// this one is current or the one before, it is whole, and nobody waits for which.
    /// </param>
    public void SwitchToMade(int number, bool isWritten)
    {
        string target = $"{GenerationsName}/{number.ToString(CultureInfo.InvariantCulture)}";
        if (isWritten)
        {
            SymbolicLink.ReplaceSoon(CurrentLink, target);
            return;
        }
        using (var generations = OpenDirectory.At(Generations)) generations.SynchronizeFileSystem();
        SymbolicLink.Replace(CurrentLink, target);
    }

    /// <summary>Absolute: the file that says whether a program runs on it.</summary>
    internal string LeaseFileOf(int number) => Path.Combine(Leases, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>
    /// Takes a generation away, by one rename, and then from the disk. Its lease is held, and it is not the current one.
    /// </summary>
    /// <exception cref="IOException">It could not be removed; what is left of it goes with the next change.</exception>
    public void Remove(int number) => SealedTree.Remove(SetAside(number));

    /// <summary>The first half of that: nobody finds it any more.</summary>
    /// <returns>Where it waits to be removed.</returns>
    public string SetAside(int number)
    {
        string gone = DirectoryOf(number) + GoneSuffix;
        SealedTree.Remove(gone);
        System.IO.Directory.Move(DirectoryOf(number), gone);
        File.Delete(LeaseFileOf(number));
        return gone;
    }

    /// <summary>Removes what was set aside, or what a kill left of a generation that was being removed. The lock is held.</summary>
    public void RemoveWhatIsGone()
    {
        foreach (string gone in Gone) SealedTree.Remove(gone);
    }

    /// <summary>What <see cref="SetAside"/> has left.</summary>
    public ImmutableArray<string> Gone
    {
        get
        {
            var gone = ImmutableArray.CreateBuilder<string>();
            foreach (string name in NamesOfDirectories())
            {
                if (name.EndsWith(GoneSuffix, StringComparison.Ordinal)) gone.Add(Path.Combine(Generations, name));
            }
            return gone.DrainToImmutable();
        }
    }

    // Each command asks several times; nobody is asked what each of them is.
    private IEnumerable<string> NamesOfDirectories()
    {
        foreach (DirectoryEntry entry in DirectoryEntries.In(Generations) ?? [])
        {
            string name = NativeText.Of(entry.Name);
            if (entry.Type == FileType.Directory || (entry.Type is null or FileType.SymbolicLink
                && System.IO.Directory.Exists(Path.Combine(Generations, name)))) yield return name;
        }
    }

    private static int? NumberIn(string target) =>
        target.StartsWith(GenerationsName + "/", StringComparison.Ordinal)
            && TryParseNumber(target.AsSpan(GenerationsName.Length + 1), out int number) ? number : null;

    /// <summary>No generation has a larger one: there is always a next.</summary>
    public const int LargestNumber = 1_000_000_000;

    // As we write them: "03" and "3" must not be two names of one state.
    private static bool TryParseNumber(ReadOnlySpan<char> text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0 && text[0] != '0'
        && number < LargestNumber;
}
