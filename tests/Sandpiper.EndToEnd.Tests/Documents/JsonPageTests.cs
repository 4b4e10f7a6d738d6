using System.Text.Json;
using Sandpiper.EndToEnd.Tests.Staging;

namespace Sandpiper.EndToEnd.Tests.Documents;

/// <summary>docs/json.md tells every key that a command prints, and its type.</summary>
public sealed class JsonPageTests
{
    [Fact]
    public void Every_key_of_every_object_is_on_the_page_with_its_type()
    {
        Dictionary<string, Dictionary<string, string>> page = Page();
        using var somebody = new Somebody();
        string index = Path.Combine(somebody.Place, "index");
        StandIns.Index(Path.Combine(somebody.Home, "marker")).WriteTo(index);
        somebody.Variables["SANDPIPER_INDEX_URL"] = $"file://{index}/simple/";

        Check("install", "install --dry-run requests");
        Check("install", "install requests six==1.0");
        Check("uninstall", "uninstall six");
        Check("install-tool", "install --tool ruff black");
        Check("uninstall-tool", "uninstall --tool black");
        Check("rollback", "rollback");
        Check("list", "list");
        Check("show", "show --files requests");
        Check("freeze", "freeze");
        Check("freeze", "freeze --hashes");
        Check("verify", "verify --full");
        Check("history", "history");
        Check("diff", "diff 1");
        Check("why", "why requests");
        somebody.Sandpiper("allow", "six==1.0", "--rule", "SP-WHEEL-21", "--reason", "read it");
        somebody.Sandpiper("allow", "black", "--write", ".", "--read", "/usr/share", "--env-var", "TOKEN");
        Check("allow", "allow");
        somebody.Write(".env", "a=b\n");
        Check("run", "run --explain --write . --net pypi.org --port 8000 -- black");
        Check("run-audit", "run --audit -- sh -c 'cat ../.local/share/sandpiper/version /etc/shadow; echo x > new; true'");
        somebody.Write("seen.txt", "1\n");
        const string Program = "echo 2 > seen.txt; mkdir new; ln -s seen.txt link; echo x > .gdbinit; mkfifo pipe; chmod 700 seen.txt";
        Check("review-show", $"run --review -- sh -c '{Program}'");
        Check("review-show", "run --review -- true");
        Check("review", "review");
        Check("review-show", "review show 1");
        Check("review-show", "review diff 1 seen.txt");
        Check("review-take", "review take 1 seen.txt .gdbinit");
        Check("review-drop", "review drop 1");
        somebody.Write("pyproject.toml", "[tool.sandpiper]\nallow = ['six --write .']\n");
        Check("allow", "allow --proposed");
        somebody.Sandpiper("run", "--", "sh", "-c", "echo x > ~/x");
        Check("home", "home");
        Check("assess", "assess --quick --only user-site");
        somebody.Write("target/more.pth", "/usr/share\n");
        somebody.Write("target/six-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: six\nVersion: 1.0\n");
        Check("adopt", "adopt target --dry-run");
        Check("adopt", "adopt target --env adopted");
        Directory.Delete(Path.Combine(somebody.Project, "target/six-1.0.dist-info"), recursive: true);
        Check("audit", "audit target");
        Check("env", "env list");
        Check("env-path", "env path");
        Check("doctor", "doctor");
        Check("env-python", "env python");
        Check("env-activate", "env activate");
        somebody.Sandpiper("install", "ipykernel");
        Check("env-kernel", "env kernel");
        Check("env-kernel-remove", "env kernel --remove");
        somebody.Sandpiper("run", "--write", ".", "--", "touch", ".envrc", ".exrc");
        Check("held", "held");
        Check("held", "held keep 1");
        Check("held", "held drop 2");
        Check("cache", "cache info");
        Check("gc", "gc --keep 0 --dry-run");
        Check("gc", "gc --keep 0");
        Check("refusal", "show nope", 1);
        Check("env-remove", "env remove shared");
        Check("purge", "purge --dry-run");
        Check("purge", "purge --yes");
        Assert.Equal(["adopt", "allow", "assess", "audit", "cache", "demo", "diff", "doctor", "env",
            "env-activate", "env-kernel", "env-kernel-remove", "env-path", "env-python", "env-remove", "freeze", "gc", "held",
            "history", "home", "install", "install-tool", "list", "purge", "refusal", "review", "review-drop", "review-show", "review-take",
            "run", "run-audit", "show", "uninstall-tool", "verify", "why"], page.Keys.Order(StringComparer.Ordinal));

        void Check(string command, string words, int code = 0)
        {
            // What comes after two dashes is a program's own.
            string[] ours = words.Split(" -- ");
            string[] program = [.. ours[1..].SelectMany(w => (string[])["--", .. w.Split('\'') is [var first, var script, _]
                ? [.. first.TrimEnd().Split(' '), script] : (string[])[w]])];
            Outcome outcome = somebody.Sandpiper([.. ours[0].Split(' '), "--json", .. program]);
            Assert.True(outcome.ExitCode == code, $"{words}: {outcome}");
            Assert.True(outcome.Output.All(char.IsAscii), words);
            using JsonDocument answer = JsonDocument.Parse(outcome.Output);
            Assert.Equal($"sandpiper/{command}/1", answer.RootElement.GetProperty("schema").GetString());
            Dictionary<string, string> told = page[command is "uninstall" or "rollback" ? "install" : command];
            foreach ((string key, string type) in Leaves(answer.RootElement, "").Where(l => l.Key is not "schema"))
            {
                // Of an empty array only the name can be seen.
                if (type is "empty")
                    Assert.True(told.Keys.Any(k => k.StartsWith(key, StringComparison.Ordinal)), $"{words}: `{key}` is not on the page");
                else
                    Assert.True(told.TryGetValue(key, out string? types) && types.Split(" or ").Contains(type, StringComparer.Ordinal),
                        $"{words}: `{key}` of type {type} is not on the page");
            }
            foreach (string key in told.Keys.Where(
                k => !k.Contains('.', StringComparison.Ordinal) && !k.Contains('[', StringComparison.Ordinal)))
            {
                Assert.True(answer.RootElement.TryGetProperty(key, out _), $"{words}: `{key}` is on the page only");
            }
        }
    }

    private static Dictionary<string, Dictionary<string, string>> Page()
    {
        var page = new Dictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        string command = "";
        foreach (string line in File.ReadLines(Path.Combine(PublishedCommand.Checkout, "docs/json.md")))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal)) page[command = line[3..]] = new(StringComparer.Ordinal);
            else if (line.StartsWith("| `", StringComparison.Ordinal)) page[command].Add(line.Split('`')[1], line.Split('|')[2].Trim());
        }
        return page;
    }

    // The names of the assets are no keys of the page: it tells what is said of each.
    private static string NameOf(string path, string name) => path.EndsWith(".assets", StringComparison.Ordinal) ? "ASSET" : name;

    private static IEnumerable<(string Key, string Type)> Leaves(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(member => Leaves(member.Value, path.Length == 0 ? member.Name : $"{path}.{NameOf(path, member.Name)}")),
        JsonValueKind.Array when element.GetArrayLength() == 0 => [($"{path}[]", "empty")],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Leaves(item, $"{path}[]")),
        JsonValueKind.True or JsonValueKind.False => [(path, "boolean")],
        var kind => [(path, kind.ToString().ToLowerInvariant())],
    };
}
