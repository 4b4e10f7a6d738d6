using System.Globalization;
using System.Text;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Sandbox.Seccomp;

/// <summary>
/// What a program names as it asks the kernel, read from its memory. It may be another one when the kernel reads it: something to tell,
/// nothing to decide by.
/// </summary>
/// <param name="Use">What it is named for.</param>
/// <param name="Path">Absolute, without dots; links are not looked at.</param>
/// <param name="OpenFlags">Of open(2); null: it is no such call.</param>
internal sealed record AskedPath(PathUse Use, string Path, ulong? OpenFlags = null)
{
    private const int MostPathBytes = 4096;         // PATH_MAX
    private const int CurrentDirectory = -100;      // AT_FDCWD
    private const ulong Writing = 3, Create = 0x40, PlaceOnly = 0x200000; // O_ACCMODE, O_CREAT, O_PATH: asm-generic/fcntl.h

    /// <summary>Whether it means to change something.</summary>
    public bool Writes => Use is PathUse.Write or PathUse.MakeDirectory or PathUse.Remove
        || (OpenFlags is { } flags && (flags & PlaceOnly) == 0 && (flags & (Writing | Create)) != 0);

    /// <summary>Whether it opens a file to write in it, makes a directory, or removes a name.</summary>
    public bool Changes => Use is PathUse.MakeDirectory or PathUse.Remove
        || (OpenFlags is { } flags && (flags & PlaceOnly) == 0 && (flags & Writing) != 0);

    /// <summary>Whether it means to have what is in it.</summary>
    public bool Reads => OpenFlags is { } flags && (flags & PlaceOnly) == 0 && !Writes;

    /// <param name="asked">Null when it names nothing, or what is no text.</param>
    /// <returns>False when it cannot be read.</returns>
    /// <exception cref="IOException">Whoever asks is gone, or cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static bool TryRead(CallNotice notice, out AskedPath? asked)
    {
        asked = null;
        if (!PathCall.Here.TryGetValue(notice.Call, out PathCall? call)) return true;
        ulong address = Argument(notice, call.Path);
        if (address == 0) return true; // futimens(3)
        if (OtherProcess.ReadText(notice.Thread, address, MostPathBytes) is not { } bytes) return false;
        int directory = call.Directory is { } which ? unchecked((int)Argument(notice, which)) : CurrentDirectory;
        // Of a descriptor itself: fstat(2), and fexecve(3), for which it is the program.
        if (bytes.Length == 0 && (call.Use is not PathUse.Start || directory == CurrentDirectory)) return true;
        string path = Encoding.UTF8.GetString(bytes);
        if (path is not ['/', ..])
        {
            string link = directory == CurrentDirectory ? "cwd" : string.Create(CultureInfo.InvariantCulture, $"fd/{directory}");
            if (SymbolicLink.Target(string.Create(CultureInfo.InvariantCulture, $"/proc/{notice.Thread}/{link}")) is not ['/', ..] above)
                return true;
            path = path.Length == 0 ? above : $"{above}/{path}";
        }
        asked = new(call.Use, System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path)),
            call.Use is PathUse.Open ? Argument(notice, call.Path + 1) : null);
        return true;
    }

    private static ulong Argument(CallNotice notice, int which) => which switch
    {
        0 => notice.Arguments.First,
        1 => notice.Arguments.Second,
        _ => notice.Arguments.Third,
    };
}
