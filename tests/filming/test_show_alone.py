"""A show filmed by itself: from its first slide on, whatever the schedule has; and by the command."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from click.testing import CliRunner

from player.cli import main
from player.filming import film as films
from player.filming.film import Order, film
from player.filming.rate import count
from player.render.protocol import Image
from player.settings import Configuration, load
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.filmed import SCHEDULE, SMALL, Drawn, KeptFile, configured, nobody

DRAFT: Final = "hold: 4s\nfade: 1s\nmotion: false\nslides: [{candle: {hold: 4s, words: false}}, words]\n"
WALL: Final = "hold: 4s\nfade: 1s\nslides: [photo, words]\n"


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films stay in memory."""
    KeptFile.made.clear()
    monkeypatch.setattr(films, "Mp4", KeptFile)


def filmed(configuration: Configuration, show: str, start: Nanos, *, clock: FakeClock, seconds: int, fps: int = 1) -> list[Image]:
    """Film *show* by itself; return what the encoder was given."""
    until, rate = start + seconds * SECOND, Fraction(fps)
    assert film(
        configuration, Order(start=start, until=until, rate=rate, out=Path("a.mp4"), size=SMALL, show=show), clock, nobody
    )
    return KeptFile.made["a.mp4"]


def with_draft(folder: Path, more: str = "") -> Configuration:
    """Return a configuration with a show that no slot has."""
    configured(folder, more)
    (folder / "playlists" / "draft.yaml").write_text(DRAFT)
    found = load(folder / "config.yaml").configuration
    assert found
    return found


def test_a_show_by_itself_knows_no_schedule(tmp_path: Path) -> None:
    """Through a dark time, a dim one, a title page and another show's slot: the same pictures as where there is no schedule."""
    (tmp_path / "free").mkdir()
    tied, free = with_draft(tmp_path, SCHEDULE), with_draft(tmp_path / "free")
    start = OPENING + 18 * SECOND
    one, two = (filmed(each, "draft", start, clock=FakeClock(), seconds=26, fps=2) for each in (tied, free))
    assert len(one) == 52
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert min(image[..., :3].max() for image in one) > 100  # neither dark nor dim


def test_a_show_by_itself_begins_with_its_first_slide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At whatever instant, be it one of which the screen has stored something else of the same show."""
    configuration = configured(tmp_path, wall=WALL)
    with Drawn(tmp_path, configuration, monkeypatch) as show:
        show.publish("a")
        show.play(20 * SECOND, stride=SECOND // 20)
        began = show.clock.wall() - 10 * SECOND
        photo, other, later = (
            filmed(configuration, "wall", start, clock=show.clock, seconds=4)[3]
            for start in (began, began + 5 * SECOND, began + 3600 * SECOND)
        )
    assert np.array_equal(photo, other)
    assert np.array_equal(photo, later)


def test_names_over_a_slot_are_read_over_the_length_of_their_film(tmp_path: Path) -> None:
    """As if the show had been put on by hand for as long: the last name is there just before the end."""
    (tmp_path / "playlists").mkdir()
    (tmp_path / "names.txt").write_text("".join(f"Name {number}\n" for number in range(24)))
    (tmp_path / "playlists" / "wall.yaml").write_text("fade: 1s\nslides: [{names: {file: ../names.txt, over: slot}}]\n")
    (tmp_path / "config.yaml").write_text(f"feeds: {{}}\nstorage: {{data: {tmp_path / 'data'}}}\n")
    found = load(tmp_path / "config.yaml")
    assert found.configuration, found.problems
    pictures = filmed(found.configuration, "wall", OPENING, clock=FakeClock(), seconds=120)
    assert len({image.tobytes() for image in pictures[4:58]}) == 1
    assert len({image.tobytes() for image in pictures[64:118]}) == 1
    assert not np.array_equal(pictures[30], pictures[90])


def test_by_the_command_it_begins_now_or_when_one_says(tmp_path: Path) -> None:
    """`--length` says for how long; a show that there is not is wrong usage, with those there are."""
    with_draft(tmp_path)
    common = ["render", "--config", str(tmp_path / "config.yaml"), "--size", "320x180", "--out", str(tmp_path / "a.mp4")]

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [*common, *words])
        return done.exit_code, done.output

    assert run("--show", "draft", "--length", "2s", "--fps", "5") == (0, f"{tmp_path / 'a.mp4'}: 10 pictures, 5 a second\n")
    assert run("--show", "draft", "--from", "2027-01-27T12:00", "--until", "2027-01-27T12:00:01", "--fps", "5")[0] == 0
    assert len(KeptFile.made["a.mp4"]) == count(0, SECOND, Fraction(5))
    assert run("--from", "2027-01-27T12:00", "--length", "1s", "--fps", "5")[0] == 0
    code, said = run("--show", "draught", "--length", "2s")
    assert code == 2
    assert 'there is no show "draught": there are draft, other, wall' in said
    code, said = run("--show", "draft", "--at", "2027-01-27T12:00")
    assert code == 2
    assert "--at draws one picture: leave --from, --until, --length, --show, --fps and --outputs out" in said
