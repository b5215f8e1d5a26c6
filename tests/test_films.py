"""Films as files: found, placed, known or not, with what is said in them; and what `check` says."""

from __future__ import annotations

import logging
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from player.film.known import write
from player.film.wire import Failed, Film
from player.films import Shelf, dialogue, items, named, problems, remarks, with_films
from player.settings import Configuration, keep_clean, last_clean, load, with_data
from player.show.footage import Said
from player.show.playlist import FilmStep, Show
from player.subtitles import MAX_BYTES
from player.units import SECOND, Size
from tests.fakes.films_shown import film_in, film_of, known_of
from tests.fakes.home import CLEAN, Home, feed

LIST = "slides:\n  - film: {file: one.mp4}\n  - words\n"
ENGLISH = "WEBVTT\n\n00:01.000 --> 00:03.000\nWe were told to pack.\n\n00:05.000 --> 00:06.000\nOne suitcase each.\n"
HEBREW = "WEBVTT\n\n00:01.000 --> 00:02.000\nאמרו לנו לארוז.\n"
BROKEN = "WEBVTT\n\n00:03.000 --> 00:01.000\nBackwards.\n"


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Home:
    made = Home(tmp_path)
    made.playlist("one", LIST)
    return made


def folder(home: Home) -> Path:
    """Where playlists lie."""
    return home.folder / "playlists"


def said(home: Home, name: str, text: str) -> str:
    """Write a file of subtitles; return its path."""
    (folder(home) / name).write_text(text)
    return str(folder(home) / name)


def played(home: Home) -> Configuration:
    """The configuration, whatever is wrong with its films."""
    home.problems(CLEAN)
    configuration = load(home.file).configuration
    assert configuration is not None
    return with_data(configuration, str(home.folder))


def show_of(home: Home, *languages: str) -> Show:
    """The show with what is known of its films."""
    configuration = played(home)
    return with_films(configuration.show(), languages, configuration.data)


def test_a_path_starts_at_the_playlists_folder(home: Home) -> None:
    """Of the film and of its subtitles; a whole one stays; and no other file is named."""
    path, other = film_in(folder(home)), film_in(home.folder, "two.mp4")
    said(home, "one.he.vtt", HEBREW)
    home.playlist(
        "one", f"slides:\n  - film: {{file: one.mp4, subtitles: one.he.vtt}}\n  - film: {{file: {other}, subtitles: none}}\n"
    )
    configuration = home.clean()
    lines = [line.film for line in configuration.playlists["one"].slides]
    assert [line and line.subtitles for line in lines] == [(str(folder(home) / "one.he.vtt"),), ()]
    assert named(configuration.playlists.values()) == (path, other)


def test_the_last_clean_copy_says_the_same(home: Home) -> None:
    """`from` and `to` are other words in it, and mean the same."""
    film_in(folder(home))
    home.playlist("one", "slides:\n  - film: {file: one.mp4, from: 1m, to: 90s, sound: false}\n")
    configuration = with_data(home.clean(), str(home.folder))
    keep_clean(configuration)
    copy = last_clean(home.folder)
    assert copy is not None
    assert copy.playlists == configuration.playlists
    line = copy.playlists["one"].slides[0].film
    assert line is not None
    assert (line.begin, line.end, line.sound) == (60, 90, False)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("{file: one.mp4, from: 20s, to: 20s}", "playlists/one.yaml:2 slides.0.film: `to` is the instant"),
        ("{file: one.mp4, hold: 20s}", "playlists/one.yaml:2 slides.0.film.hold: unknown key."),
        ("{file: one.mp4, form: 20s}", 'playlists/one.yaml:2 slides.0.film.form: unknown key. Did you mean "from"?'),
        ("{from: 20s}", "playlists/one.yaml:2 slides.0.film: write either `file:`, a path, or `item: SOURCE/ID`"),
        ("{file: one.mp4, item: wall/1}", "playlists/one.yaml:2 slides.0.film: write either `file:`"),
        ("{item: wall}", "playlists/one.yaml:2 slides.0.film.item: "),
        ("{file: one.mp4, from: 5h}", "playlists/one.yaml:2 slides.0.film.from: must be at most 14400 s"),
    ],
)
def test_a_line_that_means_nothing_is_a_problem(home: Home, line: str, wrong: str) -> None:
    """With its file, line, path and a suggestion."""
    film_in(folder(home))
    home.playlist("one", f"slides:\n  - film: {line}\n")
    assert home.problems(CLEAN)[0].startswith(wrong)


