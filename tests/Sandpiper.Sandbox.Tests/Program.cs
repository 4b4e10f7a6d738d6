using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests;
using Sandpiper.Sandbox.Tests.Driving;

if (SecondStage.IsMeant(args))
{
    SecondStageFailure? failure = SecondStage.Run(args);
    if (failure is not null) Console.Error.WriteLine($"{failure.Kind}: {failure.Subject}");
    return failure?.ExitCode ?? 125;
}
if (Driver.IsMeant(args)) return Driver.Run(args);
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
