using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Kernel.Files;

/// <summary>Who else may write by an access control list (acl(5)), which mode bits only hint at.</summary>
/// <remarks>The extended attribute as the kernel keeps it: linux/posix_acl_xattr.h.</remarks>
public static partial class AccessList
{
    private const int MostBytes = 4 << 10;      // some 500 entries
    private const int HeaderBytes = 4, EntryBytes = 8;
    private const ushort NamedUser = 2, NamedGroup = 8, Mask = 0x10;    // ACL_USER, ACL_GROUP, ACL_MASK
    private const ushort MayWrite = 2;

    /// <param name="Id">A user's, or a group's.</param>
    public readonly record struct Writer(uint Id, bool IsGroup);

    /// <summary>Users and groups that are named in it and may write; none where there is no list.</summary>
    public static ImmutableArray<Writer> WritersOf(string path)
    {
        Span<byte> list = stackalloc byte[MostBytes];
        nint length = GetAttribute(path, "system.posix_acl_access", list, (nuint)list.Length);
        if (length < HeaderBytes) return [];
        list = list[HeaderBytes..(int)length];
        var writers = ImmutableArray.CreateBuilder<Writer>();
        ushort mask = MayWrite;
        for (; list.Length >= EntryBytes; list = list[EntryBytes..])
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(list), rights = BinaryPrimitives.ReadUInt16LittleEndian(list[2..]);
            if (tag == Mask) mask = rights;
            if (tag is NamedUser or NamedGroup && (rights & MayWrite) != 0)
                writers.Add(new(BinaryPrimitives.ReadUInt32LittleEndian(list[4..]), tag == NamedGroup));
        }
        return (mask & MayWrite) != 0 ? writers.ToImmutable() : [];
    }

    [LibraryImport("libc", EntryPoint = "lgetxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetAttribute(string path, string name, Span<byte> value, nuint size);
}
