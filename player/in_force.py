"""Which configuration a running process goes by: the file, or while it has a mistake in it, the last clean copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from player import log
from player.errors import OperatorError
from player.places import LAST_CLEAN, probable_data
from player.settings import Configuration, Loaded, keep_clean, last_clean, load, with_data

_log = log.get("configuration")


@dataclass(slots=True)
class InForce:
    """The configuration of one process, read anew on order, and by itself while the file is faulty."""

    file: Path
    data: str | None
    """The data folder from the command line; it beats the file's."""
    is_faulty: bool = False
    _stamp: tuple[tuple[str, int, int], ...] = ()
    _folder: Path | None = None
    """The data folder as the file last named it."""

    def read(self) -> Configuration | None:
        """Return what is in force now; None when the file is faulty and there is no clean copy."""
        self._stamp = self._look()
        loaded = load(self.file)
        if loaded.configuration is None:
            return self._fall_back(loaded)
        self.is_faulty = False
        if loaded.problems:
            first = str(loaded.problems[0])
            _log.warning(
                "a playlist, or a file that it names, has a mistake: that part is passed over",
                problem=first,
                todo="weremember check",
            )
        configuration = with_data(loaded.configuration, self.data)
        self._folder = configuration.data
        try:
            keep_clean(configuration)
        except OperatorError as error:
            _log.warning("no clean copy of the configuration could be kept", why=str(error))
        return configuration

    def has_changed(self) -> bool:
        """Whether the file or a playlist beside it is another one than was read."""
        return self._look() != self._stamp

    def _fall_back(self, loaded: Loaded) -> Configuration | None:
        self.is_faulty = True
        named = Path(self.data).expanduser() if self.data else loaded.data or self._folder
        copy = last_clean(named or probable_data(self.file))
        if loaded.fault:
            _log.crash("reading the configuration failed", loaded.fault)
        _log.error(
            "the configuration has a mistake; running on " + ("its last clean copy" if copy else "the plate alone"),
            problem=str(loaded.problems[0]),
            problems=len(loaded.problems),
            todo="weremember check",
        )
        return with_data(copy, self.data) if copy else None

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        home = self.file.parent  # where a schedule.yaml may be, too
        files = [self.file, *sorted([*home.glob("[!.]*.yaml"), *(home / "playlists").glob("[!.]*.yaml")])]
        found: list[tuple[str, int, int]] = []
        for file in files:
            try:
                stat = file.stat()
            except OSError:
                continue
            found.append((str(file), stat.st_mtime_ns, stat.st_size))
        return tuple(found)


class Staleness:
    """Whether there is another configuration than was read: the file's if that was faulty, else by the last clean copy."""

    def __init__(self, in_force: InForce, configuration: Configuration | None) -> None:
        """Go by *configuration*, which *in_force* has just read."""
        self._in_force = in_force
        self._copy = configuration.data / LAST_CLEAN if configuration else None
        self._stamp = self._look()

    def __call__(self) -> bool:
        """Look."""
        return (self._in_force.is_faulty and self._in_force.has_changed()) or self._look() != self._stamp

    def _look(self) -> int:
        try:
            return self._copy.stat().st_mtime_ns if self._copy else 0
        except OSError:
            return 0
