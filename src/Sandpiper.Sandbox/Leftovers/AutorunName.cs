using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Leftovers;

/// <summary>A name under which other programs look for what they run.</summary>
/// <param name="Name">Compared without case; <c>*</c> at its beginning stands for anything.</param>
/// <param name="RunBy">Whose program, or what the user does.</param>
/// <param name="IsUnasked">
/// It runs by itself, or where its user means something else (opens the directory, commits, starts Python): what is new is kept aside; of a
/// directory every file in it counts. Else it is run by who calls for it in that directory, and is told.
/// </param>
public sealed record AutorunName(string Name, string RunBy, bool IsUnasked)
{
    private const string UsersOfEnvironment = "who uses this environment";

    private const string StartOfPython = "Python at its start";

    /// <summary>What <c>site</c> runs.</summary>
    internal bool IsPythonStart => RunBy is StartOfPython;

    /// <summary>A link that leads out of what was granted: whoever writes to it, or reads it, does so elsewhere.</summary>
    public static AutorunName Link { get; } = new("", "whoever opens it, elsewhere", IsUnasked: true);

    /// <summary>Deeper than anybody looks.</summary>
    public static AutorunName TooDeep { get; } = new("", "somebody", IsUnasked: false);

    /// <summary>A directory that cannot be listed.</summary>
    public static AutorunName Closed { get; } = new("", "who may enter it", IsUnasked: false);

    /// <summary>An environment of Python's (PEP 405): what is in it runs where somebody uses it.</summary>
    public static AutorunName Environment { get; } = new("pyvenv.cfg", UsersOfEnvironment, IsUnasked: false);

    /// <summary>Packages of Node's: as many as they are, and each with files of all those names.</summary>
    public static AutorunName NodeModules { get; } = new("node_modules", "node", IsUnasked: false);

