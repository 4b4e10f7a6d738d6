using System.Text;

namespace Sandpiper.Wheels.Tests;

public sealed class NamespaceHookTests
{
    private const string Now = "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('space',));"
        + "importlib = __import__('importlib.util');"
        + "__import__('importlib.machinery');"
        + "m = sys.modules.setdefault('space', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec("
        + "'space', [os.path.dirname(p)])));m = m or sys.modules.setdefault('space', types.ModuleType('space'));"
        + "mp = (m or []) and m.__dict__.setdefault('__path__',[]);"
        + "(p not in mp) and mp.append(p)";

    private const string Nested = "import sys, types, os;has_mfs = sys.version_info > (3, 5);"
        + "p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('space', 'sub'));"
        + "importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');"
        + "m = has_mfs and sys.modules.setdefault('space.sub', "
        + "importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('space.sub', [os.path.dirname(p)])));m = m or "
        + "sys.modules.setdefault('space.sub', types.ModuleType('space.sub'));"
        + "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p);"
        + "m and setattr(sys.modules['space'], 'sub', m)";

    private const string Old = "import sys,types,os; p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('space', 'sub')); "
        + "ie = os.path.exists(os.path.join(p,'__init__.py')); "
        + "m = not ie and sys.modules.setdefault('space.sub',types.ModuleType('space.sub')); "
        + "mp = (m or []) and m.__dict__.setdefault('__path__',[]); (p not in mp) and mp.append(p); "
        + "m and setattr(sys.modules['space'], 'sub', m)";

    [Theory]
    [InlineData(Now + "\n", "space")]
    [InlineData(Now, "space")]
    [InlineData(Nested + "\n", "space.sub")]
    [InlineData(Old + "\n", "space.sub")]
    [InlineData(Now + "\n" + Nested + "\n", "space, space.sub")]
    public void What_setuptools_writes_is_known_whatever_the_name(string text, string names) => Assert.Equal(names, Declared(text));

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("import os\n")]
    [InlineData(Now + ";os.getpid()\n")]
    [InlineData(Now + "\nimport os\n")]
    [InlineData("import os;" + Now)]
    [InlineData("\uFEFF" + Now)]
    [InlineData(Now + "\r\n")]
    [InlineData(Now + "\n\nimport os\n")]
    public void One_letter_more_is_somebody_elses(string text) => Assert.Null(Declared(text));

    [Theory]
    [InlineData("space", "other")]      // in some of its places only
    [InlineData("'space',)", "'other',)")]
    [InlineData("'space'", "'a');evil('")]
    [InlineData("'space'", "'1space'")]
    [InlineData("'space'", "'sp\\x61ce'")]
    [InlineData("'space'", "''")]
    public void Only_one_name_fits_into_all_holes(string hole, string filled)
    {
        int last = Now.LastIndexOf(hole, StringComparison.Ordinal);
        Assert.Null(Declared(Now[..last] + filled + Now[(last + hole.Length)..]));
        if (!filled.Contains("other", StringComparison.Ordinal)) Assert.Null(Declared(Now.Replace(hole, filled, StringComparison.Ordinal)));
    }

    private static string? Declared(string text) => NamespaceHook.DeclaredBy(Encoding.UTF8.GetBytes(text));
}
