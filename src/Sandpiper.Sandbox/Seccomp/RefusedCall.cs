using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Seccomp;

/// <summary>A system call that no confined program may make.</summary>
/// <param name="Name">As in its manual page.</param>
/// <param name="X64">Its number on x86-64.</param>
/// <param name="Arm64">Its number on aarch64; null where it does not exist.</param>
/// <param name="AsIfAbsent">Answer ENOSYS, because programs that try it have an older way, instead of EPERM.</param>
internal sealed record RefusedCall(string Name, uint X64, uint? Arm64, bool AsIfAbsent = false)
{
    // Numbers: asm/unistd_64.h and asm-generic/unistd.h of Linux.
    public static ImmutableArray<RefusedCall> All { get; } =
    [
        // Keys and tickets of the login.
        new("add_key", 248, 217), new("request_key", 249, 218), new("keyctl", 250, 219),
        // Other processes' memory and descriptors.
        new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271),
        new("kcmp", 312, 272), new("pidfd_getfd", 438, 438),
        // Namespaces and mounts.
        new("unshare", 272, 97), new("setns", 308, 268), new("mount", 165, 40), new("umount2", 166, 39),
        new("pivot_root", 155, 41), new("chroot", 161, 51), new("name_to_handle_at", 303, 264), new("open_by_handle_at", 304, 265),
        new("open_tree", 428, 428, AsIfAbsent: true), new("move_mount", 429, 429, AsIfAbsent: true),
        new("fsopen", 430, 430, AsIfAbsent: true), new("fsconfig", 431, 431, AsIfAbsent: true),
        new("fsmount", 432, 432, AsIfAbsent: true), new("fspick", 433, 433, AsIfAbsent: true),
        new("mount_setattr", 442, 442, AsIfAbsent: true), new("open_tree_attr", 467, 467, AsIfAbsent: true),
        // The mode of a new file stands in memory.
        new("openat2", 437, 437, AsIfAbsent: true),
        // Large, young parts of the kernel, reached by exploits far more often than by programs. io_uring would also pass this filter by.
        new("io_uring_setup", 425, 425, AsIfAbsent: true), new("io_uring_enter", 426, 426, AsIfAbsent: true),
        new("io_uring_register", 427, 427, AsIfAbsent: true),
        new("bpf", 321, 280), new("perf_event_open", 298, 241), new("userfaultfd", 323, 282), new("fanotify_init", 300, 262),
        new("modify_ldt", 154, null), new("move_pages", 279, 239), new("migrate_pages", 256, 238), new("lookup_dcookie", 212, 18),
        // The machine itself.
        new("syslog", 103, 116), new("acct", 163, 89), new("swapon", 167, 224), new("swapoff", 168, 225), new("reboot", 169, 142),
        new("quotactl", 179, 60), new("quotactl_fd", 443, 443), new("vhangup", 153, 58), new("iopl", 172, null), new("ioperm", 173, null),
        new("init_module", 175, 105), new("delete_module", 176, 106), new("finit_module", 313, 273),
        new("kexec_load", 246, 104), new("kexec_file_load", 320, 294),
        new("settimeofday", 164, 170), new("clock_settime", 227, 112), new("adjtimex", 159, 171), new("clock_adjtime", 305, 266),
    ];
}
