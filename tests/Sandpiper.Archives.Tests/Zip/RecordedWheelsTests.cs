using Sandpiper.Archives.Zip;
using Sandpiper.Surroundings;

namespace Sandpiper.Archives.Tests.Zip;

/// <summary>Real wheels: what a strict reader must not refuse.</summary>
public sealed class RecordedWheelsTests
{
    [Theory]
    [InlineData("pypi/files")]
    [InlineData("vectors/install-oracle/wheels")]
    public void Every_published_wheel_opens_and_inflates(string directory)
    {
        string[] wheels = [.. Directory.EnumerateFiles(Recorded.Path(directory), "*.whl")];
        Assert.NotEmpty(wheels);
        Assert.All(wheels, wheel =>
        {
            using var reader = ZipReader.Open(File.OpenHandle(wheel), ArchiveLimits.Default);
            foreach (var member in reader.Members) reader.CopyTo(member, Stream.Null);
        });
    }
}
