"""Now: what is on the wall, and whether all is well."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.console.looks import health
from player.console.looks.duty import Duty
from player.console.looks.health import Disk, Level
from player.console.looks.heard import MAX_PHOTOS, said
from player.console.looks.now import look
from player.console.looks.processes import Process
from player.console.pages.saying import Speech
from player.console.rendering import Sheet, Stationery
from player.console.strings import catalogue
from player.library import dark
from player.library.library import open_library
from player.library.right import Rung
from player.output.testcard import NAMES
from player.projector.told import Told
from player.schedule.zones import zone
from player.settings import with_data
from player.timekeeping import EARLY, UNTOLD, ClockState
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.home import CLEAN, Home
from tests.fakes.looked import Place, row, rows


@pytest.fixture
def place(tmp_path: Path) -> Generator[Place]:
    """One with the photos a and b/with/slashes, confirmed a moment ago."""
    made = Place(tmp_path)
    made.shelf.show("wall", ("a", b"a"), ("b/with/slashes", b"b"))
    yield made
    made.shelf.close()


def test_a_wall_that_is_right_says_so_at_a_glance(place: Place) -> None:
    """Show, slide, why, until when, what follows, whom it shows and can be withdrawn, and that all is well."""
    place.says()
    place.keeps_picture(OPENING - 19 * SECOND)

    found = place.look()

    assert found.level is Level.OK, found.health
    assert found.said is not None
    assert (found.said.show, found.said.slot, found.said.why, found.said.next_show) == ("evening", "nights", "wed 19:00", "night")
    assert found.slide is not None
    assert [(up.item, up.key is not None) for up in found.slide.photos] == [("a", True), ("b/with/slashes", True)]
    assert found.coming is not None
    assert [(up.item, up.key) for up in found.coming.photos] == [("c", None)]
    assert found.shows == tuple(sorted(place.configuration.playlists))


def test_a_silent_screen_is_said_with_its_seconds(place: Place) -> None:
    """It says for how long there was no frame, and the row of the screen is bad."""
    place.says()
    place.keeps_picture(OPENING)

    found = place.look(OPENING + 12 * SECOND)

    assert (found.picture.is_now, found.picture.sentence.key, found.picture.sentence.fields["count"]) == (
        False,
        "picture.none_for",
        12,
    )
    assert row(found, "screen") == (Level.BAD, "health.screen.silent_for")
    assert not found.is_running


@pytest.mark.parametrize(
    ("changes", "at", "expected"),
    [
        ({}, OPENING - 600 * SECOND, (Level.BAD, "health.screen.silent")),
        ({"boot": "another start of the machine", "monotonic": 0}, OPENING, (Level.BAD, "health.screen.silent")),
        ({"dark": True}, OPENING + 60 * SECOND, (Level.BAD, "health.screen.silent_for")),
        ({"dark": True, "dark_ordered": {}}, OPENING, (Level.WARN, "health.screen.dark")),
        ({"dark": True, "by_hand": True}, OPENING, (Level.OK, "health.screen.dark")),
        ({"dark": True}, OPENING, (Level.OK, "health.screen.dark")),
        ({"dim": 0}, OPENING, (Level.WARN, "health.screen.dark")),
        ({"slide": "plate", "photos": []}, OPENING, (Level.WARN, "health.screen.plate")),
        ({"cards": {"left": "grid"}}, OPENING, (Level.WARN, "health.screen.cards")),
        ({"editing": "left"}, OPENING, (Level.WARN, "health.screen.editing")),
    ],
)
def test_what_the_screen_shows_has_its_word(
    place: Place, changes: dict[str, object], at: Nanos, expected: tuple[Level, str]
) -> None:
    """Dark by an order, words alone, a test card: each is told from a wall that is right."""
    place.says(**changes)

    assert row(place.look(at), "screen") == expected


def test_a_place_where_nothing_ever_ran_is_no_error(tmp_path: Path) -> None:
    """Without a data folder everything is said to be missing."""
    configuration = with_data(Home(tmp_path).clean(CLEAN), str(tmp_path / "nowhere"))

    found = look(
        configuration, None, OPENING, word=None, duty=Duty(), problem="there is none", kernel=lambda: ClockState.UNSYNCED
    )

    assert found.level is Level.BAD
    assert found.said is None
    assert found.picture.sentence.key == "picture.never"
    assert row(found, "disk") == (Level.BAD, "health.disk.silent")
    assert row(found, "clock") == (Level.WARN, "health.clock.unsynced")
    assert row(found, "library") == (Level.BAD, "health.library.problem")


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"at": "soon"},
        {"at": True},
        {"at": 1e300},
        {"at": 2**80},
        {"at": 5, "dim": "bright", "light": [], "photos": {"a": 1}, "cards": 7, "frames": [1], "coming": "x", "outputs": "y"},
        {
            "at": 5,
            "photos": [None, 7, "nobody", "a/b"] * 1000,
            "frames": {"histogram": [[1], [1]], "late": -5, "median_ms": 1e400},
        },
        {"at": 5, "show": "x" * 1_000_000, "why": "\u202e\u0000<script>", "until": float("nan")},
    ],
)
def test_whatever_its_file_holds_is_taken_as_data(record: dict[str, object]) -> None:
    """A screen's file that somebody else wrote gives values of the right kinds within their bounds, or none."""
    found = said(record, 0)

    if isinstance(record.get("at"), int) and record["at"] == 5:
        assert found is not None
        assert len(found.slide.photos) <= MAX_PHOTOS
        assert len(found.show) < 1000
        assert "\u202e" not in found.why
        assert found.frames.late >= 0
        assert found.frames.counts == ()
    else:
        assert found is None


