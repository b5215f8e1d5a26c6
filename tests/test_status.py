"""`weremember status`: how the player is, with and without one running, for people and for programs."""

from __future__ import annotations

import io
import json
import threading
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from player import status
from player.library import sources
from player.library.heard import STATUS
from player.library.library import open_library
from player.screen.telling import told
from player.settings import Configuration, load
from player.show.playlist import FilmStep
from player.status import as_json, look, page, print_status, watch
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.films_shown import Cinema, film_in
from tests.fakes.in_step import InStep
from tests.fakes.operated import operated
from tests.fakes.showing import FRAME, Showing
from tests.fakes.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a place of its own."""
    (tmp_path / "site").mkdir()
    return Site(tmp_path / "site")


@pytest.fixture
def configuration(site: Site) -> Configuration:
    """Return its configuration."""
    found = load(site.config).configuration
    assert found
    return found


def in_words(configuration: Configuration, clock: FakeClock | None = None) -> str:
    """Return the page as text, 200 letters wide."""
    out = io.StringIO()
    Console(file=out, width=200).print(page(look(configuration, clock), configuration))
    return out.getvalue()


def at_the_site(show: Showing, configuration: Configuration) -> Configuration:
    """Return *configuration* for the library of *show*."""
    storage = configuration.settings.storage.model_copy(update={"data": str(show.folder)})
    return configuration.model_copy(update={"settings": configuration.settings.model_copy(update={"storage": storage})})


def test_before_the_first_run_there_is_nothing_to_say(configuration: Configuration) -> None:
    """No folder is made, no error is raised, and the page says what is missing."""
    found = look(configuration)
    assert not found.is_running
    assert found.problem == f"there is no data folder {configuration.data} yet"
    assert "has never run here" in in_words(configuration)
    assert not configuration.data.exists()


def test_a_running_show_in_words(tmp_path: Path, configuration: Configuration) -> None:
    """Show, slide, what comes next, photos, feeds, clock and frames, each in a line."""
    with operated(tmp_path) as show:
        show.play(2 * SECOND, stride=FRAME)
        words = in_words(at_the_site(show, configuration), show.clock)
        assert "screen    runs" in words
        assert "show      wall: no slot is on" in words
        assert f"photo: wall/{min(show.top)}, for" in words
        assert "photos    6 approved" in words
        assert "wall: live, confirmed" in words
        assert "ms median" in words or "frames    none yet" in words
        coming = look(at_the_site(show, configuration), show.clock).coming
        assert len(coming) == 5


def test_what_comes_next_is_what_comes_next(tmp_path: Path, configuration: Configuration) -> None:
    """The slides that it names are those that the wall shows, in their order; asking changes nothing."""
    with operated(tmp_path) as show:
        show.play_until(lambda: show.loop.reel.is_counted, stride=FRAME)
        place = at_the_site(show, configuration)
        show.writer.step()
        coming = look(place, show.clock).coming
        seen = len(show.slides)
        show.show_slides(5)
        assert list(coming) == [f"photo: wall/{min(slide)}" for slide in show.slides[seen : seen + 5]]


def test_what_is_by_hand_is_told(tmp_path: Path, configuration: Configuration) -> None:
    """Dark, held, dimmed, and until when a show that was put on lasts."""
    with operated(tmp_path) as show:
        show.obeyed("go", "facade", "for", "1h")
        show.obeyed("dim", "40")
        show.obeyed("dark")
        show.play(2 * SECOND, stride=FRAME)
        words = in_words(at_the_site(show, configuration), show.clock)
        assert "facade until 11:00:" in words
        assert ": put on by hand" in words
        assert "dark, dim 40" in words


def test_a_wall_that_is_dimmed_to_nothing_is_dark(tmp_path: Path, configuration: Configuration) -> None:
    """It looks no other: for people and for programs."""
    with operated(tmp_path) as show:
        show.obeyed("dim", "0")
        show.play(2 * SECOND, stride=FRAME)
        assert show.is_dark
        there = at_the_site(show, configuration)
        assert "by hand   dark (dim 0)" in in_words(there, show.clock)
        assert look(there, show.clock).screen["dark"] is True


def test_a_screen_that_is_silent_does_not_run(tmp_path: Path, configuration: Configuration) -> None:
    """What it said last is shown with its age."""
    with operated(tmp_path) as show:
        show.play(2 * SECOND)
        show.clock.advance(60 * SECOND)
        found = look(at_the_site(show, configuration), show.clock)
        assert not found.is_running
        assert "does not run: last heard of 60 s ago" in in_words(at_the_site(show, configuration), show.clock)


def test_a_film_is_told_by_its_file(tmp_path: Path, configuration: Configuration) -> None:
    """Which of many testimonies is up."""
    with Cinema(tmp_path, kinds=(FilmStep(file=film_in(tmp_path, "testimony.mp4")),)) as show:
        show.play_until(lambda: bool(show.film), stride=FRAME)
        show.play(2 * SECOND, stride=FRAME)
        assert "slide     film: testimony.mp4, for" in in_words(at_the_site(show, configuration), show.clock)


@pytest.mark.parametrize(
    "content", ["", "[", "7", "[]", '{"at": "now"}', '{"frames": {"frames": 3}}', '{"films": {"sources": [7]}}']
)
def test_a_file_that_is_none_of_ours_harms_nothing(site: Site, configuration: Configuration, content: str) -> None:
    """Whatever stands in status.json, the page is made."""
    with closing(open_library(site.data, writer="test")):
        (site.data / STATUS).write_text(content)
    assert in_words(configuration)


def test_lost_withdrawals_and_failing_feeds_are_told(site: Site, configuration: Configuration) -> None:
    """Both are what an operator looks for; names are shown as they are, whatever is in them."""
    with closing(open_library(site.data, writer="test")) as library:
        sources.declare(library.connection, {"[bold]odd": "somewhere"})
        sources.note_problem(library.connection, "[bold]odd", "no answer")
    assert "[bold]odd: not confirmed yet, never confirmed; no answer" in in_words(configuration)
    site.damage_orders()
    assert "problem" in in_words(configuration)


def test_for_programs_it_is_one_object(tmp_path: Path, configuration: Configuration) -> None:
    """All that the page says, and what the screen said as it said it."""
    with operated(tmp_path) as show:
        show.play(2 * SECOND)
        found = json.loads(as_json(look(at_the_site(show, configuration), show.clock)))
        assert found["is_running"]
        assert found["screen"]["show"] == "wall"
        assert found["photos"] == {"approved": 6}
        assert found["feeds"][0]["name"] == "wall"
        loop = show.loop
        keys = told(loop._billing, loop.reel, loop._frames, ramp=loop._ramp, t=show.clock.wall(), at=show.clock.wall())  # pyright: ignore[reportPrivateUsage] - a test may look inside
        assert set(found["screen"]) == {*keys, "boot", "monotonic"}


@pytest.mark.parametrize("json_only", [False, True])
def test_printing_says_whether_a_screen_runs(configuration: Configuration, *, json_only: bool) -> None:
    """For a script's `if`."""
    out = io.StringIO()
    assert not print_status(configuration, json_only=json_only, console=Console(file=out, width=200))
    assert ('"is_running": false' in out.getvalue()) is json_only


