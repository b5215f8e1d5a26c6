"""A folder with a configuration and playlists, written as an operator writes them."""

from __future__ import annotations

from pathlib import Path

from player.settings import Configuration, load

CLEAN = "feeds: {}\nshow: one\n"
ONE = "slides:\n  - photo\n"
GOOD = "kind: jsonfeed, url: 'https://a.example/feed.json', trust: moderated"
"""The fields of a feed as it should be."""


class Home:
    """A folder with a configuration in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "config.yaml"
        (folder / "playlists").mkdir()
        self.playlist("one", ONE)

    def playlist(self, name: str, text: str) -> None:
        """Write a playlist."""
        (self.folder / "playlists" / f"{name}.yaml").write_text(text)

    def problems(self, text: str | bytes) -> list[str]:
        """What is wrong with *text* as the configuration."""
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode())
        loaded = load(self.file)
        assert loaded.configuration is not None or loaded.problems
        return [str(problem) for problem in loaded.problems]

    def clean(self, text: str = CLEAN) -> Configuration:
        """The configuration that *text* is."""
        assert self.problems(text) == []
        configuration = load(self.file).configuration
        assert configuration is not None
        return configuration


def feed(fields: str) -> str:
    """A configuration with one feed, its fields in line 3 and after."""
    return f"show: one\nfeeds:\n  wall: {{{fields}}}\n"
