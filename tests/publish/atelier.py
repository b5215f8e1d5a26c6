"""A studio with three people, a clock moved by hand, and a player that verifies what is published: what these tests stand on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig  # pyright: ignore[reportPrivateImportUsage]  tuf's own door

from player.feed.item import Status
from player.feed.local import LocalFetcher
from player.feed.signed.feed import Held, Marks, SignedFeed
from player.feed.signed.layout import APPROVED, INDEX, LIST
from player.publish import approving, instants, ruling, settling, withdrawing
from player.publish.desk import Desk, sit_down
from player.publish.disk import Disk
from player.publish.documents import Facts
from player.publish.drafts import Draft
from player.publish.founding import Person, found
from player.publish.keys import read_public
from player.publish.owing import Debt, owed
from player.publish.signer import Signing, sign_once
from player.publish.studio import Studio, open_studio
from tests.fakes.clock import FakeClock

STRETCH = 4  # of passphrases: a millisecond instead of half a second
SECRET = "a passphrase"  # noqa: S105  everybody's, in tests
PEOPLE = ("anna", "ben", "cara")


class PowerCut(BaseException):
    """The machine has stopped between two changes."""


class QuickDisk(Disk):
    """Does not wait for the disk: a test does not outlive a power cut."""

    def sync(self, descriptor: int) -> None:
        """Do not wait."""


class DyingDisk(QuickDisk):
    """Works for some changes; then the machine stops."""

    def __init__(self, changes: int) -> None:
        self.left = changes

    def write(self, path: Path, data: bytes, *, mode: int = 0o644) -> None:
        """As a Disk, or half a file that nobody names."""
        if self.left <= 0:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(f".{path.name}.1.part").write_bytes(data[: len(data) // 2])
        self._live()
        super().write(path, data, mode=mode)

    def place(self, source: Path, path: Path) -> None:
        """As a Disk."""
        self._live()
        super().place(source, path)

    def remove(self, path: Path) -> None:
        """As a Disk; what is not there is no change."""
        if path.exists():
            self._live()
        super().remove(path)

    def move(self, path: Path, target: Path) -> None:
        """As a Disk."""
        self._live()
        super().move(path, target)

    def _live(self) -> None:
        if self.left <= 0:
            raise PowerCut
        self.left -= 1


class Atelier:
    """A studio and its people."""

    def __init__(self, folder: Path, people: Iterable[str] = PEOPLE) -> None:
        self.clock = FakeClock()
        self.folder = folder / "studio"
        self.studio: Studio = found(
            self.folder, [Person(name, SECRET) for name in people], self.clock, stretch=STRETCH, shelf=QuickDisk()
        )
        self.keys = {name: self.studio.keys / f"{name}.key" for name in people}
        self.root = self.studio.root_file.read_bytes()

    def on(self, disk: Disk) -> Studio:
        """Return the studio on another disk."""
        return open_studio(self.folder, disk)

    def add(self, *names: str) -> None:
        """Take photos in, without a decoder."""
        for name in names:
            picture = f"the picture of {name}".encode()
            self.studio.keep(facts(name, picture), picture)

    def wait(self, length: timedelta = timedelta(seconds=1)) -> None:
        """Let *length* pass."""
        self.clock.advance(round(length.total_seconds()) * 1_000_000_000)

    def desk(self, person: str) -> Desk:
        """Sit down as *person*."""
        return sit_down(self.studio, self.keys[person], SECRET, self.clock)

    def approve(self, person: str, *names: str) -> approving.Approved:
        """Approve as *person*."""
        return approving.approve(self.desk(person), names)

    def both_approve(self, *names: str) -> None:
        """Have two people approve the same."""
        self.approve("anna", *names)
        self.approve("ben", *names)

    def withdraw(self, person: str, *names: str) -> withdrawing.Withdrawn:
        """Withdraw as *person*."""
        return withdrawing.withdraw(self.desk(person), names, "author")

    def reinstate(self, *names: str) -> None:
        """Have two people take withdrawals back."""
        self.wait()
        ruling.reinstate(self.desk("anna"), names)
        ruling.reinstate(self.desk("ben"), names)

    def settle(self, person: str) -> tuple[Draft, ...]:
        """Have *person* sign all that they owe."""
        desk = self.desk(person)
        return settling.settle(desk, settling.duties(desk))

    def sign(self) -> Signing:
        """Run the signer once, a second later."""
        self.wait()
        return sign_once(self.studio, self.clock)

    def owed(self) -> tuple[Debt, ...]:
        """Return what people owe now."""
        now = self.studio.published()
        return owed(now, self.studio.pending.all(), self.studio.new_photos(now), instants.moment(self.clock.wall()))

    def has_bytes(self, name: str) -> bool:
        """Whether the web server still has the photo."""
        return (self.studio.public / "photos" / sha256(name)).exists()

    def key_of(self, person: str) -> Any:
        """Return the public key of *person*."""
        return read_public(self.keys[person].with_suffix(".pub").read_bytes(), where=person)


def facts(name: str, picture: bytes = b"") -> Facts:
    """Return the facts of a photo that was never taken."""
    return Facts(
        id=name,
        file=f"{name}.jpg",
        original_sha256=hashlib.sha256(name.encode()).hexdigest(),
        sha256=hashlib.sha256(picture).hexdigest(),
        size_in_bytes=len(picture),
        width=400,
        height=300,
        caption=f"Caption of {name}",
    )


def sha256(name: str) -> str:
    """Return the hash of the picture of a photo that was added here."""
    return hashlib.sha256(f"the picture of {name}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a player believes."""

    listed: frozenset[str]
    withdrawn: frozenset[str]
    halt: bool

    @property
    def shown(self) -> frozenset[str]:
        """What it would show."""
        return self.listed - self.withdrawn


