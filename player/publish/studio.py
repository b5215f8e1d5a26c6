"""The studio: the publisher's working folder, and where everything lies in it.

studio.json    public: title, people, the fingerprint of the first root
keys/          each person's locked key until they take it away, and the machine's own
photos/        what was added: each picture stripped, beside its facts
pending/       drafts and their signatures, which people share by any means
public/        what any web server serves
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Final

from player.errors import OperatorError
from player.publish import disk, documents
from player.publish.disk import Disk
from player.publish.documents import Facts
from player.publish.drafts import Pending
from player.publish.keys import Pen, open_machine_file
from player.publish.publication import Published, load

FILE: Final = "studio.json"
SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Studio:
    """A studio that exists."""

    folder: Path
    title: str
    anchor: str
    """SHA-256 of the first root."""
    disk: Disk = field(default_factory=Disk)

    @property
    def public(self) -> Path:
        """What the web server serves."""
        return self.folder / "public"

    @property
    def photos(self) -> Path:
        """What was added."""
        return self.folder / "photos"

    @property
    def keys(self) -> Path:
        """Where keys are made."""
        return self.folder / "keys"

    @property
    def root_file(self) -> Path:
        """The first root: what players are given to trust."""
        return self.public / "metadata" / "1.root.json"

    @property
    def pending(self) -> Pending:
        """The drafts."""
        return Pending(self.folder / "pending", self.disk)

    def published(self, anchor: str | None = None) -> Published:
        """Return what is published, verified from the root that *anchor* names, or this studio's own note of it."""
        return load(self.public, anchor or self.anchor)

    def machine_pens(self) -> tuple[Pen, ...]:
        """Return the keys of this machine; none on the machines of people."""
        return tuple(open_machine_file(disk.read(path), where=str(path)) for path in sorted(self.keys.glob("online*.key")))

    def new_photos(self, published: Published) -> dict[str, Facts]:
        """Return the photos that are on no page, by id."""
        known = {documents.sha256_of(item) for page in published.pages for item in page.items}
        found: dict[str, Facts] = {}
        for facts in self._facts(known):
            if facts.id in found:
                raise OperatorError(f"{self.photos}: two photos have the id {facts.id}; somebody wrote there by hand")
            found[facts.id] = facts
        return found

    def keep(self, facts: Facts, picture: bytes) -> None:
        """Put a photo into the studio, its facts last: without them it is not there."""
        self.disk.write(self.photo(facts.sha256), picture)
        self.describe(facts)

    def describe(self, facts: Facts) -> None:
        """Put down the facts of a photo that is there."""
        self.disk.write(self.photos / f"{facts.sha256}.json", documents.compact(asdict(facts)))

    def has_photo(self, sha256: str) -> bool:
        """Whether the picture of this hash is in the studio, and is what was added."""
        try:
            with self.photo(sha256).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def photo(self, sha256: str) -> Path:
        """Return where the picture of this hash lies in the studio."""
        return self.photos / f"{sha256}.jpg"

    def _facts(self, known: set[str]) -> Iterator[Facts]:
        for path in sorted(self.photos.glob("*.json")) if self.photos.is_dir() else []:
            if path.stem not in known and not path.name.startswith("."):
                facts = facts_in(disk.read(path), path)
                if facts.sha256 != path.stem:
                    raise OperatorError(f"{path}: describes another photo than its name says; somebody wrote there by hand")
                yield facts


def open_studio(folder: Path, shelf: Disk | None = None) -> Studio:
    """Return the studio in *folder*.

    Raises:
        OperatorError: There is none.
    """
    file = folder / FILE
    if not file.exists():
        raise OperatorError(f"{folder}: not a studio (no {FILE}); make one: weremember publish init, or name it: --studio DIR")
    said = documents.parsed(disk.read(file), str(file))
    if said.get("schema") != SCHEMA or not isinstance(said.get("root"), str):
        raise OperatorError(f"{file}: of another version of this program, or damaged")
    return Studio(folder, str(said.get("title", "")), str(said["root"]), shelf or Disk())


def studio_file(title: str, anchor: str, people: tuple[str, ...], officers: tuple[str, ...]) -> bytes:
    """Return what `studio.json` holds: nothing secret."""
    said = {"schema": SCHEMA, "title": title, "root": anchor, "people": list(people), "officers": list(officers)}
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def facts_in(data: bytes, path: Path) -> Facts:
    """Return the facts of a photo; OperatorError when the file was damaged."""
    said = documents.parsed(data, str(path))
    try:
        focal = said.get("focal")
        texts = {each.name: str(said.get(each.name, "")) for each in fields(Facts) if each.type == "str"}
        return Facts(
            **texts,
            size_in_bytes=_whole(said, "size_in_bytes"),
            width=_whole(said, "width"),
            height=_whole(said, "height"),
            focal=documents.point(focal),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise OperatorError(f"{path}: damaged ({error}); add the photo again") from error


def _whole(said: documents.Record, key: str) -> int:
    value = said[key]
    if not isinstance(value, int):
        raise TypeError(f"{key} is no number")
    return value
