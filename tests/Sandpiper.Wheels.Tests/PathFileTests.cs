using System.Text;

namespace Sandpiper.Wheels.Tests;

public sealed class PathFileTests
{
    [Theory]
    [InlineData("import os")]
    [InlineData("import\tos")]
    [InlineData("# comment\nimport os\n")]
    [InlineData("path\r\nimport os")]
    [InlineData("path\rimport os")]
    [InlineData("path\fimport os")]
    [InlineData("path\vimport os")]
    [InlineData("path\u0085import os")]
    [InlineData("path\u2028import os")]
    [InlineData("\uFEFFimport os")]
    [InlineData("importimport\nimport importimport")]
    public void A_line_that_python_would_execute_is_code(string text) => Assert.True(PathFile.RunsCode(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("import")]
    [InlineData("importlib")]
    [InlineData("../src\nlib\n")]
    [InlineData(" import os")]
    [InlineData("# import os")]
    [InlineData("reimport os")]
    public void A_path_is_not(string text) => Assert.False(PathFile.RunsCode(Encoding.UTF8.GetBytes(text)));
}
