"""The whole player as a visitor sees it: real processes, a real window, a real web server, pixels read back."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image

from player.library.library import open_library
from player.settings import keep_clean, load
from player.supervisor import EXIT_ENDED
from player.units import Size
from tests.fakes import corpus
from tests.fakes.display import BLUE, GREEN, RED, FakeDisplay, Pixels, display, has_words, share_of
from tests.fakes.player import END_S, processes, running
from tests.fakes.publisher import Publisher
from tests.fakes.site import LONG_AGO, PHOTOS_ALONE, Site

COLOURS: Final = {RED: (200, 20, 20), GREEN: (20, 170, 20), BLUE: (30, 30, 210)}
IN_TURN: Final = "hold: 4s\nfade: 1s\nmotion: false\nslides: [photo, words]\n"
SMALL: Final = Size(640, 360)
A_PHOTO: Final = 0.1  # of the canvas at least, wherever a photo is shown alone
NO_CONSOLE: Final = "console: {enabled: false}\n"
"""Nothing here is asked of it, and its port is one for the whole machine: another test may have it."""


@pytest.fixture
def screen(needs: Callable[[str], None]) -> Iterator[FakeDisplay]:
    """Return a display; a small one, for two cores draw it and look at it beside other tests."""
    needs("Xvfb")
    with display(SMALL) as shown:
        yield shown


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a place whose show is words and one photo in turn, as quick as slides may be."""
    return Site(tmp_path, playlist=IN_TURN, rest=NO_CONSOLE)


@pytest.fixture
def publisher(site: Site) -> Iterator[Publisher]:
    """Return a publisher behind a real web server, asked every second."""
    publisher = Publisher()
    with publisher.serve() as url:
        site.configure(f"{{wall: {{kind: jsonfeed, url: '{url}', trust: moderated, every: 1s}}}}")
        yield publisher


def _photo(channel: int) -> bytes:
    """Return a photo of one colour, as nearly as photos are."""
    noise = np.random.default_rng(channel).integers(-8, 9, (600, 900, 1))
    pixels = np.clip(np.array(COLOURS[channel]) + noise, 0, 255).astype(np.uint8)
    return corpus.encoded(Image.fromarray(pixels), "JPEG", quality=90)


def _publish(publisher: Publisher, name: str, channel: int) -> None:
    publisher.add(name, _photo(channel), approved_at=LONG_AGO)


def _fill(site: Site, publisher: Publisher) -> None:
    """Have the library filled before the player starts."""
    assert publisher.items
    assert site.command("ingest", "--once").exit_code == 0


def _preview(site: Site) -> Pixels:
    with Image.open(io.BytesIO((site.data / "preview.jpg").read_bytes())) as image:
        return np.asarray(image.convert("RGB"))


def _previewed(site: Site, channel: int) -> float:
    """Return how much of the preview is of a colour; -1 while there is none, for a withdrawal takes it away at once."""
    try:
        return share_of(_preview(site), channel)
    except FileNotFoundError:
        return -1.0


def _shows(screen: FakeDisplay, channel: int) -> Callable[[], bool]:
    return lambda: share_of(screen.pixels(), channel) > A_PHOTO


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_words_then_a_photo_then_its_withdrawal(site: Site, publisher: Publisher, screen: FakeDisplay) -> None:
    """Words are up before any photo; an approved photo comes by itself; withdrawn, it is gone from wall, preview and disk."""
    with running(site, screen):
        site.until(lambda: has_words(screen.pixels()), "the words are up")
        assert screen.is_covered()
        assert not _shows(screen, RED)()

        _publish(publisher, "red", RED)
        site.until(_shows(screen, RED), "the photo is up")
        site.until(lambda: _previewed(site, RED) > A_PHOTO, "the preview shows it")
        assert _files(site.data / "pictures")

        publisher.withdraw("red")
        site.until(lambda: share_of(screen.pixels(), RED) == 0, "its colour is gone from the screen")
        site.until(lambda: _previewed(site, RED) == 0, "its colour is gone from the preview")
        site.until(lambda: not _files(site.data / "pictures"), "its files are gone")
        site.until(lambda: has_words(screen.pixels()), "words are up again")
        assert site.photos()["red"]["state"] == "withdrawn"