def test_a_film_that_is_not_there_is_a_problem_and_the_show_goes_on(home: Home) -> None:
    """`check` names the line; the configuration counts all the same."""
    file = folder(home) / "one.mp4"
    assert home.problems(CLEAN) == [f"playlists/one.yaml:2 slides.0.film.file: {file} is not there"]
    assert load(home.file).configuration is not None
    file.mkdir()
    assert home.problems(CLEAN)[0].endswith("one.mp4 is not a file")
    for name, wrong in (("a" * 900, "is not there"), ("~nobody-here/one.mp4", "is not there")):
        home.playlist("one", LIST.replace("one.mp4", name))
        assert home.problems(CLEAN)[0].endswith(wrong)


def test_a_film_of_a_feed_needs_its_feed(home: Home) -> None:
    """What it is and whether it is approved, the feed alone says; and no file is opened for it."""
    home.playlist("one", LIST.replace("file: one.mp4", "item: wall/a/b.mp4"))
    assert home.problems(CLEAN) == ['playlists/one.yaml:2 slides.0.film.item: there is no feed "wall".']
    fed = feed("kind: folder, trust: moderated, url: /photos")
    assert home.problems(fed) == []
    configuration = home.clean(fed)
    playlists = tuple(configuration.playlists.values())
    assert (named(playlists), items(playlists)) == ((), (("wall", "a/b.mp4"),))
    home.playlist("one", LIST.replace("file: one.mp4", "item: wal/a"))
    assert home.problems(fed) == ['playlists/one.yaml:2 slides.0.film.item: there is no feed "wal". Did you mean "wall"?']


def test_a_film_of_a_feed_is_in_the_last_clean_copy(home: Home) -> None:
    """What is played when the configuration has become unreadable is the same."""
    home.playlist("one", LIST.replace("file: one.mp4", "item: wall/a"))
    configuration = with_data(home.clean(feed("kind: folder, trust: moderated, url: /photos")), str(home.folder))
    keep_clean(configuration)
    copy = last_clean(home.folder)
    assert copy is not None
    assert copy.playlists == configuration.playlists


def test_a_film_of_a_feed_has_the_subtitles_that_are_listed(home: Home) -> None:
    """Nothing lies beside it."""
    said(home, "a.he.vtt", HEBREW)
    home.playlist("one", LIST.replace("file: one.mp4", "item: wall/a, subtitles: [a.he.vtt]"))
    configuration = with_data(home.clean(feed("kind: folder, trust: moderated, url: /photos")), str(home.folder))
    step = with_films(configuration.show(), (), configuration.data).steps[0].kind
    assert isinstance(step, FilmStep)
    assert step.subtitles == (str(folder(home) / "a.he.vtt"),)
    home.playlist("one", LIST.replace("file: one.mp4", "item: wall/a"))
    bare = with_films(home.clean(feed("kind: folder, trust: moderated, url: /photos")).show(), ()).steps[0].kind
    assert isinstance(bare, FilmStep)
    assert bare.subtitles == ()


def test_faulty_subtitles_are_told_by_their_own_line(home: Home) -> None:
    """Those that lie beside the film as well as those that the playlist names; one that is missing, by the playlist's."""
    film_in(folder(home))
    said(home, "one.en.vtt", ENGLISH + BROKEN.removeprefix("WEBVTT"))
    said(home, "other.vtt", BROKEN)
    assert home.problems(CLEAN) == ["one.en.vtt:10 a subtitle ends before it begins: it is left out."]
    home.playlist("one", LIST.replace("one.mp4}", "one.mp4, subtitles: [none.vtt]}"))
    assert home.problems(CLEAN) == [f"playlists/one.yaml:2 slides.0.film.subtitles: {folder(home) / 'none.vtt'} is not there"]


