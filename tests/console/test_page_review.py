"""The review desk: one photo after the other, two people, and everybody who tries to be two."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from player.console.pages import review as page
from player.console.people.roles import Role
from player.library import reviews, right
from player.library.photo import Photo
from player.library.tombstones import Record
from player.units import SECOND
from tests.fakes.console import NAMES, Console
from tests.fakes.reviewed import Reviewed, decided, looked, shown

REASON: Final = "hatred"


@pytest.fixture
def console(tmp_path: Path) -> Generator[Reviewed]:
    """Three photos wait."""
    with Reviewed(tmp_path) as console:
        console.publish("a", "b", "c")
        yield console
        console.site.ingest.close()


def test_two_people_one_after_the_other(console: Reviewed) -> None:
    """Each sees the oldest first, and nothing twice; what both approve is approved, and the record has their names."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)

    seen = [looked(rita)]
    answer = decided(rita)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/review?after={console.key('a')}")
    seen.append(looked(rita, answer.headers["location"]))
    assert [each and each[0] for each in seen] == [console.key("a"), console.key("b")]
    assert console.state("a") == "pending"
    decided(ada)

    assert console.state("a") == "approved"
    said = reviews.said(console.site.ingest.orders.connection, "wall", ["a"])["a"]
    assert [each.name for each in said] == [NAMES[Role.REVIEWER], NAMES[Role.ADMIN]]


def test_how_much_waits_and_for_whom(console: Reviewed) -> None:
    """In words, and as JSON; whoever has decided all of it is told so."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    for _ in range(2):
        decided(rita)

    assert "3 photos wait. One needs you." in rita.get("/review").text
    assert "3 photos wait. 3 need you." in ada.get("/review").text
    decided(rita)
    assert "Nothing waits for you." in rita.get("/review").text
    desk = rita.ask("GET", "/api/review").json()
    assert (desk["waiting"], desk["yours"], desk["photo"]) == (3, 0, None)
    assert console.run(page.line(console.desk, "en")) == '{"waiting": 3, "number": 3}'


def test_skipping_goes_round(console: Reviewed) -> None:
    """Past the last one comes the first again; nothing is decided by it."""
    rita = console.browser(Role.REVIEWER)
    keys: list[int] = []
    at = "/review"
    for _ in range(4):
        found = looked(rita, at)
        assert found
        keys.append(found[0])
        at = f"/review?after={found[0]}"

    assert keys == [console.key("a"), console.key("b"), console.key("c"), console.key("a")]
    assert reviews.newest(console.site.ingest.orders.connection) == 0


def test_one_person_with_two_sessions_is_one(console: Reviewed) -> None:
    """Another browser, another address, the same name: it is counted once, and said so."""
    first, second = console.browser(Role.REVIEWER), console.browser(Role.REVIEWER, address="127.0.0.2")
    found = looked(second)
    assert found
    decided(first)

    again = second.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "approve"})

    assert again.headers["location"].endswith("told=already")
    assert console.state("a") == "pending"
    assert "decided this one before" in second.get(again.headers["location"]).text


def test_removed_and_added_again_they_are_the_same(console: Reviewed) -> None:
    """An administrator who gives somebody another number gives them no second voice."""
    rita = console.browser(Role.REVIEWER)
    decided(rita)
    console.people.register.remove(NAMES[Role.REVIEWER], by="Ada")
    again = console.browser(Role.REVIEWER)

    found = looked(again)

    assert found
    assert found[0] == console.key("b")
    assert console.state("a") == "pending"


def test_a_role_that_was_taken_decides_nothing_and_what_was_decided_stands(console: Reviewed) -> None:
    """Between two approvals: the first one counts, for it was allowed then; the page they have open does nothing more."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    decided(rita)
    found = looked(rita)
    assert found
    token = rita.csrf()
    console.people.register.give_role(NAMES[Role.REVIEWER], Role.OPERATOR, by="Ada")

    late = rita.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "approve"}, csrf=token)

    assert late.status_code == 401
    assert console.site.ingest.orders is not None
    assert reviews.newest(console.site.ingest.orders.connection) == 1
    decided(ada)
    assert console.state("a") == "approved"


