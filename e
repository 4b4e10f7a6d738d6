× internal error; please report it with the lines below
╰─▶ System.InvalidOperationException: Sequence contains no elements
       at System.Linq.ThrowHelper.ThrowNoElementsException() + 0x27
       at System.Linq.Enumerable.MinBy[TSource,TKey](IEnumerable`1, Func`2, IComparer`1) + 0x151
       at Sandpiper.Commands.WrongWords.Nearest(String, IEnumerable`1) + 0xf2
       at Sandpiper.Commands.WrongWords.NoOption(String, Command) + 0x24e
       at Sandpiper.Commands.WrongWords.In(ParseResult) + 0x628
       at Sandpiper.Commands.CommandLine.Run(String[]) + 0x5b
