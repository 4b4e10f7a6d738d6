namespace Sandpiper.Sandbox.Profiles;

/// <summary>Why a device is not shown to a program, although its user may use it himself.</summary>
public enum DeviceRefusal
{
    /// <summary>No character device: a file, a directory, a socket.</summary>
    None,

    /// <summary>It does not lie in <c>/dev</c>.</summary>
    Elsewhere,

    /// <summary>The sandbox has its own of it.</summary>
    OfTheSandbox,

    /// <summary>A disk, or a way past its file system: every file on it could be read and written.</summary>
    Disk,

    /// <summary>Memory or ports of the machine.</summary>
    Memory,

    /// <summary>Keyboards and mice, or somebody who pretends to be them.</summary>
    Input,

    /// <summary>A screen or terminal at which somebody works: what he types could be read.</summary>
    Terminal,

    /// <summary>What manages the machine: disks put together, power, firmware.</summary>
    Machine,
}
