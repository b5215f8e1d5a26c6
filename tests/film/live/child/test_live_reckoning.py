"""How far behind a stream is stays true through a ceremony, whatever its playlist says and its line does."""

from __future__ import annotations

import pytest

from player.film.live.child.reckoning import NEWS, Reached, Reckoning
from player.film.live.child.timeline import LEAD, LiveTimeline
from player.film.wire import Begun
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.sighted import SIZE, Sight
from tests.fakes.streaming import LENGTH, fragments, segments

FRAME = 40 * MILLISECOND


def test_sixty_waits_for_bytes_are_told() -> None:
    """Each segment of six seconds comes a second late: the minute that adds up is known, not hidden."""
    timeline, reckoning = LiveTimeline(last=None), Reckoning()
    now = claimed = at = Nanos(0)
    origin = LEAD
    reckoning.begun(origin)
    for number in range(60):
        reckoning.segment(number * 6 * SECOND, claimed)
        for frame in range(150):
            at = timeline.place(claimed, FRAME, now=now, has_waited=number > 0 and not frame).at
            if (reached := reckoning.frame(claimed, at)) is not None:
                origin = reached.at - reached.listed
            claimed += FRAME
            now = max(now, at - LEAD)
        now = at + SECOND
    hidden = at + FRAME - claimed - origin

    assert origin - LEAD > 59 * SECOND
    assert abs(hidden) < NEWS


def test_only_news_is_told_and_a_jump_is_none() -> None:
    """What is where it was told to be is not told again; a run that has not begun says nothing; an old segment is no measure."""
    reckoning = Reckoning()
    reckoning.segment(SECOND, SECOND)
    assert reckoning.frame(SECOND, 5 * SECOND) is None
    reckoning.begun(4 * SECOND)
    frames = [(SECOND, 5 * SECOND), (2 * SECOND, 6 * SECOND + NEWS // 2), (900 * SECOND, 7 * SECOND)]
    for number, (claimed, at) in enumerate(frames):
        reckoning.segment((number + 1) * SECOND, min(claimed, 3 * SECOND))
        assert reckoning.frame(claimed, at) is None
    reckoning.segment(4 * SECOND, 4 * SECOND)
    assert reckoning.frame(4 * SECOND - 1, 9 * SECOND) is None
    assert reckoning.frame(4 * SECOND + FRAME, 9 * SECOND + FRAME) == Reached(9 * SECOND, 4 * SECOND)
    reckoning.segment(8 * SECOND, 8 * SECOND)
    reckoning.begin_run()
    reckoning.begun(SECOND)
    assert reckoning.frame(9 * SECOND, 9 * SECOND) is None


@pytest.mark.parametrize("form", ["mpegts", "cmaf"])
def test_segments_that_are_shorter_than_listed_bring_no_lag(form: str) -> None:
    """Half a second that is listed as 0.7: by what the child tells, the ninth begins where it is seen, not 1.6 s later."""
    head, pieces = fragments()
    sight = Sight(segments()[:10] if form == "mpegts" else [head + pieces[0], *pieces[1:10]], listed=700 * MILLISECOND)
    sight.watch()
    first, *told = [said for said in sight.said if isinstance(said, Begun)]

    assert first == Begun(1, SECOND + 300 * MILLISECOND, SIZE)
    assert {(said.run, said.size) for said in told} == {(1, SIZE)}
    assert len(told) <= 7
    for said in told:
        number = said.listed // (700 * MILLISECOND)
        assert abs(said.at - first.at - number * LENGTH) <= 100 * MILLISECOND
    last = 9 * (700 * MILLISECOND - LENGTH)
    assert abs(told[-1].at - told[-1].listed - first.at + last) < NEWS + 200 * MILLISECOND


def test_each_run_is_reckoned_by_itself() -> None:
    """The next one is told to begin before anything else is told of it."""
    sight = Sight(segments()[:4], segments()[8:12], listed=SECOND)
    sight.watch()
    said = [(each.run, each.listed // SECOND) for each in sight.said if isinstance(each, Begun)]

    assert said == [(1, 0), (1, 2), (1, 3), (2, 0), (2, 2), (2, 3)]  # to open a run, half a second is read at once


def test_what_is_listed_as_it_is_needs_no_word() -> None:
    """A playlist that tells the truth: its run is told to begin, once."""
    sight = Sight(segments()[:6], listed=LENGTH)
    sight.watch()

    assert [said.run for said in sight.said if isinstance(said, Begun)] == [1]
