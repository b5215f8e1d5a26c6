"""Now: the page tells at a glance whether the wall is right, and a button shows what came of it."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from player.command import BY_FILE, BY_KEY
from player.command.replies import done, remark
from player.console.ordering import NOT_SIGNED_IN
from player.console.pages import now
from player.console.people.roles import Role
from player.errors import LibraryError
from player.library.heard import STATUS
from player.library.leftovers import PREVIEW
from player.library.orders import Orders
from player.timekeeping import UNTOLD
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.console import Browser, Console

SAID: Final[dict[str, Any]] = {
    "show": "one",
    "why": "wed 19:00",
    "until": None,
    "clock": "synced",
    "clock_trusted": True,
    "slide": "photo",
    "photos": ["wall/a", "wall/<i>b</i>"],
    "coming": {"slide": "mosaic", "photos": ["wall/c", "wall/d", "wall/e", "wall/f", "wall/g"]},
    "next": "night",
}

AN_HOUR_AGO: Final = OPENING - 3600 * SECOND

ORDERS: Final[list[tuple[str, dict[str, str], str, dict[str, str]]]] = [
    ("/orders", {"order": "hold"}, "hold", {}),
    ("/orders", {"order": "auto"}, "auto", {}),
    ("/orders/show", {"show": "one", "length": "h1"}, "go", {"show": "one", "length_ns": str(3600 * SECOND)}),
    ("/orders/show", {"show": "one"}, "go", {"show": "one"}),
    ("/orders/dim", {"level": "40"}, "dim", {"level": "40"}),
    ("/orders/card", {"card": "grid", "output": "left"}, "testcard", {"card": "grid", "output": "left"}),
    ("/orders/card", {}, "testcard", {}),
    ("/orders/calibrate", {"output": "left"}, "calibrate", {"output": "left"}),
    ("/orders/calibrate", {"is_over": "true"}, "calibrate", {"over": "true"}),
]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Console]:
    """A console over an empty library."""
    with Console(tmp_path_factory.mktemp("console")) as console:
        yield console


def says(console: Console, ago: Nanos = 0, **more: object) -> None:
    """Let the screen say how it is, and keep a picture of it."""
    at = console.clock.wall() + SECOND - ago  # the next request comes a second later
    (console.data / STATUS).write_text(json.dumps({"at": at, **SAID, **more}))
    (console.data / PREVIEW).write_bytes(b"a JPEG")
    os.utime(console.data / PREVIEW, ns=(at, at))


def page(browser: Browser, language: str = "en", path: str = "/") -> str:
    """Return the page."""
    answer = browser.get(path, **{"accept-language": language})
    assert answer.status_code == 200
    return answer.text


def test_it_says_what_is_on_what_comes_until_when_and_why(console: Console) -> None:
    """Show, slide with links or names, what follows of which show, until when, and why; names of photos are text."""
    says(console)

    text = page(console.browser(Role.VIEWER))

    for words in ("This is the wall now.", ">one<", ">a photo<", "a mosaic of 5 photos, of the show night", "wed 19:00"):
        assert words in text
    assert "somebody says otherwise" in text
    assert "&lt;i&gt;b&lt;/i&gt;" in text
    assert "<i>b" not in text


def test_why_is_told_in_the_language_of_whoever_reads(console: Console) -> None:
    """Reasons in the reader's words; one that this version does not know, as the screen wrote it in English."""
    says(console, reasons=[{"key": "begins", "at": "18:00"}, {"key": "over", "priority": "5", "slots": "evening (1)"}])
    assert "zaczyna się o 18:00; priorytet 5, przed: evening (1)" in page(console.browser(Role.VIEWER), "pl")

    for reasons in ([{"key": "newer"}], [{"key": "begins"}], [7], "begins"):
        says(console, reasons=reasons)
        assert "wed 19:00" in page(console.browser(Role.VIEWER), "pl")


def test_a_screen_that_died_is_told_of_in_words(console: Console) -> None:
    """No frame for 12 seconds: the page says so, at its top and at the picture, in every language."""
    says(console, ago=12 * SECOND)
    browser = console.browser(Role.VIEWER)

    text = page(browser)

    assert "No frame for 12 s. The last one is not shown." in text
    assert "The wall needs somebody now" in text
    assert "The screen is silent. This is what it said last." in text
    assert "Ściana potrzebuje kogoś natychmiast" in page(browser, "pl")
    assert "הקיר זקוק למישהו עכשיו" in page(browser, "he")


