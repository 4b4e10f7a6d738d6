using System.Globalization;
using CsCheck;
using Sandpiper.Commands;

namespace Sandpiper.Tests.Commands;

public sealed class MomentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-11-01", "2026-11-02T00:00:00Z")]              // the whole day still counts
    [InlineData("2024-02-29", "2024-03-01T00:00:00Z")]
    [InlineData("2026-11-01T12:30:00Z", "2026-11-01T12:30:00Z")]
    [InlineData("2026-11-01T12:30:00+02:00", "2026-11-01T10:30:00Z")]
    [InlineData("2026-11-01 12:30", "2026-11-01T12:30:00Z")]        // no zone: UTC, wherever one is
    [InlineData("9999-12-31", "9999-12-31T23:59:59.9999999Z")]      // has no next day
    public void A_date_is_a_moment(string text, string moment) => Assert.Equal(Parsed(moment), Moment(text));

    [Theory]
    [InlineData("3 days", "2026-11-07T12:00:00Z")]
    [InlineData("3d", "2026-11-07T12:00:00Z")]
    [InlineData("1 day", "2026-11-09T12:00:00Z")]
    [InlineData("2 weeks", "2026-10-27T12:00:00Z")]
    [InlineData("12h", "2026-11-10T00:00:00Z")]
    [InlineData("90 minutes", "2026-11-10T10:30:00Z")]
    [InlineData("P3D", "2026-11-07T12:00:00Z")]
    [InlineData("P2W", "2026-10-27T12:00:00Z")]
    [InlineData("PT12H", "2026-11-10T00:00:00Z")]
    [InlineData("PT90M", "2026-11-10T10:30:00Z")]
    [InlineData("0 days", "2026-11-10T12:00:00Z")]
    public void An_age_is_counted_back_from_now(string text, string moment) => Assert.Equal(Parsed(moment), Moment(text));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("soon")]
    [InlineData("2026-02-30")]
    [InlineData("2026-13-01")]
    [InlineData("26-11-01")]
    [InlineData("01.11.2026")]
    [InlineData("2026-11-01T25:00:00Z")]
    [InlineData("3")]
    [InlineData("days")]
    [InlineData("-3 days")]
    [InlineData("3 d ays")]
    [InlineData("3 months")]                    // of what length?
    [InlineData("P3M")]
    [InlineData("3m")]
    [InlineData("٣ days")]
    [InlineData("36501 days")]
    [InlineData("99999999999999999999 days")]
    public void Anything_else_is_neither(string text) => Assert.False(Moments.TryParse(text, Now, out _));

    [Fact]
    public void Garbage_never_throws_and_no_age_lies_in_the_future() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["0123456789-:TZP dwhmys+"], 0, 30]).Sample(
            text => Assert.True(!Moments.TryParse(text, Now, out DateTimeOffset moment) || text.Contains('-') || moment <= Now, text),
                iter: 2_000);

    private static DateTimeOffset Moment(string text)
    {
        Assert.True(Moments.TryParse(text, Now, out DateTimeOffset moment));
        return moment;
    }

    private static DateTimeOffset Parsed(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
