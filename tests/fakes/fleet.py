"""A centre's file with players in it, as if a collector had heard them; and a voice that reaches them without a broker."""

from __future__ import annotations

import json
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from player.centre.addressees import members
from player.centre.link import Arrived, Message
from player.centre.listening import Listening
from player.centre.signing import Signer
from player.centre.standing import Rank
from player.centre.store import FINE, Store, searched
from player.clock import Clock
from player.console.fleet.voice import Voice
from player.errors import NetworkError
from player.fleet import topics
from player.fleet.guard import Answer
from player.fleet.happenings import Answered
from player.fleet.topics import Kind
from player.fleet.voices import Stamp, payload
from player.units import SECOND, Nanos

SITES: Final = ("Oświęcim", "Kraków", "ירושלים", "Haifa <b>", "Warszawa")
GROUPS: Final = ("memorial", "schools", "museum")
REPORT: Final[dict[str, Any]] = {
    "site": "Oświęcim",
    "groups": ["memorial"],
    "show": "evening",
    "slot": "nights",
    "slide": "pair",
    "rung": "live",
    "dark": False,
    "dim": 100,
    "programme": {"group": "memorial", "version": "2027-01-27.3", "hash8": "1a2b3c4d"},
    "next": None,
    "feeds": {"campaign": {"standing": "live", "lease_s": 80_000, "sequence": 12}},
    "clock": {"state": "synced", "off_us": 1200, "error_us": 300},
    "frames": {"median_ms": 4.0, "p99_ms": 9.0, "late": 2},
    "disk_mb": 12_000,
    "temp_c": 51,
    "errors": [],
    "version": "0.1.0",
}
_PLAYER: Final = (
    "INSERT INTO players(id, grp, site, enrolled_at, serial, state, boot, session, version, last_seen, report, report_at,"
    " doubles, rank, trouble, search) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)


def jpeg(number: int = 0) -> bytes:
    """Return a picture of a wall, small enough for a message."""
    image = np.zeros((54, 96, 3), np.uint8)
    image[:, :, :] = [(20 + 37 * number) % 120, (30 + 53 * number) % 120, (40 + 71 * number) % 120]
    cv2.circle(image, (48, 27), 18, (210, 200, 190), -1)
    return cv2.imencode(".jpg", image)[1].tobytes()


class Rolls:
    """A centre's file, written by hand."""

    def __init__(self, folder: Path, now: Nanos) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.now = now
        self.store = Store(folder)

    def add(self, name: str, *, state: str = "online", rank: int = FINE, trouble: str = "", **more: Any) -> None:
        """Add a player that said something lately, unless it was never heard."""
        self.add_all([self.row(name, state=state, rank=rank, trouble=trouble, **more)])

    def row(self, name: str, *, state: str = "online", rank: int = FINE, trouble: str = "", **more: Any) -> tuple[object, ...]:
        """Return a player as the file has it."""
        site, group = more.pop("site", SITES[0]), more.pop("group", GROUPS[0])
        enrolled, doubles, seen = more.pop("enrolled_at", self.now - 10**15), more.pop("doubles", 0), more.pop("seen", self.now)
        report = json.dumps(REPORT | {"site": site} | more, ensure_ascii=False) if state else ""
        return (
            name,
            group,
            site,
            enrolled,
            "1f2e3d",
            state,
            3 if state else 0,
            "0123abcd" if state else "",
            "0.1.0" if state else "",
            seen if state else None,
            report,
            seen if state else None,
            doubles,
            rank,
            trouble,
            searched(name, site, group),
        )

    def add_all(self, rows: Iterable[tuple[object, ...]]) -> None:
        """Add players."""
        with self.store.changing() as connection:
            connection.executemany(_PLAYER, list(rows))

    def picture(self, name: str, at: Nanos | None = None, *, content: bytes | None = None) -> None:
        """Let a player have sent a picture."""
        with self.store.changing() as connection:
            given = (name, jpeg() if content is None else content, self.now if at is None else at)
            connection.execute("INSERT OR REPLACE INTO pictures VALUES(?,?,?)", given)

    def withdraw(self, number: int, at: Nanos | None = None, *, item: str = "photo-1", reason: str = "the author asks") -> None:
        """Let something have been withdrawn; what is kept of pictures stays, as if a player had sent it since."""
        with self.store.changing() as connection:
            given = (number, "campaign", item, reason, self.now if at is None else at, "Ada")
            connection.execute("INSERT INTO withdrawals VALUES(?,?,?,?,?,?)", given)

    def receipt(self, number: int, name: str, off: Nanos | None = None, *, gone: Nanos | None = None, here: bool = True) -> None:
        """Let a player have confirmed a withdrawal, or known it."""
        with self.store.changing() as connection:
            given = (number, name, self.now, off, gone, 0, here)
            connection.execute("INSERT OR REPLACE INTO receipts VALUES(?,?,?,?,?,?,?)", given)

    def event(self, name: str, kind: str, what: str) -> None:
        """Let something have happened at a player."""
        with self.store.changing() as connection:
            connection.execute("INSERT INTO events(id, at, kind, what) VALUES(?,?,?,?)", (name, self.now, kind, what))

    def outage(self, name: str, began: Nanos, ended: Nanos | None) -> None:
        """Let nobody have heard a player for a while."""
        with self.store.changing() as connection:
            connection.execute("INSERT INTO outages VALUES(?,?,?)", (name, began, ended))

    def fill(self, count: int, *, pictures: Sequence[bytes] = ()) -> None:
        """Add so many players as a fleet has: most are well, some are not; each has one of the *pictures*, if it was heard."""
        self.add_all(_row(self, number) for number in range(count))
        drawn = pictures or (jpeg(3),)
        with self.store.changing() as connection:
            for number, content in enumerate(drawn):
                connection.execute(
                    "INSERT OR IGNORE INTO pictures SELECT id, ?, ? FROM players WHERE state<>'' AND rowid%?=?",
                    (content, self.now, len(drawn), number),
                )

    def close(self) -> None:
        """Close the file."""
        self.store.close()


def _row(rolls: Rolls, number: int) -> tuple[object, ...]:
    site, group = SITES[number % len(SITES)], GROUPS[number % len(GROUPS)]
    name = f"{group}-{number:05}"
    if number % 97 == 5:
        seen = rolls.now - (number % 50) * 600 * SECOND
        return rolls.row(name, state="offline", rank=Rank.OFFLINE, trouble="offline", seen=seen, site=site, group=group)
    if number % 151 == 7:
        why = "campaign: lease expired"
        feeds = {"campaign": {"standing": "lease expired", "lease_s": -5, "sequence": 9}}
        return rolls.row(name, rank=Rank.LEASE, trouble=why, feeds=feeds, site=site, group=group)
    if number % 211 == 9:
        return rolls.row(name, state="", rank=Rank.NEVER, trouble="never heard of", site=site, group=group)
    return rolls.row(
        name, dark=number % 40 == 3, clock={"state": "synced", "off_us": number % 3000 - 1500}, site=site, group=group
    )


class Air:
    """What players hear and answer, in one process; it is the line to the broker, too."""

    def __init__(self, *, is_deaf: bool = False) -> None:
        self.said: list[Message] = []
        self.answers: dict[str, tuple[bool, str]] = {}
        """What players say to each order, by player; others are silent."""
        self.is_deaf = is_deaf
        """Whether there is no broker."""
        self._arrived: list[Arrived] = []
        self._count = 0

    def publish_all(self, messages: Iterable[Message], *, patience_s: float = 0) -> None:
        """Take *messages*, and answer those that are orders."""
        del patience_s
        for message in messages:
            self.said.append(message)
            topic = topics.parse(message.topic)
            if topic is None or topic.kind is not Kind.COMMAND or topic.player not in self.answers:
                continue
            number = int((message.correlation or b"0").decode("ascii"))
            self._count += 1
            is_done, text = self.answers[topic.player]
            said = payload(Answered(Answer(number, is_done, text)), Stamp("0123abcd", self._count, 1))
            self._arrived.append(Arrived(topics.of_player(topic.player, Kind.EVENT), said, is_retained=False))

    def take(self, most: int, patience_s: float) -> list[Arrived]:
        """Return what has come."""
        del patience_s
        taken, self._arrived = self._arrived[:most], self._arrived[most:]
        return taken

    def settle(self, taken: Iterable[Arrived]) -> None:
        """Keep nothing."""

    @contextmanager
    def voice(self, folder: Path, clock: Clock, stopped: threading.Event) -> Generator[Voice]:
        """Give the block a voice."""
        if self.is_deaf:
            raise NetworkError("the broker at localhost:8883 does not answer: is mosquitto running?")
        with Store(folder) as store:
            everybody = members(store)
            signer = Signer(Ed25519PrivateKey.generate(), store, clock)
            yield Voice(signer, self, Listening(self, store, clock, stopped, everybody), everybody)
