"""The terminal that a rehearsal was started from. Once that is gone nobody could end it any more, so it ends by itself."""

from __future__ import annotations

import os
import select
import sys
import threading
from typing import Final

import click

from player.units import SECOND, Nanos

TYPED: Final = 4096  # bytes that are read at once


class Seat:
    """Where somebody sits who types, and reads."""

    def __init__(self, stopped: threading.Event) -> None:
        """Set *stopped* when it is gone."""
        self._stopped = stopped
        self.is_heard = sys.stdin.isatty()
        """Whether anybody can type."""

    def hear(self, most: Nanos) -> str:
        """Return what was typed, waiting so long at the most; where nobody can type, wait."""
        stdin = sys.stdin if self.is_heard else None
        ready, _, _ = select.select([stdin] if stdin else [], [], [], most / SECOND)
        if not ready or not stdin:
            return ""
        try:
            typed = os.read(stdin.fileno(), TYPED)
        except OSError:  # the window was closed, or the line to it broke
            typed = b""
        if not typed:  # that, or Ctrl-D
            self.is_heard = False
            self._stopped.set()
        return typed.decode("utf-8", "replace")

    def say(self, sentence: str) -> None:
        """Print *sentence*."""
        try:
            click.echo(sentence)
        except OSError:
            self._stopped.set()
