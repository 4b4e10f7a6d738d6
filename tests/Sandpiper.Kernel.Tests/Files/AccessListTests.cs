using System.Diagnostics;
using Sandpiper.Kernel.Files;

namespace Sandpiper.Kernel.Tests.Files;

/// <summary>Access control lists, as the kernel keeps them.</summary>
public sealed class AccessListTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void A_file_without_a_list_names_nobody() => Assert.Empty(AccessList.WritersOf(_file));

    [Theory]
    [InlineData(7, "4711 g4712")]
    [InlineData(5, "")]
    public void Who_is_named_and_may_write_is_told_as_far_as_the_mask_allows(int mask, string writers)
    {
        // linux/posix_acl_xattr.h: version 2, then tag, rights and id of each: owner, two users, group, a group, mask, others.
        string script = "import os, struct, sys\n"
            + "e = [(1, 6, 0xffffffff), (2, 6, 4711), (2, 4, 4713), (4, 4, 0xffffffff), (8, 6, 4712), (16, int(sys.argv[2]), 0xffffffff), "
            + "(32, 4, 0xffffffff)]\n"
            + "os.setxattr(sys.argv[1], 'system.posix_acl_access', struct.pack('<I', 2) + b''.join(struct.pack('<HHI', *x) for x in e))";
        using var python = Process.Start("/usr/bin/python3", ["-I", "-S", "-c", script, _file, $"{mask}"]);
        python.WaitForExit();
        Assert.SkipWhen(python.ExitCode != 0, "this file system keeps no access control lists");
        Assert.Equal(writers, string.Join(' ', AccessList.WritersOf(_file).Select(w => $"{(w.IsGroup ? "g" : "")}{w.Id}")));
    }

    public void Dispose() => File.Delete(_file);
}
