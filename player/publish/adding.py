"""Adding photos: each is looked at by the player's own confined worker and kept as it would be shown, without anything else.

Every file is worked on by itself and kept at once, so that adding again after an interruption goes on where it stopped. The id is
made of the original file, so adding it twice adds it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.feed import sidecar
from player.feed.sidecar import Words
from player.feed.text import clean, shown
from player.pictures.pool import Done, Failed, Job, Pool
from player.pictures.wire import MAX_BYTES
from player.publish import disk, documents
from player.publish.documents import Facts
from player.publish.evidence import withdrawals_signed
from player.publish.gone import Gone, gone, joined
from player.publish.studio import Studio
from player.units import Size

BOUNDS: Final = Size(4800, 2700)  # 1.25 x a 4K wall: as much as a player keeps of a photo
TILE: Final = Size(256, 256)  # the worker makes one with each picture; here it is not kept
ID_DIGITS: Final = 12  # of the original's hash: with a hundred thousand photos, once in 56,000 studios two are alike
MAX_FILES: Final = 100_000  # of one folder
_LITTER: Final = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding."""

    new: tuple[Facts, ...]
    known: int
    """Files that were in the studio already."""
    reworded: tuple[str, ...]
    """Ids of pending photos whose words were changed; what approved the old ones counts no more."""
    refused: tuple[str, ...]
    """What was not taken, and why, a line each."""
    wordless: tuple[str, ...]
    """What was wrong with the words beside photos that were taken, a line each."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that is to be added."""

    path: Path
    name: str
    id: str
    sha256: str


def add(studio: Studio, sources: Sequence[Path], clock: Clock, tell: Callable[[float], None]) -> Added:
    """Take photos into the studio; they are pending until two people approve them.

    Args:
        studio: Where they go.
        sources: Files, and folders with everything below them.
        clock: For the workers' time limits.
        tell: Is told how far it has come, 0 to 1.

    Raises:
        OperatorError: A source is not there, all are empty, or the disk is full; what was taken until then stays.
    """
    files = list(_files(sources))
    if not files:
        raise OperatorError(f"{', '.join(str(source) for source in sources)}: holds no file to add")
    now = studio.published()
    pending = studio.new_photos(now)
    digests = {facts.sha256: facts.id for facts in pending.values()}
    digests |= {documents.sha256_of(item): name for name, item in now.items().items()}
    standing = gone(joined(withdrawals_signed(now, studio.pending.all())), now.policy.reinstated)
    adding = _Adding(studio=studio, pending=pending, published=frozenset(now.items()), gone=standing, digests=digests)
    todo = {number: found for number, file in enumerate(files) if (found := adding.looked_up(*file)) is not None}
    new = tuple(adding.taken(todo, clock, tell))
    return Added(new, adding.known, tuple(adding.reworded), tuple(adding.refused), tuple(adding.wordless))


