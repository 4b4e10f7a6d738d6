using CsCheck;
using Sandpiper.Sandbox.Tried;
using Sandpiper.Surroundings;

namespace Sandpiper.Sandbox.Tests.Tried;

public sealed class NameQuestionTests
{
    // As glibc sends it for example.org, A.
    private static readonly byte[] Question =
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, .. "eXample"u8, 3, .. "org"u8, 0, 0, 1, 0, 1];

    [Fact]
    public void The_name_that_is_asked_for_is_read() => Assert.Equal("example.org", NameQuestion.In(Question));

    [Theory]
    [InlineData(2, 0x81)]   // an answer
    [InlineData(2, 0x29)]   // no question of this kind
    [InlineData(5, 2)]      // two questions
    [InlineData(7, 1)]      // with an answer in it
    [InlineData(12, 64)]    // a label that is too long
    [InlineData(12, 0xc0)]  // a pointer
    [InlineData(13, 0x1b)]  // what no name has in it
    [InlineData(13, '.')]
    [InlineData(26, 16)]    // for a text
    [InlineData(28, 3)]     // of another class
    public void What_is_none_is_none(int at, byte value)
    {
        byte[] message = [.. Question];
        message[at] = value;
        Assert.Null(NameQuestion.In(message));
    }

    [Fact]
    public void Whatever_is_sent_a_name_is_a_name() => Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 29]).Sample((bytes, kept) =>
    {
        byte[] message = [.. Question.AsSpan(0, kept), .. bytes];
        return NameQuestion.In(message) is not { } name
            || (name.Length is > 0 and < 256
                && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'));
    }, iter: Fuzz.Inputs);

    [Fact]
    public void Any_part_of_one_is_none() =>
        Assert.All(Enumerable.Range(0, Question.Length), length => Assert.Null(NameQuestion.In(Question.AsSpan(0, length))));
}
