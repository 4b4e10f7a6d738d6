using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Proxies;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What the second stage mounts, protects and becomes, as it is told: in a file, for its argument list can be read by every user of the
/// machine, and when that is known, for the sandbox is made meanwhile.
/// </summary>
/// <param name="Mounts">A directory precedes what lies in it.</param>
internal sealed record SecondStagePlan(ImmutableArray<Mount> Mounts)
{
    /// <summary>What is mounted before any of them.</summary>
    public ImmutableArray<string> MadeBefore { get; init; } = [];

    /// <summary>Names in what may be written that may not be changed, besides those that are protected everywhere.</summary>
    public ImmutableArray<string> Protected { get; init; } = [];

    /// <summary>Names in what may be written that may be changed, although they would be protected.</summary>
    public ImmutableArray<string> Granted { get; init; } = [];

    /// <summary>In what is shown: where nothing may answer.</summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>In what is shown: files, and what is found in their place.</summary>
    public ImmutableArray<(string Path, JudgedPath By)> Replaced { get; init; } = [];

    /// <summary>What it becomes: a path, or a name that is looked up in PATH, and arguments.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Which sockets it makes in the program's network and hands out.</summary>
    public ImmutableArray<InnerSocket> Sockets { get; init; } = [];

    /// <summary>The program's umask.</summary>
    public uint Mask { get; init; }

    /// <summary>Where the program starts.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The program's whole environment.</summary>
    public ImmutableArray<(string Name, string Value)> Variables { get; init; } = [];

    /// <summary>There is something that it may write, and others find.</summary>
    public bool MayWrite => Mounts.Any(mount => mount is Mount.Layered
        or Mount.Shown { Access: PathAccess.Write or PathAccess.Device, IsOwn: false });

    /// <param name="command">What runs.</param>
    /// <param name="terminal">The path of the terminal that the program has to itself; null: it has none, or that has no name.</param>
    /// <exception cref="SandboxUnavailableException">Something to show cannot be shown.</exception>
    public static SecondStagePlan Of(Confinement confinement, IReadOnlyList<string> command, string? terminal) =>
        new(FileTree.Of(confinement, terminal))
        {
            MadeBefore = [.. FileTree.MadeBefore],
            Protected = confinement.Protected,
            Granted = confinement.Granted,
            Masked = confinement.Masked,
            Replaced = [.. confinement.Replaced.Select(replaced => (replaced.Path, JudgedPath.Of(replaced.By)))],
            Command = [.. command],
            Sockets = ProgramNetwork.Needed(confinement.Hosts, confinement.ProxyPort, confinement.Ports),
            Mask = CreationMask.Current,
            WorkingDirectory = confinement.WorkingDirectory,
            // As bubblewrap and shells do, who tell where they start a program.
            Variables = [.. confinement.Variables.SetItem("PWD", confinement.WorkingDirectory).Select(v => (v.Key, v.Value))],
        };

    public byte[] ToBytes()
    {
        var writer = new PlanWriter();
        foreach (Mount mount in Mounts) Write(writer, mount);
        Write(writer, Kind.Before, MadeBefore);
        Write(writer, Kind.Protect, Protected);
        Write(writer, Kind.Grant, Granted);
        Write(writer, Kind.Mask, Masked);
        foreach (var (path, by) in Replaced) Write(writer, Kind.Replace, path, by.Real, $"{by.Identity}");
        foreach (var (name, value) in Variables) Write(writer, Kind.Variable, name, value);
        Write(writer, Kind.Command, Command);
        foreach (InnerSocket socket in Sockets) Write(writer, Kind.Socket, socket.Text);
        Write(writer, Kind.Start, WorkingDirectory);
        writer.Write(Mask);
        return writer.ToBytes();
    }

