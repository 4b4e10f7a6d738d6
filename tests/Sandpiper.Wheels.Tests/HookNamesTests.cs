namespace Sandpiper.Wheels.Tests;

public sealed class HookNamesTests
{
    [Theory]
    [InlineData("a.pth")]
    [InlineData(".hidden.pth")]
    [InlineData("A.PTH")]
    [InlineData("tool.start")]
    [InlineData("apport_python_hook.py")]
    [InlineData("sitecustomize.py")]
    [InlineData("SiteCustomize.py")]
    [InlineData("usercustomize.py")]
    [InlineData("sitecustomize.cpython-311-x86_64-linux-gnu.so")]
    [InlineData("usercustomize.abi3.so")]
    [InlineData("sitecustomize/__init__.py")]
    [InlineData("sitecustomize/deep/data.txt")]
    public void These_run_or_steer_every_start(string path) => Assert.True(HookNames.Match(path));

    [Theory]
    [InlineData("pkg/a.pth")]
    [InlineData("pkg/sitecustomize.py")]
    [InlineData("debugpy/_vendored/pydevd/pydev_sitecustomize/sitecustomize.py")]
    [InlineData("sitecustomize_tools.py")]
    [InlineData("sitecustomize-1.0.dist-info/METADATA")]
    [InlineData("start")]
    [InlineData("pth.py")]
    public void These_are_inert(string path) => Assert.False(HookNames.Match(path));
}
