"""Pinning the root of a signed feed: the one thing that a person must carry to the player by hand."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.errors import FeedError, OperatorError
from player.feed.signed.feed import check_root
from player.library import anchors
from player.library.library import open_library
from player.settings import Configuration

MAX_ROOT_BYTES: Final = 512_000  # as tuf's client takes one


def pin(configuration: Configuration, feed: str | None, file: Path, *, by: str, forget: bool = False) -> str:
    """Make the root in *file* the one that *feed* is believed by; return what was done, in words.

    Args:
        configuration: Names the feeds and the data folder.
        feed: Which one; None when there is but one signed feed.
        file: As the publisher gave it to us: ``1.root.json``, or a later version.
        by: Who does it, for the journal.
        forget: Pin it although it is pinned already, and forget how far the feed had come: versions, and the time it signed.

    Raises:
        OperatorError: The feed is not a signed one, or the file cannot be read.
        FeedError: The file is no root that may be believed.
        LibraryError: The data folder cannot be used.
    """
    name = _signed(configuration, feed)
    content = read_root(file)
    try:
        version = check_root(content)
    except FeedError as error:
        raise FeedError(f"{file} is no root that can be trusted; get 1.root.json from the publisher ({error})") from error
    fingerprint = hashlib.sha256(content).hexdigest()
    clock = SystemClock()
    with closing(open_library(configuration.data, writer="command line")) as library:
        orders, at = library.orders, clock.wall()
        before = anchors.pinned(orders.connection, name)
        if before and before.content == content and not forget:
            return f"{name}: this root (version {version}) was pinned before; nothing changed"
        anchors.pin(orders.connection, name, anchors.Root(content, version), by=by, at=at)
        what: dict[str, object] = {"source": name, "version": version, "sha256": fingerprint, "by": by, "forgot": forget}
        orders.note("root pinned", what, at=at)
        orders.post("ingest", "reload", {}, by=by, at=at)  # what runs would go on with what the former root confirmed
    again = " in place of another; nothing of it is confirmed until it is read anew" if before else ""
    if forget:
        again = "; how far the feed had come is forgotten. Restart a player that runs: its time goes on until then"
    return f"{name}: root version {version} is pinned{again}\nits fingerprint, to compare with the publisher's: {fingerprint}"


def _signed(configuration: Configuration, feed: str | None) -> str:
    feeds = configuration.settings.feeds
    signed = [name for name, each in feeds.items() if each.trust == "signed"]
    if feed is None and len(signed) == 1:
        return signed[0]
    if feed is None:
        which = f"which feed? --feed {' or '.join(signed)}" if signed else "no feed in the configuration has trust: signed"
        raise OperatorError(which)
    if feed not in feeds:
        raise OperatorError(f'there is no feed "{feed}" in the configuration')
    if feed not in signed:
        raise OperatorError(f'the feed "{feed}" is not a signed one: write trust: signed first')
    return feed


def read_root(file: Path) -> bytes:
    """Return the bytes of a root file.

    Raises:
        OperatorError: It cannot be read.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(MAX_ROOT_BYTES + 1)
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}") from error
    if len(content) > MAX_ROOT_BYTES:
        raise OperatorError(f"{file} is too large to be a root")
    return content
