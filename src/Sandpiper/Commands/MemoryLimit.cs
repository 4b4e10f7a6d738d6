using System.CommandLine;
using System.Globalization;
using Sandpiper.Console;

namespace Sandpiper.Commands;

/// <summary>
/// How much memory each process of a program may ask for. The kernel keeps to it by the size of the address space (RLIMIT_AS), which
/// prlimit(1) of the system sets inside, before it becomes the program: our own runtime reserves more than any such limit.
/// </summary>
internal static class MemoryLimit
{
    private const string Setter = "/usr/bin/prlimit";

    private const long Least = 16L << 20, Most = 1L << 46;

    public static Option<long?> Option() => new("--memory")
    {
        HelpName = "SIZE",
        Description = "most address space of each of its processes: 512M, 4G",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[^1].Value, out long bytes)) return bytes;
            result.AddError($"`--memory` takes a size from 16M to 64T such as 512M or 4G, not `{result.Tokens[^1].Value}`");
            return null;
        },
    };

    /// <summary>What is started so that the program has it.</summary>
    /// <exception cref="ExplainedException">Nothing here could keep it to that.</exception>
    public static IReadOnlyList<string> Around(IReadOnlyList<string> command, long? bytes) =>
        bytes is null ? command
        : File.Exists(Setter) ? [Setter, string.Create(CultureInfo.InvariantCulture, $"--as={bytes}"), "--", .. command]
        : throw new ExplainedException(new(ExitCode.RunFailed, "nothing here keeps a program to `--memory`; nothing was run",
            $"there is no `{Setter}`", "sudo apt install util-linux"));

    /// <summary>Digits and a unit: K, M, G or T, of 1024.</summary>
    internal static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int shift = text is [.., var unit] ? char.ToUpperInvariant(unit) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 } : 0;
        ReadOnlySpan<char> digits = shift == 0 ? text : text.AsSpan(0, text.Length - 1);
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > Most >> shift)
            return false;
        bytes = number << shift;
        return bytes is >= Least and <= Most;
    }
}
