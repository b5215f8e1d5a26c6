"""From the screen's frame loop to a browser: over the real socket, with nothing in between on a disk."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pytest

from player import log
from player.console.people.roles import Role
from player.doorway import connected, listening
from player.filming.broadcast import ATTENDED_EVERY, Booth, Desk
from player.filming.handover import Memory
from player.filming.wire import NAME, PART, PLAYLIST, SCREEN
from player.screen.tap import Tap
from player.settings import with_data
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.console import Console
from tests.fakes.home import Home
from tests.fakes.showing import Showing

T = TypeVar("T")

FPS: Final = 10
EVERY: Final[Nanos] = SECOND // FPS
SERVED: Final = "feeds: {}\nshow: one\nserve: {enabled: true}\n"


class Serving:
    """The desk of a data folder; whoever asks something of it does so in another thread."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.folder, self.clock = folder, clock
        self.desk = Desk(listening(folder, NAME), clock, height=180, fps=FPS)

    def meanwhile(self, work: Callable[[], T]) -> T:
        """Return what *work* gives, which waits for the desk."""
        found: list[T] = []
        thread = threading.Thread(target=lambda: found.append(work()), name="asking")
        thread.start()
        while thread.is_alive():
            self.step(picture=False)
        thread.join()
        return found[0]

    def join(self, tap: Tap) -> None:
        """Let the screen find the desk, however long a busy machine takes to answer it."""
        while tap._memory is None:
            tap._next_look = 0
            self.meanwhile(lambda: tap.step(self.clock.monotonic()))

    def step(self, *, picture: bool = True) -> None:
        """Let the desk work a little, without waiting long for anybody; perhaps a picture is due."""
        self.desk._studio._due = 0 if picture else self.clock.monotonic() + EVERY // 10
        self.desk._studio._watched_until = max(self.desk._studio._watched_until, self.clock.monotonic() + SECOND)
        self.desk.step()

    def ask(self, what: bytes) -> bytes:
        """Ask for something, and return all of it."""

        def work() -> bytes:
            found = b""
            with connected(self.folder, NAME, 5.0) as link:
                link.sendall(what)
                while part := link.recv(65_536):
                    found += part
            return found

        return self.meanwhile(work)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder whose name is longer than a socket's may be."""
    long = tmp_path / ("x" * 120) / "data"
    long.mkdir(parents=True)
    return long


@pytest.fixture
def serving(folder: Path) -> Generator[Serving]:
    """Somebody who encodes."""
    found = Serving(folder, FakeClock(monotonic=100 * SECOND))
    yield found
    found.desk.close()


def test_from_the_screen_to_whoever_asks(serving: Serving) -> None:
    """The screen joins, hands over what is wanted, and what comes of it can be had; when the screen ends, all ends."""
    clock, tap = serving.clock, Tap(serving.folder)
    assert (serving.folder / NAME).stat().st_mode & 0o777 == 0o600
    assert serving.ask(PLAYLIST) == b""
    serving.join(tap)
    try:
        assert serving.ask(PLAYLIST) == b""
        image = np.full((180, 320, 4), 200, np.uint8)
        for _ in range(4 * FPS):
            tap.beat(clock.monotonic())
            if tap.wants(clock.monotonic()):
                tap.take(image, 1.0, clock.monotonic())
            serving.step()
            clock.advance(EVERY)
        playlist = serving.ask(PLAYLIST).decode()
        name = playlist.split('URI="')[1].split('"')[0]
        assert b"moov" in serving.ask(PART % name.encode())
        assert b"moof" in serving.ask(PART % playlist.splitlines()[-1].encode())
        for nothing in (PART % b"../../etc/passwd", b"\xff\xfe\n", b"screen", b"\n"):
            assert serving.ask(nothing) == b""
        tap.close()
        assert serving.ask(PLAYLIST) == serving.ask(PART % name.encode()) == b""
    finally:
        tap.close()


def test_a_desk_that_goes_is_missed_and_found_again(serving: Serving) -> None:
    """The screen goes on without, and joins the next one within a second."""
    clock, tap = serving.clock, Tap(serving.folder)
    serving.join(tap)
    assert tap._memory
    serving.desk.close()
    clock.advance(SECOND)
    tap.step(clock.monotonic())
    assert tap._memory is None
    tap.beat(clock.monotonic())
    tap.wipe()
    assert not tap.wants(clock.monotonic())
    serving.desk = Desk(listening(serving.folder, NAME), clock, height=180, fps=FPS)
    clock.advance(SECOND)
    serving.join(tap)
    assert tap._memory
    tap.close()


