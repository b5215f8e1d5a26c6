"""This player as a device of Home Assistant's, on a broker in the same house: what it shows and how it is, to be seen there.

Home Assistant finds devices by a description at `homeassistant/device/<id>/config` (MQTT device discovery, since 2024.11), with
short names for its keys. Its sensors read our own status and reports. There is nothing to press: a player obeys what the centre
has signed, and Home Assistant signs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from player.fleet import topics, wire
from player.fleet.outgoing import AT_LEAST_ONCE, Outgoing
from player.fleet.topics import Kind
from player.fleet.wire import Plain
from player.timekeeping import ClockState
from player.units import Nanos

BIRTH: Final = "homeassistant/status"
"""Where Home Assistant says that it has begun: it asks for the descriptions again by that."""
BORN: Final = b"online"
MAKER: Final = "We Remember"
MAX_SITE: Final = 80  # characters of the site's name

_LEASES: Final = (
    "{% set found = value_json.feeds.values() | map(attribute='lease_s') | reject('none') | list %}"
    "{{ found | min if found else None }}"
)


class HomeAssistant:
    """Describes the player whenever the connection, or Home Assistant, is a new one. For one thread."""

    def __init__(self, player: str, *, site: str, version: str) -> None:
        """Describe *player*, which stands at *site*."""
        self._topic = topics.device(player)
        self._payload = wire.written(description(player, site=site, version=version))
        self._is_due = True

    def again(self) -> None:
        """The connection is another one."""
        self._is_due = True

    def heard(self, topic: str, payload: bytes) -> bool:
        """Take note of a message; return whether it was one of Home Assistant's."""
        if topic != BIRTH:
            return False
        self._is_due = self._is_due or payload == BORN
        return True

    def step(self, now: Nanos) -> tuple[Outgoing, ...]:
        """Return the description, if somebody may be without it."""
        del now
        if not self._is_due:
            return ()
        self._is_due = False
        return (Outgoing(self._topic, self._payload, AT_LEAST_ONCE, retain=True),)


def description(player: str, *, site: str, version: str) -> dict[str, Plain]:
    """Return how *player* is described: a device with its sensors."""
    status = topics.of_player(player, Kind.STATUS)
    online: Mapping[str, Plain] = {
        "p": "binary_sensor",
        "name": "Online",
        "dev_cla": "connectivity",
        "stat_t": status,
        "val_tpl": "{{ 'ON' if value_json.state == 'online' else 'OFF' }}",
        "uniq_id": f"{_device(player)}-online",
    }
    sensors: dict[str, Plain] = {
        name: {
            "p": "sensor",
            "name": label,
            "uniq_id": f"{_device(player)}-{name}",
            "val_tpl": template,
            # Each by itself: whether it is online is to be seen of one that is not, so that this is not everybody's.
            "avty_t": status,
            "avty_tpl": "{{ value_json.state }}",
            **more,
        }
        for name, label, template, more in _sensors()
    }
    return {
        "dev": {"ids": [_device(player)], "name": site[:MAX_SITE] or player, "mf": MAKER, "mdl": player, "sw": version},
        "o": {"name": MAKER, "sw": version},
        "stat_t": topics.of_player(player, Kind.REPORT),
        "cmps": sensors | {"online": online},
    }


def _sensors() -> tuple[tuple[str, str, str, Mapping[str, Plain]], ...]:
    """Return name, label and template of each, and what else is to be known of it."""
    states: list[Plain] = [each.value for each in ClockState]
    return (
        ("show", "Show", "{{ value_json.show }}", {"ic": "mdi:presentation"}),
        ("slide", "Slide", "{{ value_json.slide }}", {"ic": "mdi:image"}),
        ("light", "Light", "{{ 0 if value_json.dark else value_json.dim }}", {"unit_of_meas": "%", "ic": "mdi:brightness-6"}),
        ("clock", "Clock", "{{ value_json.clock.state }}", {"dev_cla": "enum", "ops": states, "ent_cat": "diagnostic"}),
        ("lease", "Lease left", _LEASES, {"dev_cla": "duration", "unit_of_meas": "s", "ent_cat": "diagnostic"}),
        ("trouble", "Trouble", "{{ value_json.errors | join('; ') or 'none' }}", {"ic": "mdi:alert", "ent_cat": "diagnostic"}),
    )


def _device(player: str) -> str:
    return f"weremember-{player}"
