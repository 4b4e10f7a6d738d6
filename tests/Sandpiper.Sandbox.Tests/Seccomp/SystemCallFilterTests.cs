using System.Runtime.InteropServices;
using CsCheck;
using Sandpiper.Sandbox.Seccomp;

namespace Sandpiper.Sandbox.Tests.Seccomp;

public sealed class SystemCallFilterTests
{
    private const uint X64 = 0xc000003e, Arm64 = 0xc00000b7, I386 = 0x40000003, Arm = 0x40000028;
    private const uint Allow = 0x7fff0000, Kill = 0x80000000, NotPermitted = 0x00050001, NoSuchCall = 0x00050026, NoSuchFamily = 0x00050061;

    private static readonly byte[] OnX64 = SystemCallFilter.For(Architecture.X64).ToBytes();
    private static readonly byte[] OnArm64 = SystemCallFilter.For(Architecture.Arm64).ToBytes();

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
    public void Other_requests_to_a_terminal_are_not() => Gen.UInt.Where(request => request is not (0x5412 or 0x541c)).Sample(request =>
        FilterMachine.Run(OnX64, X64, 16, 0, request) == Allow);

    [Fact]
    public void Only_the_usual_sockets_are_to_be_had() => Gen.UInt[0, 64].Sample(family =>
        FilterMachine.Run(OnX64, X64, 41, family, 1, 0) == (family is 1 or 2 or 10 or 16 ? Allow : NoSuchFamily)
        && FilterMachine.Run(OnArm64, Arm64, 198, family, 1, 0) == (family is 1 or 2 or 10 or 16 ? Allow : NoSuchFamily));

    [Fact]
    public void Every_refused_call_is_refused_and_every_other_is_not()
    {
        uint[] refused = [.. RefusedCall.All.Select(call => call.X64)];
        Assert.Distinct(refused);
        for (uint call = 0; call < 600; call++)
        {
            uint verdict = FilterMachine.Run(OnX64, X64, call, 2, 1, 0);
            Assert.Equal(!refused.Contains(call), verdict == Allow);
        }
    }

    // Written down a second time on purpose: whoever takes one away has to say so twice.
    [Fact]
    public void The_refused_calls_are_these() => Assert.Equal(
        [
            "acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime", "delete_module", "fanotify_init", "finit_module",
            "fsconfig", "fsmount", "fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl",
            "kcmp", "kexec_file_load", "kexec_load", "keyctl", "lookup_dcookie", "migrate_pages", "modify_ldt", "mount", "mount_setattr",
            "move_mount", "move_pages", "name_to_handle_at", "open_by_handle_at", "open_tree", "perf_event_open", "pidfd_getfd", "pivot_root",
            "process_vm_readv", "process_vm_writev", "ptrace", "quotactl", "quotactl_fd", "reboot", "request_key", "setns", "settimeofday",
            "swapoff", "swapon", "syslog", "umount2", "unshare", "userfaultfd", "vhangup",
        ],
        RefusedCall.All.Select(call => call.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void On_aarch64_they_are_refused_by_its_own_numbers()
    {
        Assert.All(RefusedCall.All.Where(call => call.Arm64 is not null), call =>
            Assert.Equal(call.AsIfAbsent ? NoSuchCall : NotPermitted, FilterMachine.Run(OnArm64, Arm64, call.Arm64!.Value, 2, 1, 0)));
        Assert.Equal(["ioperm", "iopl", "modify_ldt"], RefusedCall.All.Where(c => c.Arm64 is null).Select(c => c.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", true)]
    [InlineData("/usr/include/asm-generic/unistd.h", false)]
    public void The_numbers_are_those_of_the_kernels_headers(string header, bool x64)
    {
        Assert.SkipUnless(File.Exists(header), "the headers are not installed");
        var numbers = File.ReadLines(header)
            .Select(line => line.Split(' ', '\t') is ["#define", var name, var value] && uint.TryParse(value, out uint number) ? (name.Replace("3264_", "", StringComparison.Ordinal), number) : default)
            .Where(entry => entry.Item1?.StartsWith("__NR_", StringComparison.Ordinal) == true)
            .DistinctBy(entry => entry.Item1)
            .ToDictionary(entry => entry.Item1["__NR_".Length..], entry => entry.number, StringComparer.Ordinal);
        foreach (RefusedCall call in RefusedCall.All)
        {
            if ((x64 ? call.X64 : call.Arm64) is { } ours && numbers.TryGetValue(call.Name, out uint theirs)) Assert.Equal((call.Name, theirs), (call.Name, ours));
        }
        Assert.True(RefusedCall.All.Count(call => numbers.ContainsKey(call.Name)) > 45);
    }

    [Fact]
    public void It_is_short_enough_for_the_kernel() => Assert.InRange(OnX64.Length / 8, 1, 4096); // BPF_MAXINSNS

    [Fact]
    public void An_unknown_machine_gets_no_filter_and_so_no_sandbox() =>
        Assert.Throws<SandboxUnavailableException>(() => SystemCallFilter.For(Architecture.RiscV64));
}
