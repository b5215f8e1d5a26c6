"""Which programmes count for shows that are to be in step: read from the library by the loader, told to the frame loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from player import log
from player.clock import Clock
from player.errors import PublisherError
from player.library import programmes
from player.library.library import Library
from player.library.programmes import Known
from player.screen.instep import Part, Steps
from player.screen.programme import Bill
from player.settings import Settings
from player.show.instep import Share
from player.show.plan import FOREVER
from player.show.programme import Programme as Document
from player.show.programme import parse, recipe, score_of
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = 5 * SECOND  # a programme counts from a quarter of an hour after it was announced
IDLE: Final[Nanos] = 10 * SECOND  # where nothing is in step there is nothing to look at; whoever asks for something is heard

_log = log.get("screen")


class Scores:
    """What is read by one thread is one whole value for the other."""

    def __init__(
        self,
        bills: Sequence[Bill] = (),
        share: Share | None = None,
        *,
        recipes: Mapping[str, str] | None = None,
        tells: bool = True,
    ) -> None:
        """Look for shows of *bills* at a site with this *share*; *recipes* is what they come to, where that was said already.

        *tells*: the log is told of shows that are not in step.
        """
        self._bills = {bill.show.id: bill for bill in bills if bill.show.sync}
        self._share = share
        known = recipes or {}
        self.recipes = {name: known.get(name) or recipe(bill.show, bill.phrases) for name, bill in self._bills.items()}
        """By show, of those that are to be in step: what they come to here."""
        self._steps: dict[str, Steps] = {}
        self._documents: dict[str, Document | str] = {}
        """By hash: the programme, or why there is none."""
        self._parts: dict[tuple[str, str], Part] = {}
        """By show and hash: whatever was worked out of a programme that counts is not worked out again."""
        self._stands_out = {
            name: log.Edge(_log, begins="a show is not in step with its group", ends="a show is in step with its group")
            for name in (self._bills if tells else ())
        }
        self._next: Nanos | None = None

    def steps(self, show: str) -> Steps | None:
        """Return the programmes that count for *show*: none where it goes by its own order; None: nobody has looked yet."""
        return self._steps.get(show) if show in self._bills else _NONE

    def is_due(self, clock: Clock) -> bool:
        """Whether it is time to look again."""
        return bool(self._bills) and (self._next is None or clock.monotonic() >= self._next)

    def rest(self, clock: Clock) -> Nanos:
        """Return how long it is until then."""
        if not self._bills or self._next is None:
            return IDLE if not self._bills else 0
        return max(0, self._next - clock.monotonic())

    def look(self, library: Library, clock: Clock) -> None:
        """See which programmes count by now, if it is time to.

        Raises:
            LibraryError: it cannot be read.
        """
        if not self.is_due(clock):
            return
        now, read = clock.wall(), library.connection
        groups = {bill.show.sync: bill.show.sync for bill in self._bills.values() if bill.show.sync}
        counting = {
            group: [known for known in (programmes.in_force(read, group, now), programmes.coming(read, group, now)) if known]
            for group in groups
        }
        before, every = self._documents, [known for each in counting.values() for known in each]
        self._documents = {known.hash: before.get(known.hash) or _document(library, known) for known in every}
        for name, bill in self._bills.items():
            self._steps[name] = self._counting(bill, counting[bill.show.sync or ""])
        for name, edge in self._stands_out.items():
            edge.note(name, holds=bool(self._steps[name].why_not), show=name, why=self._steps[name].why_not)
        self._parts = {key: part for key, part in self._parts.items() if key[1] in self._documents}
        self._next = clock.monotonic() + LOOK_EVERY

    def _counting(self, bill: Bill, counting: Sequence[Known]) -> Steps:
        if not counting:
            return Steps(why_not=f"no programme of the group {bill.show.sync} is committed and here")
        parts: list[Part] = []
        why_not = ""
        for known, following in zip(counting, (*counting[1:], None), strict=True):
            found = self._part(bill, known, FOREVER if following is None else following.activate_at)
            if isinstance(found, Part):
                parts.append(found)
            else:
                why_not = why_not or found
        return Steps(tuple(parts), why_not)

    def _part(self, bill: Bill, known: Known, until: Nanos) -> Part | str:
        """Return a programme as *bill*'s show goes by it, or why it does not."""
        name, document = bill.show.id, self._documents[known.hash]
        if isinstance(document, str):
            return document
        if document.show != name:
            return f'version {known.version} of the group {known.group} is for the show "{document.show}"'
        if document.recipe != self.recipes[name]:
            return f'its playlist "{name}" differs from the one that version {known.version} was made for'
        if not document.items:
            return f"version {known.version} has no photos"
        before = self._parts.get((name, known.hash))
        if before and before.until == until:
            return before
        score = before.score if before else score_of(document, known.hash, bill.show.steps, self._share)
        part = self._parts[name, known.hash] = Part(group=known.group, version=known.version, score=score, until=until)
        return part


def share_of(settings: Settings) -> Share | None:
    """Return which part of everybody comes first at a site, in shows in step."""
    return Share.read(settings.fleet.share) if settings.fleet and settings.fleet.share else None


def _document(library: Library, known: Known) -> Document | str:
    try:
        body = programmes.body(library.connection, known.group, known.hash)
        return parse(body) if body else f"version {known.version} is not here"
    except PublisherError as error:
        return str(error)


_NONE: Final = Steps()
