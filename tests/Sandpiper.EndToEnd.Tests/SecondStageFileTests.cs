using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Sandpiper.EndToEnd.Tests.Staging;
using Sandpiper.Samples;
using Sandpiper.Surroundings;

namespace Sandpiper.EndToEnd.Tests;

/// <summary>
/// What runs first in each sandbox is kept as a file: whatever becomes of that, what runs is what the command holds, or nothing.
/// </summary>
public sealed class SecondStageFileTests : IDisposable
{
    private readonly Somebody _user = new();

    private readonly string _index;

    public SecondStageFileTests()
    {
        _index = _user.Serve(new SampleIndex().WithAll(new SampleWheel("tide", "1.0").WithFile("tide.py", "x = 1\n")));
        Done(_user.Sandpiper("install", "tide", "-i", _index));
    }

    private string AllKept => Path.Combine(_user.DataRoot, "second-stages");

    // The way to it is as good before it is there.
    private string Kept => Path.Combine(AllKept, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(PublishedSecondStage.Path))));

    private Outcome Ran => _user.Sandpiper("run", "--", "printf", "ran");

    [Fact]
    public void The_first_run_makes_it_and_the_next_leaves_it()
    {
        Assert.False(Path.Exists(AllKept));
        Assert.Equal("ran", Done(Ran).Output);
        var made = Stat();
        Assert.Equal("ran", Done(Ran).Output);
        Assert.Equal(made, Stat());
        Done(_user.Sandpiper("verify"));

        string Stat() => Done(_user.Run(["/usr/bin/stat", "-c", "%a %h %s %i %z", Kept])).Output;
    }

    [Theory]
    [InlineData("rm -f $1; printf '#!/bin/sh\\necho owned\\n' > $1; chmod 500 $1")]
    [InlineData("cp /bin/true $1.n; truncate -s $(stat -c %s $1) $1.n; chmod 500 $1.n; mv -f $1.n $1")] // of its very size
    [InlineData("rm -f $1; ln -s /bin/true $1")]
    [InlineData("rm -f $1; mkfifo -m 500 $1")]
    [InlineData("chmod u+w $1; truncate -s 5000 $1; chmod 500 $1")]
    [InlineData("chmod 0 $1")]
    public void Another_file_in_its_place_is_not_started(string done)
    {
        Done(Ran);
        Done(_user.Run(["/bin/sh", "-c", done, "sh", Kept]));
        Assert.Equal("ran", Done(Ran).Output);
        Done(_user.Sandpiper("verify")); // what would not be started is nobody's danger
        Assert.Equal("ran", Done(Ran).Output);
    }

    // It was never replaced, and nobody was told why each start took longer.
    [Fact]
    public void A_directory_in_its_place_is_told_and_mended()
    {
        Done(Ran);
        Done(_user.Run(["/bin/sh", "-c", "rm -f $1; mkdir -p $1/y; echo 1 > $1/y/x; ln -s $HOME $1/link; : > $HOME/mine", "sh", Kept]));
        Assert.Equal("ran", Done(Ran).Output);
        Outcome verified = _user.Sandpiper("verify");
        Assert.True(verified.ExitCode == 3 && verified.Output.Contains("second-stage", StringComparison.Ordinal), $"{verified}");
        Done(_user.Sandpiper("repair"));
        Assert.True(File.Exists(Path.Combine(_user.Home, "mine")));
        Done(_user.Sandpiper("verify"));
        Assert.Equal("ran", Done(Ran).Output);
        Assert.True(File.Exists(Kept));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(90_000)]
    public void One_byte_that_is_another_is_not_started_and_told_until_the_next_run_makes_it_anew(int at)
    {
        Done(Ran);
        Done(_user.Run(["/bin/sh", "-c", $"chmod u+w $1; printf x | dd of=$1 bs=1 seek={at} conv=notrunc status=none; chmod 500 $1", "sh",
            Kept]));
        Outcome seen = _user.Sandpiper("verify");
        Assert.Equal(3, seen.ExitCode);
        Assert.Contains("second-stage", seen.Output, StringComparison.Ordinal);
        Assert.Contains("runs first in each sandbox", seen.Output, StringComparison.Ordinal);
        if (at > 1000) Done(_user.Sandpiper("repair"));
        Assert.Equal(new Outcome(0, "ran", ""), Ran);
        Done(_user.Sandpiper("verify"));
        Done(_user.Run(["/usr/bin/cmp", Kept, PublishedSecondStage.Path]));
    }

    // What lies there may be a program's, which could write on the way there: with these bytes the second stage would die at its entry.
    [Fact]
    public void What_was_planted_through_a_link_is_not_started()
    {
        Done(Ran);
        string share = Path.Combine(_user.Home, ".local/share"), elsewhere = Path.Combine(_user.Project, "share");
        Done(_user.Run(["/bin/sh", "-c", """
            set -e
            mv "$1" "$2"; ln -s "$2" "$1"; cd "$2/sandpiper/second-stages"; chmod u+w *
            head -c 1000000 /dev/zero | tr '\\0' '\\314' | dd of="$(echo *)" bs=4096 seek=1 conv=notrunc status=none
            chmod 500 *
            """, "sh", share, elsewhere]));
        Assert.Equal(0, _user.Sandpiper("run", "--", "true").ExitCode);
    }

    // Bubblewrap is started before every byte was compared, and has this whole machine in its hands then.
    [Fact]
    public void What_is_planted_makes_nothing_on_this_machine()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture is Architecture.X64, "its few instructions are for x86-64");
        string made = Path.Combine(_user.Home, "made"), planted = Path.Combine(_user.Home, "planted");
        Done(Ran);
        File.WriteAllBytes(planted, ProgramThatMakes($"/.host{made}", new FileInfo(Kept).Length));
        Done(_user.Run(["/bin/sh", "-c", "cp $2 $1.n; chmod 500 $1.n; cp $1.n $2.own; mv -f $1.n $1", "sh", Kept, planted]));
        for (int i = 0; i < 20; i++)
        {
            // By hand it works: outside there is no such place.
            Assert.Equal(77, _user.Run([$"{planted}.own"]).ExitCode);
            Assert.Equal("ran", Done(Ran).Output);
            Assert.False(Path.Exists(made));
            Done(_user.Run(["/bin/sh", "-c", "cp $2.own $1.n; mv -f $1.n $1", "sh", Kept, planted]));
        }
    }

    // Bubblewrap, which is waiting to be told what is inside, ends before it could take the end of that for an answer.
    [Fact]
    public void Where_it_is_another_one_nothing_of_that_start_is_left()
    {
        Done(Ran);
        Outcome all = _user.Run(["/bin/sh", "-ec", """
            first=$(sed -n 's/^Cpus_allowed_list:[^0-9]*\([0-9]*\).*/\1/p' /proc/self/status)
            cp "$1" "$1.n"; chmod u+w "$1.n"; truncate -s -1 "$1.n"; printf x >> "$1.n"; chmod 500 "$1.n"
            for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
              cp "$1.n" "$1.o"; mv -f "$1.o" "$1"
              taskset -c "$first" "$2" run -- printf ran 2>&1 | cat
            done
            """, "sh", Kept, PublishedCommand.Path]);
        Assert.Equal(new Outcome(0, string.Concat(Enumerable.Repeat("ran", 30)), ""), all);
    }

    // mkdir(path), exit(77): a program of one piece, as long as is wanted.
    private static byte[] ProgramThatMakes(string directory, long length)
    {
        const int Header = 64, Segment = 56, Code = Header + Segment;
        const long At = 0x400000;
        byte[] program = new byte[length];
        byte[] path = [.. Encoding.UTF8.GetBytes(directory), 0];
        byte[] code = [0xb8, 83, 0, 0, 0, 0x48, 0xbf, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xc0, 1, 0, 0, 0x0f, 0x05,  // mkdir(…, 0700)
            0xbf, 77, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05];                                                // exit(77)
        BinaryPrimitives.WriteInt64LittleEndian(code.AsSpan(7), At + Code + code.Length);
        byte[] start = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 62, 0, 1, 0, 0, 0];
        start.CopyTo(program, 0);
        Span<byte> rest = program;
        BinaryPrimitives.WriteInt64LittleEndian(rest[24..], At + Code);     // e_entry
        BinaryPrimitives.WriteInt64LittleEndian(rest[32..], Header);        // e_phoff
        BinaryPrimitives.WriteInt16LittleEndian(rest[52..], Header);
        BinaryPrimitives.WriteInt16LittleEndian(rest[54..], Segment);
        BinaryPrimitives.WriteInt16LittleEndian(rest[56..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(rest[Header..], 1);         // PT_LOAD
        BinaryPrimitives.WriteInt32LittleEndian(rest[(Header + 4)..], 5);   // to read and to run
        BinaryPrimitives.WriteInt64LittleEndian(rest[(Header + 16)..], At);
        BinaryPrimitives.WriteInt64LittleEndian(rest[(Header + 32)..], length);
        BinaryPrimitives.WriteInt64LittleEndian(rest[(Header + 40)..], length);
        BinaryPrimitives.WriteInt64LittleEndian(rest[(Header + 48)..], 4096);
        code.CopyTo(program, Code);
        path.CopyTo(program, Code + code.Length);
        return program;
    }

    [Fact]
    public void No_program_may_write_it_whatever_root_is_meant()
    {
        string data = Path.Combine(_user.Place, "data"), root = Path.Combine(_user.Place, "root");
        foreach (string made in (string[])[data, $"{data}/sandpiper", root]) Somebody.Own(Directory.CreateDirectory(made).FullName);
        _user.Variables["XDG_DATA_HOME"] = data;
        Done(_user.Sandpiper("install", "tide", "--root", root, "-i", _index));
        foreach (string granted in (string[])[data, $"{data}/sandpiper"])
        {
            Outcome refused = _user.Sandpiper("run", "--root", root, "--write", granted, "--", "echo", "ran");
            Assert.Equal((125, ""), (refused.ExitCode, refused.Output));
            Assert.Contains("cannot be granted for writing", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Where_nothing_is_started_it_is_not_kept_and_programs_run()
    {
        Assert.SkipUnless(Somebody.IsSomebodyElse, "only root mounts");
        Done(Ran); // it is there
        Outcome ran = _user.RunAsTester(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", $"""
            set -e
            mount --bind {_user.DataRoot} {_user.DataRoot}
            mount -o remount,bind,noexec {_user.DataRoot}
            cd {_user.Project}
            exec {string.Join(' ', Somebody.AsUser)} env HOME={_user.Home} '{PublishedCommand.Path}' run -- printf ran
            """]);
        Assert.Equal(new Outcome(0, "ran", ""), ran);
    }

    [Fact]
    public void Where_files_may_not_be_as_large_that_is_said()
    {
        string run = $"ulimit -f 1000; exec '{PublishedCommand.Path}' run -- printf ran";
        Assert.Equal(new Outcome(0, "ran", ""), _user.Run(["/bin/sh", "-c", $"'{PublishedCommand.Path}' run -- true; {run}"]));
        Done(_user.Run(["/bin/rm", "-f", Kept]));
        Outcome told = _user.Run(["/bin/sh", "-c", run]);
        Assert.Equal((4, ""), (told.ExitCode, told.Output));
        Assert.Contains("RLIMIT_FSIZE", told.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was run", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_of_it_is_left_after_a_purge()
    {
        Done(Ran);
        Assert.True(File.Exists(Kept));
        Done(_user.Sandpiper("purge", "--yes"));
        Assert.False(Path.Exists(_user.DataRoot));
    }

    public void Dispose() => _user.Dispose();

    private static Outcome Done(Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, $"{outcome}");
        return outcome;
    }
}
