"""A centre is founded once: its files, who may read them, and what the broker makes of its own."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from player.centre import brokering
from player.centre.founding import found, opened
from player.centre.link import Broker, Link, Message
from player.centre.section import Centre, parse_broker
from player.centre.store import Store
from player.errors import NetworkError, OperatorError
from tests.fakes.broker import free_port, needs_mosquitto, until
from tests.fakes.centre import enrolled, founded, papers_of, player_link, running, status
from tests.fakes.clock import OPENING


def test_whoever_is_not_the_owner_reads_nothing_of_it(tmp_path: Path) -> None:
    """The folder is closed to others, and every key in it as well."""
    office = founded(tmp_path)

    assert stat.S_IMODE(office.folder.stat().st_mode) == 0o700
    for name in ("ca-key.pem", "centre.key", "broker-key.pem", "centre-client-key.pem", "centre.yaml", "fleet.sqlite"):
        assert stat.S_IMODE((office.folder / name).stat().st_mode) == 0o600, name
    assert not list(office.folder.rglob("*.part"))


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    """The centre that is opened is the one that was founded, also with a name that needs quotes."""
    made = found(tmp_path / "c", Broker("2001:db8::9", 8884), OPENING, name="Oświęcim: it's all one", players=7)

    assert opened(made.folder) == made
    assert made.centre.broker == Broker("2001:db8::9", 8884)


def test_a_centre_is_not_made_twice(tmp_path: Path) -> None:
    """Founding again is refused, and every file stays what it was."""
    office = founded(tmp_path)
    before = {path: path.read_bytes() for path in office.folder.rglob("*") if path.is_file()}

    with pytest.raises(OperatorError, match="has a centre already"):
        founded(tmp_path)

    assert {path: path.read_bytes() for path in office.folder.rglob("*") if path.is_file()} == before


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    """A folder that is not empty is not taken, nor closed to its readers."""
    (tmp_path / "centre").mkdir(mode=0o755)
    (tmp_path / "centre" / "letter").touch()

    with pytest.raises(OperatorError, match="is not empty"):
        founded(tmp_path)

    assert stat.S_IMODE((tmp_path / "centre").stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("text", "broker"),
    [
        ("fleet.example.org", Broker("fleet.example.org")),
        ("Fleet.Example.org:1234", Broker("fleet.example.org", 1234)),
        ("mqtts://fleet.example.org:8883/", Broker("fleet.example.org")),
        ("192.168.1.9:8884", Broker("192.168.1.9", 8884)),
        ("2001:db8::9", Broker("2001:db8::9")),
        ("[2001:db8::9]:8884", Broker("2001:db8::9", 8884)),
    ],
)
def test_a_broker_is_named_as_people_name_it(text: str, broker: Broker) -> None:
    """A name or an address, with or without a port, is understood, and written so that it is understood again."""
    assert parse_broker(text) == broker
    assert parse_broker(str(broker)) == broker


@pytest.mark.parametrize("text", ["", ":8883", "a b", "host:", "host:0", "host:70000", "host:1e3", "-x", "mqtt://u@h", "h/../x"])
def test_what_is_no_broker_is_refused_with_how_to_write_one(text: str) -> None:
    """Whatever cannot be a host and a port is refused."""
    with pytest.raises(ValueError, match="write the broker as its name"):
        parse_broker(text)


def test_every_problem_of_its_file_is_told_with_its_line(tmp_path: Path) -> None:
    """A file with two mistakes is refused with both, each with its line."""
    office = founded(tmp_path)
    (office.folder / "centre.yaml").write_text("name: x\nbroker: a b\nplayrs: 3\n")

    with pytest.raises(OperatorError) as told:
        opened(office.folder)

    assert re.search(r"centre\.yaml:2 broker: write the broker", str(told.value))
    assert re.search(r'centre\.yaml:3 playrs: unknown key. Did you mean "players"', str(told.value))


def test_a_folder_that_is_no_centre_is_said_to_be_none(tmp_path: Path) -> None:
    """Opening any folder says how a centre is made."""
    with pytest.raises(OperatorError, match="fleet init"):
        opened(tmp_path)


def test_a_folder_that_cannot_be_read_is_a_line(tmp_path: Path) -> None:
    """What is no folder, or lies where one may not look, is said in a line, by whoever founds and whoever opens."""
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError):
        founded(tmp_path / "file")
    with pytest.raises(OperatorError):
        opened(tmp_path / "file" / "centre")


def test_room_is_made_for_the_players_that_are_expected() -> None:
    """The broker takes more connections than players, and systemd lets it open as many files."""
    text = brokering.configuration(Centre(broker=Broker("h"), players=10_000))
    files = brokering.limits(Centre(broker=Broker("h"), players=10_000))

    connections = int(re.findall(r"max_connections (\d+)", text)[0])
    assert connections > 10_000
    assert int(re.findall(r"LimitNOFILE=(\d+)", files)[0]) > connections


@needs_mosquitto
def test_a_player_is_delivered_its_own_and_no_others(tmp_path: Path) -> None:
    """Though a subscription to another's orders is granted, only hints and its own are delivered, and nothing of the broker."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        a, _b = enrolled(office, store, "a"), enrolled(office, store, "b")
        topics = (
            "wr/1/p/+/cmd/#",
            "wr/1/p/b/desired",
            "wr/1/p/a/desired",
            "wr/1/all/hint",
            "wr/1/g/x/commit",
            "$SYS/#",
            "wr/1/p/b/report",
        )
        with player_link(office, a, "a", *topics) as player, office.link("centre").open() as centre:
            for topic in ("p/b/cmd/dark", "p/b/desired", "p/b/report", "p/a/cmd/dark", "p/a/desired", "all/hint", "g/x/commit"):
                centre.publish(Message(f"wr/1/{topic}", b"{}", is_retained=True))
            centre.publish(Message("wr/1/all/hint", b"last"))
            came = list[tuple[str, bytes]]()
            until(lambda: came.extend((m.topic, m.payload) for m in player.take(10, 0.1)) or ("wr/1/all/hint", b"last") in came)

    assert {topic for topic, _ in came} == {"wr/1/p/a/cmd/dark", "wr/1/p/a/desired", "wr/1/all/hint", "wr/1/g/x/commit"}


