"""What may be asked of the console: a row for each address and method. What has no row is not served.

A room (pages, api, metrics …) keeps its rows in a tuple called ROUTES; `player.console.table` puts them together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from pydantic import BaseModel
from starlette.responses import Response

from player.console.people.roles import Role

if TYPE_CHECKING:
    from player.console.desk import Asked

Kind: TypeAlias = Literal["page", "form", "api", "stream", "file"]
"""`page`: a document for people. `form`: what its buttons send, answered with 303 or a page. `api`: JSON, and errors as JSON.
`stream`: server-sent events, held open. `file`: pictures, downloads, style sheets."""

Handler: TypeAlias = "Callable[[Asked], Awaitable[Response]]"

SAFE: Final = frozenset({"GET"})
"""Methods that change nothing; HEAD is answered wherever GET is."""


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that may be asked, by whom, and what answers."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    """Such as `/photos/{key}`. What stands in braces is one part of the path, checked by *takes* like everything else."""
    needs: Role | None
    """None: nobody needs to log in."""
    handler: Handler
    _: KW_ONLY
    kind: Kind
    says: str
    """What it is for, in a line."""
    takes: type[BaseModel] | None = None
    """What the path, the query and the body hold together; whatever else comes is refused. None: nothing is taken."""
    gives: type[BaseModel] | None = None
    """What an answer in JSON looks like."""
    csrf: bool = True
    """Whether what changes something must carry the token of the page that it was pressed on."""
    reserved: bool = False
    """Served even while all else is refused for want of room: dark, light, and whether all is well."""
    slow: bool = False
    """Waits for a password to be checked: such requests take turns among themselves, and nobody else waits for them."""
    pressing: bool = False
    """Takes something off the wall, or leads there: such requests take turns among themselves, and wait for nobody who looks."""
    lent: bool = False
    """Also for somebody whose password is still the one that somebody else gave them: to change it, or to leave."""
    hidden: bool = False
    """Left out of what OpenAPI tells."""

    @property
    def changes(self) -> bool:
        """Whether asking it changes something."""
        return self.method not in SAFE
