"""The gate: who is known, who comes in, and who leaves. All that the rest of the console knows of people goes through here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.console.people import names, rows, sessions
from player.console.people.answers import Entered, Refused, Why
from player.console.people.attempts import Attempts
from player.console.people.codes import Code
from player.console.people.founding import Founding
from player.console.people.hashing import BusyError, Hashing
from player.console.people.notes import Notes
from player.console.people.passwords import settled
from player.console.people.register import Register
from player.console.people.rows import Person, User
from player.console.people.store import FILE, Store
from player.errors import LibraryError
from player.units import SECOND, Nanos

JOT_AGAIN: Final[Nanos] = 60 * SECOND  # after a disk did not take it; each try may wait two seconds for it

_log = log.get("console")


class People:
    """Who may use the console. Safe from every thread; what takes a password waits for its turn, so call it where that may be.

    A file that cannot be used lets nobody in, and says so: `trouble` does, and all but `whose` raise LibraryError.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        notes: Notes,
        hashing: Hashing | None = None,
        site: Callable[[], str] = str,
        is_logged: bool = True,
    ) -> None:
        """Keep people in *folder*.

        Args:
            folder: The data folder.
            clock: The machine's own, right or wrong: a code that is made at a terminal counts by the same.
            notes: Where it is written down what is done to people.
            hashing: None: at the usual cost.
            site: Returns the name of the place, which is in nobody's password.
            is_logged: Whether changes of the register are told in the log; whoever makes them at a terminal is told there.
        """
        self._clock = clock
        self._store = Store(folder, clock)
        self._notes = notes
        self._hashing = hashing or Hashing()
        self._attempts = Attempts(clock)
        self._trouble = log.Edge(_log, begins="nobody can log in", ends="people can log in again")
        self._unwritten = log.Edge(_log, begins="sessions cannot be written down", ends="sessions are written down again")
        self._jots_from: Nanos | None = None
        self._offered_for = 1
        self.register = Register(self._store, clock, self._hashing, notes=notes, site=site, is_logged=is_logged)
        """Who there is, for administrators."""
        self._founding = Founding(self._store, clock, notes=notes, register=self.register, attempts=self._attempts)

    def trouble(self) -> str:
        """Return why nobody can log in, as a sentence; empty: people can."""
        try:
            with self._store.reading():
                return ""
        except LibraryError as error:
            return str(error)

    def warm(self) -> None:
        """Open what is written in when people change: reading through a long journal takes a moment."""
        try:
            self._notes.warm()
        except LibraryError as error:
            _log.debug("the journal cannot be opened yet", why=str(error))

    def is_founded(self) -> bool:
        """Whether there is an administrator; if not, the console is to be set up by a one-time code.

        Raises:
            LibraryError: the file cannot be used.
        """
        return self._founding.is_done()

    def is_code_awaited(self) -> bool:
        """Whether there is a one-time code that counts, for somebody to type in.

        Raises:
            LibraryError: the file cannot be used.
        """
        return self._founding.is_awaited()

    def offer_code(self, *, anew: bool = False) -> None:
        """Print a one-time code, to the terminal and the journal, while there is no administrator and no code that counts.

        *anew*: at the start of the console, when whoever looks has no older one before them.
        """
        self._founding.offer(anew=anew)

    def new_code(self) -> Code:
        """Return a new one-time code; the one before counts no more.

        Raises:
            LibraryError: the file cannot be used.
        """
        return self._founding.new_code()

    def found(self, code: str, name: str, password: str, *, address: str) -> Entered | Refused:
        """Make whoever has the one-time code an administrator, and let them in; the code is used up by that alone.

        Raises:
            LibraryError: the file cannot be used.
        """
        return self._founding.enter(code, name, password, address=address)

    def whose(self, token: str, *, is_act: bool = True) -> Person | None:
        """Return whose session it is; None: nobody's that counts, or the file cannot be read.

        Args:
            token: From a cookie, whatever is in there.
            is_act: Whether a person did something. What a page asks by itself keeps no session alive.
        """
        if not sessions.is_token(token):
            return None
        digest, now = sessions.digest(token), self._clock.wall()
        try:
            with self._store.reading() as connection:
                found = rows.session(connection, digest, self._store.boot)
            self._trouble.note(FILE, holds=False)
        except LibraryError as error:
            self._trouble.note(FILE, holds=True, error=error)
            return None
        if self._store.opened > self._offered_for:  # the file was damaged or deleted meanwhile
            self._offered_for = self._store.opened
            self.offer_code()
        if found is None:
            return None
        person, span = found
        if sessions.is_over(span, person.role, now):
            self._jot(lambda connection: rows.end(connection, [digest]))
            return None
        if is_act and sessions.is_news(span, now):
            self._jot(lambda connection: rows.seen(connection, digest, now))
        return person

    def log_in(self, name: str, password: str, *, address: str, former: str = "") -> Entered | Refused:
        """Let somebody in who knows the password; the session that their browser had before, *former*, ends.

        Raises:
            LibraryError: the file cannot be used.
        """
        user = self._proven(names.key_of(name), password, address)
        if isinstance(user, Refused):
            return user
        renewed = self._renewed(password, address) if self._hashing.is_dated(user.hash) else None
        token, now = sessions.new_token(), self._clock.wall()
        with self._store.changing() as connection:
            self._sweep(connection, former, now)
            if renewed:
                rows.renew_hash(connection, user, renewed)
            rows.begin(connection, user, sessions.digest(token), at=now, boot=self._store.boot)
        _log.info("somebody logged in", name=user.person.name, address=address)
        return Entered(user.person, token)

    def log_out(self, token: str) -> None:
        """End a session, whether there is one or not.

        Raises:
            LibraryError: the file cannot be used: it goes on.
        """
        if sessions.is_token(token):
            with self._store.changing() as connection:
                rows.end(connection, [sessions.digest(token)])

    def change_password(self, token: str, old: str, new: str, *, address: str) -> Entered | Refused:
        """Give somebody the new password that they want, and another session; all that they had elsewhere end.

        Raises:
            LibraryError: the file cannot be used.
        """
        person = self.whose(token)
        key = names.key_of(person.name) if person else ""
        before = self._proven(key, old, address) if person else Refused(Why.WRONG)
        if isinstance(before, Refused):
            return before
        if settled(new) == settled(old):
            return Refused(Why.SAME)
        hashed = self.register.hashed(new, before.person.name, address)
        if isinstance(hashed, Refused):
            return hashed
        fresh, now = sessions.new_token(), self._clock.wall()
        with self._notes.open() as note, self._store.changing() as connection:
            user = rows.user_called(connection, key)
            if user is None or (user.person.id, user.generation) != (before.person.id, before.generation):
                return Refused(Why.WRONG)  # somebody else was faster
            after = replace(user, person=replace(user.person, is_lent=False), generation=user.generation + 1)
            note("own password", after.person, after.person.name)
            rows.give_hash(connection, after.person, hashed)
            rows.begin(connection, after, sessions.digest(fresh), at=now, boot=self._store.boot)
        _log.info("somebody changed their password", name=user.person.name, address=address)
        return Entered(after.person, fresh)

    def close(self) -> None:
        """Let go of the file and the threads."""
        self._hashing.close()
        self._store.close()
        self._notes.close()

    def _proven(self, key: str, password: str, address: str) -> User | Refused:
        """Return who is called so and has this *password*; it takes as long for one that there is not."""
        if refusal := self._attempts.refusal(key, address):
            return refusal
        with self._store.reading() as connection:
            user = rows.user_called(connection, key)
        try:
            is_right = self._hashing.check(user.hash if user else None, settled(password), by=address)
        except BusyError:
            self._attempts.succeeded(key, address)  # it was not tried
            return Refused(Why.BUSY)
        if user is None or not is_right:
            return Refused(Why.WRONG)
        self._attempts.succeeded(key, address)
        return user

    def _sweep(self, connection: sqlite3.Connection, former: str, now: Nanos) -> None:
        """End the session of this browser, and all that nobody will use again."""
        boot = self._store.boot
        over = [digest for digest, person, span in rows.sessions(connection, boot) if sessions.is_over(span, person.role, now)]
        rows.end(connection, [*over, *([sessions.digest(former)] if sessions.is_token(former) else [])])
        rows.end_orphans(connection, boot)

    def _renewed(self, password: str, address: str) -> str | None:
        try:
            return self._hashing.new(settled(password), by=address)
        except BusyError:
            return None  # another time

    def _jot(self, write: Callable[[sqlite3.Connection], None]) -> None:
        """Write what can also be left out: a disk that is full keeps nobody out who is in, and is not tried at every click."""
        now = self._clock.monotonic()
        if self._jots_from is not None and now < self._jots_from:
            return
        try:
            with self._store.changing() as connection:
                write(connection)
            self._jots_from = None
            self._unwritten.note(FILE, holds=False)
        except LibraryError as error:
            self._jots_from = now + JOT_AGAIN
            self._unwritten.note(FILE, holds=True, error=error)
