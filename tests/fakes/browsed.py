"""A console that a real browser opens: a whole show goes on behind it, in real time, with a screen that obeys what is pressed.

Show and console have threads of their own, and one clock that the show's thread moves.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import queue
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import cv2
import numpy as np
import uvicorn

from player.clock import SystemClock
from player.console import app
from player.console.at_centre import Fleet
from player.console.door import cookies, listening
from player.console.door.origin import names_of
from player.console.door.wire import Listener, Wire
from player.console.people.notes import Notes
from player.console.people.roles import Role
from player.console.strings import LANGUAGES
from player.ingest.withdrawal import complete
from player.library import photos
from player.library.leftovers import PREVIEW
from player.library.photos import WHOLE, PreparedRow, ToPrepare
from player.places import INSTALLATION
from player.settings import Configuration, with_data
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.home import Home
from tests.fakes.operated import FACADE, WORDS
from tests.fakes.people import added, log_in, people_in
from tests.fakes.showing import Showing

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

T = TypeVar("T")

NAMES: Final = {Role.VIEWER: "Vera", Role.OPERATOR: "Olek", Role.REVIEWER: "Rita", Role.ADMIN: "Ada"}
STRIDE_S: Final = 0.04
PATIENCE_S: Final = 20.0  # a busy machine
CAPTIONS: Final = ("Kraków, my grandmother's kitchen", "אנחנו זוכרים, חיפה", "<b>We</b> & Remember", "")
SETTINGS: Final = """
site: {name: Memorial, zone: Europe/Warsaw}
feeds: {wall: {kind: jsonfeed, url: 'https://a.example/feed.json', trust: moderated}}
show: wall
canvas: 3600x1080
outputs:
  - {id: left, display: {index: 0, size: 1920x1080}, crop: [0, 0, 1920, 1080]}
  - {id: right, display: {index: 1, size: 1920x1080}, crop: [1680, 0, 1920, 1080]}
schedule:
  slots:
    - {id: day, show: wall, at: 09:00 to 17:00, priority: 10}
    - {id: evening, show: facade, at: 17:00 to 23:00, priority: 20, title: The façade}
    - {id: late, show: words, at: 22:00 to 23:30, priority: 5}
  quiet:
    - {when: {at: 23:30 to 06:00}, do: dark}
