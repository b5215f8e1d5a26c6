"""A player as a device of Home Assistant's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

import pytest
from jinja2 import Environment, StrictUndefined

from player.clock import SystemClock
from player.fleet import topics, wire
from player.fleet.health import Health
from player.fleet.homeassistant import BIRTH, HomeAssistant, description
from player.fleet.reporting import Facts, Membership, report
from player.fleet.service import Belonging
from player.fleet.topics import MAX_NAME, Kind
from player.fleet.wanted import Broker, Wanted
from player.library.sources import Source
from player.library.trusted_time import trusted_clock
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.broker import Visitor, broker, needs_mosquitto, until
from tests.fakes.clock import OPENING

ABBREVIATIONS: Final = {
    *("avty_t", "avty_tpl", "cmps", "dev", "dev_cla", "ent_cat", "ic", "ids", "mdl", "mf", "name", "o", "ops", "p", "stat_t"),
    *("sw", "uniq_id", "unit_of_meas", "val_tpl"),
}
"""Those of Home Assistant's that are used here, as its documentation of MQTT discovery lists them."""
PLAYER: Final = "oswiecim-1"


def rendered(name: str, told: object) -> str:
    """Return what Home Assistant makes of a message by the template of a sensor."""
    components = cast("dict[str, Any]", description(PLAYER, site="Oświęcim", version="1")["cmps"])
    return Environment(undefined=StrictUndefined).from_string(components[name]["val_tpl"]).render(value_json=told)  # noqa: S701 - no page


def told(**said: object) -> object:
    """Return a report as it comes out of the broker."""
    source = Source(
        name="campaign",
        is_core=False,
        enabled=True,
        confirmed_at=OPENING,
        lease_s=600,
        halt=False,
        expired=False,
        device=None,
        validators="",
        problem=None,
    )
    machine = Health(free_mb=1, hottest_c=None, clock=ClockState.SYNCED, offset=None)
    facts = Facts(at=OPENING + SECOND, said=said, health=machine, sources=(source,) if said else ())
    return json.loads(wire.written(report(facts, Membership(site="x", version="1")).body()))


def names(value: object) -> set[str]:
    """Return the keys of everything in a description but of its list of components."""
    if not isinstance(value, dict):
        return set()
    found = cast("dict[str, object]", value)
    inner = cast("dict[str, object]", found.get("cmps", {}))
    return (
        set(found)
        | {key for name, each in found.items() if name != "cmps" for key in names(each)}
        | {key for each in inner.values() for key in names(each)}
    )


def test_the_description_is_one_that_home_assistant_reads() -> None:
    """A device with an identity, who made it, and components, each with a platform and an identity of its own."""
    found = description(PLAYER, site="Oświęcim", version="1.2")
    components = cast("dict[str, dict[str, Any]]", found["cmps"])

    assert names(found) <= ABBREVIATIONS
    assert cast("dict[str, Any]", found["dev"])["ids"] == ["weremember-oswiecim-1"]
    assert cast("dict[str, Any]", found["o"])["name"] == "We Remember"
    assert {each["p"] for each in components.values()} == {"sensor", "binary_sensor"}
    assert len({each["uniq_id"] for each in components.values()}) == len(components)
    assert {*components} == {"show", "slide", "light", "clock", "lease", "trouble", "online"}


def test_there_is_nothing_to_press() -> None:
    """A player obeys what the centre has signed: nothing in the description leads to a topic that anybody could order by."""
    text = wire.written(description(PLAYER, site="x", version="1")).decode()

    assert "cmd" not in text
    assert "command" not in text
    assert set(json.loads(text)["cmps"]["online"]) & {"avty_t", "cmd_t"} == set()


def test_it_fits_in_a_message_whatever_names_are_chosen() -> None:
    """Also of a player and a site with the longest of names, in letters that take six bytes each."""
    found = description("a" * MAX_NAME, site="ש" * 500, version="1.2.3")

    assert len(wire.written(found)) <= wire.MAX_BYTES


def test_sensors_read_what_we_report() -> None:
    """With a wall that shows something, every template gives what it is to give."""
    said = told(show="facade", slide="photo", photos=["campaign/p-1"], dark=False, dim=40)

    assert rendered("show", said) == "facade"
    assert rendered("slide", said) == "photo campaign/p-1"
    assert rendered("light", said) == "40"
    assert rendered("light", told(show="facade", dark=True, dim=40)) == "0"
    assert rendered("clock", said) == "synced"
    assert rendered("lease", said) == "599"
    assert rendered("trouble", said) == "the disk is nearly full"


def test_a_silent_wall_is_unknown() -> None:
    """`None` is Home Assistant's own word for that; no template fails for want of anything."""
    said = told()

    assert [rendered(name, said) for name in ("show", "slide", "light", "lease")] == ["None"] * 4
    assert rendered("trouble", said).startswith("the screen does not answer")


@pytest.mark.parametrize(("state", "word"), [("online", "ON"), ("offline", "OFF")])
def test_whether_it_is_online_is_told_by_its_status(state: str, word: str) -> None:
    """Which the broker changes when it is gone; so that this one sensor is never unavailable."""
    assert rendered("online", {"state": state}) == word


def test_it_is_described_again_when_home_assistant_begins() -> None:
    """Once for each connection, and each time that Home Assistant says that it is there; not when it goes."""
    device = HomeAssistant(PLAYER, site="x", version="1")
    [first] = device.step(0)
    assert device.step(1) == ()

    assert device.heard(BIRTH, b"offline")
    assert device.step(2) == ()
    assert device.heard(BIRTH, b"online")
    assert device.step(3) == (first,)
    device.again()
    assert device.step(4) == (first,)
    assert not device.heard(topics.of_player(PLAYER, Kind.DESIRED), b"online")

    assert (first.topic, first.qos, first.retain) == ("homeassistant/device/oswiecim-1/config", 1, True)


@needs_mosquitto
def test_home_assistant_hears_of_it_at_a_broker(tmp_path: Path) -> None:
    """The whole process: described as it comes, and again when Home Assistant begins; each time kept for who comes later."""
    clock, topic = SystemClock(), topics.device(PLAYER)
    with broker(tmp_path / "broker") as mosquitto, Visitor(mosquitto.port, "home") as home:
        home.hear(topic, topics.of_player(PLAYER, Kind.REPORT))
        where = Broker("127.0.0.1", mosquitto.port, is_tls=False)
        wanted = Wanted(broker=where, player=PLAYER, has_home_assistant=True, site="Oświęcim")
        belonging = Belonging(wanted, tmp_path / "data", clock=trusted_clock())
        belonging.start()

        def came(times: int) -> bool:
            belonging.step(clock.monotonic())
            return len(home.on(topic)) == times and bool(home.on(topics.of_player(PLAYER, Kind.REPORT)))

        try:
            until(lambda: came(1), "a description")
            home.say(BIRTH, b"online")
            until(lambda: came(2), "another one")
        finally:
            belonging.close()
        report = json.loads(home.on(topics.of_player(PLAYER, Kind.REPORT))[-1])
        found = json.loads(home.on(topic)[-1])

    components = found["cmps"]
    template = Environment(undefined=StrictUndefined).from_string(components["trouble"]["val_tpl"])  # noqa: S701 - no page
    assert found["stat_t"] == topics.of_player(PLAYER, Kind.REPORT)
    assert template.render(value_json=report) == "the screen does not answer"
