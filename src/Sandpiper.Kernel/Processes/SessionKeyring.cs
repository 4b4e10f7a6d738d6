using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Processes;

/// <summary>The session keyring holds tickets and passphrases of a login and is inherited through every namespace.</summary>
public static class SessionKeyring
{
    /// <summary>
    /// Gives the calling thread, and what it starts, an empty one where it can: the second of two doors, the filter of calls is the first.
    /// </summary>
    /// <exception cref="KernelException">The kernel has keyrings and gave none.</exception>
    public static void JoinFresh()
    {
        if (SystemCall.Invoke(KeyctlCall, JoinSessionKeyring, NoName, 0, 0, 0) >= 0) return;
        int errno = Marshal.GetLastPInvokeError();
        // No keyrings in this kernel, or a container's filter refuses the call to us and to all we start: nothing to leak either way. Or
        // too
        // many: a user may have 200 keys, and those of programs that ended count for minutes, so that a busy loop of runs comes to the end
        // of them. Our own filter refuses the program every call that could use a key.
        if (errno is not (Errno.NoSuchCall or Errno.NotPermitted or Errno.OverQuota))
        {
            throw new KernelException("keyctl(KEYCTL_JOIN_SESSION_KEYRING)", errno);
        }
    }

    private const nuint JoinSessionKeyring = 1; // linux/keyctl.h
    private const nuint NoName = 0;             // a new one each time

    private static nint KeyctlCall => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 219 : 250; // asm/unistd.h
}