def test_bytes_swapped_while_somebody_looks_are_approved_by_nobody(console: Reviewed) -> None:
    """The verdict is of what was seen: with another picture there it comes to nothing, and the picture is not given out."""
    rita = console.browser(Role.REVIEWER)
    found = looked(rita)
    assert found
    assert rita.ask("GET", f"/api/review/{found[0]}/picture?mark={found[1]}").status_code == 200
    console.site.ingest.connection.execute("UPDATE photos SET original=? WHERE key=?", ("f" * 64, found[0]))

    answer = rita.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "approve"})

    assert answer.headers["location"] == f"/review?at={found[0]}&told=changed"
    assert "changed while you looked" in rita.get(answer.headers["location"]).text
    assert rita.ask("GET", f"/api/review/{found[0]}/picture?mark={found[1]}").status_code == 404
    assert reviews.newest(console.site.ingest.orders.connection) == 0


def test_a_picture_that_never_came_is_approved_by_nobody(console: Reviewed) -> None:
    """Without scripts the button is there before the picture: the verdict comes to nothing, and the page shows it again."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    assert looked(ada)
    found = shown(rita.get("/review").text)
    assert found

    answer = rita.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "approve"})

    assert answer.headers["location"] == f"/review?at={found[0]}&told=unseen"
    assert "had not reached you" in rita.get(answer.headers["location"]).text
    assert reviews.newest(console.site.ingest.orders.connection) == 0
    rejected = rita.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "reject", "reason": REASON})
    assert "told" not in rejected.headers["location"]


def test_a_caption_swapped_while_somebody_looks(console: Reviewed) -> None:
    """Is another thing as well."""
    rita = console.browser(Role.REVIEWER)
    found = looked(rita)
    assert found
    console.publish("a", content_text="Hatred", date_modified="2027-01-21T08:00:00Z")

    answer = rita.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "approve"})

    assert answer.headers["location"].endswith("told=changed")


def test_a_rejection_after_both_approved_takes_it_down(console: Reviewed) -> None:
    """Somebody who still has the page open: the photo may not be drawn from that moment on."""
    rita, ada, olek = console.browser(Role.REVIEWER), console.browser(Role.ADMIN), console.browser(Role.REVIEWER)
    found = looked(olek)
    assert found
    decided(rita)
    decided(ada)
    assert console.state("a") == "approved"
    photo = next(each for each in console.site.known.values() if each.item == "a")
    assert refusal(console, photo) == ""

    olek.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "reject", "reason": REASON})

    assert refusal(console, photo) == f"withdrawn: rejected at review: {REASON}"


def refusal(console: Reviewed, photo: Photo) -> str:
    """Return why a photo may not be drawn."""
    return right.refusals(console.site.ingest, [photo], console.clock.wall()).get(photo.key, "")


def test_a_rejection_needs_a_second_thought_and_is_final(console: Reviewed) -> None:
    """It has its reason and its name; nobody is shown the photo any more, and a replay finds it gone."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    found = looked(ada)
    assert found
    decided(rita, "reject", reason=REASON)

    replay = ada.post("/review/verdict", {"key": str(found[0]), "mark": found[1], "verdict": "approve"})

    assert replay.headers["location"].endswith("told=gone")
    next_one = looked(ada)
    assert next_one
    assert next_one[0] == console.key("b")
    assert REASON in rita.get("/review/rejected").text


def test_back_to_what_was_decided_last(console: Reviewed) -> None:
    """Within a minute, and while nobody else has acted: the photo is there again."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    decided(rita)
    assert 'id="back"' in rita.get("/review").text

    back = rita.post("/review/undo")
    found = looked(rita, back.headers["location"])
    assert found
    assert found[0] == console.key("a")
    assert rita.post("/review/undo").headers["location"] == "/review?told=late"

    decided(rita)
    decided(ada)
    assert 'id="back"' not in rita.get("/review").text
    assert rita.post("/review/undo").headers["location"] == "/review?told=late"
    decided(rita)
    console.clock.advance(60 * SECOND)
    assert 'id="back"' not in rita.get("/review").text


def test_only_an_administrator_takes_a_rejection_back_later(console: Reviewed) -> None:
    """A reviewer is not offered it, and may not; then it is reviewed anew."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    decided(rita, "reject", reason=REASON)
    number = re.search(r'name="number" value="(\d+)"', ada.get("/review/rejected").text)
    assert number
    assert 'name="number"' not in rita.get("/review/rejected").text
    assert rita.post("/review/lift", {"number": number[1]}).status_code == 403

    assert ada.post("/review/lift", {"number": number[1]}).status_code == 303

    console.site.settle()
    console.site.poll()
    assert console.state("a") == "pending"
    assert "Nothing is rejected." in ada.get("/review/rejected").text
    assert ada.send(f"/api/review/rejections/{number[1]}/lift").status_code == 409


