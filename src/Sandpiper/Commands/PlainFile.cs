using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Console;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Commands;

/// <summary>
/// A text that somebody names on a command line: a plain file, or a descriptor that was handed over (<c>/dev/stdin</c>, <c>/dev/fd/63</c>
/// of <c>&lt;(command)</c>), whose other end somebody holds. A pipe with a name would be waited for, and a device may never end: neither is
/// read.
/// </summary>
internal static class PlainFile
{
    public const int MaxBytes = 16 << 20;

    private const int CloseOnExec = 0x80000;    // O_CLOEXEC: asm-generic/fcntl.h

    /// <summary>A requirements file.</summary>
    /// <inheritdoc cref="ReadText(string, string)"/>
    public static string ReadText(string path) => ReadText(path, "a requirements file");

    /// <param name="what">It is, in words.</param>
    /// <exception cref="ExplainedException">There is no such file, it may not be read, or it is none of a bearable size.</exception>
    /// <exception cref="RequirementsFileException">It is no UTF-8; says in which line.</exception>
    public static string ReadText(string path, string what)
    {
        if (DescriptorIn(path) is { } descriptor) return Decode(ReadHandedOver(descriptor, path, what), path, what);
        if (Directory.Exists(path)) throw Unread("it is a directory", path, what);
        // The base library would wait for the other end of a pipe, and tells no kind of file apart.
        using SafeFileHandle file = RawFile.Open(path, RawFile.NoTerminal | RawFile.NonBlocking, out int errno);
        if (file.IsInvalid) throw Unread(WhyNot(errno), path, what);
        using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
        if (!stream.CanSeek) throw Unread("it is no plain file", path, what);
        return Decode(ReadAll(stream, $"it is no plain file of at most {MaxBytes >> 20} MB", path, what), path, what);
    }

    private static int? DescriptorIn(string path)
    {
        if (path is "/dev/stdin") return 0;
        string? directory = Path.GetDirectoryName(path);
        if (directory is not ("/dev/fd" or "/proc/self/fd")) return null;
        return int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    // Read where it is: opening it once more fails for a socket, and for the pipe of another user.
    private static ReadOnlyMemory<byte> ReadHandedOver(int descriptor, string path, string what)
    {
        if (!WasHandedOver(descriptor)) throw Unread("no such descriptor was handed over", path, what);
        using var file = new SafeFileHandle(descriptor, ownsHandle: false);
        try
        {
            using var stream = new FileStream(file, FileAccess.Read, bufferSize: 0);
            return ReadAll(stream, $"more than {MaxBytes >> 20} MB came from it", path, what);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Unread("it cannot be read from", path, what);
        }
    }

    // What this process has opened itself is closed when another program starts; what came through the start is not.
    private static bool WasHandedOver(int descriptor)
    {
        try
        {
            const string Key = "flags:";    // in octal; proc_pid_fdinfo(5)
            string[] facts = File.ReadAllLines($"/proc/self/fdinfo/{descriptor}");
            string? flags = Array.Find(facts, fact => fact.StartsWith(Key, StringComparison.Ordinal));
            return flags is not null && (Convert.ToInt64(flags[Key.Length..].Trim(), 8) & CloseOnExec) == 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> ReadAll(FileStream stream, string tooMuch, string path, string what)
    {
        using var content = new MemoryStream();
        // Counted while it is read: devices and files of /proc tell no length.
        byte[] buffer = new byte[1 << 16];
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            if (content.Length + read > MaxBytes) throw Unread(tooMuch, path, what);
            content.Write(buffer, 0, read);
        }
        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    // UTF-8, or what a byte order mark says, to the letter: a name with a hole in it would be another package's.
    private static string Decode(ReadOnlyMemory<byte> content, string path, string what)
    {
        ReadOnlySpan<byte> bytes = content.Span;
        bool isLittle = bytes is [0xFF, 0xFE, ..], isBig = bytes is [0xFE, 0xFF, ..];
        int mark = isLittle || isBig ? 2 : 0;
        Encoding encoding = mark > 0
            ? new UnicodeEncoding(isBig, byteOrderMark: false, throwOnInvalidBytes: true)
            : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        try
        {
            return encoding.GetString(bytes[mark..]);
        }
        catch (DecoderFallbackException error)
        {
            int line = bytes[..Math.Clamp(mark + error.Index, 0, bytes.Length)].Count((byte)'\n') + 1;
            throw new RequirementsFileException(
                $"{path}:{line}", $"it is not {encoding.WebName.ToUpperInvariant()}, as {what} is");
        }
    }

    private static string WhyNot(int error) => error switch
    {
        Errno.NoSuchFile or Errno.NotDirectory => "there is no such file",
        Errno.NoAccess => "it may not be read",
        _ => Marshal.GetPInvokeErrorMessage(error),
    };

    private static ExplainedException Unread(string why, string path, string what) =>
        new(new(ExitCode.CouldNot, $"{what} cannot be read; nothing was changed", $"{why}: `{path}`"));
}
