"""What the tests of programmes share: a group's documents, where they lie, and a player that is to follow them."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from typing import Final, TypeAlias

from player.errors import WeRememberError
from player.feed.fetch import AnsweredError, Response
from player.feed.item import Validators
from player.ingest.programmes import ProgrammeFetcher, Terms
from player.ingest.readiness import Readiness
from player.library import heard, programmes
from player.library.library import Library, open_library
from player.library.programmes import Known
from player.show.instep import Item
from player.show.playlist import Playlist, Show, settle
from player.show.programme import Programme, digest, recipe, written
from player.show.slide import Phrase
from player.units import SECOND, Digest, Nanos, Seconds
from tests.fakes.clock import OPENING
from tests.library.shelf import Shelf, sha

GROUP: Final = "memorial"
BEGINS: Final[Nanos] = OPENING + 900 * SECOND
SHOW: Final[Show] = settle("wall", {"wall": Playlist.model_validate({"slides": ["photo", "words"], "sync": GROUP})})
"""A cycle of 21.2 seconds."""
RECIPE: Final = recipe(SHOW, [Phrase("We Remember", "en")])
DOCUMENT: Final = Programme(group=GROUP, version="7", show="wall", recipe=RECIPE, epoch=BEGINS, items=())


def items(*names: str, source: str = "wall") -> tuple[Item, ...]:
    """Return photos whose originals hold their name's letters."""
    return tuple(Item(source, name, Digest(sha(name.encode())), is_portrait=False) for name in names)


@contextmanager
def followers(shelf: Shelf) -> Generator[Follow]:
    """Give what makes a player of *shelf*, with a connection of its own: whatever else is written there comes from others."""
    with closing(open_library(shelf.folder, writer="programmes")) as library:
        yield partial(Follower, shelf, library)


class Origin:
    """Where programmes lie: a Fetcher from memory."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.fault: WeRememberError | None = None
        self.asked: list[tuple[str, int, Seconds]] = []

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """As a Fetcher."""
        del validators, identity
        self.asked.append((url, limit_bytes, deadline_s))
        if self.fault:
            raise self.fault
        if url not in self.bodies:
            raise AnsweredError(f"{url}: answered 404", status=404)
        return Response(200, self.bodies[url], url=url)

    def cut(self) -> None:
        """Nothing is ever under way for long."""


class Follower:
    """A player of the group, with the library of *shelf*."""

    def __init__(self, shelf: Shelf, library: Library, **terms: object) -> None:
        self.shelf = shelf
        self.library = library
        self.origin = Origin()
        self.terms = replace(
            Terms(
                player="site-1",
                groups=frozenset({GROUP}),
                address=lambda name: f"https://x/programmes/{name}.json",
                is_near=True,
                sources=frozenset({"wall", "other"}),
                shows={"wall": SHOW},
            ),
            **terms,
        )
        self.start()

    def start(self) -> None:
        """As a new configuration does."""
        self.fetching = ProgrammeFetcher(self.library, fetcher=self.origin, terms=self.terms, clock=self.shelf.clock)
        self.readiness = Readiness(self.library, self.shelf.clock, self.terms.shows)

    def announce(self, document: Programme | bytes, said: Mapping[str, object] | None = None, *, lies: bool = True) -> str:
        """Have a document announced as it is, or as is *said*; return its hash."""
        body = document if isinstance(document, bytes) else written(document)
        what = document if isinstance(document, Programme) else DOCUMENT
        name = digest(body)
        if lies:
            self.origin.bodies[self.terms.address(name)] = body
        told: dict[str, object] = {"version": what.version, "activate_at": what.epoch, "size": len(body), **(said or {})}
        programmes.announce(
            self.shelf.library.connection,
            str(told.get("group", what.group)),
            version=str(told["version"]),
            digest=name,
            activate_at=int(str(told["activate_at"])),
            size=int(str(told["size"])),
            at=self.shelf.clock.wall(),
        )
        return name

    def commit(self, document: Programme) -> None:
        """Have a document committed."""
        programmes.commit(
            self.shelf.library.connection,
            document.group,
            version=document.version,
            digest=digest(written(document)),
            activate_at=document.epoch,
            at=self.shelf.clock.wall(),
        )

    def all(self) -> tuple[Known, ...]:
        """Return what is known of all there are."""
        return programmes.every(self.library.connection)

    def fetch(self) -> Known:
        """Fetch what is due; return the one there is."""
        self.fetching.step()
        (known,) = self.all()
        return known

    def look(self) -> Known:
        """See how far all is, after a while."""
        self.shelf.clock.advance(60 * SECOND)
        self.say(self.recipes)
        self.readiness.look()
        return self.all()[-1]

    recipes: Mapping[str, str] | None = None

    def say(self, recipes: Mapping[str, str] | None) -> None:
        """Have the screen say what its shows come to."""
        self.recipes = recipes
        told = {} if recipes is None else {"recipes": dict(recipes)}
        said = heard.dated(told, self.shelf.clock.monotonic())
        (self.shelf.folder / heard.STATUS).write_text(json.dumps(said))


Follow: TypeAlias = Callable[..., Follower]
"""Makes a player, with other terms."""
