"""The API: what the pages do, for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from player.calibration.shelf import Edit
from player.calibration.shelf import Shelf as Calibrations
from player.console.people.roles import Role
from player.library import ranks
from player.library.heard import STATUS
from player.library.leftovers import PREVIEW
from player.library.photo import Pick
from tests.fakes.console import Browser, Console
from tests.fakes.looked import SAID
from tests.library.shelf import Shelf, item

NASTY = '<script>alert("x")</script>\u202e & <b>שלום</b>'


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console over a player that runs: three photos, one with markup for a caption, one of them up."""
    with Console(tmp_path_factory.mktemp("console")) as made:
        shelf = Shelf(made.data, "wall", clock=made.clock)
        shelf.publish(("a", b"a"), ("b", b"b"), ("c", b"c"))
        shelf.take_in("wall", item("a", credit="Jürgen Müller"), item("b", caption=NASTY, language="he"), item("c"))
        shelf.prepare()
        ranks.note_shown(shelf.library.connection, [Pick(1, "wall", 1, is_debut=False)], show="one", at=made.clock.wall())
        Calibrations(made.data).keep(Edit(at=5, by="Olek", what="corner moved", outputs={}), b"a small picture")
        shelf.close()
        made.answers = {"next": "next", "go": "refused: there is no show", "dark": "dark", "light": "light"}
        yield made


@pytest.fixture
def viewer(console: Console) -> Browser:
    """Somebody who may look."""
    return console.browser(Role.VIEWER)


@pytest.fixture
def operator(console: Console) -> Browser:
    """Somebody who runs the show."""
    return console.browser(Role.OPERATOR)


