using System.Text;
using CsCheck;
using Sandpiper.Sandbox.Secrets;

namespace Sandpiper.Sandbox.Tests.Secrets;

public sealed class RepositoryLoginsTests
{
    [Theory]
    [InlineData("url = https://me:s3cret@example.org/x", "url = https://example.org/x")]
    [InlineData("url = https://s3cret@example.org", "url = https://example.org")]
    [InlineData("url = https://me:s3@cret@example.org/x@y", "url = https://example.org/x@y")]
    [InlineData("url=\"ssh://me:s3cret@example.org/x\"", "url=\"ssh://example.org/x\"")]
    [InlineData("proxy = http://a:s3cret@p:3128 # https://b:s3cret@c", "proxy = http://p:3128 # https://c")]
    [InlineData("[url \"https://s3cret@example.org/\"]", "[url \"https://example.org/\"]")]
    [InlineData("\textraHeader = AUTHORIZATION: basic s3cret", "\t# withheld")]
    [InlineData("[http] extraheader = s3cret", "\t# withheld")]
    [InlineData("extraheader = a \\\ns3cret\nx = 1", "\t# withheld\n\t# withheld\nx = 1")]
    [InlineData("proxy = a:s3cret@p:3128", "\t# withheld")]
    [InlineData("helper = \"!f() { echo password=s3cret; }; f\"\nx = 1", "\t# withheld\nx = 1")]
    [InlineData("url = https://me:s3\\\ncret@example.org\nx = 1", "\t# withheld\n\t# withheld\nx = 1")]
    [InlineData("[sendemail]\nsmtpPass = s3cret\nx = y", "[sendemail]\n\t# withheld\nx = y")]
    public void What_git_logs_in_with_is_taken_out(string settings, string expected) => Assert.Equal(expected, Without(settings));

    [Theory]
    [InlineData("")]
    [InlineData("[core]\n\tbare = false\n")]
    [InlineData("url = https://example.org/a@b")]
    [InlineData("url = git@example.org:me/x.git")]
    [InlineData("email = me@example.org")]
    [InlineData("proxy = p:3128")]
    public void What_has_no_login_is_shown_as_it_is(string settings) =>
        Assert.Null(RepositoryLogins.Without(Encoding.UTF8.GetBytes(settings)));

    private const string Characters = "://@=\\\nab\" #[]";

    [Fact]
    public void Whatever_the_bytes_are_a_second_look_finds_nothing_and_no_line_is_lost() => Gen.OneOf(
            Gen.Byte.Array[0, 80],
            Gen.Int[0, Characters.Length - 1].Array[0, 60].Select(some => some.Select(i => (byte)Characters[i]).ToArray()))
        .Sample(bytes =>
        {
            if (RepositoryLogins.Without(bytes) is not { } once) return;
            Assert.Equal(bytes.Count(b => b == '\n'), once.Count(b => b == '\n'));
            Assert.True(RepositoryLogins.Without(once) is null, Encoding.Latin1.GetString(bytes));
        });

    private static string? Without(string settings) =>
        RepositoryLogins.Without(Encoding.UTF8.GetBytes(settings)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
