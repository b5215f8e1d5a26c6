"""The command line: parses, calls, prints. What a command does lies in the module that it calls, imported when it is called.

Exit status: 0 fine, 1 a problem was found, 2 wrong usage. Errors are one line on stderr that says what to do.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from player.cli.program import main

__all__ = ["main"]


def __getattr__(name: str) -> object:
    """Bring all commands when they are asked for: a process that is one of them alone is three megabytes smaller."""
    if name != "main":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from player.cli.program import main

    return main
