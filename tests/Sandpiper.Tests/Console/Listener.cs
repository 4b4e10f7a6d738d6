using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

/// <summary>Somebody who reads both streams of a <see cref="Terminal"/>.</summary>
internal sealed class Listener(bool color = false, bool watches = false, Verbosity verbosity = Verbosity.Normal)
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };
    private Terminal? _terminal;

    public Terminal Terminal => _terminal ??= new Terminal(_output, _error, color, color, watches, verbosity);

    public string Output => _output.ToString();

    public string Error => _error.ToString();
}
