"""Visits over a night, on fake time: what becomes of each thing that projectors do wrong."""

from __future__ import annotations

import pytest

from player.errors import NetworkError
from player.projector.call import Call
from player.projector.pjlink import Lamp, Level
from player.projector.saying import care, sentence, worries
from player.projector.steps import MINUTE, Do, Manner
from player.projector.visit import FAILED_REST, QUICK, STEADY, Deed, Visits, Wakes
from player.projector.wanted import Aim, Goal
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.projector import Device, Quirk, plugged

MANNER = Manner(off_after=MINUTE, cool=2 * MINUTE, input="31")


class Night:
    """One projector, visited as its keeper does, and how long it put light on the wall meanwhile."""

    def __init__(self, *quirks: Quirk, answers: dict[str, str] | None = None, password: str | None = None) -> None:
        self.clock = FakeClock()
        self.device = Device(self.clock, *quirks, answers=answers, password=password)
        self.woken = 0
        self.visits = self.begin()
        self.aim = Aim.OFF
        self.deeds: list[Deed] = []

    def begin(self) -> Visits:
        """The process starts."""
        call = Call(plugged(self.device, self.clock), self.clock, password=lambda: "pw")
        self.visits = Visits(call, MANNER, clock=self.clock, wake=self.wake)
        return self.visits

    def wake(self) -> None:
        """A magic packet."""
        self.woken += 1

    def live(self, aim: Aim, length: Nanos) -> float:
        """Let time pass; return for how many seconds there was light."""
        self.aim = aim
        end, lit = self.clock.monotonic() + length, 0
        while self.clock.monotonic() < end:
            self.deeds += self.visits.visit(aim)
            due = self.clock.monotonic() + self.visits.pause()
            while self.clock.monotonic() < min(due, end):
                self.clock.advance(SECOND // 4)
                lit += self.device.is_lit
        return lit / 4

    def evening(self) -> dict[str, float]:
        """Ten minutes early, half an hour of show, and the end: for how long there was light in each."""
        return {
            "day": self.live(Aim.OFF, 2 * MINUTE),
            "early": self.live(Aim.MUTED, 10 * MINUTE),
            "show": self.live(Aim.OPEN, 30 * MINUTE),
            "end": self.live(Aim.OFF, 10 * MINUTE),
        }

    @property
    def says(self) -> str:
        """The sentence."""
        return sentence(Goal(self.aim, "so it is"), self.visits.known, MANNER, self.clock.monotonic())

    @property
    def worries(self) -> tuple[str, ...]:
        """What somebody should be told of."""
        return worries(Goal(self.aim, "so it is"), self.visits.known, MANNER, self.clock.monotonic())


ODD = (
    None,
    Quirk.JUNK,
    Quirk.LOWER,
    Quirk.CLASS_TWO_ANSWERS,
    Quirk.PIECES,
    Quirk.JOINED,
    Quirk.CLOSES_EACH,
    Quirk.CRLF,
    Quirk.OFF_WHILE_COOLING,
    Quirk.PICTURE_MUTE,
    Quirk.SECRET_MUTE,
    Quirk.OPENS_ON_INPUT,
    Quirk.REMEMBERS_MUTE,
)


@pytest.mark.parametrize("quirk", ODD, ids=str)
def test_an_evening_with_an_odd_projector_is_an_evening(quirk: Quirk | None) -> None:
    """On and dark early, but for two seconds as it lights up; seen from start to end; dark at once; off after the grace."""
    night = Night(*([quirk] if quirk else []))
    light = night.evening()
    assert light.pop("early") <= QUICK / SECOND
    assert light == {"day": 0, "show": 30 * 60, "end": 0}
    assert night.device.power in {"0", "2"}
    assert night.device.input == "31"
    assert night.device.hot_strikes == 0
    assert night.worries == ()


def test_it_is_dark_within_seconds_of_lighting_up() -> None:
    """One that says it is on while it warms up, and refuses everything until then, is dark at most five seconds late."""
    light = Night(Quirk.ON_WHILE_WARMING).evening()
    assert light["early"] <= 6
    assert light["show"] == 30 * 60
    assert (light["day"], light["end"]) == (0, 0)


def test_a_late_greeter_is_awaited() -> None:
    """Four seconds before each word make everything later, and nothing wrong; the table is the same."""
    night = Night(Quirk.GREETS_LATE)
    light = night.evening()
    assert (light["day"], light["end"]) == (0, 0)
    assert light["show"] > 20 * 60
    assert night.worries == ()


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        (Quirk.SILENT, "does not greet: it is busy, or does not speak PJLink"),
        (Quirk.FLOOD, "sends more than any answer has: it does not speak PJLink"),
        (Quirk.CLOSES_AT_ONCE, "hangs up: another control may hold its only connection"),
    ],
)
def test_one_that_cannot_be_talked_to_is_one_sentence(quirk: Quirk, words: str) -> None:
    """It is tried again and again, and after ten minutes somebody is told; when it comes back the evening goes on."""
    night = Night(quirk)
    night.live(Aim.OPEN, 9 * MINUTE)
    assert (night.says, night.worries) == (words, ())
    night.live(Aim.OPEN, 2 * MINUTE)
    assert night.worries == (words,)
    assert night.woken > 10
    night.device.quirks.clear()
    night.live(Aim.OPEN, 3 * MINUTE)
    assert night.says == "on and shown: so it is"
    assert night.worries == ()


