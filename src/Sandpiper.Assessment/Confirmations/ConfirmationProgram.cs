using System.Collections.Immutable;
using System.Globalization;
using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Kernel.Files;
using Sandpiper.Kernel.Users;
using Sandpiper.Sandbox;
using Sandpiper.Sandbox.Bubblewrap;

namespace Sandpiper.Assessment.Confirmations;

/// <summary>
/// This program again, as uid 0 of a user namespace in which the people of the replica have uids of their own: it measures and says every
/// cell. Root of the machine it never is, and it refuses to be.
/// </summary>
public static class ConfirmationProgram
{
    private const string Marker = "--measure-with-real-users";

    /// <summary>Whom a directory does not belong to may pass it, and not see what is in it.</summary>
    internal const UnixFileMode Passable = (UnixFileMode)0b111_001_001;

    /// <summary>Whether that is what this process was started for.</summary>
    public static bool IsMeant(string[] arguments) => arguments is [Marker, ['/', ..], ['/', ..], _, _, _];

    internal static ImmutableArray<string> Arguments(string place, IEnumerable<string> ways, IEnumerable<Kind> kinds, int workers) =>
        [Marker, place, RealUsers.OfThisMachine().Bubblewrap, workers.ToString(CultureInfo.InvariantCulture), string.Join(',', ways),
            string.Join(',', kinds.Select(k => k.Id()))];

    /// <summary>Waits for a line, and answers by one.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        if (arguments is not [_, var place, var bubblewrap, var workers, var ways, var kinds] || UserNamespace.IsInitial
            || UserIds.Effective != 0 || !int.TryParse(workers, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            System.Console.Error.WriteLine("this is a part of `sandpiper assess`, and nothing by itself");
            return 2;
        }
        System.Console.In.ReadLine();
        CreationMask.Loosen();
        try
        {
            string[] asked = kinds.Split(',');
            AssessmentResult result = AssessmentRun.Measure(
                new AssessmentRequest(place)
                {
                    Only = [.. ways.Split(',')],
                    Kinds = [.. KindNames.Hostile.Where(k => asked.Contains(k.Id(), StringComparer.Ordinal))],
                    InOnePackage = true,
                    Workers = count,
                    Users = new RealUsers(bubblewrap),
                },
                new Progress<AssessmentProgress>(), CancellationToken.None);
            System.Console.Out.WriteLine(Confirmation.Words(result.Rows));
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SandboxUnavailableException)
        {
            System.Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
