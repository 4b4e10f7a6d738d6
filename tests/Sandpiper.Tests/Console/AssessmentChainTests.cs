using Sandpiper.Assessment.Matrix;
using Sandpiper.Assessment.Probes;
using Sandpiper.Assessment.Replicas;
using Sandpiper.Assessment.Trials;
using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

/// <summary>How a cell came about is told with everybody who had a part in it, and with nobody else.</summary>
public sealed class AssessmentChainTests
{
    [Fact]
    public void Whoever_left_what_ran_is_told_up_to_the_package_itself()
    {
        var build = new Planter("build", Person.PackageUser, null);
        var shared = new Planter("planted-shared-pth", Person.You, build);
        var row = new Row("pip-user", "(2) a pip user",
            [new TrialOutcome([Kind.Build, Kind.Pth], Installed.Yes,
                [
                    new(Kind.Build, Moment.Install, Person.PackageUser, "build", Person.PackageUser, Asset.SharedSitePackages, "/site/x"),
                    new(Kind.Pth, Moment.Start, Person.You, "pth", Person.You, Asset.Keys, "/home/you/.ssh/key"),
                    new(Kind.Build, Moment.Start, Person.You, "planted-shared-pth", Person.You, Asset.Keys, "/home/you/.ssh/key", build),
                    new(Kind.Build, Moment.SudoKeepingHome, Person.Root, "planted-user-pth", Person.Root, Asset.Root, "/boot/x", shared),
                ], "")]);
        Assert.Equal(
            [
                "the package: a source package whose build runs code",
                "the package user installed the package",
                "code ran with the rights of the package user, and left a .pth file in the shared site-packages",
                "you started Python",
                "code ran with the rights of you, and left a .pth file in your own site-packages",
                "root started Python by a sudo that keeps HOME",
                "code ran with the rights of root",
                "reached /boot/x",
            ],
            AssessmentChain.Of(row, row[Asset.Root]));
        Assert.Equal(["the package: a .pth file", "you started Python", "code ran with the rights of you", "reached /home/you/.ssh/key"],
            AssessmentChain.Of(row, row[Asset.Keys]));
    }
}
