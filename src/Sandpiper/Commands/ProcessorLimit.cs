using System.CommandLine;
using System.Globalization;

namespace Sandpiper.Commands;

/// <summary>
/// On how many processors a program is started (sched_setaffinity(2)). It keeps honest programs from taking all of them, which count those
/// they may use; one that asks the kernel for others gets them, and no share of a processor's time is promised to anybody.
/// </summary>
internal static class ProcessorLimit
{
    private const int Most = 8192;

    public static Option<int?> Option() => new("--cpus")
    {
        HelpName = "N",
        Description = "start it on so many of this machine's processors",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            bool isNumber = int.TryParse(result.Tokens[^1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int count);
            if (isNumber && count is >= 1 and <= Most) return count;
            result.AddError($"`--cpus` takes a whole number from 1 on, not `{result.Tokens[^1].Value}`");
            return null;
        },
    };
}
