using System.Collections.Immutable;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Sandbox.Tests.Profiles;

public sealed class GrantedDevicesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandpiper-devices-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Caller Caller =>
        new(_folder, _folder, _folder, _folder, "ann", WasRoot: false, ImmutableDictionary<string, string>.Empty, _ => true);

    [Theory]
    [InlineData(1, 1, DeviceRefusal.Memory)]        // mem
    [InlineData(1, 2, DeviceRefusal.Memory)]        // kmem
    [InlineData(1, 4, DeviceRefusal.Memory)]        // port
    [InlineData(1, 11, DeviceRefusal.Memory)]       // kmsg
    [InlineData(1, 5, null)]                        // zero, whatever it is called
    [InlineData(4, 1, DeviceRefusal.Terminal)]      // tty1
    [InlineData(4, 64, null)]                       // ttyS0
    [InlineData(5, 0, DeviceRefusal.Terminal)]      // tty
    [InlineData(5, 1, DeviceRefusal.Terminal)]      // console
    [InlineData(7, 1, DeviceRefusal.Terminal)]      // vcs1
    [InlineData(10, 223, DeviceRefusal.Input)]      // uinput
    [InlineData(10, 239, DeviceRefusal.Input)]      // uhid
    [InlineData(10, 130, DeviceRefusal.Machine)]    // watchdog
    [InlineData(10, 236, DeviceRefusal.Machine)]    // mapper/control
    [InlineData(10, 232, null)]                     // kvm
    [InlineData(13, 64, DeviceRefusal.Input)]       // input/event0
    [InlineData(21, 0, DeviceRefusal.Disk)]         // sg0
    [InlineData(136, 3, DeviceRefusal.Terminal)]    // pts/3
    [InlineData(143, 255, DeviceRefusal.Terminal)]
    [InlineData(188, 0, null)]                      // ttyUSB0
    [InlineData(166, 0, null)]                      // ttyACM0
    [InlineData(81, 0, null)]                       // video0
    [InlineData(226, 128, null)]                    // dri/renderD128
    public void What_a_device_is_its_number_says(int major, int minor, DeviceRefusal? why) =>
        Assert.Equal(why, GrantedDevices.ByNumber(new DeviceNumber((uint)major, (uint)minor)));

    [Theory]
    [InlineData("/dev/null", DeviceRefusal.OfTheSandbox)]
    [InlineData("/dev/tty", DeviceRefusal.Terminal)]
    [InlineData("/dev", DeviceRefusal.None)]
    [InlineData("/etc/passwd", DeviceRefusal.None)]
    public void What_is_none_or_is_there_anyway_is_refused(string path, DeviceRefusal why) => Assert.Equal(
        new GrantRefusal.UnfitDevice(why), Assert.Throws<GrantRefusedException>(() => GrantedDevices.Judged(path, Caller)).Reason);

    [Fact]
    public void A_link_elsewhere_makes_no_device_of_dev()
    {
        string link = Path.Join(_folder, "serial");
        File.CreateSymbolicLink(link, "/dev/zero");
        Assert.Equal(new GrantRefusal.UnfitDevice(DeviceRefusal.Elsewhere),
            Assert.Throws<GrantRefusedException>(() => GrantedDevices.Judged(link, Caller)).Reason);
    }

    [Fact]
    public void What_lies_nowhere_is_refused_as_that() => Assert.Equal(new GrantRefusal.Absent(),
        Assert.Throws<GrantRefusedException>(() => GrantedDevices.Judged("/dev/no-such-device", Caller)).Reason);

    [Fact]
    public void Of_the_graphics_cards_only_what_renders_is_given_with_its_own_directory()
    {
        // As the kernel lays it out; `/dev/full` and `/dev/zero` stand for the nodes, which root alone can make.
        string devices = Path.Join(_folder, "dev"), system = Path.Join(_folder, "sys");
        string card = Path.Join(system, "devices/pci0/0000:01:00.0");
        Directory.CreateDirectory(Path.Join(devices, "dri"));
        Directory.CreateDirectory(Path.Join(card, "drm/renderD128"));
        Directory.CreateDirectory(Path.Join(system, "dev/char"));
        File.CreateSymbolicLink(Path.Join(devices, "dri/renderD128"), "/dev/full");
        File.CreateSymbolicLink(Path.Join(devices, "dri/card0"), "/dev/zero");
        File.CreateSymbolicLink(Path.Join(devices, "nvidia0"), "/dev/zero");
        Directory.CreateDirectory(Path.Join(devices, "nvidia-caps"));
        File.CreateSymbolicLink(Path.Join(system, "dev/char/1:7"), Path.Join(card, "drm/renderD128"));
        File.CreateSymbolicLink(Path.Join(card, "drm/renderD128/device"), card);
        var found = GraphicsProcessors.In(devices, system, Caller);
        Assert.Equal([Path.Join(devices, "dri/renderD128"), Path.Join(devices, "nvidia0")], found.Nodes.Select(node => node.Path));
        Assert.Equal([(card, PathAccess.Read)], found.Hardware.Select(place => (place.Path, place.Access)));
        Assert.Equal([(Path.Join(system, "dev/char/1:7"), Path.Join(card, "drm/renderD128"))], found.Links);
        Assert.Empty(found.NotTheCallers);
        var others = GraphicsProcessors.In(devices, system, Caller with { MayWrite = _ => false });
        Assert.Empty(others.Nodes);
        Assert.Equal([Path.Join(devices, "dri/renderD128"), Path.Join(devices, "nvidia0")], others.NotTheCallers);
    }
}
