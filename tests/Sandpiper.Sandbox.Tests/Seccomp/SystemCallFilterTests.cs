using System.Runtime.InteropServices;
using CsCheck;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Tests.Seccomp;

public sealed class SystemCallFilterTests
{
    private const uint X64 = 0xc000003e, Arm64 = 0xc00000b7, I386 = 0x40000003, Arm = 0x40000028;
    private const uint AskOutside = 0x7fc00000, NoSuchKind = 0x0005005e, NotSupported = 0x0005005f;
    private const uint Allow = 0x7fff0000, Kill = 0x80000000, NotPermitted = 0x00050001, NoSuchCall = 0x00050026, NoSuchFamily = 0x00050061;

    private static readonly byte[] OnX64 = SystemCallFilter.For(Architecture.X64, seesWrites: false).ToBytes();
    private static readonly byte[] OnArm64 = SystemCallFilter.For(Architecture.Arm64, seesWrites: false).ToBytes();

    private static readonly byte[] SeeingOnX64 = SystemCallFilter.For(Architecture.X64, seesWrites: true).ToBytes();
    private static readonly byte[] SeeingOnArm64 = SystemCallFilter.For(Architecture.Arm64, seesWrites: true).ToBytes();

    // So that each of 600 calls comes with each kind of arguments.
    private const int MostCalls = 100_000;

    private static readonly byte[] NamesOnX64 = SystemCallFilter.For(Architecture.X64, seesWrites: false, seesNames: true).ToBytes();
    private static readonly byte[] NamesOnArm64 = SystemCallFilter.For(Architecture.Arm64, seesWrites: false, seesNames: true).ToBytes();
    private static readonly byte[] AllOnX64 = SystemCallFilter.For(Architecture.X64, seesWrites: true, seesAll: true).ToBytes();
    private static readonly byte[] AllOnArm64 = SystemCallFilter.For(Architecture.Arm64, seesWrites: true, seesAll: true).ToBytes();

    [Fact]
    public void Every_call_of_another_architecture_kills() => Gen.Select(Gen.UInt, Gen.UInt).Sample((architecture, call) =>
        (architecture == X64 || FilterMachine.Run(OnX64, architecture, call) == Kill)
        && (architecture == Arm64 || FilterMachine.Run(OnArm64, architecture, call) == Kill));

    [Fact]
    public void The_32_bit_tables_of_both_machines_kill()
    {
        Assert.Equal(Kill, FilterMachine.Run(OnX64, I386, 20));
        Assert.Equal(Kill, FilterMachine.Run(OnArm64, Arm, 20));
        Assert.Equal(Kill, FilterMachine.Run(OnX64, Arm64, 20));
    }

    [Fact]
    public void Every_x32_call_is_absent() =>
        Gen.UInt[0x40000000, uint.MaxValue].Sample(call => FilterMachine.Run(OnX64, X64, call) == NoSuchCall);

    [Fact]
    public void Typing_into_a_terminal_is_refused_whatever_the_high_word_says() => Gen.Select(Gen.UInt, Gen.ULong).Sample((high, other) =>
        new ulong[] { 0x5412, 0x541c }.All(request =>
            FilterMachine.Run(OnX64, X64, 16, other, (ulong)high << 32 | request) == NotPermitted
            && FilterMachine.Run(OnArm64, Arm64, 29, other, (ulong)high << 32 | request) == NotPermitted));

    [Fact]
    public void Nobody_takes_a_lease_or_another_personality() => Gen.UInt.Sample(number =>
    {
        bool lease = number is 1024 or 1026, same = number is 0 or uint.MaxValue;
        foreach (ulong value in (ulong[])[number, (7UL << 32) | number])
        {
            Assert.Equal(lease ? NotPermitted : Allow, FilterMachine.Run(OnX64, X64, 72, 3, value));
            Assert.Equal(lease ? NotPermitted : Allow, FilterMachine.Run(OnArm64, Arm64, 25, 3, value));
            Assert.Equal(same ? Allow : NotPermitted, FilterMachine.Run(OnX64, X64, 135, value));
            Assert.Equal(same ? Allow : NotPermitted, FilterMachine.Run(OnArm64, Arm64, 92, value));
        }
    });

    [Theory]
    [InlineData(1024u)]
    [InlineData(1026u)]
    public void A_lease_is_one_by_its_number(uint number) => Assert.Equal(NotPermitted, FilterMachine.Run(OnX64, X64, 72, 3, number));

    [Fact]
    public void Other_requests_to_a_terminal_are_not() => Gen.UInt.Where(request => request is not (0x5412 or 0x541c)).Sample(request =>
        FilterMachine.Run(OnX64, X64, 16, 0, request) == Allow);

