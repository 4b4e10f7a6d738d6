using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class RawFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void What_cannot_be_opened_says_why_and_only_what_is_not_there_is_none()
    {
        string file = Write("file");
        Assert.Null(RawFile.TryOpen(Path.Combine(_directory, "nothing"), RawFile.ReadWrite));
        var failure = Assert.Throws<KernelException>(() => RawFile.TryOpen(Path.Combine(file, "below"), RawFile.ReadWrite));
        Assert.Equal(("open", Errno.NotDirectory, Errno.NotDirectory, Path.Combine(file, "below")),
            (failure.Call, failure.Errno, failure.HResult, failure.Path));
        using var nothing = RawFile.Open(Path.Combine(_directory, "nothing"), RawFile.ReadOnly, out int errno);
        Assert.Equal((true, Errno.NoSuchFile), (nothing.IsInvalid, errno));
    }

    [Fact]
    public void A_link_is_not_followed_when_it_must_not_be_and_a_file_is_no_directory()
    {
        string link = Path.Combine(_directory, "link");
        File.CreateSymbolicLink(link, _directory);
        using var followed = RawFile.Open(link, RawFile.OnlyDirectories, out _);
        using var refused = RawFile.Open(link, RawFile.OnlyDirectories | RawFile.NoFollow, out _);
        using var file = RawFile.Open(Write("file"), RawFile.OnlyDirectories, out int errno);
        using var itself = RawFile.Open(link, RawFile.AsPlace | RawFile.NoFollow, out _);
        Assert.Equal((FileType.Directory, true, true, Errno.NotDirectory),
            (FileFacts.KindOf(followed), refused.IsInvalid, file.IsInvalid, errno));
        Assert.Equal(FileType.SymbolicLink, FileFacts.KindOf(itself));
    }

    [Fact]
    public void It_is_closed_on_exec_unless_it_is_to_be_handed_on()
    {
        string file = Write("file");
        using var ours = RawFile.Open(file, RawFile.ReadOnly, out _);
        using var theirs = RawFile.OpenToHandOn(file, RawFile.ReadOnly);
        Assert.Equal((true, false), (ClosesOnExec(ours), ClosesOnExec(theirs)));

        static bool ClosesOnExec(Microsoft.Win32.SafeHandles.SafeFileHandle handle)
        {
            string flags = File.ReadLines($"/proc/self/fdinfo/{handle.DangerousGetHandle()}").First(line =>
                line.StartsWith("flags:", StringComparison.Ordinal));
            return (Convert.ToInt64(flags["flags:".Length..].Trim(), 8) & 0x80000) != 0;
        }
    }

    [Fact]
    public void A_line_goes_to_the_end_whoever_wrote_there_meanwhile()
    {
        string path = Write("lines");
        using var first = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Append)!;
        using var second = RawFile.TryOpen(path, RawFile.ReadWrite | RawFile.Append)!;
        foreach (var (file, line) in new[] { (first, "a\n"), (second, "b\n"), (first, "c\n") })
        {
            RawFile.AppendLine(file, System.Text.Encoding.UTF8.GetBytes(line), path);
        }
        Assert.Equal("a\nb\nc\n", File.ReadAllText(path));
        Descriptor.MoveTo(first, 2);
        Assert.Equal("b\nc\n"u8.ToArray(), Descriptor.ReadToEnd(first));
    }

    private string Write(string name)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, "");
        return path;
    }
}
