using System.Collections.Immutable;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Environments.Generations;

/// <summary>The package whose commands an environment was made for.</summary>
/// <param name="Commands">Its own, none of what it needs; ordered.</param>
public sealed record Tool(PackageName Package, ImmutableArray<string> Commands);
