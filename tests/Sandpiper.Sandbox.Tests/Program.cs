using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Tests;
using Sandpiper.Sandbox.Tests.Driving;

if (SecondStage.IsMeant(args))
{
    SecondStageFailure failure = SecondStage.Run(args);
    Console.Error.WriteLine($"{failure.Kind}: {failure.Subject}");
    return failure.ExitCode;
}
if (Driver.IsMeant(args)) return Driver.Run(args);
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
