"""One item of a JSON Feed: a stranger's object in, an Item out, or a withdrawal, or nothing and a line that says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.feed import loose
from player.feed.item import Item, Status, Withdrawal
from player.feed.kinds import FILM_BYTES, FILMS, PICTURES, kind_of
from player.feed.place import absolute
from player.feed.text import MAX_ALT, MAX_CREDIT, clean, country_code, from_html, language_tag, shown, usable_id

MAX_AUTHORS: Final = 5  # named in one credit
MAX_APPROVERS: Final = 50  # read of one item; two decide
_APPROVED: Final = "approved"
_PENDING: Final = "pending"
_WITHDRAWN: Final = frozenset({"withdrawn", "rejected", "removed", "deleted", "revoked", "retracted"})
_BIGGEST: Final = 25_000_000  # bytes; a rendition that says it is larger would be refused when fetched


@dataclass(frozen=True, slots=True)
class Heritage:
    """What an item has from its feed when it says nothing itself."""

    url: str
    authors: tuple[str, ...]
    language: str
    photos: str = ""
    """Where every photo lies by the hash of its bytes (ends in "/"): no item chooses an address. Empty: each names its own."""


def entry(value: object, heritage: Heritage, lines: list[str], place: str) -> Item | Withdrawal | None:
    """Return what *value* says.

    Args:
        value: One element of ``items``, of any type.
        heritage: From the feed.
        lines: Receives a line when the item cannot be used, or not as it was meant.
        place: How to name the item when it has no id, like "item 17".

    Returns:
        An Item; a Withdrawal when it is withdrawn and has no picture (any more); None when it cannot be used.
    """
    said = loose.record(value)
    name = loose.identity(said.get("id"))
    if name is None or not name.strip():
        lines.append(f"{place}: no id")
        return None
    if not usable_id(name):
        lines.append(f"{place}: its id is too long or holds characters that cannot be stored")
        return None
    ours = loose.record(said.get("_we_remember"))
    status = _status(said, ours)
    sha256 = loose.digest(ours.get("sha256"))
    image, rendition = _by_hash(heritage.photos, sha256) if heritage.photos else _picture(said, heritage.url)
    film = bool(heritage.photos) and kind_of(loose.text(ours.get("mime_type"))) in FILMS
    if image is None and not heritage.photos:
        image, rendition = _rendition(said, heritage.url, FILMS, FILM_BYTES)
        film = image is not None
    if image is None:
        if status is Status.WITHDRAWN:
            return Withdrawal(name)
        lines.append(f"{shown(name)}: no {'sha256 of its photo' if heritage.photos else 'picture that may be fetched'}")
        return None
    limits = {"approved_at": loose.moment(ours.get("approved_at")), "valid_until": loose.moment(ours.get("valid_until"))}
    size = loose.whole(ours.get("size_in_bytes", rendition.get("size_in_bytes")), 1)
    # An approval whose limits are there but cannot be read is none.
    fault = next((key for key, value in {**limits, "sha256": sha256}.items() if value is None and ours.get(key) is not None), "")
    if heritage.photos and size is None:
        fault = "size_in_bytes"
    if fault and status is not Status.WITHDRAWN:
        lines.append(f"{shown(name)}: {fault} cannot be read, so it counts as not approved")
        status = Status.UNKNOWN
    return Item(
        id=name,
        image=image,
        status=status,
        caption=_caption(said),
        credit=_credit(said, ours, heritage),
        alt=clean(loose.text(ours.get("alt")), MAX_ALT),
        language=language_tag(loose.text(said.get("language"))) or heritage.language,
        country=country_code(loose.text(ours.get("country"))),
        focal=loose.focal(ours.get("focal")),
        approved_by=_approvers(ours.get("approved_by")),
        approved_at=limits["approved_at"],
        modified_at=loose.moment(said.get("date_modified")),
        valid_until=limits["valid_until"],
        sha256=sha256,
        size_in_bytes=size,
        width=loose.whole(ours.get("width"), 1),
        height=loose.whole(ours.get("height"), 1),
        is_film=film,
    )


def authors(said: dict[str, object]) -> tuple[str, ...]:
    """The names in ``authors``, which beats the older ``author``, of a feed or an item."""
    people = loose.listed(said.get("authors"))[:MAX_AUTHORS] or [said.get("author")]
    names = (clean(loose.text(loose.record(person).get("name")), MAX_CREDIT) for person in people)
    return tuple(dict.fromkeys(name for name in names if name))


def _status(said: dict[str, object], ours: dict[str, object]) -> Status:
    """UNSTATED only when nothing is said at all; a signal that we do not understand is no approval."""
    if "status" not in ours:
        return Status.UNSTATED if isinstance(said.get("_we_remember", {}), dict) else Status.UNKNOWN
    said_so = loose.text(ours["status"])
    if said_so == _APPROVED:  # to the letter: nothing else is an approval
        return Status.APPROVED
    word = said_so.strip().lower()
    if word in _WITHDRAWN:
        return Status.WITHDRAWN
    return Status.PENDING if word == _PENDING else Status.UNKNOWN


def _approvers(value: object) -> tuple[str, ...]:
    """Distinct names: spelled alike but for case and spaces is one person."""
    people = [value] if isinstance(value, str) else loose.listed(value)[:MAX_APPROVERS]
    names = (clean(loose.text(person), MAX_CREDIT) for person in people)
    return tuple({name.casefold(): name for name in names if name}.values())


def _caption(said: dict[str, object]) -> str:
    return (
        clean(loose.text(said.get("content_text")))
        or from_html(loose.text(said.get("content_html")))
        or clean(loose.text(said.get("title")))
        or clean(loose.text(said.get("summary")))
    )


def _credit(said: dict[str, object], ours: dict[str, object], heritage: Heritage) -> str:
    """Whom to name. Authors are named only where the feed says that they want to be."""
    credit = clean(loose.text(ours.get("credit")), MAX_CREDIT)
    if credit or ours.get("show_name") is not True:
        return credit
    return clean(", ".join(authors(said) or heritage.authors), MAX_CREDIT)


def _by_hash(photos: str, sha256: str | None) -> tuple[str | None, dict[str, object]]:
    return (photos + sha256 if sha256 else None), {}


def _picture(said: dict[str, object], url: str) -> tuple[str | None, dict[str, object]]:
    """The item's picture: ``image``, else the best rendition among the attachments, which is returned too."""
    image = absolute(loose.text(said.get("image")), url)
    return (image, {}) if image is not None else _rendition(said, url, PICTURES, _BIGGEST)


