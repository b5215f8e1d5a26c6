"""Somebody takes part while the show is on: how soon they stand on the wall."""

from __future__ import annotations

from pathlib import Path

from player.show.playlist import PhotoStep, WordsStep
from player.units import SECOND
from tests.fakes.showing import Showing


def test_the_first_photo_of_all_need_not_wait_for_the_words_to_end(tmp_path: Path) -> None:
    """Where words stand for want of anybody, the first photo begins to appear within a second and a half."""
    with Showing(tmp_path, kinds=(WordsStep(), PhotoStep())) as show:
        show.poll()
        show.play(40 * SECOND)
        assert not show.seen

        show.publish("first")
        show.play(3 * SECOND // 2)

        assert "first" in show.up


def test_words_that_belong_to_the_show_are_not_cut_short(tmp_path: Path) -> None:
    """Words between photos stand as long as the playlist says, whoever arrives."""
    with Showing(tmp_path, kinds=(WordsStep(), PhotoStep())) as show:
        show.publish("a", "b", "c")
        show.play_until(lambda: not show.up and not show.is_plate and not show.is_fading)

        show.publish("new")
        show.play(3 * SECOND // 2)

        assert not show.up


def test_a_newcomer_is_the_next_slide(tmp_path: Path) -> None:
    """A photo approved while another slide is ready takes its place: nobody waits for two changes."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c", "d")
        show.play(60 * SECOND)
        before = show.up
        show.play_until(lambda: show.up != before and not show.is_fading and bool(show.ready))
        present = show.top

        show.publish("new")
        show.play_until(lambda: show.top != present)

        assert show.top == {"new"}
