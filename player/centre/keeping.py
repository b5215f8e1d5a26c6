"""Sees to it that the broker keeps what players are to hear when they come: said once, and again to a broker that has lost it.

A broker that knows nothing of our session has lost power, or was made anew: then everything that is retained is said, withdrawals
first. One that does is told the withdrawals and the releases at each connection, and whenever what it keeps is not what stands in
the file: a command that wrote it down may not have reached it, or somebody older may have spoken last. Nothing is signed before
it is said, so that nothing old goes over what is newer. Who is enrolled meanwhile is told what is desired of it within some
seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from player import log
from player.centre import hinting, relearning, repeating
from player.centre.addressees import members
from player.centre.link import Link, Message
from player.centre.reminding import Reminding
from player.centre.repeating import Word
from player.centre.signing import Signer
from player.centre.store import Store
from player.clock import Clock
from player.errors import NetworkError
from player.fleet import topics
from player.fleet.messages import Hint
from player.units import SECOND, Nanos

AT_ONCE: Final = 100  # messages between two batches of what players say
LOOK_EVERY: Final[Nanos] = 3 * SECOND  # for players that were enrolled, and for what the broker does not keep as it should
PATIENCE_S: Final = 5.0
TOLD: Final = "desired_until"
"""In the store: when the last player was enrolled that was told what is desired of it."""
UNFINISHED: Final = "retelling"
"""In the store: whether the broker was to be told everything, and has not been told all of it yet."""

_log = log.get("centre")


class Keeper:
    """What is to be said, and how far that has come."""

    def __init__(self, store: Store, link: Link, signer: Signer, clock: Clock, *, players: int) -> None:
        """Say by *link*, which keeps its session; *players* are how many are expected."""
        self._store = store
        self._link = link
        self._signer = signer
        self._clock = clock
        self._players = players
        self._forgotten = 0
        self._connections = 0
        self._is_everything = False
        self._reminding = Reminding(store, signer, clock)
        self._told: dict[str, Word] = {}
        """By topic, what was said on this connection."""
        self._came: list[bytes] = []
        self._kept: frozenset[int] | None = None
        """Which withdrawals the broker's hint for all has; None: it was not heard yet."""
        self._is_echoed = True
        """Whether that was heard since it was said."""
        self._owed: list[str] = []
        """Who is to be told what is desired of it."""
        self._told_until: Nanos = 0
        """When the last player was enrolled of those that are just being told; 0: nobody is."""
        self._look_at: Nanos = 0
        self._again_at: Nanos = 0
        """When it is tried again, after it went wrong."""

    @property
    def is_busy(self) -> bool:
        """Whether there is more to say at once."""
        return bool(self._owed) and self._link.is_connected and self._clock.monotonic() >= self._again_at

    def step(self) -> None:
        """Say the next part of what is to be said, if there is any.

        Raises:
            LibraryError: the file cannot be used.
        """
        if not self._link.is_listening:  # first what the broker keeps: it may know more than the file
            return
        self._listen()
        if self._link.connections != self._connections:
            self._begin()
        now = self._clock.monotonic()
        if now < self._again_at:
            return
        due, reminders = list[Word](), tuple[Message, ...]()
        if now >= self._look_at:
            self._look_at = now + LOOK_EVERY
            due = [each for each in repeating.words(self._store, self._clock.wall()) if self._is_due(each)]
            reminders = self._reminding.due()
            self._owed = self._owed or self._newly_enrolled()
        some = self._owed[:AT_ONCE]
        said = [each.signed(self._signer) for each in due] + list(reminders)
        said += [repeating.desired(self._signer, name, self._players) for name in some]
        if not said:
            return
        try:
            self._link.publish_all(said, patience_s=PATIENCE_S)
        except NetworkError as error:
            self._look_at, self._again_at = 0, now + LOOK_EVERY
            _log.debug("the broker could not be told what it must keep; it is tried again", why=error)
        else:
            self._note_said(due, len(some))

    def _note_said(self, due: Sequence[Word], count: int) -> None:
        """Note that what was *due* is said, and *count* of those were told whom it is owed."""
        self._told |= {each.topic: each for each in due}
        self._is_echoed = self._is_echoed and not any(each.topic == topics.ALL_HINT for each in due)
        self._owed = self._owed[count:]
        if self._owed:
            return
        if self._told_until:
            self._store.note(TOLD, str(self._told_until))
            self._told_until = 0
        if self._is_everything:
            self._is_everything = False
            self._store.note(UNFINISHED, "")

    def _begin(self) -> None:
        """Begin with a connection: with everything, or where the one before left off."""
        self._connections = self._link.connections
        self._told, self._is_echoed = {}, True
        self._look_at = self._again_at = 0
        if self._link.forgotten != self._forgotten or (self._store.meta(UNFINISHED) and not self._is_everything):
            self._forgotten = self._link.forgotten
            _log.info("the broker is told anew what it must keep")
            self._is_everything = True
            self._store.note(UNFINISHED, "1")
            self._told_until = self._last_enrolled()
            self._owed = [each.id for each in members(self._store)]

    def _listen(self) -> None:
        """Take in what the broker keeps for all: what is lost here is taken back, and what is lost there is said again."""
        self._came += self._link.kept()
        while self._came:
            told = relearning.heard(self._came[0], self._signer.key.public_key())
            relearning.take_back(self._store, told)
            self._kept, self._is_echoed = frozenset(each.number for each in told), True
            del self._came[0]

    def _is_due(self, word: Word) -> bool:
        """Whether *word* is to be said: it is another than was said, or something older went over it at the broker."""
        before = self._told.get(word.topic)
        if before is None or self._kept is None or word.topic != topics.ALL_HINT or not isinstance(word.what, Hint):
            return before != word
        return not hinting.told(word.what) <= self._kept and (before != word or self._is_echoed)

    def _newly_enrolled(self) -> list[str]:
        until = int(self._store.meta(TOLD) or 0)
        with self._store.reading() as connection:
            rows = connection.execute(
                "SELECT id, enrolled_at FROM players WHERE enrolled_at>? AND revoked_at IS NULL ORDER BY enrolled_at", (until,)
            ).fetchall()
        # Noted only once the broker has it: whoever is killed in between tells it again.
        self._told_until = rows[-1][1] if rows else 0
        return [name for name, _ in rows]

    def _last_enrolled(self) -> Nanos:
        with self._store.reading() as connection:
            (last,) = connection.execute("SELECT max(enrolled_at) FROM players").fetchone()
        return last or 0
