using System.CommandLine;
using Sandpiper.Sandbox.Profiles;

namespace Sandpiper.Commands;

/// <summary><c>python</c>: the interpreter of an environment, confined; every argument is Python's.</summary>
internal static class PythonCommand
{
    public static Command Build(EarlySandbox? early)
    {
        var arguments = new Argument<string[]>("ARGS") { CaptureRemainingTokens = true, Arity = ArgumentArity.ZeroOrMore };
        Option<string> env = EnvironmentOptions.Env();
        var command = new TaughtCommand("python", "Python with the shared packages, confined",
            [new("sandpiper python -c 'import requests; print(requests.__version__)'", "one line"),
                new("sandpiper python", "the interactive prompt")],
            ["Everything after `python` goes to Python, but for an `--env` that comes first. What `sandpiper allow python …` remembered "
                + "counts; grants for once: `sandpiper run`."]) { HasJson = false };
        command.Arguments.Add(arguments);
        command.Options.Add(env);
        command.Runs((session, parsed) =>
        {
            string[] words = ["python", .. parsed.GetValue(arguments) ?? []];
            return new ConfinedRun(session, parsed.GetValue(env)!, words, new Grants()) { Early = early }.Start();
        });
        return command;
    }
}
