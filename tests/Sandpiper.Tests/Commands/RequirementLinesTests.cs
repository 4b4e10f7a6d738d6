using System.Text;
using Sandpiper.Commands;
using Sandpiper.Console;
using Sandpiper.Packaging.Requirements;

namespace Sandpiper.Tests.Commands;

public sealed class RequirementLinesTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Words_files_and_constraints_become_one_list_in_that_order()
    {
        string file = _folder.Write("requirements.txt", "six>=1\n--pre\n--extra-index-url https://b.example/simple\n");
        string limits = _folder.Write("limits.txt", "idna<4\n");
        RequirementsFile whole = RequirementLines.Of(["requests[socks]"], [file], [limits]);
        Assert.Equal([("requests", false), ("six", false), ("idna", true)],
            whole.Lines.Select(l => (l.Requirement.Name.ToString(), l.IsConstraint)));
        Assert.Equal("the command line", whole.Lines[0].Source);
        Assert.True(whole.Pre);
        Assert.Equal(["https://b.example/simple"], whole.ExtraIndexUrls);
    }

    [Fact]
    public void Two_files_of_one_index_agree_and_of_two_do_not()
    {
        string a = _folder.Write("a.txt", "--index-url https://a.example/simple\nsix\n");
        string b = _folder.Write("b.txt", "--index-url https://b.example/simple\nidna\n");
        Assert.Equal("https://a.example/simple", RequirementLines.Of([], [a, a], []).IndexUrl);
        Explanation explanation = Assert.Throws<ExplainedException>(() => RequirementLines.Of([], [a, b], [])).Explanation;
        Assert.Equal((ExitCode.WrongUsage, "two requirements files name different indexes"), (explanation.Exit, explanation.What));
    }

    [Fact]
    public void A_file_may_demand_hashes_or_no_index()
    {
        RequirementsFile whole = RequirementLines.Of([], [_folder.Write("a.txt", "--require-hashes\n--no-index\n")], []);
        Assert.True(whole is { RequireHashes: true, NoIndex: true });
    }

    [Theory]
    [InlineData(".", "`.` cannot be installed")]
    [InlineData("..", "`..` cannot be installed")]
    [InlineData("http://user:se/kret@h/", "`http://***@h/` cannot be installed")]
    [InlineData("user:sekret@h", "`***@h` is no requirement")]
    [InlineData("./six", "`./six` cannot be installed")]
    [InlineData("six-1.0-py3-none-any.whl", "`six-1.0-py3-none-any.whl` cannot be installed")]
    [InlineData("six.tar.gz==", "`six.tar.gz==` is no requirement")]
    [InlineData("six==", "`six==` is no requirement")]
    [InlineData("-six", "`-six` is no requirement")]
    [InlineData("", "`` is no requirement")]
    public void A_word_that_is_no_requirement_is_wrong_usage(string word, string what)
    {
        Explanation explanation = Assert.Throws<ExplainedException>(() => RequirementLines.Of([word], [], [])).Explanation;
        Assert.Equal((ExitCode.WrongUsage, what), (explanation.Exit, explanation.What));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_told_from_others()
    {
        Assert.Equal("there is no such file", WhyNot("none.txt"));
        Assert.Equal("it is a directory", WhyNot("."));
        Assert.Equal("it is no plain file", WhyNot(Fifo("pipe")));
        Assert.Equal("it is no plain file of at most 16 MB", WhyNot("/dev/zero"));
        _folder.Write("whole.txt", "-r parts/none.txt\n");
        Assert.Equal($"there is no such file: `{_folder.Path}/parts/none.txt`", Unread("whole.txt"));
    }

    [Fact]
    public void A_file_without_a_length_is_read_like_any_other() =>
        Assert.Contains("VmSize", PlainFile.ReadText("/proc/self/status"), StringComparison.Ordinal);

    [Theory]
    [InlineData("six\nid\xE9na\n", "r.txt:2", "it is not UTF-8, as a requirements file is")]
    [InlineData("\xFF", "r.txt:1", "it is not UTF-8, as a requirements file is")]
    [InlineData("a\nb\nsix # \xC3", "r.txt:3", "it is not UTF-8, as a requirements file is")]
    [InlineData("\xFF\xFEs\0i\0x\0\n\0\0\xD8", "r.txt:2", "it is not UTF-16, as a requirements file is")]
    public void A_file_that_is_no_text_is_refused_with_its_line(string latin1, string place, string because)
    {
        File.WriteAllBytes(Path.Combine(_folder.Path, "r.txt"), Encoding.Latin1.GetBytes(latin1));
        var refusal = Assert.Throws<RequirementsFileException>(() => RequirementLines.Of([], [Path.Combine(_folder.Path, "r.txt")], []));
        Assert.Equal(($"{_folder.Path}/{place}", because), (refusal.Where, refusal.Because));
    }

    [Fact]
    public void A_byte_order_mark_says_what_the_file_is()
    {
        foreach (Encoding encoding in (Encoding[])[new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            string file = Path.Combine(_folder.Path, "marked.txt");
            File.WriteAllText(file, "six # Bücher\n", encoding);
            Assert.Equal("six", Assert.Single(RequirementLines.Of([], [file], []).Lines).Requirement.ToString());
        }
    }

    [Theory]
    [InlineData("echo six | COMMAND install --root ROOT -i INDEX -r /dev/stdin")]
    [InlineData("echo six | COMMAND install --root ROOT -i INDEX -r -")]
    [InlineData("exec 7< six.txt; COMMAND install --root ROOT -i INDEX -r /dev/fd/7")]
    [InlineData("echo six > six.txt; COMMAND install --root ROOT -i INDEX six -c /proc/self/fd/0 < six.txt")]
    public void Requirements_come_from_a_descriptor_that_was_handed_over(string line)
    {
        _folder.Write("six.txt", "six\n");
        Ended ended = Shell(line);
        // It was read: the index, which has nothing, was asked for what it names.
        Assert.Equal((int)ExitCode.CouldNot, ended.ExitCode);
        Assert.Contains("you asked for six", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("COMMAND install --root ROOT -r /dev/fd/99", "no such descriptor was handed over: `/dev/fd/99`")]
    [InlineData("COMMAND install --root ROOT -r - < .", "it cannot be read from: `/dev/stdin`")]
    [InlineData("COMMAND install --root ROOT -r - <&-", "`/dev/stdin`")]
    [InlineData("yes | COMMAND install --root ROOT -r -", "more than 16 MB came from it: `/dev/stdin`")]
    [InlineData("mkfifo named; COMMAND install --root ROOT -r named", "it is no plain file: `named`")]
    public void A_descriptor_that_gives_no_text_is_told_and_never_waited_for(string line, string because)
    {
        Ended ended = Shell(line);
        Assert.Equal((int)ExitCode.CouldNot, ended.ExitCode);
        Assert.Contains(because, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_can_be_recorded_of_one_package_is_refused()
    {
        IEnumerable<string> words = Enumerable.Range(0, 600).Select(i => $"six!={i}");
        Explanation explanation = Assert.Throws<ExplainedException>(() => RequirementLines.Of(words, [], [])).Explanation;
        Assert.Equal((ExitCode.WrongUsage, "too much is asked of `six`; nothing was changed"), (explanation.Exit, explanation.What));
    }

    [Fact]
    public void A_file_that_is_ours_but_not_to_read_says_so()
    {
        string secret = _folder.Write("secret.txt", "six\n");
        File.SetUnixFileMode(secret, UnixFileMode.None);
        // Nothing is kept from root, which the command gives up.
        Ended ended = BuiltCommand.Run("install", "--root", _folder.Make("root"), "-r", secret);
        Assert.Equal((int)ExitCode.CouldNot, ended.ExitCode);
        Assert.Contains($"it may not be read: `{secret}`", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_normalised_and_anything_else_refused()
    {
        Assert.Equal("zope-interface", RequirementLines.NameOf("Zope_Interface").ToString());
        Assert.Equal(ExitCode.WrongUsage, Assert.Throws<ExplainedException>(() => RequirementLines.NameOf("six==1")).Explanation.Exit);
    }

    private Ended Shell(string line)
    {
        _folder.Make("empty");
        return BuiltCommand.Shell($"cd {_folder.Path}; " + line.Replace("COMMAND", BuiltCommand.Path, StringComparison.Ordinal)
            .Replace("ROOT", $"{_folder.Path}/root", StringComparison.Ordinal)
            .Replace("INDEX", $"file://{_folder.Path}/empty/", StringComparison.Ordinal));
    }

    private string WhyNot(string file) => Unread(file).Split(':')[0];

    private string Unread(string file)
    {
        Explanation explanation = Assert.Throws<ExplainedException>(
            () => RequirementLines.Of([], [Path.Combine(_folder.Path, file)], [])).Explanation;
        Assert.Equal((ExitCode.CouldNot, "a requirements file cannot be read; nothing was changed"), (explanation.Exit, explanation.What));
        return explanation.Because[0];
    }

    private string Fifo(string name)
    {
        Assert.Equal(0, BuiltCommand.Shell($"mkfifo {_folder.Path}/{name}").ExitCode);
        return name;
    }
}
