using System.Collections.Immutable;
using System.Text;
using Sandpiper.Packaging.Names;
using Sandpiper.Sandbox.Profiles;
using Tomlyn;
using Tomlyn.Parsing;

namespace Sandpiper.Commands;

/// <summary>
/// What a project would like its commands to be allowed: <c>[tool.sandpiper] allow</c> of its <c>pyproject.toml</c>, each text what would
/// be typed after <c>sandpiper allow</c>. Nothing of it counts by itself.
/// </summary>
/// <param name="File">Where it was read.</param>
/// <param name="Lines">In the order of the file; each of words alone.</param>
/// <remarks>
/// Tomlyn reads TOML 1.1, Python 1.0: what one of them refuses is no matter here, for what was read is shown, and just that is accepted.
/// </remarks>
internal sealed record ProposedLines(string File, ImmutableArray<string> Lines)
{
    private const int MostLines = 50, MostLength = 300, MostDepth = 64;

    private const string NoList = "`[tool.sandpiper] allow` is no list of texts";

    private static readonly ImmutableArray<string> Key = ["tool", "sandpiper", "allow"];

    /// <summary>Names this text and no other: what was seen is what is accepted.</summary>
    public string Digest => Sha256Digest.Of(Encoding.UTF8.GetBytes(string.Join('\n', Lines))).Hex;

    /// <returns>Null where the project proposes nothing.</returns>
    /// <exception cref="FormatException">The file is no TOML, or its proposals are not what they have to be.</exception>
    /// <exception cref="Console.ExplainedException">It cannot be read.</exception>
    public static ProposedLines? Of(Project project)
    {
        string file = Path.Join(project.Directory, "pyproject.toml");
        if (!System.IO.File.Exists(file)) return null;
        ImmutableArray<string> lines = Read(PlainFile.ReadText(file, "pyproject.toml"));
        return lines.IsEmpty ? null : new(file, lines);
    }

    /// <inheritdoc cref="Of" path="/exception"/>
    internal static ImmutableArray<string> Read(string text)
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        var path = new List<string?>();     // of the tables and arrays that are open; null: without a name
        string? name = null;
        try
        {
            var parser = TomlParser.Create(text, (TomlSerializerOptions?)null);
            while (parser.MoveNext())
            {
                switch (parser.Current.Kind)
                {
                    case TomlParseEventKind.PropertyName:
                        name = parser.GetPropertyName();
                        break;
                    case TomlParseEventKind.StartTable or TomlParseEventKind.StartArray:
                        bool isList = parser.Current.Kind is TomlParseEventKind.StartArray && path.Count == Key.Length && path[0] is null;
                        if (IsIn(path, name) || (IsTheList(path, name) && !isList)) throw new FormatException(NoList);
                        if (path.Count == MostDepth) throw new FormatException("it is nested too deep");
                        path.Add(name);
                        name = null;
                        break;
                    case TomlParseEventKind.EndTable or TomlParseEventKind.EndArray:
                        path.RemoveAt(path.Count - 1);
                        name = null;
                        break;
                    case TomlParseEventKind.String when IsIn(path, name):
                        lines.Add(Checked(parser.GetString()));
                        if (lines.Count > MostLines) throw new FormatException($"it proposes more than {MostLines}");
                        name = null;
                        break;
                    default:
                        if (IsIn(path, name) || IsTheList(path, name)) throw new FormatException(NoList);
                        name = null;
                        break;
                }
            }
        }
        catch (TomlException e)
        {
            throw new FormatException($"it is no TOML: {e.Message}", e);
        }
        // The library stumbles over what it should refuse, such as half a character in an escape.
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException("it is no TOML that could be read", e);
        }
        return lines.ToImmutable();
    }

    // Wherever it is, also among several tables of that name. Read as nothing, its author would think that he has proposed something.
    private static bool IsTheList(List<string?> path, string? name) =>
        string.Equals(name, Key[^1], StringComparison.Ordinal) && path.OfType<string>().SequenceEqual(Key[..^1], StringComparer.Ordinal);

    // Directly in the list. The document itself is a table without a name.
    private static bool IsIn(List<string?> path, string? name) =>
        name is null && path.Count == Key.Length + 1 && path[0] is null && path.Skip(1).SequenceEqual(Key, StringComparer.Ordinal);

    // Of words alone: what a shell would read in another way than it looks is nobody's to accept.
    private static string Checked(string line) =>
        line.Length is > 0 and <= MostLength && line.All(c => c is > ' ' and <= '~' and not ('"' or '\'' or '\\' or '$' or '`') or ' ')
            ? line : throw new FormatException("one of its proposals is empty, too long, or not of plain words");
}
