using Sandpiper.Sandbox.Profiles;
using Sandpiper.Sandbox.Tests.Driving;

namespace Sandpiper.Sandbox.Tests.Profiles;

public sealed class SensitiveDirectoriesTests(Ground ground) : IClassFixture<Ground>
{
    [Fact]
    public void A_project_is_shown() => Assert.Null(SensitiveDirectories.WhyNotShown(ground.Project, ground.Home));

    [Fact]
    public void The_home_what_lies_above_it_and_what_is_hidden_in_it_is_not()
    {
        Assert.Equal(new Sensitivity(SensitivityKind.Home), SensitiveDirectories.WhyNotShown(ground.Home, ground.Home));
        Assert.Equal(new Sensitivity(SensitivityKind.AboveHome), SensitiveDirectories.WhyNotShown(ground.Root, ground.Home));
        Assert.Equal(new Sensitivity(SensitivityKind.WholeFileSystem), SensitiveDirectories.WhyNotShown("/", ground.Home));
        Assert.NotNull(SensitiveDirectories.WhyNotShown(Path.Join(ground.Home, ".ssh"), ground.Home));
        Assert.NotNull(SensitiveDirectories.WhyNotShown(Path.Join(ground.Home, ".config", "absent"), ground.Home));
    }

    [Fact]
    public void A_link_to_a_sensitive_directory_is_as_sensitive()
    {
        string link = Path.Join(ground.Project, "harmless");
        Directory.CreateSymbolicLink(link, ground.Home);
        Assert.Equal(new Sensitivity(SensitivityKind.Home), SensitiveDirectories.WhyNotShown(link, ground.Home));
        Assert.NotNull(SensitiveDirectories.WhyNotShown(Path.Join(link, ".ssh"), ground.Home));
        string homeLink = Path.Join(ground.Elsewhere, "home");
        Directory.CreateSymbolicLink(homeLink, ground.Home);
        Assert.Equal(new Sensitivity(SensitivityKind.Home), SensitiveDirectories.WhyNotShown(ground.Home, homeLink));
    }

    [Fact]
    public void A_directory_with_keys_in_it_is_not_shown()
    {
        string other = Directory.CreateDirectory(Path.Join(ground.Elsewhere, "other-home")).FullName;
        Assert.Null(SensitiveDirectories.WhyNotShown(other, ground.Home));
        File.WriteAllText(Path.Join(other, ".netrc"), "");
        Assert.Equal(new Sensitivity(SensitivityKind.HoldsKeys, ".netrc"), SensitiveDirectories.WhyNotShown(other, ground.Home));
    }

    [Theory]
    [InlineData("/etc", "/home/ada")]
    [InlineData("/etc/ssl/private", "/home/ada")]
    [InlineData("/proc/1", "/home/ada")]
    [InlineData("/dev", "/")]
    [InlineData("/root/project", "/home/ada")]
    [InlineData("/home", "/home/ada")]
    [InlineData("/home/bob/.gnupg/private", "/home/ada")]
    public void Places_of_the_system_and_of_others_are_not_shown(string directory, string home) =>
        Assert.NotNull(SensitiveDirectories.WhyNotShown(directory, home));

    [Theory]
    [InlineData("/root/project", "/root")]
    [InlineData("/var/lib/jenkins/work", "/var/lib/jenkins")]
    [InlineData("/home/ada-2/project", "/home/ada")]
    [InlineData("/etcetera", "/home/ada")]
    [InlineData("/srv/project", "/")]
    public void Names_that_only_look_alike_and_homes_in_odd_places_are(string directory, string home) =>
        Assert.Null(SensitiveDirectories.WhyNotShown(directory, home));
}
