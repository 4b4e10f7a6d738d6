using System.Text.Json;
using Sandpiper.Console;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Commands;

/// <summary>What a program changed in a copy: for a person a few lines, for a program one object.</summary>
/// <param name="review">On record.</param>
internal sealed class ReviewReport(KeptReview review)
{
    private const int Width = 80, KindWidth = 9;

    // Of one file, and of all together; a program that wants more reads the copy.
    private const int MostDiffChars = 64 << 10, MostDiffCharsInAll = 1 << 20;

    private readonly Review _content = review.Content;

    /// <summary>As a title: whose, of what.</summary>
    public string Title => $"review {review.Number}: what `{ShownCommand.Of(_content.Command)}` changed in a copy of "
        + (_content.Roots is [var one] ? NameOf(one) : $"{Counted.Of(_content.Roots.Length, "place")}");

    /// <summary>One line for each change, and one for all that is in a new or removed directory.</summary>
    /// <param name="say">Writes a line.</param>
    /// <param name="most">Rows; what is more is a number.</param>
    public void Write(Action<Inked[]> say, int most)
    {
        using var content = new ReviewContent(review);
        int told = 0, left = 0;
        foreach (Row row in Rows())
        {
            if (told == most) left += row.Count;
            else
            {
                told++;
                Write(say, row, content);
            }
        }
        if (left > 0) say([Inked.Dim($"  {"".PadRight(KindWidth)}{left:N0} more ·  sandpiper review show {review.Number}")]);
        if (_content.IsCutShort)
            say([Inked.Yellow($"  {"".PadRight(KindWidth)}it changed more than is listed here; the rest cannot be taken")]);
    }

    /// <summary>What can be done with it.</summary>
    public void WriteNext(Action<Inked[]> say)
    {
        say([Inked.Dim($"  sandpiper review diff {review.Number}      line by line")]);
        say([Inked.Dim($"  sandpiper review take {review.Number}      put it there; take {review.Number} PATH… a part of it")]);
        say([Inked.Dim($"  sandpiper review drop {review.Number}      throw it away")]);
    }

    /// <summary>The difference of texts, line by line.</summary>
    public void WriteDifference(Terminal terminal, IEnumerable<Change> changes)
    {
        using var content = new ReviewContent(review);
        foreach (Change change in changes.Where(change => change.Type is not ChangedType.Directory))
        {
            string path = ShownPath(change), kind = ReviewWords.Of(change.Kind);
            terminal.Listed(2, Inked.Bold($"{kind} {path}"), Inked.Dim($"   {ReviewWords.ExtentOf(change, content)}"));
            foreach (string warning in Warnings(change, content)) terminal.Listed(4, Inked.Yellow($"  {warning}"));
            if (change.Type is not ChangedType.File || change.Kind is ChangeKind.Mode) continue;
            if (ReviewWords.DifferenceOf(change, content) is { } difference)
            {
                foreach (string line in difference.Unified()) terminal.Line(Colored(Expanded(line)));
            }
            else terminal.Line(Inked.Dim("  no text, too long, or what it was is not known any more"));
        }
    }

