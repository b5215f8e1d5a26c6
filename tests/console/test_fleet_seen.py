"""Last pictures: seen while they cannot show who was withdrawn, and withheld otherwise."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from player.console.at_centre import Fleet
from player.console.fleet import seen
from player.console.people.roles import Role
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.console import Console
from tests.fakes.fleet import Rolls, jpeg

DAY: Nanos = 86_400 * SECOND


@pytest.fixture
def rolls(tmp_path: Path) -> Generator[Rolls]:
    """A centre with one player, whose picture is of now."""
    rolls = Rolls(tmp_path / "centre", OPENING)
    rolls.add("a", enrolled_at=OPENING - 10 * DAY)
    rolls.picture("a")
    yield rolls
    rolls.close()


def is_seen(rolls: Rolls) -> bool:
    """Whether the picture of the player may be seen; the list and the address of the picture agree."""
    is_listed = "a" in seen.pictures(rolls.store, ["a"])
    assert is_listed == (seen.picture(rolls.store, "a") is not None)
    return is_listed


def test_with_nothing_withdrawn_it_is_seen(rolls: Rolls) -> None:
    """The last picture of a player is there."""
    assert is_seen(rolls)


def test_while_a_receipt_is_owed_none_is_seen(rolls: Rolls) -> None:
    """Neither one from before the withdrawal nor one from after it: nobody knows whether the player has heard of it."""
    rolls.withdraw(1, OPENING - 60 * SECOND)
    assert not is_seen(rolls)

    rolls.picture("a", OPENING - 120 * SECOND)
    assert not is_seen(rolls)

    rolls.receipt(1, "a", None)
    assert not is_seen(rolls)


def test_once_it_is_off_the_next_picture_is_seen(rolls: Rolls) -> None:
    """The one from before stays withheld, for it may show the photo; the one from after does not."""
    rolls.withdraw(1, OPENING - 60 * SECOND)
    rolls.receipt(1, "a", OPENING - 50 * SECOND)
    rolls.picture("a", OPENING - 55 * SECOND)
    assert not is_seen(rolls)

    rolls.picture("a", OPENING - 49 * SECOND)
    assert is_seen(rolls)


def test_a_player_that_never_had_the_photo_loses_no_picture(rolls: Rolls) -> None:
    """It confirms that nothing of it was there."""
    rolls.withdraw(1, OPENING - 60 * SECOND)
    rolls.receipt(1, "a", OPENING - 50 * SECOND, here=False)
    rolls.picture("a", OPENING - 3600 * SECOND)

    assert is_seen(rolls)


def test_one_receipt_of_two_is_not_enough(rolls: Rolls) -> None:
    """Each withdrawal is owed its own."""
    rolls.withdraw(1, OPENING - 60 * SECOND)
    rolls.withdraw(2, OPENING - 30 * SECOND, item="photo-2")
    rolls.receipt(1, "a", OPENING - 50 * SECOND)

    assert not is_seen(rolls)


def test_what_was_withdrawn_before_it_was_enrolled_is_not_owed(rolls: Rolls) -> None:
    """Whoever comes later never had it; a picture from before the withdrawal is withheld all the same."""
    rolls.withdraw(1, OPENING - 20 * DAY)
    assert is_seen(rolls)

    rolls.picture("a", OPENING - 21 * DAY)
    assert not is_seen(rolls)


def test_of_two_players_with_one_id_no_receipt_counts(rolls: Rolls) -> None:
    """Only one of them may have confirmed, and nobody knows whose picture it is."""
    rolls.withdraw(1, OPENING - 60 * SECOND)
    rolls.receipt(1, "a", OPENING - 50 * SECOND)
    assert is_seen(rolls)

    with rolls.store.changing() as connection:
        connection.execute("UPDATE players SET doubled_at=?", (OPENING - 30 * SECOND,))
    assert not is_seen(rolls)


def test_what_is_no_jpeg_is_given_to_no_browser(rolls: Rolls) -> None:
    """Whatever a player has sent."""
    rolls.picture("a", content=b"<svg onload=alert(1)>")

    assert seen.picture(rolls.store, "a") is None


def test_the_console_gives_it_out_and_nobody_keeps_it(rolls: Rolls, tmp_path: Path) -> None:
    """As a JPEG and no cache's business; a withheld one is not there, on no page and at no address."""
    (tmp_path / "home").mkdir()
    with Console(tmp_path / "home", fleet=Fleet(rolls.folder)) as console:
        browser = console.browser(Role.VIEWER)
        for address in ("/fleet/players/a/picture", "/api/fleet/players/a/picture"):
            answer = browser.get(address)
            assert (answer.content, answer.headers["content-type"]) == (jpeg(), "image/jpeg")
            assert answer.headers["cache-control"] == "no-store"
        assert f"/fleet/players/a/picture?at={OPENING}" in browser.get("/fleet").text

        rolls.withdraw(1, OPENING - 1)
        assert browser.get("/fleet/players/a/picture").status_code == 404
        for page in ("/fleet", "/fleet/players/a", "/fleet/rows?ids=a"):
            assert "/picture?at=" not in browser.get(page).text
        assert browser.get("/api/fleet/players/a").json()["row"]["picture_at"] is None
