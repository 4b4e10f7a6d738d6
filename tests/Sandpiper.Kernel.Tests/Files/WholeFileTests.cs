using System.Diagnostics;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

/// <summary>What may stand where a file is written, and where it is called otherwise until it is whole.</summary>
public sealed class WholeFileTests : IDisposable
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;

    private readonly string _place = Directory.CreateTempSubdirectory("whole-file-").FullName;

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Theory]
    [InlineData("true")]
    [InlineData("echo older > it; echo half > it.new")]
    [InlineData("mkfifo it it.new")]
    [InlineData("ln -s other it; ln -s other it.new")]
    [InlineData("ln -s nowhere it; ln -s nowhere it.new")]
    [InlineData("ln -s /dev/full it; ln -s /dev/full it.new")]
    public void It_is_replaced_whatever_it_is_and_nothing_else_is_written(string made)
    {
        Shell($"echo content > other; {made}");

        WholeFile.Write(At("it"), At("it.new"), "new"u8, Mode);

        Assert.Equal(["it", "other"], Directory.EnumerateFileSystemEntries(_place).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(("new", Mode), (File.ReadAllText(At("it")), File.GetUnixFileMode(At("it"))));
        Assert.Equal("content\n", File.ReadAllText(At("other")));
        Assert.Null(new FileInfo(At("it")).LinkTarget);
    }

    [Fact]
    public void Where_its_directory_is_a_link_nothing_is_written()
    {
        Shell("mkdir real; ln -s real link");
        Assert.Throws<KernelException>(() => WholeFile.Write(At("link/it"), At("link/it.new"), "new"u8, Mode));
        Assert.Throws<KernelException>(() => WholeFile.Write(At("it"), At("link/it.new"), "new"u8, Mode));
        Assert.Empty(Directory.EnumerateFileSystemEntries(At("real")));
    }

    [Fact]
    public void What_cannot_take_its_place_is_not_left_behind()
    {
        Shell("mkdir it; echo content > it/file");
        Assert.Throws<KernelException>(() => WholeFile.Write(At("it"), At("it.new"), "new"u8, Mode));
        Assert.Equal(["it"], Directory.EnumerateFileSystemEntries(_place).Select(Path.GetFileName));
    }

    private string At(string name) => Path.Combine(_place, name);

    private void Shell(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { WorkingDirectory = _place })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
