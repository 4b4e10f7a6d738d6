using System.Text;

namespace Sandpiper.EndToEnd.Tests.Staging;

/// <summary>
/// A shell script that does to a few names, at any depth, whatever can be done to names. What fails goes on. A directory that was there
/// is not renamed: over layers that fails.
/// </summary>
internal static class RandomScript
{
    private static readonly string[] _modes = ["644 755", "755 700", "600 555", "000 000"]; // of a file, of a directory
    private static readonly string[] _names = ["a", "b", "c", "d", "conftest.py", ".git", "node_modules"];

    public static string Of(int seed, int operations)
    {
        var random = new Random(seed);
        var script = new StringBuilder("exec 2>/dev/null; umask 022\n");
        for (int number = 0; number < operations; number++)
        {
            string one = Name(random), other = Name(random);
            _ = script.AppendLine(random.Next(16) switch
            {
                0 or 1 or 2 => $"mkdir -p {one}",
                3 or 4 => $"echo {number} > {one}",
                5 => $"echo {number} >> {one}",
                6 => $"rm -rf {one}",
                7 => $"rm -rf {one}; mkdir {one}; echo {number} > {one}/a",
                8 => $"test -d {one} || mv -T {one} {other}",
                9 => $"mkdir new{number} && mv -T new{number} {one} || rmdir new{number}",
                10 => $"ln -sfn {other} {one}",
                11 => $"m='{_modes[random.Next(_modes.Length)]}'; test -d {one} && m=${{m#* }}; chmod ${{m% *}} {one}",
                12 when !other.StartsWith(one, StringComparison.Ordinal) => $"cp -r {one} {other}",
                13 => $"ln {one} {other}",
                14 => $"mkfifo {one}/pipe",      // a name that nothing is read from or written to
                _ => $"touch {one}; echo x > .env; cat {one} > {one}.git; mkdir -p {other}/.vscode",
            });
        }
        return script.Append("exit 0\n").ToString();
    }

    private static string Name(Random random)
    {
        string name = _names[random.Next(5)];
        for (int depth = random.Next(4); depth > 0; depth--) name += "/" + _names[random.Next(_names.Length)];
        return name;
    }
}
