"""Windows of a graphics card on an X server: what is seen there is what the processor shows."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

from player import log
from player.clock import SystemClock
from player.errors import DeviceLostError, DrawError, OperatorError
from player.output.display import Turn
from player.output.section import Output
from player.output.testcard import Card
from player.render.gl.context import VERSION, headless
from player.render.gl.sdl import Home
from player.render.trial import act
from player.screen.facade import Facade
from player.screen.gl_easel import GlEasel
from player.screen.gl_panes import DisplaysChangedError
from player.screen.gl_tries import MOST, Tries
from player.screen.wall import open_wall
from player.screen.window import RendererName, Wanted
from player.show.scene import Composition, Fill, Layer, Scene
from player.units import Colour, Size
from tests.fakes.clock import FakeClock
from tests.fakes.display import EMPTY, FakeDisplay, display
from tests.fakes.seen_wall import SeenWall, seen_wall

SCREEN: Final = Size(480, 270)
Pixels = NDArray[np.int16]


@pytest.fixture(scope="module")
def screen() -> Generator[FakeDisplay]:
    """An X server whose windows can have OpenGL; skipped where there is none."""
    patch = pytest.MonkeyPatch()
    with display(SCREEN) as server:
        patch.setenv("DISPLAY", server.name)
        patch.delenv("SDL_VIDEODRIVER", raising=False)
        pygame.display.quit()
        pygame.display.init()
        try:
            Home().close()
        except OperatorError as error:
            pytest.skip(f"needs OpenGL on Xvfb (Debian: sudo apt install libgl1-mesa-dri): {error}")
        try:
            yield server
        finally:
            pygame.display.quit()  # before the server goes: X ends whoever still talks to it
            patch.undo()


def both(screen: FakeDisplay, wanted: Wanted, show: Callable[[SeenWall], Pixels]) -> tuple[Pixels, Pixels]:
    """Return what is seen of the same wall by the processor and by the graphics card."""
    seen: list[Pixels] = []
    names: tuple[RendererName, ...] = ("cpu", "gl")
    for renderer in names:
        with seen_wall(replace(wanted, renderer=renderer), screen.pixels) as wall:
            assert wall.wall.draws.startswith("GPU" if renderer == "gl" else "CPU")
            seen.append(show(wall))
    return seen[0], seen[1]


def output(**more: object) -> Output:
    """Return the only output, or a slice."""
    return Output.model_validate({"id": "wall", **more})


PINNED: Final = output(
    corners=[[20.3, 11.0], [455.0, 31.5], [440.2, 255.0], [9.5, 240.7]],
    masks=[{"id": "window", "kind": "drop", "points": [[150, 90], [230, 95], [220, 160], [145, 150]]}],
    gain=0.9,
    balance=[1.0, 0.95, 0.9],
    gamma=[2.2, 2.3, 2.4],
    black=0.004,
    brightness=0.8,
)


def test_a_window_gets_its_opengl_after_another_was_used_without_one(screen: FakeDisplay) -> None:
    """What was current in this thread by EGL is let go: otherwise X ends the process with the first window."""
    with headless() as context:
        assert context.version_code >= VERSION
    assert screen.is_empty()
    home = Home()
    home.pane.enter()
    home.close()


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_one_display_shows_the_same_by_either(screen: FakeDisplay, rotate: Turn) -> None:
    """Plate and photo, turned or not, are the same within one code; on the way to dark as well, and dark is dark."""

    def show(wall: SeenWall) -> Pixels:
        photo = wall.photo(wall.wall.easel.canvas)
        pictures = ((wall.plate, 1.0), (photo, 1.0), (photo, 0.4), (photo, 0.03), (None, 0.0))
        return np.stack([wall.present(scene, light) for scene, light in pictures])

    by_cpu, by_gl = both(screen, Wanted(rotate=rotate), show)
    assert np.abs(by_cpu - by_gl).max() <= 1
    assert by_gl[1].max() > 200
    assert not by_gl[4].any()


def test_a_window_of_a_desktop_lies_where_it_would_otherwise(screen: FakeDisplay) -> None:
    """It has the size that was asked for, and the same picture."""
    wanted = Wanted(fullscreen=False, size=Size(320, 180))
    by_cpu, by_gl = both(screen, wanted, lambda wall: wall.present(wall.photo(Size(320, 180))))
    assert (by_gl == EMPTY).all(axis=2).sum() == SCREEN.width * SCREEN.height - 320 * 180
    assert np.abs(by_cpu - by_gl).max() <= 1


def test_a_mapped_output_is_what_the_processor_makes_of_it(screen: FakeDisplay) -> None:
    """Pinned, masked, balanced and dimmed it is the same but for the noise of one code; the window in it is black."""

    def show(wall: SeenWall) -> Pixels:
        photo = wall.photo(SCREEN)
        return np.stack([wall.present(photo), wall.present(photo, 0.5), wall.present(None)])

    by_cpu, by_gl = both(screen, Wanted(outputs=(PINNED,), canvas=SCREEN, cap=0.5), show)
    difference = by_gl - by_cpu
    assert np.abs(difference).max() <= 3
    assert abs(difference.mean()) < 0.05
    assert by_gl[0].mean() > 20
    assert not by_gl[:, 110:140, 165:205].any()
    assert not by_gl[2].any()


def test_slices_of_one_display_show_their_parts(screen: FakeDisplay) -> None:
    """Each at its place in the one window, turned as it hangs, and nothing between them."""
    slices = (
        output(id="left", display={"index": 0}, place=[10, 20, 200, 120], crop=[0, 0, 200, 120]),
        output(id="right", display={"index": 0}, place=[300, 5, 90, 200], crop=[200, 0, 200, 90], rotate=90),
    )
    canvas = Size(400, 120)
    by_cpu, by_gl = both(screen, Wanted(outputs=slices, canvas=canvas), lambda wall: wall.present(wall.photo(canvas)))
    assert np.abs(by_cpu - by_gl).max() <= 1
    lit = by_gl.max(axis=2) > 0
    assert lit[20:140, 10:210].mean() > 0.9
    assert lit[5:205, 300:390].mean() > 0.9
    lit[20:140, 10:210] = lit[5:205, 300:390] = False
    assert not lit.any()


def test_cards_and_handles_are_the_same_by_either(screen: FakeDisplay) -> None:
    """A raw card is put up to the byte, one through the mapping in full light, and what is drawn over them lies on top."""
    noise = np.random.default_rng(7).integers(0, 256, (SCREEN.height, SCREEN.width, 4), np.uint8)
    noise[..., 3] = 255
    cards = [Card(noise, is_raw=True, until=None), Card(noise, is_raw=False, until=None), None]

    def draw_over(name: str, image: NDArray[np.uint8]) -> None:
        assert name == "wall"
        image[40:60, 300:330] = (10, 20, 30, 255)

    def show(wall: SeenWall) -> Pixels:
        facade, photo, seen = wall.wall.facade, wall.photo(SCREEN), list[Pixels]()
        assert isinstance(facade, Facade)
        for card in cards:
            facade.card = lambda _, card=card: card
            for facade.overlay in (None, draw_over):
                seen.append(wall.present(photo, 0.7))
                assert ((seen[-1][40:60, 300:330] == (30, 20, 10)).all()) == (facade.overlay is not None)
        return np.stack(seen)

    by_cpu, by_gl = both(screen, Wanted(outputs=(PINNED,), canvas=SCREEN), show)
    assert np.abs(by_cpu - by_gl).max() <= 3
    assert np.array_equal(by_gl[0], noise[..., 2::-1])
    assert np.array_equal(by_cpu[:2], by_gl[:2])


def test_what_would_flash_is_held_back_before_it_is_seen(screen: FakeDisplay) -> None:
    """White and black many times at one instant: the governor takes light away, and has the picture drawn again for it."""
    with seen_wall(Wanted(renderer="gl", outputs=(output(),), canvas=SCREEN), screen.pixels) as wall:
        easel, scenes = wall.wall.easel, [plain_scene(wall, colour) for colour in ((255, 255, 255), (0, 0, 0))]
        assert isinstance(easel, GlEasel)
        assert wall.present(scenes[0]).min() == 255
        easel._clock = easel.facade._clock = FakeClock()
        for i in range(9):
            easel.draw(scenes[i % 2], 1.0)
            easel.flip()
        assert wall.seen().max() < 200
        assert easel.again_at == 0


def plain_scene(wall: SeenWall, colour: Colour) -> Scene:
    """Return a scene of one colour."""
    composition = Composition(SCREEN, Fill(colour))
    wall.wall.renderer.prepare(composition, {})
    return Scene(SCREEN, (Layer(composition),), until=0)


def test_the_canvas_is_seen_for_the_preview(screen: FakeDisplay) -> None:
    """Before light and mapping, whatever is on the wall; black when it is dark."""
    with seen_wall(Wanted(renderer="gl", outputs=(PINNED,), canvas=SCREEN), screen.pixels) as wall:
        photo, looked = wall.photo(SCREEN), list[NDArray[np.uint8]]()
        for scene in (photo, None):
            wall.wall.easel.draw(scene, 0.3, lambda image: looked.append(image.copy()))
            wall.wall.easel.flip()
    assert [image.shape for image in looked] == [(SCREEN.height, SCREEN.width, 4)] * 2
    assert looked[0][..., :3].max() > 200
    assert not looked[1][..., :3].any()
    assert (looked[1][..., 3] == 255).all()


def test_without_a_real_one_the_processor_draws(screen: FakeDisplay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` looks at what plays a graphics card and leaves it, `gl` where there is none says so: lit they are all."""
    device = tmp_path / "renderD128"
    device.touch()
    monkeypatch.setattr("player.screen.gl_choice.DEVICES", (str(tmp_path / "renderD*"),))
    with seen_wall(Wanted(), screen.pixels) as wall:
        assert "plays one" in wall.wall.draws
        assert wall.present(wall.plate).max() > 50
    device.unlink()
    with seen_wall(Wanted(), screen.pixels) as wall:
        assert wall.wall.draws == "CPU (there is no graphics card)"
        assert not pygame.display.get_init() or pygame.display.get_driver() == "x11"