def test_a_wall_that_is_dark_is_called_so(console: Console) -> None:
    """Whoever looks at a black picture reads that it is meant, and that what goes on beneath is not to be seen."""
    says(console, dark=True)

    text = page(console.browser(Role.VIEWER))

    assert "The wall is dark" in text
    assert "nothing, it is dark" in text
    assert '<p class="quiet" id="beneath">What goes on beneath the dark' in text
    says(console)
    assert '<p class="quiet" id="beneath" hidden>' in page(console.browser(Role.VIEWER))


@pytest.mark.parametrize(
    ("more", "language", "words"),
    [
        (
            {"dark_ordered": {"by": NOT_SIGNED_IN, "at": AN_HOUR_AGO}},
            "en",
            "Dark since 08:00, ordered at this console, without a log-in; until somebody presses “Light again”.",
        ),
        ({"dark_ordered": {"by": "Olek", "at": AN_HOUR_AGO}}, "en", "ordered by Olek; until"),
        (
            {"dark_ordered": {"by": BY_KEY, "at": AN_HOUR_AGO}},
            "pl",
            "Ciemno na polecenie (klawisz przy ścianie; początek: 08:00), dopóki",
        ),
        ({"dark_ordered": {"by": "Olek", "at": AN_HOUR_AGO}}, "he", "חשוך מאז 08:00, לפי הוראה שניתנה "),
        ({"dark_ordered": {"by": BY_FILE, "at": AN_HOUR_AGO}}, "he", "באמצעות הקובץ"),
        ({"dark_ordered": {}}, "en", "Dark by an order by somebody; until"),
        ({"dim": 0}, "en", "Dark by an order by somebody; until"),
        ({"dark_until": AN_HOUR_AGO + 3 * 3600 * SECOND}, "en", "By the schedule, until 11:00."),
        ({"dark_until": AN_HOUR_AGO + 24 * 3600 * SECOND}, "pl", "Według programu; koniec: czwartek, 21 stycznia, 08:00."),
        ({}, "he", "לפי לוח הזמנים. "),
        ({"dark_ordered": "Olek"}, "en", "By the schedule."),
    ],
)
def test_why_it_is_dark_is_said(console: Console, more: dict[str, Any], language: str, words: str) -> None:
    """By whom, since when and until when, at the top; also where something else is wrong."""
    says(console, dark=True, **more)

    assert words in page(console.browser(Role.VIEWER), language)


def test_what_is_wrong_is_said_with_its_part(console: Console) -> None:
    """In whole sentences: whoever reads “it cannot be believed” must know what; beside it, that it is dark."""
    says(console, clock_trusted=False, clock_why=UNTOLD, dark=True)

    text = page(console.browser(Role.VIEWER))

    assert "<p>Clock: It cannot be believed, for nobody has told this machine the time since it started. No show" in text
    assert "<p>By the schedule." in text
    assert "Screen: It is dark." not in text


def test_who_put_a_show_on_is_said(console: Console) -> None:
    """And when; what else is to be said of it stays."""
    reasons = [{"key": "hand"}, {"key": "dim", "dim": "40", "rule": "night"}]
    says(console, by_hand=True, show_ordered={"by": "Olek", "at": AN_HOUR_AGO}, reasons=reasons)
    assert "put on by Olek, at 08:00; at most 40 % bright (night)" in page(console.browser(Role.VIEWER))
    says(console, by_hand=True, show_ordered={}, reasons=reasons)
    assert "put on by hand; at most" in page(console.browser(Role.VIEWER))


def test_without_a_library_the_page_is_there(tmp_path: Path) -> None:
    """It says that nobody can say what may be shown; dark can be ordered all the same."""
    with Console(tmp_path, has_library=False) as console:
        text = page(console.browser(Role.OPERATOR))

    assert "Nobody can say what may be shown." in text
    assert 'action="/dark"' in text


def test_whoever_only_looks_is_offered_dark_alone(console: Console) -> None:
    """A viewer has no other button; an operator has them all, and the shows."""
    says(console)

    assert 'action="/orders' not in page(console.browser(Role.VIEWER))
    text = page(console.browser(Role.OPERATOR))

    for part in ('action="/dark"', 'action="/light"', 'value="next"', 'value="hold"', 'value="auto"', "<option selected>one<"):
        assert part in text


def test_the_page_looks_again_by_itself_only_where_somebody_asked(console: Console) -> None:
    """Without scripts it is a link; nothing reloads unasked."""
    browser = console.browser(Role.VIEWER)

    assert "http-equiv" not in page(browser)
    assert '<meta http-equiv="refresh" content="5">' in page(browser, path="/?every=5")
    assert browser.get("/?every=0").status_code == 422


