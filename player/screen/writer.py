"""The writer: the one thread of the screen that writes, so that no frame ever waits for a disk."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.command.replies import Reply, written
from player.errors import LibraryError
from player.library import cues, journal, photos, ranks, traces
from player.library.by_hand import Note, Obeyed
from player.library.canvas import note_wall
from player.library.cues import StoredCue
from player.library.heard import STATUS, dated
from player.library.leftovers import drop_previews
from player.library.library import Library, identities, open_library
from player.library.orders import Orders
from player.library.photo import Photo, Pick
from player.library.receipts import Receipt
from player.library.tombstones import Record
from player.render.protocol import Image
from player.schedule.agenda import utc
from player.screen.attended import Attended, Missed
from player.screen.attended import read as read_attended
from player.screen.attended import write as write_attended
from player.screen.backlog import Backlog, Work
from player.screen.curtain import Curtain, Up
from player.screen.handnotes import HandNotes
from player.screen.ledger import Ledger
from player.screen.plays import Plays
from player.screen.preview import reduced, write_previews, write_whole
from player.screen.shelving import Shelving
from player.screen.tap import Tap
from player.screen.withdrawing import Withdrawing
from player.units import MILLISECOND, SECOND, Digest, Nanos, Size

PREVIEW_EVERY: Final[Nanos] = SECOND
STATUS_EVERY: Final[Nanos] = SECOND
BY_HAND: Final = "by the operator"
MISSED: Final = "missed"
LAST_TRY: Final[Nanos] = 300 * MILLISECOND  # of each file, for one that others hold as the process ends

_log = log.get("screen")


class Writer:
    """Takes writes without waiting, does them in order, and keeps them while a file cannot be written.

    It lives as long as the process, over all its sessions: what the disk has not taken yet is not lost with one of them. Neither
    file waits for the other.
    """

    def __init__(self, folder: Path, *, ledger: Ledger, clock: Clock) -> None:
        self.folder = folder
        self.ledger = ledger
        self.withdrawing = Withdrawing()
        """What nobody may draw any more, though the orders do not say so yet."""
        self._clock = clock
        self._for_library = Backlog()
        self._for_orders = Backlog()
        self._plays = Plays()
        self._curtain = Curtain()
        self._up: Up | None = None
        """What was on the wall last."""
        self._shown: set[int] = set()
        """Ledger entries of what was shown and is not written."""
        self._rung = ""
        """Where photos came from last."""
        self._missed = 0
        """How many times something missed waits to be written."""
        self._attended: Attended | None = None
        self._kept: Attended | None = None
        self._hand = HandNotes(folder)
        self._preview: tuple[Image, Nanos] | None = None
        """With the time of day when it was up."""
        self._preview_due: Nanos = 0
        self._status: Mapping[str, object] | None = None
        self._status_due: Nanos = 0
        self._wake = threading.Event()
        self.shelving = Shelving(folder, clock, self._wake.set)
        """Shapes of outputs that are edited."""
        self.tap = Tap(folder)
        """Pictures for viewers elsewhere."""
        self._library: Library | None = None
        self._held: tuple[tuple[int, int], ...] | None = None
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="writer")
        self._refused = log.Edge(
            _log, begins="the library cannot be written; the show goes on", ends="the library is written again"
        )
        self._blind = log.Edge(_log, begins="the preview cannot be written", ends="the preview is written again")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is left, as far as the disk lets us within a second, and end."""
        self._ended = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def begin_session(self) -> None:
        """Count in the ledger only what was shown: whatever else a session before had chosen is nobody's any more."""
        self.ledger.keep(self._shown)

    @property
    def waiting(self) -> tuple[Work, ...]:
        """What no disk has taken yet."""
        return (*self._for_orders.waiting, *self._for_library.waiting)

    def store(self, cue: StoredCue) -> None:
        """Keep a cue that was decided."""
        self._put(Work(lambda library: cues.store(library.connection, cue)))

    def shown(self, picks: tuple[Pick, ...], *, entry: int, show: str, at: Nanos) -> None:
        """Count photos that were on screen in full at *at* (wall), and close their ledger entry."""

        def work(library: Library) -> None:
            plays = ranks.note_shown(library.connection, picks, show=show, at=at)
            self.ledger.close(entry)
            self._shown.discard(entry)
            self._plays.add(plays, show=show, at=at)

        if picks:
            self._shown.add(entry)
            self._put(Work(work, is_vital=True))
        else:
            self.ledger.close(entry)

    def wall(self, canvas: Size, tiles: int) -> None:
        """Write down how large the wall is, and how many tiles of a mosaic can be read on it."""
        self._put(Work(lambda library: note_wall(library, canvas, tiles)))

    def left(self, photo: str, reason: str, *, at: Nanos) -> None:
        """Write in the journal that a photo had to leave the screen."""
        self._order(lambda orders: orders.note("off screen", {"photo": photo, "why": reason}, at=at))

    def off_screen(self, done: Sequence[Receipt], *, at: Nanos) -> None:
        """Write the screen's half of the receipts for withdrawn photos."""
        self._order(lambda orders: orders.off_screen(done, at=at))

    def rung(self, rung: str, *, at: Nanos) -> bool:
        """Write in the journal where the photos come from, from now on; return whether that is news to this process."""
        if rung == self._rung:
            return False
        self._rung = rung
        self._order(lambda orders: orders.note("rung", {"rung": rung}, at=at))
        return True

    def up(self, up: Up | None, *, at: Nanos) -> None:
        """Write in the journal which show is on the wall, when that is another one; None: nobody knows, or a title page is."""
        if up is None or (self._up is not None and up.key == self._up.key):
            return
        self._up = up
        self._order(lambda orders: self._curtain.write(orders, up, at=at))

    def missed(self, shows: Sequence[Missed], *, at: Nanos) -> None:
        """Write in log and journal which shows were missed; none of them twice, whatever a restart made us forget."""

        def work(library: Library) -> None:
            orders = library.held_orders
            first = min(show.start for show in shows)
            lines = journal.lines(orders.connection, since=first, kind=MISSED) if orders else ()
            known = {(line.what.get("slot"), line.what.get("start")) for line in lines}
            for show in shows:
                if (show.slot, show.start) not in known:
                    if orders:
                        orders.note(MISSED, asdict(show), at=at)
                    _log.warning("a show was missed", slot=show.slot, show=show.show, start=utc(show.start), why=show.why)
            self._missed -= 1

        if shows:
            self._missed += 1
            self._for_orders.put(Work(work, is_vital=True))
            self._wake.set()

    def attended(self, attended: Attended) -> None:
        """Keep what the schedule remembers, whatever the library is at; see `_write_attended`."""
        self._attended = attended
        self._wake.set()

    def answer(self, command: int, reply: Reply, *, at: Nanos) -> None:
        """Answer a command."""
        self._order(lambda orders: orders.answer(command, str(reply), reply=written(reply), at=at), is_vital=True)

    def settle(self, note: Note, *, at: Nanos, obeyed: Obeyed | None) -> None:
        """Keep what holds by hand and how bright the wall is to be, and answer the command that made it so.

        While the orders do not take it, it is kept in a file of its own.
        """
        number = self._hand.take(note)

        def work(orders: Orders) -> None:
            orders.settle(note.state, light=note.light, at=at, obeyed=obeyed)
            self._hand.settled(number)

        self._order(work, is_vital=obeyed is not None)

    def withdraw(self, source: str, item: str, *, by: str, at: Nanos) -> None:
        """Record that a person withdrew *item*: from then on nobody may draw it. Ingest deletes its bytes within seconds."""

        def work(library: Library) -> None:
            if not library.held_orders:
                return
            rows = traces.traces(library.connection, source, [item]).get(item, [])
            digests = frozenset[str]().union(*(row.digests for row in rows))
            is_here = bool(rows or traces.made_of(library.connection, dict.fromkeys(digests, "")))
            record = Record(source=source, item=item, reason=BY_HAND, at=at, digests=digests, by=by, is_here=is_here)
            library.held_orders.withdraw_all([record], known_at=at)
            self.withdrawing.recorded(source, item)

        self.withdrawing.add(source, item)
        self._for_orders.put(Work(work, is_vital=True))
        self._wake.set()

    def take_away_demand(self, demand: int, *, is_dark: bool) -> None:
        """Take a demand for darkness away: at once where it is overruled, and once it is on record where it *is_dark* by it."""
        self._hand.take_away(demand, is_dark=is_dark)
        self._wake.set()

    def wants_status(self, now: Nanos) -> bool:
        """Whether a second has passed since the screen said how it is."""
        return now >= self._status_due

    def status(self, told: Mapping[str, object], now: Nanos) -> None:
        """Take what the screen says of itself, to be written as `status.json`."""
        self._status_due = now + STATUS_EVERY
        self._status = dated(told, now)
        self._wake.set()

    def remake(self, photo: Photo) -> None:
        """Let ingest make a photo's file again, if it is missing or damaged; one that only cannot be read now stays."""

        def work(library: Library) -> None:
            held = photos.photos(library.connection, [photo.key]).get(photo.key)
            if held and held.picture == photo.picture and any(_is_spoilt(library, d) for d in (held.picture, held.tile)):
                for digest in photos.forget_bytes(library.connection, [photo.key]):
                    library.files.delete(digest)

        self._put(Work(work))

    def wants_preview(self, now: Nanos) -> bool:
        """Whether a second has passed since the last preview."""
        return now >= self._preview_due

    def preview(self, image: Image, light: float, now: Nanos) -> None:
        """Take a copy of what is being presented, as bright as *light* says, to be written as `preview.jpg`, and small."""
        self._preview_due = now + PREVIEW_EVERY
        self._preview = reduced(image, light), self._clock.wall()
        self._wake.set()

    def _put(self, work: Work) -> None:
        self._for_library.put(work)
        self._wake.set()

    def _order(self, do: Callable[[Orders], None], *, is_vital: bool = False) -> None:
        """Write in the orders; where they are lost there is nobody to tell, and nothing else may wait for it."""
        self._for_orders.put(Work(lambda library: do(library.held_orders) if library.held_orders else None, is_vital))
        self._wake.set()

    def step(self) -> None:
        """Write everything that waits, as far as the disk lets us."""
        self._write_files()
        self._drain()
        self._write_files()

    def _run(self) -> None:
        while not self._ended:
            self._clock.wait(self._wake, SECOND)
            self._wake.clear()
            self.step()
        self.step()
        self._close()
        self.tap.close()

    def _close(self) -> None:
        if self._library:
            with contextlib.suppress(LibraryError):
                self._library.close()
        self._library = None

    def _drain(self) -> None:
        why = ""
        for backlog in (self._for_orders, self._for_library):
            backlog.take_in()
        try:
            library = self._opened()
            if self._ended:
                library.wait_no_longer_than(LAST_TRY)
            for backlog in (self._for_orders, self._for_library):
                try:
                    backlog.write(library, self._write_files)
                except LibraryError as error:
                    why = why or str(error)
            if not why:
                self._plays.write(library.held_orders, now=self._clock.wall(), is_last=self._ended)
        except LibraryError as error:
            why = str(error)
        self._refused.note("library", holds=bool(why), **({"why": why} if why else {}))
        if why:
            self._close()

    def _opened(self) -> Library:
        """Return the library, opened anew when the files in the folder are other ones than we hold."""
        if identities(self.folder) != self._held:
            self._close()
        if self._library is None:
            self._library = open_library(self.folder, writer="screen")
            self._held = identities(self.folder)
        return self._library

    def _write_files(self) -> None:
        """Write what is in files of its own: none of it waits for the library."""
        self._hand.write()
        self.tap.step(self._clock.monotonic())
        self.shelving.step(is_last=self._ended)
        self._write_preview()
        self._write_status()
        self._write_attended()

    def _write_attended(self) -> None:
        """Keep what the schedule remembers; but what was missed and waits to be written is not settled: it is found again."""
        attended = self._attended
        if attended is None:
            return
        is_settled = not self._missed
        kept = attended if is_settled else replace(attended, until=read_attended(self.folder).until)
        with contextlib.suppress(OSError):  # the next one is kept in a minute; until then it remembers less
            if kept != self._kept:
                write_attended(self.folder, kept)
                self._kept = kept

    def _write_preview(self) -> None:
        preview, self._preview = self._preview, None
        if preview is None:
            return
        try:
            write_previews(self.folder, *preview)
        except OSError as error:
            with contextlib.suppress(LibraryError):  # the old one may show what has been withdrawn since
                drop_previews(self.folder)
            self._blind.note("preview", holds=True, why=error.strerror)
        else:
            self._blind.note("preview", holds=False)

    def _write_status(self) -> None:
        told, self._status = self._status, None
        if told is not None:
            with contextlib.suppress(OSError):  # who asks sees how old it is; the preview says that it cannot be written
                write_whole(self.folder / STATUS, json.dumps(told).encode())


def _is_spoilt(library: Library, digest: Digest) -> bool:
    """Whether the file called *digest* is gone or is not what its name says, for good."""
    try:
        library.files.read(digest)
    except LibraryError as error:
        return not isinstance(error.__cause__, OSError) or isinstance(error.__cause__, FileNotFoundError)
    return False
