"""The running show for viewers elsewhere: what they get, how late, and that whoever is withdrawn is gone from there at once."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from io import BytesIO
from typing import Final, cast

import av
import numpy as np
import pytest

from player.filming.fragments import parted
from player.filming.handover import SILENT_FOR, SLOTS, WIDEST, Memory, fitted
from player.filming.ribbon import KEPT, LENGTH_S, Ribbon
from player.filming.studio import WATCHED_FOR, Studio
from player.places import INSTALLATION
from player.render.protocol import Image
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.clock import FakeClock

FPS = 10
EVERY: Nanos = SECOND // FPS
OLDEST: Final[Nanos] = 10 * SECOND
SCRIPT: Final = (INSTALLATION / "player" / "console" / "static" / "broadcast.js").read_text("utf-8")


class Elsewhere:
    """A screen, the studio, and a viewer, a picture apart from each other."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.clock = FakeClock(monotonic=100 * SECOND)
        self.studio = Studio(memory, FPS, epoch=7)
        self.is_there = True

    @property
    def now(self) -> Nanos:
        """What time it is."""
        return self.clock.monotonic()

    def play(self, length: Nanos, grey: int = 120, light: float = 1.0) -> None:
        """Let the wall show one grey for a while."""
        for _ in range(length // EVERY):
            if self.is_there:
                self.memory.beat(self.now)
                if self.memory.is_wanted(self.now):
                    self.memory.put(canvas(grey), light)
            self.studio.step(self.now)
            self.clock.advance(EVERY)

    def playlist(self) -> list[str]:
        """What a viewer finds there."""
        return self.studio.playlist(self.now).decode().splitlines()

    def film(self, pieces: int = KEPT) -> list[Image]:
        """What a viewer sees who plays all that there is, or so many pieces of it; RGB."""
        lines = self.playlist()
        names = [line.split('"')[1] for line in lines if "MAP" in line] + [line for line in lines if not line.startswith("#")]
        data = b"".join(self.studio.part(name, self.now) for name in names[: 1 + pieces])
        with av.open(BytesIO(data), "r") as file:
            return [cast("Image", frame.to_ndarray(format="rgb24")) for frame in file.decode(video=0)]


def canvas(grey: int) -> Image:
    """A wall of one grey, BGRA."""
    image = np.full((360, 640, 4), grey, np.uint8)
    image[..., 3] = 255
    return image


@pytest.fixture
def elsewhere() -> Generator[Elsewhere]:
    """A studio that nobody watches yet."""
    descriptor = Memory.made(180, EVERY)
    found = Elsewhere(Memory(descriptor))
    os.close(descriptor)
    yield found
    found.studio.forget()


def test_while_nobody_watches_nothing_is_wanted(elsewhere: Elsewhere) -> None:
    """Nobody asks the screen for a picture until somebody asks for the stream, nor half a minute after."""
    elsewhere.play(SECOND)
    assert not elsewhere.memory.is_wanted(elsewhere.now)
    assert elsewhere.playlist() == []
    elsewhere.play(SECOND)
    assert elsewhere.memory.is_wanted(elsewhere.now)
    elsewhere.play(WATCHED_FOR)
    assert not elsewhere.memory.is_wanted(elsewhere.now)
    assert elsewhere.studio.part("7-start.mp4", elsewhere.now) == b""


def test_a_viewer_sees_the_wall_three_seconds_later(elsewhere: Elsewhere) -> None:
    """A few seconds after the first question there are pieces enough to begin with; the last ones are kept."""
    elsewhere.playlist()
    elsewhere.play(3 * SECOND, 200)
    assert len([line for line in elsewhere.playlist() if line.endswith(".m4s")]) >= 2
    elsewhere.play(8 * SECOND, 90)
    lines = elsewhere.playlist()
    assert lines[:3] == ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-TARGETDURATION:1"]
    assert len([line for line in lines if line.endswith(".m4s")]) == KEPT
    pictures = elsewhere.film()
    assert len(pictures) == KEPT * FPS
    assert pictures[-1].shape == (180, 320, 3)
    assert abs(int(pictures[-1].mean()) - 90) <= 2


def test_a_dark_or_dim_wall_is_so_in_the_stream(elsewhere: Elsewhere) -> None:
    """In the light of the wall, and black where that is black."""
    elsewhere.playlist()
    elsewhere.play(4 * SECOND, 200, light=0.5)
    assert abs(int(elsewhere.film()[-1].mean()) - 100) <= 2
    elsewhere.play(9 * SECOND, 200, light=0.0)
    assert elsewhere.film()[-1].max() <= 2


def test_a_wall_that_stands_still_goes_on_in_the_stream(elsewhere: Elsewhere) -> None:
    """Without another picture there is another piece all the same: the one before, once more."""
    elsewhere.playlist()
    elsewhere.play(2 * SECOND)
    for _ in range(40):
        elsewhere.memory.beat(elsewhere.now)
        elsewhere.studio.step(elsewhere.now)
        elsewhere.clock.advance(EVERY)
    assert len(elsewhere.film()) >= 5 * FPS


def test_whoever_is_withdrawn_is_gone_from_everywhere_at_once(elsewhere: Elsewhere) -> None:
    """No piece, no start, no name of one is left, and no picture in the memory; what comes then is another stream."""
    elsewhere.playlist()
    elsewhere.play(6 * SECOND, 255)
    names = [line for line in elsewhere.playlist() if line.endswith(".m4s")]
    assert elsewhere.studio.part(names[0], elsewhere.now)
    elsewhere.memory.wipe()
    assert elsewhere.memory.newest(0) is None or not np.asarray(getattr(elsewhere.memory.newest(0), "image", 0)).any()
    assert [elsewhere.studio.part(name, elsewhere.now) for name in (*names, "7-start.mp4")] == [b""] * (len(names) + 1)
    assert elsewhere.playlist() == []
    elsewhere.play(4 * SECOND, 30)
    lines = elsewhere.playlist()
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1" in lines
    assert not set(names) & set(lines)
    assert max(int(picture.max()) for picture in elsewhere.film()) <= 33


@pytest.mark.parametrize("asks", [True, False])
def test_of_a_screen_that_says_nothing_nothing_is_shown(elsewhere: Elsewhere, *, asks: bool) -> None:
    """Nobody knows then what may be seen: after three seconds it is all gone, whether somebody asks or not."""
    elsewhere.playlist()
    elsewhere.play(5 * SECOND)
    assert elsewhere.playlist()
    elsewhere.is_there = False
    if asks:
        elsewhere.clock.advance(SILENT_FOR + EVERY)
    else:
        elsewhere.play(SILENT_FOR + 2 * EVERY)
    assert elsewhere.playlist() == []


def test_a_wall_that_changes_its_shape_is_another_stream(elsewhere: Elsewhere) -> None:
    """A piece never holds pictures of two sizes."""
    elsewhere.playlist()
    elsewhere.play(3 * SECOND)
    old = elsewhere.playlist()
    for _ in range(4 * FPS):
        elsewhere.memory.beat(elsewhere.now)
        elsewhere.memory.put(np.full((200, 800, 4), 50, np.uint8), 1.0)
        elsewhere.studio.step(elsewhere.now)
        elsewhere.clock.advance(EVERY)
    assert elsewhere.film()[0].shape == (180, 720, 3)
    assert not {line for line in old if line.endswith("4s")} & set(elsewhere.playlist())


def test_a_machine_that_falls_behind_leaves_out(elsewhere: Elsewhere) -> None:
    """After a pause of ten seconds the next pictures are of now, and none is made up for."""
    elsewhere.playlist()
    elsewhere.play(2 * SECOND)
    elsewhere.clock.advance(10 * SECOND)
    elsewhere.memory.beat(elsewhere.now)
    elsewhere.playlist()
    for _ in range(20):
        elsewhere.studio.step(elsewhere.now)
    assert elsewhere.studio.wait(elsewhere.now) > 0


@pytest.mark.parametrize(
    ("wall", "height", "size"),
    [
        (Size(1920, 1080), 720, Size(1280, 720)),
        (Size(1080, 1920), 720, Size(404, 720)),
        (Size(640, 360), 720, Size(640, 360)),
        (Size(3840, 540), 720, Size(2560, 360)),
        (Size(801, 601), 720, Size(800, 600)),
        (Size(16384, 160), 1080, Size(WIDEST, 26)),
    ],
)
def test_any_wall_has_a_picture_of_even_sides(wall: Size, height: int, size: Size) -> None:
    """As high as was asked for, never larger than the wall, never wider than there is memory for."""
    found = fitted(wall, height)
    assert abs(found.width - size.width) <= 2
    assert abs(found.height - size.height) <= 2
    assert found.width % 2 == found.height % 2 == 0


def test_a_picture_that_is_written_over_meanwhile_is_none() -> None:
    """Whoever reads gets a whole picture or nothing, and each at most once."""
    descriptor = Memory.made(180, EVERY)
    screen, reader = Memory(descriptor), Memory(descriptor)
    assert screen.is_empty
    assert reader.newest(0) is None
    for number in range(1, SLOTS + 3):
        screen.put(canvas(number), 0.25)
        shown = reader.newest(0)
        assert shown
        assert (shown.number, shown.light, int(shown.image.max())) == (number, 0.25, 255)
        assert reader.newest(number) is None
    os.close(descriptor)


def test_other_memory_is_refused() -> None:
    """What somebody else gave is no memory for pictures."""
    descriptor = os.memfd_create("strange")
    os.truncate(descriptor, 200_000_000)
    with pytest.raises(ValueError, match="no memory for pictures"):
        Memory(descriptor)
    os.close(descriptor)


def test_a_ribbon_names_only_what_it_has() -> None:
    """Numbers go on over what is wiped; epochs are never the same."""
    ribbon = Ribbon(3)
    ribbon.add(b"start", b"one")
    assert ribbon.playlist == ""
    ribbon.add(b"start", b"two")
    assert ribbon.playlist.splitlines()[-1] == "3-1.m4s"
    assert (ribbon.part("3-0.m4s"), ribbon.part("3-start.mp4"), ribbon.part("4-0.m4s")) == (b"one", b"start", b"")
    ribbon.wipe()
    assert (ribbon.playlist, ribbon.part("3-0.m4s"), ribbon.part("3-start.mp4")) == ("", b"", b"")
    ribbon.add(b"again", b"three")
    ribbon.add(b"again", b"four")
    assert "#EXT-X-MEDIA-SEQUENCE:2" in ribbon.playlist
    assert ribbon.part("4-start.mp4") == b"again"


def test_boxes_are_parted_where_they_end() -> None:
    """What is no whole box yet waits; one that says it is shorter than its own head ends it."""
    box = b"\x00\x00\x00\x0cftypabcd"
    assert parted(box + box[:9]) == ([(b"ftyp", box)], box[:9])
    assert parted(b"\x00\x00\x00\x02ftyp") == ([], b"\x00\x00\x00\x02ftyp")


def test_what_a_viewer_gets_is_ten_seconds_old_at_most(elsewhere: Elsewhere) -> None:
    """Even who begins with the oldest piece of a playlist that is as old as one may be, before asking for the next.

    What is played goes on as late as it began; the page of ours stands nearer to the newest, as is written in its script.
    """
    elsewhere.playlist()
    began, oldest = elsewhere.now, 0
    for second in range(12):
        for _ in range(FPS):
            elsewhere.play(EVERY, 10 + 15 * second)
            if second > KEPT:
                first = round((int(elsewhere.film(1)[0].mean()) - 10) / 15)
                oldest = max(oldest, elsewhere.now - began - first * SECOND)
    assert oldest > (KEPT - 1) * SECOND
    assert oldest + LENGTH_S * SECOND <= OLDEST
    behind, again, patience = (
        int(found) for found in re.findall(r"^const (?:BEHIND_S|AGAIN_MS|PATIENCE_MS) = (\d+)", SCRIPT, re.MULTILINE)
    )
    assert (behind + 2 * LENGTH_S) * SECOND + (again + patience) * MILLISECOND <= OLDEST
