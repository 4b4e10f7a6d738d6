using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel;
using Sandpiper.Kernel.Files;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests.Driving;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Bubblewrap;

/// <summary>What is handed to a sandbox is what the command holds: from a file only where that is believed.</summary>
public sealed class SecondStageImageTests(Ground ground) : IClassFixture<Ground>
{
    private const UnixFileMode Started = UnixFileMode.UserRead | UnixFileMode.UserExecute;
    private static readonly byte[] Held = [.. "the second stage, and "u8, .. new byte[100_000]];

    private readonly string _kept =
        Path.Join(Directory.CreateDirectory(Path.Join(ground.Root, Guid.NewGuid().ToString("N"))).FullName, "kept");

    private SecondStageImage Image(byte[]? held = null) => new(() => held ?? Held, _kept);

    private static (byte[] Content, bool IsFile) Handed(SecondStageImage image)
    {
        HandedSecondStage handed = image.Open();
        if (!handed.TryComplete())
        {
            handed.Dispose();
            handed = image.Open(fromMemory: true);
            Assert.True(handed.TryComplete());
        }
        using HandedSecondStage whole = handed;
        string? place = new FileInfo($"/proc/self/fd/{whole.File.DangerousGetHandle()}").LinkTarget;
        return (Descriptor.ReadToEnd(whole.File), place?.StartsWith("/memfd:", StringComparison.Ordinal) is false);
    }

    [Fact]
    public void It_comes_from_memory_first_and_from_the_file_afterwards()
    {
        SecondStageImage image = Image();
        Assert.Equal((Held, false), Handed(image), Same);
        Assert.False(File.Exists(_kept));
        image.Keep();
        Assert.Equal(Held, File.ReadAllBytes(_kept));
        Assert.Equal(Started, File.GetUnixFileMode(_kept));
        Assert.Equal([_kept], Directory.GetFileSystemEntries(Path.GetDirectoryName(_kept)!));
        Assert.Equal((Held, true), Handed(Image()), Same);
        Assert.True(Image().IsAsHeld());
    }

    [Fact]
    public void A_file_of_another_build_is_made_anew()
    {
        byte[] before = Held[..^1];
        Kept(before);
        SecondStageImage image = Image();
        Assert.Equal((Held, false), Handed(image), Same);
        Assert.Null(image.IsAsHeld());
        image.Keep();
        Assert.Equal((Held, true), Handed(Image()), Same);
    }

    [Theory]
    [InlineData("longer")]
    [InlineData("shorter")]
    [InlineData("writable")]
    [InlineData("of everybody")]
    [InlineData("two names")]
    [InlineData("a link")]
    [InlineData("a directory")]
    [InlineData("a pipe")]
    public void What_is_not_as_it_was_made_is_not_started(string how)
    {
        Kept(how switch { "longer" => [.. Held, 0], "shorter" => Held[..^1], _ => Held });
        switch (how)
        {
            case "writable": File.SetUnixFileMode(_kept, Started | UnixFileMode.UserWrite); break;
            case "of everybody": File.SetUnixFileMode(_kept, Started | UnixFileMode.OtherRead); break;
            case "two names": Done("/bin/ln", _kept, $"{_kept}-other"); break;
            case "a link":
                File.Move(_kept, $"{_kept}-other");
                File.CreateSymbolicLink(_kept, $"{_kept}-other");
                break;
            case "a directory":
                File.Delete(_kept);
                Directory.CreateDirectory(_kept);
                break;
            case "a pipe":
                File.Delete(_kept);
                Done("/usr/bin/mkfifo", "-m", "500", _kept);
                break;
        }
        Assert.Equal((Held, false), Handed(Image()), Same);
    }

    [Fact]
    public void One_byte_that_was_changed_is_seen_and_it_is_not_started()
    {
        byte[] changed = [.. Held];
        changed[^1] ^= 1;
        Kept(changed);
        Assert.Equal((Held, false), Handed(Image()), Same);
        Assert.False(Image().IsAsHeld());
        SecondStageImage image = Image();
        image.Forget();
        Assert.False(File.Exists(_kept));
        image.Keep();
        Assert.True(Image().IsAsHeld());
    }

    [Fact]
    public void Where_it_cannot_be_kept_it_comes_from_memory_again()
    {
        Directory.CreateDirectory(_kept);
        SecondStageImage image = Image();
        Assert.Equal((Held, false), Handed(image), Same);
        image.Keep();
        Assert.Equal((Held, false), Handed(image), Same);
        Assert.Equal([_kept], Directory.GetFileSystemEntries(Path.GetDirectoryName(_kept)!));
    }