def test_a_password_is_a_persons_business_at_once() -> None:
    """And it is not tried every two seconds, for some lock after a few."""
    night = Night(password="other")  # noqa: S106 - the fake's
    night.live(Aim.OPEN, 5 * MINUTE)
    assert night.worries == ("refuses the password",)
    assert night.visits.pause() == FAILED_REST
    assert night.device.connections <= 6


def test_one_that_ignores_its_power_is_told_again_and_somebody_hears_of_it() -> None:
    """It says OK and stays off: told again ever more rarely, and an alarm when the lamp should long burn."""
    night = Night(Quirk.IGNORES_POWER)
    night.live(Aim.MUTED, 20 * MINUTE)
    assert 5 <= night.device.told.count("POWR 1") <= 9
    assert night.worries == ("is off and should be on: so it is",)
    assert night.says == "off: so it is"
    assert [deed.do for deed in night.deeds] == [Do.POWER_ON]  # what is in vain is news once


@pytest.mark.parametrize("quirk", [Quirk.MUTELESS, Quirk.UNKNOWN_MUTE])
def test_one_without_a_mute_shows_the_show_and_goes_off_at_its_end(quirk: Quirk) -> None:
    """It is lit early, for it cannot be helped; at the end it goes off at once, not after the grace."""
    night = Night(quirk)
    night.live(Aim.MUTED, 10 * MINUTE)
    night.live(Aim.OPEN, 5 * MINUTE)
    assert night.device.is_lit
    assert "does not say whether it is dark" in night.says
    assert night.live(Aim.OFF, 5 * MINUTE) < 40
    assert night.device.power in {"0", "2"}


def test_a_wrong_input_stays_dark_and_is_said() -> None:
    """A projector without the input that is configured shows nothing that nobody approved."""
    night = Night(answers={"INST": "11 12"})
    night.live(Aim.MUTED, 5 * MINUTE)
    assert night.live(Aim.OPEN, 10 * MINUTE) == 0
    assert night.says == "on input 11, not on 31, and refuses to change its input: so it is"
    assert night.worries == ("is on input 11 and not on 31, so it is kept dark",)


def test_somebody_with_the_remote_is_overruled_once_the_lamp_has_cooled() -> None:
    """Switched off in the middle of the show, it comes back, and never hot."""
    night = Night(Quirk.OFF_WHILE_COOLING)
    night.live(Aim.OPEN, 5 * MINUTE)
    night.device.switch(on=False)
    night.clock.advance(SECOND)
    night.live(Aim.OPEN, 20 * SECOND)
    assert night.says == "off until its lamp has cooled down, and then on again"
    night.live(Aim.OPEN, 5 * MINUTE)
    assert night.device.is_lit
    assert night.device.hot_strikes == 0


def test_a_picture_that_was_opened_by_hand_is_darkened_again() -> None:
    """Within a visit: ten seconds, while nothing else is on."""
    night = Night()
    night.live(Aim.MUTED, 10 * MINUTE)
    night.device.is_muted = False
    assert night.live(Aim.MUTED, MINUTE) <= STEADY / SECOND


def test_a_frozen_picture_is_thawed_where_class_2_says_so() -> None:
    """A frozen picture is an old one: perhaps one that was withdrawn."""
    night = Night(answers={"CLSS": "2", "IRES": "-", "FILT": "77"})
    night.live(Aim.OPEN, 5 * MINUTE)
    night.device.is_frozen = True
    night.live(Aim.OPEN, MINUTE)
    assert not night.device.is_frozen
    seen = night.visits.known.seen
    assert (seen.filter_hours, seen.has_signal, seen.model) == (77, False, "Maker Model")
    assert night.worries == ("gets no picture at its input",)


def test_lamps_and_faults_are_told() -> None:
    """Hours beyond the limit, and what ERST says, as sentences."""
    night = Night(answers={"LAMP": "3120 1", "ERST": "001002"})
    night.live(Aim.OPEN, 5 * MINUTE)
    known, now = night.visits.known, night.clock.monotonic()
    assert known.seen.lamps == (Lamp(3120, is_on=True),)
    assert known.seen.faults == {"temperature": Level.WARNING, "other": Level.ERROR}
    may_wait = (
        "reports: temperature (warning), other (error)",
        "its lamp has burned for 3,120 h, and was to be changed at 3,000",
    )
    assert worries(Goal(Aim.OPEN, "so it is"), known, MANNER, now, lamp_hours=3000) == may_wait
    assert care(known, 3000) == may_wait


