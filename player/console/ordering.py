"""The way to the screen: an order is left in the library, and what the screen says to it is waited for.

Dark does not depend on that: a file says it, too. Light takes that file away, but not before it is on record itself, and none
that was left after light was pressed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from player import log
from player.clock import Clock
from player.command import BRING_LIGHT, REFUSED, Command, Plain, lasts, row_of
from player.command.replies import Reply, done, read, refusal, remark, written
from player.console.darkening import Darkening
from player.console.demands import Demands
from player.console.lanes import Lanes, SlowError
from player.console.reading import opened
from player.console.refusal import RefusedError
from player.errors import LibraryError
from player.library import dark
from player.library.library import Library, identities
from player.units import MILLISECOND, SECOND, Nanos

SCREEN: Final = "screen"
NOT_SIGNED_IN: Final = "console, not signed in"
NOBODY: Final = done("nobody")
UNWRITTEN: Final = refusal("unwritten")
NOT_EVEN_THAT: Final = Reply((), is_refused=True)
"""Of dark that can be left in no way: whoever pressed is told to switch off by hand, and nothing besides."""
ANSWERED_WITHIN: Final[Nanos] = 2 * SECOND  # a screen that runs answers within two frames
GIVEN_UP_AFTER: Final[Nanos] = 5 * SECOND  # as on the command line: a player started tomorrow shall not obey today's "next"
LOOK_EVERY: Final[Nanos] = 50 * MILLISECOND
WRITTEN_WITHIN: Final[Nanos] = 200 * MILLISECOND  # dark's row: after that its file alone is the answer
BUSY: Final[Nanos] = SECOND  # for others who are writing; transactions take milliseconds, a tired memory card longer

T = TypeVar("T")

_log = log.get("console")


class How(StrEnum):
    """What became of an order."""

    OK = "ok"
    REFUSED = "refused"
    WAITING = "waiting"


_STATUSES: Final = {How.OK: 200, How.WAITING: 202, How.REFUSED: 409}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a button shows."""

    how: How
    said: str
    """In English, as the screen has it, or why there is nothing; empty: not answered yet."""
    reply: Reply | None = field(default=None, compare=False)
    """The same as a value, for whoever reads another language; None: there is none."""

    @property
    def status(self) -> int:
        """What became of it, as HTTP counts."""
        return _STATUSES[self.how]


