using Sandpiper.Sandbox.Tests;
using Sandpiper.Sandbox.Tests.Driving;

if (Driver.IsMeant(args)) return Driver.Run(args);
return args.Any(argument => argument is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
