using System.Text.Json;

namespace Sandpiper.Tests.Commands;

public sealed class FreezeCommandTests : IDisposable
{
    private static readonly string Hash = $"sha256:{new string('0', 64)}";
    private readonly Folder _folder = new();

    public FreezeCommandTests()
    {
        BuiltCommand.Run("freeze", "--root", _folder.Path);     // started by root, it takes a directory over while that is empty
        _folder.WriteGeneration("shared", "idna", "six");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_package_is_pinned_and_with_its_hash_if_that_is_asked_for()
    {
        Assert.Equal("idna==1.0\nsix==1.0\n", Answer());
        Assert.Equal($"idna==1.0 --hash={Hash}\nsix==1.0 --hash={Hash}\n", Answer("--hashes"));
    }

    [Fact]
    public void A_script_gets_the_hashes_too()
    {
        JsonElement answer = JsonDocument.Parse(Answer("--json", "--hashes")).RootElement;
        Assert.Equal(["idna==1.0", "six==1.0"], Strings(answer, "requirements"));
        Assert.Equal([Hash, Hash], Strings(answer, "hashes"));
        Assert.Empty(Strings(JsonDocument.Parse(Answer("--json")).RootElement, "hashes"));
    }

    private static IEnumerable<string?> Strings(JsonElement answer, string key) =>
        answer.GetProperty(key).EnumerateArray().Select(e => e.GetString());

    private string Answer(params string[] options)
    {
        Ended ended = BuiltCommand.Run(["freeze", "--root", _folder.Path, .. options]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        return ended.Output;
    }
}
