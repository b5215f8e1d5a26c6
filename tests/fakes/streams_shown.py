"""Live streams without a network: what is open, and when its last frame was due, by a clock that a test moves."""

from __future__ import annotations

from dataclasses import dataclass, field

from player.film.talk import Ended, Failed, Opening, OpenStream, Ready, State
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock


@dataclass(slots=True)
class StreamsShown:
    """What streams are to the screen. All of them do as one."""

    clock: FakeClock
    connects: Nanos = 5 * SECOND
    """How long it takes until one plays."""
    is_sent: bool = True
    """Whether it is there to be had."""
    given_up: str = ""
    """Why it is not tried for the moment."""
    has_ended: bool = False
    is_gone: bool = False
    """The process that decodes has ended."""
    opened: list[OpenStream] = field(default_factory=list[OpenStream])
    """All that ever were, in order."""
    is_open: dict[str, Nanos] = field(default_factory=dict[str, Nanos])
    """By source: since when."""
    last: dict[str, Nanos] = field(default_factory=dict[str, Nanos])
    """When the frame was due that is up."""

    def open(self, source: str, wanted: OpenStream) -> None:
        """Take note."""
        assert source not in self.is_open, "two sources have one name"
        self.opened.append(wanted)
        self.is_open[source] = self.clock.monotonic()
        self.is_gone = False

    def close(self, source: str) -> None:
        """Take note."""
        self.is_open.pop(source, None)

    def newest(self, source: str) -> Nanos | None:
        """Return when the last frame was due."""
        now, since = self.clock.monotonic(), self.is_open.get(source)
        if since is None:
            return None
        if self.is_sent and not self.has_ended and not self.is_gone and now >= since + self.connects:
            self.last[source] = now
        return self.last.get(source)

    def state(self, source: str) -> State:
        """Return how it is."""
        if source not in self.is_open or self.is_gone:
            return Failed("it is gone")
        if self.given_up:
            return Failed(self.given_up)
        if self.has_ended:
            return Ended(0)
        return Opening("connecting") if source not in self.last else Ready(has_sound=True)

    def is_lost(self, source: str) -> bool:
        """Whether nobody decodes it."""
        return self.is_gone or source not in self.is_open
