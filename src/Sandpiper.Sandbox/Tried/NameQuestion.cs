using System.Buffers.Binary;
using System.Text;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Tried;

/// <summary>A question for the addresses of a name, as libc sends it: RFC 1035, 4.</summary>
internal static class NameQuestion
{
    private const int HeaderBytes = 12, MostBytes = 300;    // SystemCallFilter lets no longer one be looked at
    private const int MostLabelBytes = 63, MostNameBytes = 253;
    private const int PointerBytes = 8, MessageBytes = 56, VectorOffset = 16;   // struct msghdr and its msg_iov

    /// <summary>Whether a call may send one.</summary>
    public static bool IsOne(CallNotice notice) =>
        (uint)notice.Call == SupervisedCalls.Here.SendTo || (uint)notice.Call == SupervisedCalls.Here.SendMany;

    /// <summary>The name; null when it is something else that is sent.</summary>
    public static string? Read(CallNotice notice)
    {
        ulong address = notice.Arguments.Second, length = notice.Arguments.Third;
        if ((uint)notice.Call == SupervisedCalls.Here.SendMany)
        {
            Span<byte> message = stackalloc byte[MessageBytes], vector = stackalloc byte[2 * PointerBytes];
            if (OtherProcess.Read(notice.Thread, address, message) != 0) return null;
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(message[VectorOffset..]);
            if (first == 0 || OtherProcess.Read(notice.Thread, first, vector) != 0) return null;
            address = BinaryPrimitives.ReadUInt64LittleEndian(vector);
            length = BinaryPrimitives.ReadUInt64LittleEndian(vector[PointerBytes..]);
        }
        if (length is < HeaderBytes or > MostBytes) return null;
        Span<byte> question = stackalloc byte[(int)length];
        return OtherProcess.Read(notice.Thread, address, question) == 0 ? In(question) : null;
    }

    /// <summary>The name that a message asks for; null when it does not.</summary>
    public static string? In(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes) return null;
        // A standard question, recursion desired, with or without "authentic data" (RFC 6840); one question, nothing answered.
        if (message[2] != 1 || (message[3] & ~0x20) != 0 || !message[4..10].SequenceEqual((ReadOnlySpan<byte>)[0, 1, 0, 0, 0, 0]))
            return null;
        var name = new StringBuilder();
        ReadOnlySpan<byte> rest = message[HeaderBytes..];
        while (rest.Length > 0 && rest[0] != 0)
        {
            int length = rest[0];
            if (length > MostLabelBytes || rest.Length <= length || name.Length + length > MostNameBytes) return null;
            foreach (byte letter in rest.Slice(1, length))
            {
                char c = (char)letter;
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return null;
                name.Append(char.ToLowerInvariant(c));
            }
            name.Append('.');
            rest = rest[(length + 1)..];
        }
        // A or AAAA, of the internet.
        bool asksForAddress = rest.Length >= 5 && rest[1] == 0 && rest[2] is 1 or 28 && rest[3] == 0 && rest[4] == 1;
        return asksForAddress && name.Length > 1 ? name.ToString(0, name.Length - 1) : null;
    }
}
