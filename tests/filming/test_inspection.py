"""A film of the show has its films in it, on a machine where nobody has looked at them yet; or there is none."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from player.cli import main
from player.errors import OperatorError
from player.film.known import read
from player.filming.inspection import inspect
from player.settings import Configuration, load
from tests.fakes.clock import FakeClock
from tests.fakes.filmed import configured, nobody
from tests.fakes.films import Recipe, film

SHOWN = "slides: [{film: {file: shown.mp4}}]\n"


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A show with a film, and a draft that nobody plays with one that is none; there is no data folder."""
    configured(tmp_path, wall=SHOWN)
    for name, data in (("shown", film(Recipe(frames=25))), ("draft", b"no film")):
        (tmp_path / "playlists" / f"{name}.mp4").write_bytes(data)
    (tmp_path / "playlists" / "draft.yaml").write_text(SHOWN.replace("shown", "draft"))
    found = load(tmp_path / "config.yaml").configuration
    assert found
    return found


def filmed(folder: Path, *words: str) -> tuple[int, str]:
    """Film, or draw, by the command."""
    done = CliRunner().invoke(main, ["render", "--config", str(folder / "config.yaml"), "--size", "320x180", *words])
    return done.exit_code, done.output


def test_films_are_looked_at_before_a_show_is_filmed(configuration: Configuration, tmp_path: Path) -> None:
    """Those that may be on, each once, and what is found is kept for the player, in a data folder made for it."""
    heard: list[float] = []
    assert inspect(configuration, FakeClock(), heard.append)
    assert heard == [0.0]
    assert list(read(configuration.data)) == [str(tmp_path / "playlists" / "shown.mp4")]


def test_a_show_whose_film_cannot_be_shown_is_not_filmed(configuration: Configuration, tmp_path: Path) -> None:
    """No file comes of it, but a sentence that names the film, and a status: by the command, as a film and as a picture."""
    path = tmp_path / "playlists" / "shown.mp4"
    path.write_bytes(b"no film")
    out = tmp_path / "show.mp4"
    code, said = filmed(tmp_path, "--from", "2027-01-27T12:00:00Z", "--until", "2027-01-27T12:00:01Z", "--out", str(out))
    assert (code, out.exists()) == (1, False), said
    assert said.startswith(f"weremember: {path} would be missing: ")
    assert len(said.splitlines()) == 1
    picture = tmp_path / "show.png"
    code, said = filmed(tmp_path, "--at", "2027-01-27T12:00:00Z", "--out", str(picture))
    assert (code, picture.exists()) == (1, False)
    path.unlink()
    with pytest.raises(OperatorError, match=r"shown.mp4 would be missing: .* Mend it"):
        inspect(configuration, FakeClock(), nobody)


def test_who_stops_it_waits_for_no_more_films(configuration: Configuration) -> None:
    """Before the next one."""
    stopped = threading.Event()
    stopped.set()
    assert not inspect(configuration, FakeClock(), nobody, stopped)
    assert not configuration.data.exists()
