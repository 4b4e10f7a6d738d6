using System.Collections.Immutable;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Console;

/// <summary>The words for graphics cards and displays: what there is to be granted here, and what is not there.</summary>
internal static class HardwareWords
{
    private const string NoWayland = "there is no Wayland here (WAYLAND_DISPLAY)", NoX11 = "there is no X server here (DISPLAY)",
        NoGraphics = "there is no graphics card here (/dev/dri, /dev/nvidia*)";

    /// <summary>One line for each grant that gives nothing on this machine, or less than there is.</summary>
    public static IEnumerable<string> NotThere(Grants grants, Confinement confinement)
    {
        if (grants.Graphics)
        {
            if (confinement.Graphics.Nodes.IsEmpty && confinement.Graphics.NotTheCallers.IsEmpty) yield return $"--gpu: {NoGraphics}";
            foreach (string node in confinement.Graphics.NotTheCallers) yield return $"--gpu: {NotYours(node)}";
        }
        if (grants.Display && WaylandOf(confinement) is null) yield return $"--display: {NoWayland}";
        if (grants.X11 && X11Of(confinement) is null) yield return $"--x11: {NoX11}";
    }

    public static IEnumerable<string> Of(GraphicsProcessors graphics)
    {
        ImmutableArray<string> rows =
        [
            .. graphics.Nodes.Select(node => node.Path), .. graphics.Hardware.Select(place => $"{place.Path}, read-only"),
            .. graphics.NotTheCallers.Select(node => $"not {NotYours(node)}"),
        ];
        return rows.IsEmpty ? [NoGraphics] : rows;
    }

    public static IEnumerable<string> OfWayland(Confinement confinement) => WaylandOf(confinement) is { } display
        ?
        [
            $"{display.Socket.Real}: windows, and what the compositor lets every",
            "program do, the clipboard of the window in front among it",
        ]
        : [NoWayland];

    public static IEnumerable<string> OfX11(Confinement confinement) => X11Of(confinement) is { } display
        ? [$"{display.Socket.Real}: all that is typed and shown in any window,", "and it can type itself"] : [NoX11];

    private static string NotYours(string node) => $"{node}: you may not use it yourself";

    private static DisplayAccess? WaylandOf(Confinement confinement) =>
        confinement.Displays.FirstOrDefault(display => display.Variables.ContainsKey("WAYLAND_DISPLAY"));

    private static DisplayAccess? X11Of(Confinement confinement) =>
        confinement.Displays.FirstOrDefault(display => display.Variables.ContainsKey("DISPLAY"));
}
