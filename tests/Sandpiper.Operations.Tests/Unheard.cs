namespace Sandpiper.Operations.Tests;

/// <summary>Nobody listens.</summary>
internal sealed class Unheard : IProgress<InstallationFact>
{
    public void Report(InstallationFact value) { }
}