@pytest.mark.parametrize("word", ["ERR1", "ERR2", "ERR3", "ERR4", "", "5", "on", "x" * 100])
def test_a_power_that_makes_no_sense_is_said_and_the_evening_goes_on(word: str) -> None:
    """It is switched on, darkened, opened and switched off all the same; after a while somebody hears of it."""
    night = Night(answers={"POWR": word})
    assert night.live(Aim.OFF, 5 * MINUTE) == 0
    assert night.device.asked.count("POWR 0") == 0
    assert night.live(Aim.MUTED, 10 * MINUTE) <= 6
    assert night.live(Aim.OPEN, 10 * MINUTE) >= 9 * 60
    assert night.device.told.count("POWR 1") <= 10
    assert night.says == "does not say whether it is on"
    assert night.worries == ("does not say whether it is on, and should be on: so it is",)
    assert night.live(Aim.OFF, 10 * MINUTE) <= 2
    assert night.device.told.count("POWR 0") == 1
    assert night.device.hot_strikes == 0
    assert night.worries == ()


@pytest.mark.parametrize("word", ["ERR1", "ERR4", "", "12 1 3", "x"])
def test_odd_lamps_change_nothing(word: str) -> None:
    """The evening is the same."""
    assert Night(answers={"LAMP": word, "ERST": word}).evening()["show"] == 30 * 60


def test_a_restart_in_the_middle_is_not_seen() -> None:
    """A new process finds it on and open, and changes nothing."""
    night = Night()
    night.live(Aim.MUTED, 10 * MINUTE)
    night.live(Aim.OPEN, 10 * MINUTE)
    before = list(night.device.told)
    night.begin()
    assert night.live(Aim.OPEN, 10 * MINUTE) == 10 * 60
    assert night.device.told == before


def test_one_that_is_to_stay_as_it_is_is_told_nothing() -> None:
    """While nobody knows the time: open or dark, on or off, nothing is told, and nobody is worried."""
    night = Night()
    night.live(Aim.OPEN, 5 * MINUTE)
    before = list(night.device.told)
    night.live(Aim.KEEP, 20 * MINUTE)
    assert night.device.told == before
    assert night.worries == ()
    assert night.says == "on and shown: so it is"


def test_it_is_visited_rarely_when_all_is_well_and_often_when_something_changes() -> None:
    """Every ten seconds, and every two while it is on its way."""
    night = Night()
    night.live(Aim.OFF, MINUTE)
    assert night.visits.pause() == STEADY
    night.live(Aim.MUTED, 10 * SECOND)
    assert night.visits.pause() == QUICK
    night.live(Aim.MUTED, 5 * MINUTE)
    assert night.visits.pause() == STEADY


def test_one_that_fell_off_the_network_is_waited_for() -> None:
    """Unplugged in the show: one sentence, tried each half minute, and back when it is back."""
    night = Night()
    night.live(Aim.OPEN, 5 * MINUTE)
    night.device.answers["unplugged"] = ""
    night.live(Aim.OPEN, 5 * MINUTE)
    assert night.says == "does not answer: is it plugged in, and is its network on in standby?"
    assert night.visits.pause() == 30 * SECOND
    del night.device.answers["unplugged"]
    night.live(Aim.OPEN, MINUTE)
    assert night.says == "on and shown: so it is"


def test_one_whose_network_may_sleep_is_no_worry_while_it_is_off() -> None:
    """It is woken when it should be on, and missed only then."""
    night = Night(answers={"unplugged": ""})
    night.live(Aim.OFF, 30 * MINUTE)
    known, now = night.visits.known, night.clock.monotonic()
    assert worries(Goal(Aim.OFF, ""), known, MANNER, now, may_sleep=True) == ()
    assert worries(Goal(Aim.OFF, ""), known, MANNER, now) != ()
    assert worries(Goal(Aim.MUTED, ""), known, MANNER, now, may_sleep=True) != ()
    assert night.woken == 0


def test_a_display_that_is_only_woken_is_woken_each_minute_of_the_show() -> None:
    """And left to sleep afterwards; a network that refuses is said."""
    clock = FakeClock()
    packets: list[Nanos] = []
    wakes = Wakes(lambda: packets.append(clock.monotonic()), clock=clock)
    deeds: list[Deed] = []
    for aim in (Aim.OFF, Aim.MUTED, Aim.OPEN, Aim.OPEN, Aim.REST, Aim.OFF):
        deeds += wakes.visit(aim)
        clock.advance(wakes.pause())
    assert packets == [MINUTE, 2 * MINUTE, 3 * MINUTE]
    assert deeds == [Deed(Do.POWER_ON, "woken")]

    def refuse() -> None:
        raise NetworkError("cannot be woken: Network is unreachable")

    wakes = Wakes(refuse, clock=clock)
    wakes.visit(Aim.OPEN)
    said = sentence(Goal(Aim.OPEN, ""), wakes.known, MANNER, clock.monotonic(), is_asked=False)
    assert said == "cannot be woken: Network is unreachable"
