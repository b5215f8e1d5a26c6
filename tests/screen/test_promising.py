"""Mosaics grow so that everyone has been shown by the end of the campaign, and say so once."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from player.library.photo import Pick
from player.library.ranks import note_shown
from player.screen.promising import Promise, Promises
from player.show.playlist import MosaicStep, PhotoStep, Show, Step, WordsChoice
from player.show.slide import MosaicSlide, Stage
from player.units import SECOND, Nanos, Size
from tests.fakes.operated import WORDS
from tests.fakes.schedules import instant, rules, schedule
from tests.fakes.showing import Showing
from tests.fakes.wall import CANVAS
from tests.library.shelf import Shelf

TEXT = """
days: {campaign: 2027-01-20}
fallback: other
slots: [{id: a, show: wall, day: campaign, at: 10:00 to 10:03}]
"""
OPEN = Step(MosaicStep(columns=2, rows=2, most=(8, 4)), 18.0, 2.0, motion=False)
SHOW = Show(id="wall", title="", order="fair", words=WordsChoice(), steps=(OPEN,), everyone_by="end-of-campaign")
START = instant("2027-01-20 09:30")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Eighty-one photos: three minutes are nine mosaics of nine."""
    shelf = Shelf(tmp_path)
    shelf.show("wall", *((f"p{n}", f"{n}".encode()) for n in range(81)))
    yield shelf
    shelf.close()


def promise(show: Show = SHOW, text: str = TEXT) -> Promise:
    """The promise of a show in Greenwich."""
    return Promise(show, schedule=schedule(text), rules=rules(text, "UTC"), stage=Stage(Size(1920, 1080)))


def size(one: Promise, shelf: Shelf, now: Nanos = START, step: Step = OPEN) -> tuple[int, int] | None:
    """Columns and rows of the next mosaic."""
    kind = one.sized(step, 0, shelf.library, now).kind
    return (kind.columns, kind.rows) if isinstance(kind, MosaicStep) else None


def test_a_mosaic_has_the_tiles_that_it_takes(shelf: Shelf) -> None:
    """Nine while all the time is left; more as it runs out; all there may be when it is too late."""
    one = promise()
    assert size(one, shelf) == (3, 3)
    assert size(one, shelf, instant("2027-01-20 10:00") + 60 * SECOND) == (7, 2)
    assert size(one, shelf, instant("2027-01-20 10:00") + 150 * SECOND) == (8, 4)


def test_who_was_shown_needs_no_place(shelf: Shelf) -> None:
    """With forty left, four tiles and one mosaic more are not enough, six are."""
    picks = [Pick(shelf.key("wall", f"p{n}"), "wall", 1, is_debut=False) for n in range(41)]
    note_shown(shelf.library.connection, picks, show="wall", at=START)
    assert size(promise(), shelf) == (3, 2)


def test_without_a_promise_or_an_end_tiles_are_large(shelf: Shelf) -> None:
    """Nobody said by when; and a step that leaves nothing open is as it is."""
    assert size(promise(replace(SHOW, everyone_by=None)), shelf) == (2, 2)
    assert size(promise(text="slots: []"), shelf) == (2, 2)
    fixed = Step(MosaicStep(columns=5, rows=4), 18.0, 2.0, motion=False)
    assert size(promise(), shelf, step=fixed) == (5, 4)
    photo = Step(PhotoStep(), 9.0, 1.0, motion=True)
    assert promise().sized(photo, 0, shelf.library, START) is photo


def test_the_log_is_told_when_the_size_changes(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    """Once, and louder when the promise cannot be kept any more."""
    one = promise()
    late = instant("2027-01-20 10:00") + 150 * SECOND
    with caplog.at_level(logging.INFO):
        for now in (START, START + SECOND, late, late + SECOND):
            size(one, shelf, now)
    told = [(record.levelname, vars(record)["fields"]["what"]) for record in caplog.records]
    assert [level for level, _ in told] == ["INFO", "WARNING"]
    assert told[0][1].endswith("mosaics of 3 x 3 show them all")
    assert "mosaics of 8 x 4 leave about" in told[1][1]


def test_a_library_that_cannot_be_read_changes_nothing(shelf: Shelf) -> None:
    """The size stays as it was."""
    one = promise()
    assert size(one, shelf) == (3, 3)
    shelf.library.connection.execute("DROP TABLE ranks")
    assert size(one, shelf) == (3, 3)
    assert size(promise(), shelf) == (2, 2)


def test_the_loader_keeps_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Before each mosaic, by the schedule, for this stage: what comes to the wall has the size that it takes, told once."""
    text = "{days: {campaign: 2027-01-20}, fallback: words, slots: [{id: a, show: wall, day: campaign, at: '00:00 to 09:04'}]}"
    with Showing(tmp_path, show=SHOW, others=(WORDS,)) as show, caplog.at_level(logging.INFO):
        show.publish(*(f"n{number}" for number in range(81)))
        show.rules = rules(text, "UTC")
        show.promises = Promises(schedule=schedule(text), rules=show.rules, stage=Stage(CANVAS))
        show.restart()
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, MosaicSlide))
        first = show.loop.reel.cue.slide
        assert isinstance(first, MosaicSlide)
        assert first.columns * first.rows > 4
        show.loader._let_go()
        show.play(60 * SECOND)
    told = [record for record in caplog.records if record.message.startswith("everyone by")]
    assert len(told) == len({vars(record)["fields"]["what"] for record in told})
    assert told


def test_promises_are_of_those_who_make_them() -> None:
    """One for each show, made once; none for a show that promises nothing."""
    known = Promises(schedule=schedule(TEXT), rules=rules(TEXT, "UTC"), stage=Stage(CANVAS))
    assert known.of(replace(SHOW, everyone_by=None)) is None
    assert known.of(SHOW) is known.of(SHOW)
