using Sandpiper.Packaging.Names;
using Sandpiper.Store;

namespace Sandpiper.Environments.Generations;

/// <summary>A directory of a generation that is one symbolic link to that of a sealed wheel.</summary>
/// <param name="Path">Of the link, relative to the generation.</param>
/// <param name="Wheel">Whose directory it shows.</param>
/// <param name="StorePath">Of the directory, relative to the wheel's tree.</param>
public sealed record LinkedDirectory(string Path, Sha256Digest Wheel, string StorePath)
{
    /// <summary>
    /// What the link says. Relative, so that a data root that is shown or restored elsewhere is whole there, too.
    /// </summary>
    /// <param name="generation">Absolute: the generation's final directory.</param>
    /// <param name="tree">Absolute: the sealed tree of the wheel.</param>
    /// <remarks>
    /// As <see cref="System.IO.Path.GetRelativePath"/> has it, where neither lies in the other: an install asks hundreds of times.
    /// </remarks>
    public string TargetFrom(string generation, string tree)
    {
        int shared = generation.AsSpan(0, generation.AsSpan().CommonPrefixLength(tree)).LastIndexOf('/') + 1;
        int up = Path.AsSpan().Count('/') + generation.AsSpan(shared).Count('/') + 1;
        return string.Concat(string.Concat(Enumerable.Repeat("../", up)), tree.AsSpan(shared), "/", StorePath);
    }
}
