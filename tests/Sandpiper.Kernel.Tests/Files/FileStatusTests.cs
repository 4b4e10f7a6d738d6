using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class FileStatusTests
{
    [Fact]
    public void The_answer_is_laid_out_as_the_header_says()
    {
        Assert.Equal(256, Unsafe.SizeOf<StatxCall.Answer>());
        Assert.Equal([0, 16, 20, 28, 32, 40, 64, 96, 112, 128, 136, 140], new[]
        {
            "Mask", "Links", "User", "Mode", "Inode", "Size", "Accessed", "Changed", "Modified", "SpecialMajor", "DeviceMajor",
                "DeviceMinor",
        }.Select(name => Marshal.OffsetOf<StatxCall.Answer>(name).ToInt32()));
    }

    [Fact]
    public void A_name_is_told_without_being_followed()
    {
        string directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;
        try
        {
            string file = Path.Combine(directory, "file"), link = Path.Combine(directory, "link");
            File.WriteAllText(file, "12345");
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(7));
            File.SetUnixFileMode(file, UnixFileMode.UserRead);
            File.CreateSymbolicLink(link, "file");
            Assert.True(FileStatus.TryRead(file, out var status));
            Assert.Equal((FileType.Regular, 5, UnixFileMode.UserRead, new UnixTime(1_577_836_800, 700)),
                (status.Type, status.Size, status.Mode, status.ModifiedAt));
            Assert.True(FileStatus.TryRead(link, out var linked));
            Assert.Equal(FileType.SymbolicLink, linked.Type);
            Assert.True(FileStatus.TryRead(directory, out var there));
            Assert.Equal(FileType.Directory, there.Type);
            Assert.False(FileStatus.TryRead(Path.Combine(directory, "nothing"), out _));
            Assert.False(FileStatus.TryRead(Path.Combine(file, "below a file"), out _));
            Assert.True(FileStatus.TryRead("/dev/null", out var device));
            Assert.Equal(FileType.Other, device.Type);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
