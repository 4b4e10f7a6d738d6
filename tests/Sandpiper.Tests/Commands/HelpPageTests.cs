using System.CommandLine;
using Sandpiper.Commands;
using Sandpiper.Tests.Console;
using Sandpiper.Tests.Snapshots;

namespace Sandpiper.Tests.Commands;

public sealed class HelpPageTests
{
    private static readonly Command Root = CommandLine.Build();

    public static TheoryData<string> Commands => [.. Root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_explains_itself(string name) => Matches(name, Root.Subcommands.Single(c => c.Name == name));

    [Fact]
    public void The_overview_lists_them_all() => Matches("overview", Root);

    [Fact]
    public void The_name_alone_shows_what_to_type_next()
    {
        var listener = new Listener();
        HelpPage.WriteFirstContact(listener.Terminal);
        Snapshot.Matches("Commands/HelpPages/first-contact.txt", listener.Output);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_page_fits_a_narrow_terminal(string name)
    {
        var listener = new Listener();
        HelpPage.Write(Root.Subcommands.Single(c => c.Name == name), Root, listener.Terminal);
        Assert.DoesNotContain(listener.Output.Split('\n'), line => line.Length > 80);
    }

    [Theory]
    [InlineData("python")]
    [InlineData("completion")]
    [InlineData("help")]
    public void What_has_no_JSON_does_not_offer_it(string name)
    {
        var listener = new Listener();
        HelpPage.Write(Root.Subcommands.Single(c => c.Name == name), Root, listener.Terminal);
        Assert.DoesNotContain("--json", listener.Output, StringComparison.Ordinal);
    }

    private static void Matches(string name, Command command)
    {
        var listener = new Listener();
        HelpPage.Write(command, Root, listener.Terminal);
        Snapshot.Matches($"Commands/HelpPages/{name}.txt", listener.Output);
    }
}
