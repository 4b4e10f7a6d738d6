namespace Sandpiper.Archives.Zip;

/// <summary>How content is stored (APPNOTE 4.4.5); every other method is refused.</summary>
internal enum ZipMethod
{
    Stored = 0,
    Deflated = 8,
}
