"""The review desk, for handlers: offered where the configuration names reviewers, and always as the person who asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from player.console.desk import Asked
from player.console.looks import review
from player.console.looks.review import Desk, Rejection
from player.console.people.names import key_of
from player.console.people.rows import Person
from player.console.refusal import RefusedError
from player.library.library import Library
from player.library.reviewing import Outcome, Reviewer
from player.library.verdicts import Verdict

T = TypeVar("T")


def reviewer(asked: Asked) -> Reviewer:
    """Return who decides.

    Raises:
        RefusedError: there is no review desk here, or nobody has logged in.
    """
    if not asked.desk.configuration().settings.console.reviewers:
        raise RefusedError(404)
    if asked.person is None:
        raise RefusedError(401)
    return _as_reviewer(asked.person)


async def desk(asked: Asked, *, after: int = 0, at: int | None = None) -> Desk:
    """Return the desk as the person finds it.

    Raises:
        LibraryError: it cannot be read.
    """
    by, now = reviewer(asked), asked.desk.clock.wall()
    return await asked.desk.reader.read(lambda library: review.look(library, by, now, after=after, at=at))


async def picture(asked: Asked, key: int, mark: str) -> bytes | None:
    """Return the picture that has this *mark*; None: there is none any more.

    Raises:
        LibraryError: it cannot be read.
    """
    by = reviewer(asked)
    found = await asked.desk.reader.read(lambda library: review.picture(library, key, mark))
    if found is not None:
        asked.desk.looks.seen.note(by.person, mark)
    return found


async def decide(asked: Asked, key: int, mark: str, verdict: Verdict, reason: str) -> Outcome:
    """Write a verdict down; nobody approves what they were not given to look at.

    Raises:
        RefusedError: who asks may not do so any more.
        LibraryError: it could not be written.
    """
    at = asked.desk.clock.wall()
    if verdict is Verdict.APPROVE and not asked.desk.looks.seen.has(reviewer(asked).person, mark):
        return Outcome.UNSEEN
    return await _written(asked, lambda library, by: review.decide(library, key, mark, verdict, by=by, at=at, reason=reason))


async def undo(asked: Asked) -> tuple[Outcome, int | None]:
    """Take back what the person decided last; return what came of it, and the row.

    Raises:
        RefusedError: who asks may not do so any more.
        LibraryError: it could not be written.
    """
    at = asked.desk.clock.wall()
    return await _written(asked, lambda library, by: review.undo(library, by, at))


async def rejections(asked: Asked) -> tuple[Rejection, ...]:
    """Return the rejections that stand.

    Raises:
        LibraryError: they cannot be read.
    """
    reviewer(asked)
    return await asked.desk.reader.read(review.rejections)


async def lift(asked: Asked, number: int) -> Outcome:
    """Take a rejection back.

    Raises:
        RefusedError: who asks may not do so any more.
        LibraryError: it could not be written.
    """
    at = asked.desk.clock.wall()
    return await _written(asked, lambda library, by: review.lift(library, number, by=by, at=at))


async def _written(asked: Asked, work: Callable[[Library, Reviewer], T]) -> T:
    reviewer(asked)  # there is a desk

    def write(library: Library, person: Person) -> T:
        return work(library, _as_reviewer(person))

    return await asked.desk.writer.write(asked, write)


def _as_reviewer(person: Person) -> Reviewer:
    return Reviewer(key_of(person.name), person.name, person.role.value, person.id, person.hands)
