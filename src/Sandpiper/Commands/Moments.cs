using System.CommandLine.Parsing;
using System.Globalization;

namespace Sandpiper.Commands;

/// <summary>
/// Reads <c>--exclude-newer</c> and <c>--expires</c>: a moment (<c>2026-11-01</c>, <c>2026-11-01T12:00:00Z</c>) or an age (<c>3
/// days</c>, <c>12h</c>, <c>P3D</c>).
/// </summary>
internal static class Moments
{
    private const int MaxAgeInDays = 36_500;

    /// <summary>For System.CommandLine: a text that is neither becomes an error of the command line.</summary>
    public static DateTimeOffset? Parse(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        if (TryParse(text, Session.Time.GetUtcNow(), out DateTimeOffset moment)) return moment;
        result.AddError($"`{text}` is neither a date such as 2026-11-01 nor an age such as `3 days` or `12h`");
        return null;
    }

    /// <summary>Reads <c>--expires</c>: the same texts, an age counted from now on.</summary>
    public static DateTimeOffset? ParseExpiry(ArgumentResult result)
    {
        string text = result.Tokens[^1].Value;
        DateTimeOffset now = Session.Time.GetUtcNow();
        if (!TryParse(text, now, out DateTimeOffset moment))
        {
            result.AddError($"`{text}` is neither a date such as 2026-11-01 nor a time such as `30 days` or `12h`");
            return null;
        }
        if (TryParseAge(text, out TimeSpan age)) moment = now + age;
        if (moment > now) return moment;
        result.AddError($"`{text}` is over");
        return null;
    }

    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        // A date alone means its whole day: what was uploaded on it is still considered.
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            moment = day == DateOnly.MaxValue
                ? DateTimeOffset.MaxValue : new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            return true;
        }
        if (text.Length > 10 && text[10] is 'T' or 't' or ' '
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment))
        {
            return true;
        }
        moment = default;
        if (!TryParseAge(text, out TimeSpan age)) return false;
        moment = now - age;
        return true;
    }

    // `3 days`, `3d`, `2 weeks`, `12 hours`, and of ISO 8601 what people write: P3D, PT12H, P2W.
    private static bool TryParseAge(string text, out TimeSpan age)
    {
        age = default;
        ReadOnlySpan<char> rest = text.AsSpan().Trim();
        bool isoTime = rest.StartsWith("PT", StringComparison.OrdinalIgnoreCase);
        if (rest.Length > 0 && rest[0] is 'P' or 'p') rest = rest[(isoTime ? 2 : 1)..];
        int digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits is <= 0 or > 6) return false;
        int number = int.Parse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture);
        double? days = rest[digits..].Trim().ToString().ToLowerInvariant() switch
        {
            "d" or "day" or "days" => number,
            "w" or "week" or "weeks" => number * 7.0,
            "h" or "hour" or "hours" => number / 24.0,
            "m" when isoTime => number / 1440.0,
            "min" or "minute" or "minutes" => number / 1440.0,
            _ => null,
        };
        if (days is null or > MaxAgeInDays) return false;
        age = TimeSpan.FromDays(days.Value);
        return true;
    }
}
