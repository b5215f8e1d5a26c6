"""Where the screen asks for films: takes in its orders, keeps what it asked for, hands memory over, and says what becomes of it.

One screen at a time; a newer one takes over, for the one before is gone or about to be. It is believed only as far as it must be:
it names films that the configuration names, and nothing else is opened.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from player import log
from player.clock import Clock
from player.doorway import is_ours
from player.errors import FilmError, WorkerError
from player.film.keeping import Kept
from player.film.ring import RingWatch
from player.film.samples import SamplesReader
from player.film.section import Sound
from player.film.sound import Heard
from player.film.talk import (
    MAX_SOURCES,
    MAX_WORDS,
    MOST,
    Close,
    Failed,
    Given,
    Is,
    Loud,
    Mute,
    News,
    Open,
    Order,
    Sounds,
    Wanted,
    order_of,
    packed,
)
from player.film.voice import Voice
from player.units import MILLISECOND, SECOND, Nanos

TICK: Final[Nanos] = SECOND // 4  # how soon a hang, the end, and another configuration are seen at the latest
SOUNDS_EVERY: Final[Nanos] = SECOND
GOES_OUT: Final[Nanos] = 100 * MILLISECOND  # what is heard of a source that is closed: a cut that does not click
MOST_AT_ONCE: Final = 64  # orders of one look; a screen says fifty in a second at most
TOO_MANY: Final = Failed("too many films are open at once")

_log = log.get("film")


class Opener(Protocol):
    """Opens sources."""

    def __call__(self, wanted: Wanted, now: Nanos, *, is_heard: bool) -> Kept:
        """Open what is *wanted*, with its sound where that *is_heard*; FilmError or WorkerError say why it cannot."""
        ...


class Player(Protocol):
    """Plays voices: `sound.Mixer`."""

    @property
    def is_alive(self) -> bool:
        """Whether it plays."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """Fall silent; WorkerError when that cannot be done."""
        ...

    def add(self, voice: Voice) -> None:
        """Play *voice* until it is over."""
        ...

    def mute(self, *, is_muted: bool) -> None:
        """Fall silent, or speak again."""
        ...

    def heard(self) -> Heard:
        """Return how it is doing."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    kept: Kept
    voice: Voice | None


