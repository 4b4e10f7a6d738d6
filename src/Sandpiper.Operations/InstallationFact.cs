namespace Sandpiper.Operations;

/// <summary>Something that happened on the way; how it looks is the console's business.</summary>
public abstract record InstallationFact
{
    private InstallationFact() { }

    /// <summary>Another command changes this environment; we wait for it.</summary>
    public sealed record Waiting(string Environment) : InstallationFact;

    /// <summary>Another command frees space below this data root; we wait for it.</summary>
    public sealed record WaitingForCollection : InstallationFact;

    /// <summary>Other commands change something below this data root; we wait until none does.</summary>
    public sealed record WaitingForAll : InstallationFact;

    /// <param name="Packages">Names looked at so far.</param>
    public sealed record Resolving(int Packages) : InstallationFact;

    /// <param name="Packages">In the solution.</param>
    public sealed record Resolved(int Packages, TimeSpan Took) : InstallationFact;

    /// <param name="Current">A package that is on its way.</param>
    /// <param name="Bytes">Arrived, of all packages together.</param>
    /// <param name="TotalBytes">Promised, of all packages together; 0 when the index does not say.</param>
    public sealed record Acquiring(string Current, long Bytes, long TotalBytes, int Done, int Count) : InstallationFact;

    /// <param name="Wheels">Newly sealed.</param>
    /// <param name="Files">In them, each equal to RECORD.</param>
    public sealed record Checked(int Wheels, int Files, TimeSpan Took) : InstallationFact;
}
