using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What may be written and stays as it is outside, made inside: bubblewrap has no word for it before 0.11.</summary>
/// <remarks>
/// Both layers appear in the root for as long as that takes. The directory and the layer are compared with what was judged and told to
/// the kernel by handle. Nothing of them is left but the overlay: through the lower one a program would read what is withheld from it.
/// </remarks>
internal static class LayerMounts
{
    // In the root, where nothing that a user may grant can be in the way.
    private const string Inside = "/.layers";

    /// <summary>What it needs besides: the kernel makes a directory without any rights, and works in it.</summary>
    public const string Right = "CAP_DAC_OVERRIDE";

    public static string LowerInside(int number) => $"{Inside}/{number}/lower";

    public static string LayerInside(int number) => $"{Inside}/{number}/layer";

    /// <param name="plan">Afterwards with the overlays among what has to be shown.</param>
    /// <returns>Null when each is in its place, with what is shown in it, and the layers are gone.</returns>
    public static SecondStageFailure? Put(ref MountPlan plan)
    {
        if (plan.Layers.IsEmpty) return null;
        for (int number = 0; number < plan.Layers.Length; number++)
        {
            PlannedLayers layers = plan.Layers[number];
            if (Put(layers, number, plan.Shown, out FileIdentity identity) is { } failure) return failure;
            plan = plan with
            {
                Shown = [.. plan.Shown.Select(shown =>
                    string.Equals(shown.Path, layers.Place, StringComparison.Ordinal) ? shown with { Identity = identity } : shown)],
            };
        }
        // Bubblewrap went there when it was what lies below now.
        try
        {
            Directory.SetCurrentDirectory(plan.WorkingDirectory);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(SecondStageFailureKind.NotLayered, plan.WorkingDirectory);
        }
    }

    private static SecondStageFailure? Put(
        PlannedLayers layers, int number, ImmutableArray<PlannedPath> shown, out FileIdentity identity)
    {
        identity = default;
        List<(string Path, SafeFileHandle Mount)> within = [];
        try
        {
            using (SafeFileHandle lower = Opened(LowerInside(number)), layer = Opened(LayerInside(number)), place = Opened(layers.Place))
            using (SafeFileHandle upper = PlaceBelow.Open(layer, LayeredPath.Upper), work = PlaceBelow.Open(layer, LayeredPath.Work))
            {
                if (lower.IsInvalid || FileFacts.IdentityOf(lower) != layers.Lower) return SecondStageFailure.Replaced(layers.Place);
                if (layer.IsInvalid || FileFacts.IdentityOf(layer) != layers.Layer || place.IsInvalid)
                    return SecondStageFailure.Replaced(layers.Place);
                within.AddRange(Uppermost(layers.Place, shown).Select(path => (path, RawFile.Open(path, RawFile.AsPlace, out _))));
                using SafeFileHandle? overlay = OverlayMount.TryMake(lower, upper, work, out int errno);
                if (overlay is null) return new(SecondStageFailureKind.NotLayered, layers.Place, errno);
                identity = FileFacts.IdentityOf(overlay);
                if (DetachedMount.MoveTo(overlay, place) is not 0 and var notPut)
                    return new(SecondStageFailureKind.NotLayered, layers.Place, notPut);
                foreach (var (path, mount) in within)
                {
                    using SafeFileHandle above = PlaceBelow.Open(overlay, path[(layers.Place.Length + 1)..]);
                    int notMoved = mount.IsInvalid || above.IsInvalid ? Errno.NoSuchFile : DetachedMount.MoveTo(mount, above);
                    if (notMoved != 0) return new(SecondStageFailureKind.NotLayered, path, notMoved);
                }
            }
        }
        finally
        {
            within.ForEach(path => path.Mount.Dispose());
        }
        Unmounting.Detach(LowerInside(number));
        Unmounting.Detach(LayerInside(number));
        return null;
    }

    // What lies in one of them goes with it.
    private static IEnumerable<string> Uppermost(string place, ImmutableArray<PlannedPath> shown)
    {
        string[] within =
            [.. shown.Select(path => path.Path).Where(path => path.Length > place.Length && DirectoryTree.Holds(place, path))];
        return within.Where(path => !within.Any(other => other.Length < path.Length && DirectoryTree.Holds(other, path)))
            .Distinct(StringComparer.Ordinal);
    }

    private static SafeFileHandle Opened(string path) =>
        RawFile.Open(path, RawFile.AsPlace | RawFile.OnlyDirectories | RawFile.NoFollow, out _);
}
