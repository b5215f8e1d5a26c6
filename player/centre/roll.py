"""The rows of players, as the collector changes them: many in one transaction, each judged once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from player import log
from player.centre.recollecting import SHOWN
from player.centre.standing import DOUBLED_FOR, OFFLINE, ONLINE, Known, judged, said_at
from player.centre.store import Store, searched
from player.fleet.happenings import Gap, Shown
from player.fleet.picture import size_of
from player.fleet.topics import Kind
from player.fleet.voices import Picture, Report, Showings, Stamp, Status, heard, payload
from player.fleet.wire import WireError
from player.library.database import parts
from player.units import SECOND, Nanos

if TYPE_CHECKING:
    from player.centre.collecting import Said

MAX_EVENTS: Final = 500_000  # rows; a month of ten thousand players, 100 MB
MAX_OUTAGES: Final = 500_000  # rows
MAX_EVENTS_EACH: Final = 5_000  # of one player: a show every ten minutes for a month
MAX_OUTAGES_EACH: Final = 2_000
ALONE: Final[Nanos] = 960 * SECOND  # after the last turn: one that is thrown out again and again waits for 15 min at most
DOUBLED: Final = "doubled/"
"""In the notes, for each player: when two with its id were first heard to take turns, the last time that they were."""
AWAY: Final = "away/"
"""In the notes, for each player that was lost: its session, and the number of the last report from before."""
WILL_DELAY: Final[Nanos] = 60 * SECOND  # a broker says "offline" that long after it lost a player
_TWICE_WITHIN: Final[Nanos] = 8 * 86_400 * SECOND  # the broker keeps for seven days what was not acknowledged
_DAY: Final[Nanos] = 86_400 * SECOND
UNWRITABLE: Final = (OverflowError, ValueError)
"""What comes of a number that no row can hold, should one get as far as the file."""
_ROW: Final = (
    "id, site, grp, revoked_at, state, boot, session, session_before, version, last_seen, report, report_at, doubles, doubled_at"
)
_REMEMBERED: Final[Nanos] = 60 * 86_400 * SECOND  # a player that comes back later than that has been told by the feed
# One that may show what is withdrawn is not kept: whoever took it has not said yet that it is off the wall, or took it before.
_PICTURE: Final = (
    "INSERT INTO pictures SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM withdrawals WHERE at>? AND NOT EXISTS"
    " (SELECT 1 FROM receipts WHERE receipts.w=withdrawals.w AND receipts.id=? AND receipts.off_at<?))"
    " ON CONFLICT(id) DO UPDATE SET jpeg=excluded.jpeg, taken_at=excluded.taken_at"
)

_log = log.get("centre")


@dataclass(slots=True)
class _Row:
    """A player's row while a batch is taken in."""

    id: str
    site: str
    group: str
    revoked_at: Nanos | None
    state: str
    boot: int
    session: str
    session_before: str
    version: str
    last_seen: Nanos | None
    report: str
    report_at: Nanos | None
    doubles: int
    doubled_at: Nanos | None

    def judged(self, now: Nanos) -> tuple[object, ...]:
        """Return the derived columns."""
        found = parsed(self.report)
        report, stamp = found or (None, None)
        verdict = judged(
            Known(
                state=self.state,
                revoked_at=self.revoked_at,
                group=self.group,
                doubled_at=self.doubled_at,
                last_seen=self.last_seen,
                report=report,
                report_at=self.report_at,
                said_at=said_at(stamp.ts) if stamp else None,
            ),
            now,
        )
        return verdict.rank, verdict.trouble, verdict.until

    def is_of(self, stamp: Stamp, now: Nanos) -> bool:
        """Take note of which life of its process spoke, and return whether two are first heard to take turns.

        One that comes back after another has spoken is a second player, until one alone has been heard for some minutes.
        """
        is_doubled = self.doubled_at is not None and now < self.doubled_at + DOUBLED_FOR
        if stamp.session == self.session:
            if self.doubled_at is not None and now >= self.doubled_at + ALONE:
                self.doubled_at = None
            return False
        is_turn = stamp.session == self.session_before
        if is_turn:
            self.doubles += 1
            self.doubled_at = now
        self.session_before, self.session = self.session, stamp.session
        return is_turn and not is_doubled

    def knows_newer(self, stamp: Stamp) -> bool:
        """Whether the report that is kept is newer than an old one with this *stamp*: a broker that crashed forgets minutes."""
        found = parsed(self.report)
        if found is None:
            return False
        kept = found[1]
        if stamp.session == kept.session:
            return stamp.seq <= kept.seq
        if self.session in {stamp.session, kept.session} and self.session_before in {stamp.session, kept.session}:
            return self.session == kept.session
        return stamp.ts <= kept.ts