def test_the_page_follows_until_it_is_ended(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a second it is made anew, and Ctrl-C leaves the terminal as it was."""
    ended, clock = threading.Event(), FakeClock()
    made: list[int] = []

    def counted(*_: object) -> str:
        made.append(clock.monotonic())
        if len(made) == 4:
            ended.set()
        return "page"

    monkeypatch.setattr(status, "page", counted)
    watch(configuration, clock, ended, Console(file=io.StringIO(), force_terminal=True))
    assert made == [0, SECOND, 2 * SECOND, 3 * SECOND]


def said_by_a_screen(configuration: Configuration, at: int, **more: object) -> None:
    """Write what a screen says of itself."""
    with closing(open_library(configuration.data, writer="test")):
        (configuration.data / STATUS).write_text(json.dumps({"at": at, "show": "wall", "slide": "words", "dim": 100, **more}))


@pytest.mark.parametrize(
    ("kernel", "more", "says"),
    [
        (ClockState.SYNCED, {"clock": "synced", "clock_trusted": True, "clock_why": ""}, "synced, believed"),
        (ClockState.UNSYNCED, {"clock": "unsynced", "clock_trusted": True, "clock_why": ""}, "unsynced, believed"),
        (
            ClockState.UNSYNCED,
            {"clock": "unsynced", "clock_trusted": False, "clock_why": "nobody has told this machine the time"},
            "unsynced: nobody has told this machine the time, so the fallback is on",
        ),
        (ClockState.UNSYNCED, {}, "unsynced: nobody has told this machine the time, so the fallback is on (weremember doctor)"),
        (ClockState.HOLDOVER, {}, "holdover: the network has not been heard of for a while; believed all the same"),
    ],
)
def test_the_clock_is_told_as_the_screen_holds_it(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch, kernel: ClockState, more: dict[str, object], says: str
) -> None:
    """Whether it goes by the schedule is what counts; where none says so, the kernel's word is told with what follows."""
    monkeypatch.setattr(status, "clock_state", lambda: kernel)
    clock = FakeClock()
    said_by_a_screen(configuration, clock.wall(), **more)
    (line,) = [line for line in in_words(configuration, clock).splitlines() if line.startswith("clock")]
    assert line.split(maxsplit=1)[1].rstrip() == says


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"clock_trusted": True, "clock_why": ""}, "the site's own, believed"),
        (
            {"clock_trusted": False, "clock_why": "it is early: set it"},
            "the site's own: it is early: set it, so the fallback is on",
        ),
        ({}, "the site's own"),
    ],
)
def test_a_clock_of_the_sites_own_is_not_believed_because_it_is_one(site: Site, more: dict[str, object], says: str) -> None:
    """The screen may have a reason not to; where none says so, neither is said."""
    site.config.write_text(site.config.read_text("utf-8").replace("zone: Europe/Warsaw", "zone: Europe/Warsaw, clock: own"))
    own = load(site.config).configuration
    assert own
    assert own.settings.site.clock == "own"
    clock = FakeClock()
    said_by_a_screen(own, clock.wall(), **more)
    (line,) = [line for line in in_words(own, clock).splitlines() if line.startswith("clock")]
    assert line.split(maxsplit=1)[1].rstrip() == says