def test_a_door_that_is_missing_is_made_anew(tmp_path: Path) -> None:
    """Within ten seconds: one that could not be made, and one that somebody deleted, through which nobody need come again."""
    home = Home(tmp_path)
    configuration, clock = with_data(home.clean(SERVED), str(tmp_path / "data")), FakeClock()
    faulty = log.Edge(log.get("test"), begins="cannot", ends="can")
    with contextlib.closing(Booth(configuration, clock, faulty)) as booth:
        booth.attend(clock.monotonic())
        assert booth.desk is None
        (tmp_path / "data").mkdir()
        clock.advance(ATTENDED_EVERY // 2)
        booth.attend(clock.monotonic())
        assert booth.desk is None
        clock.advance(ATTENDED_EVERY // 2)
        booth.attend(clock.monotonic())
        desk = booth.desk
        assert desk
        with connected(tmp_path / "data", NAME, 0) as screen:
            screen.sendall(SCREEN)
            desk.step()
            desk.step()
            (tmp_path / "data" / NAME).unlink()
            clock.advance(ATTENDED_EVERY)
            booth.attend(clock.monotonic())
            assert (booth.desk, desk._screen is not None) == (desk, True)
            with connected(tmp_path / "data", NAME, 0):
                desk.step()
                assert len(desk._selector.get_map()) == 3


def test_the_screen_hands_over_what_it_presents(tmp_path: Path) -> None:
    """So many pictures a second and no more; black when it is dark; and after a withdrawal nothing old is left."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.play(4 * SECOND, stride=EVERY)
        descriptor = Memory.made(180, EVERY)
        viewer, tap = Memory(descriptor), show.writer.tap
        tap._memory, tap._next_look = Memory(descriptor), 2**62
        show.play(SECOND)
        assert viewer.newest(0) is None  # nobody wanted it
        viewer.want(show.clock.monotonic() + 3600 * SECOND)
        show.frame()
        shown = viewer.newest(0)
        assert shown
        viewer_size = Size(shown.image.shape[1], shown.image.shape[0])
        assert shown.image.max() >= 200
        assert not viewer.is_silent(show.clock.monotonic())
        before = shown.number
        show.play(12 * SECOND, stride=SECOND // 60)
        after = viewer.newest(0)
        assert after
        assert 0 < after.number - before <= 12 * FPS + 1
        show.play_until(lambda: not show.is_fading and bool(show.up))
        name = next(iter(show.up))
        show.withdraw(name)
        show.frame()
        assert viewer.era == 1
        assert viewer.newest(0)  # drawn anew at once, without them
        older = [viewer._slot(number, viewer_size) for number in range(3)]
        assert sum(bool(slot.any()) for slot in older) == 1
        assert show.obeyed("dark")
        show.play(2 * SECOND, stride=EVERY)
        dark = viewer.newest(0)
        assert dark
        assert dark.light == 0.0


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console of a player that serves its show."""
    with Console(tmp_path, text=SERVED) as console:
        yield console


def test_a_browser_that_has_logged_in_gets_it(console: Console) -> None:
    """The page, the playlist, and pieces by their names; before there is anything it is told to come again."""
    browser = console.browser(Role.VIEWER)
    page = browser.get("/live/show")
    assert 'data-playlist="/live/show.m3u8"' in page.text
    assert "media-src 'self' blob:" in page.headers["content-security-policy"]
    assert '<a href="/live/show">' in browser.get("/wall").text
    later = browser.get("/live/show.m3u8")
    assert (later.status_code, later.headers["retry-after"]) == (503, "1")
    link = listening(console.data, NAME)
    answers = {PLAYLIST: b"#EXTM3U\n", PART % b"5-start.mp4": b"bytes of it", PART % b"5-3.m4s": b""}

    def answer() -> None:
        for _ in answers:
            with link.accept()[0] as asked:
                asked.sendall(answers[asked.recv(64)])

    thread = threading.Thread(target=answer, name="answering")
    thread.start()
    found = [browser.get(path) for path in ("/live/show.m3u8", "/live/5-start.mp4", "/live/5-3.m4s")]
    thread.join()
    link.close()
    assert [(each.status_code, each.headers["content-type"].split(";")[0]) for each in found[:2]] == [
        (200, "application/vnd.apple.mpegurl"),
        (200, "video/mp4"),
    ]
    assert found[1].content == b"bytes of it"
    assert found[1].headers["cache-control"] == "no-store"
    assert found[2].status_code == 404


def test_nobody_else_gets_it(console: Console) -> None:
    """Not without logging in; and a piece is called as pieces are."""
    stranger = console.browser()
    assert stranger.get("/live/show").status_code == 303
    assert {stranger.get(path).status_code for path in ("/live/show.m3u8", "/live/5-start.mp4")} == {401}
    viewer = console.browser(Role.VIEWER)
    assert all(
        viewer.get(f"/live/{name}").status_code in {400, 404, 422} for name in ("x", "5-.m4s", "a-1.m4s", "..%2fx", "1" * 99)
    )


def test_where_it_is_off_there_is_no_such_page(tmp_path: Path) -> None:
    """As by default."""
    with Console(tmp_path) as console:
        viewer = console.browser(Role.VIEWER)
        paths = ("/live/show", "/live/show.m3u8", "/live/5-start.mp4")
        assert {viewer.get(path).status_code for path in paths} == {404}
        assert "/live/show" not in viewer.get("/wall").text
