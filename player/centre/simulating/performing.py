"""The parts of a simulation, played on a stage: what is done, what is waited for, and what was measured of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from player.centre.simulating.crowd import Order, player_name
from player.centre.simulating.desk import Told
from player.centre.simulating.parts import SETTLING_S, WORDS, Part, Plan, Scheduled
from player.centre.simulating.stage import PER_SECOND, Stage, everybody, is_rascal
from player.errors import NetworkError
from player.fleet.reconnect import SETTLED, Pace
from player.units import SECOND, Nanos, Seconds

ARRIVING_S: Final[Seconds] = 60.0  # beyond the time that connecting takes at the simulation's pace
WRONG_CLOCKS: Final = 20  # players whose clocks are wrong, and as many whose clocks are right beside them
DOWN_TO_UP_S: Final[Seconds] = 0.5  # between the end of a broker and its start: a service is restarted
LEAST_S: Final[Seconds] = 10.0  # what is waited for at least, where it does not come: a part ends as soon as it does
SETTLED_S: Final[Seconds] = 3.0  # for what is on its way when a part is over


@dataclass(slots=True)
class Found:
    """What was measured."""

    plan: Plan
    began: Nanos = 0
    """When everybody had come; monotonic."""
    ended: Nanos = 0
    arrived: int = 0
    arriving_s: Seconds = 0.0
    spans: dict[Part, tuple[Nanos, Nanos]] = field(default_factory=dict[Part, tuple[Nanos, Nanos]])
    withdrawals: dict[Part, Told] = field(default_factory=dict[Part, Told])
    idle_bytes: int = 0
    """Of MQTT and HTTP, both ways, while nothing happened."""
    idle_pieces: int = 0
    wrong_clocks: tuple[int, int] = (0, 0)
    """Orders to players with wrong clocks: how many, and how many were refused with the reason."""
    right_clocks: tuple[int, int] = (0, 0)
    """Orders to others at the same time: how many, and how many were carried out."""
    rascal_losses: int = 0
    """Connections that the others lost meanwhile."""
    mischief: int = 0
    down_polls: int = 0
    down_failed: int = 0
    restarted: Nanos | None = None
    up_again_s: Seconds = 0.0
    """After how long the broker listened again."""
    due: int | None = None
    """Whose turn to come back had come at the end; whose turn came before the broker had to wait for another one. None: they had
    been connected for too short a time to have a turn."""
    back: int = 0
    """How many had come back at the end."""
    back_s: Seconds | None = None
    """Until all were."""


async def perform(stage: Stage, plan: Plan, say: Callable[[str], None]) -> Found:
    """Play all parts of *plan*; *say* tells a person what is on."""
    run = _Run(stage, Found(plan), say)
    await run.arrive()
    for scheduled in plan.parts:
        await run.play(scheduled)
    await asyncio.sleep(SETTLED_S)
    run.end()
    return run.found


class _Run:
    def __init__(self, stage: Stage, found: Found, say: Callable[[str], None]) -> None:
        self._stage = stage
        self.found = found
        self._say = say
        self._all = everybody(stage.wishes.players)
        self._chance = random.Random(stage.wishes.seed)
        self._acts: dict[Part, Callable[[Seconds], Awaitable[None]]] = {
            Part.IDLE: self._idle,
            Part.WITHDRAWAL: self._withdrawal,
            Part.CLOCKS: self._clocks,
            Part.RASCALS: self._rascals,
            Part.ORIGIN: self._origin,
            Part.THIRD: self._third,
            Part.RESTART: self._restart,
        }

    async def arrive(self) -> None:
        """Wait until everybody has connected."""
        stage, clock = self._stage, self._stage.clock
        players = stage.wishes.players
        self._say(f"{players:,} players connect, {PER_SECOND} a second (once, to begin with: the policy takes 12 a second)")
        began = clock.monotonic()
        await stage.until(
            lambda: stage.tally().online >= players and len(self._online()) >= players, players / PER_SECOND + ARRIVING_S
        )
        self.found.began = clock.monotonic()
        self.found.arrived = stage.tally().online
        self.found.arriving_s = (self.found.began - began) / SECOND

    async def play(self, scheduled: Scheduled) -> None:
        """Play one part."""
        start = self._stage.clock.monotonic()
        self._say(f"{WORDS[scheduled.part]} (at most {scheduled.most_s:.0f} s)")
        await self._acts[scheduled.part](scheduled.most_s)
        self.found.spans[scheduled.part] = (start, self._stage.clock.monotonic())

    def end(self) -> None:
        """Note how it ended."""
        found, stage = self.found, self._stage
        stage.look()
        found.ended = stage.clock.monotonic()
        if found.restarted is not None and found.back_s is None:
            found.back = stage.tally().online
            if found.restarted - found.began >= SETTLED:
                found.due = sum(self._is_due(name, (found.ended - found.restarted) / SECOND) for name in self._all)
            if found.back >= len(self._all):
                found.back_s = (found.ended - found.restarted) / SECOND

    async def _idle(self, most_s: Seconds) -> None:
        before = self._stage.tally()
        await asyncio.sleep(most_s)
        after = self._stage.tally()
        had, has = before.traffic, after.traffic
        self.found.idle_bytes = has.sent - had.sent + has.received - had.received + after.poll_bytes - before.poll_bytes
        self.found.idle_pieces = has.pieces - had.pieces

    async def _withdrawal(self, most_s: Seconds) -> None:
        told = await self._withdraw(Part.WITHDRAWAL, self._online())
        await self._stage.until(lambda: told.is_confirmed and told.expected <= told.gone, max(LEAST_S, most_s))

    async def _clocks(self, most_s: Seconds) -> None:
        stage = self._stage
        everyone = self._chance.sample(range(1, stage.wishes.players + 1), min(2 * WRONG_CLOCKS, stage.wishes.players))
        wrong, right = everyone[: len(everyone) // 2], everyone[len(everyone) // 2 :]
        stage.say(Order.SET_WRONG, numbers=wrong)
        await asyncio.sleep(0.2)  # until the processes have done it
        sent = {number: await stage.desk.order(player_name(number), "dark") for number in everyone}
        answers = stage.desk.answers
        await stage.until(lambda: all(order in answers for order in sent.values()), max(LEAST_S, most_s))
        refused = [answers[sent[number]] for number in wrong if sent[number] in answers]
        done = [answers[sent[number]] for number in right if sent[number] in answers]
        self.found.wrong_clocks = len(wrong), sum(not is_done and "clock" in text for _, is_done, text in refused)
        self.found.right_clocks = len(right), sum(is_done for _, is_done, _ in done)
        stage.say(Order.SET_RIGHT)

    async def _rascals(self, most_s: Seconds) -> None:
        stage = self._stage
        before = stage.tally()
        stage.say(Order.MISBEHAVE)
        await asyncio.sleep(most_s / 3)
        told = await self._withdraw(Part.RASCALS, self._online())
        await stage.until(lambda: told.is_confirmed, max(LEAST_S, most_s / 3))
        stage.say(Order.BEHAVE)
        await asyncio.sleep(min(SETTLED_S, most_s / 3))
        after = stage.tally()
        self.found.rascal_losses = after.losses - before.losses
        self.found.mischief = after.mischief - before.mischief

    async def _origin(self, most_s: Seconds) -> None:
        stage = self._stage
        before = stage.tally()
        await stage.origin.stop()
        await asyncio.sleep(most_s)
        after = stage.tally()
        await stage.origin.start()
        self.found.down_polls, self.found.down_failed = after.polls - before.polls, after.polls_failed - before.polls_failed

    async def _third(self, most_s: Seconds) -> None:
        stage = self._stage
        stage.say(Order.CUT_OFF)
        there = [name for name in self._all if int(name.rpartition("-")[2]) % 3]
        await stage.until(lambda: stage.tally().online <= len(there), min(SETTLED_S, most_s / 3))
        told = await self._withdraw(Part.THIRD, self._online().intersection(there))
        await stage.until(lambda: told.is_confirmed, max(LEAST_S, most_s - min(SETTLED_S, most_s / 3)))
        stage.say(Order.LET_BACK)
        if not any(each.part is Part.RESTART for each in self.found.plan.parts):
            await stage.until(lambda: stage.tally().online >= stage.wishes.players, self.found.plan.spare_s)

    async def _restart(self, most_s: Seconds) -> None:
        stage, found = self._stage, self.found
        await stage.broker.stop()
        await stage.until(lambda: stage.tally().online == 0, SETTLING_S)
        found.restarted = stage.clock.monotonic()
        await asyncio.sleep(DOWN_TO_UP_S)
        await stage.broker.start()
        found.up_again_s = (stage.clock.monotonic() - found.restarted) / SECOND
        await stage.until(lambda: stage.tally().online >= stage.wishes.players, max(0.0, most_s - SETTLED_S))
        if (back := stage.tally().online) >= stage.wishes.players:
            found.back_s = (stage.clock.monotonic() - found.restarted) / SECOND
            found.due = found.back = back

    async def _withdraw(self, part: Part, expected: frozenset[str]) -> Told:
        """Withdraw a photo: from the feed, and by a hint to all."""
        stage = self._stage
        item = stage.origin.feed.withdraw(stage.clock.wall())
        try:
            told = await stage.desk.withdraw(item, stage.origin.feed.sequence, expected)
        except NetworkError as error:
            self._say(f"the centre could not say it: {error}")
            raise
        self.found.withdrawals[part] = told
        return told

    def _online(self) -> frozenset[str]:
        """Return who is online, as the centre hears it."""
        return frozenset(name for name in self._stage.desk.online if not is_rascal(name))

    def _is_due(self, name: str, after_s: Seconds) -> bool:
        """Whether the turn of *name* to come back has come by then, and what a connection takes has passed."""
        turn = Pace(name, self._stage.wishes.players).first() / SECOND
        return self.found.up_again_s < turn < after_s - SETTLED_S
