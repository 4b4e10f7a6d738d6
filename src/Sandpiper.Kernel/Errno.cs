namespace Sandpiper.Kernel;

/// <summary>The error numbers we decide by (asm-generic/errno-base.h, errno.h); the same on every architecture we run on.</summary>
public static class Errno
{
    public const int NotPermitted = 1;      // EPERM
    public const int NoSuchFile = 2;        // ENOENT
    public const int Interrupted = 4;       // EINTR
    public const int NoChild = 10;          // ECHILD
    public const int WouldBlock = 11;       // EWOULDBLOCK, and EAGAIN: no further process or thread
    public const int NoAccess = 13;         // EACCES
    public const int BadAddress = 14;       // EFAULT
    public const int Exists = 17;           // EEXIST
    public const int CrossesDevices = 18;   // EXDEV
    public const int NotDirectory = 20;     // ENOTDIR
    public const int Invalid = 22;          // EINVAL
    public const int TooManyOpen = 24;      // EMFILE
    public const int NoSpace = 28;          // ENOSPC
    public const int TooManyLinks = 31;     // EMLINK
    public const int NotEmpty = 39;         // ENOTEMPTY
    public const int NoSuchCall = 38;       // ENOSYS
    public const int IsLink = 40;           // ELOOP
    public const int NotSocket = 88;        // ENOTSOCK
    public const int NetworkUnreachable = 101; // ENETUNREACH
    public const int ConnectionReset = 104; // ECONNRESET
    public const int InProgress = 115;      // EINPROGRESS
    public const int OverQuota = 122;       // EDQUOT
}
