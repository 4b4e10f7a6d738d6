using System.Diagnostics;
using System.Text;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

/// <summary>What may lie in the place of a file that is read.</summary>
public sealed class RegularFileTests : IDisposable
{
    private readonly DirectoryInfo _place = Directory.CreateTempSubdirectory("regular-file-");

    [Fact]
    public void A_file_is_opened_and_what_it_is_told()
    {
        File.WriteAllText(Place("file"), "content");
        using var file = RegularFile.TryOpen(Place("file"), out var status);
        Assert.NotNull(file);
        Assert.Equal((FileType.Regular, 7L), (status.Type, status.Size));
        Assert.Equal("cont", Encoding.ASCII.GetString(RegularFile.Read(file, 4)));
        Assert.Equal("content", Encoding.ASCII.GetString(RegularFile.Read(file, 4711)));
    }

    // A pipe without a writer, which would be waited for; the device never ends.
    [Theory]
    [InlineData("mkfifo it")]
    [InlineData("mkdir it")]
    [InlineData("echo content > file; ln -s file it")]
    [InlineData("ln -s nowhere it")]
    [InlineData("ln -s it it")]
    [InlineData("ln -s /dev/zero it")]
    [InlineData("/usr/bin/python3 -I -S -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"it\")'")]
    [InlineData("true")]
    [InlineData("touch above; mv above it; ln -s it/below other; mv other file")]
    public void What_is_no_file_is_none(string made)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", made]) { WorkingDirectory = _place.FullName })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        Assert.Null(RegularFile.TryOpen(Place(made.StartsWith("touch", StringComparison.Ordinal) ? "it/below" : "it")));
    }

    [Fact]
    public void A_device_is_none() => Assert.Null(RegularFile.TryOpen("/dev/zero"));

    [Fact]
    public void What_is_larger_than_it_may_be_is_not_read()
    {
        File.WriteAllText(Place("file"), "content");
        Assert.Throws<IOException>(() => RegularFile.TryRead(Place("file"), maxBytes: 6));
        Assert.Equal(7, RegularFile.TryRead(Place("file"), maxBytes: 7)!.Length);
    }

    public void Dispose() => _place.Delete(recursive: true);

    private string Place(string name) => Path.Combine(_place.FullName, name);
}
