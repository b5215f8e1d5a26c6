"""Keys by their names: what they type, else where they lie on a keyboard of the United States; and which of them are held."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would be the first line of every log
import pygame

REPEATS_AFTER_MS: Final = 400  # of being held; half a second is usual, and whoever maps a wall holds arrows all evening
REPEATS_EVERY_MS: Final = 33  # a pixel a press: 30 of them a second can still be stopped at the right one

_NAMED: Final = {
    pygame.K_SPACE: "space",
    pygame.K_BACKSPACE: "backspace",
    pygame.K_TAB: "tab",
    pygame.K_LEFT: "left",
    pygame.K_RIGHT: "right",
    pygame.K_UP: "up",
    pygame.K_DOWN: "down",
    pygame.K_PAGEUP: "pageup",
    pygame.K_PAGEDOWN: "pagedown",
    pygame.K_INSERT: "insert",
    pygame.K_DELETE: "delete",
    pygame.K_KP_PLUS: "+",
    pygame.K_KP_MINUS: "-",
    **{getattr(pygame, f"K_KP{digit}"): str(digit) for digit in range(10)},  # with and without Num Lock
}
"""Keys that mean the same on every keyboard, by SDL's keycode."""
_TYPED: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+-?")
_LETTERS: Final = {ord(letter): letter for letter in "abcdefghijklmnopqrstuvwxyz"}
"""By SDL's keycode, which is what the key types alone."""
_PLACED: Final = {
    **{getattr(pygame, f"KSCAN_{letter.upper()}"): letter for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{getattr(pygame, f"KSCAN_{digit}"): digit for digit in "0123456789"},
}
"""Letters and digits by SDL's scancode: what lies there on a keyboard of the United States. Signs lie elsewhere on each."""
_UNSHIFTED_PLUS: Final = "="
_CHORDS: Final = pygame.KMOD_CTRL | pygame.KMOD_META | pygame.KMOD_MODE
"""With these held (the last is AltGr) a key belongs to the desktop, or types a letter that is no order."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that was pressed, by its name: `space`, `left`, or what it types in small letters."""

    name: str
    shift: bool = False
    alt: bool = False
    """With Alt a key never orders anything; it is for whoever edits."""
    again: bool = False
    """It was not pressed: it is held down."""


Keys: TypeAlias = Callable[[pygame.Event], Iterator[Key]]
"""What a key that went down means."""


def key_of(event: pygame.Event) -> Iterator[Key]:
    """Yield the key of an event, if it is one that could mean anything.

    What it types comes first, for that is printed on it: + is where the German keyboard has it, and B where Dvorak's has it. A
    key that types nothing of ours is taken by its place: B is found on a Hebrew keyboard, and 1 on a French one, without Shift.
    """
    typed = str(event.unicode).lower()
    is_right_alt = bool(event.mod & pygame.KMOD_RALT)
    if event.mod & _CHORDS or (is_right_alt and typed.strip()):  # the Alt on the right is AltGr where it makes a key type
        return
    if typed == _UNSHIFTED_PLUS and event.scancode == pygame.KSCAN_EQUALS:
        typed = "+"
    alt = bool(event.mod & pygame.KMOD_ALT)
    name = _NAMED.get(event.key) or (typed if typed in _TYPED else _untyped(event, alt=alt))
    if name:
        yield Key(name, shift=bool(event.mod & pygame.KMOD_SHIFT), alt=alt)


def _untyped(event: pygame.Event, *, alt: bool) -> str | None:
    """Return a key by what it would type without Alt, which keeps some keyboards from typing anything; else by its place."""
    return (_LETTERS.get(event.key) if alt else None) or _PLACED.get(event.scancode)


class Keyboard:
    """Keys as they go down, and, while somebody edits, again and again as long as they are held.

    Otherwise a key that is held is told once: Space on which something lies must not skip thirty slides a second.
    """

    def __init__(self, keys: Keys = key_of) -> None:
        """Take what *keys* mean."""
        self._keys = keys
        self._repeats = False
        self._down: set[int] = set()
        """By scancode, those that went down since keys began to repeat."""

    def repeat(self, *, on: bool) -> None:
        """Let keys that are held come again and again; or not any more."""
        self._repeats = on
        self.renew()

    def renew(self) -> None:
        """Have it so after SDL has begun anew, which forgets it."""
        self._down.clear()
        if pygame.display.get_init():
            pygame.key.set_repeat(*((REPEATS_AFTER_MS, REPEATS_EVERY_MS) if self._repeats else ()))

    def told(self, event: pygame.Event) -> Iterator[Key]:
        """Yield the key of an event of a key that went down or up."""
        if event.type == pygame.KEYUP:
            self._down.discard(event.scancode)
        elif not self._repeats:
            yield from self._keys(event)
        else:
            again = event.scancode in self._down
            self._down.add(event.scancode)
            for key in self._keys(event):
                yield replace(key, again=again)
