using System.Collections.Immutable;
using System.Text;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Verifying;
using Sandpiper.Kernel.Files;
using Sandpiper.Store;

namespace Sandpiper.Environments.Shims;

/// <summary>
/// One directory of shims, as one environment sees it: that of everybody's PATH, the one beside its interpreter, that of its kernel.
/// </summary>
/// <param name="Shown">Its name for a person.</param>
/// <param name="Environment">Whose commands are meant.</param>
/// <param name="IsOnPath">Those of other environments may lie here as well, and each name is one environment's.</param>
internal sealed record ShimPlace(
    string Directory, string Shown, ManagedEnvironment Environment, DataPlaces Places, string Executable, bool IsOnPath)
{
    private const int MaxBytes = 64 << 10;      // seven lines, three of which hold a path
    private const UnixFileMode Mode = (UnixFileMode)0b111_101_101;

    private readonly Dictionary<string, Predicate<string>> _others = new(StringComparer.Ordinal);

    public static ShimPlace OnPath(ManagedEnvironment environment, DataPlaces places, string executable) =>
        new(places.Shims, "bin", environment, places, executable, IsOnPath: true);

    public static ShimPlace BesideInterpreter(ManagedEnvironment environment, DataPlaces places, string executable) =>
        new(ShimDirectory.OfInterpreter(environment), "confined/bin", environment, places, executable, IsOnPath: false);

    public static ShimPlace ForNotebooks(ManagedEnvironment environment, DataPlaces places, string executable) =>
        new(Path.GetDirectoryName(ShimDirectory.OfKernel(environment))!, "confined/notebooks", environment, places, executable,
            IsOnPath: false) { IsForNotebooks = true };

    /// <summary>It has the kernel, and nothing else.</summary>
    public bool IsForNotebooks { get; private init; }

    public bool IsThere => FileStatus.TryRead(Directory, out var status) && status.Type == FileType.Directory;

    /// <summary>What a generation would have here, were there no other commands.</summary>
    public IEnumerable<string> CommandsOf(Generation generation) =>
        IsForNotebooks ? [ShimDirectory.Kernel] : IsOnPath ? generation.OnPath : generation.Commands;

    /// <summary>What it has here, unless another environment has the name.</summary>
    public IEnumerable<string> NamesOf(Generation generation) => CommandsOf(generation).Where(c => CommandName.WhyNone(c) is null)
        .Concat(IsOnPath || IsForNotebooks ? [] : ["python", "python3", generation.PythonName]).Distinct(StringComparer.Ordinal);

    public string PathOf(string command) => Path.Combine(Directory, command);

    /// <summary>The names that are there, whatever they lead to; in order.</summary>
    public string[] Names() =>
        [.. System.IO.Directory.EnumerateFileSystemEntries(Directory).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    /// <summary>What lies there if it is ours to the letter, whatever program and environment it starts.</summary>
    public Shim? At(string command) => Read(command) is { } text ? Shim.Of(text, Places.Root, command, IsForNotebooks) : null;

    /// <summary>It is ours, or was before somebody changed it.</summary>
    public bool HasMark(string command) => Read(command) is { } text && Shim.HasMark(text);

    /// <summary>It is this environment's; on PATH, what is ours and was changed is the shared one's.</summary>
    public bool Has(string command) =>
        HasMark(command) && (!IsOnPath || (At(command) is { } shim ? IsOwn(shim) : Environment.IsShared));

    /// <summary>It is this environment's.</summary>
    public bool IsOwn(Shim shim) => string.Equals(shim.Environment, WrittenName, StringComparison.Ordinal);

    /// <summary>It starts this program, as this version has it.</summary>
    public bool Starts(Shim shim) => !shim.IsEarlier && string.Equals(shim.Executable, Executable, StringComparison.Ordinal);

    /// <summary>The other environment that has this name and still wants it; null: the name is free, or this one's.</summary>
    public string? HolderOf(string command)
    {
        if (!IsOnPath || At(command) is not { } shim || IsOwn(shim)) return null;
        string other = shim.Environment ?? ManagedEnvironment.Shared;
        if (!_others.TryGetValue(other, out Predicate<string>? wants)) _others[other] = wants = WhatWants(other);
        return wants(command) ? other : null;
    }

    /// <summary>How what is there differs from what a command of this environment's is; null: not at all.</summary>
    public DeviationKind? Differs(string command) => Differs(Own(command));

    /// <summary>Makes the directory itself.</summary>
    /// <param name="notes">Gets what a person should hear.</param>
    public void Make(ImmutableArray<string>.Builder notes) => Aside.MakeDirectory(Directory, Places, notes);

    /// <summary>The command becomes this environment's; what stands in the way and is none of ours is put aside.</summary>
    /// <param name="notes">Gets what a person should hear.</param>
    public void Write(string command, ImmutableArray<string>.Builder notes)
    {
        Shim own = Own(command);
        if (Differs(own) is null) return;
        if (FileStatus.TryRead(PathOf(command), out _) && !HasMark(command)) notes.Add(PutAside(command));
        Write(own);
    }

    /// <summary>The same environment's, started by another program.</summary>
    public void Follow(Shim shim) => Write(shim with { Executable = Executable });

    /// <returns>What a person should hear.</returns>
    public string PutAside(string command) => Aside.Put(PathOf(command), Places);

    private Shim Own(string command) =>
        new(Executable, Places.Root, WrittenName, command) { IsKernel = IsForNotebooks };

    // On PATH the shared one is not named: `run` takes it by itself.
    private string? WrittenName => IsOnPath && Environment.IsShared ? null : Environment.Name;

    private Predicate<string> WhatWants(string environment)
    {
        if (!ManagedEnvironment.IsName(environment)) return _ => false;
        var other = ManagedEnvironment.Open(Places.Root, environment);
        if (other.Numbers.IsEmpty) return _ => false;
        // Where it cannot be told, nothing is taken.
        return other.LinkedNumber is { } current && other.TryRead(current) is { } generation
            ? command => generation.OnPath.Contains(command, StringComparer.Ordinal)
            : _ => true;
    }

    private DeviationKind? Differs(Shim shim) =>
        !string.Equals(Read(shim.Command), shim.Text, StringComparison.Ordinal) ? DeviationKind.Changed
        : FileStatus.TryRead(PathOf(shim.Command), out var status) && status.Mode == Mode ? null : DeviationKind.Mode;

    // Null: it is no file, or none of ours. What lies there can be a pipe, for which an install would wait with the lock held.
    private string? Read(string command)
    {
        try
        {
            return RegularFile.TryRead(PathOf(command), MaxBytes) is { } content ? Encoding.UTF8.GetString(content) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void Write(Shim shim)
    {
        // Not among them meanwhile: every name there is somebody's command.
        WholeFile.Write(PathOf(shim.Command), $"{Directory}.new", Encoding.UTF8.GetBytes(shim.Text), Mode);
    }
}