"""
PLAYLIST: Final = "slides:\n  - photo\n"


class Drawn(Showing):
    """A show whose photos are pictures that one can look at."""

    def _prepare(self, job: ToPrepare) -> None:
        files = sorted((INSTALLATION / "assets" / "demo").glob("*.jpg"))
        image = cv2.imread(str(files[job.key % len(files)]))
        assert image is not None
        height, width = image.shape[:2]
        size, tile_size = Size(960, 960 * height // width), Size(300, 300 * height // width)
        written = [self.ingest.files.write(_jpeg(image, each, job.item)) for each in (size, tile_size)]
        row = PreparedRow(
            original=f"{job.key:064x}",
            picture=written[0],
            tile=written[1],
            size=size,
            tile_size=tile_size,
            stored_bytes=1000,
            phash="0" * 16,
            prepared_for=WHOLE,
        )
        assert photos.keep_prepared(self.ingest.connection, job, row)
        self._know(photos.photos(self.ingest.connection, [job.key]).get(job.key))


class Show:
    """A show in a thread of its own; what is to be done to it is done there."""

    def __init__(self, folder: Path, clock: FakeClock, count: int) -> None:
        self._folder, self._clock, self._count = folder, clock, count
        self._work: queue.SimpleQueue[Callable[[Drawn], None]] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._kept: tuple[str, bool] | None = None
        """What the preview shows: of whom, and whether it is dark."""
        self.is_silent = False
        """Whether the screen has died."""
        self._thread = threading.Thread(target=self._run, name="show")
        self._thread.start()
        self.do(lambda _: None)

    def do(self, work: Callable[[Drawn], T]) -> T:
        """Do something to the show, and return what came of it."""
        done: Future[T] = Future()

        def doing(show: Drawn) -> None:
            try:
                done.set_result(work(show))
            except BaseException as error:  # noqa: BLE001 - whoever asked is told
                done.set_exception(error)

        self._work.put(doing)
        return done.result(PATIENCE_S)

    def comes(self, holds: Callable[[Drawn], bool]) -> bool:
        """Whether something comes to hold for the show while one waits."""
        for _ in range(round(PATIENCE_S / STRIDE_S)):
            if self.do(holds):
                return True
            self._ended.wait(STRIDE_S)
        return False

    def end(self) -> None:
        """End it."""
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        with Drawn(self._folder, others=(FACADE, WORDS), clock=self._clock) as show:
            _fill(show, self._count)
            show.poll()
            show.play(20 * SECOND)
            real, polled = SystemClock(), 0
            last = real.monotonic()
            while not self._ended.is_set():
                with contextlib.suppress(queue.Empty):
                    while True:
                        self._work.get_nowait()(show)
                now = real.monotonic()
                passed: Nanos = now - last
                last = now
                if self.is_silent:
                    self._clock.advance(passed)
                else:
                    show.frame(max(1, passed))
                    self._keep(show)
                if now - polled > 5 * SECOND:
                    polled = now
                    show.poll()
                show.settle()
                complete(show.ingest, self._clock)
                self._ended.wait(STRIDE_S)

    def _keep(self, show: Drawn) -> None:
        """Write what is up as the preview, as the screen does; the fake window has no pixels."""
        up = min(show.top, default="")
        state = up, show.is_dark
        if state == self._kept:
            return
        self._kept = state
        image = np.zeros((540, 960, 3), np.uint8)
        photo = next((each for each in show.known.values() if each.item == up), None)
        if photo and not show.is_dark:
            found = cv2.imdecode(np.frombuffer(show.ingest.files.read(photo.picture), np.uint8), cv2.IMREAD_COLOR)
            assert found is not None
            found = cv2.resize(found, (540 * found.shape[1] // found.shape[0], 540))[:, :960]
            left = (960 - found.shape[1]) // 2
            image[:, left : left + found.shape[1]] = found
        path = self._folder / "data" / PREVIEW
        path.write_bytes(cv2.imencode(".jpg", image)[1].tobytes())
        at = self._clock.wall()
        os.utime(path, ns=(at, at))


class Browsed:
    """A console, its address, and the show behind it."""

    def __init__(
        self, folder: Path, *, count: int = 23, text: str = SETTINGS, shows: tuple[str, ...] = (), fleet: Fleet | None = None
    ) -> None:
        self.clock = FakeClock()
        self._fleet = fleet
        home = Home(folder)
        for name in ("wall", "facade", "words", *shows):
            home.playlist(name, PLAYLIST)
        self.data = folder / "data"
        self.configuration: Configuration = with_data(home.clean(text), str(self.data))
        self.show = Show(folder, self.clock, count)
        self.people = people_in(self.data, self.clock, notes=Notes(self.data, self.clock))
        self._socket = listening.bound("127.0.0.1", 0)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="console")
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    def log_in(self, context: BrowserContext, role: Role, name: str = "") -> None:
        """Let a browser be that of somebody with a role; with another *name*, of somebody who has asked for nothing yet."""
        name = name or NAMES[role]
        if name not in {each.person.name for each in self.people.register.listed()}:
            added(self.people, name, role)
        token = log_in(self.people, name).token
        context.add_cookies([{"name": cookies.SESSION, "value": token, "url": self.url}])

    def close(self) -> None:
        """End everything."""
        self._stop()
        self._thread.join()
        self.show.end()

    async def _serve(self) -> None:
        names = names_of((), port=self.port, scheme="http")
        desk = app.furnish(lambda: self.configuration, clock=self.clock, names=names, people=self.people, fleet=self._fleet)
        config = uvicorn.Config(app.build(desk), http=Wire, ws="none", lifespan="off", log_config=None, access_log=False)
        config.load()
        server = Listener(config, names)
        loop = asyncio.get_running_loop()

        def stop() -> None:
            desk.live.close()
            server.should_exit = server.force_exit = True

        self._stop = lambda: loop.call_soon_threadsafe(stop)
        self._ready.set()
        await server.serve(sockets=[self._socket])
        await app.clear(desk)


@contextlib.contextmanager
def browsed(
    folder: Path, *, count: int = 23, text: str = SETTINGS, shows: tuple[str, ...] = (), fleet: Fleet | None = None
) -> Generator[Browsed]:
    """Serve a console until the block is over; its configuration has more *shows*, which the screen does not know yet.

    With a *fleet* it has the pages of all players, too.
    """
    each = Browsed(folder, count=count, text=text, shows=shows, fleet=fleet)
    try:
        yield each
    finally:
        each.close()


@contextlib.contextmanager
def faultless(context: BrowserContext, url: str) -> Generator[Page]:
    """Open a page; no fault of a script on it goes unseen."""
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    page.goto(url)
    yield page
    assert faults == []


def _fill(show: Drawn, count: int) -> None:
    """Publish photos, with captions such as people write."""
    for number in range(count):
        name = f"p-{number:03}" if number % 5 else f"photo/{number}"
        caption, language = CAPTIONS[number % len(CAPTIONS)], LANGUAGES[number % len(LANGUAGES)]
        show.publisher.add(name, b"x%d" % number)
        show.publisher.edit(name, at="2027-01-20T07:00:00Z", content_text=caption, language=language)


def _jpeg(image: np.ndarray, size: Size, name: str) -> bytes:
    """Return a JPEG that nothing else is the same as: the name goes along as a comment."""
    encoded = cv2.imencode(".jpg", cv2.resize(image, size))[1].tobytes()
    comment = name.encode()
    return b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + encoded[2:]
