"""One simulation, from the first connection to the verdicts."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from player.centre.simulating.measuring import Use
from player.centre.simulating.parts import Plan
from player.centre.simulating.performing import Found, perform
from player.centre.simulating.series import Sample, requests
from player.centre.simulating.stage import Stage, Wishes, put_up
from player.centre.simulating.tally import Tally
from player.centre.simulating.verdicts import Evidence, Verdict, verdicts
from player.clock import Clock
from player.errors import OperatorError
from player.units import Seconds

NO_NGINX: Final = "nginx is not installed (apt install nginx): the origin answers every request itself, without a cache"
ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FLUSH_S: Final[Seconds] = (
    1.5  # until nginx has written what it logged, and those who have just come back have said what they had to
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    wishes: Wishes
    plan: Plan
    evidence: Evidence
    verdicts: tuple[Verdict, ...]
    peak: dict[str, Use]
    notes: tuple[str, ...]


def simulate(wishes: Wishes, planned: Plan, *, clock: Clock, say: Callable[[str], None]) -> Outcome:
    """Simulate a fleet on this computer; nothing of it is left afterwards.

    Args:
        wishes: How many players, and how they connect.
        planned: What happens, once everybody has come.
        clock: Says when.
        say: Tells a person what is on, a line each.

    Raises:
        OperatorError: a program is missing, or somebody ended it.
        WeRememberError: it could not go on.
    """
    return asyncio.run(_simulate(wishes, planned, clock, say))


async def _simulate(wishes: Wishes, planned: Plan, clock: Clock, say: Callable[[str], None]) -> Outcome:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    is_ended = False

    def end() -> None:
        nonlocal is_ended
        if task is not None and not is_ended:  # once: a second time must not disturb the clearing away
            task.cancel()
        is_ended = True

    for number in ENDING:
        if signal.getsignal(number) is signal.SIG_IGN:  # as `nohup` has it
            continue
        with suppress(ValueError, RuntimeError):  # not in the main thread: then whoever is there ends it
            loop.add_signal_handler(number, end)
    try:
        async with put_up(wishes, clock) as stage:
            notes = () if stage.cache else (NO_NGINX,)
            for note in notes:
                say(note)
            found = await perform(stage, planned, say)
            tally = stage.tally()
            await asyncio.sleep(FLUSH_S)
            evidence = await _evidence(stage, found, tally)
            return Outcome(
                wishes=wishes,
                plan=planned,
                evidence=evidence,
                verdicts=verdicts(evidence),
                peak=dict(stage.peak),
                notes=notes,
            )
    except asyncio.CancelledError:
        if is_ended:
            raise OperatorError("ended before it was over: everything that it had started is gone") from None
        raise


async def _evidence(stage: Stage, found: Found, tally: Tally) -> Evidence:
    heard, kept = await stage.desk.kept()
    log = stage.access_log
    text = await asyncio.to_thread(log.read_text, "ascii", "replace") if log and log.exists() else ""
    samples: list[Sample] = stage.samples
    return Evidence(
        players=stage.wishes.players,
        found=found,
        tally=tally,
        samples=tuple(samples),
        requests=tuple(requests(text.splitlines())) if stage.cache else None,
        forged=stage.desk.forged,
        heard=heard,
        kept=kept,
    )