class Roll:
    """All players."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, names: Iterable[str]) -> set[str]:
        """Return those of *names* that are, or were, enrolled."""
        found = set[str]()
        with self._store.reading() as connection:
            for some, marks in parts(names):
                rows = connection.execute(f"SELECT id FROM players WHERE id IN ({marks})", some)
                found.update(name for (name,) in rows)
        return found

    def write(self, said: Sequence[Said], now: Nanos) -> None:
        """Write down what known players *said*, as one transaction.

        Raises:
            LibraryError: it could not be written; nothing of it was.
        """
        if not said:
            return
        with self._store.changing() as connection:
            rows = _rows(connection, {each.player for each in said})
            for each in said:
                _take(connection, rows[each.player], each, now)
            _write(connection, rows.values(), now)

    def look_again(self, now: Nanos, most: int) -> None:
        """Judge again those whose last words hold no longer *now*, at most *most* of them."""
        with self._store.reading() as connection:
            due = connection.execute("SELECT id FROM players WHERE look_at<=? LIMIT ?", (now, most)).fetchall()
        names = {name for (name,) in due}
        try:
            self._look_at(names, now)
        except UNWRITABLE:
            for name in names:
                self._look_at_one(name, now)

    def _look_at(self, names: set[str], now: Nanos) -> None:
        if names:
            with self._store.changing() as connection:
                _write(connection, _rows(connection, names).values(), now)

    def _look_at_one(self, name: str, now: Nanos) -> None:
        """Judge one player again; what it reported is forgotten if no verdict on it can be written down."""
        try:
            self._look_at({name}, now)
        except UNWRITABLE as error:
            _log.warning("what a player reported cannot be kept, and is forgotten", id=name, why=error)
            with self._store.changing() as connection:
                connection.execute("UPDATE players SET report='', report_at=NULL, look_at=NULL WHERE id=?", (name,))

    def judge(self, name: str, now: Nanos) -> None:
        """Judge the player *name* again: it was enrolled or revoked."""
        with self._store.changing() as connection:
            _write(connection, _rows(connection, {name}).values(), now)

    def bound(self) -> None:
        """Forget the oldest of what grows."""
        with self._store.changing() as connection:
            _bound_each(connection)
            connection.execute("DELETE FROM events WHERE n<=(SELECT max(n) FROM events)-?", (MAX_EVENTS,))
            connection.execute(
                "DELETE FROM outages WHERE ended IS NOT NULL"
                " AND began<(SELECT began FROM outages ORDER BY began DESC LIMIT 1 OFFSET ?)",
                (MAX_OUTAGES,),
            )


def _bound_each(connection: sqlite3.Connection) -> None:
    """Forget the oldest of those players that have more than theirs: none takes the room of all others."""
    for (name,) in connection.execute("SELECT id FROM events GROUP BY id HAVING count(*)>?", (MAX_EVENTS_EACH,)).fetchall():
        connection.execute(
            "DELETE FROM events WHERE id=? AND n<=(SELECT n FROM events WHERE id=? ORDER BY n DESC LIMIT 1 OFFSET ?)",
            (name, name, MAX_EVENTS_EACH),
        )
    for (name,) in connection.execute("SELECT id FROM outages GROUP BY id HAVING count(*)>?", (MAX_OUTAGES_EACH,)).fetchall():
        connection.execute(
            "DELETE FROM outages WHERE id=? AND ended IS NOT NULL"
            " AND began<=(SELECT began FROM outages WHERE id=? ORDER BY began DESC LIMIT 1 OFFSET ?)",
            (name, name, MAX_OUTAGES_EACH),
        )


def parsed(report: str) -> tuple[Report, Stamp] | None:
    """Return a report as it is stored; None: there is none, or an older version wrote it."""
    if not report:
        return None
    try:
        found = heard(Kind.REPORT, report.encode())
    except WireError:
        return None
    return (found.voice, found.stamp) if isinstance(found.voice, Report) else None


def _rows(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, _Row]:
    found = dict[str, _Row]()
    for some, marks in parts(names):
        for row in connection.execute(f"SELECT {_ROW} FROM players WHERE id IN ({marks})", some):
            found[row[0]] = _Row(*row)
    return found


def _write(connection: sqlite3.Connection, rows: Iterable[_Row], now: Nanos) -> None:
    connection.executemany(
        "UPDATE players SET site=?, state=?, boot=?, session=?, session_before=?, version=?, last_seen=?, report=?, report_at=?,"
        " doubles=?, doubled_at=?, search=?, rank=?, trouble=?, look_at=? WHERE id=?",
        [
            (
                row.site,
                row.state,
                row.boot,
                row.session,
                row.session_before,
                row.version,
                row.last_seen,
                row.report,
                row.report_at,
                row.doubles,
                row.doubled_at,
                searched(row.id, row.site, row.group),
                *row.judged(now),
                row.id,
            )
            for row in rows
        ],
    )


def _take(connection: sqlite3.Connection, row: _Row, said: Said, now: Nanos) -> None:
    stamp, voice = said.heard.stamp, said.heard.voice
    made_at = min(now, said_at(stamp.ts)) if said.is_old else now  # of an old word nobody knows when it came
    if said.is_old and isinstance(voice, Report) and row.knows_newer(stamp):
        return
    if not isinstance(voice, Status) or voice.is_online:
        _see(connection, row, said, made_at)
    match voice:
        case Status():
            _take_status(connection, row, voice, said, now)
        case Report():
            row.report, row.report_at = payload(voice, stamp).decode(), made_at
            row.version = voice.version or row.version
            row.site = row.site or voice.site
            if voice.shown is not None and row.revoked_at is None:
                _count(connection, row.id, voice.shown, now)
        # A browser makes room for the size that a picture has itself.
        case Picture() if row.revoked_at is None and size_of(voice.jpeg) == (voice.width, voice.height):
            taken_at = min(said_at(voice.taken_at), now)
            connection.execute(_PICTURE, (row.id, voice.jpeg, taken_at, now - _REMEMBERED, row.id, taken_at))
        case Shown() | Gap():
            what = json.dumps(voice.body(), sort_keys=True)
            connection.execute(
                "INSERT INTO events(id, at, kind, what) SELECT ?, ?, ?, ? WHERE NOT EXISTS"
                " (SELECT 1 FROM events WHERE id=? AND kind=? AND what=? AND at>?)",  # the broker may say a thing twice
                (row.id, now, voice.body()["kind"], what, row.id, voice.body()["kind"], what, now - _TWICE_WITHIN),
            )
        case _:
            return


def _see(connection: sqlite3.Connection, row: _Row, said: Said, made_at: Nanos) -> None:
    """Note when a player was there, and which life of its process; what a broker keeps of a revoked one is no sign of life."""
    stamp = said.heard.stamp
    if not said.is_old or row.revoked_at is None:
        row.last_seen = max(row.last_seen or 0, made_at)
    if said.is_old:
        row.session = row.session or stamp.session
    elif row.is_of(stamp, made_at):
        _note(connection, f"{DOUBLED}{row.id}", str(made_at))


def _count(connection: sqlite3.Connection, player: str, shown: Showings, now: Nanos) -> None:
    """Note what a player showed on a day: of now, or the one before; the last word of it counts."""
    days = {f"{datetime.fromtimestamp((now + off) // SECOND, UTC):%Y-%m-%d}" for off in (-_DAY, 0, _DAY)}
    if shown.day in days:
        counted = json.dumps({"photos": shown.photos, "people": shown.people, "ever": shown.ever})
        _note(connection, f"{SHOWN}{player}/{shown.day}", counted)


def _note(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value", (key, value))


def _is_overtaken(connection: sqlite3.Connection, row: _Row, status: Status, stamp: Stamp) -> bool:
    """Whether an old status is of a life before, or from before the player was lost: the broker crashed, and forgot the rest."""
    if stamp.session != row.session:
        return status.boot < row.boot
    if row.state != OFFLINE or not status.is_online:
        return False
    found = connection.execute("SELECT value FROM meta WHERE key=?", (f"{AWAY}{row.id}",)).fetchone()
    session, _, seq = found[0].partition(" ") if found else ("", "", "")
    return session == stamp.session and stamp.seq <= int(seq)


def _take_status(connection: sqlite3.Connection, row: _Row, status: Status, said: Said, now: Nanos) -> None:
    stamp = said.heard.stamp
    if said.is_old and _is_overtaken(connection, row, status, stamp):
        return
    if status.is_online:
        if row.state == OFFLINE:
            connection.execute("UPDATE outages SET ended=? WHERE id=? AND ended IS NULL", (now, row.id))
        row.state, row.boot, row.version = ONLINE, status.boot, status.version or row.version
        return
    if row.state == ONLINE and row.session and stamp.session != row.session and not said.is_old:
        return  # the will of a life that is over, while the next one speaks already
    if row.state != OFFLINE:
        began = row.last_seen or now if said.is_old else max(row.last_seen or 0, now - WILL_DELAY)
        connection.execute("INSERT OR IGNORE INTO outages VALUES(?, ?, NULL)", (row.id, began))
        if (kept := parsed(row.report)) is not None:
            _note(connection, f"{AWAY}{row.id}", f"{kept[1].session} {kept[1].seq}")
    row.state = OFFLINE