    /// <summary>The whole of it, as one object: <c>sandpiper/review-show/1</c>.</summary>
    public static void WriteJson(Terminal terminal, Review content, KeptReview? kept) => JsonAnswer.Write(terminal, "review-show", json =>
    {
        using ReviewContent? texts = kept is null ? null : new ReviewContent(kept);
        if (kept is null) json.WriteNull("review");
        else json.WriteNumber("review", kept.Number);
        json.WriteString("command", content.Command);
        json.WriteString("when", content.When);
        json.WriteNumber("exit_code", content.ExitCode);
        json.WriteStrings("directories", content.Roots.Select(NameOf));
        json.WriteStrings("left_out", content.LeftOut);
        json.WriteBoolean("cut_short", content.IsCutShort);
        json.WriteStartArray("changes");
        int room = MostDiffCharsInAll;
        foreach (Change change in content.Changes)
        {
            json.WriteStartObject();
            json.WriteString("path", content.PathOf(change));
            json.WriteString("kind", ReviewWords.Of(change.Kind));
            json.WriteString("type", ReviewWords.Of(change.Type));
            WriteNumber(json, "bytes_before", change.BytesBefore);
            WriteNumber(json, "bytes_after", change.BytesAfter);
            json.WriteString("mode_before", change.ModeBefore is { } before ? ReviewWords.Of(before) : null);
            json.WriteString("mode_after", change.ModeAfter is { } after ? ReviewWords.Of(after) : null);
            json.WriteString("target", change.ShownTarget);
            json.WriteString("run_by", change.RunBy);
            json.WriteBoolean("to_be_named", change.ToBeNamed is not null);
            json.WriteBoolean("never", change.Obstacle is not ChangeObstacle.None);
            json.WriteBoolean("changed_there", texts?.IsChangedThere(change) ?? false);
            WriteDifference(json, texts is null || room == 0 ? null : ReviewWords.DifferenceOf(change, texts), ref room);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private static void WriteDifference(Utf8JsonWriter json, LineDifference? difference, ref int room)
    {
        string? text = difference is null ? null : string.Concat(difference.Unified().Select(line => line + "\n"));
        int most = Math.Min(room, MostDiffChars);
        bool isCut = text is not null && text.Length > most;
        // At the end of a line.
        if (text is not null && isCut) text = most == 0 ? null : text[..(text.LastIndexOf('\n', most - 1) + 1)];
        room -= Math.Min(room, text?.Length ?? 0);
        json.WriteString("diff", text);
        json.WriteBoolean("diff_cut", isCut || room == 0);
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? number)
    {
        if (number is null) json.WriteNull(name);
        else json.WriteNumber(name, number.Value);
    }

    private void Write(Action<Inked[]> say, Row row, ReviewContent content)
    {
        Change change = row.Change;
        string kind = ReviewWords.Of(change.Kind).PadRight(KindWidth);
        string path = ShownPath(change) + (change.Type is ChangedType.Directory ? "/" : "");
        string extent = row.Count > 1
            ? $"{Counted.Of(row.Files, "file")}, {SizeWords.Of(row.Bytes)}" : ReviewWords.ExtentOf(change, content);
        bool fits = 2 + KindWidth + path.Length + 3 + extent.Length <= Width;
        say(fits ? [$"  {kind}{path}", Inked.Dim(extent.Length == 0 ? "" : $"   {extent}")] : [$"  {kind}{path}"]);
        if (!fits) say([Inked.Dim($"  {"".PadRight(KindWidth)}  {extent}")]);
        foreach (string warning in Warnings(change, content)) say([Inked.Yellow($"  {"".PadRight(KindWidth)}  {warning}")]);
    }

    private IEnumerable<string> Warnings(Change change, ReviewContent content) =>
    [
        .. ReviewWords.WarningsOf(change, content.IsChangedThere(change)),
        .. change.Obstacle is ChangeObstacle.TooLarge ? [Path.Join(review.CopyOf(change.Root), change.ShownPath)] : Array.Empty<string>(),
    ];

    // What lies in a new directory, or in one that is gone, is told with it; what others run by themselves is told by itself.
    private List<Row> Rows()
    {
        Dictionary<(int, string, ChangeKind), Row> whole = [];
        List<Row> rows = [];
        foreach (Change change in _content.Changes)
        {
            bool isPlain = change is { RunBy: null, ToBeNamed: null };
            // What lies in a name that is marked is no news of its own.
            Row? around = change.Kind is not (ChangeKind.New or ChangeKind.Removed) || change.Obstacle is not ChangeObstacle.None ? null
                : change.ToBeNamed is { } named && !string.Equals(named, change.Path, StringComparison.Ordinal)
                ? whole.GetValueOrDefault((change.Root, named, change.Kind))
                : isPlain ? Above(change.Path).Select(path => whole.GetValueOrDefault((change.Root, path, change.Kind)))
                    .FirstOrDefault(row => row is not null)
                : null;
            if (around is not null)
            {
                around.Add(change);
                continue;
            }
            var row = new Row(change);
            rows.Add(row);
            if (change.Type is ChangedType.Directory) whole[(change.Root, change.Path, change.Kind)] = row;
        }
        return rows;
    }

    private static IEnumerable<string> Above(string path)
    {
        for (int slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1)) yield return path[..slash];
    }

    private string ShownPath(Change change) => _content.Roots.Length == 1 ? change.ShownPath : _content.PathOf(change);

    private static string NameOf(CopiedRoot root) => root.OnlyName is null ? root.Directory
        : Path.Join(root.Directory, new Change(0, root.OnlyName, ChangeKind.New, ChangedType.File).ShownPath);

    private static string Expanded(string line) => line.Replace("\t", "    ", StringComparison.Ordinal);

    private static Inked Colored(string line) => line switch
    {
        ['@', ..] => Inked.Cyan(line),
        ['+', ..] => Inked.Green(line),
        ['-', ..] => Inked.Red(line),
        _ => line,
    };

    private sealed class Row(Change change)
    {
        public Change Change => change;

        public int Count { get; private set; } = 1;

        public int Files { get; private set; }

        public long Bytes { get; private set; }

        public void Add(Change below)
        {
            Count++;
            if (below.Type is not ChangedType.Directory) Files++;
            Bytes += below.BytesAfter ?? below.BytesBefore ?? 0;
        }
    }
}
