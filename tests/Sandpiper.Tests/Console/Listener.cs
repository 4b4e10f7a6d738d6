using System.Text;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

/// <summary>Somebody who reads both streams of a <see cref="Terminal"/>.</summary>
internal sealed class Listener(bool color = false, bool watches = false, Verbosity verbosity = Verbosity.Normal, int columns = int.MaxValue)
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private Terminal? _terminal;

    public Terminal Terminal => _terminal ??= new Terminal(
        new StringWriter(_output), new StringWriter(_error), color, color, watches, verbosity)
    {
        Columns = () => columns,
        AnswerColumns = () => columns,
    };

    public string Output => _output.ToString();

    public string Error => _error.ToString();
}
