using System.Collections.Immutable;
using Sandpiper.Environments.Generations;
using Sandpiper.Store;
using Sandpiper.Wheels;

namespace Sandpiper.Environments.Composing;

/// <summary>A sealed wheel that goes into a generation, and what is recorded of it there.</summary>
/// <param name="Wheel">From the store.</param>
/// <param name="Facts">Name, version, who asked for it.</param>
/// <param name="LeftOut">Files of the wheel that do not go in: start-up hooks.</param>
public sealed record ComposedPackage(SealedWheel Wheel, InstalledPackage Facts, ImmutableHashSet<StoredFile> LeftOut);
