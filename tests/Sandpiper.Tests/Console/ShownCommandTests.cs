using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class ShownCommandTests
{
    [Fact]
    public void What_is_to_be_typed_again_can_be_copied_or_is_no_page_of_a_script()
    {
        Assert.Equal("python -c 'print(1)'", ShownCommand.Again(["python", "-c", "print(1)"]));
        Assert.Equal("python …", ShownCommand.Again(["python", "-c", "import x\nx.run()"]));
        Assert.Equal("python …", ShownCommand.Again(["python", "-c", new string('x', 500)]));
    }
}
