"""The command line: parses, calls, prints. What a command does lies in the module that it calls, imported when it is called.

Exit status: 0 fine, 1 a problem was found, 2 wrong usage. Errors are one line on stderr that says what to do.
"""

from player.cli.program import main

__all__ = ["main"]
