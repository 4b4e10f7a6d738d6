using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Sandbox.Programs;
using Sandpiper.Sandbox.Subordinates;

namespace Sandpiper.Assessment.Confirmations;

/// <summary>Measures what an assessment has measured once more with real users, in a namespace of their own, and compares.</summary>
public static class ConfirmationRun
{
    private const int MostAnswer = 1 << 20;

    // Ends what hangs, and decides nothing else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly ImmutableArray<string> Ways = ["sudo-pip", "pip-user", "own-site-packages", "user-site", "virtualenv"];

    /// <param name="request">What was asked for; its place may be used.</param>
    /// <param name="rows">What came of it.</param>
    /// <param name="login">Of whoever asks: subordinate ids are put down by name.</param>
    /// <returns>Null where there is nothing to compare, or nobody but you to be.</returns>
    /// <exception cref="Kernel.KernelException">A program could not be started.</exception>
    /// <exception cref="IOException">What was made could not be removed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing runs any more, and nothing is left of it.</exception>
    public static Confirmation? Of(AssessmentRequest request, ImmutableArray<Row> rows, string login, CancellationToken cancel)
    {
        Row[] compared = [.. rows.Where(r => r.Missing is null && Ways.Contains(r.Id, StringComparer.Ordinal))];
        ImmutableArray<int> people = [.. Enum.GetValues<Person>().Where(p => p != Person.Root).Select(p => p.Uid())];
        if (compared.Length == 0 || request.Executable is not { } executable) return null;
        if (SubordinateIds.OfThisUser(login, people.Length) is not { } ids) return null;

        // They have to get to what is theirs, and nobody else is to find it: one directory may be passed and not listed.
        string place = Path.Combine(request.Place, RandomNumberGenerator.GetHexString(32, lowercase: true));
        Directory.CreateDirectory(place, ConfirmationProgram.Passable);
        File.SetUnixFileMode(request.Place, ConfirmationProgram.Passable);
        try
        {
            ImmutableArray<string> arguments =
                ConfirmationProgram.Arguments(place, compared.Select(r => r.Id), Confirmation.Kinds, request.Workers);
            string said = Answer(ids, people, executable, arguments, cancel, out string errors);
            return said.Length > 0 ? Confirmation.Compared(compared, said) : new(0, [], errors.Trim());
        }
        finally
        {
            File.SetUnixFileMode(request.Place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Remove(ids, people, place);
        }
    }

    private static string Answer(SubordinateIds ids, ImmutableArray<int> people, string executable, ImmutableArray<string> arguments,
        CancellationToken cancel, out string errors)
    {
        using LastingProgram? program = ids.Start(people, executable, arguments, NoVariables);
        if (program is null)
        {
            errors = "a user namespace with subordinate uids could not be made";
            return "";
        }
        using CancellationTokenRegistration end = cancel.Register(program.Kill);
        byte[]? answer = program.Ask([], Patience, MostAnswer);
        cancel.ThrowIfCancellationRequested();
        errors = program.Errors is { Length: > 0 } said ? said : "it ended without an answer";
        return answer is null ? "" : Encoding.UTF8.GetString(answer);
    }

    // What it leaves belongs to users whom only a namespace of its own can act for. Its last programs may just be ending.
    private static void Remove(SubordinateIds ids, ImmutableArray<int> people, string place)
    {
        for (int tries = 0; tries < 20 && Directory.Exists(place); tries++)
        {
            if (tries > 0) Thread.Sleep(TimeSpan.FromMilliseconds(100));
            using LastingProgram? remover = ids.Start(people, "/bin/rm", ["-rf", "--", place], NoVariables);
            _ = remover?.WaitForEnd(Patience);
        }
        if (Directory.Exists(place)) throw new IOException($"`{place}` could not be removed");
    }

    private static readonly ImmutableDictionary<string, string> NoVariables = ImmutableDictionary<string, string>.Empty;
}
