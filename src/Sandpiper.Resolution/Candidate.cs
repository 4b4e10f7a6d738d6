using Sandpiper.Packaging.Index;
using Sandpiper.Packaging.Versions;
using Sandpiper.Packaging.Wheels;

namespace Sandpiper.Resolution;

/// <summary>The best wheel of one version of one project, for one interpreter.</summary>
internal sealed record Candidate(WheelFileName Wheel, IndexFile File)
{
    public Pep440Version Version => Wheel.Version;
}
