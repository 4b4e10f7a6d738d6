using System.Text;
using Sandpiper.Policies;

namespace Sandpiper.Wheels;

/// <summary>What a start-up hook would do, read once, while its wheel is inspected.</summary>
public static class HookInspection
{
    /// <summary>Hooks of one wheel are read up to this; what goes beyond counts as code.</summary>
    public const int MaxHookBytes = 1 << 20;

    private const int MaxExcerpt = 160;

    /// <param name="path">Where it goes: what a person is told.</param>
    /// <param name="isWhole">False: it was not read, and counts as code.</param>
    public static Finding Of(string path, in MeasuredContent seen, ReadOnlySpan<byte> content, bool isWhole)
    {
        var fault = FaultOf(path[(path.LastIndexOf('/') + 1)..], content, isWhole);
        return new Finding(fault, path, isWhole ? ExcerptOf(content) : null)
        {
            Content = seen.Digest,
            Namespaces = isWhole ? NamespaceHook.DeclaredBy(content) : null,
        };
    }

    private static Fault FaultOf(string name, ReadOnlySpan<byte> content, bool isWhole)
    {
        if (name.EndsWith(".start", StringComparison.OrdinalIgnoreCase)) return Fault.FunctionsAtStart;
        if (!name.EndsWith(".pth", StringComparison.OrdinalIgnoreCase)) return Fault.ImportedAtStart;
        return !isWhole || PathFile.RunsCode(content) ? Fault.CodeAtStart : Fault.PathsAtStart;
    }

    // The first line that says something; what a person has to see to decide.
    private static string? ExcerptOf(ReadOnlySpan<byte> content)
    {
        string? line = Encoding.UTF8.GetString(content).Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0 && l[0] != '#');
        if (line is not { Length: > MaxExcerpt }) return line;
        return line[..(char.IsHighSurrogate(line[MaxExcerpt - 1]) ? MaxExcerpt - 1 : MaxExcerpt)] + "…";
    }
}