class OrderDoor:
    """Leaves orders for the screen that works in one data folder."""

    def __init__(
        self, folder: Path, *, lanes: Lanes, clock: Clock, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """Work in *folder*; tests *pause* in no time."""
        self._folder = folder
        self._lanes = lanes
        self._clock = clock
        self._pause = pause
        self._library: Library | None = None  # the orders' lane alone touches it: one thread
        self._identity: tuple[tuple[int, int], ...] | None = None
        self._unanswered: dict[int, asyncio.Task[None]] = {}
        self._demands = Demands(folder, lanes)
        self._darkening: Darkening[Answer] = Darkening(clock)
        self._wants_dark = False
        """Whether dark is what was ordered last, of dark and whatever brings light."""
        self._unwritten = log.Edge(_log, begins="orders cannot be written", ends="orders are written again")

    async def warm(self) -> None:
        """Open the library before anybody is in a hurry: reading through long orders takes a moment."""
        try:
            await self._run(self._opened)
        except LibraryError as error:
            _log.debug("orders cannot be opened yet", why=str(error))

    async def post(self, command: Command, by: str) -> Answer:
        """Leave *command* in the name of *by*, and return what the screen says to it within two seconds.

        Whatever the disk does is an answer, too. Dark is left as a file at the same time, and counts when that lies there.

        Raises:
            RefusedError: it takes so long that nobody can say whether it was ordered. Not of dark.
        """
        if command is Plain.DARK:
            self._wants_dark = True
            name = None if by == NOT_SIGNED_IN else by
            return await self._darkening.join(name, lambda is_noted: self._darkened(by, is_noted=is_noted))
        self._darkening.end()
        if command in BRING_LIGHT:
            self._wants_dark = False
        return await asyncio.create_task(self._ordered(command, by))  # begun as dark is: what comes together keeps its order

    async def _darkened(self, by: str, *, is_noted: bool) -> Answer:
        """Leave the file and the row at once: either makes it dark. The row keeps its turn, however late."""
        as_file = asyncio.create_task(self._demands.leave())
        if not is_noted and await as_file:
            return Answer(How.OK, "")
        try:
            number = await self._written(Plain.DARK, by, within=WRITTEN_WITHIN, is_done_late=True)
        except LibraryError as error:
            return Answer(How.OK, "") if await as_file else Answer(How.REFUSED, str(error), NOT_EVEN_THAT)
        await as_file
        return await self._answered(Plain.DARK, number)

    async def _ordered(self, command: Command, by: str) -> Answer:
        """Leave the row; once light is on record, the demand for darkness that lay there as it was pressed goes."""
        found = asyncio.create_task(self._demands.find()) if command in BRING_LIGHT else None
        try:
            number = await self._written(command, by)
        except SlowError as error:
            raise RefusedError(503, "refused.perhaps") from error
        except LibraryError as error:
            return Answer(How.REFUSED, str(error), UNWRITTEN)
        stays = found is not None and not await self._demands.take_away(await found)
        answer = await self._answered(command, number)
        return self._with_file(answer) if stays else answer

    def _with_file(self, answer: Answer) -> Answer:
        """Return an answer that says besides that the file of darkness lies there still."""
        also = remark("stays", path=self._folder / dark.NAME)
        reply = answer.reply.also(also) if answer.reply else None if answer.said else Reply((also,))
        return Answer(answer.how, "; ".join(filter(None, (answer.said, str(also)))), reply)

    async def close(self) -> None:
        """Take back what nobody has answered, and close the library."""
        waiting = list(self._unanswered)
        for task in list(self._unanswered.values()):
            task.cancel()
        try:
            await self._run(lambda: self._shut(waiting), within=WRITTEN_WITHIN)
        except LibraryError as error:
            _log.debug("the orders are left open", why=str(error))

    async def _run(self, work: Callable[[], T], *, within: Nanos = ANSWERED_WITHIN) -> T:
        return await self._lanes.run(self._lanes.orders, work, within=within)

    async def _written(self, command: Command, by: str, *, within: Nanos = ANSWERED_WITHIN, is_done_late: bool = False) -> int:
        """Return the number of the row.

        Raises:
            LibraryError: it could not be written, or not in time.
        """
        work = partial(self._posted, command, by)
        try:
            number = await self._lanes.run(self._lanes.orders, work, within=within, is_done_late=is_done_late)
        except LibraryError as error:
            self._unwritten.note("orders", holds=True, why=str(error))
            raise
        self._unwritten.note("orders", holds=False)
        return number

    async def _answered(self, command: Command, number: int) -> Answer:
        """Return what the screen says. What it says nothing to is taken back later, if it would not be right then."""
        said, reply = await self._heard(number, ANSWERED_WITHIN)
        if said is None:
            if not lasts(command):
                self._give_up_later(number)
            return Answer(How.WAITING, "")
        how = How.REFUSED if said.startswith(REFUSED) else How.OK
        return Answer(how, said.removeprefix(REFUSED), read(reply))

    async def _heard(self, number: int, within: Nanos) -> tuple[str | None, str]:
        """Return what the screen says to an order, None when it says nothing in time; and the same as a value."""
        ends = self._clock.monotonic() + within
        while True:
            try:
                found = await self._run(lambda: self._opened().orders.result_and_reply(number))
            except LibraryError:
                found = None, ""  # the order stands; whether it was heard is not known
            if found[0] is not None or self._clock.monotonic() >= ends:
                return found
            await self._pause(LOOK_EVERY / SECOND)

    def _give_up_later(self, number: int) -> None:
        self._unanswered[number] = asyncio.create_task(self._give_up(number))

    async def _give_up(self, number: int) -> None:
        """Wait a little more, then take the order back."""
        try:
            if (await self._heard(number, GIVEN_UP_AFTER - ANSWERED_WITHIN))[0] is None:
                await self._run(lambda: self._take_back(number))
        except LibraryError as error:
            _log.warning("an order that nobody answered cannot be taken back", why=str(error))
        finally:
            self._unanswered.pop(number, None)

    def _posted(self, command: Command, by: str) -> int:
        verb, arguments = row_of(command)
        number = self._opened().orders.post(SCREEN, verb, arguments, by=by, at=self._clock.wall())
        if command in BRING_LIGHT and self._wants_dark:
            # Dark was ordered while this waited, and its row may never come: its file is left anew, behind this row.
            with contextlib.suppress(LibraryError):
                dark.demand(self._folder)
        return number

    def _take_back(self, number: int) -> None:
        orders = self._opened().orders
        if orders.result(number) is None:
            orders.answer(number, str(NOBODY), reply=written(NOBODY), at=self._clock.wall())

    def _opened(self) -> Library:
        if self._library and identities(self._folder) != self._identity:
            self._close()
        if self._library is None:
            library = opened(self._folder)
            library.wait_no_longer_than(BUSY)
            self._library, self._identity = library, identities(self._folder)
        return self._library

    def _shut(self, waiting: list[int]) -> None:
        for number in waiting:
            self._take_back(number)
        self._close()

    def _close(self) -> None:
        if self._library:
            self._library.close()
        self._library = None
