using System.Buffers.Binary;

namespace Sandpiper.Sandbox.Seccomp;

/// <summary>Assembles a classic BPF program over <c>struct seccomp_data</c>; jumps only run forward, as the kernel wants it.</summary>
/// <remarks>linux/filter.h, linux/bpf_common.h; <c>struct sock_filter</c> is eight bytes: code, true, false, value.</remarks>
internal sealed class FilterProgram
{
    private const ushort LoadWord = 0x20;       // BPF_LD | BPF_W | BPF_ABS
    private const ushort JumpIfEqual = 0x15;    // BPF_JMP | BPF_JEQ | BPF_K
    private const ushort JumpIfAtLeast = 0x35;  // BPF_JMP | BPF_JGE | BPF_K
    private const ushort JumpIfAnySet = 0x45;   // BPF_JMP | BPF_JSET | BPF_K
    private const ushort ReturnValue = 0x06;    // BPF_RET | BPF_K

    private const int LongestGroup = 32;        // instructions: about as many as there are groups

    private readonly List<(ushort Code, byte IfTrue, byte IfFalse, uint Value)> _instructions = [];

    public int Length => _instructions.Count;

    public FilterProgram Load(uint offset) => Add(LoadWord, 0, 0, offset);

    public FilterProgram Return(uint verdict) => Add(ReturnValue, 0, 0, verdict);

    public FilterProgram ReturnIfEqual(uint value, uint verdict) => Add(JumpIfEqual, 0, 1, value).Return(verdict);

    public FilterProgram ReturnUnlessEqual(uint value, uint verdict) => Add(JumpIfEqual, 1, 0, value).Return(verdict);

    /// <summary>When any of these bits is set in the loaded word.</summary>
    public FilterProgram ReturnIfAnyOf(uint bits, uint verdict) => Add(JumpIfAnySet, 0, 1, bits).Return(verdict);

    public FilterProgram ReturnIfAtLeast(uint value, uint verdict) => Add(JumpIfAtLeast, 0, 1, value).Return(verdict);

    /// <summary>Runs the block of that which the loaded word equals; every path through each must return.</summary>
    /// <remarks>
    /// A word is compared with those near it alone. The kernel tries a program that it takes with the number of every call that there is,
    /// and the program that is to start waits for that.
    /// </remarks>
    /// <param name="cases">Of two for one value the first counts.</param>
    /// <param name="otherwise">The verdict about every other.</param>
    public FilterProgram Choose(IEnumerable<(uint Value, FilterProgram Block)> cases, uint otherwise)
    {
        (uint Value, FilterProgram Block)[] left = [.. cases.DistinctBy(one => one.Value).OrderBy(one => one.Value)];
        while (left.Length > 0)
        {
            var near = new FilterProgram();
            int count = 0;
            do near.WhenEqual(left[count].Value, left[count].Block);
            while (++count < left.Length && near.Length + left[count].Block.Length < LongestGroup);
            near.Return(otherwise);
            left = left[count..];
            if (left.Length > 0) Add(JumpIfAtLeast, checked((byte)near.Length), 0, left[0].Value);
            Then(near);
        }
        return this;
    }

    /// <summary>
    /// Runs <paramref name="block"/> when the loaded word equals <paramref name="value"/>; every path through it must return.
    /// </summary>
    public FilterProgram WhenEqual(uint value, FilterProgram block)
    {
        Add(JumpIfEqual, 0, checked((byte)block.Length), value);
        _instructions.AddRange(block._instructions);
        return this;
    }

    /// <summary>The same when any of these bits is set in it.</summary>
    public FilterProgram WhenAnyOf(uint bits, FilterProgram block)
    {
        Add(JumpIfAnySet, 0, checked((byte)block.Length), bits);
        _instructions.AddRange(block._instructions);
        return this;
    }

    /// <summary>Goes on with another one, which returns.</summary>
    public FilterProgram Then(FilterProgram rest)
    {
        _instructions.AddRange(rest._instructions);
        return this;
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[_instructions.Count * 8];
        Span<byte> rest = bytes;
        foreach (var (code, ifTrue, ifFalse, value) in _instructions)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(rest, code); // both architectures are little-endian
            rest[2] = ifTrue;
            rest[3] = ifFalse;
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], value);
            rest = rest[8..];
        }
        return bytes;
    }

    private FilterProgram Add(ushort code, byte ifTrue, byte ifFalse, uint value)
    {
        _instructions.Add((code, ifTrue, ifFalse, value));
        return this;
    }
}
