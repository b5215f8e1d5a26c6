"""Leaving commands for running processes, and waiting for what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from typing import Final

from player.clock import SystemClock
from player.errors import LibraryError
from player.library.library import open_library
from player.settings import Configuration
from player.terminal import operator
from player.units import MILLISECOND, SECOND, Nanos

ADDRESSEES: Final = ("screen", "ingest")
WAIT: Final[Nanos] = 5 * SECOND
LOOK_EVERY: Final[Nanos] = 50 * MILLISECOND


def order_all(configuration: Configuration, verb: str, say: Callable[[str], None]) -> list[str]:
    """Leave *verb* for every process, tell what each answers, and return those that did not.

    Raises:
        LibraryError: the data folder cannot be used.
        OrdersLostError: commands cannot be kept.
    """
    if not configuration.data.is_dir():
        raise LibraryError(f"there is no data folder {configuration.data}: is it the right one?")
    clock = SystemClock()
    never = threading.Event()
    with closing(open_library(configuration.data, writer="command line")) as library:
        by = operator()
        open_commands = {addressee: library.orders.post(addressee, verb, {}, by=by, at=clock.wall()) for addressee in ADDRESSEES}
        ends = clock.monotonic() + WAIT
        while open_commands and clock.monotonic() < ends:
            for addressee, command in list(open_commands.items()):
                result = library.orders.result(command)
                if result is not None:
                    say(f"{addressee}: {result}")
                    del open_commands[addressee]
            clock.wait(never, LOOK_EVERY)
        for command in open_commands.values():
            library.orders.answer(command, "nobody answered", at=clock.wall())
    return list(open_commands)
