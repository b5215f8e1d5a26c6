"""The centre's voice for one order: a store, a key and a connection, opened for it and closed after it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from player.centre import founding
from player.centre.addressees import Member, members
from player.centre.listening import TOPICS, Listening
from player.centre.listening import Line as Connection
from player.centre.signing import Signer
from player.centre.store import Store
from player.clock import Clock

PATIENCE_S: Final = 5.0  # for the broker to let us in: whoever pressed waits for it


@dataclass(frozen=True, slots=True)
class Voice:
    """What an order is given with."""

    signer: Signer
    line: Connection
    listening: Listening
    everybody: tuple[Member, ...]

    @property
    def store(self) -> Store:
        """The centre's file."""
        return self.signer.store


Speaking: TypeAlias = Callable[[Path, Clock, threading.Event], AbstractContextManager[Voice]]
"""Opens a voice in the centre's folder, which leaves off when the event is set."""


@contextmanager
def speaking(folder: Path, clock: Clock, stopped: threading.Event) -> Generator[Voice]:
    """Give the block a voice.

    Raises:
        OperatorError: the folder is no centre's, or paho is missing.
        NetworkError: the broker cannot be reached.
        LibraryError: the file cannot be used.
    """
    office = founding.opened(folder)
    name = f"console-{uuid.uuid4().hex[:12]}"  # two with one name throw each other out
    with Store(folder) as store, office.link(name, topics=TOPICS).open(PATIENCE_S) as line:
        everybody = members(store)
        signer = Signer(office.signing_key(), store, clock)
        yield Voice(signer, line, Listening(line, store, clock, stopped, everybody), everybody)