@pytest.mark.parametrize(
    ("rung", "problem", "expected"),
    [
        (Rung.LIVE, "", (Level.OK, "live")),
        (Rung.STALE, "", (Level.WARN, "stale")),
        (Rung.CORE, "", (Level.WARN, "core")),
        (Rung.PLATE, "", (Level.BAD, "plate")),
        (Rung.LIVE, "gone", (Level.BAD, "problem")),
    ],
)
def test_the_ladder_has_its_levels(rung: Rung, problem: str, expected: tuple[Level, str]) -> None:
    """From live photos down to words alone, and to what nobody can read."""
    found = health.library(rung, problem, has_sources=True)

    assert (found.level, found.sentence.key.rpartition(".")[2]) == expected


@pytest.mark.parametrize(("why", "word"), [(EARLY, "early"), (UNTOLD, "untold")])
def test_a_clock_that_is_not_believed_is_an_alarm_only_where_a_schedule_waits(place: Place, why: str, word: str) -> None:
    """Where nothing is planned, somebody should look at it, and no more; either is a whole sentence in the reader's language."""
    place.says(clock_trusted=False, clock_why=why)
    assert row(place.look(), "clock") == (Level.WARN, f"health.clock.{word}")

    assert health.clock(None, ClockState.UNSYNCED, is_own=False, has_schedule=False).level is Level.WARN
    assert health.clock(None, ClockState.UNSYNCED, is_own=False, has_schedule=True).level is Level.BAD
    found = health.clock(place.look().said, ClockState.UNSYNCED, is_own=False, has_schedule=True)
    assert (found.level, found.sentence.key) == (Level.BAD, f"health.clock.{word}_waits")
    assert not found.sentence.fields


@pytest.mark.parametrize(
    ("disk", "expected"),
    [
        (Disk(None, is_writable=False), (Level.BAD, "silent")),
        (Disk(50_000_000_000, is_writable=False), (Level.BAD, "read_only")),
        (Disk(1, is_writable=True), (Level.BAD, "full")),
        (Disk(500_000_000, is_writable=True), (Level.WARN, "free")),
        (Disk(50_000_000_000, is_writable=True), (Level.OK, "free")),
    ],
)
def test_the_disk_has_its_levels(disk: Disk, expected: tuple[Level, str]) -> None:
    """From one that does not answer to one with room."""
    found = health.disk(disk)

    assert (found.level, found.sentence.key.rpartition(".")[2]) == expected


def test_a_feed_whose_word_runs_out_gets_worse_step_by_step(place: Place) -> None:
    """Confirmed, then troubled while its lease lasts, then expired."""
    connection = place.shelf.library.connection
    with connection:
        connection.execute("UPDATE sources SET lease_s=60")

    def feed(after: Nanos) -> Level:
        return row(place.look(OPENING + after), "feed")[0]

    assert feed(0) is Level.OK
    with connection:
        connection.execute("UPDATE sources SET problem='no answer'")
    assert feed(30 * SECOND) is Level.WARN
    assert feed(61 * SECOND) is Level.BAD