def test_a_withdrawal_does_not_stop_the_show(site: Site, publisher: Publisher, screen: FakeDisplay) -> None:
    """When the photo that is up is withdrawn, the next slide follows, nothing of the desktop is seen, and the show goes on."""
    (site.folder / "playlists" / "wall.yaml").write_text(PHOTOS_ALONE)
    _publish(publisher, "red", RED)
    _publish(publisher, "green", GREEN)
    _fill(site, publisher)
    with running(site, screen):
        site.until(_shows(screen, RED), "red is up")
        publisher.withdraw("red")
        site.until(lambda: share_of(screen.pixels(), RED) == 0, "red is gone")
        assert screen.is_covered()
        site.until(_shows(screen, GREEN), "green follows")
        assert share_of(screen.pixels(), RED) == 0


def test_a_killed_process_is_back_at_once(site: Site, publisher: Publisher, screen: FakeDisplay) -> None:
    """A process that is killed is started again: the picture is back, and after both have died new photos are taken in."""
    _publish(publisher, "red", RED)
    _fill(site, publisher)
    with running(site, screen) as player:
        site.until(_shows(screen, RED), "the photo is up")
        for name in ("screen", "ingest"):
            before = player.child(name)
            os.kill(before, signal.SIGKILL)
            site.until(lambda name=name, before=before: player.child(name) not in {0, before}, f"{name} is started again")
            site.until(screen.is_covered, "the wall is covered")
            site.until(lambda: has_words(screen.pixels()), "words are up")
        assert player.said("a process has died")

        _publish(publisher, "blue", BLUE)
        site.until(lambda: site.photos().get("blue", {}).get("state") == "approved", "a new photo is ready to be shown")


def test_sigterm_ends_everything(site: Site, publisher: Publisher, screen: FakeDisplay) -> None:
    """SIGTERM ends all processes soon, takes the window away, and leaves the last preview."""
    _publish(publisher, "red", RED)
    _fill(site, publisher)
    with running(site, screen) as player:
        site.until(_shows(screen, RED), "the photo is up")
        site.until(lambda: player.child("ingest") > 0, "ingest is up")
        site.until(lambda: _previewed(site, RED) > A_PHOTO, "the preview shows it")

        took = player.end()

        assert took < END_S
        assert player.process.returncode == 0
        assert not list(processes(site))
        site.until(screen.is_empty, "the window is gone")
        assert (site.data / "preview.jpg").stat().st_size


def test_a_run_of_a_given_length_ends_by_itself(site: Site) -> None:
    """`run --for` a time ends well after it, and leaves nothing behind."""
    with running(site, None, "run", "--for", "1s") as player:
        site.until(lambda: player.process.poll() is not None, "it ends by itself")

        assert player.process.returncode == 0
        assert not list(processes(site))


def test_escape_twice_ends_it_where_a_key_may(site: Site, screen: FakeDisplay, needs: Callable[[str], None]) -> None:
    """One Escape does nothing, two at once end it with the status that says a person did."""
    needs("xdotool")
    with running(site, screen, "screen", "--ends-by-key") as player:
        site.until(lambda: has_words(screen.pixels()), "the words are up")
        site.until((site.data / "preview.jpg").exists, "the show runs")
        _press(screen, "Escape")
        _ask_screen(site)
        assert player.process.poll() is None

        site.until(lambda: _press(screen, "Escape", "Escape") or player.process.poll() is not None, "two end it")

        assert player.process.returncode == EXIT_ENDED


def test_no_key_ends_it_where_nobody_sits(site: Site, screen: FakeDisplay, needs: Callable[[str], None]) -> None:
    """Without a terminal Escape does nothing, however often."""
    needs("xdotool")
    with running(site, screen) as player:
        site.until((site.data / "preview.jpg").exists, "the show runs")
        shown_by = player.child("screen")
        _press(screen, *["Escape"] * 4)
        _ask_screen(site)
        assert player.process.poll() is None
        assert player.child("screen") == shown_by


def _press(screen: FakeDisplay, *keys: str) -> None:
    subprocess.run(["xdotool", "key", *keys], env={**os.environ, "DISPLAY": screen.name}, check=True)


def _ask_screen(site: Site) -> None:
    """Leave a command for the screen and wait for its answer: whatever was pressed before has been seen by then."""
    with closing(open_library(site.data, writer="test")) as library:
        command = library.orders.post("screen", "say nothing", {}, by="test", at=0)
        site.until(lambda: library.orders.result(command) is not None, "the screen answers")