class Desk:
    """Keeps sources for a screen. For one thread, which must stay: the decoders end with it."""

    def __init__(self, door: socket.socket, clock: Clock, opener: Opener, *, mixer: Callable[[Sound], Player]) -> None:
        """Listen at *door* (SOCK_SEQPACKET), which is closed with this; *mixer* makes what plays sound, not started yet."""
        self._door, self._clock = door, clock
        door.settimeout(0)
        self._opener, self._make_mixer = opener, mixer
        self._section = Sound()
        self._mixer: Player | None = None
        self._is_muted = self._has_passed_over = False
        self._screen: socket.socket | None = None
        self._sources: dict[str, _Source] = {}
        self._sounds, self._next_sounds = Sounds(), 0

    def go_by(self, section: Sound) -> None:
        """Let sound be as *section* says; what is heard goes on."""
        if section == self._section:
            return
        self._section = section
        self._stop_sound()
        voices = [source.voice for source in self._sources.values() if source.voice is not None]
        if voices:
            self._play(*voices)

    def listen_at(self, door: socket.socket) -> None:
        """Listen at another *door* from now on; who is in stays in."""
        self._door.close()
        self._door = door
        door.settimeout(0)

    def step(self, within: Nanos = TICK) -> None:
        """Wait for something to do, no longer than *within*, and do it."""
        found = self._found(within)
        if self._door in found:
            self._welcome()
        elif self._screen is not None and self._screen in found:
            self._hear(self._screen)
        now = self._clock.monotonic()
        for name, source in tuple(self._sources.items()):
            if self._sources.get(name) is not source:
                continue  # the screen went away while it was told of another: all were closed
            for state in source.kept.step(now):
                self._tell(Is(name, state))
        if now >= self._next_sounds:
            self._next_sounds = now + SOUNDS_EVERY
            self._look_after_sound()

    def close(self) -> None:
        """Let the screen go, and all that it asked for."""
        self._leave()
        self._stop_sound()
        self._door.close()

    # The screen

    def _found(self, within: Nanos) -> list[object]:
        """Return what there is to read from, after waiting for it."""
        with selectors.PollSelector() as selector:
            selector.register(self._door, selectors.EVENT_READ)
            if self._screen is not None:
                selector.register(self._screen, selectors.EVENT_READ)
            for source in self._sources.values():
                for descriptor in source.kept.descriptors():
                    selector.register(descriptor, selectors.EVENT_READ)
            return [key.fileobj for key, _ in selector.select(within / SECOND)]

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            link, _ = self._door.accept()
            if not is_ours(link):
                link.close()
                return
            link.settimeout(0)
            self._leave()
            self._screen = link

    def _leave(self) -> None:
        """Let the screen go: its sources end."""
        for name in tuple(self._sources):
            self._close(name)
        self._is_muted = self._has_passed_over = False
        self._sounds = Sounds()
        if self._screen is not None:
            self._screen.close()
            self._screen = None

    def _hear(self, screen: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                message = screen.recv(MOST)
            except BlockingIOError:
                return
            except OSError:
                message = b""
            if not message:
                self._leave()
                return
            try:
                self._obey(order_of(message))
            except WorkerError as error:
                self._pass_over(error)

    def _pass_over(self, error: WorkerError) -> None:
        """Leave an order that cannot be read: all films of a wall must not end for it. Once for a screen it is said."""
        if not self._has_passed_over:
            self._has_passed_over = True
            _log.error("the screen says nonsense, which is passed over", why=str(error))

    def _tell(self, news: News, memory: int = -1) -> None:
        if self._screen is None:
            return
        try:
            if memory < 0:
                self._screen.send(packed(news))
            else:
                socket.send_fds(self._screen, [packed(news)], [memory])
        except OSError:  # whoever takes in nothing for so long is as good as gone
            self._leave()

    # What it orders

    def _obey(self, order: Order) -> None:
        if isinstance(order, Open):
            self._open(order.source, order.wanted)
        elif isinstance(order, Close):
            self._close(order.source)
        elif isinstance(order, Loud):
            source = self._sources.get(order.source)
            if source is not None and source.voice is not None:
                source.voice.fade(order.to, order.begin, order.length)
        else:
            self._mute(order)

    def _open(self, name: str, wanted: Wanted) -> None:
        self._close(name)
        failed = self._taken_in(name, wanted)
        if failed is None:
            self._tell(Given(name), self._sources[name].kept.ring)
        else:
            _log.warning("a film was refused", why=failed.why)
            self._tell(Is(name, failed))

    def _taken_in(self, name: str, wanted: Wanted) -> Failed | None:
        if len(self._sources) >= MAX_SOURCES:
            return TOO_MANY
        try:
            kept = self._opener(wanted, self._clock.monotonic(), is_heard=wanted.has_sound)
        except (FilmError, WorkerError) as error:
            return Failed(str(error))
        try:
            voice = _voice(kept)
        except WorkerError as error:
            kept.close()
            return Failed(str(error))
        self._sources[name] = _Source(kept, voice)
        if voice is not None:
            self._play(voice)
        return None

    def _close(self, name: str) -> None:
        source = self._sources.pop(name, None)
        if source is None:
            return
        if source.voice is not None:
            source.voice.end(self._clock.monotonic(), GOES_OUT)
        source.kept.close()

    def _mute(self, order: Mute) -> None:
        self._is_muted = order.is_muted
        if self._mixer is not None:
            self._mixer.mute(is_muted=order.is_muted)

    # Sound

    def _play(self, *voices: Voice) -> None:
        if self._mixer is None:
            self._mixer = self._make_mixer(self._section)
            self._mixer.mute(is_muted=self._is_muted)
            self._mixer.start()
        for voice in voices:
            self._mixer.add(voice)

    def _stop_sound(self) -> None:
        if self._mixer is not None:
            try:
                self._mixer.stop()
            except WorkerError as error:
                _log.error("sound cannot be stopped", why=str(error))
            self._mixer = None

    def _look_after_sound(self) -> None:
        """Say how it does, when that is news."""
        if self._mixer is None:
            return
        if not self._mixer.is_alive:
            raise WorkerError("the thread that plays sound has ended")  # begun anew with all of this process
        heard = self._mixer.heard()
        sounds = Sounds(heard.device, heard.dropouts, round(heard.off_s * SECOND), heard.why[:MAX_WORDS])
        if sounds != self._sounds:
            self._sounds = sounds
            self._tell(sounds)


def _voice(kept: Kept) -> Voice | None:
    """Return what is heard of a source: it needs nothing of it but the memory, which stays as long as it sounds."""
    if kept.samples < 0:
        return None
    watch = RingWatch(kept.ring)
    return Voice(SamplesReader(kept.samples), lambda: watch.position, gain_db=kept.gain_db)
