namespace Sandpiper.Wheels.Tests;

public sealed class ReservedNamesTests
{
    [Theory]
    [InlineData("python")]
    [InlineData("python3")]
    [InlineData("Python3.13")]
    [InlineData("python3.13t")]
    [InlineData("pythonw.exe")]
    [InlineData("PYTHON.EXE")]
    [InlineData("python.py")]
    [InlineData("python3.py.exe")]
    [InlineData("pypy3")]
    [InlineData("pypy3.10")]
    [InlineData("graalpy")]
    [InlineData("activate")]
    [InlineData("Activate.ps1")]
    [InlineData("activate.fish")]
    [InlineData("activate_this.py")]
    [InlineData("deactivate.bat")]
    [InlineData("pyvenv.cfg")]
    [InlineData("python311._pth")]
    [InlineData("pybuilddir.txt")]
    public void The_scripts_directory_keeps_these(string name)
    {
        Assert.NotNull(ReservedNames.InBin(name));
        Assert.NotNull(ReservedNames.InEnvironment("bin/" + name));
        Assert.NotNull(ReservedNames.InEnvironment("BIN/" + name));
    }

    [Theory]
    [InlineData("python-argcomplete-check-easy-install-script")]
    [InlineData("activate-global-python-argcomplete")]
    [InlineData("pythonanywhere")]
    [InlineData("python_tool")]
    [InlineData("ipython")]
    [InlineData("pip")]
    [InlineData("pypyr")]
    [InlineData("pip3.11")]
    public void Real_tools_keep_their_names(string name) => Assert.Null(ReservedNames.InBin(name));

    [Theory]
    [InlineData("pyvenv.cfg")]
    [InlineData("PyVenv.cfg")]
    [InlineData("generation.json")]
    [InlineData("lib64/x.so")]
    [InlineData("lib/python3.11/os.py")]
    [InlineData("lib/Python3.11/site-packages/pkg/__init__.py")]
    [InlineData("Lib/site-packages/x.py")]
    [InlineData("lib/pypy3.10/x.py")]
    public void Data_cannot_reach_modules_or_settings(string path) => Assert.NotNull(ReservedNames.InEnvironment(path));

    [Theory]
    [InlineData("share/man/man1/x.1")]
    [InlineData("etc/jupyter/x.json")]
    [InlineData("lib/libmkl_rt.so.2")]
    [InlineData("lib/pkgconfig/x.pc")]
    [InlineData("bin/tool")]
    [InlineData("packages1/README.txt")]
    [InlineData("include/pybind11/attr.h")]
    public void Data_goes_where_real_wheels_bring_it(string path) => Assert.Null(ReservedNames.InEnvironment(path));
}
