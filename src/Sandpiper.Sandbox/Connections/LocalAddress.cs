using Sandpiper.Kernel.Sockets;

namespace Sandpiper.Sandbox.Connections;

/// <summary>Which kind of name of unix(7) an address holds.</summary>
internal enum LocalAddressKind
{
    /// <summary>None that can be connected to.</summary>
    None,

    /// <summary>In the file system.</summary>
    Path,

    /// <summary>Of a network namespace.</summary>
    Abstract,
}

/// <summary><c>struct sockaddr_un</c>, as the kernel reads it.</summary>
internal static class LocalAddress
{
    private const int FamilyBytes = 2;

    /// <param name="address">All that was given.</param>
    /// <param name="path">Of a path: the bytes up to the first zero; never empty.</param>
    public static LocalAddressKind Read(ReadOnlySpan<byte> address, out ReadOnlySpan<byte> path)
    {
        path = default;
        if (address.Length <= FamilyBytes || address[0] != OpenSocket.Local || address[1] != 0) return LocalAddressKind.None;
        ReadOnlySpan<byte> name = address[FamilyBytes..];
        if (name[0] == 0) return LocalAddressKind.Abstract;
        int end = name.IndexOf((byte)0);
        path = end < 0 ? name : name[..end];
        return LocalAddressKind.Path;
    }
}
