using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

public sealed class TreeRemovalTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private int Remove(string name)
    {
        using SafeFileHandle directory = RawFile.Open(_root, RawFile.ReadOnly | RawFile.OnlyDirectories, out _);
        return TreeRemoval.Remove(directory, Encoding.UTF8.GetBytes(name));
    }

    private void Python(string script)
    {
        using Process python = Process.Start("/usr/bin/python3", ["-I", "-c", $"import os; os.chdir('{_root}'); {script}"]);
        python.WaitForExit();
        Assert.Equal(0, python.ExitCode);
    }

    [Theory]
    [InlineData("os.makedirs(b'tree/\\xff/\\xfe'); open(b'tree/\\xff/\\xfe/\\xfd', 'w'); open(b'tree/\\xff\\n', 'w')")]
    [InlineData("os.makedirs('tree/a/b/c'); [os.chmod(d, 0) for d in ('tree/a/b/c', 'tree/a/b', 'tree/a', 'tree')]")]
    [InlineData("os.makedirs('tree/0/1/2'); os.makedirs('tree/1/0'); os.makedirs('tree/2'); open('tree/3', 'w')")]
    [InlineData("os.makedirs('tree'); os.mkfifo('tree/pipe'); os.symlink('/', 'tree/root'); os.symlink('..', 'tree/up')")]
    [InlineData("open('tree', 'w')")]
    [InlineData("os.symlink('beside', 'tree')")]
    public void However_it_is_made_it_goes(string make)
    {
        Directory.CreateDirectory(Path.Join(_root, "beside"));
        File.WriteAllText(Path.Join(_root, "beside", "kept"), "");
        Python(make);
        Assert.Equal(0, Remove("tree"));
        Assert.Equal(["beside"], Directory.GetFileSystemEntries(_root).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Join(_root, "beside", "kept")));
    }

    [Fact]
    public void Depth_has_no_end()
    {
        Python("os.mkdir('tree'); os.chdir('tree'); [(os.mkdir('d'), os.chdir('d')) for _ in range(3000)]");
        Assert.Equal(0, Remove("tree"));
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void What_is_not_there_is_removed() => Assert.Equal(0, Remove("nothing"));
}