def test_projectors_and_outputs_have_rows_of_their_own() -> None:
    """One that is well, one with worries, one that nobody watches; an output with a display and one without."""
    told = {
        "left": Told(says="it shines", aim="open", why=""),
        "right": Told(says="", aim="open", why="", worries=("no signal",)),
        "old": Told(says="", aim="open", why="", worries=("lamp is old",), care=("lamp is old",)),
    }
    assert [each.level for each in health.projectors(("left", "right", "old", "lost"), told)] == [
        Level.OK,
        Level.BAD,
        Level.WARN,
        Level.WARN,
    ]
    word = said(
        {"at": OPENING, "outputs": [{"id": "a", "display": "EPSON"}, {"id": "b", "display": None, "why": "unplugged"}]}, 0
    )
    assert [each.level for each in health.outputs(word, ("a", "b", "c"))] == [Level.OK, Level.BAD]


def test_every_sentence_is_in_the_catalogue(place: Place) -> None:
    """Whatever the looks say is a key with all its fields, in every language."""
    stationery = Stationery(catalogue(), {})
    lost = look(place.configuration, None, OPENING, word=None, duty=Duty(), problem="x")
    place.says()
    processes = tuple(Process(name, is_up=False, restarts=0, is_steady=False) for name in ("alarms", "ingest", "projector"))
    undone = Duty(unrecorded="locked", unanswered=9 * SECOND, undone=90 * SECOND, processes=processes)
    for found in (
        lost,
        place.look(),
        place.look(duty=undone),
        place.look(OPENING + 12 * SECOND),
        place.look(OPENING - 99 * SECOND),
    ):
        for sentence in (found.picture.sentence, *(each.sentence for each in found.health)):
            for language in ("en", "pl", "he"):
                assert Speech(Sheet(stationery, language), zone("UTC"), OPENING).say(sentence)


def test_orders_that_are_lost_are_told(tmp_path: Path) -> None:
    """Without the file of withdrawals the library is bad, and says why."""
    place = Place(tmp_path)
    place.shelf.close()
    (place.data / "orders.sqlite").unlink()
    with closing(open_library(place.data, writer="console")) as library:
        assert row(place.look(library=library), "library") == (Level.BAD, "health.library.problem")


def test_the_names_of_test_cards_are_those_that_are_drawn() -> None:
    """The console's list is the one of whoever draws them."""
    from player.console.looks.wall import CARDS

    assert CARDS == NAMES


def test_dark_that_is_not_obeyed_is_said(place: Place) -> None:
    """While its file lies there, and the screen does not say that it is dark; worse where the screen says nothing at all."""
    place.says()
    dark.demand(place.data)
    assert (Level.WARN, "health.screen.dark_wanted") in rows(place.look())
    assert (Level.BAD, "health.screen.dark_wanted") in rows(place.look(OPENING + 60 * SECOND))

    place.says(dark=True, by_hand=True)
    assert "health.screen.dark_wanted" not in {key for _, key in rows(place.look())}


def test_an_order_that_is_not_answered_is_said(place: Place) -> None:
    """A screen that says each second that it is well, and does nothing that it is told, is not well."""
    place.says()
    place.shelf.library.orders.post("screen", "next", {}, by="Olek", at=OPENING - 5 * SECOND)
    assert place.look().level is Level.OK

    place.says(at=OPENING + SECOND)
    found = place.look(OPENING + SECOND)

    assert found.level is Level.BAD
    assert (Level.BAD, "health.screen.deaf") in rows(found)


def test_what_would_not_be_done_is_said(place: Place) -> None:
    """No withdrawal can be recorded, ingest is down, what was withdrawn is not deleted: each with its level, and by whom."""
    place.says()
    place.keeps_picture(OPENING)
    down = tuple(Process(name, is_up=False, restarts=0, is_steady=False) for name in ("alarms", "console", "ingest", "screen"))
    found = place.look(duty=Duty(unrecorded="locked", undone=90 * SECOND, processes=down))

    assert rows(found) >= {
        (Level.BAD, "health.library.unrecorded"),
        (Level.BAD, "health.process.down_ingest"),
        (Level.WARN, "health.process.down_alarms"),
        (Level.WARN, "health.process.late"),
    }
    assert len({(each.part, each.of) for each in found.health}) == len(found.health)
    assert not any(key.startswith("health.process") for _, key in rows(place.look()))


def test_a_lease_that_runs_out_is_seen_before_it_has(place: Place) -> None:
    """Though nobody has noted a problem: whoever should ask the source may hang."""
    with place.shelf.library.connection as connection:
        connection.execute("UPDATE sources SET lease_s=100")

    def feed(after: Nanos) -> tuple[Level, str]:
        return row(place.look(OPENING + after), "feed")

    assert feed(0) == (Level.OK, "health.feed.live")
    assert feed(80 * SECOND) == (Level.WARN, "health.feed.ending")
    assert feed(101 * SECOND) == (Level.BAD, "health.feed.expired")