class _Files(FetcherInterface):
    """Local files as tuf fetches them."""

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = Path(url)
        if not path.exists():
            raise DownloadHTTPError(url, 404)
        yield path.read_bytes()


class Player:
    """A player as the standard has it, and ours: they must believe the same."""

    def __init__(self, atelier: Atelier, folder: Path) -> None:
        self._atelier = atelier
        self._folder = folder
        folder.mkdir()
        (folder / "targets").mkdir()
        public = atelier.studio.public
        self._ours = SignedFeed(str(public), root=atelier.root, cache=folder / "cache", fetcher=LocalFetcher(public))
        self._marks = Marks({})
        self._held: Held | None = None
        self._approved: frozenset[str] = frozenset()

    def look(self) -> Seen:
        """Poll, and return what holds now."""
        seen = self._by_the_standard()
        assert self._by_ours(seen) == seen.shown
        return seen

    def _by_ours(self, seen: Seen) -> frozenset[str]:
        now = self._atelier.clock.wall()
        refreshed = self._ours.refresh(marks=self._marks, now=now)
        listed = self._ours.listed(refreshed, self._held, now=now)
        self._marks, self._held = listed.marks, listed.held
        assert refreshed.halt is seen.halt
        if listed.snapshot is not None:
            assert not listed.snapshot.discarded
            new = {item.id for item in listed.snapshot.items if item.status is Status.APPROVED}
            self._approved = frozenset(new | self._approved.intersection(listed.snapshot.kept))
        back = {(each.item, each.withdrawn_at) for each in refreshed.reinstated}
        return self._approved - {each.item for each in refreshed.withdrawn if (each.item, each.at) not in back}

    def _by_the_standard(self) -> Seen:
        public = self._atelier.studio.public
        updater = Updater(
            str(self._folder),
            f"{public}/metadata/",
            str(self._folder / "targets"),
            f"{public}/targets/",
            _Files(),
            UpdaterConfig(),
            bootstrap=self._atelier.root,
        )
        updater._trusted_set.reference_time = instants.moment(self._atelier.clock.wall())  # pyright: ignore[reportPrivateUsage]  the one way to set the time
        updater.refresh()
        said = self._document(updater, LIST)
        policy = self._document(updater, "policy.json")
        index = self._document(updater, INDEX)
        pages = [self._document(updater, f"{APPROVED}/{name}") for name in index["_we_remember"]["pages"]]
        back = {(each["id"], each["withdrawn_at"]) for each in policy["reinstated"]}
        gone = {each["id"] for each in said["withdrawn"] if (each["id"], each["at"]) not in back}
        return Seen(frozenset(item["id"] for page in pages for item in page["items"]), frozenset(gone), said["halt"])

    def _document(self, updater: Updater, path: str) -> Any:
        info = updater.get_targetinfo(path)
        assert info is not None, path
        return json.loads(Path(updater.download_target(info)).read_bytes())
