namespace Sandpiper.Wheels;

/// <summary>
/// Where a file of a wheel goes (PyPA "Binary distribution format", "The .data directory"). In a virtual environment purelib and platlib
/// are one place.
/// </summary>
public enum Scheme
{
    Purelib,
    Platlib,
    Scripts,
    Data,
    Headers,
}
