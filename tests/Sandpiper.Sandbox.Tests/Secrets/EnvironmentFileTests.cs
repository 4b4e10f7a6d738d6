using Sandpiper.Sandbox.Secrets;

namespace Sandpiper.Sandbox.Tests.Secrets;

public sealed class EnvironmentFileTests
{
    [Theory]
    [InlineData(".env", true)]
    [InlineData(".env.local", true)]
    [InlineData(".env.production.local", true)]
    [InlineData(".env.example", false)]
    [InlineData(".env.local.Sample", false)]
    [InlineData(".envrc", false)]
    [InlineData(".environment", false)]
    [InlineData("x.env", false)]
    public void A_name_tells_whether_secrets_stand_in_it(string name, bool holds) =>
        Assert.Equal(holds, EnvironmentFile.HoldsSecrets(name));
}
