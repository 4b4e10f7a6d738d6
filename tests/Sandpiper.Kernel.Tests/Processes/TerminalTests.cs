using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

public sealed class TerminalTests
{
    [Fact]
    public void The_size_of_a_window_is_laid_out_as_the_header_says()
    {
        Assert.Equal(8, Unsafe.SizeOf<Terminal.WindowSize>());
        Assert.Equal(2, Marshal.OffsetOf<Terminal.WindowSize>("Columns").ToInt32());
    }

    [Fact]
    public void What_is_no_terminal_has_no_columns()
    {
        using var nothing = RawFile.Open("/dev/null", RawFile.ReadOnly, out _);
        Assert.Null(Terminal.Columns((int)nothing.DangerousGetHandle()));
    }
}
