"""What a map says: where in a service's JSON each thing stands, what approves it, what withdraws it.

The schema of assets/maps/*.yaml, and of maps that operators write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self, TypeAlias, cast

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from player.feed import lookup
from player.feed.lookup import Lookup
from player.schema import Frozen

_PARAMETER: Final = re.compile(r"[A-Za-z0-9_.~-]{1,64}")


def _path(value: object) -> object:
    return lookup.read(value) if isinstance(value, str) else value


def _paths(value: object) -> object:
    return (value,) if isinstance(value, str | Lookup) else value


def _parameter(value: object) -> object:
    if isinstance(value, str) and not _PARAMETER.fullmatch(value):
        raise ValueError(f'"{value}" cannot be the name of a parameter in an address')
    return value


def _conditions(value: object) -> object:
    """Groups of conditions; one group may be written without the list around it, one value without the list around it."""
    if isinstance(value, Mapping):
        return (_group(cast("object", value)),)
    return tuple(map(_group, cast("list[object]", value))) if isinstance(value, list) else value


def _group(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    pairs = cast("Mapping[str, object]", value).items()
    return {key: [said] if isinstance(said, str) else said for key, said in pairs}


Place: TypeAlias = Annotated[Lookup, BeforeValidator(_path)]
Places: TypeAlias = Annotated[tuple[Place, ...], BeforeValidator(_paths)]
"""Several paths: the first that has words is taken."""
Group: TypeAlias = dict[Place, frozenset[str]]
"""All of these must hold."""
Conditions: TypeAlias = Annotated[tuple[Annotated[Group, Field(min_length=1)], ...], BeforeValidator(_conditions)]
"""One of these groups must hold."""
Parameter: TypeAlias = Annotated[str, BeforeValidator(_parameter)]


class MapPart(Frozen):
    """A part of a map; its paths are values of our own."""

    model_config = ConfigDict(arbitrary_types_allowed=True)


class Token(MapPart):
    """Where the service wants its token. The fetcher puts it there; no parser ever sees it."""

    query: Parameter | None = None
    """The parameter of the address."""
    header: Literal["bearer"] | None = None
    """``bearer``: the header ``Authorization: Bearer …``."""

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if (self.query is None) == (self.header is None):
            raise ValueError("write either query: NAME or header: bearer")
        return self


class Next(MapPart):
    """How one page leads to the next: the same address with another value of one parameter."""

    query: Parameter
    cursor: Place | None = None
    """Its value, as the page gives it."""
    page: Place | None = None
    """Or the number of this page: the next one is one more."""
    more: Place | None = None
    """True while there are more pages. Without it the walk ends at a page without items, or without a cursor."""

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        if (self.cursor is None) == (self.page is None):
            raise ValueError("write either cursor: or page:")
        return self


class Map(MapPart):
    """How to read one service's lists of posts."""

    name: str = Field(min_length=1, max_length=60)
    token: Token | None = None
    ok: Conditions = ()
    """Of the document: without these it is no answer, whatever else it holds."""
    items: Place
    id: Place
    image: Places = Field(min_length=1)
    film: Places = ()
    """Of a post that has no picture: where its film lies, a file and no stream."""
    caption: Places = ()
    html_when: Conditions = ()
    """Of an item: its caption is HTML then."""
    credit: Places = ()
    alt: Places = ()
    language: Place | None = None
    country: Place | None = None
    width: Place | None = None
    height: Place | None = None
    sha256: Place | None = None
    version: Places = ()
    """Whatever changes when the picture behind an id becomes another one."""
    approved_when: Conditions = ()
    """Of an item: its approval. Without it the source states none, and the operator must write assume_approved: true."""
    withdrawn_when: Conditions = ()
    withdrawn_only_if_seen: bool = False
    """The service says the same of what is not approved yet; so it withdraws only what was listed here before."""
    absent_means: Literal["hidden", "nothing"]
    """hidden: the pages, walked to the end, are all that is approved. nothing: they are the newest ones only."""
    next: Next | None = None
    dates: Literal["iso", "seconds", "milliseconds"] = "iso"
    approved_at: Place | None = None
    modified_at: Place | None = None
    valid_until: Place | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not self.items.is_list:
            raise ValueError(f"items: must end in [], as in {self.items.text}[]")
        if any(path.is_list for path in self._single()):
            raise ValueError("[] can only stand in items")
        if self.modified_at and not self.approved_at:
            raise ValueError(
                "modified_at needs approved_at, or nobody knows which of them came later and every edited item waits for ever;"
                " name the date under version instead"
            )
        return self

    def _single(self) -> list[Lookup]:
        places = (self.id, self.language, self.country, self.width, self.height, self.sha256)
        dates = (self.approved_at, self.modified_at, self.valid_until)
        turns = (self.next.cursor, self.next.page, self.next.more) if self.next else ()
        lists = (*self.image, *self.film, *self.caption, *self.credit, *self.alt, *self.version)
        return [each for each in (*places, *dates, *turns, *lists) if each is not None]
