"""What a screen says of being in step, and why a show that is to be is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from player.library.heard import STATUS
from player.screen.programme import Bill
from player.screen.scores import Scores
from player.show.instep import Share
from player.show.playlist import PhotoStep
from player.show.programme import recipe
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.in_step import GROUP, InStep, synced
from tests.fakes.showing import PHRASES, show_of
from tests.screen.test_in_step import NAMES, until_in_step


def told(show: InStep) -> Mapping[str, object]:
    """Return what the screen says of itself now."""
    show.play(3 * SECOND // 2)
    show.writer.step()
    return cast("dict[str, object]", json.loads((show.folder / STATUS).read_text()))


def test_it_says_with_whom_it_is_in_step(tmp_path: Path) -> None:
    """Group, version, hash and slot; and what its playlist comes to, for those who make programmes."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        made = show.release("week 3")
        until_in_step(show)
        said = told(show)
        slot = show.slot
        assert slot
        assert said["step"] == {"group": GROUP, "version": "week 3", "hash": made, "slot": slot.number}
        assert said["recipes"] == {"wall": recipe(show.show, PHRASES)}
        assert said["no_step"] == ""


def test_it_says_why_it_is_not(tmp_path: Path) -> None:
    """No programme, one of another playlist, one that has not begun, a slide that is held, a clock that nobody believes."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.play(5 * SECOND)
        assert told(show)["no_step"] == f"no programme of the group {GROUP} is committed and here"
        show.release(at=show.clock.wall() + 3600 * SECOND)
        show.play(6 * SECOND)
        assert told(show)["no_step"] == "its programme has not begun"
        show.release("2", at=show.clock.wall(), made_for="0" * 64)
        show.play(6 * SECOND)
        assert told(show)["no_step"] == 'its playlist "wall" differs from the one that version 2 was made for'
        show.release("3", at=show.clock.wall(), show=synced(name="other"))
        show.play(6 * SECOND)
        assert told(show)["no_step"] == f'version 3 of the group {GROUP} is for the show "other"'
        show.release("4", at=show.clock.wall(), items=[])
        show.play(6 * SECOND)
        assert told(show)["no_step"] == "version 4 has no photos"
        show.release("5", at=show.clock.wall())
        show.play(6 * SECOND)
        until_in_step(show)
        show.obeyed("hold")
        show.play(30 * SECOND)
        said = told(show)
        assert (said["step"], said["no_step"]) == (None, "the slide that is up is held")
        show.kernel, show.boot = ClockState.UNSYNCED, "another"
        show.restart()
        assert told(show)["no_step"] == "the clock is not believed"


def test_a_show_that_goes_by_itself_says_nothing(tmp_path: Path) -> None:
    """Neither of steps nor of why there are none."""
    with InStep(tmp_path, show=show_of((PhotoStep(),))) as show:
        show.publish(*NAMES)
        said = told(show)
        assert (said["recipes"], said["step"], said["no_step"]) == ({}, None, "")


def test_a_site_may_have_its_own_share_first(tmp_path: Path) -> None:
    """Of each round those whose turn it is at this site come first."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release()
        bills = [Bill(show.show, PHRASES)]
        for number in (1, 2):
            scores = Scores(bills, Share(number, 2))
            assert scores.steps("wall") is None
            assert scores.is_due(show.clock)
            scores.look(show.ingest, show.clock)
            steps = scores.steps("wall")
            assert steps
            assert steps.parts[0].score.share == Share(number, 2)
            assert not scores.is_due(show.clock)
        assert scores.steps("another") is not None


def test_what_was_worked_out_of_a_programme_is_kept(tmp_path: Path) -> None:
    """As long as it counts, the same score answers; when a version is known that follows, until when is another."""
    with InStep(tmp_path) as show:
        show.publish(*NAMES)
        show.release()
        scores = Scores([Bill(replace(show.show), PHRASES)])
        scores.look(show.ingest, show.clock)
        first = scores.steps("wall")
        show.release("2", at=show.clock.wall() + 900 * SECOND)
        show.clock.advance(60 * SECOND)
        scores.look(show.ingest, show.clock)
        second = scores.steps("wall")
        assert first
        assert second
        assert [part.version for part in second.parts] == ["1", "2"]
        assert second.parts[0].score is first.parts[0].score
        assert second.parts[0].until == second.parts[1].begins
