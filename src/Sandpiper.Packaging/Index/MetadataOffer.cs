using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>Whether an index offers a file's METADATA beside it, and with which digest (PEP 658).</summary>
internal readonly record struct MetadataOffer(bool IsMade, Sha256Digest? Sha256);
