"""Who belongs to the fleet: a player gets its papers in a bundle, and loses them by being revoked."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from player import log
from player.centre import bundling, founding, papers, repeating, splicing
from player.centre.bundling import Content, Luggage
from player.centre.collecting import is_collecting
from player.centre.founding import Office
from player.centre.link import Message
from player.centre.roll import Roll
from player.centre.signing import Signer
from player.centre.store import Player, Store
from player.clock import Clock
from player.errors import FeedError, NetworkError, OperatorError
from player.feed.signed.feed import check_root
from player.fleet import topics
from player.fleet.topics import CENTRE, Kind
from player.publish.disk import PRIVATE, Disk, read
from player.schema import Document, Tree
from player.schema import read as read_yaml
from player.settings import load
from player.units import Nanos

FEED: Final = "campaign"
"""How a feed is called in the configuration of a bundle."""
MAX_ROOT_BYTES: Final = 512_000  # as tuf's client takes one
MAX_SITE: Final = 120  # characters, as reports have them
CONFIG: Final = "config.yaml"
README: Final = "README"
TELL_S: Final = 5.0  # for a broker that may not be there yet

_log = log.get("centre")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a player is to be."""

    id: str
    group: str
    site: str = ""
    feed: str = ""
    """The address of the signed feed."""
    root: Path | None = None
    """The feed's root, to travel with the bundle."""
    template: Path | None = None
    """A configuration: the rest of the player's own."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A player's bundle."""

    folder: Path
    archive: Path
    is_again: bool
    """It had papers before, which count no more once the broker was reloaded."""
    remarks: tuple[str, ...] = ()
    """What did not go along, a sentence each."""
    problems: tuple[str, ...] = ()
    """What `weremember check` says of it, as it stands in its folder."""


def enrol(office: Office, store: Store, wish: Wish, now: Nanos, *, again: bool = False) -> Enrolled:
    """Give a player its papers, and return its bundle.

    Args:
        office: The centre.
        store: Its file.
        wish: What it is to be.
        now: The time of day.
        again: Whether one that is enrolled gets new papers; the old ones are revoked.

    Raises:
        OperatorError: it is enrolled already, has no fit name, or its template or root cannot be used.
        LibraryError: the file cannot be written.
    """
    _check_names(wish)
    known = store.player(wish.id)
    if known is not None and not again:
        was = "belongs to the fleet already" if known.revoked_at is None else "was revoked"
        raise OperatorError(f"{wish.id} {was}: with --again it gets new papers, and its old ones count no more")
    configuration, along = _configuration(office, wish)
    root = _root(wish.root) if wish.root else None
    paper = papers.client_paper(office.authority(), wish.id, now)
    with store.changing() as connection:
        # Before the bundle: a certificate that nobody wrote down could never be revoked.
        connection.execute("UPDATE papers SET revoked_at=? WHERE id=? AND revoked_at IS NULL", (now, wish.id))
        connection.execute("INSERT INTO papers VALUES(?, ?, NULL, ?)", (paper.serial, wish.id, paper.ends_at))
        connection.execute(
            "INSERT INTO players(id, grp, site, enrolled_at, serial) VALUES(?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET"
            " grp=excluded.grp, site=excluded.site, enrolled_at=excluded.enrolled_at, serial=excluded.serial, revoked_at=NULL",
            (wish.id, wish.group, wish.site, now, paper.serial),
        )
    Roll(store).judge(wish.id, now)
    store.settle()
    _tell_broker(office, store)
    files: dict[str, Content] = {
        **along.files,
        CONFIG: configuration.encode(),
        f"fleet/{wish.id}.pem": paper.certificate,
        f"fleet/{wish.id}-key.pem": paper.key,
        "fleet/ca.pem": read(office.folder / founding.CA),
        "fleet/centre.pub": read(office.folder / founding.PUBLIC_KEY),
        **({"1.root.json": root} if root else {}),
        README: _readme(office, wish, along.remarks).encode(),
    }
    folder, archive = _places(office, wish.id)
    bundling.write(folder, archive, files)
    problems = tuple(map(str, load(folder / CONFIG).problems))
    return Enrolled(folder, archive, known is not None, tuple(along.remarks), problems)


def tell_enrolled(office: Office, store: Store, player: str, clock: Clock) -> str:
    """Tell a player that was just enrolled what is desired of it, unless a collector does; return who does, in a sentence.

    Raises:
        LibraryError: the file cannot be used.
    """
    if is_collecting(store, clock.wall()):
        return f"the collector that runs leaves word for {player} at the broker"
    message = repeating.desired(Signer(office.signing_key(), store, clock), player, office.centre.players)
    try:
        with office.link(visitor()).open(TELL_S) as link:
            link.publish(message, patience_s=TELL_S)
    except (NetworkError, OperatorError) as error:
        _log.debug("the broker could not be told of a new player", id=player, why=error)
        return f"word for {player} is left at the broker as soon as `weremember fleet collect` runs"
    return f"word for {player} is left at the broker"


def revoke(office: Office, store: Store, name: str, now: Nanos) -> Player:
    """Let a player belong to the fleet no more; return how it was. It counts once the broker was reloaded.

    Raises:
        OperatorError: there is none of that name, or it was revoked before.
        LibraryError: the file cannot be written.
    """
    known = store.player(name)
    if known is None:
        raise OperatorError(f"no player {name} was enrolled: weremember fleet status lists them")
    if known.revoked_at is not None:
        _tell_broker(office, store)
        raise OperatorError(f"{name} was revoked before; the broker's files were written again")
    with store.changing() as connection:
        connection.execute("UPDATE papers SET revoked_at=? WHERE id=? AND revoked_at IS NULL", (now, name))
        connection.execute("UPDATE players SET revoked_at=? WHERE id=?", (now, name))
        connection.execute("UPDATE outages SET ended=? WHERE id=? AND ended IS NULL", (now, name))
        connection.execute("DELETE FROM pictures WHERE id=?", (name,))
    Roll(store).judge(name, now)
    store.settle()
    _tell_broker(office, store)
    folder, archive = _places(office, name)
    shutil.rmtree(folder, ignore_errors=True)  # a key that opens nothing any more
    Disk().remove(archive)
    return known


