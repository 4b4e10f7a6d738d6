using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Sandbox.Privileges;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Confirmations;

/// <summary>
/// The ways of pip once more where each person is a user of his own, by subordinate uids: do owners and modes give what the views gave?
/// </summary>
/// <param name="Cells">So many were compared: one a way, a kind and an asset.</param>
/// <param name="Differences">Those in which it came out otherwise; one that is here is not to be relied on.</param>
/// <param name="Problem">Why nothing was compared; null when it was.</param>
public sealed record Confirmation(int Cells, ImmutableArray<Difference> Differences, string? Problem)
{
    private const int MostAnswer = 1 << 20;

    // Ends what hangs, and decides nothing else.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly ImmutableArray<string> Ways = ["sudo-pip", "pip-user", "own-site-packages", "user-site", "virtualenv"];

    // While installing, at a start, at an import: the ways in which rights come in. The others differ in what is typed.
    private static readonly ImmutableArray<Kind> Kinds = [Kind.Build, Kind.Pth, Kind.Import];

    /// <returns>Null where there is nothing to compare, or nobody but you to be.</returns>
    /// <exception cref="Kernel.KernelException">A program could not be started.</exception>
    /// <exception cref="IOException">What was made could not be removed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing runs any more, and nothing is left of it.</exception>
    internal static Confirmation? Of(AssessmentRequest request, ImmutableArray<Row> rows, CancellationToken cancel)
    {
        Row[] compared = [.. rows.Where(r => r.Missing is null && Ways.Contains(r.Id, StringComparer.Ordinal))];
        ImmutableArray<int> people = [.. Enum.GetValues<Person>().Where(p => p != Person.Root).Select(p => p.Uid())];
        if (compared.Length == 0 || request.Executable is not { } executable) return null;
        if (SubordinateIds.OfThisUser(people.Length) is not { } ids) return null;

        // They have to get to what is theirs, and nobody else is to find it: one directory may be passed and not listed.
        string place = Path.Combine(request.Place, RandomNumberGenerator.GetHexString(32, lowercase: true));
        Directory.CreateDirectory(place, ConfirmationProgram.Passable);
        File.SetUnixFileMode(request.Place, ConfirmationProgram.Passable);
        try
        {
            string said = Answer(ids, people, executable,
                ConfirmationProgram.Arguments(place, compared.Select(r => r.Id), Kinds, request.Workers), cancel, out string errors);
            return said.Length > 0 ? Compared(compared, said) : new(0, [], errors.Trim());
        }
        finally
        {
            File.SetUnixFileMode(request.Place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Remove(ids, people, place);
        }
    }

    /// <summary>Cell by cell.</summary>
    /// <param name="said">What <see cref="ConfirmationProgram"/> wrote.</param>
    internal static Confirmation Compared(IReadOnlyList<Row> rows, string said)
    {
        Dictionary<string, string> real = said.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('='))
            .Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        var differences = ImmutableArray.CreateBuilder<Difference>();
        int cells = 0;
        foreach (Row row in rows)
        {
            foreach (Kind kind in Kinds.Where(k => row.Trials.Any(t => t.Kind == k)))
            {
                foreach (Asset asset in AssetNames.All)
                {
                    cells++;
                    string views = CellOf(row, kind, asset);
                    string users = real.GetValueOrDefault(NameOf(row, kind, asset), Worst.Unknown.Id());
                    if (!string.Equals(views, users, StringComparison.Ordinal)) differences.Add(new(row.Id, kind, asset, views, users));
                }
            }
        }
        return new(cells, differences.ToImmutable(), null);
    }

    /// <summary>Every cell of some rows, as words on one line.</summary>
    internal static string Words(IEnumerable<Row> rows) => string.Join(' ', rows.Where(r => r.Missing is null).SelectMany(row =>
        Kinds.Where(k => row.Trials.Any(t => t.Kind == k)).SelectMany(kind =>
            AssetNames.All.Select(asset => $"{NameOf(row, kind, asset)}={CellOf(row, kind, asset)}"))));

    private static string NameOf(Row row, Kind kind, Asset asset) => $"{row.Id}/{kind.Id()}/{asset.Id()}";

    private static string CellOf(Row row, Kind kind, Asset asset) => Cell.Of(asset, row.Trials.Where(t => t.Kind == kind)).Worst.Id();

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

/// <summary>A cell that came out otherwise with real users.</summary>
/// <param name="Way">The row's id.</param>
/// <param name="Views">What the views of one user gave, and the table shows.</param>
/// <param name="Users">What users of their own gave.</param>
public sealed record Difference(string Way, Kind Kind, Asset Asset, string Views, string Users);
