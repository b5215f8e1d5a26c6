"""Films of feeds on the wall: nothing but what may be shown now, and gone at the next frame when it may not be any more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from player.feed.item import Status, Withdrawal
from player.ingest.withdrawal import withdraw
from player.library import pending, receipts, reviewing
from player.library.cues import StoredCue
from player.library.reviewing import Reviewer
from player.library.tombstones import WILDCARD
from player.screen.chooser import resumed
from player.screen.clips import Clips
from player.screen.programme import programme_of
from player.show.playlist import CandleStep, FilmStep, PhotoStep
from player.show.record import from_record, to_record
from player.show.slide import FilmSlide, PhotoSlide, Phrase, Stage
from player.units import SECOND
from tests.fakes.feed_films import CLIP, FeedCinema
from tests.fakes.films_shown import LENGTH
from tests.fakes.home import Home, feed
from tests.fakes.showing import FRAME, show_of
from tests.fakes.wall import CANVAS
from tests.library.shelf import sha

ITEM = FilmStep(item="films/f")
CANDLE = CandleStep(hold=6)


def film_up(show: FeedCinema) -> bool:
    """Whether anything of the film is in the scene, or open."""
    scene = show.loop.presenter.scene
    return bool(show.film) or (scene is not None and any(layer.composition.clips for layer in scene.layers))


def until_film(show: FeedCinema) -> None:
    """Play until the film is up."""
    show.play_until(lambda: bool(show.film))


def test_only_items_that_the_configuration_names_may_be_up(tmp_path: Path) -> None:
    """As SOURCE/ID, beside the files; one that is taken out of the playlists is up no more."""
    home = Home(tmp_path)
    home.playlist("one", "slides:\n  - film: {item: wall/f}\n  - film: {file: x.mp4}\n")
    (tmp_path / "playlists" / "x.mp4").write_bytes(b"a film")
    programme = programme_of(home.clean(feed("kind: folder, trust: moderated, url: /photos")), Stage(CANVAS), lambda _, __: True)

    assert programme.films == {"wall/f", str(tmp_path / "playlists" / "x.mp4")}
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        slide = show.loop.reel.cue.slide
        assert isinstance(slide, FilmSlide)
    for named, holds in (({"films/f"}, True), ({"films/g", "f"}, False), ({slide.film.file}, False)):
        assert Clips(None, frozenset(named), show.clock).may_show(slide) is holds


def test_an_approved_film_of_a_feed_is_shown(tmp_path: Path) -> None:
    """By its own file and length, as the item that it is; the journal and `status` can say which."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        slide = show.loop.reel.cue.slide
        assert isinstance(slide, FilmSlide)
        assert slide.photo is not None
        assert (slide.photo.source, slide.photo.item, slide.photo.film) == ("films", "f", sha(CLIP))
        assert show.films.opened[0].film == slide.film.file == str(show.ingest.files.film(sha(CLIP)))
        began = show.loop.reel.cue.start
        show.play_until(lambda: not show.film)
        assert abs(show.loop.reel.cue.start - began - LENGTH) <= SECOND


def test_nobody_goes_back_to_a_photo_that_is_a_film_by_now(tmp_path: Path) -> None:
    """Its row is the same, and a picture of the film lies there; nor to a film that is a photo by now."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        slide = show.loop.reel.cue.slide
    assert isinstance(slide, FilmSlide)
    assert slide.photo is not None
    film, photo = slide.photo, replace(slide.photo, film=None)
    of_a_film, of_a_photo = to_record(slide), to_record(PhotoSlide(photo=photo, phrase=Phrase("We Remember", "en")))

    assert from_record(of_a_film, {film.key: film}) == slide
    assert from_record(of_a_film, {film.key: photo}) is None
    assert from_record(of_a_photo, {film.key: photo}) is not None
    assert from_record(of_a_photo, {film.key: film}) is None


def test_it_is_recorded_that_a_film_was_shown(tmp_path: Path) -> None:
    """By its hash and the time, as of every photo; in the order of photos it takes no turn."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        show.play(5 * SECOND)
        shown = show.ingest.connection.execute("SELECT shown FROM photos WHERE item='f'").fetchone()
        plays = show.ingest.connection.execute("SELECT photo, show FROM plays").fetchall()
        assert (shown, plays) == ((1,), [(sha(CLIP)[:16], "wall")])
        assert not show.ingest.connection.execute("SELECT * FROM ranks").fetchall()


GOES: list[tuple[str, Callable[[FeedCinema], object]]] = [
    ("its source withdraws it", lambda s: s.list_film("f")),
    ("somebody withdraws it everywhere", lambda s: withdraw(s.ingest, WILDCARD, [Withdrawal("f")], s.clock.wall())),
    ("somebody withdraws its bytes", lambda s: withdraw(s.ingest, "x", [Withdrawal("z", sha256=sha(CLIP))], s.clock.wall())),
    ("its source does not approve it any more", lambda s: s.list_film(status=Status.PENDING)),
    ("its source approves other bytes", lambda s: s.list_film(content=b"other bytes")),
    ("its source is out of the configuration", lambda s: s.declare()),
]


