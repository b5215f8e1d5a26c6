"""Where the demonstration happens: publisher, web server and player in one folder."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.errors import OperatorError
from player.feed.signed.feed import check_root
from player.library import anchors
from player.library.library import open_library
from player.publish.demo.organiser import Organiser, cards
from player.publish.demo.scenes import LEASE_S, Say, View, play
from player.publish.demo.wall import BY, FEED, Player
from player.publish.server import Server
from player.settings import Configuration, load
from player.units import SECOND, Nanos

SIGN_EVERY: Final[Nanos] = 10 * SECOND  # the time, anew: five minutes at a memorial


_CONFIG: Final = """\
site: {{name: Demonstration, zone: UTC}}
feeds:
  {feed}: {{kind: jsonfeed, url: "{url}", trust: signed, every: 2s, lease: {lease}s}}
words: {{only_checked: false}}
show: demo
storage: {{data: {data}, budget: 50 MB}}
"""
_PLAYLIST: Final = "title: Demonstration\nhold: 6s\nfade: 1s\nslides:\n  - photo\n"


class Gate:
    """The web server, which can be cut off, and made to answer with a copy."""

    def __init__(self, public: Path, folder: Path, clock: Clock) -> None:
        """Serve *public*, under a name in *folder* that can be turned over between two requests."""
        self._public = public
        self._copy = folder / "copy"
        self._served = folder / "served"
        self._clock = clock
        self._port = 0
        self._server: Server | None = None

    def open(self, *, copy: bool = False) -> str:
        """Answer, always at the same address; return it."""
        self._turn_to(self._copy if copy else self._public)
        if self._server is None:
            self._server = Server(self._served, clock=self._clock, port=self._port)
            self._port = self._server.port
            self._server.start()
        return self._server.url

    def shut(self) -> None:
        """Answer no more."""
        if self._server:
            self._server.stop()
        self._server = None

    def keep_copy(self) -> None:
        """Copy what is published."""
        shutil.copytree(self._public, self._copy)

    def _turn_to(self, folder: Path) -> None:
        new = self._served.with_name("served.new")
        new.symlink_to(folder)
        new.replace(self._served)


class Site:
    """The stage: a publisher, a web server and a player."""

    def __init__(self, publisher: Organiser, gate: Gate, player: Player, clock: Clock) -> None:
        self._publisher = publisher
        self._gate = gate
        self._player = player
        self._clock = clock
        self._signed = clock.monotonic()

    def approve(self, photo: str, reviewer: str) -> None:
        """See ``Stage``."""
        self._publisher.approve(photo, reviewer)

    def withdraw(self, photo: str, reviewer: str) -> None:
        """See ``Stage``."""
        self._publisher.withdraw(photo, reviewer)

    def keep_copy(self) -> None:
        """See ``Stage``."""
        self._gate.keep_copy()

    def serve(self, *, copy: bool = False) -> None:
        """See ``Stage``."""
        self._gate.open(copy=copy)

    def cut(self) -> None:
        """See ``Stage``."""
        self._gate.shut()

    def reload(self) -> None:
        """See ``Stage``."""
        self._player.reload()

    def look(self) -> View:
        """See ``Stage``; the time is signed anew when it is due."""
        if self._clock.monotonic() - self._signed >= SIGN_EVERY:
            self._publisher.sign()
            self._signed = self._clock.monotonic()
        return self._player.look().renamed(self._publisher.names)


def perform(
    home: Path,
    make_player: Callable[[Configuration], Player],
    *,
    clock: Clock,
    stopped: threading.Event,
    say: Say,
) -> bool:
    """Set everything up in the empty folder *home*, play all scenes, and leave nothing running.

    Args:
        home: For studio, configuration and data.
        make_player: Makes the player of a configuration whose root is pinned.
        clock: For all of it.
        stopped: Ends it early.
        say: Takes what the guide tells.

    Returns:
        Whether every scene came to pass, as far as a person let it.

    Raises:
        WeRememberError: something cannot be set up, or the player does not run.
    """
    publisher = Organiser(home / "studio", cards(home / "cards"), clock=clock)
    with ExitStack() as stack:
        gate = Gate(publisher.public, home, clock)
        stack.callback(gate.shut)
        configuration = _configuration(home, gate.open())
        _trust(configuration, publisher.root, clock)
        player = make_player(configuration)
        stack.callback(player.stop)
        player.start()
        return play(Site(publisher, gate, player, clock), clock=clock, stopped=stopped, say=say)


def _configuration(home: Path, url: str) -> Configuration:
    """Write the player's own configuration, and read it as any other."""
    text = _CONFIG.format(feed=FEED, url=url, lease=LEASE_S, data=json.dumps(str(home / "data")))
    (home / "config.yaml").write_text(text, "utf-8")
    (home / "playlists").mkdir()
    (home / "playlists" / "demo.yaml").write_text(_PLAYLIST, "utf-8")
    loaded = load(home / "config.yaml")
    if loaded.configuration is None:
        raise OperatorError(f"the demonstration's own configuration is refused: {loaded.problems[0]}")
    return loaded.configuration


def _trust(configuration: Configuration, root: Path, clock: Clock) -> None:
    """Pin the root, as `weremember feed trust` does."""
    content = root.read_bytes()
    with closing(open_library(configuration.data, writer=BY)) as library:
        anchors.pin(library.orders.connection, FEED, anchors.Root(content, check_root(content)), by=BY, at=clock.wall())
