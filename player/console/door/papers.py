"""What TLS is served by: files that somebody gave, or the console's own certificate; kept up while it is served.

A player that nobody restarts outlives every certificate, and whoever replaces files expects that they count.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final, TypeAlias

from player import log
from player.clock import Clock
from player.console.door.listening import of_machine
from player.console.section import Console
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = 60 * SECOND  # two small files; our own is renewed weeks before its end

Stamp: TypeAlias = tuple[Path, int, int, int]
"""Path, time, size and number of a file."""

_log: Final = log.get("console")


class Papers:
    """A certificate and its key, as new connections are to be served."""

    def __init__(self, console: Console, folder: Path, clock: Clock) -> None:
        """Find those that the section `console:` wants; of our own, which is made in the data *folder* if need be, by *clock*.

        Raises:
            LibraryError: our own cannot be written.
            OSError: it cannot be read.
        """
        self.context: ssl.SSLContext | None = None
        """None: there is no TLS."""
        self.fingerprint = ""
        """Of our own one, for people to compare."""
        self.covers: tuple[str, ...] = ()
        """The names and addresses that browsers take it for; one may be `*.example.org`."""
        self._folder = folder
        self._clock = clock
        self._given = (Path(console.tls.certificate or ""), Path(console.tls.key or "")) if console.tls.certificate else None
        self._stamp: tuple[Stamp, ...] = ()
        self._told = ""
        # Addresses come and go while it runs; a browser that was told to believe a certificate is not to be asked again for that.
        self._names = (*of_machine(), *console.hosts) if console.tls.is_on else ()
        if console.tls.is_on:
            self.look()

    def look(self) -> bool:
        """Take in what is to be served from now on, whoever made it; return whether it is another one. It waits for a disk.

        Raises:
            LibraryError: our own cannot be written.
            OSError: it cannot be read.
        """
        from player.console.door import certificate  # noqa: PLC0415 - 8 MB that loopback does without

        if self._given is not None:
            if not self._is_troubled(self._given):
                return self._serve(self._given)
            if self.context is not None and not self.fingerprint:
                return False  # somebody is about to replace it, or has made a mistake: the one from before is better than ours
        own = certificate.own(self._folder, self._names, self._clock.wall())
        if own.damage:
            _log.error(
                "the console's own certificate was damaged: another is made, and browsers ask again",
                why=own.damage,
                kept=own.aside,
            )
        return self._serve((own.file, own.file), own.fingerprint)

    def _serve(self, files: tuple[Path, Path], fingerprint: str = "") -> bool:
        from player.console.door import certificate  # noqa: PLC0415 - the same

        stamp = tuple(_stamp(path) for path in files)
        if stamp == self._stamp:
            return False
        self.context = certificate.context(*files)
        self.covers = certificate.covered(files[0])
        self.fingerprint = fingerprint
        self._stamp = stamp
        return True

    def _is_troubled(self, files: tuple[Path, Path]) -> bool:
        from player.console.door import certificate  # noqa: PLC0415 - the same

        trouble = certificate.trouble(*files, self._clock.wall())
        if trouble not in ("", self._told):
            is_served = self.context is not None and not self.fingerprint
            stands_in = "the one from before" if is_served else "its own"
            _log.error(f"the console's certificate cannot be used, {stands_in} stands in", why=trouble)
        self._told = trouble
        return bool(trouble)


def _stamp(path: Path) -> Stamp:
    found = path.stat()
    return path, found.st_mtime_ns, found.st_size, found.st_ino
