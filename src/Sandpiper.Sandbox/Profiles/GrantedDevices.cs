using System.Collections.Frozen;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Sandbox.Profiles;

/// <summary>Where a grant of one device is judged. Whoever names it may use it himself; some are refused all the same.</summary>
/// <remarks>
/// Judged by the number that the kernel knows it by (Documentation/admin-guide/devices.txt), whatever it is called, and where numbers are
/// given out at random by the subsystem that /sys says. A name in <c>/dev</c> may be a link of udev's (<c>/dev/serial/by-id/…</c>): only
/// root makes names there.
/// </remarks>
internal static class GrantedDevices
{
    public const string Place = "/dev";

    private const uint Memory = 1, Consoles = 4, Terminals = 5, Screens = 7, Miscellaneous = 10, Input = 13, RawDisks = 21, FlashDisks = 90,
        UnixTerminals = 136, UnixTerminalsEnd = 143, RawIo = 162;

    private const uint FirstSerialPort = 64; // of /dev/ttyS0; below are the consoles

    // Of the memory devices: null, zero, full, random, urandom hold nothing.
    private static readonly FrozenSet<uint> _harmlessMemory = FrozenSet.ToFrozenSet([3u, 5u, 7u, 8u, 9u]);

    // Of the miscellaneous ones: mice, uinput, uhid; watchdog, nvram, snapshot, btrfs-control, autofs, device-mapper, loop-control.
    private static readonly FrozenSet<uint> _inputs = FrozenSet.ToFrozenSet([0u, 1u, 2u, 3u, 4u, 5u, 6u, 223u, 239u]);

    private static readonly FrozenSet<uint> _ofTheMachine = FrozenSet.ToFrozenSet([130u, 144u, 231u, 234u, 235u, 236u, 237u]);

    private static readonly FrozenDictionary<string, DeviceRefusal> _bySubsystem = FrozenDictionary.ToFrozenDictionary(
        new Dictionary<string, DeviceRefusal>(StringComparer.Ordinal)
        {
            ["input"] = DeviceRefusal.Input,
            ["block"] = DeviceRefusal.Disk, ["scsi_generic"] = DeviceRefusal.Disk, ["bsg"] = DeviceRefusal.Disk,
            ["nvme"] = DeviceRefusal.Disk, ["nvme-generic"] = DeviceRefusal.Disk, ["nvme-subsystem"] = DeviceRefusal.Disk,
            ["mtd"] = DeviceRefusal.Disk, ["ubi"] = DeviceRefusal.Disk, ["raw"] = DeviceRefusal.Disk,
            ["vc"] = DeviceRefusal.Terminal, ["vtconsole"] = DeviceRefusal.Terminal,
            ["watchdog"] = DeviceRefusal.Machine, ["msr"] = DeviceRefusal.Machine, ["cpuid"] = DeviceRefusal.Machine,
            ["mei"] = DeviceRefusal.Machine, ["ipmi"] = DeviceRefusal.Machine, ["vfio"] = DeviceRefusal.Memory,
        }, StringComparer.Ordinal);

    /// <exception cref="GrantRefusedException">It is none, it must not be granted, or the caller may not use it.</exception>
    public static ShownPath Judged(string path, Caller caller)
    {
        ShownPath shown = ShownPath.At(path, PathAccess.Device) ?? throw Refused(new GrantRefusal.Absent());
        if (WhyNot(shown) is { } why) throw Refused(new GrantRefusal.UnfitDevice(why));
        return caller.MayWrite(shown.Real) ? shown : throw Refused(new GrantRefusal.NotTheCallers(caller.WasRoot ? caller.UserName : null));

        GrantRefusedException Refused(GrantRefusal reason) => new(PathAccess.Device, path, reason);
    }

    internal static DeviceRefusal? WhyNot(ShownPath shown)
    {
        using SafeFileHandle file = RawFile.Open(shown.Real, RawFile.AsPlace, out _);
        if (file.IsInvalid) return DeviceRefusal.None;
        // `/dev/sda` as well as a file: what is asked first is what it is.
        if (FileFacts.KindOf(file) is FileType.BlockDevice) return DeviceRefusal.Disk;
        if (DeviceNumber.OfCharacter(file) is not { } number) return DeviceRefusal.None;
        if (!DirectoryTree.Holds(Place, shown.Path) || !DirectoryTree.Holds(Place, shown.Real)) return DeviceRefusal.Elsewhere;
        if (ByNumber(number) is { } why) return why;
        if (SandboxHas(shown.Path)) return DeviceRefusal.OfTheSandbox;
        return SymbolicLink.Target($"/sys/dev/char/{number}/subsystem") is { } subsystem
            && _bySubsystem.TryGetValue(Path.GetFileName(subsystem), out DeviceRefusal refusal) ? refusal : null;
    }

    internal static DeviceRefusal? ByNumber(DeviceNumber number) => number.Major switch
    {
        Memory => _harmlessMemory.Contains(number.Minor) ? null : DeviceRefusal.Memory,
        Consoles => number.Minor < FirstSerialPort ? DeviceRefusal.Terminal : null,
        Terminals or Screens or >= UnixTerminals and <= UnixTerminalsEnd => DeviceRefusal.Terminal,
        Miscellaneous => _inputs.Contains(number.Minor) ? DeviceRefusal.Input
            : _ofTheMachine.Contains(number.Minor) ? DeviceRefusal.Machine : null,
        Input => DeviceRefusal.Input,
        RawDisks or FlashDisks or RawIo => DeviceRefusal.Disk,
        _ => null,
    };

    private static bool SandboxHas(string path) =>
        path is "/dev/null" or "/dev/zero" or "/dev/full" or "/dev/random" or "/dev/urandom" or "/dev/tty" or "/dev/console" or "/dev/ptmx"
            or "/dev/stdin" or "/dev/stdout" or "/dev/stderr" or "/dev/core" || ((string[])["/dev/pts", "/dev/shm", "/dev/fd"])
            .Any(own => DirectoryTree.Holds(own, path));
}
