using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sandpiper.Sandbox.Seccomp;

/// <summary>
/// What the namespaces do not take away: other call tables, the terminal's input queue, keyrings, and parts of the kernel that only
/// exploits ask for.
/// </summary>
/// <remarks>
/// The rest is allowed: a list of everything that programs may need would be wrong with the next libc. <c>mount</c> and its kin are
/// refused by the kernel anyway (no capabilities, no new user namespace); here they are refused before they reach it.
/// </remarks>
internal static class SystemCallFilter
{
    // struct seccomp_data, linux/seccomp.h. Arguments are 64 bits; the low word comes first.
    private const uint CallNumber = 0;
    private const uint CallArchitecture = 4;
    private const uint FirstArgument = 16;
    private const uint SecondArgument = 24;
    private const uint ThirdArgument = 32;
    private const uint FourthArgument = 40;

    private const uint Allow = 0x7fff0000;          // SECCOMP_RET_ALLOW
    private const uint KillProcess = 0x80000000;    // SECCOMP_RET_KILL_PROCESS
    private const uint NotPermitted = Fail | 1;     // EPERM
    private const uint NoSuchCall = Fail | 38;      // ENOSYS: programs then try the older way
    private const uint NoSuchFamily = Fail | 97;    // EAFNOSUPPORT: what a kernel built without it says
    private const uint NoSuchProtocol = Fail | 93;  // EPROTONOSUPPORT
    private const uint NoSuchKind = Fail | 94;      // ESOCKTNOSUPPORT
    private const uint NotSupported = Fail | 95;    // EOPNOTSUPP
    private const uint Fail = 0x00050000;           // SECCOMP_RET_ERRNO
    private const uint AskOutside = 0x7fc00000;     // SECCOMP_RET_USER_NOTIF

    // ioctl requests that put characters into the terminal's input, to be read by the user's shell afterwards (asm-generic/ioctls.h).
    // CVE-2017-5226; the kernel looks at the low 32 bits only, so must we (CVE-2019-10063).
    private const uint TerminalPutInput = 0x5412;   // TIOCSTI
    private const uint TerminalPaste = 0x541c;      // TIOCLINUX

    private const uint LocalSockets = 1, Internet4 = 2, Internet6 = 10, Netlink = 16; // AF_*, linux/socket.h
    private const uint NetlinkRoute = 0;            // NETLINK_ROUTE: how libc lists the interfaces

    private const uint FastOpen = 0x20000000;       // MSG_FASTOPEN: connects by sending

    private const uint SetUserId = 0x800, SetGroupId = 0x400;   // S_ISUID, S_ISGID: linux/stat.h

    private const uint SetLease = 1024, WatchDirectory = 1026;   // F_SETLEASE, F_NOTIFY: linux/fcntl.h
    private const uint AskPersonality = 0xffffffff;              // personality(2)

    // x32 shares x86-64's architecture value and has its own numbers above this one (asm/unistd.h, __X32_SYSCALL_BIT).
    private const uint FirstX32Call = 0x40000000;

    /// <exception cref="SandboxUnavailableException">An architecture whose call numbers are not known here.</exception>
    /// <param name="seesWrites">
    /// Whoever waits outside is told of each call that writes, so that he can say what would have to be granted; the kernel decides it all
    /// the same. Each then takes ten times as long, so not where a program may write everything anyway.
    /// </param>
    /// <param name="seesAll">
    /// He is told of every call that names something, too: a file, a program, a host. What is refused without is refused with it.
    /// </param>
    /// <param name="seesNames">He is told of what may be a question for a name's address, where it is asked as libc does.</param>
    public static byte[] ForThisMachine(bool seesWrites, bool seesAll, bool seesNames) =>
        For(RuntimeInformation.ProcessArchitecture, seesWrites, seesAll, seesNames).ToBytes();

    internal static FilterProgram For(Architecture architecture, bool seesWrites, bool seesAll = false, bool seesNames = false)
    {
        SupervisedCalls supervised = SupervisedCalls.Of(architecture);
        bool arm = architecture is Architecture.Arm64;
        var program = new FilterProgram();
        // A 32-bit call (int 0x80) has other numbers: every later check would look at the wrong ones.
        program.Load(CallArchitecture).ReturnUnlessEqual(arm ? AuditArchitectureArm64 : AuditArchitectureX64, KillProcess);
        program.Load(CallNumber);
        if (!arm) program.ReturnIfAtLeast(FirstX32Call, NoSuchCall);
        return program.Choose(Decided(arm, supervised, seesWrites, seesAll, seesNames, architecture), Allow);
    }

