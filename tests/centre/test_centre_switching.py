"""`weremember fleet release` as a person types it: from the centre's own library to the commit, stopped and gone on with."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from player.centre import ledger, releasing
from player.centre.ledger import Release
from player.centre.releasing import Readiness, Unready
from player.centre.store import Store
from player.centre.switching import MOST_LINES, Following
from player.cli import main
from player.clock import SystemClock
from player.show.programme import digest, parse
from player.units import SECOND
from tests.fakes import publisher
from tests.fakes.broker import needs_mosquitto, until
from tests.fakes.clock import FakeClock
from tests.fakes.founded import Founded, founded
from tests.fakes.taking_in import TakingIn

pytestmark = needs_mosquitto
MINUTE = 60 * SECOND


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Founded]:
    """A centre with two players in step, and a player of its own with three photos."""
    with founded(tmp_path, "a-1", "a-2") as found:
        home = found.folder
        (home / "playlists").mkdir()
        (home / "playlists" / "facade.yaml").write_text("sync: memorial\nslides:\n  - photo\n")
        (home / "config.yaml").write_text("feeds: {}\nshow: facade\nsite: {zone: Europe/Warsaw}\nstorage: {data: data}\n")
        monkeypatch.setattr(publisher, "APPROVED_AT", "2020-01-20T08:00:00Z")  # the commands go by the machine's own clock
        taking = TakingIn(home / "data", FakeClock(time.time_ns()))
        taking.publish("a", "p-1", "b")
        taking.ingest.close()
        yield found


def release(centre: Founded, *words: str) -> Result:
    """Type `weremember fleet release …`."""
    return CliRunner().invoke(main, ["fleet", "release", *words, "--centre", str(centre.folder)])


def ahead(minutes: int) -> str:
    """Return an instant as a person writes it."""
    return f"{datetime.now(UTC) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def test_from_the_library_to_the_commit(centre: Founded, tmp_path: Path) -> None:
    """The document is made and put beside the feed, announced, and committed once both are ready; again, it is so already."""
    with centre.player("a-1", groups=("memorial",)) as one, centre.player("a-2", groups=("memorial",)):
        done = release(centre, "7", "--at", ahead(20), "--into", str(tmp_path / "feed"), "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert (told["committed"], told["ready"], told["not_ready"]) == (True, ["a-1", "a-2"], [])
        until(lambda: one.committed, "the commit")
        (heard,) = one.committed
    (file,) = (tmp_path / "feed" / "programmes").iterdir()
    body = file.read_bytes()
    assert (file.stem, digest(body)) == (heard.hash, heard.hash)
    programme = parse(body)
    assert [each.item for each in programme.items] == ["a", "b", "p-1"]
    assert programme.epoch == heard.activate_at * 1_000_000
    assert (centre.folder / "public" / "programmes" / file.name).read_bytes() == body
    again = release(centre, "7")
    assert (again.exit_code, "is committed already" in again.output) == (0, True)
    other = release(centre, "8", "--at", ahead(40))
    assert (other.exit_code, "version 7 of memorial is committed for" in other.output) == (1, True)


def test_begun_and_gone_on_with(centre: Founded) -> None:
    """What was announced before a stop is gone on with, as it was; with another time it is refused, and it can be taken back."""
    body, at = b"{}", (time.time_ns() // SECOND + 1200) * SECOND
    begun = Release("memorial", "9", digest(body), at, SystemClock().wall())
    with Store(centre.folder) as store:
        ledger.release(store, begun)
    assert "cannot be read" in release(centre, "9").output
    releasing.put(b"[]", begun.hash, (centre.folder / "public",))
    assert "is not what it was" in release(centre, "9").output
    releasing.put(body, begun.hash, (centre.folder / "public",))
    assert "leave --at out" in release(centre, "9", "--at", ahead(60)).output
    with centre.player("a-1", groups=("memorial",)), centre.player("a-2", groups=("memorial",)):
        done = release(centre, "9")
    assert done.exit_code == 0, done.output
    assert "version 9 is committed: 2 of 2 are ready, and memorial switches at " in done.output
    refused = release(centre, "9", "--drop")
    assert (refused.exit_code, "is committed, and players switch by themselves" in refused.output) == (1, True)


def test_taken_back(centre: Founded) -> None:
    """A slip in the time is not for ever: what is not committed is taken back, and begun anew."""
    with Store(centre.folder) as store:
        ledger.release(store, Release("memorial", "5", "ab" * 32, SystemClock().wall() + 600 * MINUTE, SystemClock().wall()))
    assert "go on with it, or take it back (--drop)" in release(centre, "6", "--at", ahead(20)).output
    done = release(centre, "5", "--drop")
    assert (done.exit_code, done.output) == (0, "version 5 of memorial is taken back: everybody stays with what is on\n")
    with Store(centre.folder) as store:
        assert ledger.releases(store, "memorial") == ()


def test_too_late_to_go_on(centre: Founded) -> None:
    """Whoever comes back when it is too late to commit is told so, and how to begin anew."""
    now = SystemClock().wall()
    with Store(centre.folder) as store:
        ledger.release(store, Release("memorial", "4", "ab" * 32, now + MINUTE, now - 20 * MINUTE))
    done = release(centre, "4")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "not committed in time: weremember fleet release 4 --group memorial --drop takes it back" in done.output


def test_while_one_waits_only_what_is_new_is_said() -> None:
    """Who is not ready and why, once; then who has become so, or another reason; never the same again."""
    said: list[str] = []
    following = Following(said.append)

    def look(ready: str, **unready: str) -> list[str]:
        said.clear()
        following.note(Readiness(tuple(ready), tuple(Unready(name, why, is_due=True) for name, why in unready.items())))
        return list(said)

    assert look("a", b="silent", c="silent") == ["  b: silent", "  c: silent", "1 of 3 are ready"]
    assert look("a", b="silent", c="silent") == []
    assert look("ab", c="its playlist differs") == ["  c: its playlist differs", "  b: ready", "2 of 3 are ready"]
    many = {f"p{number}": "silent" for number in range(MOST_LINES + 5)}
    assert look("ab", **many)[-2:] == ["  and 6 others", f"2 of {MOST_LINES + 7} are ready"]


def test_without_a_library_nothing_is_announced(centre: Founded) -> None:
    """An empty library, no configuration, or a faulty one: a line each, and no release on record."""
    (centre.folder / "config.yaml").write_text("feeds: {}\nshow: facade\nstorage: {data: elsewhere}\n")
    assert "let this centre fetch the feeds" in release(centre, "7", "--at", ahead(20)).output
    (centre.folder / "config.yaml").write_text("feedz: {}\n")
    assert "config.yaml:1 feedz" in release(centre, "7", "--at", ahead(20)).output
    (centre.folder / "config.yaml").unlink()
    done = release(centre, "7", "--at", ahead(20))
    assert (done.exit_code, "name its configuration with --config FILE" in done.output) == (1, True)
    with Store(centre.folder) as store:
        assert ledger.releases(store, "memorial") == ()
