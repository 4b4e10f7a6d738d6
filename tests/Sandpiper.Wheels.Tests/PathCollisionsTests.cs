using Sandpiper.Policies;

namespace Sandpiper.Wheels.Tests;

public sealed class PathCollisionsTests
{
    [Theory]
    [InlineData("a.py", "A.py")]
    [InlineData("pkg/a.py", "PKG/b.py")]        // two spellings of one directory
    [InlineData("pkg", "pkg/a.py")]
    [InlineData("pkg/a.py", "pkg")]
    [InlineData("PKG", "pkg/a.py")]
    [InlineData("a.py", "a.py")]
    [InlineData("\u00E9.py", "e\u0301.py")]       // é: composed, decomposed
    [InlineData("\u00E9.py", "E\u0301.py")]
    [InlineData("\u00C9.py", "\u00E9.py")]
    [InlineData("\u2126.py", "\u03A9.py")]        // ohm, omega
    [InlineData("\uD55C.py", "\u1112\u1161\u11AB.py")]
    public void One_file_on_some_file_systems_is_refused(string first, string second)
    {
        var paths = new PathCollisions();
        paths.AddFile(first, "first");
        var refusal = Assert.Throws<RefusedException>(() => paths.AddFile(second, "second"));
        Assert.Equal(("SP-WHEEL-13", "second"), (refusal.Rule, refusal.Refusal.First.Path));
    }

    [Fact]
    public void Different_files_are_different_in_every_script()
    {
        var paths = new PathCollisions();
        foreach (string path in (string[])["pkg/a.py", "pkg/b.py", "pkg/sub/a.py", "中文.txt", "日本.txt", "\u00E9.py", "\u00E8.py", "एक.txt",
            "दो तीन.txt"])
            paths.AddFile(path, path);
    }
}
