"""One instant as a picture: what was stored, else what will be, as far as it may be shown now; and nothing is written."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image as Picture

from player import still as stills
from player.clock import SystemClock
from player.errors import OperatorError
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.settings import Configuration, load
from player.show.scene import Scene, Words
from player.still import save, still
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.schedules import instant
from tests.fakes.showing import FRAME, Showing
from tests.fakes.wall import CANVAS

PLAYLIST: Final = "hold: 6s\nfade: 1.5s\nslides:\n  - photo\n"
NAMES: Final = ("a", "b", "c", "d", "e")


def configured(folder: Path, playlist: str = PLAYLIST) -> Configuration:
    """Write the configuration of a show whose library lies in *folder*/data."""
    (folder / "playlists").mkdir()
    (folder / "playlists" / "wall.yaml").write_text(playlist)
    (folder / "config.yaml").write_text(f"site: {{zone: Europe/Warsaw}}\nfeeds: {{}}\nstorage: {{data: {folder / 'data'}}}\n")
    configuration = load(folder / "config.yaml").configuration
    assert configuration
    return configuration


def nobody(_: float) -> None:
    """Hear how far it is, and do nothing."""


@pytest.fixture
def scenes(monkeypatch: pytest.MonkeyPatch) -> list[Scene]:
    """Every scene that is drawn."""
    drawn: list[Scene] = []

    class Noting(CpuRenderer):
        """Draws, and keeps what."""

        def draw(self, scene: Scene, out: Image | None = None) -> Image:
            """Note and draw."""
            drawn.append(scene)
            return super().draw(scene, out)

    monkeypatch.setattr(stills, "CpuRenderer", Noting)
    return drawn


def test_an_instant_looks_the_same_every_time(tmp_path: Path) -> None:
    """Twice the same instant, stored or still to come, is twice the same picture, to the last bit."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(60 * SECOND)
        for at in (OPENING + 20 * SECOND, OPENING + 28 * SECOND, OPENING + 200 * SECOND):
            one, two = (still(configuration, at, CANVAS, show.clock, nobody) for _ in range(2))
            assert one.shape == (360, 640, 4)
            assert np.array_equal(one, two)


def test_stored_cues_are_taken_as_they_were(tmp_path: Path, scenes: list[Scene]) -> None:
    """Whatever was on the wall at an instant, in a fade or not, is on the picture of that instant."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(20 * SECOND)
        was: list[tuple[Nanos, list[float], list[frozenset[str]]]] = []
        for _ in range(16):
            show.play(1100 * SECOND // 1000, stride=FRAME)
            layers = show.window.scene.layers if show.window.scene else ()
            items = [show.items(layer.composition.photos) for layer in layers]
            was.append((show.clock.wall(), [layer.opacity for layer in layers], items))
        for at, opacities, items in was:
            still(configuration, at, CANVAS, show.clock, nobody)
            assert [layer.opacity for layer in scenes[-1].layers] == pytest.approx(opacities, abs=1e-6)
            assert [show.items(layer.composition.photos) for layer in scenes[-1].layers] == items


def test_what_is_still_to_come_is_what_then_comes(tmp_path: Path, scenes: list[Scene]) -> None:
    """Planned from the counts as stored, an instant a minute ahead is what is on the wall a minute later."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(30 * SECOND)
        show.play_until(lambda: not show.is_fading and show.loop.reel.is_counted)
        show.frame(0)
        now = show.clock.wall()
        for seconds in (9, 20, 33, 47, 60):
            still(configuration, now + seconds * SECOND, CANVAS, show.clock, nobody)
        expected = [show.items(scene.photos) for scene in scenes]
        for seconds, items in zip((9, 20, 33, 47, 60), expected, strict=True):
            show.play(now + seconds * SECOND - show.clock.wall(), stride=FRAME * 6)
            assert show.up == items


def test_the_first_planned_slide_fades_in_over_the_last_stored_one(tmp_path: Path, scenes: list[Scene]) -> None:
    """Where what was stored ends and what is planned begins, the picture is as it will be: two slides in a fade."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play_until(lambda: show.is_fading and bool(show.leaving))
        show.play_until(lambda: not show.is_fading)
        show.frame()
        at = show.loop.reel.plan.cues[-1].end + SECOND // 2
        still(configuration, at, CANVAS, show.clock, nobody)
        below, above = (show.items(layer.composition.photos) for layer in scenes[-1].layers)
        assert below == show.up
        assert above == show.ready


def test_what_may_not_be_shown_now_is_not_on_a_picture_of_the_past(tmp_path: Path, scenes: list[Scene]) -> None:
    """A photo that was withdrawn since is on no picture of any instant, before or after; somebody else is."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(60 * SECOND)
        show.withdraw("b")
        show.frame()
        for at in range(5, 90, 4):
            still(configuration, OPENING + at * SECOND, Size(320, 180), show.clock, nobody)
            assert "b" not in show.items(scenes[-1].photos)
        assert sum(bool(scene.photos) for scene in scenes) > 15


@pytest.mark.parametrize("at", [30, 3000])
def test_when_the_lease_is_over_there_are_words(tmp_path: Path, scenes: list[Scene], at: int) -> None:
    """An instant is asked about now: without anybody's word nothing but words is drawn."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(60 * SECOND)
        later = FakeClock(show.clock.wall() + 3600 * SECOND)
        still(configuration, OPENING + at * SECOND, CANVAS, later, nobody)
        assert not scenes[-1].photos
        assert scenes[-1].layers[-1].composition.ink


def test_nothing_is_written(tmp_path: Path) -> None:
    """After pictures of the past and of the future every file of the data folder is what it was, and there is no new one."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(60 * SECOND)
    before = fingerprints(tmp_path / "data")
    for at in (30, 90, 7200):
        still(configuration, OPENING + at * SECOND, CANVAS, show.clock, nobody)
    assert fingerprints(tmp_path / "data") == before