@needs_mosquitto
@pytest.mark.parametrize(
    "topic", ["p/b/status", "p/b/event", "all/hint", "g/memorial/hint", "g/memorial/commit", "p/a/cmd/dark", "x"]
)
def test_a_player_speaks_for_nobody_else(tmp_path: Path, topic: str) -> None:
    """What a player says in another's name, or in the centre's, is refused and reaches nobody."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        a = enrolled(office, store, "a")
        with player_link(office, a, "a") as player, office.link("centre", topics=("wr/1/#",)).open() as centre:
            with pytest.raises(NetworkError, match="Not authorized"):
                player.publish(Message(f"wr/1/{topic}", b"{}"))
            player.publish(Message("wr/1/p/a/status", status()))
            came = list[str]()
            until(lambda: came.extend(m.topic for m in centre.take(10, 0.1)) or came)

    assert came == ["wr/1/p/a/status"]


@needs_mosquitto
def test_who_has_no_papers_of_this_centre_is_not_let_in(tmp_path: Path) -> None:
    """Without a certificate, with one of another centre, and with the broker's own nobody is let in."""
    other = tmp_path / "other"
    other.mkdir()
    stranger = founded(other)
    with running(tmp_path) as (office, _), Store(stranger.folder) as store:
        theirs = papers_of(enrolled(stranger, store, "a"), "a")
        forged = type(theirs)(office.papers.ca, theirs.certificate, theirs.key)
        server = type(theirs)(office.papers.ca, office.folder / "broker.pem", office.folder / "broker-key.pem")
        for papers in (forged, server, None):
            with pytest.raises(NetworkError, match="ends the connection at once"):
                Link(office.centre.broker, papers, name="a").open()
        with pytest.raises(NetworkError, match="certificate that is not this centre's"):
            Link(office.centre.broker, theirs, name="a").open()


@pytest.mark.parametrize(
    ("broker", "words"),
    [(Broker("127.0.0.1", free_port()), "is mosquitto running"), (Broker("no-such-host.invalid"), "is the name right")],
)
def test_a_broker_that_is_not_there_is_one_line(tmp_path: Path, broker: Broker, words: str) -> None:
    """Nobody at the address, or no such name: the message names it and says what to look at."""
    office = founded(tmp_path)

    with pytest.raises(NetworkError, match=words) as told:
        Link(broker, office.papers, name="x").open()

    assert broker.host in str(told.value)


@needs_mosquitto
def test_a_message_that_is_too_large_is_not_taken(tmp_path: Path) -> None:
    """The broker ends the connection of whoever sends more than a message may have, and goes on for the others."""
    with running(tmp_path) as (office, _), Store(office.folder) as store:
        a = enrolled(office, store, "a")
        with player_link(office, a, "a") as player, office.link("centre").open() as centre:
            with pytest.raises(NetworkError):
                player.publish(Message("wr/1/p/a/report", b"x" * 100_000), patience_s=1)
            centre.publish(Message("wr/1/all/hint", b"{}"))