def test_where_opengl_cannot_be_had_the_processor_draws(
    screen: FakeDisplay, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though `gl` was asked for; that is said once as a mistake, and the wall is lit."""
    pygame.display.quit()
    monkeypatch.setenv("SDL_OPENGL_LIBRARY", "/nowhere/libGL.so")
    log.set_up(verbose=False)
    with seen_wall(Wanted(renderer="gl", outputs=(PINNED,), canvas=SCREEN), screen.pixels) as wall:
        assert wall.wall.draws.startswith("CPU (There is no OpenGL")
        assert wall.wall.facade is not None
        assert wall.present(wall.plate).max() > 50
    pygame.display.quit()
    assert capsys.readouterr().err.count("cannot be had") == 1


def failed(folder: Path, times: int) -> Path:
    """Leave the note of so many tries that did not end."""
    clock = SystemClock()
    for _ in range(times):
        Tries(folder, clock).begin()
    return folder


def test_a_graphics_card_that_keeps_failing_is_left_alone(screen: FakeDisplay, tmp_path: Path) -> None:
    """After three tries within ten minutes that took the process along, the processor draws, whatever is configured."""
    wanted = Wanted(renderer="gl", notes=failed(tmp_path, MOST - 1))
    for _ in range(2):  # one that ends in order does not count
        with seen_wall(wanted, screen.pixels) as wall:
            assert wall.wall.draws.startswith("GPU")
    failed(tmp_path, 1)
    with seen_wall(wanted, screen.pixels) as wall:
        assert wall.wall.draws.startswith("CPU (the graphics card failed 3 times")
        assert wall.present(wall.plate).max() > 50


@pytest.mark.usefixtures("screen")
def test_a_graphics_card_is_asked_each_second_whether_it_is_in_its_senses(tmp_path: Path) -> None:
    """When it draws something else than it is told, that ends the process: whoever waits for it is told, and it is noted."""
    wall = open_wall(Wanted(renderer="gl", notes=tmp_path))
    easel = wall.easel
    assert isinstance(easel, GlEasel)
    try:
        easel.rest()
        photo = act("still", SCREEN)
        gone: list[Exception] = []

        def prepare() -> None:
            try:
                easel.renderer.prepare(photo.compositions[0], photo.photos)
            except DrawError as error:
                gone.append(error)

        easel.renderer._probe.texture.write(bytes(16 * 16 * 4))
        easel._check_at = 0
        with pytest.raises(DeviceLostError):
            easel.rest()
        loader = threading.Thread(target=prepare)
        loader.start()
        loader.join()
        assert len(gone) == 1
    finally:
        easel.close()
    assert Tries(tmp_path, SystemClock()).failed() == 1


@pytest.mark.usefixtures("screen")
def test_other_displays_on_a_bare_console_are_no_fault_of_the_graphics_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There SDL learns of displays at its start alone: the process ends, and nothing is noted."""
    wall = open_wall(Wanted(renderer="gl", notes=tmp_path))
    assert isinstance(wall.easel, GlEasel)
    try:
        monkeypatch.setattr("player.screen.panes._BARE", "x11")
        monkeypatch.setattr("player.screen.panes._sockets", lambda: ("HDMI-A-1",))
        wall.easel.facade._look_at = 0
        with pytest.raises(DisplaysChangedError):
            list(wall.easel.pressed())
    finally:
        wall.easel.close()
    assert Tries(tmp_path, SystemClock()).failed() == 0


LOSES: Final = """
import sys
from player.errors import DeviceLostError
from player.render.gl.probe import Probe
def check(self):
    raise DeviceLostError("The GPU was reset.")
Probe.check = check
from player.cli import main
main(sys.argv[1:], prog_name="weremember")
"""


def test_a_process_that_loses_its_graphics_card_ends_and_another_begins(screen: FakeDisplay, tmp_path: Path) -> None:
    """With one line about it, and with nothing left on the screen that waits; the next one is lit by the processor."""
    (tmp_path / "config.yaml").write_text("feeds: {}\ndisplay: {renderer: gl}\nstorage: {data: data}\n")
    data = tmp_path / "data"
    data.mkdir()
    failed(data, MOST - 1)
    words = ["screen", "--config", str(tmp_path / "config.yaml"), "--data", str(data), "--verbose"]
    first = subprocess.run([sys.executable, "-c", LOSES, *words], capture_output=True, text=True, timeout=60, check=False)
    assert first.returncode == 1
    assert "weremember: The GPU was reset." in first.stderr
    assert "Traceback" not in first.stderr
    with subprocess.Popen([sys.executable, "-c", LOSES, *words], stderr=subprocess.PIPE, text=True) as second:
        assert second.stderr is not None
        lines = iter(second.stderr.readline, "")
        said = next(line for line in lines if "info screen: renderer" in line)
        assert "CPU (the graphics card failed 3 times" in said
        while not screen.pixels().max() < EMPTY:
            assert second.poll() is None
        second.terminate()
        assert second.wait() == 0
