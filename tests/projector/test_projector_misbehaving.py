"""Slow ones, shy ones, two that command one, a network that is gone for a day: what they cost, and that they cost no more."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from player.projector.call import Call
from player.projector.keeper import Keeper
from player.projector.saying import sentence, worries
from player.projector.steps import MINUTE, Do, Manner
from player.projector.visit import Deed, Visits
from player.projector.wanted import Aim, Goal
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.projector import Cable, Device, Quirk, plugged

MANNER = Manner(off_after=MINUTE, cool=2 * MINUTE, input="31")


class Hooked(Device):
    """Something happens as it is asked or told; it does not say which input it is on, or whether it is on, if it is so shy."""

    before: Callable[[str], None] | None = None
    hides_input = False
    hides_standby = False
    is_silent_in_standby = False
    stays_on = False

    def do(self, verb: str, argument: str) -> str | None:
        """See ``Device``."""
        if self.before:
            self.before(f"{verb} {argument}")
        if self.is_silent_in_standby and self.power == "0" and argument == "?":
            self.asked.append(f"{verb} ?")
            return None
        if self.stays_on and f"{verb} {argument}" == "POWR 0":
            self.asked.append("POWR 0")
            return "ERR3"
        return super().do(verb, argument)

    def _say_input(self) -> str:
        return "ERR3" if self.hides_input else super()._say_input()

    def _say_power(self) -> str:
        return "ERR3" if self.hides_standby and self.power == "0" else super()._say_power()


class Wall:
    """One projector and its keeper, without a thread."""

    def __init__(self, *quirks: Quirk, dial: Callable[[Device, FakeClock], Callable[[], Cable]] = plugged) -> None:
        self.clock = FakeClock()
        self.device = Hooked(self.clock, *quirks)
        call = Call(dial(self.device, self.clock), self.clock)
        self.woken = 0
        self.visits = Visits(call, MANNER, clock=self.clock, wake=self.wake)
        self.deeds: list[Deed] = []
        self.keeper = Keeper("a", self.visits, clock=self.clock, stopped=threading.Event(), done=self.done)
        self.goal = Goal(Aim.OFF, "")

    def wake(self) -> None:
        """A magic packet."""
        self.woken += 1

    def done(self, _name: str, deed: Deed) -> None:
        """For the journal."""
        self.deeds.append(deed)

    def want(self, aim: Aim) -> None:
        """It should be so."""
        self.goal = Goal(aim, "so it is")
        self.keeper.want(self.goal)

    def live(self, aim: Aim, length: Nanos, *, after: Callable[[], None] = lambda: None) -> float:
        """Let time pass, with something done after each visit; return for how many seconds there was light."""
        self.want(aim)
        end, lit = self.clock.monotonic() + length, 0
        while self.clock.monotonic() < end:
            due = self.clock.monotonic() + self.keeper.visit()
            after()
            while self.clock.monotonic() < min(due, end) and not self.keeper.is_called:
                self.clock.advance(SECOND // 4)
                lit += self.device.is_lit
        return lit / 4

    def visit_for(self, length: Nanos) -> None:
        """Let time pass faster, and see nothing of it."""
        end = self.clock.monotonic() + length
        while self.clock.monotonic() < end:
            self.clock.advance(self.keeper.visit())

    @property
    def worries(self) -> tuple[str, ...]:
        """What somebody should be told of."""
        return worries(self.goal, self.visits.known, MANNER, self.clock.monotonic())


def test_one_is_not_switched_off_once_the_show_was_begun_by_hand() -> None:
    """The visit that would do so is under way, for a slow one takes seconds: it hears of it, and opens instead."""
    wall = Wall()
    wall.live(Aim.OPEN, 3 * MINUTE)
    wall.live(Aim.OFF, MINUTE - 10 * SECOND)
    wall.clock.advance(10 * SECOND)
    wall.device.before = lambda said: wall.want(Aim.OPEN) if said == "AVMT ?" else None
    wall.keeper.visit()
    assert wall.device.told[-1] == "AVMT 30"
    assert "POWR 0" not in wall.device.told


def test_what_was_overtaken_while_it_connected_is_not_told() -> None:
    """One that hangs up after each answer, and greets after four seconds: the order is looked at once more before it goes out."""
    wall = Wall(Quirk.CLOSES_EACH)
    wall.live(Aim.OPEN, 3 * MINUTE)
    wall.live(Aim.OFF, MINUTE - 10 * SECOND)
    wall.device.quirks.add(Quirk.GREETS_LATE)
    connections, told = wall.device.connections, len(wall.device.told)
    connect = wall.clock.advance

    def advance(length: Nanos) -> None:
        connect(length)
        if wall.device.asked[-1] == "INPT ?" and wall.device.connections > connections + 3:
            wall.want(Aim.OPEN)

    wall.clock.advance = advance
    wall.clock.advance(10 * SECOND)
    wall.keeper.visit()
    assert wall.keeper.is_called
    assert wall.visits.known.trouble == ""
    wall.keeper.visit()
    assert wall.device.told[told:] == ["AVMT 30"]


def test_what_may_wait_does_not_keep_a_show_waiting() -> None:
    """The hourly questions of a slow one take a minute: they end when it should be something else."""
    wall = Wall()
    wall.live(Aim.MUTED, 10 * MINUTE)
    wall.clock.advance(60 * MINUTE)
    wall.device.slow = 4 * SECOND
    wall.device.before = lambda said: wall.want(Aim.OPEN) if said == "INF1 ?" else None
    wall.keeper.visit()
    assert wall.device.asked[-1] == "INF1 ?"
    assert wall.keeper.is_called
    wall.device.before = None
    wall.keeper.visit()
    assert wall.device.is_lit
    assert [each for each in wall.device.asked[-12:] if each.startswith("INF")] != []  # and then they are asked


@pytest.mark.parametrize("says", ["", "3"])
def test_an_input_that_nobody_is_told_of_is_chosen_once(says: str) -> None:
    """It obeys INPT, and cannot say which: choosing anew would take the picture away for seconds, all through the show."""
    wall = Wall()
    wall.device.hides_input = True
    if says:
        wall.device.answers["POWR"] = says  # it warms up for ever
    wall.device.switch(on=True)
    wall.live(Aim.MUTED, 10 * MINUTE)
    wall.live(Aim.OPEN, 120 * MINUTE)
    assert wall.device.is_lit
    assert wall.device.told.count("INPT 31") == 1
    wall.device.answers.pop("POWR", None)
    wall.live(Aim.OFF, 5 * MINUTE)
    wall.live(Aim.OPEN, 10 * MINUTE)
    assert wall.device.told.count("INPT 31") == 2  # after each time that it was off


@pytest.mark.parametrize("shy", ["hides_standby", "is_silent_in_standby"])
def test_one_that_says_nothing_in_standby_has_its_evening(shy: str) -> None:
    """ERR3 to POWR, or no answer at all: nobody else would switch it on. By day it is left alone."""
    wall = Wall()
    setattr(wall.device, shy, True)
    assert wall.live(Aim.OFF, 30 * MINUTE) == 0
    assert not wall.device.told
    assert wall.live(Aim.MUTED, 10 * MINUTE) <= 3
    assert wall.live(Aim.OPEN, 10 * MINUTE) == 10 * 60
    assert wall.worries == ()
    assert wall.live(Aim.OFF, 30 * MINUTE) <= 1
    assert [each for each in wall.device.told if each.startswith("POWR")] == ["POWR 1", "POWR 0"]
    assert wall.device.hot_strikes == 0


def test_one_that_does_not_say_that_it_is_on_and_does_not_go_off_is_said() -> None:
    """Nobody sees it but whoever stands before it: the order is repeated, and somebody hears of it."""
    wall = Wall()
    wall.device.answers["POWR"] = "ERR4"
    wall.device.stays_on = True
    wall.live(Aim.OPEN, 10 * MINUTE)
    wall.live(Aim.OFF, 10 * MINUTE)
    assert wall.worries == ("does not say whether it is on, and refuses to switch off: so it is",)
    assert 4 <= wall.device.asked.count("POWR 0") <= 8


def test_a_moment_without_sense_in_the_middle_of_a_show_changes_nothing() -> None:
    """It said that it was on, and says ERR4 for a minute: nothing is told."""
    wall = Wall()
    wall.live(Aim.OPEN, 5 * MINUTE)
    told = list(wall.device.told)
    wall.device.answers["POWR"] = "ERR4"
    assert wall.live(Aim.OPEN, MINUTE) == 60
    del wall.device.answers["POWR"]
    wall.live(Aim.OPEN, 5 * MINUTE)
    assert wall.device.told == told


def test_one_that_another_control_commands_is_said_and_fills_no_journal() -> None:
    """Somebody darkens it after each visit: it is opened each time, told of three times, and then somebody hears of it."""
    wall = Wall()
    wall.live(Aim.OPEN, 2 * MINUTE)
    assert wall.worries == ()

    def darken() -> None:
        wall.device.is_muted = True

    wall.live(Aim.OPEN, 120 * MINUTE, after=darken)
    assert [deed.do for deed in wall.deeds].count(Do.UNMUTE) <= 3
    assert wall.worries == ("is told to open again and again: does somebody else command it?",)
    wall.live(Aim.OPEN, 20 * MINUTE)
    assert wall.worries == ()


def test_two_players_that_command_one_projector_do_not_burn_its_lamp() -> None:
    """One wants it on and the other off, all night: never hot, never more often than it may cool, and both say so."""
    wall = Wall(Quirk.OFF_WHILE_COOLING)
    other = Visits(Call(plugged(wall.device, wall.clock), wall.clock), MANNER, clock=wall.clock)
    strikes: list[Nanos] = []
    wall.device.before = lambda said: strikes.append(wall.clock.monotonic()) if said == "POWR 1" else None

    def visit() -> None:
        other.visit(Aim.OFF)

    wall.live(Aim.OPEN, 120 * MINUTE, after=visit)
    assert wall.device.hot_strikes == 0
    assert min(b - a for a, b in pairwise(strikes)) >= MANNER.cool
    assert "is told to switch on again and again: does somebody else command it?" in wall.worries
    assert len(wall.deeds) < 30


def test_a_day_without_the_network_costs_nothing_and_ends_quietly() -> None:
    """Tried each half minute; no memory, no journal; when it is back, what is needed is told once."""
    wall = Wall()
    wall.live(Aim.OPEN, 10 * MINUTE)
    wall.device.answers["unplugged"] = ""
    wall.live(Aim.OPEN, 60 * MINUTE)
    deeds, told, woken = len(wall.deeds), len(wall.device.told), wall.woken
    tracemalloc.start()
    wall.visit_for(60 * MINUTE)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    wall.visit_for(23 * 60 * MINUTE)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 4096
    assert wall.woken - woken == 24 * 120
    assert len(wall.deeds) == deeds
    wall.device.switch(on=False)  # its power was gone as well
    wall.clock.advance(3 * MINUTE)
    asked = len(wall.device.asked)
    del wall.device.answers["unplugged"]
    wall.live(Aim.OPEN, 5 * MINUTE)
    assert wall.device.told[told:] == ["POWR 1"]
    assert wall.device.is_lit
    assert wall.worries == ()
    assert len(wall.device.asked) - asked < 300


class Bad(Cable):
    """Half a line, another's answer, a line of the last question, a reset: now and then."""

    rng = Random(1)
    is_bad = True

    def receive(self, until: Nanos) -> bytes:
        """See ``Pipe``."""
        data = super().receive(until)
        if not self.is_bad:
            return data
        odd = self.rng.randrange(8)
        if odd == 0:
            self.close()
            return b""
        return {
            1: data[: len(data) // 2],
            2: b"%1NAME=OK\r%1POWR=1\r%2AVMT=ERR9\r%1AVMT=\r" + data,
            3: data.replace(b"%1", b"%2"),
            4: b"PJLINK 1 12345678\r" + data,
            5: data * 2,
        }.get(odd, data)


@pytest.mark.parametrize("seed", range(8))
def test_an_hour_of_bad_lines_is_over_when_it_is_over(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever came before: half a minute after it speaks sense again it is as it should be, and says so."""
    monkeypatch.setattr(Bad, "rng", Random(seed))
    wall = Wall(dial=lambda device, clock: lambda: Bad(device, clock))
    aims = [*(aim for aim in Aim for _ in range(3)), Aim.OPEN]
    Random(seed).shuffle(aims)
    for aim in aims:
        wall.live(aim, 4 * MINUTE)
    monkeypatch.setattr(Bad, "is_bad", False)
    wall.live(Aim.OPEN, 3 * MINUTE)
    assert wall.live(Aim.OPEN, MINUTE) == 60
    assert sentence(wall.goal, wall.visits.known, MANNER, wall.clock.monotonic()) == "on and shown: so it is"
    assert wall.worries == ()
