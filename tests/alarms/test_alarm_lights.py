"""Projectors and displays: what is looked at, what holds of each and of all, and what people hear of a night."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from player.alarms.lights import outputs, projectors
from player.alarms.rules import ALL, CARE, HOUR, MINUTE, REMOVED, Alarm, Facts, Finding, Key, verdicts
from player.projector import told
from player.projector.told import NOBODY, Report, Told
from player.settings import with_data
from player.units import SECOND
from tests.alarms.test_alarm_facts import lookout, says
from tests.alarms.world import World
from tests.fakes.clock import OPENING, SteppedClock
from tests.fakes.home import Home

SHINES: Final = Told(says="on and shown: the show is on", aim="open", why="the show is on", power="on")
WARMS: Final = replace(SHINES, says="warming up: the show is on", power="warming")
SLEEPS: Final = replace(SHINES, says="off: no show is on", aim="off", power="off")
GONE: Final = "does not answer: is it plugged in, and is its network on in standby?"
LAMP: Final = "its lamp has burned for 3,120 h, and was to be changed at 3,000"
BOTH: Final = {"outputs": [{"id": "left", "display": "A", "why": ""}, {"id": "right", "display": None, "why": "its cable"}]}
TWO: Final = """canvas: 1920x540
outputs:
  - {id: left, display: {index: 0}, crop: [0, 0, 960, 540]}
  - {id: right, display: {index: 1}, crop: [960, 0, 960, 540]}
projectors:
  left: {host: 192.168.1.2}
  right: {host: 192.168.1.3}
feeds: {}
show: one
"""


def say(folder: Path, **said: Told) -> None:
    """The projectors' process says how they are, at the opening."""
    told.write(folder, Report(OPENING, said))


def test_what_may_wait_is_apart(tmp_path: Path) -> None:
    """A lamp that is to be changed some day is one thing, one that went out is another."""
    say(tmp_path, left=replace(SHINES, worries=(GONE, LAMP), care=(LAMP,)), right=SLEEPS)
    found = projectors(tmp_path, ("left", "right", "third"), OPENING)
    assert found.unwell == {"left": GONE, "right": "", "third": ""}
    assert found.care == {"left": LAMP, "right": ""}
    assert found.unlit == {"right", "third"}


def test_nobody_watches_the_projectors(tmp_path: Path) -> None:
    """Their process has said nothing for a minute: that is why, of each."""
    say(tmp_path, left=SHINES)
    found = projectors(tmp_path, ("left",), OPENING + MINUTE)
    assert (found.unwell, found.care, found.unlit) == ({"left": NOBODY}, {}, {"left"})


@pytest.mark.parametrize(
    ("told_", "is_unlit"), [(SHINES, False), (WARMS, True), (SLEEPS, True), (replace(SHINES, power=None), False)]
)
def test_a_display_is_awaited_while_its_lamp_burns(tmp_path: Path, told_: Told, *, is_unlit: bool) -> None:
    """One that cannot be asked counts as lit when it should be: it was woken."""
    say(tmp_path, left=told_)
    assert ("left" in projectors(tmp_path, ("left",), OPENING).unlit) is is_unlit


def test_an_output_has_its_display_or_a_reason() -> None:
    """As the screen says; nothing is said of one whose projector does not shine, or of one that is not configured."""
    ids = ("left", "right")
    assert outputs(BOTH, ids, ()) == {"left": "", "right": "its cable"}
    assert outputs(BOTH, ids, {"right"}) == outputs(BOTH, ids, {"right-2"}) == {"left": ""}
    assert outputs(BOTH, ("left",), ()) == {"left": ""}


@pytest.mark.parametrize("record", [None, 3, "x", {}, {"id": 3}, {"display": "A"}, ["left"]])
def test_what_the_screen_cannot_mean_is_nothing(record: object) -> None:
    """Whatever an older or a newer screen says of its outputs."""
    assert outputs({"outputs": [record]}, ("left",), ()) == {}
    assert outputs({"outputs": record}, ("left",), ()) in (None, {})
    assert outputs({}, ("left",), ()) is None
    assert outputs({"outputs": [{"id": "left"}]}, ("left",), ()) == {"left": "nobody knows why"}


