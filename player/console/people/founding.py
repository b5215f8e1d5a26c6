"""The beginning: a one-time code that only who is at the machine can read makes an administrator.

While there is none, one is offered; later somebody at the machine can make one, when nobody knows a password any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player import log
from player.clock import Clock
from player.console.people import codes, names, rows, sessions
from player.console.people.answers import Entered, Refused, Why
from player.console.people.attempts import Attempts
from player.console.people.codes import Code, Kept
from player.console.people.notes import Notes
from player.console.people.register import Register, checked_name, room_beside
from player.console.people.roles import Role
from player.console.people.rows import Person
from player.console.people.store import FILE, Store
from player.errors import LibraryError

BY_CODE: Final = "whoever has the one-time code"
NO_NAME: Final = ""  # what trying codes is limited by: it is nobody's name

_log = log.get("console")


@dataclass(frozen=True, slots=True)
class _Ready:
    name: str
    hashed: str


class Founding:
    """Codes, and who becomes an administrator by one."""

    def __init__(self, store: Store, clock: Clock, *, notes: Notes, register: Register, attempts: Attempts) -> None:
        self._store = store
        self._notes = notes
        self._clock = clock
        self._register = register
        self._attempts = attempts
        self._trouble = log.Edge(_log, begins="no one-time code can be made", ends="one-time codes can be made again")

    def is_done(self) -> bool:
        """Whether there is an administrator.

        Raises:
            LibraryError: the file cannot be used.
        """
        with self._store.reading() as connection:
            return rows.count_of(connection, Role.ADMIN) > 0

    def new_code(self) -> Code:
        """Return a new one-time code; the one before counts no more.

        Raises:
            LibraryError: the file cannot be used.
        """
        code = codes.new_code(self._clock.wall())
        with self._store.changing() as connection:
            rows.keep_code(connection, Kept(codes.digest(code.text), code.until - codes.VALID))
        return code

    def is_awaited(self) -> bool:
        """Whether there is a code that counts, for somebody to type in.

        Raises:
            LibraryError: the file cannot be used.
        """
        with self._store.reading() as connection:
            kept = rows.code(connection)
        return kept is not None and codes.is_alive(kept, self._clock.wall())

    def offer(self, *, anew: bool = False) -> None:
        """Print a one-time code, to the terminal and the journal, while there is no administrator: once an hour at most.

        *anew*: at the start of the console, when whoever looks has no older one before them.
        """
        try:
            with self._store.reading() as connection:
                kept = rows.code(connection)
                is_needed = not rows.count_of(connection, Role.ADMIN)
            if is_needed and (anew or kept is None or not codes.is_alive(kept, self._clock.wall())):
                _log.info(
                    "the console is to be set up; this code makes its first user, within the hour", code=self.new_code().text
                )
            self._trouble.note(FILE, holds=False)
        except LibraryError as error:
            self._trouble.note(FILE, holds=True, error=error)

    def enter(self, code: str, name: str, password: str, *, address: str) -> Entered | Refused:
        """Make whoever has the code an administrator, and let them in; the code is used up by that alone.

        Raises:
            LibraryError: the file cannot be used.
        """
        ready = self._attempts.refusal(NO_NAME, address) or self._prepared(code, name, password, address)
        if isinstance(ready, Refused):
            return ready
        key, now, token = names.key_of(ready.name), self._clock.wall(), sessions.new_token()
        with self._notes.open() as note, self._store.changing() as connection:
            if not codes.fits(rows.code(connection), code, now):
                return Refused(Why.CODE)  # somebody else was faster
            if problem := room_beside(rows.user_called(connection, key), rows.count(connection)):
                return problem
            rows.keep_code(connection, None)
            person = Person(0, ready.name, Role.ADMIN, frozenset({key}))
            user = rows.add(connection, person, key=key, hashed=ready.hashed, at=now)
            note("set up", user.person, BY_CODE)
            rows.begin(connection, user, sessions.digest(token), at=now, boot=self._store.boot)
        _log.info("the console was set up", administrator=ready.name, address=address)
        return Entered(user.person, token)

    def _prepared(self, code: str, name: str, password: str, address: str) -> _Ready | Refused:
        """Return what is to be kept, once the code is right: nobody else makes us hash anything."""
        with self._store.reading() as connection:
            is_right = codes.fits(rows.code(connection), code, self._clock.wall())
        if not is_right:
            return Refused(Why.CODE)
        self._attempts.succeeded(NO_NAME, address)
        settled = checked_name(name)
        if settled is None:
            return Refused(Why.NAME)
        hashed = self._register.hashed(password, settled, address)
        return hashed if isinstance(hashed, Refused) else _Ready(settled, hashed)
