"""What `status` says comes next of a show in step is what comes."""

from __future__ import annotations

from pathlib import Path

from player import status
from player.status import look
from player.units import SECOND
from tests.fakes.clock import OPENING
from tests.fakes.filmed import configured
from tests.fakes.in_step import InStep
from tests.fakes.showing import FRAME


def shown_by(show: InStep, count: int) -> list[str]:
    """Let *count* more slides begin; return each as `status` words it."""
    found: list[str] = []
    while len(found) < count:
        before = show.loop.reel.cue
        show.play_until(lambda before=before: show.loop.reel.cue is not before, stride=FRAME * 4)
        slide = show.loop.reel.cue.slide
        assert slide
        found.append(status._in_words(slide))  # pyright: ignore[reportPrivateUsage] - a test may look inside
    return found


def test_what_comes_next_in_step_is_what_comes_next(tmp_path: Path) -> None:
    """Before the first version begins, amid one, and where the next one is about to begin; asking changes nothing."""
    slides = "[photo, {photo: {pairs: true}}, {mosaic: {columns: 3, rows: 2}}, words]"
    there = configured(tmp_path, wall=f"sync: memorial\nhold: 6s\nfade: 1.5s\nslides: {slides}\n")
    with InStep(tmp_path, show=there.show("wall")) as show:
        show.publish("a", "b", "c", "d", "pe", "pf", "pg")
        first = OPENING + 43 * SECOND
        show.release("1", at=first, items=show.everybody()[:6])
        show.play(8 * SECOND, stride=FRAME * 4)
        versions: list[str | None] = []
        for _ in range(5):
            show.play_until(lambda: not show.is_fading and show.loop.reel.is_counted, stride=FRAME * 4)
            show.play(SECOND + SECOND // 2, stride=FRAME * 4)
            show.writer.step()
            versions.append(show.slot.part.version if show.slot else None)
            coming = look(there, show.clock).coming
            assert list(coming) == shown_by(show, 5)
            if versions[-1] == "1" and "2" not in versions:
                show.release("2", at=show.clock.wall() + 17 * SECOND)
                show.play(6 * SECOND, stride=FRAME * 4)
        assert versions[0] is None
        assert {"1", "2"} < {*versions}
