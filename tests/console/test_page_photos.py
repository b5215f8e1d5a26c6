"""Photos: looked for, looked at one by one, and withdrawn with a second look and a receipt."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from dataclasses import replace

import pytest

from player.console.looks import withdrawing
from player.console.pages import receipts
from player.console.pages.saying import speech_in
from player.console.people.roles import Role
from player.errors import LibraryError
from player.ingest.withdrawal import complete
from player.library import receipts as rows
from player.units import SECOND
from tests.fakes.console import Console
from tests.fakes.taking_in import TakingIn


class Filled(Console):
    """A console over some photos."""

    ingest: TakingIn

    def key(self, item: str) -> int:
        """Return the row of a photo."""
        (key,) = self.ingest.ingest.connection.execute("SELECT key FROM photos WHERE item=?", (item,)).fetchone()
        return int(key)


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Filled]:
    """Five photos, one of them with markup for a caption; what is withdrawn is another one in each test."""
    with Filled(tmp_path_factory.mktemp("console")) as console:
        console.ingest = TakingIn(console.data, console.clock)
        for name in ("a", "b", "c", "d/e"):
            console.ingest.publisher.add(name, name.encode())
        console.ingest.publisher.add("m", b"m", caption="x")
        console.ingest.publisher.items["m"]["content_text"] = "<script>alert(1)</script>"
        console.ingest.poll()
        yield console
        console.ingest.ingest.close()


def test_the_newest_come_first_with_a_way_to_the_older_ones(console: Filled) -> None:
    """A page goes on from a row, both ways, and keeps what was looked for."""
    browser = console.browser(Role.VIEWER)

    first = browser.get("/photos?limit=2&source=wall").text
    older = re.search(r'<a href="(/photos\?[^"]+)" rel="next">', first)
    assert older
    second = browser.get(older[1].replace("&amp;", "&")).text

    assert re.findall(r'/photos/(\d+)"', first) == [str(console.key("m")), str(console.key("d/e"))]
    assert re.findall(r'/photos/(\d+)"', second) == [str(console.key("c")), str(console.key("b"))]
    assert "source=wall" in older[1]
    assert 'rel="prev"' in second


def test_what_a_publisher_writes_is_text(console: Filled) -> None:
    """A caption full of markup is shown as it was written, in the list, on its own page, and before it is withdrawn."""
    browser, key = console.browser(Role.OPERATOR), console.key("m")

    for path in ("/photos", f"/photos/{key}", f"/photos/{key}/withdrawal"):
        text = browser.get(path).text
        assert "<script>alert" not in text, path
    assert "&lt;script&gt;alert" in browser.get("/photos").text or "alert" not in browser.get("/photos").text


def test_nothing_found_is_said(console: Filled) -> None:
    """And what was typed stays, with a way back to all."""
    text = console.browser(Role.VIEWER).get("/photos?text=nobody&state=withdrawn").text

    assert "No photo is like that." in text
    assert 'value="nobody"' in text
    assert 'href="/photos"' in text


@pytest.mark.parametrize(
    ("query", "unfolded", "said"),
    [
        ("text=m&state=&source=&language=&country=&shown_least=&shown_most=", 0, ["1 photo found"]),
        ("source=wall", 1, ["5 photos found"]),
        ("shown_least=0", 1, ["5 photos found"]),
        ("source=wall&limit=2", 1, ["More than 2 photos found"]),
        ("", 0, []),
    ],
)
def test_filters_are_unfolded_where_one_is_set(console: Filled, query: str, unfolded: int, said: list[str]) -> None:
    """Words alone are no filter, nor is a field that was left empty; how many were found stands above them."""
    text = console.browser(Role.VIEWER).get(f"/photos?{query}").text

    assert text.count("<details open>") == unfolded
    assert re.findall("<p>(.* found)</p>", text) == said


@pytest.mark.parametrize("path", ["/photos/999", "/photos/999/withdrawal"])
def test_a_photo_that_is_not_there_is_said_calmly(console: Filled, path: str) -> None:
    """With a way back."""
    answer = console.browser(Role.OPERATOR).get(path)

    assert answer.status_code == 404
    assert "There is no such page." in answer.text


@pytest.mark.parametrize("path", ["/photos/0", "/photos/x", "/photos?shown_least=-1", "/photos?state=odd", "/photos?other=1"])
def test_what_no_page_asks_is_refused(console: Filled, path: str) -> None:
    """Whatever stands in the address."""
    assert console.browser(Role.VIEWER).get(path).status_code == 422


def test_a_viewer_is_not_offered_to_withdraw(console: Filled) -> None:
    """And may not."""
    browser, key = console.browser(Role.VIEWER), console.key("a")

    assert "/withdrawal" not in browser.get(f"/photos/{key}").text
    assert browser.get(f"/photos/{key}/withdrawal").status_code == 403
    assert browser.post(f"/photos/{key}/withdrawal", {"reason": "x", "everywhere": "false"}).status_code == 403


def test_a_withdrawal_has_a_second_look_and_a_receipt_that_goes_on(console: Filled) -> None:
    """What goes is shown first; then it is recorded by whom and why, and the receipt fills as screen and ingest do their part."""
    browser, key = console.browser(Role.OPERATOR), console.key("d/e")
    looked = browser.get(f"/photos/{key}/withdrawal").text
    assert "One photo goes." in looked
    assert "wall/d/e" in looked

    pressed = browser.post(f"/photos/{key}/withdrawal", {"reason": "the author asks", "everywhere": "false"})
    waiting = browser.get(f"/photos/{key}").text
    library = console.ingest.ingest
    owed = rows.for_screen(library.orders.connection)
    done = [rows.Receipt(each.source, each.item, each.known_at, console.clock.wall(), was_up=True) for each in owed]
    rows.off_screen(library.orders.connection, done, writer="screen", at=console.clock.wall())
    complete(library, console.clock)
    told = json.loads(console.run(receipts.line(console.desk, "en")))

    assert (pressed.status_code, pressed.headers["location"]) == (303, f"/photos/{key}#receipts")
    assert "withdrawn" in waiting
    assert "the author asks" in waiting
    assert ("The screen takes it off…" in waiting, "Being deleted…" in waiting, "mark warn" in waiting) == (True, True, False)
    assert ", withdrawn by Olek" in waiting
    assert f'id="{told[0]["id"]}"' in waiting
    assert told[0]["off"]["text"].startswith("Off the wall ")
    assert told[0]["gone"]["text"].startswith("Last byte gone ")
    assert 'class="waits"' not in browser.get(f"/photos/{key}").text
    assert "/withdrawal" not in browser.get(f"/photos/{key}").text


def test_going_back_after_a_withdrawal_leads_to_its_receipt(console: Filled) -> None:
    """There is nothing left to be pressed."""
    browser, key = console.browser(Role.OPERATOR), console.key("b")
    browser.post(f"/photos/{key}/withdrawal", {"reason": "x", "everywhere": "false"})

    back = browser.get(f"/photos/{key}/withdrawal")

    assert (back.status_code, back.headers["location"]) == (303, f"/photos/{key}#receipts")


@pytest.mark.parametrize("is_readable", [True, False])
def test_a_withdrawal_that_cannot_be_recorded_says_so(
    console: Filled, monkeypatch: pytest.MonkeyPatch, *, is_readable: bool
) -> None:
    """It is not withdrawn: that, what to do now, and the form with the reason that was written; no word of files."""

    def fails(*_: object, **__: object) -> None:
        raise LibraryError("orders.sqlite: database is locked")

    browser, key = console.browser(Role.OPERATOR), console.key("c")
    monkeypatch.setattr(withdrawing, "withdraw", fails)
    if not is_readable:
        monkeypatch.setattr(withdrawing, "preview", fails)

    pressed = browser.post(f"/photos/{key}/withdrawal", {"reason": "the author asks", "everywhere": "false"})

    assert pressed.status_code == 503
    assert "It is NOT withdrawn" in pressed.text
    assert "make the wall dark" in pressed.text
    assert 'value="the author asks"' in pressed.text
    assert ("One photo goes." in pressed.text) is is_readable
    assert "sqlite" not in pressed.text
    assert not console.ingest.ingest.orders.withdrawn_items("wall", ["c"])


def test_a_receipt_is_an_alarm_once_it_is_late(console: Filled) -> None:
    """Two seconds are no alarm, a minute is; what is not of today has its date."""
    now = console.clock.wall()
    words = replace(speech_in(console.desk, "en"), now=now)

    fresh = receipts.told(rows.Receipt("wall", "x", now - 2 * SECOND), words)
    late = receipts.told(rows.Receipt("wall", "x", now - 61 * SECOND), words)
    old = receipts.told(rows.Receipt("wall", "x", now - 30 * 24 * 3600 * SECOND), words, by="Ada")

    assert [(each.gone.text, each.gone.level) for each in (fresh, late)] == [
        ("Being deleted…", "none"),
        ("Its bytes are not gone yet.", "warn"),
    ]
    assert re.fullmatch(r"Recorded \d{4}-\d\d-\d\d, \d\d:\d\d:\d\d\.\d{3}, withdrawn by Ada", old.known)


def test_from_all_sources_is_another_look(console: Filled) -> None:
    """It says so, can be taken back, and is recorded so."""
    browser, key = console.browser(Role.OPERATOR), console.key("a")

    assert "in all sources, now and later" in browser.get(f"/photos/{key}/withdrawal?everywhere=true").text
    browser.post(f"/photos/{key}/withdrawal", {"reason": "x", "everywhere": "true"})

    assert "withdrawn" in browser.get(f"/photos/{key}").text
    assert console.ingest.ingest.orders.withdrawn_items("anything", ["a"])
