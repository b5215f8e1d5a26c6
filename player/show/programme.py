"""A programme: in which order the sites of a group show whom, from one instant on. Bytes to a value and back.

It is written in one way only, so that its hash names it. Who made it is no matter here: its hash was signed, and it gives order,
never a right to be shown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from player.errors import PublisherError
from player.show.instep import Measure, Score, Share
from player.show.people import Item, Items
from player.show.playlist import FilmStep, NamesStep, Show, Step
from player.show.slide import Phrase
from player.units import FIRST_YEAR, LAST_YEAR, MILLISECOND, SECOND, Digest, Nanos, nanos

FORMAT: Final = "weremember-programme/1"
MAX_PROGRAMME: Final = 24_000_000  # bytes; 150,000 photos whose ids are 60 characters
MAX_ITEMS: Final = 150_000
MAX_ITEM: Final = 512  # characters, as feeds have it
MAX_SOURCE: Final = 200  # characters
MAX_VERSION: Final = 64  # characters, as in what announces it
MAX_SHOW: Final = 200  # characters of a file's name
MAX_REST: Final = 4096  # bytes of a document besides its items, most of them the name of the show, escaped
DRAWN: Final = 1  # how slides are made of their steps; another number where a later version makes others of the same

_KEYS: Final = frozenset({"format", "group", "version", "show", "recipe", "epoch", "items"})
_BEFORE: Final = b'"items":['
_AFTER: Final = b'],"recipe":"'
"""No text has either in it: quotes within one are escaped."""
_GROUP: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_ROW: Final = re.compile(
    rf'\["([A-Za-z0-9_-]{{1,{MAX_SOURCE}}})","((?:[^"\\\x00-\x1f]|\\.){{1,{6 * MAX_ITEM}}})","([0-9a-f]{{64}})","([pl])"\](,?)',
    re.ASCII,
)
"""An item as it is written, and whether another one follows."""
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHAPES: Final = {"p": True, "l": False}
_YEAR: Final[Nanos] = 31_556_952 * SECOND  # the mean one: to the day is good enough for a slip
_FIRST: Final[Nanos] = (FIRST_YEAR - 1970) * _YEAR
_LAST: Final[Nanos] = (LAST_YEAR - 1970) * _YEAR


class ProgrammeError(PublisherError):
    """A programme cannot be believed; the sentence says why. What is in force stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Whom a group's sites show, and from when on."""

    group: str
    version: str
    show: str
    """The playlist that it is for."""
    recipe: str
    """What that playlist and its words come to, where it was made."""
    epoch: Nanos
    """When its first slot begins."""
    items: Sequence[Item]


def digest(body: bytes) -> Digest:
    """Return the name of a document."""
    return Digest(hashlib.sha256(body).hexdigest())


def written(programme: Programme) -> bytes:
    """Return *programme* as its document."""
    return _canonical(
        {
            "format": FORMAT,
            "group": programme.group,
            "version": programme.version,
            "show": programme.show,
            "recipe": programme.recipe,
            "epoch": programme.epoch // MILLISECOND,
            "items": [[each.source, each.item, each.sha256, "p" if each.is_portrait else "l"] for each in programme.items],
        }
    )


def parse(body: bytes) -> Programme:
    """Return the programme in *body*.

    Raises:
        ProgrammeError: it is none, or beyond a limit.
    """
    if len(body) > MAX_PROGRAMME:
        raise ProgrammeError(f"the programme has {len(body):,} bytes, and {MAX_PROGRAMME:,} are the most")
    begin, end = body.find(_BEFORE) + len(_BEFORE), body.rfind(_AFTER)
    if not len(_BEFORE) <= begin <= end or len(body) - (end - begin) > MAX_REST:
        raise ProgrammeError("the programme is not written as players write them: release it again")
    fields = _fields(body[:begin] + body[end:])
    return Programme(
        group=_text(fields, "group", _GROUP),
        version=_plain(fields, "version", MAX_VERSION),
        show=_plain(fields, "show", MAX_SHOW),
        recipe=_text(fields, "recipe", _HASH),
        epoch=_epoch(fields["epoch"]),
        items=_items(body[begin:end]),
    )


def score_of(programme: Programme, version: str, steps: Sequence[Step], share: Share | None = None) -> Score:
    """Return how *programme*, whose document's hash is *version*, is shown by a show of these *steps*."""
    return Score.of(version, epoch=programme.epoch, steps=steps, items=programme.items, share=share)


