"""The sound card, through the SDL that pygame brings: a queue of samples that SDL plays by itself.

Not `pygame._sdl2.audio.AudioDevice`: it calls Python from the sound thread and waits for that thread with the interpreter's lock
held, so closing one stops the whole process for ever (pygame-ce 2.5.8; within fifty times). Not `pygame.mixer` either: it says
nothing of where it is, and joins sounds at the edges of its own blocks. With SDL's queue no Python runs in the sound thread at
all, a late block costs silence and nothing else, and ctypes lets go of the lock.
"""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting would be the first line of every log
from pygame import base as pygame_base

from player.errors import OperatorError
from player.film.limits import CHANNELS, SOUND_RATE

AUTO: Final = "auto"
CHUNK: Final = 512  # samples, 11 ms: what SDL hands on at a time; smaller ones crackle on a busy machine
FRAME_BYTES: Final = CHANNELS * 4
_AUDIO: Final = 0x10  # SDL_INIT_AUDIO
_FLOAT: Final = 0x8120 if sys.byteorder == "little" else 0x9120  # AUDIO_F32SYS
_PLAYING: Final = 1  # SDL_AUDIO_PLAYING; one that was unplugged says that it is stopped
_HINTS: Final = {
    b"SDL_NO_SIGNAL_HANDLERS": b"1",  # it would take SIGTERM from us
    b"SDL_AUDIO_DEVICE_APP_NAME": b"We Remember",
    b"SDL_AUDIO_DEVICE_STREAM_ROLE": b"movie",
}


class Loudspeaker(Protocol):
    """What plays samples one after the other, and silence where there are none."""

    @property
    def name(self) -> str:
        """As people know it."""
        ...

    @property
    def latency(self) -> int:
        """How many samples lie between the end of the queue's front and the ear, on average."""
        ...

    def push(self, samples: NDArray[np.float32]) -> None:
        """Put *samples*, count x 2, 48 kHz, at the end of the queue."""
        ...

    def queued(self) -> int:
        """Return how many samples of the queue have not been handed on yet."""
        ...

    def is_there(self) -> bool:
        """Whether it still plays: nobody unplugged it."""
        ...

    def close(self) -> None:
        """Stop at once, and let go of it."""
        ...


class _Spec(ctypes.Structure):
    """SDL_AudioSpec."""

    _fields_ = (
        ("freq", ctypes.c_int),
        ("format", ctypes.c_uint16),
        ("channels", ctypes.c_uint8),
        ("silence", ctypes.c_uint8),
        ("samples", ctypes.c_uint16),
        ("padding", ctypes.c_uint16),
        ("size", ctypes.c_uint32),
        ("callback", ctypes.c_void_p),
        ("userdata", ctypes.c_void_p),
    )


class _Sdl(Protocol):
    """The functions of SDL 2 that are called here."""

    def SDL_SetHint(self, name: bytes, value: bytes, /) -> int: ...  # noqa: N802 - SDL's names
    def SDL_InitSubSystem(self, flags: int, /) -> int: ...  # noqa: N802
    def SDL_QuitSubSystem(self, flags: int, /) -> None: ...  # noqa: N802
    def SDL_GetError(self) -> bytes: ...  # noqa: N802
    def SDL_GetNumAudioDevices(self, is_capture: int, /) -> int: ...  # noqa: N802
    def SDL_GetAudioDeviceName(self, index: int, is_capture: int, /) -> bytes | None: ...  # noqa: N802
    def SDL_OpenAudioDevice(self, name: bytes | None, is_capture: int, wanted: object, got: object, changes: int, /) -> int: ...  # noqa: N802
    def SDL_PauseAudioDevice(self, device: int, is_paused: int, /) -> None: ...  # noqa: N802
    def SDL_QueueAudio(self, device: int, data: bytes, length: int, /) -> int: ...  # noqa: N802
    def SDL_GetQueuedAudioSize(self, device: int, /) -> int: ...  # noqa: N802
    def SDL_GetAudioDeviceStatus(self, device: int, /) -> int: ...  # noqa: N802
    def SDL_CloseAudioDevice(self, device: int, /) -> None: ...  # noqa: N802


