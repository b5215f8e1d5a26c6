"""What is replied to orders: values, so that whoever tells them speaks their own language. Here they are in English."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final, cast

from player.command.orders import REFUSED
from player.command.words import length_in_words

SENTENCES: Final[Mapping[str, str]] = {
    # What was done.
    "next": "the next slide comes",
    "next_held": "the next slide comes, and is held",
    "previous": "the slide before is up again",
    "held": "held, until `resume`",
    "held_already": "held already",
    "resumed": "it goes on",
    "not_held": "nothing was held",
    "dark": "dark",
    "dark_already": "dark already",
    "light": "light",
    "light_already": "it is light already",
    "light_dimmed": "light, {dim} % of it by the schedule",
    "light_against": "light, though {quiet} asks for dark",
    "light_against_dimmed": "light, though {quiet} asks for dark, {dim} % of it by the schedule",
    "auto": "back to the schedule",
    "dim": "dim {level}",
    "dim_limited": "dim {level} of the {dim} % that the schedule allows",
    "dim_none": "dim 0: the wall is dark, until `light` or a brighter `dim`",
    "dim_stays": "dim {level} stays",
    "show": "{show} is on until `auto`",
    "show_for": "{show} is on for {length}",
    "show_already": "{show} is on already, and stays until `auto`",
    "show_already_for": "{show} is on already, and stays for {length}",
    "show_over": "{show} is over; the schedule has {then}",
    "slot_over": "{slot} is over for this time; `auto` takes that back",
    "extended": "{what} goes on for {length} more",
    "extended_most": "{what} goes on for {length} more, not longer: {most} is the most",
    "withdrawn": "withdrawn",
    "card": "{card} is on {outputs} for {length}; `testcard off` takes it away",
    "card_off": "the picture is back",
    "card_none": "no test card was up",
    "keys": "keys edit {output} now: H shows them; Esc ends it, or {length} without a key",
    "keys_off": "editing is over",
    "keys_none": "nobody was editing",
    "named": "the display says its name for 5 s",
    "reloaded": "read again",
    # What is said besides.
    "in_the_dark": "it is dark: `light` shows it",
    "before": "done before the screen began anew",
    "nobody": "nobody answered",
    "stays": "{path} cannot be deleted: delete it by hand, or the next start of the screen makes the wall dark again",
    # Why not.
    "no_show": 'there is no show "{show}": {shows}',
    "no_end": "{show} has no end that could be put off: it is on until `auto`",
    "no_slot_to_extend": "no slot is on that could be extended: `go SHOW --for 30m` puts a show on",
    "no_longer": "{what} cannot go on for longer: it was put off by {most} already",
    "no_slot_to_end": "no slot is on that could be ended: {show} is what is on between them",
    "no_outputs": "there are no outputs: write `outputs: [{{id: wall}}]` in config.yaml",
    "no_output": 'there is no output "{output}": {outputs}',
    "no_card": 'there is no test card "{card}": {cards}',
    "no_display": "{output} cannot show it: {why}",
    "no_editing": "{output} cannot be edited: {why}",
    "no_slide": "there is no slide to hold yet",
    "live_up": "a live stream is up, which goes on as it comes: `go SHOW` puts a show on, `end` ends the slot",
    "page_up": "a title page is up until the show begins: `go SHOW` puts another show on",
    "plate_up": "no slide is up yet: the next one comes as soon as somebody may be shown",
    "no_naming": "the display is not named before the public: `display: {{operator_keys: true}}` allows it",
    "light_first": "it is dark: `light` first",
    "not_back": "{why}",
    "overruled": "dark was ordered after it",
    "cut_off": "the screen began anew before it came to that",
    "unread": "{why}",
    "unwritten": "it could not be put on record, and nothing has changed: try again",
}
FIELDS: Final[Mapping[str, frozenset[str]]] = {
    key: frozenset(name for _, name, _, _ in Formatter().parse(text) if name) for key, text in SENTENCES.items()
}
"""What each remark fills in."""
LENGTHS: Final = frozenset({"length", "most"})
"""Fields that are nanoseconds."""
MOST_REMARKS: Final = 8  # of one reply: the longest has three
MAX_DIGITS: Final = 19  # of nanoseconds


@dataclass(frozen=True, slots=True)
class Remark:
    """A part of a reply: a key of SENTENCES, and what is filled in."""

    key: str
    fields: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        spoken = {name: length_in_words(int(value)) if name in LENGTHS else value for name, value in self.fields}
        return SENTENCES[self.key].format(**spoken)


@dataclass(frozen=True, slots=True)
class Reply:
    """What becomes of an order."""

    remarks: tuple[Remark, ...]
    is_refused: bool = False

    def __str__(self) -> str:
        return (REFUSED if self.is_refused else "") + "; ".join(map(str, self.remarks))

    def also(self, *more: Remark) -> Reply:
        """Return it with something said besides."""
        return Reply((*self.remarks, *more), self.is_refused)


def remark(key: str, **fields: object) -> Remark:
    """Return a remark with its *fields* as text."""
    return Remark(key, tuple(sorted((name, str(value)) for name, value in fields.items())))


def done(key: str, **fields: object) -> Reply:
    """Return the reply to an order that is carried out."""
    return Reply((remark(key, **fields),))


def refusal(key: str, **fields: object) -> Reply:
    """Return the reply to an order that is not carried out."""
    return Reply((remark(key, **fields),), is_refused=True)


def written(reply: Reply) -> str:
    """Return a reply as it stands in the library, beside the same in English."""
    return json.dumps(
        {"refused": reply.is_refused, "remarks": [{"key": each.key, **dict(each.fields)} for each in reply.remarks]}
    )


def read(text: str) -> Reply | None:
    """Return a reply as it was written; None: nobody wrote one, or not one that can be told whole."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return from_record(found)


def from_record(found: object) -> Reply | None:
    """Return a reply that was read as JSON; None: it is none that can be told whole."""
    given = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    is_refused, several = given.get("refused"), given.get("remarks")
    if not isinstance(is_refused, bool) or not isinstance(several, list):
        return None
    remarks = [_remark(each) for each in cast("list[object]", several)[: MOST_REMARKS + 1]]
    whole = tuple(each for each in remarks if each is not None)
    return Reply(whole, is_refused) if len(whole) == len(remarks) <= MOST_REMARKS else None


def _remark(found: object) -> Remark | None:
    """Return a remark, if it is one of ours with all that it fills in."""
    given = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    key = given.get("key")
    if not isinstance(key, str) or key not in SENTENCES:
        return None
    fields = [(name, given.get(name)) for name in sorted(FIELDS[key])]
    texts = tuple((name, value) for name, value in fields if isinstance(value, str) and _may_be(name, value))
    return Remark(key, texts) if len(texts) == len(fields) else None


def _may_be(name: str, value: str) -> bool:
    return name not in LENGTHS or (value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS)
