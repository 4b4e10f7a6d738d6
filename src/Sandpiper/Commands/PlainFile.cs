using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Console;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Commands;

/// <summary>
/// A text file that somebody names on a command line. A pipe would be waited for, and a device may never end: neither is read.
/// </summary>
internal static class PlainFile
{
    public const int MaxBytes = 16 << 20;

    /// <exception cref="ExplainedException">There is no such file, it may not be read, or it is no plain file of a bearable
    /// size.</exception>
    public static string ReadText(string path)
    {
        if (Directory.Exists(path)) throw Unread("it is a directory", path);
        // The base library would wait for the other end of a pipe, and tells no kind of file apart.
        using SafeFileHandle file = RawFile.Open(path, RawFile.NoTerminal | RawFile.NonBlocking, out int errno);
        if (file.IsInvalid) throw Unread(WhyNot(errno), path);
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        if (!stream.CanSeek) throw Unread("it is no plain file", path);
        using var content = new MemoryStream();
        // Counted while it is read: devices and files of /proc tell no length.
        byte[] buffer = new byte[1 << 16];
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            if (content.Length + read > MaxBytes) throw Unread($"it is no plain file of at most {MaxBytes >> 20} MB", path);
            content.Write(buffer, 0, read);
        }
        content.Position = 0;
        return new StreamReader(content).ReadToEnd();
    }

    private static string WhyNot(int error) => error switch
    {
        Errno.NoSuchFile or Errno.NotDirectory => "there is no such file",
        Errno.NoAccess => "it may not be read",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    private static ExplainedException Unread(string why, string path) =>
        new(new(ExitCode.CouldNot, "a requirements file cannot be read; nothing was changed", $"{why}: `{path}`"));
}
