using System.Collections.Frozen;
using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Store;

namespace Sandpiper.Interpreters.Tests;

public sealed class CompiledModulesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("sandpiper-").FullName;

    public void Dispose() => SealedTree.Remove(_directory);

    [Fact]
    public void Every_module_comes_as_byte_code_that_the_interpreter_takes_for_its_own_and_none_is_run()
    {
        string marker = Path.Combine(_directory, "ran");
        Write("pkg/__init__.py", $"open({Quoted(marker)}, 'w')\nVALUE = {{'a', 'b'}}\n");
        Write("pkg/latin.py", Encoding.Latin1.GetBytes("# -*- coding: latin-1 -*-\nNAME = '\u00e9'\n"));
        Write("pkg/__pycache__/hidden.py", "x = 1\n");
        Write("top.py", "x = 1\n");
        Write("notes.txt", "x");
        var compiled = Compile();
        Assert.True(compiled.IsWhole);
        Assert.Equal(["pkg/__init__.py", "pkg/latin.py", "top.py"], compiled.ByPath.Keys.Order(StringComparer.Ordinal));
        Assert.False(File.Exists(marker));
        // Taken without a look at the source, as the very code: what is imported is the byte code, for the source is gone bad.
        string cache = Path.Combine(_directory, "pkg/__pycache__");
        string code = Path.Combine(cache, $"latin.{MachineInterpreter.Python.ByteCodeTag}.pyc");
        File.WriteAllBytes(code, compiled.Find("pkg/latin.py")!.Value.ToArray());
        Write("pkg/__init__.py", "");
        Write("pkg/latin.py", "NAME = 'not compiled'\n");
        var said = PlainProgram.Run(MachineInterpreter.Python.Path,
            ["-I", "-S", "-B", "-c",
                $"import sys; sys.path.insert(0, {Quoted(_directory)}); from pkg.latin import NAME; print(ascii(NAME))"],
            FrozenDictionary<string, string>.Empty, TimeSpan.FromMinutes(1), 1000);
        Assert.Equal("'\\xe9'", Encoding.UTF8.GetString(said.StandardOutput).TrimEnd());
    }

    [Fact]
    public void What_does_not_compile_has_none_and_does_not_keep_the_others_from_it()
    {
        Write("a.py", "print 'two'\n");
        Write("b.py", [0, 0xff, 0xfe]);
        Write("c.py", new string('(', 5000));
        Write("d.py", "x = " + string.Join('+', Enumerable.Repeat("1", 200_000)) + "\n");
        Write("e.py", "ok = 1\n");
        var compiled = Compile();
        Assert.Null(compiled.Find("a.py"));
        Assert.Null(compiled.Find("b.py"));
        Assert.Null(compiled.Find("c.py"));
        Assert.True(compiled.Find("e.py") is not null || !compiled.IsWhole);
    }

    // The compiler is stopped by its own limit, not by a clock of ours.
    [Fact]
    public void What_would_eat_the_machines_memory_does_not()
    {
        Write("a.py", "ok = 1\n");
        // Folded by a compiler that does not look how large it gets.
        Write("b.py", "x = (((((1,) * 4096) * 4096) * 4096) * 4096)\ny = ((('x' * 4096) * 4096) * 4096) * 4096\n");
        Write("c.py", "z = '" + new string('x', 17 << 20) + "'\n");
        var compiled = Compile();
        Assert.NotNull(compiled.Find("a.py"));
        Assert.Null(compiled.Find("c.py"));
    }

    [Fact]
    public void Frames_that_are_cut_short_or_doubled_or_followed_by_more_are_not_the_whole()
    {
        byte[] one = Frame("a.py", Code(20)), end = [0, 0, 0, 0, 0, 0, 0, 0];
        Assert.True(CompiledModules.Parse((byte[])[.. one, .. end]).IsWhole);
        Assert.NotNull(CompiledModules.Parse((byte[])[.. one, .. end]).Find("a.py"));
        Assert.False(CompiledModules.Parse(one).IsWhole);
        Assert.NotNull(CompiledModules.Parse(one).Find("a.py"));
        Assert.False(CompiledModules.Parse((byte[])[.. one, .. one, .. end]).IsWhole);
        Assert.False(CompiledModules.Parse((byte[])[.. one, .. end, 1]).IsWhole);
        Assert.False(CompiledModules.Parse(one.AsMemory(0, one.Length - 1)).IsWhole);
    }

    [Theory]
    [InlineData(0u)]    // compared by time, which is one for all that is sealed
    [InlineData(3u)]    // compared with the source at every import
    [InlineData(2u)]
    public void Byte_code_of_another_kind_than_was_asked_for_is_none(uint flags)
    {
        byte[] code = Code(20);
        code[4] = (byte)flags;
        Assert.Null(CompiledModules.Parse((byte[])[.. Frame("a.py", code), 0, 0, 0, 0, 0, 0, 0, 0]).Find("a.py"));
    }

    [Fact]
    public void Whatever_bytes_come_they_are_read_to_some_end() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        var parsed = CompiledModules.Parse(bytes);
        Assert.All(parsed.ByPath.Values, code => Assert.True(code.Length <= bytes.Length));
    });

    private static byte[] Code(int length)
    {
        byte[] code = new byte[length];
        (code[2], code[3], code[4]) = (0x0d, 0x0a, 1);
        return code;
    }

    private static byte[] Frame(string path, byte[] code) =>
        [.. BitConverter.GetBytes(path.Length), .. BitConverter.GetBytes(code.Length), .. Encoding.UTF8.GetBytes(path), .. code];

    private CompiledModules Compile() => CompiledModules.Parse(PlainProgram.Run(MachineInterpreter.Python.Path,
        ["-I", "-S", "-B", "-c", CompiledModules.Script, _directory], FrozenDictionary<string, string>.Empty, TimeSpan.FromMinutes(5),
        64 << 20).StandardOutput);

    private static string Quoted(string text) => $"'{text}'";

    private void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    private void Write(string path, byte[] content)
    {
        string file = Path.Combine(_directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }
}
