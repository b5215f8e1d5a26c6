"""Random histories of a signed feed and of everything around it, with an oracle of its own before every frame.

People publish, approve, edit, withdraw, reinstate, remove, halt and change their keys; the network is cut, serves old copies and
other bytes; clocks jump by years; processes are killed and files are lost. The player under test is the real one, from the bytes
of the feed to the scene on the wall; only pictures, pixels and the passing of time are cheap.
"""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import contextlib
import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from player.feed.signed.layout import APPROVED, ROOT, SNAPSHOT, TARGETS, TIMESTAMP, WITHDRAWN, photo_path
from player.ingest import housekeeping
from player.ingest.withdrawal import complete
from player.library.leftovers import SIGNED
from player.library.library import open_library
from player.screen.crew import Handover
from player.units import SECOND, Nanos
from tests.fakes.pens import MACHINE, pen_of
from tests.fakes.repository import REVIEWERS
from tests.fakes.signed_show import SignedShowing

MOST: Final = 24  # photos listed at a time: enough for a mosaic, and few enough that each is often up
TICK: Final[Nanos] = 300 * SECOND  # between two signatures of the time
HOUR: Final[Nanos] = 3600 * SECOND
YEAR: Final[Nanos] = 365 * 86_400 * SECOND


class History(SignedShowing):
    """A show of a signed feed, and the hand of chance over all of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.deeds: Counter[str] = Counter()
        self._steps: Nanos = 0
        self._next_tick: Nanos = 0
        super().__init__(folder)
        for _ in range(MOST // 2):
            self.approve_new()
        self.note()

    # Chance.

    def live(self, flips: int, stride: Callable[[], Nanos]) -> None:
        """Let that many flips pass, with things happening between them."""
        end = self.flips + flips
        while self.flips < end:
            if self.chance.random() < 0.02:
                self.happen()
            if self.stepped.monotonic() >= self._next_poll:
                self._next_poll = self.stepped.monotonic() + self.chance.choice((5, 30, 60)) * SECOND
                self.poll()
                complete(self.ingest, self.stepped)
                housekeeping.expire(self.ingest, self.stepped.wall())
            length = stride()
            self.repository.advance(length)
            if self.repository.now >= self._next_tick:
                self._next_tick = self.repository.now + TICK
                self.repository.tick()
                self.note()
            self.frame(length)

    def play_on(self, length: Nanos, *, stride: Nanos = SECOND) -> None:
        """Let *length* pass and nothing happen."""
        end = self.stepped.monotonic() + length
        while self.stepped.monotonic() < end:
            self.repository.advance(stride)
            self.frame(stride)

    def happen(self) -> None:
        """Let one thing happen."""
        deeds: dict[Callable[[], None], int] = {
            self.approve_new: 14,
            self.edit: 3,
            self.take_down: 6,
            self.reinstate: 2,
            self.remove: 3,
            self.renew: 2,
            self.keep_core: 1,
            self.halt: 1,
            self.resume: 8,
            self.rotate: 1,
            self.replay: 2,
            self.serve_newest: 8,
            self.cut: 1,
            self.mend: 6,
            self.swap: 1,
            self.unswap: 4,
            self.step_clock: 1,
            self.put_clock_right: 6,
            self.kill_screen: 2,
            self.kill_ingest: 2,
            self.lose_cache: 1,
            self.lose_library: 1,
        }
        deed = self.chance.choices(list(deeds), list(deeds.values()))[0]
        self.deeds[deed.__name__] += 1
        deed()
        self.note()

    def approve_new(self) -> None:
        """Two people approve something new, perhaps for a while only."""
        if len(self.listed()) < MOST:
            until = self.chance.choice((None, None, 90, 900))
            ends = {} if until is None else {"valid_until": self.repository.date(self.repository.now + until * SECOND)}
            name = f"{self.chance.choice('pl')}{self.chance.randrange(200)}"
            self.repository.approve(name, f"{name} {self.chance.randrange(3)}".encode(), **ends)

    def edit(self) -> None:
        """Two people approve other bytes of the same thing."""
        for name in self._some():
            self.repository.approve(name, f"{name} edited {self.chance.random()}".encode())

    def take_down(self) -> None:
        """One person withdraws: what is up, as a rule."""
        up = sorted(self.up & self.listed())
        for name in [self.chance.choice(up)] if up and self.chance.random() < 0.7 else self._some():
            sha256 = self.truth().approved[name].sha256 if self.chance.random() < 0.5 else ""
            self.repository.withdraw(name, **({"sha256": sha256} if sha256 else {}))

    def reinstate(self) -> None:
        """Two officers take a withdrawal back."""
        back = {(each["id"], each["withdrawn_at"]) for each in self.repository.reinstated}
        gone = [each["id"] for each in self.repository.withdrawn if (each["id"], each["at"]) not in back]
        if gone:
            self.repository.reinstate(self.chance.choice(gone))

    def remove(self) -> None:
        """Something is not listed any more."""
        for name in self._some():
            self.repository.remove(name)

    def renew(self) -> None:
        """Everything is signed anew before it ends."""
        for role in (WITHDRAWN, APPROVED, TARGETS):
            self.repository.sign(role)

    def keep_core(self) -> None:
        """The core set is chosen."""
        names = self._some(3)
        pictures = {name: self._picture(name) for name in names}
        self.repository.keep_offline(*names, pictures=pictures)

    def halt(self) -> None:
        """One person halts the show."""
        self.repository.halt()

    def resume(self) -> None:
        """And lets it go on."""
        if self.repository.list_fields["halt"]:
            self.repository.halt(halts=False)

    def rotate(self) -> None:
        """Keys change hands."""
        number = self.chance.randrange(2, 1_000_000)
        role = self.chance.choice((APPROVED, WITHDRAWN, TIMESTAMP, SNAPSHOT, ROOT))
        people = REVIEWERS if role in {APPROVED, WITHDRAWN} else ("Ada", "Ben", "Cleo") if role == ROOT else (MACHINE,)
        self.repository.rotate(role, [pen_of(name, number) for name in people])

    def replay(self) -> None:
        """The server serves an old copy from now on."""
        old = self.chance.choice(list(self.truths.values()))
        files = self.copies.get(old.number)
        if files is not None:
            self.serving, self.repository.served = old, files

    def serve_newest(self) -> None:
        """The server serves what there is."""
        self.serving, self.repository.served = None, None

    def cut(self) -> None:
        """The network is cut."""
        self.is_cut = True

    def mend(self) -> None:
        """The network is there again."""
        self.is_cut = False

    def swap(self) -> None:
        """The server gives other bytes for a photo."""
        for name in self._some():
            self.repository.instead[photo_path(self.truth().approved[name].sha256)] = b"something hateful"

    def unswap(self) -> None:
        """And then the right ones again."""
        self.repository.instead.clear()

    def step_clock(self) -> None:
        """The machine's clock jumps: by seconds, hours, or years."""
        off = self.chance.choice((-60 * SECOND, 60 * SECOND, -2 * HOUR, 2 * HOUR, -10 * YEAR, 10 * YEAR))
        self.stepped.step(off)
        self._steps += off

    def put_clock_right(self) -> None:
        """And is put right."""
        self.stepped.step(-self._steps)
        self._steps = 0

    def kill_screen(self) -> None:
        """The screen process dies and comes back."""
        self.restart(in_order=self.chance.random() < 0.5)

    def kill_ingest(self) -> None:
        """The ingest process dies and comes back."""
        self.ingest.close()
        self.ingest = open_library(self.folder, writer="ingest")
        self.declare()

    def lose_cache(self) -> None:
        """What was only a cache is gone."""
        shutil.rmtree(self.folder / SIGNED, ignore_errors=True)

    def lose_library(self) -> None:
        """The library is damaged and set aside; the orders stay."""
        self._end(in_order=False)
        self.ingest.close()
        path = self.folder / "library.sqlite"
        for file in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            with contextlib.suppress(FileNotFoundError):
                file.unlink()
        self.ingest = open_library(self.folder, writer="ingest")
        self.declare()
        self._open_screen()
        self._begin(Handover())

    # Of what there is.

    def _picture(self, name: str) -> bytes:
        return self.repository.files[photo_path(self.truth().approved[name].sha256)]

    def _some(self, most: int = 1) -> list[str]:
        names = sorted(self.listed())
        return self.chance.sample(names, min(most, len(names)))
