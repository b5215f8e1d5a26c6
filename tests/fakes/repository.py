"""A publisher of a signed feed, in memory: what a good one does, and every knob that an attacker would turn.

Made with tuf's own metadata classes and nothing of ours but the names of the format, so that reader and publisher are tried
against a third. Each deed is published at once, and signs anew only what it must: half a millisecond, a tick a tenth of one. It
serves its files as a Fetcher, counting requests and bytes; `write` puts them into a folder.

    repository = Repository()
    repository.approve("p-1", b"picture")          # by the first two reviewers
    old = repository.copy()
    repository.withdraw("p-1")                     # by the first alone
    repository.advance(600 * SECOND); repository.tick()
    repository.served = old                        # a replay
    repository.sign(APPROVED, by=("Dov",))         # one signature of two
    repository.sign(SNAPSHOT, expires=repository.now - SECOND)
    repository.instead["metadata/timestamp.json"] = ENDLESS
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

from tuf.api.metadata import (
    DelegatedRole,  # pyright: ignore[reportPrivateImportUsage]  this is tuf's documented place for all of these
    Delegations,  # pyright: ignore[reportPrivateImportUsage]
    Metadata,
    MetaFile,  # pyright: ignore[reportPrivateImportUsage]
    Role,  # pyright: ignore[reportPrivateImportUsage]
    Root,  # pyright: ignore[reportPrivateImportUsage]
    Snapshot,  # pyright: ignore[reportPrivateImportUsage]
    TargetFile,  # pyright: ignore[reportPrivateImportUsage]
    Targets,  # pyright: ignore[reportPrivateImportUsage]
    Timestamp,  # pyright: ignore[reportPrivateImportUsage]
)

from player.feed.body import TooLargeError
from player.feed.fetch import AnsweredError, Response
from player.feed.item import Validators
from player.feed.signed.layout import (
    APPROVED,
    CORE,
    DELEGATIONS,
    INDEX,
    LIFETIMES,
    LIST,
    PERSON,
    POLICY,
    ROOT,
    SIGNED_AT,
    SNAPSHOT,
    TARGETS,
    THRESHOLDS,
    TIMESTAMP,
    WITHDRAWN,
    metadata_path,
    page_name,
    page_path,
    photo_path,
    target_path,
)
from player.units import SECOND, Nanos, Seconds
from tests.fakes.clock import OPENING
from tests.fakes.pens import MACHINE, Pen, pen_of

OFFICERS: Final = ("Ada", "Ben", "Cleo")
"""Who hold the keys of root and targets."""
REVIEWERS: Final = ("Dov", "Eli", "Fay")
FEED: Final = "https://jsonfeed.org/version/1.1"

Document: TypeAlias = dict[str, Any]


class Endless:
    """A body without end."""


ENDLESS: Final = Endless()


class Repository:
    """The feed, the keys of all its people, and the files as they are served."""

    def __init__(
        self,
        *,
        base: str = "https://signed.example/feed",
        now: Nanos = OPENING,
        page_size: int = 200,
        officers: Sequence[str] = OFFICERS,
        reviewers: Sequence[str] = REVIEWERS,
    ) -> None:
        self.base = base
        self.now = now
        self.page_size = page_size
        self.files: dict[str, bytes] = {}
        """By path below the base URL. Old versions stay, as on a real server, until `prune`."""
        self.served: Mapping[str, bytes] | None = None
        """What is served instead of *files*: an old copy, say."""
        self.instead: dict[str, bytes | Exception | Endless] = {}
        """By path: what is served there whatever was signed; an error is raised."""
        self.requests: list[str] = []
        """Paths, in the order they were asked for."""
        self.received = 0
        """Bytes of bodies served."""
        self.pens: dict[str, list[Pen]] = {
            ROOT: [pen_of(name) for name in officers],
            TARGETS: [pen_of(name) for name in officers],
            SNAPSHOT: [pen_of(MACHINE)],
            TIMESTAMP: [pen_of(MACHINE)],
            WITHDRAWN: [pen_of(name) for name in reviewers],
            APPROVED: [pen_of(name) for name in reviewers],
        }
        self.pages: list[list[Document]] = [[]]
        self.core: list[Document] = []
        self.withdrawn: list[Document] = []
        self.reinstated: list[Document] = []
        self.policy: Document = {"schema": 1, "min_approvals": 2, "lease_s": 3600, "halt": False}
        self.list_fields: Document = {"schema": 1, "halt": False}
        self.index_fields: Document = {}
        """More fields of the index's ``_we_remember``."""
        self.bodies: dict[str, bytes] = {}
        """By path of a target: its bytes instead of what this publisher would write, properly signed."""
        self.signed: dict[str, Any] = {
            ROOT: self._root(),
            TIMESTAMP: Timestamp(),
            SNAPSHOT: Snapshot(meta={}),
            TARGETS: Targets(delegations=self._delegations()),
            WITHDRAWN: Targets(),
            APPROVED: Targets(),
        }
        self._begin()

    # What people do.

    def approve(self, name: str, picture: bytes | None = None, *, by: Sequence[str] | None = None, **ours: Any) -> None:
        """Put an item on the open page, or anew on its own; *ours* are more fields of its ``_we_remember``."""
        item = self.item(name, picture, **ours)
        for page in self.pages:
            for place, each in enumerate(page):
                if each["id"] == name:
                    page[place] = item
                    return self.sign(APPROVED, by=by)
        if len(self.pages[-1]) >= self.page_size:
            self.pages.append([])
        self.pages[-1].append(item)
        return self.sign(APPROVED, by=by)

    def approve_all(self, names: Iterable[str]) -> None:
        """Put many items on pages in one publication."""
        for name in names:
            if len(self.pages[-1]) >= self.page_size:
                self.pages.append([])
            self.pages[-1].append(self.item(name))
        self.sign(APPROVED)

    def remove(self, name: str, *, by: Sequence[str] | None = None) -> None:
        """Take an item off its page, without withdrawing it."""
        self.pages = [[each for each in page if each["id"] != name] for page in self.pages]
        self.sign(APPROVED, by=by)

    def withdraw(self, name: str, *, by: Sequence[str] | None = None, **fields: Any) -> None:
        """Withdraw an item for ever; its page stays as it is, as it needs two people to sign it."""
        entry = {"id": name, "at": self.date(), "reason": "author", **fields}
        self.withdrawn = [each for each in self.withdrawn if each["id"] != name] + [entry]
        self.sign(WITHDRAWN, by=by)

    def reinstate(self, name: str) -> None:
        """Take the withdrawal of an item back."""
        at = next(each["at"] for each in self.withdrawn if each["id"] == name)
        self.reinstated.append({"id": name, "withdrawn_at": at, "at": self.date()})
        self.sign(TARGETS)

    def keep_offline(self, *names: str, pictures: Mapping[str, bytes] | None = None) -> None:
        """Make these items the core set."""
        self.core = [self.item(name, (pictures or {}).get(name)) for name in names]
        self.sign(TARGETS)

    def halt(self, *, halts: bool = True) -> None:
        """Halt the show by the word of one person, or let it go on."""
        self.list_fields["halt"] = halts
        self.sign(WITHDRAWN)

    def rotate(self, role: str, pens: Sequence[Pen], *, by: Sequence[str | Pen] | None = None) -> None:
        """Give *role* other keys, by a new root or, for a delegated role, by new targets."""
        former = self.pens[role]
        self.pens[role] = list(pens)
        if role in dict(DELEGATIONS):
            self.signed[TARGETS].delegations = self._delegations()
            self.sign(role, alone=True)
            self.sign(TARGETS)
            return
        root = self._root()
        root.version = self.signed[ROOT].version
        self.signed[ROOT] = root
        signing = [*former[:2], *pens[:2]] if role == ROOT else self.pens[ROOT][:2]
        self.sign(ROOT, by=signing if by is None else by)
        if role != ROOT:
            self.sign(role)

    # Time.

    def advance(self, length: Nanos) -> None:
        """Let *length* pass; nothing is signed."""
        self.now += length

    def tick(self) -> None:
        """Sign the timestamp anew, as the machine does every five minutes."""
        self.sign(TIMESTAMP)

    # Signing, well or badly.

    def sign(
        self,
        role: str,
        *,
        by: Sequence[str | Pen] | None = None,
        expires: Nanos | None = None,
        version: int | None = None,
        change: Callable[[Any], None] | None = None,
        alone: bool = False,
    ) -> None:
        """Sign the next version of *role*, and all that must name it.

        Args:
            role: Of layout.ROLES.
            by: Who sign, by name or pen; None: as many as must.
            expires: When it ends; None: as long as such a role lives.
            version: Instead of the next one.
            change: Does something to the metadata before it is signed; what it does lasts.
            alone: Leave snapshot and timestamp as they are.
        """
        signed = self.signed[role]
        signed.version = signed.version + 1 if version is None else version
        ends = self.now // SECOND if expires is None else expires // SECOND
        lives = LIFETIMES[role] if expires is None else timedelta(0)
        signed.expires = datetime.fromtimestamp(ends, UTC) + lives
        self._fill(role, signed)
        if change is not None:
            change(signed)
        metadata = Metadata(signed)
        payload = metadata.signed_bytes
        for pen in self._signing(role, by):
            metadata.signatures[pen.key.keyid] = pen.sign(payload)
        self.files[metadata_path(role, None if role == TIMESTAMP else signed.version)] = metadata.to_bytes()
        if not alone:
            self._name(role, signed.version)

    def document(self, role: str, path: str, body: bytes) -> None:
        """Sign *body* as the document at *path* from now on, whatever it is."""
        self.bodies[path] = body
        self.sign(role)

    def item(self, name: str, picture: bytes | None = None, **ours: Any) -> Document:
        """Return an item as pages have it, and serve its photo."""
        picture = name.encode() if picture is None else picture
        sha256 = hashlib.sha256(picture).hexdigest()
        self.files[photo_path(sha256)] = picture
        said = {"status": "approved", "approved_at": self.date(), "sha256": sha256, "size_in_bytes": len(picture)}
        return {"id": name, "content_text": f"This is {name}", "_we_remember": said | ours}

    def feed_of(self, items: Sequence[Document], **ours: Any) -> bytes:
        """Return a page of *items*; *ours* are more fields of its ``_we_remember``."""
        return compact({"version": FEED, "title": "We Remember", "items": items, "_we_remember": {"schema": 1, **ours}})

    def date(self, at: Nanos | None = None) -> str:
        """Return a time, the present one unless it is given, as documents have it."""
        return datetime.fromtimestamp((self.now if at is None else at) / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    # Serving.

    @property
    def root(self) -> bytes:
        """The first root, which ships with the installation."""
        return self.files[metadata_path(ROOT, 1)]

    def path_of(self, role: str, target: str) -> str:
        """Return where, below the base URL, a document lies that *role* has signed."""
        return target_path(target, self.signed[role].targets[target].hashes["sha256"])

    def copy(self) -> dict[str, bytes]:
        """Return all files as they are now."""
        return dict(self.files)

    def prune(self) -> None:
        """Drop old metadata and documents; roots and photos stay. For histories that are long."""
        newest = {metadata_path(role, self.signed[role].version) for role in self.signed}
        newest |= {self.path_of(role, path) for role in (TARGETS, WITHDRAWN, APPROVED) for path in self.signed[role].targets}
        old = [
            p
            for p in self.files
            if p not in newest and not p.startswith("photos/") and not p.endswith(("root.json", "timestamp.json"))
        ]
        for path in old:
            del self.files[path]

    def write(self, folder: Path) -> None:
        """Write all files below *folder*."""
        for path, body in self.files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(body)

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """As a Fetcher: what a good HTTP fetcher would make of this server."""
        del deadline_s, validators, identity
        path = url.removeprefix(f"{self.base}/")
        self.requests.append(path)
        body = self.instead.get(path, (self.files if self.served is None else self.served).get(path))
        if isinstance(body, Exception):
            raise body
        if path == url or body is None:
            raise AnsweredError(f"{url}: answered 404", status=404)
        if isinstance(body, Endless) or len(body) > limit_bytes:
            self.received += limit_bytes + 1
            raise TooLargeError(f"{url}: larger than {limit_bytes:,} bytes")
        self.received += len(body)
        return Response(200, body, url=url)

    # How it is put together.

    def _begin(self) -> None:
        for role in (ROOT, WITHDRAWN, APPROVED, TARGETS, SNAPSHOT):
            self.sign(role, version=1, alone=True)
        self.signed[SNAPSHOT].meta = {f"{role}.json": MetaFile(1) for role in (TARGETS, WITHDRAWN, APPROVED)}
        self.sign(SNAPSHOT, version=1, alone=True)
        self.signed[TIMESTAMP].snapshot_meta = MetaFile(1)
        self.sign(TIMESTAMP, version=1)

    def _name(self, role: str, version: int) -> None:
        """Have a new version named by those above it."""
        if role in {TARGETS, WITHDRAWN, APPROVED}:
            self.signed[SNAPSHOT].meta[f"{role}.json"] = MetaFile(version)
            self.sign(SNAPSHOT)
        elif role == SNAPSHOT:
            self.signed[TIMESTAMP].snapshot_meta = MetaFile(version)
            self.sign(TIMESTAMP)

    def _fill(self, role: str, signed: Any) -> None:
        """Give a role its documents as they are now."""
        if role == TIMESTAMP:
            signed.unrecognized_fields[SIGNED_AT] = self.date()
        elif role == TARGETS:
            documents = {POLICY: compact({**self.policy, "reinstated": self.reinstated})}
            self._put(signed, documents | ({CORE: self.feed_of(self.core)} if self.core else {}))
        elif role == WITHDRAWN:
            self._put(signed, {LIST: compact({**self.list_fields, "withdrawn": self.withdrawn})})
        elif role == APPROVED:
            names = [page_name(number) for number in range(1, len(self.pages) + 1)]
            pages = {page_path(name): self.feed_of(page) for name, page in zip(names, self.pages, strict=True)}
            ours = {"complete": True, "sequence": signed.version, "generated_at": self.date(), "pages": names}
            self._put(signed, {INDEX: self.feed_of([], **(ours | self.index_fields)), **pages})

    def _put(self, signed: Any, documents: Mapping[str, bytes]) -> None:
        targets: dict[str, TargetFile] = {}
        signed.targets = targets
        for path, body in {**documents, **{p: b for p, b in self.bodies.items() if p in documents}}.items():
            file = TargetFile(len(body), {"sha256": hashlib.sha256(body).hexdigest()}, path)
            targets[path] = file
            self.files[target_path(path, file.hashes["sha256"])] = body

    def _signing(self, role: str, by: Sequence[str | Pen] | None) -> Iterable[Pen]:
        if by is None:
            return self.pens[role][: THRESHOLDS[role]]
        known = {str(pen.key.unrecognized_fields.get(PERSON, MACHINE)): pen for pen in self.pens[role]}
        return [known[each] if isinstance(each, str) else each for each in by]

    def _root(self) -> Root:
        top = (ROOT, TARGETS, SNAPSHOT, TIMESTAMP)
        roles = {role: Role([pen.key.keyid for pen in self.pens[role]], THRESHOLDS[role]) for role in top}
        return Root(keys={pen.key.keyid: pen.key for role in top for pen in self.pens[role]}, roles=roles)

    def _delegations(self) -> Delegations:
        roles = {
            name: DelegatedRole(
                name, [pen.key.keyid for pen in self.pens[name]], THRESHOLDS[name], terminating=True, paths=[paths]
            )
            for name, paths in DELEGATIONS
        }
        return Delegations({pen.key.keyid: pen.key for name, _ in DELEGATIONS for pen in self.pens[name]}, roles)


def compact(value: Document) -> bytes:
    """Return *value* as JSON without a blank."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
