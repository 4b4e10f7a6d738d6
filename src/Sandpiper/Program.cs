using Sandpiper.Assessment.Confirmations;
using Sandpiper.Commands;
using Sandpiper.Kernel.Processes;
using Sandpiper.Kernel.Runtime;
using Sandpiper.Sandbox.Attempts;
using Sandpiper.Sandbox.Bubblewrap;
using Sandpiper.Sandbox.Programs;

StaticsAtStart.End();

// When it is the one that tries to get out (`doctor`) it must not load, read or print anything of its own.
if (AttemptsProgram.IsMeant(args)) return AttemptsProgram.Run(args);

// Nor when it measures with users of their own (`assess`): it is root there, of nothing but a user namespace.
if (ConfirmationProgram.IsMeant(args)) return ConfirmationProgram.Run(args);

StandardStreams.FillGaps();
StandardStreams.StopNobodyFromTheBackground();
return EarlySandbox.Around(args, early => CommandLine.Run(OwnArguments.Whole(args), early));