def test_both_are_looked_at(tmp_path: Path) -> None:
    """By the configuration; where it has neither, there is nothing amiss, and nobody is asked."""
    home = Home(tmp_path)
    configuration = with_data(home.clean(TWO), str(tmp_path / "data"))
    configuration.data.mkdir()
    with closing(lookout(configuration, SteppedClock())) as looking:
        say(configuration.data, left=SHINES, right=SHINES)
        assert looking.look().outputs is None
        says(configuration, **BOTH)
        facts = looking.look()
        assert (facts.projectors, facts.outputs) == ({"left": "", "right": ""}, {"left": "", "right": "its cable"})
        assert (facts.care, list(facts.wired)) == ({"left": "", "right": ""}, ["left", "right"])
        (configuration.data / told.NAME).write_text(json.dumps({"at": "noon"}))
        facts = looking.look()
        assert (facts.projectors, facts.outputs) == ({"left": NOBODY, "right": NOBODY}, {})
    alone = with_data(home.clean("feeds: {}\nshow: one\n"), str(tmp_path / "data"))
    with closing(lookout(alone, SteppedClock())) as looking:
        facts = looking.look()
    assert (facts.projectors, facts.care, facts.outputs) == ({}, {}, {})


def holding(facts: Facts, *told_: Key) -> dict[Key, str]:
    """What holds of projectors and outputs, and why."""
    found = verdicts(facts, dict.fromkeys(told_, True))
    return {key: finding.why for key, finding in found.items() if finding.holds and key[0] in {Alarm.PROJECTOR, Alarm.OUTPUT}}


def test_each_has_an_alarm_until_all_have() -> None:
    """Then there is one for all, which says what is wrong with which; one alone is not all of several."""
    some = Facts(at=OPENING, projectors={"left": GONE, "right": ""})
    assert holding(some) == {(Alarm.PROJECTOR, "left"): GONE}
    every = Facts(at=OPENING, projectors={"left": GONE, "right": "is off", "third": GONE})
    assert holding(every) == {(Alarm.PROJECTOR, ALL): f"left, third: {GONE}; right: is off"}
    assert holding(Facts(at=OPENING, projectors={"left": GONE})) == {(Alarm.PROJECTOR, "left"): GONE}
    dark = Facts(at=OPENING, outputs={"a": "x", "b": "x"}, wired=("a", "b", "c"))
    assert holding(dark) == {(Alarm.OUTPUT, ALL): "a, b: x"}


def test_what_is_no_longer_there_is_not_said_to_be_well() -> None:
    """A projector that was taken out, and all of them when one is left."""
    gone = tuple((Alarm.PROJECTOR, of) for of in ("old", f"old{CARE}", ALL))
    found = verdicts(Facts(at=OPENING, projectors={"left": ""}, care={"left": ""}), dict.fromkeys(gone, True))
    assert {key: found[key] for key in gone} == dict.fromkeys(gone, Finding(holds=False, why=REMOVED))


def test_what_nobody_can_say_stays_as_it_was() -> None:
    """Of an output whose projector sleeps, nor of all when only one is left to look at."""
    found = verdicts(Facts(at=OPENING, outputs={"left": "x"}, wired=("left", "right")), {(Alarm.OUTPUT, ALL): True})
    assert {key for key in found if key[0] is Alarm.OUTPUT} == {(Alarm.OUTPUT, "left")}


class Night(World):
    """Three projectors on three outputs, and who hears of them."""

    def now(self, *, outputs: dict[str, str] | None = None, care: str = "", **unwell: str) -> None:
        """How they are from now on; of those that are not named, all is well."""
        names = ("left", "middle", "right")
        self.facts = Facts(
            at=0,
            projectors={name: unwell.get(name, "") for name in names},
            care={name: care if name == "left" else "" for name in names},
            outputs=outputs or {},
            wired=names,
        )

    def hears(self, minutes: int) -> list[str]:
        """What one address hears in so many minutes."""
        return [text.removeprefix("Hall: ") for to, text in self.live(minutes * MINUTE) if to == "env:A"]


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """Three projectors."""
    night = Night(tmp_path)
    night.now()
    return night


