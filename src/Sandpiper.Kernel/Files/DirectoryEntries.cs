using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sandpiper.Kernel.Files;

/// <summary>A name in a directory, in its bytes: it need not be text.</summary>
/// <param name="Name">Without zeros and slashes.</param>
/// <param name="Type">Null where the file system does not tell.</param>
public readonly record struct DirectoryEntry(byte[] Name, FileType? Type);

/// <summary>What is in an open directory: getdents64(2). The base library wants a path, and names that are text.</summary>
public static unsafe class DirectoryEntries
{
    private const int BufferBytes = 32 << 10;
    private const int LengthAt = 16, TypeAt = 18, NameAt = 19;  // struct linux_dirent64
    private const byte Unknown = 0, Directory = 4, Block = 6, Regular = 8, Link = 10;    // DT_*

    /// <summary>All but the directory itself and what it lies in.</summary>
    /// <param name="directory">Opened for reading, and read from its start.</param>
    /// <param name="most">Where reading ends; a buffer more may be among them.</param>
    /// <exception cref="KernelException">It cannot be read.</exception>
    public static ImmutableArray<DirectoryEntry> Of(SafeFileHandle directory, int most = int.MaxValue)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            return Of(directory, most, buffer);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The same of a directory by its path, links followed; null where there is none.</summary>
    /// <exception cref="KernelException">It cannot be read.</exception>
    public static ImmutableArray<DirectoryEntry>? In(string path)
    {
        using SafeFileHandle opened = RawFile.Open(path, RawFile.ReadOnly | RawFile.OnlyDirectories, out int errno);
        return errno switch
        {
            0 => Of(opened),
            Errno.NoSuchFile or Errno.NotDirectory => null,
            _ => throw new KernelException("open", errno, path),
        };
    }

    private static ImmutableArray<DirectoryEntry> Of(SafeFileHandle directory, int most, byte[] buffer)
    {
        var entries = ImmutableArray.CreateBuilder<DirectoryEntry>();
        while (true)
        {
            nint got;
            fixed (byte* start = buffer)
            {
                got = SystemCall.Invoke(Call, (nuint)directory.DangerousGetHandle(), (nuint)start, BufferBytes, 0, 0);
            }
            if (got < 0) throw new KernelException("getdents64", Marshal.GetLastPInvokeError());
            if (got == 0 || entries.Count > most) return entries.DrainToImmutable();
            for (int at = 0; at < got;)
            {
                ReadOnlySpan<byte> entry = buffer.AsSpan(at, BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + LengthAt)));
                at += entry.Length;
                ReadOnlySpan<byte> name = entry[NameAt..];
                name = name[..name.IndexOf((byte)0)];
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) entries.Add(new(name.ToArray(), TypeOf(entry[TypeAt])));
            }
        }
    }

    private static FileType? TypeOf(byte told) => told switch
    {
        Unknown => null,
        Directory => FileType.Directory,
        Block => FileType.BlockDevice,
        Regular => FileType.Regular,
        Link => FileType.SymbolicLink,
        _ => FileType.Other,
    };

    private static nint Call => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;     // asm/unistd.h
}
