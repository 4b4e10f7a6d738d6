using Sandpiper.Console;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>How the facts of an installation look while it is under way.</summary>
internal sealed class ShownFacts(Terminal terminal, ProgressLine line) : IProgress<InstallationFact>
{
    /// <summary>Only what somebody has to wait for: the packages are not what the command is about.</summary>
    public bool IsBrief { get; init; }

    public void Report(InstallationFact value)
    {
        switch (value)
        {
            case InstallationFact.Waiting waiting:
                terminal.Note($"Another command is changing `{waiting.Environment}`; waiting for it …");
                break;
            case InstallationFact.WaitingForCollection:
                terminal.Note("Another command is freeing space here; waiting for it …");
                break;
            case InstallationFact.WaitingForAll:
                terminal.Note("Other commands are changing something here; waiting for them …");
                break;
            case InstallationFact.Resolving resolving:
                line.Count("Resolving", resolving.Packages, "package");
                break;
            case InstallationFact.Resolved resolved:
                line.Dispose();
                if (IsBrief) break;
                terminal.Note($"Resolved {Counted.Of(resolved.Packages, "package")} in {ChangeReport.Seconds(resolved.Took)}");
                break;
            case InstallationFact.Acquiring acquiring:
                line.Bytes(acquiring.Current, acquiring.Bytes, acquiring.TotalBytes, acquiring.Done, acquiring.Count);
                break;
            case InstallationFact.Checked done:
                line.Dispose();
                if (IsBrief) break;
                terminal.Note($"Checked {Counted.Of(done.Wheels, "wheel")} in {ChangeReport.Seconds(done.Took)}: "
                    + $"{Counted.Of(done.Files, "file")} equal to RECORD, index hashes equal");
                break;
        }
    }
}
