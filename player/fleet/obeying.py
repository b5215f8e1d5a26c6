"""What the centre says is taken in here: opened, told apart, and obeyed. Whatever is not the centre's does nothing.

Withdrawals are obeyed at once, whenever and however often they are told: the screen is without them at the next frame, and the
fetch that confirms them follows spread out. They are recorded as a person's at the console are. While the library cannot be
written they wait, and are tried again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.fleet import hints, messages, topics
from player.fleet.connection import Incoming
from player.fleet.envelope import Opened, opened
from player.fleet.messages import Desired, Hint, Release, Withdrawn
from player.fleet.orders import BY, Orders
from player.fleet.topics import Kind, Topic
from player.fleet.wire import Fields, WireError
from player.library import programmes, record_file
from player.library.library import Library
from player.library.sources import sources, together
from player.library.tombstones import WILDCARD, Record
from player.library.withdrawing import record_of
from player.units import MILLISECOND, SECOND, Nanos

INGEST: Final = "ingest"
FETCH: Final = "fetch"
"""What ingest is asked to do before its time."""
REASON: Final = "withdrawn by the centre"
RECORD: Final = "fleet.json"
"""In the data folder: what the centre desired last, for the time until it is heard again."""
MAX_RECORD: Final = 10_000  # bytes
MAX_NAMES: Final = 16  # of what is desired; there are four
MAX_KNOWN: Final = 10_000  # numbers of withdrawals that are not looked up again; the eldest are forgotten
MAX_OWED: Final = 1000  # withdrawals that wait for a library that cannot be written; a hint has twenty
RETRY: Final[Nanos] = 2 * SECOND
COMPLAIN_EVERY: Final[Nanos] = 600 * SECOND  # of what is not the centre's: a line, whatever comes

_log = log.get("fleet")

Obeyed = Callable[[int, str, str, Nanos], None]
"""Told of each withdrawal: the centre's number, source, item, and when it was known here."""


