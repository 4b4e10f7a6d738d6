using System.Text;
using CsCheck;

namespace Sandpiper.Interpreters.Tests;

public sealed class InterpreterAnswerTests
{
    private const string Honest =
        """{"os_name":"posix","libc":"glibc 2.36","library":["/usr/lib/python3.11"],"modules":["abc","zipfile"]}""";

    [Fact]
    public void Texts_and_lists_are_read_by_name()
    {
        Assert.True(InterpreterAnswer.TryParse(Encoding.UTF8.GetBytes(Honest), out var answer, out _));
        Assert.Equal("posix", answer["os_name"]);
        Assert.Equal(["abc", "zipfile"], answer.Lists["modules"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"a":1}""")]
    [InlineData("""{"a":{"b":"c"}}""")]
    [InlineData("""{"a":["b",1]}""")]
    [InlineData("""{"a":[["b"]]}""")]
    [InlineData("""{"a":"b","a":"c"}""")]
    [InlineData("""{"a":"b"} {"a":"b"}""")]
    [InlineData("""{"a":"line\nbreak"}""")]
    [InlineData("""{"a":"\u001b[31m"}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"b",}""")]
    [InlineData("""{"a":"b" """)]
    public void Anything_else_is_a_problem_in_words(string json)
    {
        Assert.False(InterpreterAnswer.TryParse(Encoding.UTF8.GetBytes(json), out _, out string problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void An_answer_without_end_is_cut_short()
    {
        string many = $$"""{"modules":[{{string.Join(',', Enumerable.Repeat("\"m\"", 20_000))}}]}""", deep = new('[', 100_000);
        Assert.False(InterpreterAnswer.TryParse(Encoding.UTF8.GetBytes(many), out _, out _));
        Assert.False(InterpreterAnswer.TryParse(Encoding.UTF8.GetBytes(deep), out _, out _));
    }

    [Fact]
    public void Whatever_the_bytes_are_there_is_no_exception()
    {
        byte[] honest = Encoding.UTF8.GetBytes(Honest);
        Gen.Select(Gen.Int[0, honest.Length - 1], Gen.Byte).Array[1, 5].Sample(mutations =>
        {
            byte[] bytes = [.. honest];
            foreach (var (at, value) in mutations) bytes[at] = value;
            Assert.True(InterpreterAnswer.TryParse(bytes, out var answer, out string problem) ? answer is not null : problem.Length > 0);
        }, iter: 20_000);
    }
}