def test_nobody_hears_of_projectors_that_warm_up(night: Night) -> None:
    """Whoever knows nothing of them yet is given three minutes; a display that comes with its lamp is not missed."""
    night.now(left=NOBODY, middle=NOBODY, right=NOBODY)
    assert night.hears(2) == []
    night.now()
    assert night.hears(10) == []


def test_a_projector_without_power_is_told_once_and_comes_back(night: Night) -> None:
    """One letter when it is gone, one when it is back."""
    night.now(left=GONE)
    assert night.hears(60) == [f"the projector “left” is not well: {GONE.rstrip('?')}? Since Wed 20 Jan 09:00, UTC"]
    night.now()
    assert night.hears(60) == ["the projector “left” is well again"]


def test_a_network_that_is_gone_is_one_letter(night: Night) -> None:
    """They are missed one after the other, and come back one after the other: of each nobody hears."""
    night.now(left=GONE)
    assert night.hears(1) == []
    night.now(left=GONE, right=GONE)
    assert night.hears(1) == []
    night.now(left=GONE, right=GONE, middle=GONE)
    told_ = night.hears(60)
    assert len(told_) == 1
    assert told_[0].startswith(f"none of the projectors is well: left, middle, right: {GONE} Since")
    night.now(left=GONE)
    assert night.hears(1) == []
    night.now()
    assert night.hears(60) == ["the projectors are well again"]


def test_one_that_stays_away_is_told_of_when_the_others_are_back(night: Night) -> None:
    """The letter for all ends, and says which is still amiss; it has its own then."""
    night.now(left=GONE, right=GONE, middle=GONE)
    night.hears(10)
    night.now(left=GONE)
    first, second = night.hears(60)
    assert first == "at least one of the projectors is well again (not yet: left)"
    assert second.startswith("the projector “left” is not well")


def test_an_old_lamp_hides_no_projector_that_goes_out(night: Night) -> None:
    """What may last for weeks has a letter of its own."""
    night.now(care=LAMP)
    assert night.hears(60) == [f"the projector “left” wants care: {LAMP}"]
    night.now(care=LAMP, left="is off and should be on: the show is on")
    assert night.hears(60) == ["the projector “left” is not well: is off and should be on: the show is on"]
    night.now()
    assert sorted(night.hears(60)) == ["the projector “left” is well again", "the projector “left” wants no care any more"]


def test_a_switch_that_flaps_all_night_is_told_a_few_times(night: Night) -> None:
    """Ten minutes away and five back, for ten hours: the end of each has to last longer and longer."""
    heard: list[str] = []
    for _ in range(40):
        night.now(left=GONE, right=GONE, middle=GONE)
        heard += night.hears(10)
        night.now()
        heard += night.hears(5)
    assert len(heard) <= 6


def test_a_display_that_is_pulled_out_is_told_after_a_minute(night: Night) -> None:
    """Not when somebody plugs it over; and once more when it is back."""
    night.now(outputs={"left": "", "right": "its display (EPSON) is not there; there are: none"})
    assert night.live(50 * SECOND) == []
    night.now(outputs={"left": "", "right": ""})
    assert night.hears(5) == []
    night.now(outputs={"left": "", "right": "its display (EPSON) is not there; there are: none"})
    assert night.hears(60) == ["the output “right” shows nothing: its display (EPSON) is not there; there are: none"]
    night.now(outputs={"left": "", "right": ""})
    assert night.hears(60) == ["the output “right” has its display again"]


def test_all_displays_that_go_at_once_are_one_letter(night: Night) -> None:
    """Whatever drives them all."""
    night.now(outputs={"left": "x", "right": "x"})
    assert night.hears(60) == ["no output has its display, and the wall is dark: left, right: x"]
    night.now(outputs={"left": "", "right": ""})
    assert night.hears(60) == ["the outputs have their displays again"]
    assert night.live(HOUR) == []