def test_a_large_file_that_is_called_subtitles_is_refused_and_hardly_read(home: Home) -> None:
    """Of four gigabytes no more is read than tells that it is too large; the film is shown without them."""
    film_in(folder(home))
    with (folder(home) / "one.vtt").open("wb") as file:
        file.truncate(4_000_000_000)  # on the disk there is nothing of it
    tracemalloc.start()
    told = home.problems(CLEAN)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told == ["one.vtt:1 is larger than 5 MB: it is no file of subtitles."]
    assert most < 3 * MAX_BYTES
    assert show_of(home).steps


def test_a_film_where_nothing_moves_is_a_problem(home: Home) -> None:
    """The words would stand in its place: nobody wrote that line for this."""
    film_in(folder(home))
    home.playlist("one", "motion: false\n" + LIST)
    assert "motion: false" in home.problems(CLEAN)[0]


def test_check_looks_at_the_film_itself(home: Home) -> None:
    """Damaged, over before it begins, or longer than it is: a sentence each; what is merely strange is a remark."""
    path = film_in(folder(home))
    configuration = home.clean()

    def look(line: str, film: Film | Failed) -> list[str]:
        home.playlist("one", f"slides:\n  - film: {line}\n")
        return [problem.message for problem in load(home.file, lambda _: film).problems]

    assert look("{file: one.mp4}", film_of()) == []
    assert look("{file: one.mp4}", Failed("it is locked")) == [f"{path} cannot be shown: it is locked"]
    assert look("{file: one.mp4, from: 60s}", film_of()) == ["the film is over by then: it is 1m 0s long"]
    assert "Leave `to` out" in look("{file: one.mp4, to: 61s}", film_of())[0]
    strange = replace(film_of(), warnings=("it is in HDR",))
    assert list(remarks(configuration.playlists.values(), lambda _: strange)) == [f"{path}: it is in HDR"]
    assert list(problems({}, {})) == []


@pytest.mark.parametrize(
    ("rate", "fps", "said"),
    [
        (60, 30, "it has 60 frames a second, and 30 are shown (display.fps): those between are left out"),
        (59.94, 50, "it has 59.94 frames a second, and 50 are shown (display.fps): those between are left out"),
        (120, None, "it has 120 frames a second, and most displays show 60: those between are left out"),
        (60, 59.94, ""),
        (60, None, ""),
        (25, 24.98, ""),
    ],
)
def test_frames_that_nobody_will_see_are_said_with_both_numbers(home: Home, rate: float, fps: float | None, said: str) -> None:
    """Of a film that has more of them than are shown; what is lost once in many seconds is no loss."""
    path = film_in(folder(home))
    fast = replace(film_of(), rate=float(rate))
    found = list(remarks(home.clean().playlists.values(), lambda _: fast, fps))
    assert found == ([f"{path}: {said}"] if said else [])


def test_what_is_known_of_a_film_is_on_its_step(home: Home) -> None:
    """Its size, the part that is wanted, its sound and by how much it is made louder."""
    path = film_in(folder(home))
    write(home.folder, {path: known_of(Path(path), film_of(50 * SECOND, size=Size(640, 480)), gain_db=-3.5)})
    home.playlist("one", "slides:\n  - film: {file: one.mp4, from: 10s}\n")
    film = show_of(home).steps[0].film
    assert film is not None
    assert (film.file, film.size, film.begin, film.end) == (path, Size(640, 480), 10 * SECOND, 50 * SECOND)
    assert (film.has_sound, film.gain_db, film.length) == (False, -3.5, 40 * SECOND)


