namespace Sandpiper.Kernel;

/// <summary>A call of the kernel that has to succeed did not.</summary>
public sealed class KernelException(string call, int errno) : Exception($"{call}: errno {errno}")
{
    public string Call { get; } = call;

    public int Errno { get; } = errno;
}