def test_nothing_is_written_beside_a_running_player(tmp_path: Path) -> None:
    """While ingest and screen hold the library open, a picture changes no row of it and adds no file."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish(*NAMES)
        show.play(60 * SECOND)
        folder = tmp_path / "data"
        held = (show.ingest.connection, show.ingest.orders.connection)
        before = [list(connection.iterdump()) for connection in held], sorted(folder.rglob("*")), show.ingest.versions()
        for at in (30, 90, 7200):
            still(configuration, OPENING + at * SECOND, CANVAS, show.clock, nobody)
        after = [list(connection.iterdump()) for connection in held], sorted(folder.rglob("*")), show.ingest.versions()
    assert after == before


@pytest.mark.parametrize("has_folder", [False, True])
def test_without_a_library_there_are_words_and_still_no_library(tmp_path: Path, *, has_folder: bool) -> None:
    """Where nothing was ever fetched, a picture can be drawn, and the data folder is not made for it."""
    configuration = configured(tmp_path)
    if has_folder:
        (tmp_path / "data").mkdir()
    before = fingerprints(tmp_path / "data")
    image = still(configuration, OPENING, CANVAS, SystemClock(), nobody)
    assert int(image[:, :, :3].max()) > 150
    assert fingerprints(tmp_path / "data") == before
    assert (tmp_path / "data").exists() == has_folder


def test_the_day_of_a_show_begins_at_local_midnight(tmp_path: Path, scenes: list[Scene]) -> None:
    """Without any cue of the day, its first slide begins at 00:00 of the site: the first language, wholly there."""
    configuration = configured(tmp_path, "hold: 6s\nfade: 1.5s\nslides:\n  - words\n")
    midnight = instant("2027-01-20 00:00", "Europe/Warsaw")
    for offset in (0, 1, 7):
        still(configuration, midnight + offset * SECOND, CANVAS, SystemClock(), nobody)
    assert scenes[0] == scenes[1]
    assert len(scenes[2].layers) == 1
    still(configuration, midnight + 8 * SECOND, CANVAS, SystemClock(), nobody)
    assert len(scenes[3].layers) == 2


SCHEDULE: Final = """
schedule:
  slots:
    - {id: evening, show: evening, start: "2027-01-27T17:00[Europe/Warsaw]", length: 1h, preroll: 5m, title: An Evening}
"""


def test_the_schedule_says_which_show_is_drawn(tmp_path: Path, scenes: list[Scene]) -> None:
    """Before the slot the usual show, then the name of what begins with the minutes to go, then the slot's own show."""
    configured(tmp_path)
    (tmp_path / "playlists" / "evening.yaml").write_text("words: {languages: [de], only_checked: false}\nslides:\n  - words\n")
    with (tmp_path / "config.yaml").open("a") as file:
        file.write(SCHEDULE)
    configuration = load(tmp_path / "config.yaml").configuration
    assert configuration
    begins = instant("2027-01-27 17:00", "Europe/Warsaw")
    for offset in (-301, -120, 1):
        still(configuration, begins + offset * SECOND, CANVAS, SystemClock(), nobody)
    texts = [{ink.text for layer in scene.layers for ink in layer.composition.ink if isinstance(ink, Words)} for scene in scenes]
    assert "An Evening" not in texts[0]
    assert texts[1] == {"An Evening", "2 min"}
    assert "An Evening" not in texts[2]
    assert texts[2] != texts[0]


def test_a_picture_is_saved_in_its_right_colours(tmp_path: Path) -> None:
    """BGRA in memory is RGB in the file, in the format that its name asks for; an unknown one is refused in words."""
    image = np.zeros((9, 16, 4), np.uint8)
    image[:, :] = (10, 120, 230, 255)
    save(image, tmp_path / "frame.png")
    with Picture.open(tmp_path / "frame.png") as read:
        assert read.getpixel((3, 3)) == (230, 120, 10)
    for out in (tmp_path / "frame.movie", tmp_path / "nowhere" / "frame.png"):
        with pytest.raises(OperatorError, match="cannot be written"):
            save(image, out)


def fingerprints(folder: Path) -> dict[str, str]:
    """Return what every file in *folder* holds, but for marks of opening it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".opening")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_still_of_outputs_is_composed_for_the_wall_that_they_light(tmp_path: Path, scenes: list[Scene]) -> None:
    """On their canvas, or on a smaller one: words stand in the part that an outline leaves."""
    (tmp_path / "playlists").mkdir()
    (tmp_path / "playlists" / "wall.yaml").write_text("slides:\n  - words\n")
    outline = "{id: house, kind: keep, points: [[0, 0], [960, 0], [960, 1080], [0, 1080]]}"
    outputs = f"outputs: [{{id: left, display: {{name: A, size: 1920x1080}}, masks: [{outline}]}}]\n"
    (tmp_path / "config.yaml").write_text(f"feeds: {{}}\nstorage: {{data: {tmp_path / 'data'}}}\n{outputs}")
    configuration = load(tmp_path / "config.yaml").configuration
    assert configuration
    for wanted, canvas in ((None, Size(1920, 1080)), (Size(960, 540), Size(960, 540))):
        image = still(configuration, OPENING, wanted, FakeClock(), nobody)
        assert image.shape[:2] == (canvas.height, canvas.width)
        assert (image[:, : canvas.width // 2, :3] > 128).any()
        assert not (image[:, canvas.width // 2 :, :3] > 128).any()
    assert scenes
