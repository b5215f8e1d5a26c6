"""The process `fleet`, from its first line: of all processes the smallest, so nothing of the command line is imported here.

`run` starts it, as `python -m player fleetlink`; whoever types that gets the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from player import log
from player.clock import SystemClock
from player.fleet.installed import MISSING, is_installed
from player.heartbeat import Heartbeat
from player.signalled import signalled
from player.standby import FLEET, TICK, stand_by

NAME: Final = "fleetlink"
RANK: Final = 5  # as for `nice`: behind the show, before the pages: a withdrawal is obeyed by way of this
_VALUES: Final = ("--config", "--data")
_FLAGS: Final = ("--verbose",)
_WRONG_USAGE: Final = 2


def main(words: Sequence[str]) -> NoReturn:
    """Hear the centre, and tell it how this player is, until a signal says otherwise; *words* are what `run` gives."""
    config, data, is_verbose = _options(words)
    log.set_up(verbose=is_verbose)
    stopped, again = signalled()
    clock, heartbeat = SystemClock(), Heartbeat.from_environment()
    if stand_by(FLEET, config, data, clock=clock, heartbeat=heartbeat, stopped=stopped, reload=again):
        if is_installed():
            # Only now, for it takes three times the memory.
            from player import rank  # noqa: PLC0415
            from player.fleet.service import run  # noqa: PLC0415
            from player.library.trusted_time import trusted_clock  # noqa: PLC0415

            rank.give_way(RANK)
            run(config, data, clock=trusted_clock(), heartbeat=heartbeat, stopped=stopped, reload=again)
        else:
            log.get("fleet").error("the centre is not heard", why=MISSING)
            while not clock.wait(stopped, TICK):
                heartbeat.beat(clock.monotonic(), presented=False)
    # A name that is being looked up may keep a thread; everything of ours is closed by now.
    os._exit(0)


def _options(words: Sequence[str]) -> tuple[str | None, str | None, bool]:
    """Return configuration, data folder, and whether more is to be told; ends the process when *words* are others."""
    rest, found = list(words), dict[str, str]()
    while rest:
        name = rest.pop(0)
        if name in _FLAGS:
            found[name] = ""
        elif name in _VALUES and rest:
            found[name] = rest.pop(0)
        else:
            sys.stderr.write(f"weremember: {NAME} takes --config FILE and --data DIR, not {name!r}\n")
            raise SystemExit(_WRONG_USAGE)
    return found.get("--config"), found.get("--data"), "--verbose" in found
