"""Orders by command line: what is left for the screen, what is said of it, and what is refused before anybody is asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from player import ordering
from player.command import REFUSED, Command, Dim, Extend, Go, Plain
from player.library.library import open_library
from player.settings import keep_clean, load
from player.units import MILLISECOND, SECOND
from tests.fakes.site import PHOTOS_ALONE, Site

MINUTE = 60 * SECOND


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A place with two shows and a data folder."""
    site = Site(tmp_path)
    (tmp_path / "playlists" / "facade.yaml").write_text(PHOTOS_ALONE)
    with closing(open_library(site.data, writer="test")):
        return site


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Command]]:
    """The orders that were left, each answered with "done"."""
    found: list[tuple[Path, Command]] = []

    def order(folder: Path, command: Command, say: Callable[[str], None]) -> bool:
        found.append((folder, command))
        say("done")
        return True

    monkeypatch.setattr(ordering, "order", order)
    return found


@pytest.mark.parametrize(
    ("words", "order"),
    [
        ("go facade", Go("facade")),
        ("go facade --for 30m", Go("facade", 30 * MINUTE)),
        ("go facade for 30m", Go("facade", 30 * MINUTE)),
        ("go facade for 1.5 h", Go("facade", 90 * MINUTE)),
        ("extend 30m", Extend(30 * MINUTE)),
        ("extend 2 h", Extend(120 * MINUTE)),
        ("dim 60", Dim(60)),
        *((plain.value, plain) for plain in Plain if plain is not Plain.RELOAD),
    ],
)
def test_each_order_is_left_as_it_was_meant(site: Site, given: list[tuple[Path, Command]], words: str, order: Command) -> None:
    """In the data folder of the player that is meant; what became of it is printed."""
    done = site.command(*words.split())
    assert (done.exit_code, done.stdout, done.stderr) == (0, "done\n", "")
    assert given == [(site.data, order)]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("go fasade", 'there is no show "fasade". Did you mean "facade"?'),
        ("go x", 'there is no show "x". Known: facade, wall.'),
        ("go facade --for 30", 'not "30". Did you mean "30m"?'),
        ("go facade for 30 minutes", 'Did you mean "30m"?'),
        ("go facade --for 3hours", 'Did you mean "3h"?'),
        ("go facade --for 30m for 30m", "say once for how long"),
        ("go facade 30m", "say which show: go SHOW"),
        ("go", "Missing argument 'SHOW'"),
        ("extend", "Missing argument 'TIME'"),
        ("extend soon", 'such as 9s, 1.5s, 5m or 2h, not "soon"'),
        ("extend 40d", "at most 31 days"),
        ("extend 0s", "more than nothing"),
        ("dim bright", "say how bright, 0 to 100: dim 60"),
        ("dim 101", "say how bright, 0 to 100: dim 60"),
        ("dark now", "unexpected extra argument (now)"),
    ],
)
def test_what_is_no_order_is_refused_with_the_nearest(
    site: Site, given: list[tuple[Path, Command]], words: str, says: str
) -> None:
    """One line on stderr, status 2, and nothing is left for anybody."""
    done = site.command(*words.split())
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr
    assert not given


def test_nobody_there_is_status_1(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody answered is no result: it is said where errors are."""
    monkeypatch.setattr(ordering, "WAIT", 50 * MILLISECOND)
    done = site.command("next")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "is the player running?" in done.stderr


def test_a_data_folder_that_is_none_is_named(site: Site) -> None:
    """No folder is made for a player that there is not."""
    shutil.rmtree(site.data)
    done = site.command("dark")
    assert done.exit_code == 1
    assert "there is no data folder" in done.stderr
    assert not site.data.exists()


@pytest.mark.parametrize("words", ["dark", "go facade", "withdraw a"])
def test_a_slip_in_the_configuration_keeps_nobody_from_acting(site: Site, given: list[tuple[Path, Command]], words: str) -> None:
    """The player goes on with the last clean copy, and so do dark, other orders and withdrawals; the slip is said."""
    clean = load(site.config).configuration
    assert clean
    keep_clean(clean)
    site.config.write_text(site.config.read_text("utf-8") + "shwo: wall\n", "utf-8")
    done = site.command(*words.split())
    assert 'config.yaml:4 shwo: unknown key. Did you mean "show"?' in done.stderr
    assert "by the last clean copy, as the player does" in done.stderr
    if not words.startswith("withdraw"):
        assert (done.exit_code, len(given)) == (0, 1)
    else:
        assert "withdrawn" in done.stdout


def test_without_a_clean_copy_the_slip_is_all_that_is_said(site: Site) -> None:
    """There is no telling which player is meant."""
    site.config.write_text("feeds: {}\nshwo: wall\n", "utf-8")
    done = site.command("dark")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith('weremember: config.yaml:2 shwo: unknown key. Did you mean "show"?')


def test_an_order_that_the_screen_refuses_ends_with_status_1(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gives orders by a script must not take a refusal for a success."""

    def answered(_library: object, _number: int) -> str:
        return f"{REFUSED}no slot is on that could be ended"

    monkeypatch.setattr("player.library.orders.Orders.result", answered)
    done = site.command("end")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "weremember: refused: no slot is on that could be ended\n"
