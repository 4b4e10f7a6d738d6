using System.Collections.Immutable;

namespace Sandpiper.Sandbox.Bubblewrap;

/// <summary>
/// What of <c>/etc</c> is shown: public and harmless, and something breaks without each, compilers without alternatives, TLS without ssl.
/// </summary>
internal static class PublicSettings
{
    /// <summary>Their names.</summary>
    public static ImmutableArray<string> Names { get; } =
        ["ld.so.cache", "ld.so.conf", "timezone", "mime.types", "magic", "services", "protocols", "ld.so.conf.d", "alternatives", "ssl",
            "ca-certificates", "fonts"];
}
