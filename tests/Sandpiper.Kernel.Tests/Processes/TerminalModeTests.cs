using Microsoft.Win32.SafeHandles;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Processes;

namespace Sandpiper.Kernel.Tests.Processes;

public sealed class TerminalModeTests
{
    [Fact]
    public void A_new_terminal_works_in_lines_and_raw_in_keys_and_is_put_back_whole()
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        TerminalMode found = TerminalMode.Of(terminal.Theirs)!.Value;
        Assert.True(found is { IsOfLines: true, MakesSignals: true, ReturnsAtLineFeed: true, Interrupt: 3, Quit: 28, EndOfInput: 4 });
        found.Raw().Apply(terminal.Theirs);
        TerminalMode raw = TerminalMode.Of(terminal.Ours)!.Value; // either end tells
        Assert.True(raw is { IsOfLines: false, MakesSignals: false, ReturnsAtLineFeed: false } && raw != found);
        Assert.True(raw.OfLines() is { IsOfLines: true, MakesSignals: true, ReturnsAtLineFeed: true });
        found.Apply(terminal.Ours);
        Assert.Equal(found, TerminalMode.Of(terminal.Theirs));
        Assert.False(found.WithoutEcho().IsOfLines);
    }

    [Fact]
    public void What_is_no_terminal_has_no_mode()
    {
        using SafeFileHandle nothing = RawFile.TryOpen("/dev/null", RawFile.ReadWrite)!;
        Assert.Null(TerminalMode.Of(nothing));
    }

    [Fact]
    public void What_is_written_at_one_end_is_read_at_the_other()
    {
        using PseudoTerminal terminal = PseudoTerminal.Open();
        Assert.True(Descriptor.TryWrite(terminal.Ours, "typed\n"u8));
        byte[] read = new byte[64];
        Assert.True(Readiness.Wait(terminal.Theirs, null, null, most: null).Read);
        Assert.Equal("typed\n"u8, read.AsSpan(0, Descriptor.Read(terminal.Theirs, read)));
        Assert.Equal((false, false, false), Readiness.Wait(terminal.Theirs, null, null, TimeSpan.Zero));
    }
}