class Answering(FakeClock):
    """A clock at which a screen says, while somebody waits, that it has become dark."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        self._configuration = configuration

    def wait(self, until: threading.Event, length: int) -> bool:
        """Let *length* pass; the screen speaks each second."""
        before, found = self.wall(), super().wait(until, length)
        if before // SECOND < self.wall() // SECOND:
            said_by_a_screen(self._configuration, self.wall(), dark=True)
        return found


def test_who_has_just_ordered_something_is_told_what_became_of_it(configuration: Configuration) -> None:
    """A word from before the question is not the answer: the next one is waited for, a second at most."""
    clock = Answering(configuration)
    said_by_a_screen(configuration, clock.wall() - SECOND // 2)
    out = io.StringIO()
    assert print_status(configuration, json_only=False, console=Console(file=out, width=200), clock=clock)
    assert "by hand   dark" in out.getvalue()
    assert clock.monotonic() == SECOND


def test_a_screen_that_says_nothing_more_is_not_waited_for(configuration: Configuration) -> None:
    """What it said last is printed after a moment."""
    clock = FakeClock()
    said_by_a_screen(configuration, clock.wall() - SECOND)
    assert print_status(configuration, json_only=True, console=Console(file=io.StringIO()), clock=clock)
    assert clock.monotonic() == status.PATIENCE


def test_each_output_is_told_with_its_display_or_what_is_wrong(configuration: Configuration) -> None:
    """An output without a display is found here before anybody looks at the wall."""
    clock = FakeClock()
    outputs = [
        {"id": "left", "display": "EPSON PJ 1920x1080", "why": ""},
        {"id": "right", "display": "", "why": "its display is not there"},
    ]
    said_by_a_screen(configuration, clock.wall(), outputs=outputs)
    lines = [" ".join(line.split()) for line in in_words(configuration, clock).splitlines()]
    assert "output left: EPSON PJ 1920x1080" in lines
    assert "output right: its display is not there" in lines


def test_each_film_is_told_with_what_it_has_come_to(configuration: Configuration) -> None:
    """Where it is, how far a stream is behind, why one failed; and what it is heard on."""
    clock = FakeClock()
    sources = [
        {"what": "/a.mp4", "is_live": False, "on_screen": 125 * SECOND, "state": "ready"},
        {"what": "/b.mp4", "is_live": False, "on_screen": 5 * SECOND, "state": "ended", "is_cut_short": True},
        {"what": "27", "is_live": True, "state": "ready", "latency": 6_240_000_000, "drift": -400_000_000, "rendition": "720p"},
        {"what": "28", "is_live": True, "on_screen": 0, "state": "opening", "doing": "buffering"},
        {"what": "29", "is_live": True, "on_screen": 0, "state": "stalled", "since": 7},
        {"what": "30", "is_live": True, "on_screen": 0, "state": "ended", "at": 7},
        {"what": "31", "is_live": True, "on_screen": 0, "state": "failed", "why": "it is a web page"},
        {"what": "/c.mp4", "is_live": False, "on_screen": 0, "state": "failed", "why": "its decoder crashed"},
    ]
    films = {"sources": sources, "muted": True, "device": "HDMI", "dropouts": 2, "off_ms": -3.5}
    said_by_a_screen(configuration, clock.wall(), films=films)
    lines = [
        " ".join(line.split())
        for line in in_words(configuration, clock).splitlines()
        if line.startswith(("film", "stream", "sound"))
    ]
    assert lines == [
        "film /a.mp4: at 2:05",
        "film /b.mp4: at 0:05, whose file is cut short",
        "stream 27: live, 6.2 s behind (-0.4 s since it came), 720p",
        "stream 28: buffering",
        "stream 29: nothing comes of it; it is tried again and again",
        "stream 30: has ended",
        "stream 31: cannot be had: it is a web page; it is tried again and again",
        "film /c.mp4: cannot be shown: its decoder crashed",
        "sound on HDMI, -3.5 ms off, 2 dropouts, muted",
    ]
    lacking = {"sources": sources[:1], "device": "", "device_why": 'There is no sound device "HDMI"; there are: USB.'}
    said_by_a_screen(configuration, clock.wall(), films=lacking)
    assert 'sound none: there is no sound device "HDMI"; there are: USB' in " ".join(in_words(configuration, clock).split())


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"cards": {"left": "grid"}, "dim": 60}, "dim 60, test card grid on left"),
        ({"editing": "left"}, "left is edited with keys"),
        ({"cards": ["left"], "dark": True}, "dark"),
        ({"dim": 0, "held": True, "editing": "left"}, "dark (dim 0), held, left is edited with keys"),
    ],
)
def test_what_the_wall_is_set_up_with_is_told(configuration: Configuration, more: dict[str, object], says: str) -> None:
    """Whoever wonders why there is a grid on the memorial reads it here."""
    clock = FakeClock()
    said_by_a_screen(configuration, clock.wall(), **more)
    (line,) = [line for line in in_words(configuration, clock).splitlines() if line.startswith("by hand")]
    assert line.split(maxsplit=2)[2].rstrip() == says


def test_a_wall_without_photos_is_asked_for_none(configuration: Configuration) -> None:
    """Where no show has any in it, nobody is told that they are missing."""
    quiet = {name: each.model_copy(update={"slides": each.slides[:0]}) for name, each in configuration.playlists.items()}
    bare = configuration.model_copy(update={"playlists": quiet})

    assert "photos    none yet" in in_words(configuration)
    assert "photos    in no show" in in_words(bare)
    assert "shown" not in in_words(bare)


def test_a_show_in_step_says_with_whom(tmp_path: Path, configuration: Configuration) -> None:
    """Or why it is not."""
    with InStep(tmp_path) as show:
        show.publish("a", "b", "c", "d")
        show.play(3 * SECOND)
        there = at_the_site(show, configuration)
        assert "in step   no: no programme of the group memorial is committed and here" in in_words(there, show.clock)
        assert look(there, show.clock).coming
        show.release("week 3")
        show.play(40 * SECOND)
        show.writer.step()
        assert "in step   with memorial, version week 3" in in_words(there, show.clock)
