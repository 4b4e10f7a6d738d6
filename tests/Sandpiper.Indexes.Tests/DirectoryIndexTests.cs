using Sandpiper.Indexes.Tests.Surroundings;
using Sandpiper.Packaging.Index;

namespace Sandpiper.Indexes.Tests;

/// <summary>An index that is a directory.</summary>
public sealed class DirectoryIndexTests
{
    [Theory]
    [InlineData("index.json")]
    [InlineData("index.html")]
    public async Task Either_page_will_do_and_files_are_beside_it(string page)
    {
        using var directory = new TemporaryDirectory();
        Uri address = Written(directory);
        File.Delete(Path.Combine(directory.Path, "simple", "pebble", page is "index.json" ? "index.html" : "index.json"));
        var index = new DirectoryIndex(address, Served.ReadMetadata);
        IndexFile file = await index.FileOf();
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
        Assert.Equal(Served.Wheel, await index.BytesOf(file));
    }

    [Fact]
    public async Task A_name_without_a_directory_is_not_here_and_a_missing_index_is_a_mistake()
    {
        using var directory = new TemporaryDirectory();
        Assert.Null(await new DirectoryIndex(new Uri(directory.Path + "/"), Served.ReadMetadata).PageOf());
        var missing = new DirectoryIndex(new Uri(Path.Combine(directory.Path, "missing")), Served.ReadMetadata);
        Assert.Equal($"({IndexRules.Unreachable})", await Served.RuleOf(() => missing.PageOf()));
    }

    [Fact]
    public async Task A_page_that_is_there_and_cannot_be_read_is_not_absent()
    {
        using var directory = new TemporaryDirectory();
        // A directory of the page's name: nobody can read that, not even root.
        Directory.CreateDirectory(Path.Combine(directory.Path, "pebble", "index.json"));
        var index = new DirectoryIndex(new Uri(directory.Path), Served.ReadMetadata);
        Assert.Equal($"({IndexRules.Unreadable})", await Served.RuleOf(() => index.PageOf()));
    }

    [Theory]
    [InlineData("index.json")]
    [InlineData("wheel")]
    [InlineData("wheel.metadata")]
    public async Task A_pipe_in_the_place_of_a_file_is_not_waited_for_and_not_absent(string what)
    {
        using var directory = new TemporaryDirectory();
        var index = new DirectoryIndex(Written(directory), (path, _) => throw new InvalidOperationException($"{path} is waited for"));
        IndexFile file = await index.FileOf();
        string page = Path.Combine(directory.Path, "simple", "pebble", "index.json"), wheel = file.Url.LocalPath;
        TemporaryDirectory.MakePipe(what switch { "index.json" => page, "wheel" => wheel, _ => $"{wheel}.metadata" });

        Assert.Equal($"({IndexRules.Unreadable})", await Served.RuleOf(what switch
        {
            "index.json" => () => index.PageOf(),
            "wheel" => () => index.BytesOf(file),
            _ => () => index.MetadataOf(file),
        }));
        if (what is "wheel")
            Assert.Equal($"({IndexRules.Unreadable})", await Served.RuleOf(() => index.MetadataOf(file with { HasMetadata = false })));
    }

    [Fact]
    public async Task A_link_is_as_good_as_the_file_that_it_leads_to()
    {
        using var directory = new TemporaryDirectory();
        var index = new DirectoryIndex(Written(directory), Served.ReadMetadata);
        foreach (string path in Directory.GetFiles(Path.Combine(directory.Path, "simple", "pebble")))
        {
            File.Move(path, Path.Combine(directory.Path, Path.GetFileName(path)));
            File.CreateSymbolicLink(path, $"../../{Path.GetFileName(path)}");
        }
        IndexFile file = await index.FileOf();
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_swapped_file_or_METADATA_is_refused()
    {
        using var directory = new TemporaryDirectory();
        var index = new DirectoryIndex(Written(directory), Served.ReadMetadata);
        IndexFile file = await index.FileOf();
        byte[] swapped = [.. Served.Wheel];
        swapped[0] ^= 1;
        await File.WriteAllBytesAsync(file.Url.LocalPath, swapped, TestContext.Current.CancellationToken);
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.BytesOf(file)));
        await File.WriteAllBytesAsync(file.Url.LocalPath, [.. swapped, 0], TestContext.Current.CancellationToken);
        Assert.Equal(IndexRules.TooLong, await Served.RuleOf(() => index.BytesOf(file)));
        await File.AppendAllTextAsync(file.Url.LocalPath + ".metadata", "\n", TestContext.Current.CancellationToken);
        Assert.Equal(IndexRules.Digest, await Served.RuleOf(() => index.MetadataOf(file)));
        File.Delete(file.Url.LocalPath);
        Assert.Equal($"({IndexRules.Status})", await Served.RuleOf(() => index.BytesOf(file)));
    }

    [Fact]
    public async Task Without_METADATA_beside_it_the_wheel_is_read()
    {
        using var directory = new TemporaryDirectory();
        var index = new DirectoryIndex(Written(directory), Served.ReadMetadata);
        IndexFile file = await index.FileOf();
        File.Delete(file.Url.LocalPath + ".metadata");
        Assert.Contains("Name: pebble", await index.MetadataOf(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_on_a_server_is_not_fetched()
    {
        using var directory = new TemporaryDirectory();
        var index = new DirectoryIndex(Written(directory), Served.ReadMetadata);
        IndexFile file = await index.FileOf() with { Url = new Uri("https://user:s3cret@index.example/pebble-1.0-py3-none-any.whl") };
        IndexException error = await Assert.ThrowsAsync<IndexException>(() => index.BytesOf(file));
        Assert.Equal(IndexRules.Elsewhere, error.Rule);
        Assert.DoesNotContain("s3cret", $"{error} {error.Location}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://index.example/simple/")]
    [InlineData("file://server/share/")]
    public void An_address_of_another_kind_is_none(string address) =>
        Assert.Equal(
            IndexRules.Address, Assert.Throws<IndexException>(() => new DirectoryIndex(new Uri(address), Served.ReadMetadata)).Rule);

    private static Uri Written(TemporaryDirectory directory)
    {
        Served.Sample.WriteTo(directory.Path);
        return new Uri(Path.Combine(directory.Path, "simple"));
    }
}