    [Fact]
    public void Versions_that_are_used_in_turn_keep_their_own_and_the_oldest_makes_way()
    {
        string directory = Path.Join(Path.GetDirectoryName(_kept), "stages");
        for (int turn = 0; turn < 2; turn++)
        {
            for (int number = 0; number < SecondStageFiles.Most; number++)
            {
                SecondStageImage image = Version(number);
                Assert.Equal(([.. Held, (byte)number], turn > 0), Handed(image), Same);
                image.Keep();
                // The clock of the file system may stand still between two of them.
                File.SetLastWriteTimeUtc(Path.Join(directory, $"{number:x64}"), DateTime.UnixEpoch.AddDays(number));
            }
        }
        string beside = Path.Join(directory, "not ours");
        File.WriteAllText(beside, "");
        SecondStageImage newest = Version(SecondStageFiles.Most);
        Handed(newest);
        newest.Keep();
        Assert.Equal([.. Enumerable.Range(1, SecondStageFiles.Most).Select(number => Path.Join(directory, $"{number:x64}")), beside],
            Directory.GetFileSystemEntries(directory).Order(StringComparer.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));

        SecondStageImage Version(int number)
        {
            byte[] content = [.. Held, (byte)number];
            return new(() => content, Path.Join(directory, $"{number:x64}"));
        }
    }

    [Fact]
    public void By_its_name_nothing_is_believed()
    {
        SecondStageImage one = Image(), other = Image([.. Held, 1]);
        Handed(one);
        one.Keep();
        Assert.Equal(([.. Held, 1], false), Handed(other), Same);
    }

    [Fact]
    public void Through_a_link_nothing_is_kept_and_nothing_goes()
    {
        string somebodys = Directory.CreateDirectory(Path.Join(Path.GetDirectoryName(_kept), "somebodys")).FullName;
        string directory = Path.Join(Path.GetDirectoryName(_kept), "stages");
        File.CreateSymbolicLink(directory, somebodys);
        for (int number = 0; number < 5; number++) File.WriteAllText(Path.Join(somebodys, $"{number:x64}"), "");
        var image = new SecondStageImage(() => Held, Path.Join(directory, new string('a', 64)));
        Assert.Equal((Held, false), Handed(image), Same);
        image.Keep();
        Assert.Equal(5, Directory.GetFileSystemEntries(somebodys).Length);
        Assert.Equal((Held, false), Handed(image), Same);
        // It is told, and mended, as a directory in the place of the file is.
        Assert.False(image.IsAsHeld());
        image.Forget();
        Assert.Equal(5, Directory.GetFileSystemEntries(somebodys).Length);
        Assert.Null(image.IsAsHeld());
        image.Keep();
        Assert.True(image.IsAsHeld());
    }

    [Fact]
    public void A_command_without_one_says_so() =>
        Assert.Equal(SandboxObstacle.NoSecondStage, Assert.Throws<SandboxUnavailableException>(() => Image([]).Open()).Obstacle);

    [Fact]
    public void What_somebody_has_open_to_write_is_not_started_and_what_was_handed_out_nobody_opens_to_write()
    {
        Kept(Held);
        File.SetUnixFileMode(_kept, Started | UnixFileMode.UserWrite);
        using (SafeFileHandle writer = File.OpenHandle(_kept, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            File.SetUnixFileMode(_kept, Started);
            Assert.Equal((Held, false), Handed(Image()), Same);
        }
        using HandedSecondStage handed = Image().Open();
        Assert.True(handed.TryComplete());
        File.SetUnixFileMode(_kept, Started | UnixFileMode.UserWrite);
        using SafeFileHandle? refused = RawFile.Open(_kept, RawFile.WriteOnly | RawFile.NonBlocking, out int errno);
        Assert.Equal(Errno.WouldBlock, errno);
    }

    private void Kept(byte[] content)
    {
        File.WriteAllBytes(_kept, content);
        File.SetUnixFileMode(_kept, Started);
    }

    private static void Done(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private static bool Same((byte[] Content, bool IsFile) expected, (byte[] Content, bool IsFile) actual) =>
        expected.IsFile == actual.IsFile && expected.Content.AsSpan().SequenceEqual(actual.Content);
}