@pytest.mark.parametrize(
    ("site", "show", "line", "heard"),
    [
        ("", "", "", False),
        ("", "sound: true\n", "", True),
        ("", "sound: true\n", ", sound: false", False),
        ("enabled: true", "", "", True),
        ("enabled: true", "sound: false\n", "", False),
        ("enabled: true", "", ", sound: false", False),
        ("enabled: false", "sound: true\n", "", False),
        ("volume: 50%", "sound: true\n", "", True),
    ],
)
def test_a_show_may_have_its_own_word_on_sound(home: Home, site: str, show: str, line: str, *, heard: bool) -> None:
    """The site leaves it to shows, or says it for all; a show may be silent at a site with sound, and a film in any show.

    A site that says `enabled: false` is silent whatever shows say. The last clean copy says the same.
    """
    path = film_in(folder(home))
    write(home.folder, {path: known_of(Path(path), film_of())})
    home.playlist("one", f"{show}slides:\n  - film: {{file: one.mp4{line}}}\n")
    configuration = with_data(home.clean(f"{CLEAN}sound: {{{site}}}\n" if site else CLEAN), str(home.folder))
    keep_clean(configuration)
    copy = last_clean(home.folder)
    assert copy is not None
    for each in (configuration, copy):
        film = with_films(each.show(), (), each.data).steps[0].film
        assert film is not None
        assert film.has_sound is heard


def test_whether_there_is_any_sound(home: Home) -> None:
    """A device is needed, and loudness measured, where the site has sound, or a show has it and the site does not forbid it."""
    film_in(folder(home))
    found: list[tuple[bool, float | None]] = []
    for show in ("", "sound: false\n", "sound: true\n"):
        home.playlist("one", show + LIST)
        for site in ("", "sound: {enabled: true}\n", "sound: {enabled: false}\n"):
            configuration = home.clean(CLEAN + site)
            found.append((configuration.has_sound, configuration.loudness))
    on, off = (True, -23.0), (False, None)
    assert found == [off, on, off, off, on, off, on, on, off]


def test_a_shelf_learns_of_films_while_the_show_runs(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Not looked at yet; then shown; not any more once its file is another one. Each is said once, and waiting is no warning."""
    path = film_in(folder(home))
    shelf, step = Shelf(home.folder), show_of(home).steps[0]
    with caplog.at_level(logging.INFO):
        assert [shelf.looked_up(step).film for _ in range(3)] == [None] * 3
        write(home.folder, {path: known_of(Path(path))})
        assert shelf.looked_up(step).film is not None
        Path(path).write_bytes(b"another one")
        assert shelf.looked_up(step).film is None
        write(home.folder, {path: known_of(Path(path), Failed("it is locked"))})
        assert shelf.looked_up(step).film is None
        Path(path).unlink()
        assert shelf.looked_up(step).film is None
    told = [record.message for record in caplog.records if record.name == "weremember.films"]
    assert told == ["a film is not shown yet"] * 2 + ["a film is passed over"] * 2


def test_the_shows_languages_choose_subtitles(home: Home) -> None:
    """Of those that are listed, two; of those that lie beside the film, one; none, where that is written."""
    film_in(folder(home))
    he, en, pl = (said(home, f"one.{tag}.vtt", ENGLISH) for tag in ("he", "en", "pl"))
    said(home, "one.two.words.vtt", ENGLISH)

    def files(*languages: str) -> tuple[str, ...] | None:
        return getattr(show_of(home, *languages).steps[0].kind, "subtitles", None)

    assert files("pl", "en") == (pl,)
    assert files("fr") == (en,)
    home.playlist("one", LIST.replace("one.mp4}", "one.mp4, subtitles: [one.he.vtt, one.en.vtt, one.pl.vtt]}"))
    assert files() == (he, en)
    assert files("pl", "he") == (pl, he)
    home.playlist("one", LIST.replace("one.mp4}", "one.mp4, subtitles: none}"))
    assert files("pl") == ()


def test_two_languages_are_said_together(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    """Whenever either changes, what both say then; a file that cannot be read is left out, and the film is shown."""
    he, en = said(home, "one.he.vtt", HEBREW), said(home, "one.en.vtt", ENGLISH)
    hebrew, first = Said(("אמרו לנו לארוז.",), "he"), Said(("We were told to pack.",), "en")
    assert dialogue((he, en)) == {
        (SECOND, 2 * SECOND): (hebrew, first),
        (2 * SECOND, 3 * SECOND): (first,),
        (5 * SECOND, 6 * SECOND): (Said(("One suitcase each.",), "en"),),
    }
    with caplog.at_level(logging.ERROR):
        assert dialogue((str(folder(home) / "gone.vtt"),)) == {}
    assert "without its subtitles" in caplog.text
