"""The fleet: whether its broker answers, until when certificates count, and whether the clock is good for shows in step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from player.clock import SystemClock
from player.doctor.broker import unreached
from player.doctor.finding import Finding
from player.fleet.section import Fleet
from player.settings import Configuration
from player.timekeeping import ask_kernel, offset_of
from player.units import SECOND

WELL_US: Final = 5_000  # two players so far apart differ in what is up 0.05 % of the time, at borders alone
FAIR_US: Final = 8_000  # half a frame at 60 a second
SOON_DAYS: Final = 30  # time enough to have another one made and carried there
_DAY_S: Final = 86_400
_MS_IN_US: Final = 1000
_REMEDY: Final = (
    "What helps: sudo apt install chrony, and one time server that all of them ask, the nearest there is:"
    " `server 192.168.1.1 iburst minpoll 4 maxpoll 6` in /etc/chrony/chrony.conf"
)


def examine_fleet(configuration: Configuration) -> Iterator[Finding]:
    """Yield what is found of the fleet, and of what shows in step need; nothing where there are neither."""
    fleet = configuration.settings.fleet
    if fleet:
        why = unreached(fleet)
        where = urlsplit(fleet.broker).netloc
        end = "" if why.endswith("?") else "."
        text = f"{where} {why}{end} Without it the show goes on" if why else f"{fleet.id}, by {where}, which answers"
        yield Finding("fleet", text, is_problem=bool(why))
        yield from _certificates(fleet)
    groups = _groups(configuration)
    if fleet or groups:
        yield _clock(groups)


def _groups(configuration: Configuration) -> tuple[str, ...]:
    """Return the groups that shows here are in step with."""
    used = (configuration.playlists.get(show) for show in configuration.settings.shows)
    return tuple(dict.fromkeys(playlist.sync for playlist in used if playlist and playlist.sync))


def _clock(groups: tuple[str, ...]) -> Finding:
    topic, in_step = "clock in step", "shows in step"
    offset = offset_of(ask_kernel())
    if offset is None:
        text = f"nobody can say how far the clock is off, so {in_step} may be apart"
        return Finding(topic, f"{text}. {_REMEDY}", is_problem=bool(groups), is_worth_a_look=True)
    figures = f"{_ms(abs(offset.off_us))} off, give or take {_ms(offset.error_us)}"
    if offset.within_us <= WELL_US:
        return Finding(topic, f"{figures}: good for {in_step}")
    if offset.within_us <= FAIR_US:
        return Finding(topic, f"{figures}: fair for {in_step}, {_ms(WELL_US)} would be good. {_REMEDY}", is_worth_a_look=True)
    text = f"{figures}: too much for {in_step}, whose borders would be seen apart. {_REMEDY}"
    return Finding(topic, text, is_problem=bool(groups), is_worth_a_look=True)


def _certificates(fleet: Fleet) -> Iterator[Finding]:
    if fleet.certificate:
        yield _certificate("certificate", fleet.certificate, fleet.id)
    if fleet.ca:
        yield _certificate("broker's authority", fleet.ca, "")


def _certificate(topic: str, file: str, player: str) -> Finding:
    """Find out until when the certificate in *file* counts, and whether it is *player*'s; empty: it is nobody's."""
    try:
        found = x509.load_pem_x509_certificate(Path(file).read_bytes())
    except OSError as error:
        return Finding(topic, f"{file} cannot be read: {error.strerror}", is_problem=True)
    except ValueError:
        return Finding(topic, f"{file} holds no certificate", is_problem=True)
    names = [str(each.value) for each in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if player and names != [player]:
        whose = " and ".join(names) or "nobody"
        return Finding(topic, f"{file} is of {whose}, and this player is called {player} (fleet.id)", is_problem=True)
    now = datetime.fromtimestamp(SystemClock().wall() // SECOND, UTC)
    days = (found.not_valid_after_utc - now).total_seconds() // _DAY_S
    until = f"{found.not_valid_after_utc:%F}"
    if days < 0:
        return Finding(topic, f"{file} counts no more since {until}: have the centre enrol this player again", is_problem=True)
    if found.not_valid_before_utc > now:
        return Finding(topic, f"{file} counts from {found.not_valid_before_utc:%F} on: is the clock right?", is_problem=True)
    advice = ": have the centre enrol this player again before then" if days < SOON_DAYS else ""
    return Finding(topic, f"counts until {until}, {days:.0f} days more{advice}", is_worth_a_look=days < SOON_DAYS)


def _ms(us: int) -> str:
    """Return `0.3 ms`, or `2.1 s` where that is more."""
    ms = us / _MS_IN_US
    return f"{ms:.1f} ms" if ms < _MS_IN_US else f"{ms / _MS_IN_US:.1f} s"