def farewell(name: str) -> tuple[Message, ...]:
    """Return what takes away what the broker retains of a player: empty messages."""
    kinds = (Kind.STATUS, Kind.REPORT, Kind.DESIRED)
    return tuple(Message(topics.of_player(name, kind), b"", is_retained=True) for kind in kinds)


def visitor() -> str:
    """Return an id at the broker for a command: two with one would throw each other out."""
    return f"{CENTRE}-{secrets.token_hex(4)}"


def _tell_broker(office: Office, store: Store) -> None:
    """Write down for the broker whose papers count no more."""
    with store.reading() as connection:
        gone = connection.execute("SELECT serial, revoked_at FROM papers WHERE revoked_at IS NOT NULL ORDER BY serial").fetchall()
        revoked = connection.execute("SELECT id FROM players WHERE revoked_at IS NOT NULL ORDER BY id").fetchall()
    crl = papers.revocations(office.authority(), gone)
    Disk().write(office.folder / founding.CRL, crl, mode=PRIVATE)
    founding.tell_broker(office.folder, office.centre, [name for (name,) in revoked])


def _check_names(wish: Wish) -> None:
    for what, name in (("player's id", wish.id), ("group's name", wish.group)):
        if not topics.is_name(name):
            raise OperatorError(f'a {what} has up to {topics.MAX_NAME} small letters, digits and hyphens, not "{name[:80]}"')
    if wish.id == CENTRE:
        raise OperatorError(f'"{CENTRE}" is the centre\'s own name: choose another')
    if len(wish.site) > MAX_SITE or not wish.site.isprintable():
        raise OperatorError(f"a site's name is one line of at most {MAX_SITE} characters")


def _configuration(office: Office, wish: Wish) -> tuple[str, Luggage]:
    """Return the player's configuration, which is the template's with what only the centre knows, and what goes along with it."""
    fleet: dict[str, Tree] = {
        "broker": f"mqtts://{office.centre.broker}",
        "id": wish.id,
        "certificate": f"fleet/{wish.id}.pem",
        "key": f"fleet/{wish.id}-key.pem",
        "ca": "fleet/ca.pem",
        "centre": "fleet/centre.pub",
        "groups": [wish.group],
    }
    feed = {"kind": "jsonfeed", "url": wish.feed, "trust": "signed"}
    heading = f"The player {wish.id}, as `weremember fleet enrol` made it; yours from now on. `weremember check` reads it."
    if wish.template is None:
        site = {"site": {"name": wish.site}} if wish.site else {}
        tree = {**site, "feeds": {FEED: feed} if wish.feed else {}, "fleet": fleet}
        return f"# {heading}\n{yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=120)}", Luggage()
    where = str(wish.template)
    document: Document = read_yaml(wish.template, where)
    if document.problems:
        raise OperatorError("\n".join(str(problem) for problem in document.problems))
    text = read(wish.template).decode("utf-8-sig")
    expected = splicing.tree_of(text, where)
    along = bundling.luggage(wish.template, expected)
    if wish.site:
        site = _group(expected, "site", where)
        if not (named := site.get("name")):
            site["name"] = wish.site
            text = splicing.with_key(text, where, ("site", "name"), wish.site)
        elif named != wish.site:
            along.remarks.append(f'site.name stays "{named}", as {where} has it; the centre calls it {wish.site}')
    if wish.feed:
        _group(expected, "feeds", where)[FEED] = {**feed}
        text = splicing.with_key(text, where, ("feeds", FEED), feed)
    _group(expected, "fleet", where).update(fleet)
    text = splicing.with_fleet(text, where, _group(expected, "fleet", where), heading=heading)
    if splicing.tree_of(text, where) != expected:
        raise OperatorError(f"{where}: site, feeds and fleet cannot be added to it: write them without & and *")
    return text, along


def _group(tree: dict[str, Tree], key: str, where: str) -> dict[str, Tree]:
    found = tree.setdefault(key, {})
    if found == "":
        found = tree[key] = {}
    if not isinstance(found, dict):
        raise OperatorError(f"{where}: {key} must be a group of `key: value` lines")
    return found


def _root(path: Path) -> bytes:
    content = read(path)
    if len(content) > MAX_ROOT_BYTES:
        raise OperatorError(f"{path} is too large to be a root: get 1.root.json from the publisher")
    try:
        check_root(content)
    except FeedError as error:
        raise OperatorError(f"{path} is no root of a signed feed: get 1.root.json from the publisher ({error})") from error
    return content


def _readme(office: Office, wish: Wish, remarks: Iterable[str]) -> str:
    trust = f"./weremember feed trust {wish.id}/1.root.json --config {wish.id}/{CONFIG}    # compare the fingerprint"
    return (
        f"The player {wish.id} of {office.centre.name}. Its key is in here: hand it to nobody else, and keep no copy.\n"
        f"On its computer, beside the program: tar xzf {wish.id}.tar.gz\n"
        + (f"{trust}\n" if wish.root else "")
        + f"./weremember run --config {wish.id}/{CONFIG}\n"
        + "".join(f"Before that: {remark}\n" for remark in remarks)
    )


def _places(office: Office, name: str) -> tuple[Path, Path]:
    folder = office.folder / founding.BUNDLES / name
    return folder, folder.with_name(f"{name}.tar.gz")
