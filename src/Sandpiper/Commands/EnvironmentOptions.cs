using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Sandpiper.Console;
using Sandpiper.Environments.Generations;
using Sandpiper.Environments.Ledger;
using Sandpiper.Interpreters;
using Sandpiper.Operations;

namespace Sandpiper.Commands;

/// <summary>Which environment a command is about.</summary>
internal static class EnvironmentOptions
{
    /// <summary>The one that everybody gets who does not say otherwise: one convenient set of packages for all tools.</summary>
    public const string Shared = ManagedEnvironment.Shared;

    public static Option<string> Env()
    {
        var env = new TextOption("--env")
        {
            HelpName = "NAME",
            Description = $"the environment; default: `{Shared}`",
            DefaultValueFactory = _ => Shared,
        };
        env.CompletionSources.Add(Names);
        return env;
    }

    /// <exception cref="ExplainedException">The name is a path, which this version does not support.</exception>
    /// <exception cref="EnvironmentException">The name is none.</exception>
    public static ManagedEnvironment Open(Session session, string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            throw new ExplainedException(new(ExitCode.WrongUsage, $"`{name}` is no name of an environment",
                "environments at a path of your own are not supported yet; a name is kept under the data directory",
                "sandpiper install --env NAME …"));
        }
        return ManagedEnvironment.Open(session.Places.Root, name);
    }

    /// <exception cref="ExplainedException">Nothing was ever installed in it.</exception>
    /// <exception cref="CurrentLostException">Something was, and its link does not say what.</exception>
    public static Generation CurrentOf(ManagedEnvironment environment) =>
        CurrentGeneration.Read(environment) ?? throw NothingIn(environment);

    /// <summary>Nothing was ever installed in it.</summary>
    public static ExplainedException NothingIn(ManagedEnvironment environment) => new(new(
        ExitCode.CouldNot, $"there is no environment `{environment.Name}`", "nothing was ever installed in it",
        $"sandpiper install{InEnvironment.Option(environment.Name)} NAME"));

    /// <summary>The interpreter that the next generation is made for.</summary>
    /// <exception cref="InterpreterGoneException">There is none.</exception>
    public static Interpreter InterpreterOf(Session session, Generation generation) =>
        new EnvironmentInterpreter(new InterpreterProbe(session.Places.InterpreterCache), Environment.GetEnvironmentVariable("PATH"))
            .For(generation);

    /// <summary>
    /// The packages of every environment as it is now; one that cannot be read has none, nor has one whose description is not the one
    /// that its ledger knows.
    /// </summary>
    public static IEnumerable<InstalledPackage> AllInstalled(Session session)
    {
        var all = new DirectoryInfo(Path.GetDirectoryName(Open(session, Shared).Directory)!);
        return all.Exists ? all.EnumerateDirectories().SelectMany(d => PackagesOf(session, d.Name)) : [];
    }

    private static ImmutableArray<InstalledPackage> PackagesOf(Session session, string name)
    {
        try
        {
            ManagedEnvironment environment = Open(session, name);
            if (environment.Current is not { } number) return [];
            var ledger = new EnvironmentLedger(environment);
            ledger.Read();
            bool isAnother = ledger.DescriptionDigest(number) is { } known
                && known != GenerationFile.DigestIn(environment.DirectoryOf(number));
            return isAnother ? [] : environment.Read(number).Packages;
        }
        catch (Exception error) when (error is EnvironmentException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Names of the packages in the chosen environment, for completion; none when anything is wrong.</summary>
    public static IEnumerable<CompletionItem> InstalledNames(CompletionContext context, Option<string> env)
    {
        using var session = Session.ToLook(context.ParseResult);
        var environment = Open(session, context.ParseResult.GetValue(env) ?? Shared);
        return environment.Current is { } number
            ? environment.Read(number).Packages.Select(p => new CompletionItem(p.Name.ToString())) : [];
    }

    /// <summary>Commands of the packages in the shared environment, for completion.</summary>
    public static IEnumerable<CompletionItem> CommandNames(CompletionContext context)
    {
        using var session = Session.ToLook(context.ParseResult);
        var environment = Open(session, Shared);
        return environment.Current is { } number ? environment.Read(number).Commands.Select(c => new CompletionItem(c)) : [];
    }

    /// <summary>For System.CommandLine: a text that is no number becomes an error of the command line.</summary>
    public static int? GenerationNumberIn(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
        result.AddError($"`{text}` is no number of a generation");
        return null;
    }

    /// <summary>Numbers of the generations of the chosen environment, for completion.</summary>
    public static IEnumerable<CompletionItem> GenerationNumbers(CompletionContext context, Option<string> env)
    {
        using var session = Session.ToLook(context.ParseResult);
        return Open(session, context.ParseResult.GetValue(env) ?? Shared).Numbers.Select(
            n => new CompletionItem(n.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Names of the environments, for completion.</summary>
    public static IEnumerable<CompletionItem> Names(CompletionContext context)
    {
        using var session = Session.ToLook(context.ParseResult);
        var all = new DirectoryInfo(Path.GetDirectoryName(Open(session, Shared).Directory)!);
        // One that is being made for the first time is none yet.
        return !all.Exists ? [] : all.EnumerateDirectories()
            .Where(d => new FileInfo(Path.Combine(d.FullName, "current")).LinkTarget is not null).Select(d => new CompletionItem(d.Name));
    }
}
