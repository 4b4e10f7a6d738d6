using Sandpiper.Packaging.Metadata;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Wheels;

/// <summary>The METADATA that a wheel was chosen on, as the index gave it then: asked again, it could say something else.</summary>
/// <param name="Digest">Of the document.</param>
/// <param name="Fields">What it says.</param>
public sealed record ResolvedMetadata(Sha256Digest Digest, CoreMetadata Fields);
