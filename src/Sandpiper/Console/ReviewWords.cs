using System.Globalization;
using System.Text;
using Sandpiper.Sandbox.Reviews;

namespace Sandpiper.Console;

/// <summary>The words for what a program changed in a copy, and for what becomes of it.</summary>
internal static class ReviewWords
{
    /// <summary>Texts longer than that are not compared line by line.</summary>
    public const int MostTextBytes = 1 << 20;

    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Line by line; null where one of the two is no text, is too long, or is not known any more.</summary>
    public static LineDifference? DifferenceOf(Change change, ReviewContent content)
    {
        if (change is not { Type: ChangedType.File, Kind: not ChangeKind.Mode, Obstacle: ChangeObstacle.None }) return null;
        // Where a link was there was no text.
        string? before = change.BytesBefore is null ? "" : TextOf(content.Before(change, MostTextBytes));
        string? after = change.BytesAfter is null ? "" : TextOf(content.After(change, MostTextBytes));
        return before is null || after is null ? null : LineDifference.Between(before, after);
    }

    /// <summary>What became of a name, in one word: those of the JSON, too.</summary>
    public static string Of(ChangeKind kind) => kind switch
    {
        ChangeKind.New => "new",
        ChangeKind.Changed => "changed",
        ChangeKind.Removed => "removed",
        ChangeKind.Mode => "mode",
        _ => "link",
    };

    public static string Of(ChangedType type) => type switch
    {
        ChangedType.File => "file",
        ChangedType.Directory => "directory",
        ChangedType.Link => "link",
        _ => "other",
    };

    /// <summary>Permissions as chmod(1) takes them.</summary>
    public static string Of(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    /// <summary>How much of it is another one.</summary>
    public static string ExtentOf(Change change, ReviewContent content)
    {
        string mode = change is { ModeBefore: { } was, ModeAfter: { } now } && was != now ? $"{Of(was)} → {Of(now)}" : "";
        if (change.Obstacle is ChangeObstacle.NoFile) return "";
        if (change.Kind is ChangeKind.Mode) return mode;
        if (change.Kind is ChangeKind.Link) return $"leads to {change.ShownTarget}";
        if (change.Type is not ChangedType.File) return "";
        string size = change is { BytesBefore: { } before, BytesAfter: { } after }
            ? $"{SizeWords.Of(before)} → {SizeWords.Of(after)}" : SizeWords.Of(change.BytesAfter ?? change.BytesBefore ?? 0);
        string lines = change.Kind is ChangeKind.Removed || DifferenceOf(change, content) is not { } difference ? ""
            : change.Kind is ChangeKind.New ? Counted.Of(difference.Added, "line")
            : string.Create(CultureInfo.InvariantCulture, $"+{difference.Added} −{difference.Removed}");
        return string.Join(", ", new[] { lines, size, mode }.Where(part => part.Length > 0));
    }

    /// <summary>What else is to be known of it: a line for each.</summary>
    public static IEnumerable<string> WarningsOf(Change change, bool isChangedThere)
    {
        if (ObstacleOf(change) is { } obstacle) return [obstacle];
        return new[]
        {
            RunnerOf(change) is not { } runner ? null : change.ToBeNamed is null ? runner : $"{runner}: taken only by name",
            isChangedThere ? "another one there since the copy was made" : null,
        }.OfType<string>();
    }

    private static string? ObstacleOf(Change change) => change.Obstacle switch
    {
        ChangeObstacle.NoFile => "neither a file nor a directory nor a link: never taken",
        ChangeObstacle.NotCopied => "stands where something lies that was not copied: never taken",
        ChangeObstacle.Withheld => "stands where something was withheld: never taken",
        ChangeObstacle.TooDeep => "too deep: nobody looked, never taken",
        ChangeObstacle.TooLarge => $"more than {SizeWords.Of(CopyBudget.MostBytes)}: never taken, it stays in the copy",
        _ => null,
    };

    private static string? RunnerOf(Change change) => change.RunBy is null ? null
        : change is { Type: ChangedType.Link, ToBeNamed: not null } ? "leads out of the project" : $"run by {change.RunBy}";

    /// <summary>Why a change was not taken.</summary>
    public static string Of(LeftChange left) => left.Why switch
    {
        WhyLeft.ToBeNamed => RunnerOf(left.Change) ?? "",
        WhyLeft.Obstacle => ObstacleOf(left.Change) ?? "",
        WhyLeft.ChangedThere => "what is there is another one since the copy was made",
        WhyLeft.ExistsThere => "something of that name is there by now",
        WhyLeft.NoDirectory => "its directory is not there, or a link leads there now",
        WhyLeft.NoRoot => "the directory that was copied is gone, or another one by now",
        WhyLeft.NotEmpty => "something lies in it that is not taken away",
        _ => $"the kernel refused (error {left.Errno})",
    };

    /// <summary>The same in one word, for programs.</summary>
    public static string KeyOf(WhyLeft why) => why switch
    {
        WhyLeft.ToBeNamed => "to_be_named",
        WhyLeft.Obstacle => "never",
        WhyLeft.ChangedThere => "changed_there",
        WhyLeft.ExistsThere => "exists_there",
        WhyLeft.NoDirectory => "no_directory",
        WhyLeft.NoRoot => "no_root",
        WhyLeft.NotEmpty => "not_empty",
        _ => "failed",
    };

    /// <summary>Why there is no copy to be had.</summary>
    public static Explanation Of(CopyRefusedException refused) => refused.Reason switch
    {
        CopyRefusal.TooLarge => new(ExitCode.RunFailed, $"`{refused.Path}` is too large to be copied for a review; nothing was run",
            $"it holds more than {SizeWords.Of(CopyBudget.MostBytes)} or {CopyBudget.MostFiles:N0} files, not counting repositories and "
                + "environments",
            "sandpiper run --review --write DIR -- …      a part of it"),
        CopyRefusal.TooManyLeftOut => new(ExitCode.RunFailed,
            $"`{refused.Path}` cannot be copied for a review; nothing was run",
            $"it holds more than {CopyBudget.MostLeftOut} repositories, environments and `node_modules`",
            "sandpiper run --review --write DIR -- …      a part of it"),
        CopyRefusal.TooDeep => new(ExitCode.RunFailed, $"`{refused.Path}` cannot be copied for a review; nothing was run",
            "directories lie in it deeper than anybody makes them"),
        _ => new(ExitCode.RunFailed, $"`{refused.Path}` was replaced while it was being copied; nothing was run",
            "something exchanges names there", "run the same command again"),
    };

    private static string? TextOf(byte[]? content)
    {
        if (content is null || content.Contains((byte)0)) return null;
        try
        {
            return _utf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
