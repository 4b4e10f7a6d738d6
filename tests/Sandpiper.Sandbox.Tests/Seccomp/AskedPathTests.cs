using System.Runtime.InteropServices;
using CsCheck;
using Sandpiper.Kernel.Processes;
using Sandpiper.Sandbox.Seccomp;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Seccomp;

public sealed class AskedPathTests
{
    private static readonly int[] _calls = [.. PathCall.Here.Keys];

    private static readonly Gen<byte> _letter = Gen.Int[0, 7].SelectMany(kind => kind switch
    {
        0 or 1 => Gen.Const((byte)'/'),
        2 or 3 => Gen.Const((byte)'.'),
        4 => Gen.Const((byte)'a'),
        _ => Gen.Byte,
    });

    // Of our own process, which names it to nobody: it is read as another's is.
    [Fact]
    public void Whatever_is_named_wherever_it_begins_is_one_absolute_path() =>
        Gen.Select(_letter.Array[0, 40], Gen.Int[0, _calls.Length - 1], Gen.Int[-101, 20], Gen.ULong).Sample((text, which, from, flags) =>
        {
            GCHandle held = GCHandle.Alloc((byte[])[.. text, 0], GCHandleType.Pinned);
            try
            {
                PathCall call = PathCall.Here[_calls[which]];
                ulong[] arguments = [flags, flags, flags];
                arguments[call.Path] = (ulong)held.AddrOfPinnedObject();
                if (call.Directory is { } directory) arguments[directory] = unchecked((ulong)from);
                Assert.True(AskedPath.TryRead(
                    new CallNotice(1, Environment.ProcessId, _calls[which], (arguments[0], arguments[1], arguments[2])),
                    out AskedPath? asked));
                Assert.True(asked is null || (asked.Path is ['/', ..] && asked.Path.IndexOf('\0') < 0
                    && !asked.Path.Split('/').Any(name => name is "." or "..")), asked?.Path);
            }
            finally
            {
                held.Free();
            }
        }, iter: Fuzz.Inputs);

    [Fact]
    public void What_cannot_be_read_is_said_so() => Gen.ULong[1, 4095].Sample(address =>
        Assert.False(AskedPath.TryRead(new CallNotice(1, Environment.ProcessId, _calls[0],
            PathCall.Here[_calls[0]].Path == 0 ? (address, 0, 0) : (0, address, address)), out _)));
}
