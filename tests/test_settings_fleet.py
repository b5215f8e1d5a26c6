"""The section `fleet:`: what may stand in it, and each mistake with the nearest right form. And how its process reads it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from player.fleet import section
from player.fleet.wanted import Copy, Wanted, wanted
from player.places import LAST_CLEAN
from player.settings import keep_clean, last_clean
from player.standby import FLEET, may_need
from tests.fakes.home import CLEAN, Home

PEM = "-----BEGIN CERTIFICATE-----\n"
PUBLIC = "-----BEGIN PUBLIC KEY-----\n"
FEEDS = (
    "show: one\nfeeds:\n  campaign: {kind: jsonfeed, url: 'https://a.example/feed.json', trust: moderated}\n"
    "  other: {kind: jsonfeed, url: 'https://b.example/feed.json', trust: moderated}\n"
)
WHOLE = """\
storage: {data: data}
site: {name: Oświęcim}
fleet:
  broker: mqtts://fleet.example.org
  id: oswiecim-1
  certificate: fleet/oswiecim-1.pem
  key: fleet/oswiecim-1-key.pem
  ca: fleet/ca.pem
  centre: fleet/centre.pub
  groups: memorial
  share: 2/5
  programmes: other
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder with the files that a centre makes."""
    made = Home(tmp_path)
    (tmp_path / "fleet").mkdir()
    for name in ("oswiecim-1.pem", "oswiecim-1-key.pem", "ca.pem"):
        (tmp_path / "fleet" / name).write_text(PEM)
    (tmp_path / "fleet" / "centre.pub").write_text(PUBLIC)
    return made


def test_it_is_read_whole(home: Home) -> None:
    """Paths start beside the file, the port is that of MQTT over TLS, one group may be written without brackets."""
    fleet = home.clean(FEEDS + WHOLE).settings.fleet
    assert fleet
    assert fleet.broker == "mqtts://fleet.example.org:8883"
    assert fleet.groups == ("memorial",)
    assert fleet.certificate == str(home.folder / "fleet" / "oswiecim-1.pem")
    assert not fleet.home_assistant


def test_without_it_there_is_none(home: Home) -> None:
    """Most players belong to no fleet, and their process waits, small."""
    assert home.clean().settings.fleet is None
    assert not may_need(FLEET, home.file, home.folder / "none")


@pytest.mark.parametrize(
    "broker", ["mqtt://127.0.0.1", "mqtt://localhost:1884", "mqtt://192.168.1.20", "mqtt://[::1]", "mqtts://10.0.0.5:8884"]
)
def test_a_broker_in_the_house_needs_no_certificate(home: Home, broker: str) -> None:
    """On this computer, or a private address; and Home Assistant may be told of it."""
    fleet = home.clean(f"{CLEAN}fleet: {{broker: '{broker}', id: wall, home_assistant: true}}\n").settings.fleet
    assert fleet
    assert fleet.is_in_house


BROKERS = {
    "nothing": ("''", "write where the broker is"),
    "no scheme": ("fleet.example.org:8883", 'Did you mean "mqtts://fleet.example.org:8883"?'),
    "another scheme": ("ssl://fleet.example.org", 'Did you mean "mqtts"?'),
    "a slip": ("mqqts://fleet.example.org", 'Did you mean "mqtts"?'),
    "no tls beyond the house": ("mqtt://fleet.example.org", "write mqtts://fleet.example.org, or the number"),
    "no tls to an address elsewhere": ("mqtt://8.8.8.8", "write mqtts://8.8.8.8"),
    "a password": ("mqtts://me:hunter2@fleet.example.org", "a player shows its certificate"),
    "a path": ("mqtts://fleet.example.org/mqtt", "write where the broker is"),
    "a strange port": ("mqtts://fleet.example.org:99999", "write where the broker is"),
    "no host": ("mqtts://:8883", "write where the broker is"),
    "every address": ("mqtt://0.0.0.0", "write where the broker is"),
    "a name that is none": ("mqtts://fleet_example..org", "write where the broker is"),
}


@pytest.mark.parametrize(("broker", "expected"), BROKERS.values(), ids=list(BROKERS))
def test_every_mistake_about_the_broker_is_one_clear_problem(home: Home, broker: str, expected: str) -> None:
    """File, line, path, the reason; never a password that was written there."""
    (problem,) = home.problems(f"{CLEAN}fleet: {{broker: '{broker}', id: wall}}\n".replace("''''", "''"))
    assert problem.startswith("config.yaml:3 fleet.broker: ")
    assert expected in problem
    assert "hunter2" not in problem


OTHERS = {
    "an id of capitals": ("id: Oświęcim 1", "fleet.id", 'Did you mean "o-wi-cim-1"?'),
    "the centre's name": ("id: centre", "fleet.id", "the centre's own name"),
    "a group of a wildcard": ("id: wall, groups: ['+']", "fleet.groups", "small letters"),
    "a group twice": ("id: wall, groups: [a, a]", "fleet", "named twice"),
    "a share of nothing": ("id: wall, share: 6/5", "fleet.share", "such as 2/5"),
    "half a certificate": ("id: wall, certificate: a.pem", "fleet", "write `key: fleet/wall.pem` too"),
    "a key that is not known": ("id: wall, grups: a", "fleet.grups", 'Did you mean "groups"?'),
    "programmes beside no feed": ("id: wall, programmes: campagn", "fleet.programmes", 'Did you mean "campaign"?'),
    "no id": ("groups: a", "fleet.id", "is missing"),
}


@pytest.mark.parametrize(("rest", "path", "expected"), OTHERS.values(), ids=list(OTHERS))
def test_every_other_mistake_is_one_clear_problem(home: Home, rest: str, path: str, expected: str) -> None:
    """Names, groups, shares, half a pair, a feed that there is not."""
    (problem,) = home.problems(f"{FEEDS}fleet: {{broker: 'mqtts://192.168.1.5', {rest}}}\n")
    assert re.match(rf"config\.yaml:5 {re.escape(path)}[.\d]*: ", problem), problem
    assert expected in problem


TOGETHER = {
    "a name without a password": ("broker: 'mqtt://127.0.0.1', user: wall", "write `password: env:NAME` too"),
    "a password without a name": ("broker: 'mqtt://127.0.0.1', password: 'env:X'", "write `user: NAME` too"),
    "a password for a broker elsewhere": (
        "broker: 'mqtts://fleet.example.org', certificate: fleet/ca.pem, key: fleet/ca.pem, user: a, password: 'env:X'",
        "user and password are for a broker of this computer or in this house",
    ),
    "no certificate for a broker elsewhere": ("broker: 'mqtts://fleet.example.org'", "must know who comes"),
    "a certificate without tls": ("broker: 'mqtt://127.0.0.1', ca: fleet/ca.pem", "certificates count with TLS alone"),
    "home assistant elsewhere": (
        "broker: 'mqtts://fleet.example.org', certificate: fleet/ca.pem, key: fleet/ca.pem, home_assistant: true",
        "home_assistant is for a broker",
    ),
}


def test_a_password_stands_elsewhere(home: Home) -> None:
    """A broker in the house may ask for a name; the password itself is refused, and not repeated."""
    found = home.clean(
        f"{CLEAN}fleet: {{id: wall, broker: 'mqtt://192.168.1.5', user: ha, password: 'env:BROKER'}}\n"
    ).settings.fleet
    assert found
    assert (found.user, found.password) == ("ha", "env:BROKER")
    (problem,) = home.problems(f"{CLEAN}fleet: {{id: wall, broker: 'mqtt://192.168.1.5', user: ha, password: hunter2}}\n")
    assert problem.startswith("config.yaml:3 fleet.password: write where the key is to be found")
    assert "hunter2" not in problem


@pytest.mark.parametrize(("rest", "expected"), TOGETHER.values(), ids=list(TOGETHER))
def test_what_does_not_go_together(home: Home, rest: str, expected: str) -> None:
    """A broker elsewhere knows players by their certificates, and hears nothing of Home Assistant."""
    (problem,) = home.problems(f"{CLEAN}fleet: {{id: wall, {rest}}}\n")
    assert problem.startswith("config.yaml:3 fleet: ")
    assert expected in problem


def test_files_that_are_not_there_or_are_others(home: Home) -> None:
    """Each at its own key."""
    (home.folder / "fleet" / "oswiecim-1.pem").unlink()
    (home.folder / "fleet" / "ca.pem").write_text("hello")
    (home.folder / "fleet" / "centre.pub").write_text(PEM)
    found = home.problems(FEEDS + WHOLE)
    assert [problem.partition(": ")[0].split()[-1] for problem in found] == ["fleet.certificate", "fleet.ca", "fleet.centre"]
    assert "there is no file" in found[0]
    assert "no file in PEM" in found[1]
    assert "holds no public key: copy centre.pub" in found[2]


def test_its_process_reads_the_last_clean_copy(home: Home) -> None:
    """Without the schema, for that takes 25 MB: everything comes out as the schema understood it."""
    configuration = home.clean(FEEDS + WHOLE)
    keep_clean(configuration)
    fleet = configuration.settings.fleet
    assert fleet

    copy = Copy(str(home.file), None)
    found = copy.read()

    assert copy.folder == configuration.data
    assert found
    assert str(found.broker) == "fleet.example.org:8883"
    assert found.broker.is_tls
    assert (found.broker.ca, found.broker.certificate, found.broker.key) == (fleet.ca, fleet.certificate, fleet.key)
    assert (found.player, found.groups, found.centre) == (fleet.id, fleet.groups, fleet.centre)
    assert (found.feed, found.site) == ("other", "Oświęcim")
    assert may_need(FLEET, home.folder / "none", configuration.data / LAST_CLEAN)
    assert last_clean(configuration.data) == configuration


def test_without_a_name_or_a_feed_of_its_own(home: Home) -> None:
    """A site without a name is called by the id; hints are about the first feed."""
    configuration = home.clean(FEEDS + "storage: {data: data}\nfleet: {broker: 'mqtt://127.0.0.1', id: wall}\n")
    keep_clean(configuration)
    found = Copy(str(home.file), str(configuration.data)).read()
    assert found
    assert (found.feed, found.site, found.groups, found.centre) == ("campaign", "wall", (), None)


@pytest.mark.parametrize(
    "copy",
    [
        None,
        [],
        {},
        {"settings": {"fleet": None}},
        {"settings": {"fleet": {"broker": 5, "id": "x"}}},
        {"settings": {"fleet": {"broker": "mqtts://", "id": "x"}}},
        {"settings": {"fleet": {"broker": "mqtts://a.example:99999", "id": "x"}}},
        {"settings": {"fleet": {"broker": "mqtts://[a", "id": "x"}}},
    ],
)
def test_a_copy_that_is_none_is_no_fleet(copy: object) -> None:
    """Another version's, or somebody else's: the process waits for a better one."""
    assert wanted(copy) is None


def test_a_copy_of_the_least(home: Home) -> None:
    """What has a broker and an id is a fleet, whatever else is strange about it."""
    text = '{"settings": {"fleet": {"broker": "mqtt://[::1]:1883", "id": "x", "groups": 5, "ca": []}, "feeds": []}}'
    found = wanted(json.loads(text))
    assert isinstance(found, Wanted)
    assert (str(found.broker), found.groups, found.feed, found.site) == ("[::1]:1883", (), None, "x")
    assert home.clean()


def test_a_library_that_is_missing_is_said_with_how_to_get_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a fleet is configured and nothing speaks to brokers, `check` has a line; else none."""
    fleet = home.clean(FEEDS + WHOLE).settings.fleet
    assert section.uninstalled(fleet) == ""
    monkeypatch.setattr(section, "is_installed", lambda: False)
    assert "pip install" in section.uninstalled(fleet)
    assert section.uninstalled(None) == ""
