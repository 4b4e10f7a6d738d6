using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>The trees of an environment's packages, put where they lie outside. That it is those is compared afterwards.</summary>
internal static class PackageMounts
{
    /// <summary>Where the whole store appears until they are put.</summary>
    public const string StoreInside = "/.store";

    /// <returns>Null when each is in its place and the store is gone.</returns>
    public static SecondStageFailure? Put(ImmutableArray<(string Place, string InStore)> packages)
    {
        if (packages.IsEmpty) return null;
        using (SafeFileHandle store = RawFile.Open(StoreInside, RawFile.AsPlace | RawFile.OnlyDirectories, out int absent))
        {
            if (absent != 0) return new(SecondStageFailureKind.NotConfined, StoreInside, absent);
            foreach (var (place, inStore) in packages)
            {
                using SafeFileHandle tree = PlaceBelow.Open(store, inStore);
                using SafeFileHandle here = RawFile.Open(place, RawFile.AsPlace | RawFile.OnlyDirectories | RawFile.NoFollow, out _);
                if (tree.IsInvalid || here.IsInvalid) return new(SecondStageFailureKind.Replaced, place);
                int errno = DetachedMount.Show(tree, here);
                if (errno != 0) return new(SecondStageFailureKind.NotConfined, place, errno);
            }
        }
        Unmounting.Detach(StoreInside);
        return null;
    }
}
