using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Sandbox.Seccomp;

/// <summary>What a call does with what its path leads to.</summary>
internal enum PathUse
{
    /// <summary>Looks what is there.</summary>
    Look,

    /// <summary>Opens it; its flags say for what.</summary>
    Open,

    /// <summary>Makes or changes it.</summary>
    Write,

    /// <summary>Removes it, or has it called otherwise.</summary>
    Remove,

    /// <summary>Makes a directory of it.</summary>
    MakeDirectory,

    /// <summary>Starts it.</summary>
    Start,
}

/// <summary>A system call that names something in the file system.</summary>
/// <param name="Name">As in its manual page.</param>
/// <param name="X64">Its number on x86-64; null where it does not exist.</param>
/// <param name="Arm64">Its number on aarch64; null where it does not exist.</param>
/// <param name="Path">Which argument the path is, from 0.</param>
/// <param name="Directory">Which argument says where a relative one begins; null: in the current directory.</param>
internal sealed record PathCall(string Name, uint? X64, uint? Arm64, PathUse Use, int Path = 0, int? Directory = null)
{
    // Numbers: asm/unistd_64.h and asm-generic/unistd.h of Linux. Of two names the first, which has to be there.
    public static ImmutableArray<PathCall> All { get; } =
    [
        new("open", 2, null, PathUse.Open), At("openat", 257, 56, PathUse.Open),
        new("stat", 4, null, PathUse.Look), new("lstat", 6, null, PathUse.Look), At("newfstatat", 262, 79, PathUse.Look),
        At("statx", 332, 291, PathUse.Look), new("access", 21, null, PathUse.Look), At("faccessat", 269, 48, PathUse.Look),
        At("faccessat2", 439, 439, PathUse.Look), new("readlink", 89, null, PathUse.Look), At("readlinkat", 267, 78, PathUse.Look),
        new("chdir", 80, 49, PathUse.Look),
        new("creat", 85, null, PathUse.Write), new("mkdir", 83, null, PathUse.MakeDirectory), At("mkdirat", 258, 34, PathUse.MakeDirectory),
        new("rmdir", 84, null, PathUse.Remove), new("unlink", 87, null, PathUse.Remove), At("unlinkat", 263, 35, PathUse.Remove),
        new("rename", 82, null, PathUse.Remove), At("renameat", 264, 38, PathUse.Remove), At("renameat2", 316, 276, PathUse.Remove),
        new("truncate", 76, 45, PathUse.Write), new("chmod", 90, null, PathUse.Write), At("fchmodat", 268, 53, PathUse.Write),
        At("fchmodat2", 452, 452, PathUse.Write), new("mknod", 133, null, PathUse.Write), At("mknodat", 259, 33, PathUse.Write),
        At("utimensat", 280, 88, PathUse.Write), new("symlink", 88, null, PathUse.Write, Path: 1),
        new("symlinkat", 266, 36, PathUse.Write, Path: 2, Directory: 1), new("link", 86, null, PathUse.Write, Path: 1),
        new("execve", 59, 221, PathUse.Start), At("execveat", 322, 281, PathUse.Start),
    ];

    /// <summary>On this machine, by number.</summary>
    public static FrozenDictionary<int, PathCall> Here { get; } = FrozenDictionary.ToFrozenDictionary(
        All.Where(call => call.On(RuntimeInformation.ProcessArchitecture) is not null),
        call => (int)call.On(RuntimeInformation.ProcessArchitecture)!.Value);

    public uint? On(Architecture architecture) => architecture is Architecture.Arm64 ? Arm64 : X64;

    private static PathCall At(string name, uint x64, uint arm64, PathUse use) => new(name, x64, arm64, use, Path: 1, Directory: 0);
}
