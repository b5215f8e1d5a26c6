"""Keys by their names, on every keyboard; and what a key that is held tells."""

from __future__ import annotations

from collections.abc import Generator

import pygame
import pytest

from player.calibration.actions import KEYS, Stroke
from player.screen.keyboard import REPEATS_AFTER_MS, REPEATS_EVERY_MS, Key, Keyboard, key_of


def down(key: int, typed: str = "", *, scancode: int = 0, mod: int = 0) -> pygame.Event:
    """Return the event of a key that goes down."""
    return pygame.Event(pygame.KEYDOWN, key=key, unicode=typed, scancode=scancode, mod=mod)


def up(scancode: int) -> pygame.Event:
    """Return the event of a key that comes up."""
    return pygame.Event(pygame.KEYUP, key=0, scancode=scancode)


def stroke(event: pygame.Event) -> Stroke | None:
    """Return what an event is to whoever edits."""
    return next((Stroke(key.name, shift=key.shift, alt=key.alt) for key in key_of(event)), None)


@pytest.fixture
def sdl(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """SDL with displays that nobody sees."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    yield
    pygame.display.quit()


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (down(pygame.K_SPACE, " "), "space"),
        (down(pygame.K_BACKSPACE, "\b"), "backspace"),
        (down(pygame.K_b, "b", scancode=pygame.KSCAN_B), "b"),
        (down(pygame.K_b, "B", scancode=pygame.KSCAN_B, mod=pygame.KMOD_SHIFT), "b"),
        (down(0x5E0, "נ", scancode=pygame.KSCAN_B), "b"),
        (down(0x26, "&", scancode=pygame.KSCAN_1), "1"),
        (down(pygame.K_SLASH, "?", scancode=pygame.KSCAN_SLASH, mod=pygame.KMOD_SHIFT), "?"),
        (down(pygame.K_KP_PLUS), "+"),
        (down(pygame.K_KP_MINUS), "-"),
        (down(pygame.K_KP3), "3"),
        (down(pygame.K_KP3, "3"), "3"),
        (down(pygame.K_EQUALS, "=", scancode=pygame.KSCAN_EQUALS), "+"),
        (down(0x2B, "+", scancode=pygame.KSCAN_RIGHTBRACKET), "+"),
        (down(0x2D, "-", scancode=pygame.KSCAN_SLASH), "-"),
        (down(0xDF, "ß", scancode=pygame.KSCAN_MINUS), None),
        (down(0xDF, "?", scancode=pygame.KSCAN_MINUS, mod=pygame.KMOD_SHIFT), "?"),
        (down(0, "", scancode=pygame.KSCAN_EQUALS), None),
        (down(pygame.K_0, "=", scancode=pygame.KSCAN_0, mod=pygame.KMOD_SHIFT), "0"),
        (down(pygame.K_a, "ą", scancode=pygame.KSCAN_A, mod=pygame.KMOD_MODE), None),
        (down(pygame.K_l, "ł", scancode=pygame.KSCAN_L, mod=pygame.KMOD_RALT), None),
        (down(0x5D9, "ך", scancode=pygame.KSCAN_L), "l"),
        (down(pygame.K_b, "\x02", scancode=pygame.KSCAN_B, mod=pygame.KMOD_LCTRL), None),
    ],
)
def test_a_key_is_known_by_what_it_types_else_by_its_place(event: pygame.Event, name: str | None) -> None:
    """B is B on a Hebrew keyboard, and 1 on a French one; signs are where they are printed; with Ctrl or AltGr it is none."""
    assert [(key.name, key.alt) for key in key_of(event)] == ([(name, False)] if name else [])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (down(pygame.K_TAB, "\t"), Stroke("tab")),
        (down(pygame.K_TAB, mod=pygame.KMOD_LSHIFT), Stroke("tab", shift=True)),
        (down(pygame.K_LEFT), Stroke("left")),
        (down(pygame.K_RIGHT, mod=pygame.KMOD_RSHIFT), Stroke("right", shift=True)),
        (down(pygame.K_UP, mod=pygame.KMOD_LALT), Stroke("up", alt=True)),
        (down(pygame.K_DOWN, mod=pygame.KMOD_RALT), Stroke("down", alt=True)),
        (down(pygame.K_PAGEUP), Stroke("pageup")),
        (down(pygame.K_PAGEDOWN), Stroke("pagedown")),
        (down(pygame.K_INSERT), Stroke("insert")),
        (down(pygame.K_DELETE, "\x7f"), Stroke("delete")),
        (down(pygame.K_m, "", scancode=pygame.KSCAN_M, mod=pygame.KMOD_LALT), Stroke("m", alt=True)),
        (down(pygame.K_m, "", scancode=pygame.KSCAN_SEMICOLON, mod=pygame.KMOD_LALT), Stroke("m", alt=True)),
        (
            down(pygame.K_m, "M", scancode=pygame.KSCAN_M, mod=pygame.KMOD_LALT | pygame.KMOD_LSHIFT),
            Stroke("m", shift=True, alt=True),
        ),
        (down(pygame.K_m, "µ", scancode=pygame.KSCAN_M, mod=pygame.KMOD_RALT), None),
        (down(pygame.K_LEFT, mod=pygame.KMOD_LCTRL), None),
    ],
)
def test_shift_and_alt_go_with_a_key(event: pygame.Event, expected: Stroke | None) -> None:
    """An M on a French keyboard is M with Alt as well; the Alt on the right is one where it types nothing of its own."""
    assert stroke(event) == expected


def test_every_key_of_the_editor_has_an_event() -> None:
    """Nothing that the help names is a key that no keyboard sends. Escape comes by another way."""
    letters = [down(ord(c), c) for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    named = ("TAB", "LEFT", "RIGHT", "UP", "DOWN", "PAGEUP", "PAGEDOWN", "INSERT", "DELETE", "BACKSPACE")
    events = [*letters, *(down(getattr(pygame, f"K_{name}")) for name in named)]
    names = {found.name for event in events if (found := stroke(event))} | {"escape"}
    assert {each.name for each in KEYS} <= names


@pytest.mark.usefixtures("sdl")
def test_a_key_that_is_held_comes_again_only_while_keys_repeat() -> None:
    """Marked as what it is; once it has come up, it is pressed anew."""
    keyboard = Keyboard()
    b = down(pygame.K_b, "b", scancode=pygame.KSCAN_B)
    assert [*keyboard.told(b), *keyboard.told(b)] == [Key("b"), Key("b")]
    keyboard.repeat(on=True)
    assert pygame.key.get_repeat() == (REPEATS_AFTER_MS, REPEATS_EVERY_MS)
    assert [*keyboard.told(b), *keyboard.told(b)] == [Key("b"), Key("b", again=True)]
    assert list(keyboard.told(up(pygame.KSCAN_B))) == []
    assert list(keyboard.told(b)) == [Key("b")]
    keyboard.repeat(on=False)
    assert pygame.key.get_repeat() == (0, 0)
    assert list(keyboard.told(b)) == [Key("b")]


@pytest.mark.usefixtures("sdl")
def test_keys_repeat_still_when_sdl_has_begun_anew() -> None:
    """It forgets that with its displays."""
    keyboard = Keyboard()
    keyboard.repeat(on=True)
    pygame.display.quit()
    pygame.display.init()
    assert pygame.key.get_repeat() == (0, 0)
    keyboard.renew()
    assert pygame.key.get_repeat() == (REPEATS_AFTER_MS, REPEATS_EVERY_MS)
    keyboard.repeat(on=False)
