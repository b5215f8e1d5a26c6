"""Making a programme: whom the centre's own library may show, in a document that every site of a group can fetch.

The library is that of a player like theirs, with the same feeds and the same playlists. What it may not show now, no programme of
it names; and what is named here is shown elsewhere only while that player's own library says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.library import photos, right
from player.library.database import translated
from player.library.library import Library, open_library
from player.library.right import Rung
from player.library.schema import LIBRARY
from player.screen.programme import Bill, programme_of
from player.settings import Configuration
from player.show.instep import Item
from player.show.programme import Programme, digest, parse, recipe, written
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import Digest, Nanos

WRITER: Final = "command line"
AT_ONCE: Final = 500  # photos whose right to be shown is asked together


@dataclass(frozen=True, slots=True)
class Composed:
    """A programme and its document."""

    programme: Programme
    body: bytes
    hash: Digest
    left_out: int
    """Prepared photos that may not be shown now."""


def show_for(configuration: Configuration, group: str, name: str | None) -> str:
    """Return which show *group* shows in step: the one that is *named*, or the only one whose playlist says so.

    Raises:
        OperatorError: there is none, or there are several.
    """
    found = sorted(each for each, playlist in configuration.playlists.items() if playlist.sync == group)
    if name is not None:
        if name not in found:
            raise OperatorError(
                f'no playlist "{name}" is in step with {group}: write `sync: {group}` in it, here and at its players'
            )
        return name
    if not found:
        raise OperatorError(f"no playlist is in step with {group}: write `sync: {group}` in one, here and at its players")
    if len(found) > 1:
        raise OperatorError(f"{len(found)} playlists are in step with {group}: say which, --show {found[0]}")
    return found[0]


def bill_of(configuration: Configuration, show: str) -> Bill:
    """Return *show* and the words that a screen here would speak in it."""
    fonts = Typesetter().fonts
    stage = stage_of(configuration, None)

    def speaks(language: str, text: str) -> bool:
        return fonts.speakable(language, text) is not None

    return programme_of(configuration, stage, speaks, fonts.sets).bill(show)


def compose(
    configuration: Configuration,
    bill: Bill,
    *,
    group: str,
    version: str,
    epoch: Nanos,
    gone: Collection[tuple[str, str]],
    clock: Clock,
    tell: Callable[[float], None],
) -> Composed:
    """Return the programme of everybody whom the library may show now, but for what is *gone*: withdrawn here, by source and id.

    Raises:
        OperatorError: nobody may be shown.
        LibraryError: the data folder cannot be used.
        ProgrammeError: it would be beyond a limit.
    """
    if not configuration.data.is_dir():
        raise OperatorError(
            f"there is no library in {configuration.data} yet: let this centre fetch the feeds (weremember ingest --once"
            " --config FILE)"
        )
    with closing(open_library(configuration.data, writer=WRITER)) as library:
        keys = _prepared(library, clock.wall())
        items = [item for item in _items(library, keys, clock, tell) if not _is_gone(item, gone)]
    if not items:
        raise OperatorError(
            f"the library in {configuration.data} has no photo that may be shown now (weremember status says why): fetch the"
            " feeds again just before (weremember ingest --once --config FILE), for what they said may have run out"
        )
    programme = Programme(
        group=group,
        version=version,
        show=bill.show.id,
        recipe=recipe(bill.show, bill.phrases),
        epoch=epoch,
        items=tuple(sorted(items, key=lambda item: item.name)),
    )
    body = written(programme)
    parse(body)  # what players would refuse is not announced
    return Composed(programme, body, digest(body), len(keys) - len(items))


def _prepared(library: Library, now: Nanos) -> dict[int, Digest]:
    """Return the prepared photos of the sources that count *now*, and the hash of each one's original."""
    found: dict[int, Digest] = {}
    there = right.ladder(library, now)
    if there.rung not in {Rung.LIVE, Rung.STALE}:  # the core set is for those who have nothing else
        return found
    with translated(LIBRARY.name):
        for source in there.sources:
            rows = library.connection.execute(
                "SELECT key, original FROM photos WHERE source=? AND state='approved' AND picture IS NOT NULL"
                " AND original IS NOT NULL AND is_film=0 ORDER BY key",
                (source.name,),
            )
            found |= {key: Digest(original) for key, original in rows}
    return found


def _items(library: Library, keys: dict[int, Digest], clock: Clock, tell: Callable[[float], None]) -> Iterator[Item]:
    everybody = list(keys)
    for begin in range(0, len(everybody), AT_ONCE):
        part = everybody[begin : begin + AT_ONCE]
        found = photos.photos(library.connection, part)
        refused = right.refusals(library, list(found.values()), clock.wall())
        for key, photo in found.items():
            if key not in refused:
                yield Item(photo.source, photo.item, keys[key], photo.is_portrait)
        tell((begin + len(part)) / len(everybody))


def _is_gone(item: Item, gone: Collection[tuple[str, str]]) -> bool:
    return (item.source, item.item) in gone or ("*", item.item) in gone