    /// <summary>All of them, with who runs them. Tested for what an editor, a shell, a tool of version control and pip do.</summary>
    public static ImmutableArray<AutorunName> All { get; } =
    [
        .. Unasked("git", ".githooks", ".hooks", "lefthook.yml", "lefthook.yaml", "lefthook.toml", "lefthook.json", ".lefthook.yml",
            ".lefthook.yaml", "lefthook-local.yml", ".pre-commit-config.yaml", ".husky", ".overcommit.yml"),
        .. Unasked("hg", ".hg"), .. Unasked("svn", ".svn"), .. Unasked("jj", ".jj"), .. Unasked("bzr", ".bzr"),
        .. Unasked("your shell in this directory", ".envrc", ".direnv", "mise.toml", ".mise.toml", ".mise", ".autoenv", ".autoenv.zsh",
            ".bashrc", ".bash_profile", ".bash_login", ".profile", ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".config", ".local",
            ".ssh"),
        .. Unasked("VS Code", ".vscode", "*.code-workspace"), .. Unasked("IDEA", ".idea", "*.iml"), .. Unasked("Zed", ".zed"),
        .. Unasked("Fleet", ".fleet"), .. Unasked("a development container", ".devcontainer", ".devcontainer.json"),
        .. Unasked("vim", ".vimrc", ".exrc", "_vimrc", ".nvimrc", ".nvim.lua", ".lvimrc", ".vim", ".local.vimrc"),
        .. Unasked("Helix", ".helix"), .. Unasked("Lite XL", ".lite_project.lua"),
        .. Unasked("emacs", ".dir-locals.el", ".dir-locals-2.el"), .. Unasked("gdb", ".gdbinit"), .. Unasked("lldb", ".lldbinit"),
        .. Unasked("pdb", ".pdbrc"),
        .. Unasked("your assistant", ".cursor", ".cursorrules", ".cursorignore", ".windsurf", ".windsurfrules", ".clinerules", ".roo",
            ".roomodes", ".continue", ".kiro", ".amazonq", ".aider.conf.yml", ".claude", "CLAUDE.md", "CLAUDE.local.md", "AGENTS.md",
            "GEMINI.md", ".codex", ".gemini", ".mcp.json", "mcp.json", ".goosehints", "copilot-instructions.md",
            ".opencode", "opencode.json", "opencode.jsonc", ".junie", ".augment"),
        .. Unasked("your forge", ".github", ".gitlab-ci.yml", ".circleci", ".travis.yml", "azure-pipelines.yml", "Jenkinsfile",
            ".woodpecker", ".woodpecker.yml", ".drone.yml", "bitbucket-pipelines.yml"),
        .. Unasked(StartOfPython, "*.pth", "*.start", "sitecustomize.py", "usercustomize.py"),
        .. Unasked("Python instead of the source beside", "*.pyc", "*.pyo"),
        .. Unasked("npm and its kin", ".npmrc", ".yarnrc", ".yarnrc.yml", ".pnpmfile.cjs", ".pnp.cjs", ".yarn"),
        .. Unasked("cargo", ".cargo"), .. Unasked("R", ".Rprofile", ".Renviron"), .. Unasked("irb", ".irbrc"), .. Unasked("pry", ".pryrc"),
        .. Unasked("bundler", ".bundle"), .. Unasked("maven", ".mvn"), .. Unasked("ghci", ".ghci"), .. Unasked("julia", ".juliarc.jl"),
        .. Asked(UsersOfEnvironment, ".venv", "venv", "env", ".tox", ".nox"),
        .. Asked("pytest", "conftest.py", "pytest.ini", ".pytest.ini"), .. Asked("tox", "tox.ini"), .. Asked("nox", "noxfile.py"),
        .. Asked("pip and Python's tools", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile"), .. Asked("mypy", "mypy.ini", ".mypy.ini"),
        .. Asked("pylint", "pylintrc", ".pylintrc", "pylintrc.toml", ".pylintrc.toml"), .. Asked("coverage", ".coveragerc"),
        .. Asked("flake8", ".flake8"), .. Asked("ipython", "ipython_config.py"), .. Asked("jupyter", "jupyter_server_config.py"),
        .. Asked("invoke", "tasks.py", "invoke.yaml"), .. Asked("fabric", "fabfile.py"), .. Asked("doit", "dodo.py"),
        .. Asked("make", "Makefile", "GNUmakefile"), .. Asked("just", "justfile", ".justfile"),
        .. Asked("task", "Taskfile.yml", "Taskfile.yaml"), .. Asked("rake", "Rakefile"),
        .. Asked("npm and its kin", "package.json", "Gruntfile.js", "gulpfile.js", ".eslintrc.js", ".eslintrc.cjs", "eslint.config.js",
            ".prettierrc.js", "webpack.config.js", "vite.config.js", "jest.config.js", ".babelrc.js", "babel.config.js"),
        .. Asked("docker", "Dockerfile", "Containerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml"),
        .. Asked("vagrant", "Vagrantfile"), .. Asked("nix", "flake.nix", "shell.nix", "default.nix"), .. Asked("cmake", "CMakeLists.txt"),
        .. Asked("meson", "meson.build"), .. Asked("scons", "SConstruct"), .. Asked("bazel", ".bazelrc", "WORKSPACE", "BUILD.bazel"),
        .. Asked("cargo", "build.rs"), .. Asked("gradle", "build.gradle", "build.gradle.kts", "gradlew"),
        .. Asked("maven", "pom.xml", "mvnw"),
        .. Asked("uv", "uv.toml"), .. Asked("poetry", "poetry.toml"), .. Asked("hatch", "hatch.toml"), .. Asked("pixi", "pixi.toml"),
        .. Asked("bun", "bunfig.toml"), .. Asked("deno", "deno.json", "deno.jsonc"),
        .. Asked("bundler", "Gemfile"), .. Asked("heroku and its kin", "Procfile"), .. Asked("git", ".gitmodules", ".gitattributes"),
        .. Asked("mise and its kin", ".tool-versions"), .. Asked("who reads it for settings", ".env"),
    ];

    private static readonly FrozenDictionary<string, AutorunName> _exact = All.Where(name => name.Name[0] is not '*')
        .ToFrozenDictionary(name => name.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly ImmutableArray<AutorunName> _byEnd = [.. All.Where(name => name.Name[0] is '*')];

    /// <summary>The rule for a name; null where nobody runs what has it.</summary>
    public static AutorunName? Of(string name) => _exact.TryGetValue(name, out AutorunName? exact)
        ? exact : _byEnd.FirstOrDefault(rule => name.EndsWith(rule.Name[1..], StringComparison.OrdinalIgnoreCase));

    private static ImmutableArray<AutorunName> Unasked(string runBy, params ReadOnlySpan<string> names) => From(runBy, true, names);

    private static ImmutableArray<AutorunName> Asked(string runBy, params ReadOnlySpan<string> names) => From(runBy, false, names);

    private static ImmutableArray<AutorunName> From(string runBy, bool isUnasked, ReadOnlySpan<string> names)
    {
        var rules = ImmutableArray.CreateBuilder<AutorunName>(names.Length);
        foreach (string name in names) rules.Add(new(name, runBy, isUnasked));
        return rules.MoveToImmutable();
    }
}