    // Of two for one call the first.
    private static IEnumerable<(uint Number, FilterProgram Check)> Decided(
        bool arm, SupervisedCalls supervised, bool seesWrites, bool seesAll, bool seesNames, Architecture architecture)
    {
        foreach (RefusedCall call in RefusedCall.All)
        {
            uint? number = arm ? call.Arm64 : call.X64;
            if (number is { } known) yield return (known, Always(call.AsIfAbsent ? NoSuchCall : NotPermitted));
        }
        yield return (arm ? 29u : 16, IoctlCheck());
        yield return (arm ? 198u : 41, SocketCheck());
        yield return (arm ? 199u : 53, PairCheck());
        yield return (supervised.Connect, Always(AskOutside)); // where to stands in memory, and for a name in the file system
        foreach (PathCall call in seesWrites ? PathCall.All : [])
        {
            if (call.Use is PathUse.MakeDirectory or PathUse.Remove && call.On(architecture) is { } number)
                yield return (number, Always(AskOutside));
        }
        yield return (supervised.SendTo, SendCheck(FourthArgument,
            seesAll ? QuestionCheck() : seesNames ? QuestionOfLibcCheck() : Always(Allow)));
        yield return (arm ? 211u : 46, SendCheck(ThirdArgument, Always(Allow)));    // sendmsg
        yield return (supervised.SendMany, SendCheck(FourthArgument, Always(seesAll || seesNames ? AskOutside : Allow)));
        yield return (arm ? 25u : 72, FileControlCheck());
        ImmutableHashSet<uint> named = seesAll ? [.. PathCall.All.Select(call => call.On(architecture)).OfType<uint>()] : [];
        foreach (var (number, mode) in ModeCalls(arm))
            yield return (number, ModeCheck(mode, Always(named.Contains(number) ? AskOutside : Allow)));
        foreach (var (number, flags, mode) in OpeningCalls(supervised))
            yield return (number, NewFileCheck(flags, mode, seesWrites, otherwise: seesAll ? AskOutside : Allow));
        yield return (arm ? 92u : 135, PersonalityCheck());
        foreach (uint number in named) yield return (number, Always(AskOutside)); // none of them is refused
    }

    private static FilterProgram Always(uint verdict) => new FilterProgram().Return(verdict);

    // A lease lets whoever may only read a file hold up everybody who opens it to write, for 45 seconds each time.
    private static FilterProgram FileControlCheck() => new FilterProgram().Load(SecondArgument)
        .ReturnIfEqual(SetLease, NotPermitted).ReturnIfEqual(WatchDirectory, NotPermitted).Return(Allow);

    // Other numbers switch off what makes exploits hard: addresses at random, memory that is not executable. Asking is allowed.
    private static FilterProgram PersonalityCheck() => new FilterProgram().Load(FirstArgument)
        .ReturnIfEqual(0, Allow).ReturnIfEqual(AskPersonality, Allow).Return(NotPermitted);

    private static FilterProgram IoctlCheck() =>
        new FilterProgram().Load(SecondArgument)
            .ReturnIfEqual(TerminalPutInput, NotPermitted)
            .ReturnIfEqual(TerminalPaste, NotPermitted)
            .Return(Allow);

    // AF_ALG wrote to read-only files through the page cache (CVE-2026-31431); AF_VSOCK leaves a network namespace; packet and
    // rare families are where kernel exploits start.
    private static FilterProgram SocketCheck() =>
        new FilterProgram().Load(FirstArgument)
            .WhenEqual(LocalSockets, LocalKindCheck())
            .ReturnIfEqual(Internet4, Allow)
            .ReturnIfEqual(Internet6, Allow)
            .ReturnUnlessEqual(Netlink, NoSuchFamily)
            .Load(ThirdArgument)
            .ReturnIfEqual(NetlinkRoute, Allow)
            .Return(NoSuchProtocol);

