"""What may happen to photos and their turns, and the rules of the order written down a second time.

The library and the chooser are the real ones; what the rules say is kept beside them, and compared slide by slide.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from player.library import photos, ranks, sources
from player.library.database import connect, transaction
from player.library.files import FileStore
from player.library.library import Library
from player.library.orders import ORDERS, Orders
from player.library.photo import Pick
from player.library.photos import WHOLE, Entry, PreparedRow
from player.library.schema import LIBRARY
from player.screen.chooser import Chooser, alone
from player.screen.ledger import Ledger
from player.show.director import Place
from player.show.playlist import Kind, MosaicStep, PhotoStep, Show, Step, WordsChoice
from player.show.slide import Phrase, Slide, photos_of
from player.units import SECOND, Digest, Size
from tests.fakes.clock import FakeClock

KINDS: Final[dict[str, Kind]] = {
    "photo": PhotoStep(),
    "pairs": PhotoStep(pairs=True),
    "mosaic": MosaicStep(columns=3, rows=2),
}
Fate: TypeAlias = Literal["shown", "shown, but written later", "declined", "lost by a restart"]


@dataclass(frozen=True, slots=True)
class Arrive:
    """A photo is approved and prepared; news when its source was read before."""

    source: str
    is_portrait: bool
    is_news: bool


@dataclass(frozen=True, slots=True)
class Withdraw:
    """One of the photos is withdrawn."""

    which: int


@dataclass(frozen=True, slots=True)
class Absent:
    """One of the photos leaves its feed for a moment and comes back."""

    which: int


@dataclass(frozen=True, slots=True)
class Toggle:
    """A source falls silent, or answers again."""

    source: str


@dataclass(frozen=True, slots=True)
class Play:
    """A slide of a kind, and what becomes of it."""

    kind: str
    fate: Fate


Event: TypeAlias = Arrive | Withdraw | Absent | Toggle | Play

SOURCES: Final = ("north", "south")


@dataclass
class Member:
    """What the rules say of one photo; nothing of this is read from the library."""

    source: str
    is_news: bool
    turn: int | None = None
    """None: it has not joined the pool."""
    is_away: bool = False


def memory() -> Library:
    """Return an empty library that is no file."""
    orders = Orders(connect(Path(":memory:"), ORDERS), writer="test")
    return Library(Path("nowhere"), connect(Path(":memory:"), LIBRARY), FileStore(Path("nowhere")), orders, "", "")


@dataclass
class World:
    """The library, the chooser, and the rules written down a second time."""

    library: Library = field(default_factory=memory)
    clock: FakeClock = field(default_factory=FakeClock)
    ledger: Ledger = field(default_factory=Ledger)
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    place: Place = field(default_factory=Place)
    unwritten: list[tuple[int, tuple[Pick, ...]]] = field(default_factory=list[tuple[int, tuple[Pick, ...]]])
    debuts: list[int] = field(default_factory=list[int])
    was_debut: bool = False
    before: frozenset[int] = frozenset()
    names: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        """Both sources answer from the start."""
        sources.declare(self.library.connection, {name: name for name in SOURCES})
        for name in SOURCES:
            self.set_silent(name, silent=False)

    # What happens

    def happen(self, event: Event) -> None:
        """Let *event* happen, and hold what follows against the rules."""
        self.clock.advance(SECOND)
        match event:
            case Arrive(source, is_portrait, is_news):
                key = self.approve(f"photo-{next(self.names)}", source, is_portrait=is_portrait, is_news=is_news)
                self.members[key] = Member(source, is_news, is_away=self.is_silent(source))
            case Withdraw(which):
                key = self.somebody(which)
                if key is not None:
                    photos.withdraw(self.library.connection, [key], "author")
                    del self.members[key]
            case Absent(which):
                key = self.somebody(which)
                if key is not None:
                    self.leave_and_return(key)
            case Toggle(source):
                self.toggle(source)
            case Play(kind, fate):
                self.play(kind, fate)

    def approve(self, item: str, source: str, *, is_portrait: bool, is_news: bool) -> int:
        """Bring an approved and prepared photo into the library; return its key."""
        connection = self.library.connection
        known = photos.known(connection, source, [item])
        photos.commit(connection, source, [entry(item, is_news=is_news, entered=self.clock.wall())], known)
        (job,) = [
            job for job in photos.to_prepare(connection, now=self.clock.wall(), limit=9, pixels=0) if (job.item) == item
        ] or [photos.ToPrepare(self.key_of(source, item), source, item, "1", "", None, None)]
        size = Size(200, 300) if is_portrait else Size(300, 200)
        assert photos.keep_prepared(connection, job, prepared(item, size))
        return job.key

    def key_of(self, source: str, item: str) -> int:
        """Return the row of a photo."""
        return photos.keys_of(self.library.connection, source, [item])[item]

    def somebody(self, which: int) -> int | None:
        """Return one of the photos there are."""
        keys = sorted(self.members)
        return keys[which % len(keys)] if keys else None

    def leave_and_return(self, key: int) -> None:
        """Hide a photo and approve it again: it comes back as somebody who was not shown yet, and is no news.

        But a showing that is not written yet is one all the same.
        """
        connection = self.library.connection
        photo = photos.photos(connection, [key])[key]
        photos.hide(connection, [key], "absent", "not listed")
        again = self.approve(photo.item, photo.source, is_portrait=photo.is_portrait, is_news=False)
        assert again == key
        turns = [pick.turn for _, picks in self.unwritten for pick in picks if pick.key == key]
        turn = max(turns[-1], self.highest() - 1) if turns else None
        self.members[key] = Member(photo.source, is_news=False, turn=turn, is_away=self.is_silent(photo.source))

    def is_silent(self, source: str) -> bool:
        """Whether a source's word does not count now."""
        return sources.sources(self.library.connection)[source].expired

    def set_silent(self, source: str, *, silent: bool) -> None:
        """Let a source's word count, or not."""
        with transaction(self.library.connection, "library.sqlite"):
            self.library.connection.execute(
                "UPDATE sources SET expired=?, confirmed_at=0, lease_s=NULL WHERE name=?", (silent, source)
            )

    def toggle(self, source: str) -> None:
        """Let a source fall silent or come back; who comes back is level with the others, and no further."""
        silent = not self.is_silent(source)
        self.set_silent(source, silent=silent)
        highest = self.highest()
        for member in self.members.values():
            if member.source == source:
                member.is_away = silent
        if silent:
            return
        back = [m for m in self.members.values() if m.source == source and m.turn is not None]
        highest = max([highest, *(m.turn or 0 for m in back)])
        for member in self.members.values():
            if member.turn is not None and not member.is_away:
                member.turn = max(member.turn, highest - 1)

    # A slide

    def play(self, kind: str, fate: Fate) -> None:
        """Choose a slide of *kind*, hold it against the rules, and let its fate befall it."""
        chooser = self.chooser(KINDS[kind])
        choice = chooser.next(self.place)
        slide = choice.slide
        assert slide is not None
        keys = [photo.key for photo in photos_of(slide)]
        self.check_slide(slide, keys)
        entry_number = self.ledger.add(choice.picks)
        if fate == "declined":
            self.ledger.close(entry_number)
            return
        self.check_debuts(choice.picks)
        self.before, self.place = alone(slide), choice.place
        if fate == "lost by a restart":
            self.write()
            self.ledger = Ledger()
            return
        self.take_turns(choice.picks)
        self.unwritten.append((entry_number, choice.picks))
        if fate == "shown":
            self.write()

    def chooser(self, kind: Kind) -> Chooser:
        """Return a chooser for a show of one kind of slide."""
        show = Show(id="wall", title="", order="fair", words=WordsChoice(), steps=(Step(kind, 6, 1, motion=True),))
        phrases = (Phrase("We Remember", "en"),)
        return Chooser(self.library, show=show, phrases=phrases, ledger=self.ledger, clock=self.clock)

    def check_slide(self, slide: Slide, keys: list[int]) -> None:
        """Nobody twice, nobody who is away, nobody who follows themselves alone, and of a pair both are as much due."""
        assert len(keys) == len(set(keys)), "somebody is twice on one slide"
        assert all(not self.members[key].is_away for key in keys), "somebody whose source is silent"
        assert len(keys) != 1 or keys[0] not in self.before, "somebody follows themselves alone"
        if type(slide).__name__ == "PairSlide":
            assert len({self.next_turn(key) for key in keys}) == 1, "a pair of unequal count"

    def check_debuts(self, picks: tuple[Pick, ...]) -> None:
        """First in, first out; and never two in a row while anybody else is there."""
        here: set[int] = set()
        for pick in picks:
            member = self.members[pick.key]
            is_debut = member.is_news and member.turn is None
            assert is_debut == pick.is_debut
            if is_debut:
                lane = [k for k, m in self.members.items() if m.is_news and m.turn is None and not m.is_away and k not in here]
                assert pick.key == lane[0], "the debut lane is not first in, first out"
                rest = [
                    k for k, m in self.members.items() if not m.is_away and not (m.is_news and m.turn is None) and k not in here
                ]
                assert not (self.was_debut and rest), "two debuts in a row while somebody else was there"
            self.was_debut = is_debut
            here.add(pick.key)

    def next_turn(self, key: int) -> int:
        """Return the turn that a showing now gives to a photo."""
        member = self.members[key]
        return max(1, self.highest()) if member.turn is None else member.turn + 1

    def highest(self) -> int:
        """Return the most turns that anybody in the pool has."""
        return max([m.turn for m in self.members.values() if m.turn is not None and not m.is_away], default=0)

    def take_turns(self, picks: tuple[Pick, ...]) -> None:
        """Give everyone on a slide their turn, by the rules alone."""
        turns = {pick.key: self.next_turn(pick.key) for pick in picks}
        for pick in picks:
            assert pick.turn == turns[pick.key], "the turn is not what the rules say"
            self.members[pick.key].turn = turns[pick.key]
        here = [m.turn for m in self.members.values() if m.turn is not None and not m.is_away]
        assert not here or max(here) - min(here) <= 1, "somebody in the pool is more than one turn ahead of somebody"

    def write(self) -> None:
        """Let the writer get round to it."""
        for number, picks in self.unwritten:
            ranks.note_shown(self.library.connection, picks, show="wall", at=self.clock.wall())
            self.ledger.close(number)
        self.unwritten = []


def entry(item: str, *, is_news: bool, entered: int) -> Entry:
    """Return an approved item as ingest would write it."""
    return Entry(
        item=item,
        state="approved",
        reason="",
        version="1",
        facts="",
        image="",
        sha256=None,
        size_in_bytes=None,
        caption="",
        credit="",
        alt="",
        language="",
        country="",
        focal_x=None,
        focal_y=None,
        valid_until=None,
        is_news=is_news,
        entered=entered,
    )


def prepared(item: str, size: Size) -> PreparedRow:
    """Return what would have been made of an item."""
    picture, tile = (Digest(hashlib.sha256(f"{item} {what}".encode()).hexdigest()) for what in ("picture", "tile"))
    return PreparedRow(
        original=picture, picture=picture, tile=tile, size=size, tile_size=size, stored_bytes=1, phash="", prepared_for=WHOLE
    )