@cache
def _sdl() -> _Sdl:
    """Return the SDL that pygame brought: a library's symbols are looked for in those that it is linked with, too."""
    try:
        library = ctypes.CDLL(pygame_base.__file__)
        number = ctypes.c_uint32
        library.SDL_SetHint.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
        library.SDL_InitSubSystem.argtypes = library.SDL_QuitSubSystem.argtypes = [number]
        library.SDL_GetError.restype = library.SDL_GetAudioDeviceName.restype = ctypes.c_char_p
        opening = [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(_Spec), ctypes.POINTER(_Spec), ctypes.c_int]
        library.SDL_OpenAudioDevice.argtypes = opening
        library.SDL_PauseAudioDevice.argtypes = [number, ctypes.c_int]
        library.SDL_QueueAudio.argtypes = [number, ctypes.c_char_p, number]
        for function in (library.SDL_GetQueuedAudioSize, library.SDL_GetAudioDeviceStatus, library.SDL_CloseAudioDevice):
            function.argtypes = [number]
        library.SDL_OpenAudioDevice.restype = library.SDL_GetQueuedAudioSize.restype = number
    except (OSError, AttributeError) as error:
        raise OperatorError(f"This pygame brings no SDL 2, so there is no sound: {error}") from error
    return cast("_Sdl", library)


def device_names() -> tuple[str, ...]:
    """Return what could be played on here, as the system calls it.

    Raises:
        OperatorError: there is no sound at all on this machine.
    """
    sdl = _begin()
    try:
        return _names(sdl)
    finally:
        sdl.SDL_QuitSubSystem(_AUDIO)


def absent(name: str) -> str:
    """Return why there is no sound card here that `open_loudspeaker` could find by *name*; empty: there is."""
    try:
        names = device_names()
        if name != AUTO:
            _known(name, names)
    except OperatorError as error:
        return str(error)
    return "" if names else "There is no sound device on this machine."


def open_loudspeaker(name: str) -> Loudspeaker:
    """Return the sound card called *name*, or by a part of its name that no other has; `auto`: the system's own choice.

    Raises:
        OperatorError: there is none of that name, or it cannot be opened.
    """
    sdl = _begin()  # anew each time: it looks around for what is plugged in
    try:
        known = None if name == AUTO else _known(name, _names(sdl))
        return _Card(sdl, known)
    except OperatorError:
        sdl.SDL_QuitSubSystem(_AUDIO)
        raise


def _begin() -> _Sdl:
    sdl = _sdl()
    for hint, value in _HINTS.items():
        sdl.SDL_SetHint(hint, value)
    if sdl.SDL_InitSubSystem(_AUDIO):
        raise OperatorError(f"There is no sound on this machine: {_reason(sdl)}.")
    return sdl


def _names(sdl: _Sdl) -> tuple[str, ...]:
    found = (sdl.SDL_GetAudioDeviceName(i, 0) for i in range(max(0, sdl.SDL_GetNumAudioDevices(0))))
    return tuple(name.decode("utf-8", "replace") for name in found if name)


def _known(name: str, names: tuple[str, ...]) -> str:
    near = [each for each in names if name.casefold() in each.casefold()]
    if name in names:
        return name
    if len(near) == 1:
        return near[0]
    raise OperatorError(
        f'There is {"more than one" if near else "no"} sound device "{name}"; there are: {", ".join(names) or "none"}.'
    )


def _reason(sdl: _Sdl) -> str:
    return (sdl.SDL_GetError() or b"").decode("utf-8", "replace").rstrip(".") or "nobody knows why"


class _Card:
    """A sound card that is open."""

    def __init__(self, sdl: _Sdl, name: str | None) -> None:
        """Open it; OperatorError when that fails. It holds on to SDL's sound until it is closed."""
        self._sdl = sdl
        self.name = name or AUTO
        wanted = _Spec(freq=SOUND_RATE, format=_FLOAT, channels=CHANNELS, samples=CHUNK)
        got = _Spec()
        known = name.encode() if name else None
        self._device = sdl.SDL_OpenAudioDevice(known, 0, ctypes.byref(wanted), ctypes.byref(got), 0)
        if not self._device:
            raise OperatorError(f'The sound device "{self.name}" cannot be opened: {_reason(sdl)}.')
        # One block is being played and one waits behind it, or a part of it: SDL says no more.
        self.latency = int(got.samples) * 3 // 2
        sdl.SDL_PauseAudioDevice(self._device, 0)

    def push(self, samples: NDArray[np.float32]) -> None:
        """Put *samples* at the end of the queue."""
        data = np.ascontiguousarray(samples, np.float32).tobytes()
        self._sdl.SDL_QueueAudio(self._device, data, len(data))

    def queued(self) -> int:
        """Return how many samples have not been handed on yet."""
        return self._sdl.SDL_GetQueuedAudioSize(self._device) // FRAME_BYTES

    def is_there(self) -> bool:
        """Whether it still plays."""
        return self._sdl.SDL_GetAudioDeviceStatus(self._device) == _PLAYING

    def close(self) -> None:
        """Stop at once; the second time nothing happens."""
        if self._device:
            self._sdl.SDL_CloseAudioDevice(self._device)
            self._sdl.SDL_QuitSubSystem(_AUDIO)
            self._device = 0