def test_the_stream_says_the_same_words_as_the_page(console: Console) -> None:
    """Each second, in the reader's language, with how all parts are."""
    says(console)
    console.clock.advance(SECOND)

    told = json.loads(console.run(now.line(console.desk, "pl")))

    assert told["slide"] == "zdjęcie"
    assert told["coming"] == "mozaika z 5 zdjęć, z pokazu night"
    assert told["is_now"] is True
    assert told["photos"][0] == {"name": "a", "key": None}
    assert {row["word"] for row in told["rows"]} <= {"dobrze", "uwaga", "źle"}


def test_what_holds_by_hand_is_said_with_its_end(console: Console) -> None:
    """Until when, or until somebody says otherwise; held, the next is that it stays."""
    later = console.clock.wall() + 3600 * SECOND
    says(console, by_hand=True, until_by_hand=later, held=True)

    text = page(console.browser(Role.VIEWER))

    assert "(started by hand)" in text
    assert "this stays, until “Go on”" in text


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [("next", 200, "Next: Done."), ("refused: it is dark", 409, "Next: That was not done."), ("", 202, "has not answered yet")],
)
def test_a_button_shows_what_the_screen_answered(console: Console, answer: str, status: int, words: str) -> None:
    """Done, refused with the screen's own reason, or not answered yet: never a hope."""
    console.answers = {"next": answer} if answer else {}
    browser = console.browser(Role.OPERATOR)

    found = browser.post("/orders", {"order": "next"})

    assert found.status_code == status
    assert words in found.text
    assert answer.removeprefix("refused: ") in found.text
    assert console.orders()[-1][:2] == ("next", "Olek")


def test_a_button_shows_the_answer_in_the_language_of_whoever_reads(console: Console) -> None:
    """Words of the screen's own, such as the names of its orders, reach nobody; what the heading says is not said again."""
    browser = console.browser(Role.OPERATOR)
    console.answers = {"next": done("next").also(remark("in_the_dark")), "hold": done("held"), "light": done("light")}

    text = browser.ask(
        "POST",
        "/orders",
        data={"csrf": browser.csrf(), "order": "next"},
        headers={"origin": console.origin, "accept-language": "pl"},
    ).text
    held, light = browser.post("/orders", {"order": "hold"}).text, browser.post("/light").text

    assert "<p>Ściana jest ciemna. Pokaże to „Włącz światło”.</p>" in text
    assert "It stays until “Go on”." in held
    assert light.partition("The wall is light again.</h1>")[2].lstrip().startswith("</div>")
    for each in (text, held, light):
        assert "`" not in each.partition("<main")[2]


def test_what_cannot_be_recorded_is_said_plainly(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has changed, and nobody reads of files and locks."""

    def locked(*_: object, **__: object) -> None:
        raise LibraryError("orders.sqlite: database is locked")

    browser = console.browser(Role.OPERATOR)
    monkeypatch.setattr(Orders, "post", locked)

    for found in (browser.post("/light"), browser.post("/orders", {"order": "hold"})):
        assert found.status_code == 409
        assert "It could not be recorded, and nothing has changed. Try again." in found.text
        assert "sqlite" not in found.text


@pytest.mark.parametrize(("path", "fields", "verb", "arguments"), ORDERS)
def test_each_button_leaves_its_order(
    console: Console, path: str, fields: dict[str, str], verb: str, arguments: dict[str, str]
) -> None:
    """As the command line would leave it; test cards and editing end by themselves."""
    console.answers = {verb: "as you wish"}

    found = console.browser(Role.OPERATOR).post(path, fields)

    assert found.status_code == 200
    assert "as you wish" in found.text
    left = console.run(
        console.desk.reader.read(
            lambda library: library.orders.connection.execute(
                "SELECT verb, arguments FROM commands ORDER BY id DESC LIMIT 1"
            ).fetchone()
        )
    )
    assert left[0] == verb
    assert arguments.items() <= json.loads(left[1]).items()


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/orders", {"order": "dark"}), ("/orders/dim", {"level": "101"}), ("/orders/show", {"show": "one", "length": "1y"})],
)
def test_what_is_no_order_is_not_left(console: Console, path: str, fields: dict[str, str]) -> None:
    """Whatever else a form is filled in with is refused, and nothing is ordered."""
    before = console.orders()

    assert console.browser(Role.OPERATOR).post(path, fields).status_code == 422
    assert console.orders() == before
