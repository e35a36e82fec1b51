"""The commands of `python -m autograders`, one module each: `configure(parser)` and `run(options)`."""

# What a command gives back; a breach is what `attack` and `audit` look for.
EXIT_DONE, EXIT_BREACH, EXIT_USAGE, EXIT_BROKEN, EXIT_STOPPED = 0, 1, 2, 3, 130
