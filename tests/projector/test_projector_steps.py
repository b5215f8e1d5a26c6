"""Which command comes next: the table, and what holds a command back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.projector.pjlink import Power, Refusal
from player.projector.steps import (
    COOLING_AT_MOST,
    LIT,
    MINUTE,
    PAUSES,
    PICTURE_PAUSES,
    POWER_PAUSES,
    UNKNOWN_PAUSE,
    WARMING_AT_MOST,
    Do,
    Manner,
    Memory,
    Seen,
    is_settled,
    next_step,
    noticed,
    told,
)
from player.projector.wanted import Aim
from player.units import SECOND, Nanos

MANNER = Manner(off_after=5 * MINUTE, cool=2 * MINUTE, input="31")
START: Nanos = 1000 * MINUTE


class World:
    """One projector's memory by a clock of the test."""

    def __init__(self, aim: Aim, power: Power | None, **seen: Any) -> None:
        self.now = START
        self.aim = aim
        self.seen = replace(Seen(power=power, input="31"), **seen)
        self.memory = Memory()
        self.notice()

    def notice(self, **seen: Any) -> None:
        """Something else is seen."""
        self.seen = replace(self.seen, **seen)
        self.memory = noticed(self.memory, self.aim, self.seen, manner=MANNER, now=self.now)

    def want(self, aim: Aim) -> None:
        """It should be something else."""
        self.aim = aim
        self.notice()

    def step(self, after: Nanos = 0) -> Do | None:
        """What comes next."""
        self.now += after
        self.notice()
        return next_step(self.memory, self.seen, manner=MANNER, now=self.now)

    def told(self, do: Do, refusal: Refusal | None = None) -> None:
        """It was told."""
        self.memory = told(self.memory, do, refusal, now=self.now)


@pytest.mark.parametrize(
    ("aim", "power", "seen", "do"),
    [
        (Aim.OPEN, Power.OFF, {}, Do.POWER_ON),
        (Aim.MUTED, Power.OFF, {}, Do.POWER_ON),
        (Aim.REST, Power.OFF, {}, None),
        (Aim.OFF, Power.OFF, {}, None),
        (Aim.OPEN, Power.ON, {"mute": True}, Do.UNMUTE),
        (Aim.OPEN, Power.ON, {"mute": None}, Do.UNMUTE),
        (Aim.OPEN, Power.ON, {"mute": False}, None),
        (Aim.OPEN, Power.ON, {"mute": True, "input": "11"}, Do.INPUT),
        (Aim.OPEN, Power.ON, {"mute": False, "is_frozen": True}, Do.THAW),
        (Aim.MUTED, Power.ON, {"mute": False, "input": "11"}, Do.MUTE),
        (Aim.MUTED, Power.ON, {"mute": True, "input": "11"}, Do.INPUT),
        (Aim.MUTED, Power.ON, {"mute": True}, None),
        (Aim.REST, Power.ON, {"mute": False}, Do.MUTE),
        (Aim.REST, Power.ON, {"mute": True, "input": "11"}, None),
        (Aim.OFF, Power.ON, {"mute": False}, Do.MUTE),
        (Aim.OFF, Power.ON, {"mute": True}, None),
        *((aim, power, {}, None) for aim in Aim for power in (Power.WARMING, Power.COOLING)),
        *((aim, None, {}, Do.POWER_ON if aim in LIT else None) for aim in Aim),
    ],
)
def test_the_table(aim: Aim, power: Power | None, seen: dict[str, Any], do: Do | None) -> None:
    """What is told in each state; one that warms up or cools down is left alone, one that says nothing is told to be on."""
    assert World(aim, power, **seen).step() is do


def test_it_goes_off_after_a_grace_and_not_before() -> None:
    """Dark at once; off five minutes later, counted from when the show was over."""
    world = World(Aim.OPEN, Power.ON, mute=False)
    world.want(Aim.OFF)
    assert world.step() is Do.MUTE
    world.told(Do.MUTE)
    world.notice(mute=True)
    assert world.step(5 * MINUTE - 1) is None
    assert world.step(1) is Do.POWER_OFF


def test_a_show_that_comes_within_the_grace_begins_it_anew() -> None:
    """Nothing was switched off, and the next end counts by itself."""
    world = World(Aim.OFF, Power.ON, mute=True)
    world.step(4 * MINUTE)
    world.want(Aim.OPEN)
    world.want(Aim.OFF)
    assert world.step(4 * MINUTE) is None
    assert world.step(MINUTE) is Do.POWER_OFF


def test_one_that_cannot_be_darkened_goes_off_without_waiting() -> None:
    """After three tries in vain, or one that says never: light that nobody wants is worse than a short lamp."""
    world = World(Aim.OFF, Power.ON, mute=None)
    for pause in (0, *PICTURE_PAUSES[:2]):
        assert world.step(pause) is Do.MUTE
        world.told(Do.MUTE, Refusal.NOT_NOW)
    assert world.step() is Do.POWER_OFF
    world = World(Aim.OFF, Power.ON, mute=False)
    world.told(Do.MUTE, Refusal.UNKNOWN)
    assert world.step() is Do.POWER_OFF


