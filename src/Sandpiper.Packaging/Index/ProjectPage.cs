using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Sandpiper.Packaging.Names;

namespace Sandpiper.Packaging.Index;

/// <summary>One project as an index describes it (PyPA "Simple repository API").</summary>
public sealed record ProjectPage
{
    // Ten times the largest known page, which has 5 MiB and 5,000 files.
    internal const int MaxBytes = 64 << 20;
    internal const int MaxFiles = 100_000;

    public required PackageName Name { get; init; }
    public required ImmutableArray<IndexFile> Files { get; init; }

    /// <summary>How many entries were left out because they were malformed or their address does not end in the file's name.</summary>
    public int SkippedFiles { get; init; }

    /// <summary><c>active</c>, <c>archived</c>, <c>quarantined</c>, <c>deprecated</c>; unknown texts are kept (PEP 792).</summary>
    public string Status { get; init; } = "active";
    public string? StatusReason { get; init; }

    /// <summary>
    /// Reads the JSON form (PEP 691). Unknown keys are ignored; a repeated key and an API of a major version other than 1 are problems.
    /// </summary>
    /// <param name="content">The body of the answer.</param>
    /// <param name="location">The final address of the page, against which file addresses are resolved.</param>
    /// <param name="expected">The project that was asked for; a page of another one is a problem.</param>
    /// <param name="page">What it says.</param>
    /// <param name="problem">Why it cannot be used; empty when it can.</param>
    public static bool TryParseJson(
        ReadOnlyMemory<byte> content, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page, out string problem) =>
        new JsonPage(content.Span, location).TryRead(expected, out page, out problem);

    /// <summary>Reads the HTML form (PEP 503 and its successors). An anchor whose text is not the name of its file is skipped.</summary>
    /// <inheritdoc cref="TryParseJson"/>
    public static bool TryParseHtml(
        ReadOnlyMemory<byte> content, Uri location, PackageName expected, [NotNullWhen(true)] out ProjectPage? page, out string problem) =>
        HtmlPage.TryRead(content.Span, location, expected, out page, out problem);
}
