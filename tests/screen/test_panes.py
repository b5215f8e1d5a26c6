"""SDL's windows on several displays, on SDL's own display that nobody sees."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator, Iterator

import pygame
import pytest

from player.errors import OperatorError
from player.screen.keyboard import Key
from player.screen.panes import LOOKS_IN_VAIN, STIRRED, SdlPanes
from player.screen.randr import RandR
from player.screen.window import Pressed
from player.units import Size


@pytest.fixture
def panes(monkeypatch: pytest.MonkeyPatch) -> Generator[SdlPanes]:
    """Displays that nobody sees."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.quit()
    pygame.display.init()

    def keys(event: pygame.Event) -> Iterator[Key]:
        yield Key(pygame.key.name(event.key))

    made = SdlPanes(keys)
    yield made
    made.close()
    pygame.display.quit()


def test_a_window_covers_its_display(panes: SdlPanes) -> None:
    """Its memory is the display's size, what is drawn there is shown, and no cursor is."""
    (found,) = panes.look()
    pane = panes.open(found)
    pixels = pane.pixels()
    assert pixels is not None
    assert pixels.shape == (found.size.height, found.size.width, 4)
    pixels[:] = (0, 0, 255, 255)
    pane.flip()
    assert pane._window.get_surface().get_at((5, 5))[:3] == (255, 0, 0)
    assert not pygame.mouse.get_visible()
    pane.focus()
    del pixels
    pane.close()
    assert not pane.is_sound


def test_keys_and_what_happens_to_windows_is_told(panes: SdlPanes) -> None:
    """A window that is put away or closed is sound no more; events of others' windows mean nothing."""
    (found,) = panes.look()
    first, second = panes.open(found), panes.open(found)
    list(panes.happened())
    for event in (
        pygame.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE),
        pygame.Event(pygame.KEYDOWN, key=pygame.K_b),
        pygame.Event(pygame.KEYUP, key=pygame.K_ESCAPE),
        pygame.Event(pygame.WINDOWMINIMIZED, window=first._window),
        pygame.Event(pygame.WINDOWCLOSE, window=second._window),
        pygame.Event(pygame.WINDOWMINIMIZED, window=None),
    ):
        pygame.event.post(event)
    assert list(panes.happened()) == [Pressed.ESCAPE, Key("b"), STIRRED, Pressed.CLOSE, STIRRED]
    assert (first.is_sound, second.is_sound) == (False, False)
    first.close()
    second.close()


def test_a_window_of_another_size_gives_no_memory(panes: SdlPanes) -> None:
    """Nobody writes beyond it, unless the size that it has is accepted."""
    (found,) = panes.look()
    pane = panes.open(found)
    pane.size = Size(found.size.width + 1, found.size.height)
    assert pane.pixels() is None
    assert not pane.fits
    pane.accept()
    assert pane.fits
    assert pane.size == found.size
    pane.close()


def test_a_window_whose_display_server_went_says_so(panes: SdlPanes) -> None:
    """As our own error; and it can still be closed."""
    (found,) = panes.look()
    pane = panes.open(found)
    pane.close()
    with pytest.raises(OperatorError):
        pane.flip()
    assert pane.pixels() is None
    pane.focus()
    pane.close()


def test_without_a_display_there_is_none_and_it_is_asked_for_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    """SDL asked in vain takes its time."""
    asked: list[int] = []
    monkeypatch.setattr("player.screen.panes.has_display", lambda: bool(asked.append(1)))
    pygame.display.quit()
    panes = SdlPanes(lambda _: iter(()))
    for _ in range(2 * LOOKS_IN_VAIN):
        assert panes.look() == ()
        assert list(panes.happened()) == []
    assert len(asked) == 2
    panes.close()


def test_where_there_is_no_x_it_cannot_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said, and SDL is asked instead."""
    monkeypatch.setenv("DISPLAY", ":4711")
    with pytest.raises(OperatorError, match="X"):
        RandR()
