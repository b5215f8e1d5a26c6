"""What `check` says of words that nobody will read: of the shows that are played, on the wall that is configured."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from player.units import Size
from player.viewing import unread, view_of
from tests.fakes.home import CLEAN, Home
from tests.fakes.site import Site

FAR: Final = "display: {viewing_distance: 100m, wall_width: 24m}\n"
WORDS: Final = "words: {languages: [en]}\n"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a show of words."""
    home = Home(tmp_path)
    home.playlist("one", "slides:\n  - words\n")
    return home


def test_without_a_distance_nothing_is_said(home: Home) -> None:
    """Most players are screens in rooms."""
    configuration = home.clean()
    assert view_of(configuration) is None
    assert not [*unread(configuration)]


def test_only_shows_that_are_played_are_judged(home: Home) -> None:
    """The one that is on, and those of the schedule with their title pages; no draft beside them."""
    home.playlist("draft", "slides:\n  - photo\n")
    home.playlist("names", "slides:\n  - photo\n  - photo: {hold: 9s}\n")
    assert not [*unread(home.clean(CLEAN + FAR + WORDS))]
    slot = "schedule: {slots: [{id: a, show: names, at: 09:00 to 10:00, preroll: 5m}]}\n"
    (said, *_) = unread(home.clean(CLEAN + FAR + WORDS + slot))
    assert said.startswith("names: nobody reads captions (0.2")
    assert "the countdown" in said


def test_outputs_say_how_coarse_and_how_warped_the_wall_is(home: Home) -> None:
    """By the side of the picture with the fewest pixels; a display that nobody described is full HD."""
    outputs = (
        "outputs:\n  - {id: left, display: {name: A}, crop: [0, 0, 1920, 1080]}\n"
        "  - {id: right, display: {name: B, size: 960x1080}, crop: [1680, 0, 1920, 1080], rotate: 180}\n"
    )
    view = view_of(home.clean(CLEAN + FAR + outputs))
    assert view is not None
    assert (view.stage.canvas, view.output_px, view.is_warped) == (Size(3600, 1080), 0.5, False)
    size = "display: {name: A, size: 1920x1080}"
    bent = f"outputs: [{{id: left, {size}, corners: [[0, 0], [1440, 0], [1920, 1080], [0, 1080]]}}]\n"
    view = view_of(home.clean(CLEAN + FAR + bent))
    assert view is not None
    assert (view.output_px, view.is_warped) == (0.75, True)


def test_a_display_that_hangs_on_its_side_is_narrow(home: Home) -> None:
    """The width is that of the picture as people see it."""
    view = view_of(home.clean(CLEAN + "display: {viewing_distance: 10m, wall_width: 1.2m, rotate: 90}\n"))
    assert view is not None
    assert view.stage.canvas == Size(1080, 1920)


def test_check_says_it_and_is_content(tmp_path: Path) -> None:
    """It is no mistake: somebody may want captions for those who stand near."""
    done = Site(tmp_path, rest=FAR + WORDS).command("check")
    assert done.exit_code == 0
    assert "no mistake, but 1 to look at:" in done.stdout
    assert "wall: nobody reads captions" in done.stdout


def test_words_that_no_place_is_free_for_are_named(home: Home) -> None:
    """With or without a distance: a wall full of windows hides some of what is said; one window hides nothing."""
    panes = [
        f"{{id: p{x}-{y}, kind: drop, points: [[{x}, {y}], [{x + 280}, {y}], [{x + 280}, {y + 190}], [{x}, {y + 190}]]}}"
        for x in range(10, 1800, 310)
        for y in range(10, 1000, 210)
    ]
    outputs = "outputs: [{{id: left, display: {{name: A, size: 1920x1080}}, masks: [{}]}}]\n"
    (said,) = unread(home.clean(CLEAN + WORDS + outputs.format(", ".join(panes))))
    assert said.startswith("one: no place on the wall is free for the words alone: up to ")
    assert not [*unread(home.clean(CLEAN + WORDS + outputs.format(panes[8])))]
