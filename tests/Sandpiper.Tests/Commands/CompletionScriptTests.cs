using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests.Commands;

/// <summary>The scripts as text, and each of them in its own shell where the machine has that.</summary>
public sealed class CompletionScriptTests : IDisposable
{
    private readonly Folder _folder = new();

    public CompletionScriptTests()
    {
        BuiltCommand.Run("list", "--root", Root);       // started by root, it takes a directory over while that is empty
        _folder.WriteGeneration("other", "requests", "rich");
    }

    private string Root => _folder.Path;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void The_script_of_each_shell_is_this_one(string shell)
    {
        Ended ended = BuiltCommand.Run("completion", shell);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Snapshot.Matches($"Commands/CompletionScripts/{shell}.txt", ended.Output);
    }

    [Theory]
    [InlineData("rollback", "rol")]
    [InlineData("freeze", "help", "fr")]
    [InlineData("--require-hashes --requirement", "install", "--requ")]
    [InlineData("requests rich", "show", "--env", "other", "r")]
    public void Bash_offers_what_can_follow(string expected, params string[] typed)
    {
        string words = string.Join(' ', Typed(typed).Select(Quoted));
        Assert.Equal(expected, Answer("bash", $$"""
            source <(sandpiper completion bash)
            complete -p sandpiper >/dev/null || exit 1
            COMP_WORDS=({{words}}) COMP_CWORD={{typed.Length + Options.Length}}
            _sandpiper
            printf '%s\n' "${COMPREPLY[@]}"
            """));
    }

    // The functions that only a shell with a person in front of it has are put in their places; the script's own is the real one.
    [Theory]
    [InlineData("rollback", "rol")]
    [InlineData("freeze", "help", "fr")]
    [InlineData("--require-hashes --requirement", "install", "--requ")]
    [InlineData("requests rich", "show", "--env", "other", "r")]
    public void Zsh_offers_what_can_follow(string expected, params string[] typed)
    {
        string words = string.Join(' ', Typed(typed).Select(Quoted));
        Assert.Equal(expected, Answer("zsh", $$"""
            compdef() { [[ "$*" == "_sandpiper sandpiper" ]] || exit 1 }
            compadd() { [[ $1 == -a ]] && print -rl -- "${(@P)2}" }
            _files() { print files }
            source <(sandpiper completion zsh)
            words=({{words}}) CURRENT={{typed.Length + Options.Length + 1}}
            _sandpiper
            """));
    }

    [Theory]
    [InlineData("rollback", "rol")]
    [InlineData("freeze", "help", "fr")]
    [InlineData("--require-hashes --requirement", "install", "--requ")]
    [InlineData("requests rich", "show", "--env", "other", "r")]
    public void Fish_offers_what_can_follow(string expected, params string[] typed) =>
        Assert.Equal(expected, Answer("fish", $"sandpiper completion fish | source; complete -C {Quoted(string.Join(' ', Typed(typed)))}"));

    private string[] Options => ["--root", Root];

    private string[] Typed(string[] words) => ["sandpiper", .. Options, .. words];

    private static string Quoted(string word) => $"'{word}'";

    private string Answer(string shell, string script)
    {
        Assert.SkipUnless(File.Exists($"/usr/bin/{shell}") || File.Exists($"/bin/{shell}"), $"there is no {shell} on this machine");
        string file = _folder.Write($"script.{shell}", script);
        string withoutSettings = shell switch { "bash" => "--norc", "zsh" => "-f", _ => "--no-config" };
        // Where there is no file that a shell would offer as well.
        Ended ended = BuiltCommand.Shell($"""
            cd {_folder.Make("empty")} || exit
            HOME={Root} PATH={Path.GetDirectoryName(BuiltCommand.Path)}:$PATH {shell} {withoutSettings} {file}
            """);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        string[] offered = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', offered.Select(line => line.Split('\t')[0]).Order(StringComparer.Ordinal));
    }
}
