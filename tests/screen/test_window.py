"""Windows: where canvases go, and what happens where there is no display."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import pygame
import pytest

from player.errors import OperatorError
from player.screen.keyboard import Key
from player.screen.window import HEADLESS, DesktopWindow, Headless, Pressed, Wanted, describe_display, open_window
from player.units import Size


@pytest.fixture
def dummy(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """SDL's display that nobody sees."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.quit()
    yield
    pygame.display.quit()


@pytest.mark.usefixtures("dummy")
def test_where_nobody_would_see_a_window_there_is_none() -> None:
    """SDL's makeshift displays are no display: the player runs headless, and says why."""
    window, why = open_window(Wanted())
    assert isinstance(window, Headless)
    assert "X11" in why
    assert window.canvas == HEADLESS
    assert window.fps == 60
    assert "preview.jpg" in describe_display()


def test_where_sdl_finds_nothing_the_player_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """A display that cannot be opened is no reason to stop."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "x11")
    monkeypatch.setenv("DISPLAY", ":4711")
    pygame.display.quit()
    window, why = open_window(Wanted(size=Size(800, 600), fps=25.0))
    assert isinstance(window, Headless)
    assert why
    assert (window.canvas, window.fps) == (Size(800, 600), 25.0)
    window.draw(np.zeros((600, 800, 4), np.uint8), 1.0)
    window.flip()
    assert list(window.pressed()) == []
    window.close()


@pytest.mark.usefixtures("dummy")
def test_what_is_drawn_into_the_windows_memory_is_not_copied() -> None:
    """The canvas may be drawn where the display reads it; a rotated one may not."""
    pygame.display.init()
    window = DesktopWindow(Wanted(fullscreen=False, size=Size(64, 48)))
    memory = window.memory()
    assert memory is not None
    memory[:] = (0, 0, 255, 255)
    window.draw(memory, 1.0)
    window.flip()
    assert window._window.get_surface().get_at((32, 24))[:3] == (255, 0, 0)
    del memory
    window.close()
    turned = DesktopWindow(Wanted(fullscreen=False, size=Size(64, 48), rotate=90))
    assert turned.memory() is None
    turned.close()


def test_a_headless_canvas_is_rotated_too() -> None:
    """For a display that hangs on its side the canvas is upright."""
    assert Headless(Wanted(size=Size(1920, 1080), rotate=90)).canvas == Size(1080, 1920)


@pytest.mark.usefixtures("dummy")
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_canvas_comes_onto_the_window_upright(rotate: int) -> None:
    """Red at the canvas's upper left is where that corner hangs, and blue and red are not exchanged."""
    pygame.display.init()
    window = DesktopWindow(Wanted(fullscreen=False, size=Size(64, 48), rotate=rotate))  # pyright: ignore[reportArgumentType] - one of four
    assert window.canvas == (Size(64, 48) if rotate in {0, 180} else Size(48, 64))
    image = np.zeros((window.canvas.height, window.canvas.width, 4), np.uint8)
    image[:8, :8] = (0, 0, 255, 255)  # BGRA
    window.draw(image, 1.0)
    window.flip()
    corner = {0: (2, 2), 90: (61, 2), 180: (61, 45), 270: (2, 45)}[rotate]
    assert window._window.get_surface().get_at(corner)[:3] == (255, 0, 0)
    assert window._window.get_surface().get_at((32, 24))[:3] == (0, 0, 0)
    window.close()


def down(key: int, unicode: str = "", *, scancode: int = 0, mod: int = 0) -> pygame.Event:
    """Return a key being pressed, as SDL tells it."""
    return pygame.Event(pygame.KEYDOWN, key=key, unicode=unicode, scancode=scancode, mod=mod)


@pytest.mark.usefixtures("dummy")
def test_presses_of_escape_and_of_the_close_button_are_told() -> None:
    """Nothing that is no key and no end is told."""
    pygame.display.init()
    window = DesktopWindow(Wanted(fullscreen=False, size=Size(64, 48)))
    list(window.pressed())
    for event in (
        down(pygame.K_F1, scancode=pygame.KSCAN_F1),
        down(pygame.K_ESCAPE),
        pygame.Event(pygame.KEYUP, key=pygame.K_ESCAPE),
        pygame.Event(pygame.QUIT),
    ):
        pygame.event.post(event)
    assert list(window.pressed()) == [Pressed.ESCAPE, Pressed.CLOSE]
    assert list(window.pressed()) == []
    window.close()


@pytest.mark.usefixtures("dummy")
def test_a_key_is_told_once() -> None:
    """By its name; that it came up again is nothing."""
    pygame.display.init()
    window = DesktopWindow(Wanted(fullscreen=False, size=Size(64, 48)))
    list(window.pressed())
    for event in (down(pygame.K_b, "b", scancode=pygame.KSCAN_B), pygame.Event(pygame.KEYUP, key=pygame.K_b)):
        pygame.event.post(event)
    assert list(window.pressed()) == [Key("b")]
    window.close()


@pytest.mark.usefixtures("dummy")
def test_a_display_that_is_not_there_is_named() -> None:
    """Who asks for the fifth of one displays is told how many there are."""
    pygame.display.init()
    with pytest.raises(OperatorError, match=r"display.output: there is no display 5; there are \d+, counted from 0"):
        DesktopWindow(Wanted(output=5))


@pytest.mark.usefixtures("dummy")
def test_no_cursor_is_seen() -> None:
    """The operating system's arrow stays off the wall."""
    pygame.display.init()
    window = DesktopWindow(Wanted(fullscreen=False, size=Size(64, 48)))
    assert not pygame.mouse.get_visible()
    window.close()