    [Fact]
    public void Only_the_usual_sockets_are_to_be_had() => Gen.UInt[0, 64].Sample(family =>
        FilterMachine.Run(OnX64, X64, 41, family, 1, 0) == (family is 1 or 2 or 10 or 16 ? Allow : NoSuchFamily)
        && FilterMachine.Run(OnArm64, Arm64, 198, family, 1, 0) == (family is 1 or 2 or 10 or 16 ? Allow : NoSuchFamily));

    [Fact]
    public void Every_connection_is_made_outside() => Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong).Sample((socket, address, length) =>
        FilterMachine.Run(OnX64, X64, 42, socket, address, length) == AskOutside
        && FilterMachine.Run(OnArm64, Arm64, 203, socket, address, length) == AskOutside);

    // Values and flags of socket(2), written down a second time; higher words and other flags the kernel refuses itself.
    [Fact]
    public void Nobody_has_a_local_socket_that_sends_to_anybody() => Gen.Select(Gen.UInt[0, 15], Gen.Bool, Gen.Bool).Sample(
        (kind, nonBlocking, closed) =>
        {
            uint flags = kind | (nonBlocking ? 0x800u : 0) | (closed ? 0x80000u : 0);
            uint expected = kind is 2 or 3 ? NoSuchKind : Allow;
            Assert.Equal(expected, FilterMachine.Run(OnX64, X64, 41, 1, flags, 0));
            Assert.Equal(expected, FilterMachine.Run(OnX64, X64, 53, 1, flags, 0));
            Assert.Equal(expected, FilterMachine.Run(OnArm64, Arm64, 198, 1, flags, 0));
            Assert.Equal(expected, FilterMachine.Run(OnArm64, Arm64, 199, 1, flags, 0));
            Assert.Equal(Allow, FilterMachine.Run(OnX64, X64, 41, 2, flags, 0));
        });

    [Fact]
    public void Nobody_connects_by_sending() => Gen.UInt.Sample(flags =>
    {
        bool connects = (flags & 0x20000000) != 0;
        (byte[] Filter, uint Architecture, uint Call, bool Third)[] calls =
        [
            (OnX64, X64, 44, false), (OnX64, X64, 46, true), (OnX64, X64, 307, false),
            (OnArm64, Arm64, 206, false), (OnArm64, Arm64, 211, true), (OnArm64, Arm64, 269, false),
        ];
        foreach (var (filter, architecture, call, third) in calls)
        {
            ulong[] arguments = third ? [3, 4, flags] : [3, 4, 5, flags];
            Assert.Equal(connects ? NotSupported : Allow, FilterMachine.Run(filter, architecture, call, arguments));
        }
    });

    // chmod, fchmod, fchmodat, fchmodat2, creat, mknod, mknodat: which argument is the mode; written down a second time.
    [Fact]
    public void Nobody_gives_his_rights_away() => Gen.UInt[0, 0xffff].Sample(mode =>
    {
        uint expected = (mode & 0xc00) != 0 ? NotPermitted : Allow;
        foreach (uint call in (uint[])[90, 91, 85, 133]) Assert.Equal(expected, FilterMachine.Run(OnX64, X64, call, 5, mode, 0xc00, 0xc00));
        foreach (uint call in (uint[])[268, 452, 259])
            Assert.Equal(expected, FilterMachine.Run(OnX64, X64, call, 5, 0xc00, mode, 0xc00));
        Assert.Equal(expected, FilterMachine.Run(OnArm64, Arm64, 52, 5, mode, 0xc00));
        foreach (uint call in (uint[])[53, 452, 33]) Assert.Equal(expected, FilterMachine.Run(OnArm64, Arm64, call, 5, 0xc00, mode, 0xc00));
        foreach (uint flags in (uint[])[0x40, 0x400000, 0x241])
        {
            Assert.Equal(expected, FilterMachine.Run(OnX64, X64, 2, 5, flags, mode));
            Assert.Equal(expected, FilterMachine.Run(OnX64, X64, 257, 5, 6, flags, mode));
            Assert.Equal(expected, FilterMachine.Run(OnArm64, Arm64, 56, 5, 6, flags, mode));
        }
        Assert.Equal(Allow, FilterMachine.Run(OnX64, X64, 2, 5, 0, mode));
        Assert.Equal(Allow, FilterMachine.Run(OnX64, X64, 257, 5, 6, 0x10000, mode));
        Assert.Equal(Allow, FilterMachine.Run(OnArm64, Arm64, 56, 5, 6, 0, mode));
    });

    // Numbers and flags written down a second time: mkdir, rmdir, unlink, rename and their kin, open, openat.
    [Fact]
    public void Where_writes_are_seen_just_they_are_and_nothing_is_allowed_that_is_not_elsewhere() =>
        Gen.Select(Gen.UInt[0, 1000], Gen.UInt[0, 0xfff], Gen.UInt[0, 0x500fff], Gen.UInt[0, 0xfff]).Sample((any, second, third, fourth) =>
        {
            uint call = any < 500 ? any : ((uint[])[2, 56, 257, 83, 258, 34, 84, 87, 263, 82, 264, 316, 35, 38, 276])[any % 15];
            uint before = FilterMachine.Run(OnX64, X64, call, 5, second, third, fourth);
            bool writes = call is 83 or 258 or 84 or 87 or 263 or 82 or 264 or 316
                || (call is 2 && (second & 3) != 0) || (call is 257 && (third & 3) != 0);
            Assert.Equal(
                before == Allow && writes ? AskOutside : before, FilterMachine.Run(SeeingOnX64, X64, call, 5, second, third, fourth));
            before = FilterMachine.Run(OnArm64, Arm64, call, 5, second, third, fourth);
            writes = call is 34 or 35 or 38 or 276 || (call is 56 && (third & 3) != 0);
            Assert.Equal(
                before == Allow && writes ? AskOutside : before, FilterMachine.Run(SeeingOnArm64, Arm64, call, 5, second, third, fourth));
        });

    // Every number is written down a second time: calls that take a path, sendmmsg, and sendto of what may be a question for a name.
    [Fact]
    public void Where_all_is_seen_just_what_is_named_is_and_nothing_is_allowed_that_is_not_elsewhere()
    {
        uint[] x64 = [2, 4, 6, 21, 59, 76, 80, 82, 83, 84, 85, 86, 87, 88, 89, 90, 133, 257, 258, 259, 262, 263, 264, 266, 267, 268, 269,
            280, 307, 316, 322, 332, 439, 452];
        uint[] arm64 = [33, 34, 35, 36, 38, 45, 48, 49, 53, 56, 78, 79, 88, 221, 269, 276, 281, 291, 439, 452];
        Gen.Select(Gen.UInt[0, 600], Gen.UInt[0, 0xfff], Gen.UInt[0, 0x500fff], Gen.UInt[0, 0x20000fff]).Sample(
            (call, second, third, fourth) =>
            {
                foreach (bool isArm in (bool[])[false, true])
                {
                    (byte[] without, byte[] with, uint machine) = isArm ? (OnArm64, AllOnArm64, Arm64) : (OnX64, AllOnX64, X64);
                    uint before = FilterMachine.Run(without, machine, call, 5, second, third, fourth);
                    bool asks = call == (isArm ? 206u : 44) && third is >= 17 and <= 300;
                    uint expected = before == Allow && (asks || (isArm ? arm64 : x64).Contains(call)) ? AskOutside : before;
                    Assert.Equal((call, expected), (call, FilterMachine.Run(with, machine, call, 5, second, third, fourth)));
                }
            }, iter: MostCalls);
        foreach (uint length in (uint[])[16, 17, 300, 301])
            Assert.Equal(length is 17 or 300 ? AskOutside : Allow, FilterMachine.Run(AllOnX64, X64, 44, 5, 0, length, 0));
    }

    [Fact]
    public void Where_names_are_seen_just_questions_as_libc_asks_them_are() =>
        Gen.Select(Gen.UInt[0, 600], Gen.UInt[0, 0x3ff], Gen.Int[0, 3]).Sample((call, length, how) =>
        {
            uint flags = ((uint[])[0, 0x4000, 0x4040, 0x20004000])[how];
            foreach (bool isArm in (bool[])[false, true])
            {
                (byte[] without, byte[] with, uint machine) = isArm ? (OnArm64, NamesOnArm64, Arm64) : (OnX64, NamesOnX64, X64);
                uint before = FilterMachine.Run(without, machine, call, 5, 0, length, flags);
                bool asks = (call == (isArm ? 206u : 44) && flags == 0x4000 && length is >= 17 and <= 300)
                    || call == (isArm ? 269u : 307);
                uint expected = before == Allow && asks ? AskOutside : before;
                Assert.Equal((call, expected), (call, FilterMachine.Run(with, machine, call, 5, 0, length, flags)));
            }
        }, iter: MostCalls);

    [Fact]
    public void Every_refused_call_is_refused_and_every_other_is_not()
    {
        uint[] refused = [.. RefusedCall.All.Select(call => call.X64)];
        Assert.Distinct(refused);
        for (uint call = 0; call < 600; call++)
        {
            uint verdict = FilterMachine.Run(OnX64, X64, call, 2, 1, 0);
            // personality(2) is refused this one, and connect(2) is made by somebody else
            Assert.Equal(!refused.Contains(call) && call is not (135 or 42), verdict == Allow);
        }
    }

    // Written down a second time: whoever takes one off the list has to mean it. Numbers of x86-64 and aarch64
    // (0: not there), EPERM or ENOSYS.
    private const string Refused = """
        add_key 248 217 P, request_key 249 218 P, keyctl 250 219 P, ptrace 101 117 P, process_vm_readv 310 270 P,
        process_vm_writev 311 271 P, kcmp 312 272 P, pidfd_getfd 438 438 P, unshare 272 97 P, setns 308 268 P, mount 165 40 P,
        umount2 166 39 P, pivot_root 155 41 P, chroot 161 51 P, name_to_handle_at 303 264 P, open_by_handle_at 304 265 P,
        open_tree 428 428 S, move_mount 429 429 S, fsopen 430 430 S, fsconfig 431 431 S, fsmount 432 432 S, fspick 433 433 S,
        mount_setattr 442 442 S, open_tree_attr 467 467 S, openat2 437 437 S,
        io_uring_setup 425 425 S, io_uring_enter 426 426 S, io_uring_register 427 427 S, bpf 321 280 P,
        perf_event_open 298 241 P, userfaultfd 323 282 P, fanotify_init 300 262 P, modify_ldt 154 0 P, move_pages 279 239 P,
        migrate_pages 256 238 P, lookup_dcookie 212 18 P, syslog 103 116 P, acct 163 89 P, swapon 167 224 P, swapoff 168 225 P,
        reboot 169 142 P, quotactl 179 60 P, quotactl_fd 443 443 P, vhangup 153 58 P, iopl 172 0 P, ioperm 173 0 P, init_module 175 105 P,
        delete_module 176 106 P, finit_module 313 273 P, kexec_load 246 104 P, kexec_file_load 320 294 P, settimeofday 164 170 P,
        clock_settime 227 112 P, adjtimex 159 171 P, clock_adjtime 305 266 P
        """;

    [Fact]
    public void Each_call_that_shall_be_refused_is_on_both_machines()
    {
        string[][] calls = [.. Refused.Split(',').Select(call => call.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))];
        Assert.Equal(calls.Select(call => call[0]).Order(StringComparer.Ordinal),
            RefusedCall.All.Select(call => call.Name).Order(StringComparer.Ordinal));
        Assert.All(calls, call =>
        {
            uint verdict = call[3] is "P" ? NotPermitted : NoSuchCall;
            Assert.Equal((call[0], verdict), (call[0], FilterMachine.Run(OnX64, X64, uint.Parse(call[1]), 1)));
            if (call[2] is not "0") Assert.Equal((call[0], verdict), (call[0], FilterMachine.Run(OnArm64, Arm64, uint.Parse(call[2]), 1)));
        });
    }

    [Theory]
    [InlineData("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", true)]
    [InlineData("/usr/include/asm-generic/unistd.h", false)]
    public void The_numbers_are_those_of_the_kernels_headers(string header, bool x64)
    {
        Assert.SkipUnless(File.Exists(header), "the headers are not installed");
        var numbers = File.ReadLines(header)
            .Select(line => line.Split(' ', '\t') is ["#define", var name, var value] && uint.TryParse(value, out uint number)
                ? (name.Replace("3264_", "", StringComparison.Ordinal), number) : default)
            .Where(entry => entry.Item1?.StartsWith("__NR_", StringComparison.Ordinal) == true)
            .DistinctBy(entry => entry.Item1)
            .ToDictionary(entry => entry.Item1["__NR_".Length..], entry => entry.number, StringComparer.Ordinal);
        foreach (RefusedCall call in RefusedCall.All)
        {
            if ((x64 ? call.X64 : call.Arm64) is { } ours && numbers.TryGetValue(call.Name, out uint theirs))
                Assert.Equal((call.Name, theirs), (call.Name, ours));
        }
        foreach (PathCall call in PathCall.All)
        {
            if ((x64 ? call.X64 : call.Arm64) is { } ours && numbers.TryGetValue(call.Name, out uint theirs))
                Assert.Equal((call.Name, theirs), (call.Name, ours));
        }
        Assert.True(RefusedCall.All.Count(call => numbers.ContainsKey(call.Name)) > 45);
    }

    [Fact]
    public void It_is_short_enough_for_the_kernel() => Assert.InRange(OnX64.Length / 8, 1, 4096); // BPF_MAXINSNS

    [Fact]
    public void An_unknown_machine_gets_no_filter_and_so_no_sandbox() =>
        Assert.Throws<SandboxUnavailableException>(() => SystemCallFilter.For(Architecture.RiscV64, seesWrites: false));
}
