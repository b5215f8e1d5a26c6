"""A centre as somebody founds it, and the broker that it is for: Mosquitto with the very files that are written for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from player.centre import brokering
from player.centre.enrolling import Enrolled, Wish, enrol
from player.centre.founding import Office, found
from player.centre.link import Broker as At
from player.centre.link import Link, Message, Papers
from player.centre.store import Store
from player.fleet.happenings import Happening
from player.fleet.topics import Kind, of_player
from player.fleet.voices import Picture, Report, Stamp, Status, payload
from player.units import MILLISECOND, Nanos
from tests.fakes.broker import Broker, free_port
from tests.fakes.clock import OPENING

FIRST, SECOND_LIFE = "aaaaaaaa", "bbbbbbbb"
"""Two lives of a player's process."""


def founded(folder: Path, *, port: int = 8883, players: int = 20) -> Office:
    """Return a new centre whose broker is on this computer."""
    return found(folder / "centre", At("127.0.0.1", port), OPENING, name="Test", players=players)


def enrolled(office: Office, store: Store, name: str, *, group: str = "memorial", site: str = "") -> Enrolled:
    """Let a player belong to the fleet."""
    return enrol(office, store, Wish(id=name, group=group, site=site), OPENING)


def papers_of(done: Enrolled, name: str) -> Papers:
    """Return what a player's bundle has for the broker."""
    return Papers(done.folder / "fleet/ca.pem", done.folder / f"fleet/{name}.pem", done.folder / f"fleet/{name}-key.pem")


def player_link(office: Office, done: Enrolled, name: str, *topics: str, client: str = "") -> Link:
    """Return the connection of a player, open."""
    return Link(office.centre.broker, papers_of(done, name), name=client or name, topics=topics).open()


class Installed(Broker):
    """The broker of a centre: its files are installed, and it runs by its configuration and nothing else."""

    def __init__(self, folder: Path, office: Office) -> None:
        folder.mkdir()
        super().__init__(folder, "", None)
        self.port = office.centre.broker.port
        self._office = office
        as_we_are = "user root\n" if os.geteuid() == 0 else ""
        of_the_package = f"persistence_location {folder}/\n"
        (folder / "mosquitto.conf").write_text(as_we_are + of_the_package + brokering.configuration(office.centre, folder))
        self.install()

    def install(self) -> None:
        """Do what the printed commands do."""
        for name in brokering.FILES:
            shutil.copy(self._office.folder / name, self.folder)


@contextmanager
def running(folder: Path, *, players: int = 20) -> Generator[tuple[Office, Installed]]:
    """Found a centre, and run its broker."""
    office = founded(folder, port=free_port(), players=players)
    broker = Installed(folder / "broker", office)
    broker.start()
    try:
        yield office, broker
    finally:
        broker.kill()


def status(*, online: bool = True, session: str = FIRST, seq: int = 1, at: Nanos = OPENING, boot: int = 1) -> bytes:
    """Return what a player says of being there."""
    return payload(Status(online, boot, "0.1.0"), Stamp(session, seq, at // MILLISECOND))


def said(voice: Report | Picture | Happening, *, session: str = FIRST, seq: int = 2, at: Nanos = OPENING) -> bytes:
    """Return what a player says."""
    return payload(voice, Stamp(session, seq, at // MILLISECOND))


def speak(link: Link, name: str, kind: Kind, content: bytes, *, is_retained: bool = False) -> None:
    """Let a player say something, and wait until the broker has it."""
    link.publish(Message(of_player(name, kind), content, is_retained=is_retained))
