"""One entry of RSS or Atom: its element in, an Item out, or a withdrawal, or nothing and a line that says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from player.feed.harvest import MAX_REASON
from player.feed.item import Item, Status, Withdrawal
from player.feed.syndication import media
from player.feed.syndication.tree import ATOM, DUBLIN, MEDIA, XML, base_of, words_of
from player.feed.syndication.words import Words
from player.feed.text import MAX_ALT, MAX_CREDIT, clean, from_html, language_tag, shown, usable_id
from player.units import Nanos

_ID: Final = ("guid", f"{ATOM}id")


@dataclass(frozen=True, slots=True)
class Heritage:
    """What an entry has from its feed."""

    base: str | None
    language: str
    credit: str
    valid_until: Nanos | None
    doubt: str
    """Why nothing in it may be shown; empty when nothing is said against it."""


def entry(element: Element, said: Words, above: Heritage, lines: list[str], place: str) -> Item | Withdrawal | None:
    """Return what *element* says.

    An entry without an id is left out: a link in its place may change, and then nobody could withdraw what hangs on it.

    Args:
        element: An ``item`` or ``entry``.
        said: Its words.
        above: What it has from its feed.
        lines: Receives a line when the entry cannot be used, or not as it was meant.
        place: How to name the entry when it has no id, like "entry 17".
    """
    ids = {words_of(each) for tag in _ID for each in element.iterfind(tag)} - {""}
    name = ids.pop() if len(ids) == 1 else ""
    if not usable_id(name):
        lines.append(f"{place}: {'more than one id' if ids else 'no id (guid) by which it could be withdrawn'}")
        return None
    picture = media.picture(element, base_of(element, above.base))
    scopes = picture.scopes if picture else (element,)
    sha256, is_hash_broken = media.sha256_of(scopes)
    beside = [each for tag in ("group", "content") for each in element.iter(MEDIA + tag)]
    status, why = media.status_of(scopes, beside)
    if status is Status.WITHDRAWN:
        return Withdrawal(name, clean(why, MAX_REASON), sha256=sha256)
    if picture is None:
        lines.append(f"{shown(name)}: no picture that may be fetched")
        return None
    end, is_end_broken = media.end_of(scopes)
    if above.doubt or is_hash_broken or is_end_broken:
        status, why = Status.UNKNOWN, above.doubt or "its hash or the end of its validity cannot be read"
    if status is Status.UNKNOWN:
        lines.append(f"{shown(name)}: {why}, so it counts as not approved")
    return Item(
        id=name,
        image=picture.image,
        status=status,
        caption=said.caption,
        credit=clean(media.nearest(scopes, f"{MEDIA}credit"), MAX_CREDIT) or above.credit or said.author,
        alt=from_html(media.nearest(scopes, f"{MEDIA}description"), MAX_ALT),
        language=_language(element) or above.language,
        version=" ".join(filter(None, (said.changed, str(picture.size_in_bytes or "")))),
        valid_until=min((each for each in (end, above.valid_until) if each is not None), default=None),
        sha256=sha256,
        width=picture.width,
        height=picture.height,
        is_film=picture.is_film,
    )


def heritage(head: Element, base: str | None, language: str) -> Heritage:
    """Return what the entries below *head* have from it; looked for once, for a feed may be long."""
    end, is_end_broken = media.end_of((head,))
    return Heritage(
        base=base,
        language=language,
        credit=clean(media.nearest((head,), f"{MEDIA}credit"), MAX_CREDIT),
        valid_until=end,
        doubt="the end of validity of the whole feed cannot be read" if is_end_broken else media.doubt_of(head),
    )


def _language(element: Element) -> str:
    return language_tag(element.get(f"{XML}lang") or words_of(element.find(f"{DUBLIN}language")))
