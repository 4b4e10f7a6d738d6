using Sandpiper.Console;

namespace Sandpiper.Tests.Console;

public sealed class WithoutSecretsTests
{
    [Theory]
    [InlineData("six @ http://host/six.whl", "six @ http://host/six.whl")]
    [InlineData("six[x] @ http://user:pass@host/six.whl", "six[x] @ http://***@host/six.whl")]
    [InlineData("user:pass @ host", "***@ host")]
    [InlineData("a b:c @ http://host/", "***@ http://host/")]
    public void What_stands_before_the_address_of_a_requirement_is_a_name(string word, string shown) =>
        Assert.Equal(shown, WithoutSecrets.OfWord(word));
}
