"""A player with a console and a library as large as one likes, and people who have logged in: for measuring it from outside."""

from __future__ import annotations

import io
import json
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

from player.clock import SystemClock
from player.console.door import cookies
from player.console.people.hashing import COST
from player.console.people.roles import Role
from player.library.database import transaction
from player.library.heard import heard
from player.library.library import open_library
from player.library.schema import LIBRARY
from player.units import SECOND, Nanos
from tests.bench.attack import HOST, Target
from tests.bench.console_photos import fill
from tests.fakes.display import FakeDisplay
from tests.fakes.people import added, log_in, people_in
from tests.fakes.player import ROOT, Player, running
from tests.fakes.served import free_port
from tests.fakes.site import LONG_AGO, Site

PICTURES: Final = 150  # of their own; the other rows have those of one of them
WAITING: Final = 24  # for reviewers
VIEWERS: Final = 24  # each may ask for two pages a second
ADMINS: Final = 12  # as whom pages are timed, one after the other
WITHIN: Final[Nanos] = 300 * SECOND
PLAYLIST: Final = "hold: 5s\nfade: 1.5s\nslides: [photo]\n"  # they move: every frame is drawn
FEEDS: Final = (
    "{wall: {kind: jsonfeed, url: wall/feed.json, trust: moderated, every: 30s},"
    " museum: {kind: jsonfeed, url: museum/feed.json, trust: moderated, every: 30s},"
    " guests: {kind: jsonfeed, url: guests/feed.json, trust: reviewed, every: 30s}}"
)
REST: Final = """\
show: wall
display: {{fps: {fps}}}
console: {{port: {port}, reviewers: true}}
schedule:
  slots:
    - {{id: day, show: wall, at: 09:00 to 17:00, priority: 10}}
    - {{id: evening, show: wall, at: 17:00 to 23:00, priority: 20, title: The evening}}
    - {{id: late, show: wall, at: 22:00 to 23:30, priority: 5}}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A player that runs, and who asks its console."""

    site: Site
    player: Player
    port: int
    target: Target
    admins: tuple[str, ...]
    """Cookies."""

    @property
    def url(self) -> str:
        """Where the console is."""
        return f"http://{HOST}:{self.port}"


@contextmanager
def place(folder: Path, screen: FakeDisplay, *, photos: int, fps: int) -> Generator[Place]:
    """Run a player with so many photos, showing them *fps* times a second on a display."""
    port = free_port()
    site = Site(folder, playlist=PLAYLIST, rest=REST.format(port=port, fps=fps))
    _publish(folder / "wall", PICTURES, "approved")
    _publish(folder / "museum", 0, "approved")
    _publish(folder / "guests", WAITING, "pending")
    site.configure(FEEDS)
    told = site.command("ingest", "--once")
    print(told.stdout.strip().splitlines()[-1] if told.stdout else told.stderr)
    _fill(site.data, photos)
    viewers, admins = _people(site.data)
    with running(site, screen) as player:
        site.until(lambda: _is_on(site.data), "photos are shown", within=WITHIN)
        site.until(lambda: player.child("console") > 0, "there is a console", within=WITHIN)
        site.until(lambda: player.said("the console is open"), "the console is open", within=WITHIN)
        guest = cookies.new_guest()
        target = Target(port, viewers, guest, cookies.Cookies(guest, "", "").csrf(), photos)
        yield Place(site, player, port, target, admins)


def _publish(folder: Path, count: int, status: str) -> None:
    """Write a feed that says nothing of what it does not list, and its pictures: parts of the demonstration's, each another."""
    folder.mkdir()
    drawn = sorted((ROOT / "assets" / "demo").glob("*.jpg"))
    items: list[dict[str, object]] = []
    for number in range(count):
        name = f"{number:04}.jpg"
        with Image.open(drawn[number % len(drawn)]) as image:
            part = ImageOps.fit(image, (1800, 1200), centering=((number * 0.37) % 1, (number * 0.61) % 1))
        buffer = io.BytesIO()
        part.save(buffer, "JPEG", quality=88, comment=f"{folder.name} {number}".encode())
        (folder / name).write_bytes(buffer.getvalue())
        ours = {"status": status} | ({"approved_at": LONG_AGO} if status == "approved" else {})
        items.append({"id": name, "image": name, "content_text": f"We remember {name}", "_we_remember": ours})
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": folder.name,
        "items": items,
        "_we_remember": {"schema": 1, "complete": False, "sequence": 1, "withdrawn": []},
    }
    (folder / "feed.json").write_text(json.dumps(feed), "utf-8")


def _fill(data: Path, photos: int) -> None:
    """Bring the library to so many photos, all of which can be shown: by the pictures of those that there are."""
    now = SystemClock().wall()
    with closing(open_library(data, writer="bench")) as library:
        connection = library.connection
        donors = connection.execute("SELECT key FROM photos WHERE source='wall' AND picture IS NOT NULL").fetchall()
        (last,) = connection.execute("SELECT max(key) FROM photos").fetchone()
        fill(library, photos, began=now - photos)
        with transaction(connection, LIBRARY.name):
            for number, (donor,) in enumerate(donors):
                connection.execute(
                    "UPDATE photos SET (original, picture, tile, width, height, tile_width, tile_height, prepared_for, phash)="
                    "(SELECT original, picture, tile, width, height, tile_width, tile_height, prepared_for, phash"
                    " FROM photos WHERE key=?), bytes=1000, last_shown=NULL, shown=key%5"
                    " WHERE key>? AND key%?=? AND picture IS NOT NULL",
                    (donor, last, len(donors), number),
                )


def _people(data: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the cookies of viewers and of administrators who have logged in."""
    people = people_in(data, SystemClock(), cost=COST)
    found: dict[Role, list[str]] = {Role.VIEWER: [], Role.ADMIN: []}
    for role, count in ((Role.ADMIN, ADMINS), (Role.VIEWER, VIEWERS)):
        for number in range(count):
            name = f"{role.value}-{number}"
            added(people, name, role)
            found[role].append(log_in(people, name, address=f"127.0.2.{number + 1}").token)
    people.close()
    return tuple(found[Role.VIEWER]), tuple(found[Role.ADMIN])


def _is_on(data: Path) -> bool:
    said = heard(data)
    return said.get("slide") == "photo" and said.get("rung") == "live"