def test_what_the_desk_asks_by_itself_keeps_nobody_logged_in(console: Reviewed) -> None:
    """Others decide, so the script of an open desk looks again and again: after half an hour its reviewer is out all the same."""
    rita = console.browser(Role.REVIEWER)
    console.between = 300 * SECOND
    assert rita.get("/review").status_code == 200

    answers = [rita.get("/review?at=1", **{"sec-fetch-dest": "empty"}).status_code for _ in range(7)]

    assert answers == [200] * 5 + [303] * 2


def test_a_photo_like_a_withdrawn_one_is_marked(console: Reviewed) -> None:
    """With the reason and how near it is; nothing of the other picture is shown."""
    record = Record(source="x", item="y", reason="<b>hatred</b>", phash="0" * 15 + "7")
    console.site.ingest.orders.withdraw_all([record], known_at=console.clock.wall())

    text = console.browser(Role.REVIEWER).get("/review").text

    assert "3 of 64 bits differ" in text
    assert "&lt;b&gt;hatred&lt;/b&gt;" in text
    assert text.count("<img") == 1


def test_what_a_source_writes_is_text(console: Reviewed) -> None:
    """Markup, and what would turn a line about."""
    console.publish("m", content_text="<script>alert(1)</script> \u202eabc")
    text = console.browser(Role.REVIEWER).get(f"/review?at={console.key('m')}").text

    assert "<script>alert" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_nobody_else_sees_what_waits(console: Reviewed, role: Role) -> None:
    """Neither the page nor its picture, nor by way of Photos; the menu does not name it."""
    browser, key = console.browser(role), console.key("a")

    assert browser.get("/review").status_code == 403
    assert browser.ask("GET", f"/api/review/{key}/picture?mark={'0' * 32}").status_code == 403
    assert browser.ask("GET", f"/api/photos/{key}/picture").status_code == 404
    assert browser.ask("GET", f"/api/photos/{key}/tile").status_code == 404
    assert "<img" not in browser.get(f"/photos/{key}").text
    assert 'href="/review"' not in browser.get("/").text
    assert 'href="/review"' in console.browser(Role.REVIEWER).get("/").text


@pytest.mark.parametrize("path", ["/review", "/review/rejected", "/api/review"])
def test_without_reviewers_in_the_configuration_there_is_no_desk(tmp_path: Path, path: str) -> None:
    """For an administrator neither; nor is it in the menu."""
    with Console(tmp_path) as console:
        browser = console.browser(Role.ADMIN)

        assert browser.get(path).status_code == 404
        assert 'href="/review"' not in browser.get("/").text


def test_programs_decide_as_people_do(console: Reviewed) -> None:
    """By JSON, with the same answers."""
    rita, ada = console.browser(Role.REVIEWER), console.browser(Role.ADMIN)
    photo = rita.ask("GET", "/api/review").json()["photo"]
    at = f"/api/review/{photo['key']}/verdict"
    body = {"mark": photo["mark"], "verdict": "approve"}

    assert (rita.send(at, body).status_code, rita.send(at, body).json()) == (409, {"outcome": "unseen"})
    assert rita.ask("GET", f"/api/review/{photo['key']}/picture?mark={photo['mark']}").status_code == 200
    assert rita.send(at, body).json() == {"outcome": "done"}
    assert rita.send(at, body).json() == {"outcome": "already"}
    assert rita.send("/api/review/undo").json() == {"outcome": "done"}
    assert rita.send("/api/review/undo").status_code == 409
    assert rita.send(at, body | {"mark": "0" * 32}).json() == {"outcome": "unseen"}
    assert rita.send(at, body | {"verdict": "lift"}).status_code == 422
    assert ada.send(at, body | {"verdict": "reject", "reason": REASON}).json() == {"outcome": "done"}
    assert ada.send(at, body).status_code == 409
    (rejection,) = ada.ask("GET", "/api/review/rejections").json()["rejections"]
    assert (rejection["item"], rejection["by"], rejection["reason"]) == ("a", NAMES[Role.ADMIN], REASON)
