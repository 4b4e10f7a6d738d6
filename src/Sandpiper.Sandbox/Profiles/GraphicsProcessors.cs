using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>
/// What computes on graphics cards: the nodes that render and none that shows on a screen, and of /sys the one directory of each card,
/// read-only, which drivers look their card up in (drmGetDevice2 of libdrm).
/// </summary>
public sealed record GraphicsProcessors
{
    /// <summary>None was asked for.</summary>
    public static GraphicsProcessors None { get; } = new();

    /// <summary>Nodes, where they lie.</summary>
    public ImmutableArray<ShownPath> Nodes { get; init; } = [];

    /// <summary>Directories below <c>/sys/devices</c>.</summary>
    public ImmutableArray<ShownPath> Hardware { get; init; } = [];

    /// <summary>Names by which a node's number leads to them.</summary>
    public ImmutableArray<(string Path, string Target)> Links { get; init; } = [];

    /// <summary>Nodes that are there and that the caller may not use himself.</summary>
    public ImmutableArray<string> NotTheCallers { get; init; } = [];

    /// <summary>All there is here.</summary>
    public static GraphicsProcessors Of(Caller caller) => In(GrantedDevices.Place, "/sys", caller);

    internal static GraphicsProcessors In(string devices, string system, Caller caller)
    {
        string[] found = [.. Named($"{devices}/dri", "renderD*"), .. Named(devices, "nvidia*"), .. Named(devices, "kfd")];
        ImmutableArray<ShownPath> nodes =
            [.. found.Order(StringComparer.Ordinal).Select(path => ShownPath.At(path, PathAccess.Device)).OfType<ShownPath>()
                .Where(node => NumberOf(node) is { } number && GrantedDevices.ByNumber(number) is null)];
        ImmutableArray<ShownPath> usable = [.. nodes.Where(node => caller.MayWrite(node.Real))];
        var hardware = ImmutableArray.CreateBuilder<ShownPath>();
        var links = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (ShownPath node in usable)
        {
            string entry = $"{system}/dev/char/{NumberOf(node)}";
            string place = RealPath.Of(entry), card = RealPath.Of($"{entry}/device");
            if (!DirectoryTree.Holds($"{system}/devices", place) || !DirectoryTree.Holds(card, place)) continue;
            if (!hardware.Any(known => DirectoryTree.Holds(known.Path, card)) && ShownPath.At(card, PathAccess.Read) is { } shown)
                hardware.Add(shown);
            links.Add((entry, place));
        }
        return new()
        {
            Nodes = usable, Hardware = hardware.ToImmutable(), Links = links.ToImmutable(),
            NotTheCallers = [.. nodes.Except(usable).Select(node => node.Path)],
        };
    }

    private static IEnumerable<string> Named(string directory, string pattern) => Directory.Exists(directory)
        ? Directory.EnumerateFileSystemEntries(directory, pattern, new EnumerationOptions
        {
            AttributesToSkip = FileAttributes.None, MatchCasing = MatchCasing.CaseSensitive, MatchType = MatchType.Simple,
            IgnoreInaccessible = true,
        }) : [];

    private static DeviceNumber? NumberOf(ShownPath node)
    {
        using SafeFileHandle file = RawFile.Open(node.Real, RawFile.AsPlace, out _);
        return file.IsInvalid ? null : DeviceNumber.OfCharacter(file);
    }
}
