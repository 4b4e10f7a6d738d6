namespace Sandpiper.Packaging.Requirements;

/// <summary>
/// Undefined: it compares what cannot be compared, or asks for a field that has no value here; the candidate that carries it is not
/// eligible.
/// </summary>
public enum MarkerResult
{
    False,
    True,
    Undefined,
}
