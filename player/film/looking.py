"""What a file is, as a film: opened by its path, and looked at by a confined child."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from player.clock import Clock
from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film.known import Known, Stamp, read, stamp_of, write
from player.film.probing import probe
from player.film.wire import Failed, Film


def looked_at(path: Path, clock: Clock, *, command: Sequence[str] | None = None) -> Film | Failed:
    """Return what the film at *path* is, or why it cannot be shown.

    Raises:
        WorkerError: we failed, or perhaps we did, and not the film: nothing is known of it then.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:  # its rights, a disk, a share that is away: the file itself may be good
        raise WorkerError(f"it cannot be read: {error.strerror}") from error
    except ValueError as error:
        return Failed(f"it cannot be read: {error}")
    try:
        return probe(descriptor, clock, command=command)
    except InterruptedFilmError as error:
        raise WorkerError(str(error)) from error
    except FilmError as error:
        return Failed(str(error))
    finally:
        os.close(descriptor)


class Looks:
    """Looks at films for `check`, at each but once, and keeps what it found for the player that is to show them.

    What goes wrong with us is then a reason too, but nothing that is kept.
    """

    def __init__(self, clock: Clock) -> None:
        """Nothing has been looked at yet."""
        self._clock = clock
        self._found: dict[Path, Film | Failed] = {}
        self._stamps: dict[Path, Stamp] = {}

    def __call__(self, path: Path) -> Film | Failed:
        """Return what the film at *path* is, or why it cannot be shown."""
        if path not in self._found:
            stamp = stamp_of(path)
            try:
                self._found[path] = looked_at(path, self._clock)
            except WorkerError as error:
                self._found[path] = Failed(str(error))
            else:
                if stamp is not None and stamp == stamp_of(path):  # else it is being copied at this moment
                    self._stamps[path] = stamp
        return self._found[path]

    def keep(self, folder: Path) -> None:
        """Keep in the data *folder* what nobody has found out there yet; before a first run it is made, as a run makes it.

        Of a film that was looked at now, what kept it from being shown before is no longer true.

        Raises:
            WorkerError: It could not be written.
        """
        known = read(folder)
        files = {path: str(path) for path in self._stamps if self._is_news(path, known.get(str(path)))}
        if files:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise WorkerError(f"{folder} cannot be made: {error.strerror}") from error
            new = {file: Known(stamp=self._stamps[path], film=self._found[path]) for path, file in files.items()}
            write(folder, known | new)

    def _is_news(self, path: Path, known: Known | None) -> bool:
        if known is None or known.stamp != self._stamps[path]:
            return True
        return isinstance(known.film, Failed) and isinstance(self._found[path], Film)
