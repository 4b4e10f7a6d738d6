namespace Sandpiper.Indexes;

/// <summary>Reads METADATA out of a wheel file; this room knows indexes, not archives.</summary>
/// <param name="path">The downloaded file.</param>
/// <param name="fileName">The wheel's name.</param>
public delegate ReadOnlyMemory<byte> WheelMetadataReader(string path, string fileName);