    /// <returns>False when it is not whole: whoever reads it must not go on.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SecondStagePlan plan)
    {
        plan = new([]);
        try
        {
            var reader = new PlanReader(bytes);
            plan = Read(ref reader);
            return reader.IsAtEnd;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static SecondStagePlan Read(ref PlanReader reader)
    {
        List<Mount> mounts = [];
        List<string> command = [], before = [], names = [], granted = [], masked = [];
        List<InnerSocket> sockets = [];
        List<(string, JudgedPath)> replaced = [];
        List<(string, string)> variables = [];
        while (true)
        {
            Kind kind = (Kind)reader.ReadByte();
            switch (kind)
            {
                case Kind.Before: before.Add(reader.ReadPath()); break;
                case Kind.Protect: names.Add(reader.ReadPath()); break;
                case Kind.Grant: granted.Add(reader.ReadPath()); break;
                case Kind.Mask: masked.Add(reader.ReadPath()); break;
                case Kind.Replace: replaced.Add((reader.ReadPath(), ReadJudged(ref reader))); break;
                case Kind.Variable: variables.Add((reader.ReadText(), reader.ReadText())); break;
                case Kind.Command: command.Add(reader.ReadText()); break;
                case Kind.Socket: sockets.Add(new(reader.ReadText())); break;
                // The last: what was cut off has none.
                case Kind.Start when command.Count > 0:
                    return new([.. mounts])
                    {
                        MadeBefore = [.. before], Protected = [.. names], Granted = [.. granted], Masked = [.. masked],
                        Replaced = [.. replaced], Variables = [.. variables], Command = [.. command], Sockets = [.. sockets],
                        WorkingDirectory = reader.ReadPath(), Mask = ReadMask(ref reader),
                    };
                default: mounts.Add(ReadMount(ref reader, kind)); break;
            }
        }
    }

    private static void Write(PlanWriter writer, Mount mount)
    {
        switch (mount)
        {
            case Mount.Shown shown:
                Write(writer, Kind.Shown, shown.Path, shown.Judged.Real, $"{shown.Judged.Identity}");
                writer.Write((byte)shown.Access);
                writer.Write((byte)shown.Layer);
                writer.Write(shown.IsOwn ? (byte)1 : (byte)0);
                writer.Write(shown.IsCopy ? (byte)1 : (byte)0);
                break;
            case Mount.Packages packages:
                Write(writer, Kind.Packages, packages.Path, packages.Store.Real, $"{packages.Store.Identity}");
                writer.Write(packages.Trees.Length);
                foreach (SealedTree tree in packages.Trees)
                {
                    writer.Write(tree.Name);
                    writer.Write($"{tree.Identity}");
                }
                break;
            case Mount.Layered layered:
                Write(writer, Kind.Layered, layered.Path, layered.Lower.Real, $"{layered.Lower.Identity}", layered.Above.Real,
                    $"{layered.Above.Identity}");
                break;
            case Mount.OfTheSystem named:
                Write(writer, Kind.System, named.Path, named.Real);
                writer.Write(named.IsDevice ? (byte)1 : (byte)0);
                writer.Write(named.MayBeAbsent ? (byte)1 : (byte)0);
                break;
            case Mount.Memory memory:
                Write(writer, Kind.Memory, memory.Path);
                writer.Write((byte)memory.Layer);
                writer.Write(memory.Bytes);
                writer.Write((int)memory.Mode);
                break;
            case Mount.Link link: Write(writer, Kind.Link, link.Path, link.Target); break;
            case Mount.MadeUp file:
                Write(writer, Kind.MadeUp, file.Path);
                writer.Write(file.Content.AsSpan());
                break;
            default: Write(writer, Kind.Place, mount.Path); break;
        }
    }

    private static Mount ReadMount(ref PlanReader reader, Kind kind) => kind switch
    {
        Kind.Shown => new Mount.Shown(reader.ReadPath(), ReadJudged(ref reader), ReadAccess(ref reader))
        {
            Layer = ReadLayer(ref reader), IsOwn = reader.ReadBoolean(), IsCopy = reader.ReadBoolean(),
        },
        Kind.Packages => new Mount.Packages(reader.ReadPath(), ReadJudged(ref reader), ReadTrees(ref reader)),
        Kind.Layered => new Mount.Layered(reader.ReadPath(), ReadJudged(ref reader), ReadJudged(ref reader)),
        Kind.System => new Mount.OfTheSystem(reader.ReadPath(), reader.ReadText(), reader.ReadBoolean(), reader.ReadBoolean()),
        Kind.Memory => new Mount.Memory(
            reader.ReadPath(), ReadLayer(ref reader), reader.ReadNumber(), (UnixFileMode)(reader.ReadNumber() & 0xfff)),
        Kind.Link => new Mount.Link(reader.ReadPath(), reader.ReadText()),
        Kind.MadeUp => new Mount.MadeUp(reader.ReadPath(), [.. reader.ReadContent()]),
        Kind.Place => new Mount.Place(reader.ReadPath()),
        _ => throw new FormatException(),
    };

    private static uint ReadMask(ref PlanReader reader) =>
        reader.ReadNumber() is >= 0 and <= 0x1ff and var mask ? (uint)mask : throw new FormatException();

    private static JudgedPath ReadJudged(ref PlanReader reader) => new(reader.ReadPath(), ReadIdentity(ref reader));

    private static ImmutableArray<SealedTree> ReadTrees(ref PlanReader reader)
    {
        var trees = ImmutableArray.CreateBuilder<SealedTree>();
        for (long left = reader.ReadNumber(); left != 0; left--) trees.Add(new(reader.ReadText(), ReadIdentity(ref reader)));
        return trees.DrainToImmutable();
    }

    private static FileIdentity ReadIdentity(ref PlanReader reader) =>
        FileIdentity.TryParse(reader.ReadText(), out FileIdentity identity) ? identity : throw new FormatException();

    private static PathAccess ReadAccess(ref PlanReader reader) =>
        (PathAccess)reader.ReadByte() is >= PathAccess.Read and <= PathAccess.Device and var access ? access : throw new FormatException();

    private static MountLayer ReadLayer(ref PlanReader reader) =>
        (MountLayer)reader.ReadByte() is >= MountLayer.System and <= MountLayer.Writable and var layer
            ? layer : throw new FormatException();

    private static void Write(PlanWriter writer, Kind kind, params ReadOnlySpan<string> fields)
    {
        writer.Write((byte)kind);
        foreach (string field in fields) writer.Write(field);
    }

    private static void Write(PlanWriter writer, Kind kind, ImmutableArray<string> paths)
    {
        foreach (string path in paths) Write(writer, kind, path);
    }

    private enum Kind : byte
    {
        Shown = 1, Layered, System, Memory, Link, MadeUp, Place, Before, Protect, Grant, Mask, Replace, Variable, Command, Socket,
        Packages, Start,
    }
}
