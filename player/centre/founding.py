"""Founding a centre: its folder, with keys and certificates that are made once and never again. And opening it afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre import brokering, papers, section
from player.centre.link import Broker, Link, Papers
from player.centre.section import Centre
from player.centre.store import Store
from player.errors import OperatorError
from player.fleet.topics import CENTRE, client_id
from player.publish.disk import PRIVATE, PUBLIC, Disk, read
from player.units import Nanos

FOLDER_MODE: Final = 0o700
CA: Final = "ca.pem"
CA_KEY: Final = "ca-key.pem"
KEY: Final = "centre.key"
PUBLIC_KEY: Final = "centre.pub"
BROKER: Final = "broker.pem"
BROKER_KEY: Final = "broker-key.pem"
CLIENT: Final = "centre-client.pem"
CLIENT_KEY: Final = "centre-client-key.pem"
CRL: Final = "crl.pem"
BUNDLES: Final = "bundles"


@dataclass(frozen=True, slots=True)
class Office:
    """A centre's folder, and what `centre.yaml` in it says."""

    folder: Path
    centre: Centre

    @property
    def papers(self) -> Papers:
        """By what the broker knows the centre."""
        return Papers(self.folder / CA, self.folder / CLIENT, self.folder / CLIENT_KEY)

    def link(self, name: str, *, topics: tuple[str, ...] = (), keeps_session: bool = False) -> Link:
        """Return a connection to the broker, not yet open, as the client *name*.

        Raises:
            OperatorError: the centre's key cannot be read.
        """
        known_as = client_id(name, read(self.folder / CLIENT_KEY))
        return Link(self.centre.broker, self.papers, name=known_as, topics=topics, keeps_session=keeps_session)

    def signing_key(self) -> Ed25519PrivateKey:
        """Return the key by which the centre signs what it says to players.

        Raises:
            OperatorError: it cannot be read.
        """
        return papers.opened_key(read(self.folder / KEY))

    def authority(self) -> papers.Authority:
        """Return who signs certificates.

        Raises:
            OperatorError: its files cannot be read.
        """
        return papers.opened(read(self.folder / CA), read(self.folder / CA_KEY))


def found(folder: Path, broker: Broker, now: Nanos, *, name: str, players: int) -> Office:
    """Make a centre in *folder* and return it.

    Raises:
        OperatorError: something lies there already, or it cannot be written.
    """
    _refuse_taken(folder)
    centre = Centre(name=name, broker=broker, players=players)
    ca = papers.authority(name, now)
    by = papers.opened(ca.certificate, ca.key)
    server, client = papers.broker_paper(by, broker.host, now), papers.client_paper(by, CENTRE, now)
    private, public = papers.signing_key()
    disk = Disk()
    _make(folder)
    for file, content in (
        (CA, ca.certificate),
        (CA_KEY, ca.key),
        (BROKER, server.certificate),
        (BROKER_KEY, server.key),
        (CLIENT, client.certificate),
        (CLIENT_KEY, client.key),
        (KEY, private),
        (PUBLIC_KEY, public),
        (CRL, papers.revocations(by, ())),
    ):
        disk.write(folder / file, content, mode=PRIVATE)
    for below in ("mosquitto", BUNDLES):
        _make(folder / below)
    tell_broker(folder, centre, ())
    Store(folder).close()
    # Last: a folder without it is no centre, and what a power cut left can be removed.
    disk.write(folder / section.FILE, section.written(centre).encode(), mode=PRIVATE)
    return Office(folder, centre)


def opened(folder: Path) -> Office:
    """Return the centre in *folder*.

    Raises:
        OperatorError: there is none, or every problem of its file.
    """
    return Office(folder, section.load(folder))


def tell_broker(folder: Path, centre: Centre, revoked: Iterable[str]) -> None:
    """Write the broker's files anew; they count once they are installed.

    Raises:
        OperatorError: they cannot be written.
    """
    disk, where = Disk(), folder / "mosquitto"
    disk.write(where / brokering.CONF, brokering.configuration(centre).encode(), mode=PUBLIC)
    disk.write(where / brokering.ACL, brokering.access(revoked).encode(), mode=PRIVATE)
    disk.write(where / brokering.LIMITS, brokering.limits(centre).encode(), mode=PUBLIC)


def _refuse_taken(folder: Path) -> None:
    try:
        is_centre, is_empty = (folder / section.FILE).exists(), not folder.exists() or not any(folder.iterdir())
    except OSError as error:
        raise OperatorError(f"{folder} cannot be used: {error.strerror}") from error
    if is_centre:
        raise OperatorError(
            f"{folder} has a centre already; it is not made twice: its keys would be lost, and all players with them"
        )
    if not is_empty:
        raise OperatorError(f"{folder} is not empty: choose a folder that is new, or remove what an attempt has left there")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if folder.stat().st_uid == os.geteuid():
            folder.chmod(FOLDER_MODE)
    except OSError as error:
        raise OperatorError(f"{folder} could not be made: {error.strerror}") from error