def test_without_a_display_the_picture_is_in_the_preview(site: Site, publisher: Publisher) -> None:
    """With no display at all the player says so, runs on, and shows what it would show in preview.jpg."""
    _publish(publisher, "red", RED)
    _fill(site, publisher)
    with running(site, None) as player:
        site.until((site.data / "preview.jpg").exists, "there is a preview")
        site.until(lambda: share_of(_preview(site), RED) > A_PHOTO, "the preview shows the photo")
        assert player.said("no display: running without one, the picture is in preview.jpg")
        assert _preview(site).shape[1] == 960


def test_a_mistake_in_the_configuration_shows_the_plate_until_it_is_mended(
    site: Site, publisher: Publisher, screen: FakeDisplay
) -> None:
    """Started with a faulty file and no clean copy, the plate is up and one line says why; the mended file is taken up."""
    _publish(publisher, "red", RED)
    _fill(site, publisher)
    mended = site.config.read_text("utf-8")
    site.config.write_text("feeds: {wall: 7}\nshwo: wall\n", "utf-8")
    with running(site, screen, "run", "--data", str(site.data)) as player:
        site.until(lambda: has_words(screen.pixels()), "the plate is up")
        site.until(lambda: player.said("the configuration has a mistake; running on the plate alone"), "it says so")
        assert not _shows(screen, RED)()

        site.config.write_text(mended, "utf-8")
        site.until(_shows(screen, RED), "the mended file is taken up")


def test_a_mistake_made_later_goes_by_the_last_clean_copy(site: Site, publisher: Publisher, screen: FakeDisplay) -> None:
    """Where a clean copy was kept, a start with a faulty file shows the photos all the same, and says so."""
    _publish(publisher, "red", RED)
    _fill(site, publisher)
    clean = load(site.config).configuration
    assert clean
    keep_clean(clean)
    site.config.write_text("feeds: {wall: 7}\n", "utf-8")
    with running(site, screen, "run", "--data", str(site.data)) as player:
        site.until(_shows(screen, RED), "the photo is up")
        assert player.said("running on its last clean copy")


def test_without_its_record_of_withdrawals_only_the_core_set_is_shown(
    site: Site, publisher: Publisher, screen: FakeDisplay
) -> None:
    """When withdrawals cannot be read, no photo of a feed is drawn; what the operator approved is."""
    core = site.folder / "core"
    core.mkdir()
    (core / "green.jpg").write_bytes(_photo(GREEN))
    os.utime(core / "green.jpg", (0, 0))  # unchanged for long
    site.rest += f"core: {{kind: folder, url: {core}}}\n"
    _publish(publisher, "red", RED)
    site.configure(f"{{wall: {{kind: jsonfeed, url: '{publisher.url}', trust: moderated, every: 1s}}}}")
    _fill(site, publisher)
    site.damage_orders()

    with running(site, screen):
        site.until(lambda: _shows(screen, GREEN)() or _shows(screen, RED)(), "a photo is up")
        assert share_of(screen.pixels(), RED) == 0


def test_the_show_comes_back_after_its_data_folder_is_deleted(site: Site, publisher: Publisher, screen: FakeDisplay) -> None:
    """Deleted while the player runs, the data folder is made again, filled from the feed, and shown from; words bridge it."""
    _publish(publisher, "red", RED)
    _fill(site, publisher)
    with running(site, screen):
        site.until(_shows(screen, RED), "the photo is up")
        shutil.rmtree(site.data, ignore_errors=True)
        site.until(lambda: not _shows(screen, RED)(), "what cannot be asked about is not shown")
        assert screen.is_covered()
        site.until(_shows(screen, RED), "the photo is fetched again and shown")
        assert site.photos()["red"]["state"] == "approved"


def test_a_display_that_is_not_there_leaves_the_first_one_lit(site: Site, screen: FakeDisplay) -> None:
    """Where the configuration names a display that nobody plugged in, the picture is on the first one, and the log says why."""
    site.rest += "display: {output: 3}\n"
    site.configure()
    clean = load(site.config).configuration
    assert clean
    keep_clean(clean)
    with running(site, screen, "run", "--data", str(site.data)) as player:
        site.until(lambda: has_words(screen.pixels()), "the words are up")
        site.until(lambda: player.child("ingest") > 0, "the rest is up")
        assert player.said("there is no display 3; there are 1")
