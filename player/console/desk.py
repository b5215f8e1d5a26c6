"""What every handler of the console works at: one `Desk` for the process, one `Asked` for each request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from player.clock import Clock
from player.console.door.cookies import Cookies
from player.console.door.limits import Requests
from player.console.lanes import Lanes
from player.console.looks.memory import Memory
from player.console.ordering import NOT_SIGNED_IN, OrderDoor
from player.console.people.gate import People
from player.console.people.rows import Person
from player.console.reading import Reader
from player.console.rendering import Sheet, Stationery
from player.console.strings import Catalogue
from player.console.writing import Writer
from player.settings import Configuration

if TYPE_CHECKING:
    from player.console.door.origin import Names
    from player.console.fleet.centre import Centre
    from player.console.live import Live
    from player.console.routes import Route

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the process has; the same for every request."""

    folder: Path
    """The data folder."""
    configuration: Callable[[], Configuration]
    """What is in force now."""
    clock: Clock
    people: People
    limits: Requests
    strings: Catalogue
    stationery: Stationery
    """What pages are written on."""
    reader: Reader
    """The way to the library, to look: `await desk.reader.read(function of a Library)`."""
    writer: Writer
    """The way into it: `await desk.writer.write(asked, function of a Library and a Person)`."""
    orders: OrderDoor
    """The way to the screen: `await desk.orders.post(command, asked.by)`."""
    lanes: Lanes
    """Threads for whatever may wait: `await desk.lanes.run(desk.lanes.people, work)`."""
    live: Live
    table: tuple[Route, ...]
    """Everything that is served."""
    names: Names
    """Under which names, at which port, by which scheme."""
    looks: Memory = field(default_factory=Memory)
    """What was found out a moment ago, for `player.console.looks.asking`."""
    centre: Centre | None = None
    """The centre of a fleet that the console was started at; None: it is about this player alone."""

    @property
    def is_secure(self) -> bool:
        """Whether it is served by TLS."""
        return self.names.scheme == "https"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as far as a handler may know it: checked, and without a raw path."""

    desk: Desk
    route: Route
    person: Person | None
    """Who is logged in."""
    language: str
    address: str
    """Where it came from: an IP address."""
    cookies: Cookies = field(repr=False)
    """What the browser brought along, whether it counts or not."""
    bearer: str = field(default="", repr=False)
    """The token that a program sent in the header Authorization; nobody has looked at it."""
    given: BaseModel | None = None
    """What came with it, as the row's `takes` says."""

    @property
    def csrf(self) -> str:
        """What forms on the page carry in a hidden field called `csrf`, and programs in the header X-CSRF-Token."""
        return self.cookies.csrf()

    @property
    def by(self) -> str:
        """Who asks, for the record."""
        return self.person.name if self.person else NOT_SIGNED_IN

    @property
    def sheet(self) -> Sheet:
        """What an answer is written on: `asked.sheet.page("now.html", …)`, `asked.sheet.text("now.title")`."""
        return Sheet(self.desk.stationery, self.language, self.csrf, self.person, self.route.path)

    def take(self, model: type[Model]) -> Model:
        """Return what came with it, which is what the row says that it takes."""
        if not isinstance(self.given, model):
            raise TypeError(f"{self.route.path} takes no {model.__name__}")  # the row and its handler disagree: our fault
        return self.given
