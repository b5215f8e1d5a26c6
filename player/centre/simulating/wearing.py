"""Certificates for the simulated: made when somebody first connects, kept in memory, worth nothing afterwards."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path
from typing import Final

from player.centre import papers
from player.clock import SystemClock

CA: Final = "ca.pem"
CA_KEY: Final = "ca-key.pem"


class Wardrobe:
    """What each connection proves itself by."""

    def __init__(self, folder: str) -> None:
        """Take the authority in *folder*."""
        self._folder = Path(folder)
        self._authority = papers.opened((self._folder / CA).read_bytes(), (self._folder / CA_KEY).read_bytes())
        self._made: dict[str, ssl.SSLContext] = {}

    def context(self, name: str) -> ssl.SSLContext:
        """Return what *name* connects with."""
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = self._sewn(name)
        return found

    def _sewn(self, name: str) -> ssl.SSLContext:
        paper = papers.client_paper(self._authority, name, SystemClock().wall())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=(self._folder / CA).read_text("ascii"))
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".pem") as file:  # ssl takes certificates from files alone
            file.write(paper.certificate + paper.key)
            file.flush()
            context.load_cert_chain(file.name)
        return context