def recipe(show: Show, phrases: Sequence[Phrase]) -> str:
    """Return what *show* comes to, as 64 digits: two sites with the same make the same slides of the same photos.

    *phrases* are those that the screen speaks in it. Titles and comments are no matter; nor is how a line is written, as long as
    it settles to the same.
    """
    said = {
        "drawn": DRAWN,
        "steps": [_step(step) for step in show.steps],
        "phrases": [[phrase.text, phrase.language] for phrase in phrases],
    }
    return digest(_canonical(said))


def on_the_grid(t: Nanos, epoch: Nanos, measure: Measure) -> Nanos:
    """Return the first whole millisecond, not before *t*, at which a slot begins: of what runs since *epoch* by *measure*.

    A slot that begins amid a millisecond, for a step of 9.0005 s, counts as beginning with the next one.
    """
    earliest = -(-t // MILLISECOND) * MILLISECOND - MILLISECOND + 1
    cycle, into = divmod(earliest - epoch, measure.cycle)
    begins = next((offset for offset in measure.offsets if offset >= into), measure.cycle)
    return -(-(epoch + cycle * measure.cycle + begins) // MILLISECOND) * MILLISECOND


def _step(step: Step) -> list[object]:
    name = type(step.kind).__name__.removesuffix("Step").lower()
    kind = step.kind.model_dump(mode="json", exclude={"hold", "fade", "times", "most"})
    if isinstance(step.kind, NamesStep | FilmStep):
        name, kind = f"not in step: {name}", {}
    return [name, kind, nanos(step.hold), nanos(step.fade), step.motion]


def _canonical(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def _fields(rest: bytes) -> dict[str, object]:
    """Return what a document says besides its items, which were taken out."""
    try:
        found: object = json.loads(rest.decode("ascii"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:  # no ASCII, no JSON, brackets within brackets
        raise ProgrammeError("the programme is no JSON: release it again") from error
    fields = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    if fields.get("format") != FORMAT:
        raise ProgrammeError(f'the programme does not say "format": "{FORMAT}": release it with this version of the player')
    if fields.keys() != _KEYS or fields["items"] != []:
        raise ProgrammeError(f"the programme has other fields than {', '.join(sorted(_KEYS))}")
    return fields


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


def _text(fields: Mapping[str, object], key: str, form: re.Pattern[str]) -> str:
    value = fields[key]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ProgrammeError(f"{key} of the programme is not what it should be: release it again")
    return value


def _plain(fields: Mapping[str, object], key: str, most: int) -> str:
    value = fields[key]
    if not isinstance(value, str) or not 1 <= len(value) <= most or _UNSAFE.search(value):
        raise ProgrammeError(f"{key} of the programme is no plain text of at most {most} characters")
    return value


def _epoch(value: object) -> Nanos:
    if not isinstance(value, int) or isinstance(value, bool) or not _FIRST <= value * MILLISECOND < _LAST:
        raise ProgrammeError(f"epoch of the programme is no time in milliseconds of the years {FIRST_YEAR} to {LAST_YEAR}")
    return value * MILLISECOND


def _items(rows: bytes) -> Items:
    """Return the items, read one by one: 24 MB of JSON at once would keep all other threads waiting, a frame's among them."""
    try:
        items = Items(_each(rows.decode("ascii")))
    except UnicodeDecodeError as error:
        raise ProgrammeError("the programme is not written as players write them: release it again") from error
    if len({f"{source}/{item}" for source, item in items.names()}) < len(items):
        raise ProgrammeError("a photo stands twice in the programme: release it again")
    return items


def _each(rows: str) -> Iterator[Item]:
    at, number, is_open = 0, 0, bool(rows)
    while is_open:
        row = _ROW.match(rows, at)
        item = _item(row) if row else None
        if row is None or item is None:
            raise ProgrammeError(f"item {number:,} of the programme is none: release it again")
        if number == MAX_ITEMS:
            raise ProgrammeError(f"the programme has more than {MAX_ITEMS:,} photos")
        yield item
        at, number, is_open = row.end(), number + 1, bool(row[5])
    if at != len(rows):
        raise ProgrammeError(f"item {number:,} of the programme is none: release it again")


def _item(row: re.Match[str]) -> Item | None:
    source, item, sha256, shape = row.group(1, 2, 3, 4)
    if "\\" in item:
        try:
            item = str(json.loads(f'"{item}"'))
        except ValueError:
            return None
    if not item.strip() or len(item) > MAX_ITEM or _UNSAFE.search(item):
        return None
    return Item(source, item, Digest(sha256), _SHAPES[shape])
