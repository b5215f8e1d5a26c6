"""Whose photos a programme has, in its order: up to 150,000 of them, in as little room as they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast, overload

from player.units import Digest

Name: TypeAlias = tuple[str, str]
"""Source and item."""

_BYTES: Final = 32  # of a SHA-256


@dataclass(frozen=True, slots=True)
class Item:
    """A photo of the programme."""

    source: str
    item: str
    sha256: Digest
    """Of its original."""
    is_portrait: bool

    @property
    def name(self) -> Name:
        """What it is called wherever items are named."""
        return self.source, self.item


class Items(Sequence[Item]):
    """Photos in columns: 125 bytes each, and nothing that Python's garbage collector walks through amid a fade."""

    __slots__ = ("_hashes", "_items", "_shapes", "_sources")

    def __init__(self, items: Iterable[Item] = ()) -> None:
        """Take *items* one by one."""
        self._sources: list[str] = []
        self._items: list[str] = []
        hashes, shapes = bytearray(), bytearray()
        known: dict[str, str] = {}  # one text for each source, whatever number of photos it has
        for each in items:
            self._sources.append(known.setdefault(each.source, each.source))
            self._items.append(each.item)
            hashes += bytes.fromhex(each.sha256)
            shapes.append(each.is_portrait)
        self._hashes, self._shapes = bytes(hashes), bytes(shapes)

    def name(self, at: int) -> Name:
        """Return source and item of the photo at a place."""
        return self._sources[at], self._items[at]

    def names(self) -> Iterator[Name]:
        """Return source and item of all, in order."""
        return zip(self._sources, self._items, strict=True)

    @property
    def shapes(self) -> bytes:
        """Whether each is a portrait: 1 or 0."""
        return self._shapes

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Items: ...
    def __getitem__(self, index: int | slice) -> Item | Items:
        if isinstance(index, slice):
            return Items(self[each] for each in range(*index.indices(len(self))))
        at = range(len(self))[index]
        sha256 = Digest(self._hashes[at * _BYTES : (at + 1) * _BYTES].hex())
        return Item(self._sources[at], self._items[at], sha256, bool(self._shapes[at]))

    def __iter__(self) -> Iterator[Item]:
        begins = range(0, len(self._hashes), _BYTES)
        for source, item, at, shape in zip(self._sources, self._items, begins, self._shapes, strict=True):
            yield Item(source, item, Digest(self._hashes[at : at + _BYTES].hex()), bool(shape))

    def __eq__(self, other: object) -> bool:
        """Whether *other* has the same photos in the same order, whatever it keeps them in."""
        return tuple(self) == tuple(cast("Sequence[Item]", other)) if isinstance(other, Items | tuple) else NotImplemented

    __hash__ = None  # pyright: ignore[reportAssignmentType] - equal to a tuple whose hash nobody wants to work out

    def __repr__(self) -> str:
        return f"Items of {len(self):,} photos"