def got(browser: Browser, path: str, status: int = 200) -> Any:
    """What is at a path, as JSON."""
    answer = browser.ask("GET", path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == ("application/json" if status == 200 else "application/problem+json")
    return answer.json()


def test_now_says_what_is_up(console: Console, viewer: Browser) -> None:
    """While a screen runs, its word with rows; when it falls silent, for how long."""
    at = console.clock.wall()
    (console.data / STATUS).write_text(json.dumps(SAID | {"at": at, "since": at}))

    found = got(viewer, "/api/now")

    assert (found["is_running"], found["said"]["show"], found["slide"]["photos"][0]["key"]) == (True, "evening", 1)
    console.clock.advance(12 * 10**9)
    assert got(viewer, "/api/now")["picture"]["sentence"]["key"] == "picture.none_for"


def test_the_picture_is_served_as_it_was_written(console: Console, viewer: Browser) -> None:
    """The screen's own pixels, and a 404 where there are none, or where nobody says that they are on the wall."""
    assert viewer.ask("GET", "/api/picture").status_code == 404
    (console.data / PREVIEW).write_bytes(b"pixels")
    assert viewer.ask("GET", "/api/picture").status_code == 404
    at = console.clock.wall()
    os.utime(console.data / PREVIEW, ns=(at, at))
    (console.data / STATUS).write_text(json.dumps(SAID | {"at": at, "since": at}))

    answer = viewer.ask("GET", "/api/picture")

    assert (answer.content, answer.headers["content-type"], answer.headers["cache-control"]) == (
        b"pixels",
        "image/jpeg",
        "no-store",
    )
    console.clock.advance(6 * 10**9)
    assert viewer.ask("GET", "/api/picture").status_code == 404


def test_photos_are_searched_and_shown(viewer: Browser) -> None:
    """By words as people type them, by an id, by language; each with its thumbnail, its plays and its twins."""
    assert [each["item"] for each in got(viewer, "/api/photos?text=muller")["photos"]] == ["a"]
    assert [each["item"] for each in got(viewer, "/api/photos?text=b")["named"]] == ["b"]
    assert [each["item"] for each in got(viewer, "/api/photos?language=he")["photos"]] == ["b"]
    assert [each["item"] for each in got(viewer, "/api/photos?shown_least=1&state=approved")["photos"]] == ["a"]
    assert got(viewer, "/api/photos/choices")["languages"] == ["he"]
    assert got(viewer, "/api/photos/1")["plays"][0]["show"] == "one"
    tile, whole = (viewer.ask("GET", f"/api/photos/1/{each}") for each in ("tile", "picture"))
    assert (tile.content, whole.content) == (b"tile a", b"picture a")
    assert {each.headers["cache-control"] for each in (tile, whole)} == {"no-store"}
    assert got(viewer, "/api/photos/2")["photo"]["caption"] == NASTY.replace("\u202e", "")


@pytest.mark.parametrize(
    "path",
    [
        "/api/photos?text=" + "x" * 101,
        "/api/photos?state=seen",
        "/api/photos?limit=0",
        "/api/photos?limit=99999",
        "/api/photos?before=0",
        "/api/photos?before=99999999999999999999",
        "/api/photos?path=/etc/passwd",
        "/api/photos/0",
        "/api/photos/..%2f..%2fetc",
        "/api/photos/-1/tile",
        "/api/agenda?days=0",
        "/api/agenda?first=yesterday",
        "/api/agenda/at?at=2027-01-27T19:00:00",
        "/api/capacity?photos=0",
        "/api/journal?limit=1e9",
    ],
)
def test_what_is_out_of_bounds_is_refused(viewer: Browser, path: str) -> None:
    """Every parameter has its bounds, none is a path, and whatever is not known is not ignored."""
    answer = viewer.ask("GET", path)

    assert answer.status_code in {404, 422}
    assert answer.json()["status"] == answer.status_code if answer.headers["content-type"].startswith("app") else True


def test_a_place_in_the_journal_that_is_none_is_a_conflict(viewer: Browser) -> None:
    """It is said in words."""
    assert "no place in the journal" in got(viewer, "/api/journal?before=x", 409)["detail"]


@pytest.mark.parametrize("path", ["/api/photos/999", "/api/photos/999/withdrawal", "/api/nothing"])
def test_what_is_not_there_is_a_problem_in_json(viewer: Browser, path: str) -> None:
    """A row that nobody has is 404."""
    assert got(viewer, path, 404)["title"] == "Not Found"


def test_an_order_brings_its_answer(console: Console, operator: Browser) -> None:
    """What the screen says to it, that it refuses, or that it has not answered."""
    assert operator.send("/api/orders", {"order": "next"}).json() == {"how": "ok", "said": "next"}
    refused = operator.send("/api/orders", {"order": "go", "show": "nothing", "seconds": 60})
    assert (refused.status_code, refused.json()["how"]) == (409, "refused")
    waits = operator.send("/api/orders", {"order": "dim", "level": 50})
    assert (waits.status_code, waits.json()["how"]) == (202, "waiting")
    assert [verb for verb, by, _ in console.orders() if by == "Olek"] == ["next", "go", "dim"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order": "withdraw"},
        {"order": "go"},
        {"order": "dim"},
        {"order": "dim", "level": 101},
        {"order": "extend"},
        {"order": "testcard", "card": "grid", "seconds": 7 * 24 * 3600},
        {"order": "next", "by": "somebody else"},
    ],
)
def test_an_order_that_is_none_is_refused_before_it_is_left(console: Console, operator: Browser, body: dict[str, object]) -> None:
    """What is missing or out of bounds is said, and nothing is written."""
    before = console.orders()

    assert operator.send("/api/orders", body).status_code == 422
    assert console.orders() == before


def test_dark_needs_nobody_and_light_does(console: Console) -> None:
    """Whoever is at the site makes it dark; light is for those who run it."""
    nobody = console.browser()

    assert nobody.send("/api/dark").json()["how"] == "ok"
    assert nobody.send("/api/light").status_code == 401
    assert console.browser(Role.VIEWER).send("/api/light").status_code == 403
    assert console.browser(Role.OPERATOR).send("/api/light").json()["how"] == "ok"