def _rendition(said: dict[str, object], url: str, kinds: tuple[str, ...], biggest: int) -> tuple[str | None, dict[str, object]]:
    """The best attachment of one of *kinds* that has at most *biggest* bytes."""
    attachments = [loose.record(value) for value in loose.listed(said.get("attachments"))]
    pictures = [(absolute(loose.text(each.get("url")), url), each) for each in attachments if _kind(each) in kinds]
    usable = [(there, each) for there, each in pictures if there is not None]
    if not usable:
        return None, {}
    title = _title(usable[0][1])
    renditions = [pair for pair in usable if title and _title(pair[1]) == title] or usable[:1]
    return max(renditions, key=lambda pair: _worth(pair[1], kinds, biggest))


def _title(attachment: dict[str, object]) -> str:
    return loose.text(attachment.get("title"))


def _kind(attachment: dict[str, object]) -> str:
    return kind_of(loose.text(attachment.get("mime_type")))


def _worth(attachment: dict[str, object], kinds: tuple[str, ...], biggest: int) -> tuple[int, int]:
    """The largest that we may fetch, then the better kind; a size that is not given counts as small."""
    size = loose.whole(attachment.get("size_in_bytes"), 1) or 0
    return size if size <= biggest else -1, -kinds.index(_kind(attachment))
