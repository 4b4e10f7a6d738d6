using System.Buffers;
using System.Text;

namespace Sandpiper.Wheels;

/// <summary>
/// The <c>-nspkg.pth</c> that setuptools writes for <c>namespace_packages</c>, which a directory without <c>__init__.py</c> has made
/// needless since Python 3.3 (PEP 420). One template with the package's name in its holes, so it is compared with the
/// template, to the letter.
/// </summary>
public static class NamespaceHook
{
    private const int MaxBytes = 16 << 10;      // a line has some 500 bytes, a file a handful of lines
    private const int MaxName = 200;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");

    // All that setuptools ever wrote; {0} is the name in quotes, {1} its parts as a tuple. Others write what nobody has read.
    private static readonly string[] Templates =
    [
        // setuptools 0.6 to 5
        "import sys,types,os; p = os.path.join(sys._getframe(1).f_locals['sitedir'], *{1}); "
            + "ie = os.path.exists(os.path.join(p,'__init__.py')); "
            + "m = not ie and sys.modules.setdefault({0},types.ModuleType({0})); mp = (m or []) and m.__dict__.setdefault('__path__',[]); "
            + "(p not in mp) and mp.append(p)",
        // to 30
        "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *{1});"
            + "ie = os.path.exists(os.path.join(p,'__init__.py'));"
            + "m = not ie and sys.modules.setdefault({0}, types.ModuleType({0}));" + Appended,
        // 31
        Finder + "m = m or not has_mfs and sys.modules.setdefault({0}, types.ModuleType({0}));" + Appended,
        // to 69
        Finder + "m = m or sys.modules.setdefault({0}, types.ModuleType({0}));" + Appended,
        // since
        "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *{1});importlib = __import__('importlib.util');"
            + "__import__('importlib.machinery');m = " + Found + "m = m or sys.modules.setdefault({0}, types.ModuleType({0}));" + Appended,
    ];

    private const string Appended = "mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)";

    private const string Found =
        "sys.modules.setdefault({0}, importlib.util.module_from_spec("
            + "importlib.machinery.PathFinder.find_spec({0}, [os.path.dirname(p)])));";

    private const string Finder =
        "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *{1});"
            + "importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m = has_mfs and " + Found;

    /// <summary>The names that it declares, <c>zope, zope.app</c>; null when one line of it is anything else.</summary>
    public static string? DeclaredBy(ReadOnlySpan<byte> content)
    {
        if (content.Length is 0 or > MaxBytes || !Ascii.IsValid(content)) return null;
        var names = new List<string>();
        foreach (string line in Encoding.ASCII.GetString(content).TrimEnd('\n').Split('\n'))
        {
            if (NameIn(line) is not { } name) return null;
            if (!Array.Exists(Templates, t => string.Equals(line, Filled(t, name), StringComparison.Ordinal))) return null;
            names.Add(name);
        }
        return string.Join(", ", names);
    }

    // A dotted name of plain identifiers, so that nothing but a name can stand in a hole.
    private static string? NameIn(string line)
    {
        const string lead = "sys.modules.setdefault('";
        int start = line.IndexOf(lead, StringComparison.Ordinal) + lead.Length;
        int end = start < lead.Length ? -1 : line.IndexOf('\'', start);
        if (end < 0 || end - start > MaxName) return null;
        string name = line[start..end];
        bool isName = !name.AsSpan().ContainsAnyExcept(NameCharacters)
            && name.Split('.').All(part => part.Length > 0 && !char.IsAsciiDigit(part[0]));
        return isName ? name : null;
    }

    private static string Filled(string template, string name)
    {
        string[] parts = name.Split('.');
        string tuple = parts.Length == 1 ? $"('{name}',)" : $"({string.Join(", ", parts.Select(p => $"'{p}'"))})";
        string line = template.Replace("{0}", $"'{name}'", StringComparison.Ordinal).Replace("{1}", tuple, StringComparison.Ordinal);
        if (parts.Length == 1) return line;
        string separator = template.StartsWith("import sys,", StringComparison.Ordinal) && template[11] == 't' ? "; " : ";";
        return $"{line}{separator}m and setattr(sys.modules['{string.Join('.', parts[..^1])}'], '{parts[^1]}', m)";
    }
}
