using System.Text;
using Sandpiper.Sandbox.Programs;

namespace Sandpiper.Assessment.Replicas;

/// <summary>What a program of the replica said.</summary>
internal static class ProgramOutputs
{
    /// <summary>The last lines of standard error, for evidence.</summary>
    public static string ErrorText(this ProgramOutput output)
    {
        string[] lines = Encoding.UTF8.GetString(output.StandardError).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(" / ", lines.Select(l => l.Trim()).TakeLast(3));
    }
}
