"""`check` opens every film: what cannot be shown is found before the day."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from player.cli import main
from player.film.known import read
from tests.fakes.films import Recipe, film
from tests.fakes.home import CLEAN, Home


def checked(home: Home) -> tuple[int, str]:
    """Run the command."""
    home.file.write_text(CLEAN)
    found = CliRunner().invoke(main, ["check", "--config", str(home.file), "--data", str(home.folder / "data")])
    return found.exit_code, found.output


def test_films_are_opened_by_check(tmp_path: Path) -> None:
    """A sound one passes, and the first run knows it; what is no film, or is over before it begins, is a problem with a line."""
    home = Home(tmp_path)
    (home.folder / "playlists" / "one.mp4").write_bytes(film(Recipe(frames=50)))
    home.playlist("one", "slides:\n  - film: {file: one.mp4}\n")
    code, said = checked(home)
    assert code == 0, said
    assert [*read(home.folder / "data")] == [str(home.folder / "playlists" / "one.mp4")]
    (home.folder / "playlists" / "two.mp4").write_bytes(b"no film at all")
    home.playlist("one", "slides:\n  - film: {file: one.mp4, from: 5s}\n  - film: {file: two.mp4}\n")
    code, said = checked(home)
    assert code != 0
    first, second = said.splitlines()
    assert first == "playlists/one.yaml:2 slides.0.film.from: the film is over by then: it is 0m 2s long"
    assert second.startswith("playlists/one.yaml:3 slides.1.film.file: ")
    assert "two.mp4 cannot be shown: " in second
