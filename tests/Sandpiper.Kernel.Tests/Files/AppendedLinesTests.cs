using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class AppendedLinesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_line_that_another_is_writing_is_waited_for()
    {
        string path = Write("one\ntw");
        int waited = 0;
        byte[]? read = AppendedLines.TryRead(path, 100, () =>
        {
            if (++waited == 3) File.AppendAllText(path, "o\n");
        });
        Assert.Equal(3, waited);
        Assert.Equal("one\ntwo\n", System.Text.Encoding.UTF8.GetString(read!));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("one\n", 0)]
    [InlineData("one\ntw", 100)]
    public void Only_what_is_cut_off_is_waited_for_and_not_for_ever(string content, int expected)
    {
        int waited = 0;
        byte[]? read = AppendedLines.TryRead(Write(content), 100, () => waited++);
        Assert.Equal((expected, content), (waited, System.Text.Encoding.UTF8.GetString(read!)));
    }

    [Fact]
    public void What_is_no_file_is_none() => Assert.Null(AppendedLines.TryRead(_directory, 100));

    private string Write(string content)
    {
        string path = Path.Combine(_directory, "lines");
        File.WriteAllText(path, content);
        return path;
    }
}