class Obeying:
    """Takes in what came, for one player. For one thread."""

    def __init__(
        self,
        player: str,
        groups: tuple[str, ...],
        *,
        key: Ed25519PublicKey | None,
        opened: Callable[[], Library],
        orders: Orders,
        obeyed: Obeyed,
        feed: str | None,
        folder: Path,
        clock: Clock,
    ) -> None:
        """Obey whoever has the other half of *key*; None: nobody. *feed* is what hints are about."""
        self._player = player
        self._groups = frozenset(groups)
        self._key = key
        self._opened = opened
        self._orders = orders
        self._obeyed = obeyed
        self._feed = feed
        self._folder = folder
        self._clock = clock
        self._highest: dict[str, int] = {}
        self.desired = self._remembered()
        """What the centre desired last."""
        self._known: dict[int, None] = {}
        self._owed: dict[int, Withdrawn] = {}
        self._said: dict[tuple[str, Kind], tuple[int, Hint | Release]] = {}
        """By group and kind: what is to be written down of programmes."""
        self._has_written = False
        self._fetch: Nanos | None = None
        """When the feed is to be asked (monotonic)."""
        self._confirms: Nanos = 0
        """When, if what was withdrawn is news here."""
        self._newest: int | None = None
        self._retry: Nanos = 0
        self._strange = 0
        self._next_complaint: Nanos | None = None
        self._unwritten = log.Edge(
            _log, begins="what the centre says cannot be written down; tried again", ends="what the centre says is written down"
        )

    def hear(self, message: Incoming, now: Nanos) -> None:
        """Take in a message, whatever it is."""
        topic = topics.parse(message.topic)
        if self._key is None or topic is None or not self._is_ours(topic):
            return
        try:
            found = opened(message.payload, message.topic, self._key)
            match topic.kind:
                case Kind.HINT:
                    self._hint(topic, found, now)
                case Kind.COMMIT:
                    self._take(topic.group, Kind.COMMIT, found, messages.commit(found.body))
                case Kind.DESIRED:
                    self._desire(messages.desired(found.body), message.topic, found.seq)
                case Kind.COMMAND:
                    self._orders.hear(found, topic.verb)
                case _:
                    return
        except WireError as error:
            self._complain(message.topic, str(error), now)

    def step(self, now: Nanos) -> None:
        """Do what is due: withdrawals and programmes that could not be written yet, and the fetch that a hint asked for."""
        if now < self._retry or not (self._owed or self._said or (self._fetch is not None and now >= self._fetch)):
            return
        try:
            library = self._opened()
            self._withdraw(library)
            self._write_down(library)
            self._ask(library, now)
        except LibraryError as error:
            self._retry = now + RETRY
            self._unwritten.note("library", holds=True, why=str(error))
        else:
            self._unwritten.note("library", holds=False)

    def is_bereft(self) -> bool:
        """Whether the library has lost what was written down in it of programmes: it was wiped."""
        if not self._has_written:
            return False
        try:
            return not programmes.every(self._opened().connection)
        except LibraryError:  # it is told of when something is to be written
            return False

    def begin_anew(self) -> None:
        """Take in everything as if it were new: the library is another one, and the centre is heard once more."""
        self._known.clear()
        self._has_written = False

    def _is_ours(self, topic: Topic) -> bool:
        return topic.is_for_all or topic.player == self._player or topic.group in self._groups

    def _hint(self, topic: Topic, found: Opened, now: Nanos) -> None:
        # Whatever else is strange about a hint, and however old it is: what it withdraws is withdrawn.
        fresh = hints.new(messages.withdrawals(found.body), self._known.keys() | self._owed.keys())
        for each in fresh[: MAX_OWED - len(self._owed)]:
            self._owed[each.number] = each
            self._retry = 0
            self._confirms = now + hints.delay(self._player, found.seq, hints.spread_of(found.body))
        hint = messages.hint(found.body)
        if topic.group and (hint.coming or hint.is_nothing_coming):
            self._take(topic.group, Kind.HINT, found, hint)
        fetch = hints.fetch(hint, player=self._player, seq=found.seq, newest=self._newest, now=now)
        if fetch:
            self._newest = fetch.feed
            self._fetch_at(fetch.at)

    def _take(self, group: str, kind: Kind, found: Opened, value: Hint | Release) -> None:
        """Keep what was said last of a group's programme, until it is written down."""
        before = self._said.get((group, kind))
        if before is None or before[0] <= found.seq:
            self._said[group, kind] = found.seq, value

    def _desire(self, desired: Desired, topic: str, seq: int) -> None:
        if seq < self._highest.get(topic, 0):
            return
        self._highest[topic] = seq
        if desired == self.desired:
            return
        self.desired = desired
        _log.info("the centre desires", players=desired.players, report_s=desired.report_s)
        try:
            record_file.write(self._folder / RECORD, {"seq": seq, "desired": desired.body()})
        except OSError as error:
            _log.warning("what the centre desires cannot be kept; it says so again", why=error.strerror or str(error))

    def _remembered(self) -> Desired:
        found = record_file.read(self._folder / RECORD, MAX_RECORD)
        if found is None:
            return Desired()
        try:
            fields = Fields(found, RECORD)
            desired = messages.desired(fields.named("desired", MAX_NAMES))
            self._highest[topics.of_player(self._player, Kind.DESIRED)] = fields.integer("seq")
        except WireError:  # somebody else wrote it
            return Desired()
        return desired

    # In the library

    def _withdraw(self, library: Library) -> None:
        """Record what is owed: the screen obeys at the next frame."""
        owed = list(self._owed.values())
        if not owed:
            return
        now = self._clock.wall()
        known = sources(library.connection)
        records: list[Record] = []
        for each in owed:
            named = (WILDCARD,) if each.source == WILDCARD else together(each.source, known)
            at, reason = each.at * MILLISECOND, each.reason or REASON
            records += [record_of(library, source, each.item, reason=reason, at=at, by=BY) for source in named]
        count = library.orders.withdraw_all(records, known_at=now)
        for each in owed:
            del self._owed[each.number]
            self._known[each.number] = None
            self._obeyed(each.number, each.source, each.item, now)
        while len(self._known) > MAX_KNOWN:
            del self._known[next(iter(self._known))]
        if count:
            _log.info("withdrawn by the centre", count=count)
            self._fetch_at(self._confirms)

    def _write_down(self, library: Library) -> None:
        """Write down which programmes were announced and committed, each in the order of what was said of it."""
        at = self._clock.wall()
        for (group, kind), (seq, value) in list(self._said.items()):
            mark = f"fleet:{kind}:{group}"
            if seq >= (library.orders.sequence(mark) or 0):
                library.orders.raise_sequence(mark, seq)
                self._told(library, group, value, at)
            del self._said[group, kind]

    def _told(self, library: Library, group: str, value: Hint | Release, at: Nanos) -> None:
        coming = value.coming if isinstance(value, Hint) else None
        release = coming.release if coming else value
        if isinstance(value, Hint):  # a group has one announcement at a time: any other one was taken back
            programmes.forget_announced(library.connection, group, but=coming.release.hash if coming else "")
        if not isinstance(release, Release):
            self._has_written = bool(programmes.every(library.connection))
            return
        activate_at = release.activate_at * MILLISECOND
        self._has_written = True
        if coming:
            programmes.announce(
                library.connection,
                group,
                version=release.version,
                digest=release.hash,
                activate_at=activate_at,
                size=coming.bytes,
                at=at,
            )
        elif not programmes.commit(
            library.connection, group, version=release.version, digest=release.hash, activate_at=activate_at, at=at
        ):
            _log.warning("a programme is committed for another time than its own", group=group, version=release.version)

    def _ask(self, library: Library, now: Nanos) -> None:
        """Ask ingest to fetch, once, when it is time."""
        if self._fetch is None or now < self._fetch:
            return
        self._fetch = None
        if library.orders.last_waiting(INGEST, (FETCH,), after=0) is None:
            arguments = {"source": self._feed} if self._feed else {}
            library.orders.post(INGEST, FETCH, arguments, by=BY, at=self._clock.wall())

    def _fetch_at(self, at: Nanos) -> None:
        self._fetch = at if self._fetch is None else min(at, self._fetch)

    def _complain(self, topic: str, why: str, now: Nanos) -> None:
        """Say that something was not the centre's: not more often than anybody would read it."""
        self._strange += 1
        if self._next_complaint is None or now >= self._next_complaint:
            self._next_complaint = now + COMPLAIN_EVERY
            _log.warning("a message that is not as the centre's are does nothing", topic=topic, why=why, count=self._strange)
            self._strange = 0
