using System.Globalization;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Commands;

/// <summary>
/// Ends a notebook's kernel when the client that started it is gone. Kernels do that themselves, where they can see who started them.
/// </summary>
internal sealed class NotebookClient : IDisposable
{
    /// <summary>By it a client says who it is (jupyter_client/launcher.py), unless its kernels are to outlive it.</summary>
    public const string Variable = "JPY_PARENT_PID";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1); // ipykernel/parentpoller.py

    private readonly ITimer? _timer;

    /// <param name="isKernel">Otherwise nothing is looked at.</param>
    public NotebookClient(bool isKernel, TimeProvider time)
    {
        if (!isKernel || Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } named) return;
        int client = ParentProcess.Id;
        // Gone before it was looked at, it has left this process to somebody else.
        bool isGone = int.TryParse(named, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id != client
            && OtherProcess.StateOf(id) is null or { State: 'Z' or 'X' };
        _timer = time.CreateTimer(_ =>
        {
            if (isGone || ParentProcess.Id != client) OwnSignal.Terminate();
        }, state: null, isGone ? TimeSpan.Zero : Look, Look);
    }

    public void Dispose() => _timer?.Dispose();
}