def test_a_withdrawal_is_looked_at_and_then_done(operator: Browser, viewer: Browser) -> None:
    """First what would go; then it is on record, its receipt can be asked for, and nothing of it is served any more."""
    look = got(operator, "/api/photos/3/withdrawal?everywhere=true")
    assert (look["aims"], look["count"], look["is_withdrawn"]) == ([{"source": "*", "item": "c"}], 1, False)
    assert viewer.send("/api/photos/3/withdrawal", {"reason": "no"}).status_code == 403

    done = operator.send("/api/photos/3/withdrawal", {"reason": "asked", "everywhere": True})

    assert [(each["item"], each["off_at"]) for each in done.json()["receipts"]] == [("c", None)]
    assert got(viewer, "/api/receipts")["receipts"] == done.json()["receipts"]
    assert got(viewer, "/api/photos/3")["photo"]["state"] == "withdrawn"
    for path in ("/api/photos/3/tile", "/api/photos/3/picture", f"/api/review/3/picture?mark={'0' * 32}"):
        gone = operator.ask("GET", path)
        assert gone.status_code in {403, 404}, path
        assert gone.headers["cache-control"] == "no-store", path
    assert viewer.ask("GET", "/api/photos/3/tile").status_code == 404
    (line,) = got(viewer, "/api/journal?kinds=withdrawn")["lines"]
    assert '"by":"Olek"' in line["what"]


def test_agenda_capacity_and_wall_are_there(viewer: Browser) -> None:
    """The next days, another instant, by when everyone is seen, and the wall with its history."""
    assert len(got(viewer, "/api/agenda")["days"]) == 8
    assert got(viewer, "/api/agenda/at?at=2027-01-27T19:00:00%2B01:00")["show"] == "one"
    assert got(viewer, "/api/capacity")["sentence"]["key"].startswith("capacity.")
    assert got(viewer, "/api/capacity?photos=100000000", 422)["fields"]
    assert got(viewer, "/api/wall")["history"][0]["what"] == "corner moved"
    assert viewer.ask("GET", "/api/calibrations/1/picture").content == b"a small picture"
    assert viewer.ask("GET", "/api/calibrations/77/picture").status_code == 404


def test_an_earlier_calibration_comes_back_as_a_new_one(operator: Browser) -> None:
    """Nothing of the history is lost, and what there is not is said."""
    assert operator.send("/api/calibrations/1/restore").json() == {"number": 2}
    assert operator.send("/api/calibrations/77/restore").status_code == 409


def test_the_journal_is_read_exported_and_verified(console: Console, operator: Browser) -> None:
    """Pages with their kinds, whole files, and whether the chain is sound."""
    assert "command" in got(operator, "/api/journal/kinds")["kinds"]
    table = operator.ask("GET", "/api/journal/export.csv?kinds=command")
    assert table.headers["content-disposition"] == 'attachment; filename="journal.csv"'
    assert table.text.startswith("at,writer,number,kind")
    assert json.loads(operator.ask("GET", "/api/journal/export.json").text)
    assert operator.ask("GET", "/api/journal/export.json?after=9000000000000000000.1.ingest").json() == []
    assert operator.ask("GET", "/api/journal/export.csv?after=nowhere").status_code == 409
    assert operator.send("/api/journal/verification").status_code == 202
    console.run(console.desk.looks.verifier.done())
    assert got(operator, "/api/journal/verification")["found"] == "sound"
    assert got(operator, "/api/processes") == {"processes": []}


def test_a_library_that_is_gone_is_a_503_and_now_says_why(tmp_path: Path) -> None:
    """Nothing breaks: rows that need it say so, and Now shows what is left."""
    with Console(tmp_path, has_library=False) as console:
        viewer = console.browser(Role.VIEWER)

        assert "no library" in got(viewer, "/api/photos", 503)["detail"]
        found = got(viewer, "/api/now")
        assert next(row for row in found["health"] if row["part"] == "library")["sentence"]["key"] == "health.library.problem"
        assert got(viewer, "/api/wall")["canvas"] == [1920, 1080]
        assert viewer.ask("GET", "/metrics").status_code == 200
