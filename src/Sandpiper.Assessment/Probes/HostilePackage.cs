using System.Collections.Immutable;
using Sandpiper.Samples;

namespace Sandpiper.Assessment.Probes;

/// <summary>One package that does what it is told to, each at its moment; of a harmless one, nothing.</summary>
/// <param name="Wheel">What is installed in the end.</param>
/// <param name="Source">What is offered instead, where code is to run at the build; null: nothing is.</param>
internal sealed record HostilePackage(SampleWheel Wheel, SampleSdist? Source)
{
    public static HostilePackage Of(ImmutableArray<Kind> kinds, Aim aim)
    {
        SampleWheel wheel =
            ProbePackages.Wheel(Statement(Kind.Import), Statement(Kind.Pth), Statement(Kind.Script), Statement(Kind.Overwrite));
        return new(wheel, Statement(Kind.Build) is { } build ? ProbePackages.Build(build, wheel) : null);

        string? Statement(Kind kind) => kinds.Contains(kind) ? Payload.Line(kind, aim) : null;
    }
}