@pytest.mark.parametrize("happens", [row[1] for row in GOES], ids=[row[0] for row in GOES])
def test_a_film_that_may_not_be_shown_any_more_is_gone_at_the_next_frame(
    tmp_path: Path, happens: Callable[[FeedCinema], object]
) -> None:
    """No picture of it is in the next scene, its source is closed soon, and it does not come back."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        show.play(10 * SECOND)
        assert film_up(show)
        happens(show)
        show.frame(FRAME)
        show.frame(FRAME)
        assert not film_up(show)
        for _ in range(20):
            show.play(SECOND)
            assert not film_up(show)
        assert not show.films.is_open


def test_nobody_says_that_a_film_is_off_the_wall_while_its_last_picture_is_up(tmp_path: Path) -> None:
    """Whatever keeps the next picture from being drawn, a receipt is for a wall without the film."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        show.play(10 * SECOND)
        show.renderer.is_failing = True
        withdraw(show.ingest, WILDCARD, [Withdrawal("f")], show.clock.wall())
        show.play(2 * SECOND)
        assert [each.off_at for each in receipts.for_screen(show.ingest.orders.connection)] == [None]
        show.renderer.is_failing = False
        show.play(2 * SECOND)
        assert not receipts.for_screen(show.ingest.orders.connection)
        assert not film_up(show)


def test_a_film_whose_source_falls_silent_leaves_with_its_lease(tmp_path: Path) -> None:
    """A second later at most, as a photo does."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE)) as show:
        until_film(show)
        heard = show.clock.wall() - 890 * SECOND
        show.ingest.connection.execute("UPDATE sources SET confirmed_at=? WHERE name='films'", (heard,))
        show.play(8 * SECOND)
        assert film_up(show)
        show.play(4 * SECOND)
        assert not film_up(show)
        show.play(60 * SECOND)
        assert not show.films.is_open


def test_a_film_that_is_not_approved_is_never_opened(tmp_path: Path) -> None:
    """Two people look at its pictures; before they have, the show goes on without it."""
    with FeedCinema(tmp_path, kinds=(ITEM, CANDLE), review=True) as show:
        show.play(30 * SECOND)
        assert not show.films.opened
        (row,) = pending.queue(show.ingest.connection, show.clock.wall())
        for number, name in enumerate(("rita", "ada")):
            show.play(10 * SECOND)
            assert not show.films.opened
            by = Reviewer(name, name, "reviewer", number, frozenset({name}))
            reviewing.approve(show.ingest.orders, row.name, row.subject, needed=2, by=by, at=show.clock.wall())
        show.settle()
        until_film(show)


def test_a_film_is_no_photo_of_the_show(tmp_path: Path) -> None:
    """Nothing of it is chosen where photos are shown."""
    with FeedCinema(tmp_path, kinds=(PhotoStep(),)) as show:
        show.play(60 * SECOND)
        assert not show.seen
        show.publish("a")
        show.play(60 * SECOND)
        assert set(show.seen) == {"a"}


def test_an_item_that_is_no_film_is_passed_over(tmp_path: Path) -> None:
    """Or is not there, or is a photo."""
    kinds = (FilmStep(item="wall/a"), FilmStep(item="films/nothing"), FilmStep(item="nobody/f"), CANDLE)
    with FeedCinema(tmp_path, kinds=kinds) as show:
        show.publish("a")
        show.play(60 * SECOND)
        assert not show.films.opened
        assert not show.seen


def test_a_part_of_a_film_is_a_part_of_an_items_too(tmp_path: Path) -> None:
    """From, to and sound are as for files."""
    step = FilmStep.model_validate({"item": "films/f", "from": "10s", "to": "25s", "sound": "false"})
    with FeedCinema(tmp_path, kinds=(step, CANDLE)) as show:
        until_film(show)
        wanted = show.films.opened[0]
        assert (wanted.begin, wanted.end, wanted.has_sound) == (10 * SECOND, 25 * SECOND, False)


def test_a_film_of_a_feed_goes_on_where_it_stood() -> None:
    """After a restart; a file in the same line of the playlist does not take its place."""
    cue = StoredCue(
        show="wall",
        ordinal=1,
        step=1,
        start=0,
        length=LENGTH,
        fade=SECOND,
        seed=0,
        slide={"photos": [7], "film": {"file": "/x.film", "part": [0, LENGTH]}, "stood": 20 * SECOND},
    )
    assert resumed(cue, show_of((ITEM, CANDLE))).film == 20 * SECOND
    assert resumed(cue, show_of((FilmStep(file="/y.mp4"), CANDLE))).film == 0
    of_a_file = replace(cue, slide=cue.slide | {"photos": []})
    assert resumed(of_a_file, show_of((ITEM, CANDLE))).film == 0