@dataclass(slots=True, kw_only=True)
class _Adding:
    """One call of `add`, collecting what it has to say."""

    studio: Studio
    pending: dict[str, Facts]
    published: frozenset[str]
    gone: Gone
    digests: dict[str, str]
    """Ids by the hash of the stripped picture, whatever file it came from."""
    known: int = 0
    reworded: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    wordless: list[str] = field(default_factory=list[str])
    _met: set[str] = field(default_factory=set[str])

    def looked_up(self, path: Path, name: str) -> _Found | None:
        """Return the file when it is to be added; None when it is known, or refused already."""
        found = self._found(path, name)
        if found is None:
            return None
        if found.id in self.gone.ids:
            self.refused.append(f"{shown(name)}: withdrawn as {found.id}; it can only come back by weremember publish reinstate")
            return None
        if found.id in self.published or found.id in self.pending or found.id in self._met:
            self.known += 1
            if found.id in self.pending:
                self._reword(found, self.pending[found.id])
            return None
        self._met.add(found.id)
        return found

    def taken(self, todo: dict[int, _Found], clock: Clock, tell: Callable[[float], None]) -> Iterator[Facts]:
        """Yield each photo once it is in the studio."""
        jobs = [Job(number, partial(disk.read, found.path)) for number, found in todo.items()]
        with Pool(bounds=BOUNDS, tile_bounds=TILE, clock=clock) as pool:
            for done, outcome in enumerate(pool.run(jobs), start=1):
                tell(done / len(jobs))
                found = todo[outcome.key]
                if isinstance(outcome, Failed):
                    self.refused.append(f"{shown(found.name)}: {outcome.error}")
                elif outcome.data_sha256 != found.sha256:
                    self.refused.append(f"{shown(found.name)}: was changed while it was added; add it again")
                elif (facts := self._kept(found, outcome)) is not None:
                    yield facts

    def _kept(self, found: _Found, done: Done) -> Facts | None:
        """Put the picture into the studio; None when there is the same one, or it was withdrawn."""
        picture = done.prepared.picture_jpeg
        sha256 = hashlib.sha256(picture).hexdigest()
        if self.gone.has(found.id, sha256):
            self.refused.append(f"{shown(found.name)}: the same picture was withdrawn")
            return None
        if sha256 in self.digests:
            self.refused.append(f"{shown(found.name)}: the same picture as {self.digests[sha256]}")
            return None
        size = done.prepared.size
        bare = Facts(
            id=found.id,
            file=found.name,
            original_sha256=found.sha256,
            sha256=sha256,
            size_in_bytes=len(picture),
            width=size.width,
            height=size.height,
        )
        facts = _worded(bare, self._words(found))
        self.digests[sha256] = facts.id
        self.studio.keep(facts, picture)
        return facts

    def _reword(self, found: _Found, before: Facts) -> None:
        """Take the words beside a pending photo anew. Who approved it with others has not approved it with these."""
        after = _worded(before, self._words(found))
        if after != before:
            self.studio.describe(after)
            self.reworded.append(before.id)

    def _words(self, found: _Found) -> Words:
        words, file, fault = _beside(found.path)
        if fault:
            how = "added without its words" if words == Words() else "added with the rest of its words"
            self.wordless.append(f"{shown(found.name)}: {how}: {clean(file, 60)}: {fault}")
        return words

    def _found(self, path: Path, name: str) -> _Found | None:
        try:
            if path.stat().st_size > MAX_BYTES:
                self.refused.append(f"{shown(name)}: larger than {MAX_BYTES:,} bytes")
                return None
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            self.refused.append(f"{shown(name)}: cannot be read ({error.strerror})")
            return None
        return _Found(path, name, f"p-{digest[:ID_DIGITS]}", digest)


def _worded(facts: Facts, words: Words) -> Facts:
    return replace(
        facts,
        caption=words.caption,
        alt=words.alt,
        credit=words.credit,
        language=words.language,
        country=words.country,
        focal=words.focal,
    )


def _beside(path: Path) -> tuple[Words, str, str]:
    """Return what the sidecar of *path* says, `name.jpg.yaml` or `name.yaml`, its name, and what is wrong with it."""
    for stem in (path.name, path.stem):
        for suffix in sidecar.SUFFIXES:
            beside = path.with_name(stem + suffix)
            try:
                with beside.open("rb") as file:
                    words, fault = sidecar.words(file.read(sidecar.MAX_BYTES + 1))
                    return words, beside.name, fault
            except FileNotFoundError:
                continue
            except OSError as error:
                return Words(), beside.name, f"cannot be read ({error.strerror})"
    return Words(), "", ""


def _files(sources: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    """Yield files with the names they go by: in order, without hidden ones, sidecars, and what systems leave behind."""
    for source in sources:
        if source.is_file():
            yield source, source.name
        elif source.is_dir():
            for count, path in enumerate(sorted(source.rglob("*"))):
                if count >= MAX_FILES:
                    raise OperatorError(f"{source}: more than {MAX_FILES:,} files; add it folder by folder")
                name = path.relative_to(source).as_posix()
                is_hidden = any(part.startswith(".") for part in name.split("/")) or path.name.lower() in _LITTER
                if not is_hidden and not name.lower().endswith(sidecar.SUFFIXES) and path.is_file() and not path.is_symlink():
                    yield path, name
        else:
            raise OperatorError(f"{source}: no such file or folder")
