using System.Text.Json;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>What bubblewrap wrote to its <c>--json-status-fd</c>: one object a line, the last with the program's exit code.</summary>
internal static class StatusReport
{
    /// <returns>Null when there is none: the program was never started, or bubblewrap died first. Its own exit code, 1, does not
    /// tell.</returns>
    public static int? ExitCodeIn(ReadOnlySpan<byte> report)
    {
        foreach (Range line in report.Split((byte)'\n'))
        {
            if (ExitCodeInLine(report[line]) is { } exitCode) return exitCode;
        }
        return null;
    }

    private static int? ExitCodeInLine(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals("exit-code"u8))
                    continue;
                return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int exitCode)
                    && exitCode is >= 0 and <= 255 ? exitCode : null;
            }
        }
        catch (JsonException)
        {
            // A line cut short: whoever wrote it died over it.
        }
        return null;
    }
}