    // chmod, fchmod, mknod, creat; fchmodat, fchmodat2, mknodat
    private static IEnumerable<(uint Number, uint Mode)> ModeCalls(bool arm)
    {
        (uint, uint)[] old = [(90, SecondArgument), (91, SecondArgument), (133, SecondArgument), (85, SecondArgument),
            (268, ThirdArgument), (259, ThirdArgument)];
        return [.. arm ? [(52, SecondArgument), (53, ThirdArgument), (33, ThirdArgument)] : old, (452, ThirdArgument)];
    }

    // open; openat. openat2 has its mode in memory: it is absent (RefusedCall).
    private static IEnumerable<(uint Number, uint Flags, uint Mode)> OpeningCalls(SupervisedCalls supervised) =>
    [
        (supervised.OpenAt, ThirdArgument, FourthArgument),
        .. supervised.Open is { } open ? [(open, SecondArgument, ThirdArgument)] : Array.Empty<(uint, uint, uint)>(),
    ];

    // Whoever else starts such a file would do so with the user's rights, or the group's; inside the bits mean nothing.
    private static FilterProgram ModeCheck(uint mode, FilterProgram otherwise) =>
        new FilterProgram().Load(mode).ReturnIfAnyOf(SetUserId | SetGroupId, NotPermitted).Then(otherwise);

    // Where no file is made the mode is whatever lies in the register.
    private static FilterProgram NewFileCheck(uint flags, uint mode, bool seesWrites, uint otherwise)
    {
        const uint WriteOnly = 1, ReadWrite = 2, Create = 0x40, Temporary = 0x400000; // O_*, __O_TMPFILE: asm-generic/fcntl.h
        FilterProgram Seen() => (seesWrites ? new FilterProgram().Load(flags).ReturnIfAnyOf(WriteOnly | ReadWrite, AskOutside)
            : new FilterProgram()).Return(otherwise);
        return new FilterProgram().Load(flags).WhenAnyOf(Create | Temporary, ModeCheck(mode, Seen())).Then(Seen());
    }

    private static FilterProgram PairCheck() =>
        new FilterProgram().Load(FirstArgument).WhenEqual(LocalSockets, LocalKindCheck()).Return(Allow);

    // A datagram says itself where it goes, to any name that is shown: nobody could look at each. Raw ones become such (unix_create).
    private static FilterProgram LocalKindCheck()
    {
        const uint Datagrams = 2, Raw = 3, NonBlocking = 0x800, CloseOnExec = 0x80000; // SOCK_*
        FilterProgram check = new FilterProgram().Load(SecondArgument);
        foreach (uint kind in (uint[])[Datagrams, Raw])
        {
            foreach (uint flags in (uint[])[0, NonBlocking, CloseOnExec, NonBlocking | CloseOnExec])
            {
                check.ReturnIfEqual(kind | flags, NoSuchKind);
            }
        }
        return check.Return(Allow);
    }

    private static FilterProgram SendCheck(uint flags, FilterProgram otherwise) =>
        new FilterProgram().Load(flags).ReturnIfAnyOf(FastOpen, NotSupported).Then(otherwise);

    // What may be a question for a name's address, by its length (RFC 1035: 12 bytes of header, 255 of name), is looked at.
    private static FilterProgram QuestionCheck() => new FilterProgram().Load(ThirdArgument)
        .ReturnIfAtLeast(MostQuestionBytes + 1, Allow).ReturnIfAtLeast(LeastQuestionBytes, AskOutside).Return(Allow);

    // glibc and musl ask so, and few others send so at all: what programs send each other takes as long as ever (resolv/res_send.c).
    private static FilterProgram QuestionOfLibcCheck() =>
        new FilterProgram().Load(FourthArgument).ReturnUnlessEqual(NoSignal, Allow).Then(QuestionCheck());

    private const uint NoSignal = 0x4000;   // MSG_NOSIGNAL: linux/socket.h
    private const uint LeastQuestionBytes = 17, MostQuestionBytes = 300;

    private const uint AuditArchitectureX64 = 0xc000003e;   // AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64: linux/audit.h
    private const uint AuditArchitectureArm64 = 0xc00000b7;
}
