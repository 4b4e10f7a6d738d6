namespace Sandpiper.Packaging.Requirements;

/// <summary>What a marker says. Undefined: it compares what cannot be compared; the candidate that carries it is not eligible.</summary>
public enum MarkerResult
{
    False,
    True,
    Undefined,
}