def test_a_hot_lamp_is_left_alone() -> None:
    """Though it says at once that it is off, it is switched on again only after its cool-down."""
    world = World(Aim.OPEN, Power.ON, mute=False)
    world.notice(power=Power.OFF, mute=None)
    assert world.step(2 * MINUTE - 1) is None
    assert world.step(1) is Do.POWER_ON


def test_a_lamp_that_says_it_has_cooled_waits_no_longer() -> None:
    """The cool-down counts from when it was last seen to burn, whatever it says between."""
    world = World(Aim.OPEN, Power.ON, mute=False)
    world.now += 3 * MINUTE
    world.notice(power=Power.COOLING, mute=None)
    world.notice(power=Power.OFF)
    assert world.step() is Do.POWER_ON


@pytest.mark.parametrize(
    ("aim", "power", "do", "pauses"),
    [
        (Aim.OPEN, Power.OFF, Do.POWER_ON, POWER_PAUSES),
        (Aim.OPEN, Power.ON, Do.UNMUTE, PICTURE_PAUSES),
        (Aim.OPEN, Power.ON, Do.INPUT, PAUSES),
    ],
)
def test_what_is_in_vain_waits_longer_each_time(aim: Aim, power: Power, do: Do, pauses: tuple[Nanos, ...]) -> None:
    """The same command is told again after longer and longer, and never given up."""
    world = World(aim, power, mute=True, input="11" if do is Do.INPUT else "31")
    assert world.step() is do
    for pause in (*pauses, pauses[-1]):
        world.told(do, Refusal.NOT_NOW)
        assert world.step(pause - 1) is not do
        assert world.step(1) is do


def test_what_it_does_not_know_is_asked_once_an_hour() -> None:
    """ERR1 and ERR2 say more than not now."""
    world = World(Aim.OPEN, Power.ON, mute=True)
    world.told(Do.UNMUTE, Refusal.UNKNOWN)
    assert is_settled(world.memory, world.seen, manner=MANNER, now=world.now)
    assert world.step(UNKNOWN_PAUSE - 1) is None
    assert world.step(1) is Do.UNMUTE


def test_success_forgets_what_was_in_vain() -> None:
    """The next time begins with the shortest pause."""
    world = World(Aim.OPEN, Power.ON, mute=True)
    for _ in range(9):
        world.told(Do.UNMUTE, Refusal.NOT_NOW)
    world.notice(mute=False)
    world.notice(mute=True)
    assert world.step() is Do.UNMUTE


def test_another_input_is_never_opened() -> None:
    """Nobody approved what it shows: it stays dark until the input is ours. One that does not say is believed."""
    world = World(Aim.OPEN, Power.ON, mute=True, input="11")
    world.told(Do.INPUT, Refusal.VALUE)
    assert world.step() is None
    world.notice(input=None)
    assert Do.UNMUTE in {world.step(), world.step(MINUTE)}


def test_nobody_warms_up_or_cools_down_for_ever() -> None:
    """After five and fifteen minutes the word is not believed any more."""
    world = World(Aim.OPEN, Power.WARMING, mute=None)
    assert world.step(WARMING_AT_MOST) is None
    assert world.step(1) is Do.UNMUTE
    world = World(Aim.OPEN, Power.COOLING)
    assert world.step(COOLING_AT_MOST) is None
    assert world.step(1) is Do.POWER_ON


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(Aim),
            st.sampled_from([*Power, None]),
            st.sampled_from([True, False, None]),
            st.sampled_from([None, *Refusal]),
            st.integers(0, 400),
        ),
        max_size=60,
    )
)
def test_whatever_a_projector_says_the_rules_hold(
    story: list[tuple[Aim, Power | None, bool | None, Refusal | None, int]],
) -> None:
    """Over any history: never on within the cool-down, never off in a show, never open unless a show is on."""
    memory, now, lit_at, off_since = Memory(), START, None, None
    for aim, power, mute, refusal, pause_s in story:
        seen = Seen(power=power, mute=mute, input="31")
        memory = noticed(memory, aim, seen, manner=MANNER, now=now)
        lit_at = now if power in {Power.ON, Power.WARMING} else lit_at
        off_since = (now if off_since is None else off_since) if aim is Aim.OFF else None
        do = next_step(memory, seen, manner=MANNER, now=now)
        assert do is not Do.POWER_ON or (aim in {Aim.MUTED, Aim.OPEN} and (lit_at is None or now - lit_at >= MANNER.cool))
        assert do is not Do.POWER_OFF or (off_since is not None)
        assert do is not Do.UNMUTE or aim is Aim.OPEN
        assert do is not Do.MUTE or aim is not Aim.OPEN
        if do:
            memory = told(memory, do, refusal, now=now)
            assert next_step(memory, seen, manner=MANNER, now=now) is not do
        now += pause_s * SECOND
