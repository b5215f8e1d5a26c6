"""A player that says what none would: neither the collector nor the terminal of whoever looks is at its mercy."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from rich.console import Console

from player.centre import roll
from player.centre.collecting import BOUND_EVERY, LOOK_EVERY
from player.centre.founding import Office
from player.centre.link import Arrived
from player.centre.standing import Known, Verdict
from player.centre.store import Store, Wanted
from player.centre.watching import lines, page
from player.fleet.happenings import Shown, Turn
from player.fleet.picture import size_of
from player.fleet.topics import Kind, of_player
from player.fleet.voices import Picture
from player.units import MILLISECOND, SECOND
from tests.centre.test_centre_collecting import Hearing
from tests.fakes.centre import FIRST, founded, said, status
from tests.fakes.clock import OPENING
from tests.fakes.fleet import jpeg

LARGEST: Final = 2**53 - 1
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 3600 * SECOND


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Hearing]:
    """A collector of three players."""
    office = founded(tmp_path)
    with Store(office.folder) as store:
        yield Hearing(office, store)


def report(**said: Any) -> bytes:
    """Return a report."""
    stamp = {"session": FIRST, "seq": 1, "ts": OPENING // MILLISECOND}
    return json.dumps({"site": "x", "groups": [], "feeds": {}, "errors": [], "version": "1", **stamp} | said).encode()


def sized(width: int, height: int) -> bytes:
    """Return a small JPEG whose own header has this size."""
    content = bytearray(jpeg())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack("!HH", height, width)
    return bytes(content)


@pytest.mark.parametrize("lease_s", [LARGEST, -LARGEST])
@pytest.mark.parametrize("ts", [0, LARGEST])
def test_no_lease_is_too_long_to_be_written_down(centre: Hearing, lease_s: int, ts: int) -> None:
    """Whatever number a player gives, today and when it has been silent for years, what others say is still taken."""
    centre.hear("a", Kind.STATUS, status())
    centre.hear("a", Kind.REPORT, report(ts=ts, feeds={"c": {"standing": "live", "lease_s": lease_s, "sequence": LARGEST}}))
    for _ in range(3):
        centre.clock.advance(400 * DAY)
        centre.collector.step(0)

    assert centre.hear("b", Kind.STATUS, status()).state == "online"


def test_what_a_player_says_cannot_write_over_a_terminal(centre: Hearing) -> None:
    """Its site, show and errors come without what moves a cursor, sets a title or turns a line around."""
    bad = "\x1b[2J\x1b]0;all is well\x07\u202ebad\nb: fine"
    centre.hear("a", Kind.STATUS, status())
    centre.hear("a", Kind.REPORT, report(site=bad, show=bad, errors=[bad], feeds={bad: {"standing": bad}}))
    office, store = Office(centre.office.folder, centre.office.centre), centre.store
    console = Console(width=200, force_terminal=False, record=True)
    console.print(page(office, store, Wanted(), centre.clock.wall(), most=10))

    for told in (console.export_text(), "\n".join(lines(store, Wanted(), centre.clock.wall()))):
        assert not {"\x1b", "\x07", "\u202e"} & set(told)
        assert not [line for line in told.splitlines() if line.startswith("b: fine")]


@pytest.mark.parametrize("claimed", [(96, 54), (2000, 2000), (1, 1)])
@pytest.mark.parametrize("real", [(65_500, 65_500), (2000, 2000), (97, 54)])
def test_a_picture_is_as_large_as_is_said(centre: Hearing, claimed: tuple[int, int], real: tuple[int, int]) -> None:
    """Few bytes may hold a picture that fills a browser's memory: one whose own size is another than is said is not kept."""
    centre.hear("a", Kind.PICTURE, said(Picture(sized(*real), *claimed, OPENING // MILLISECOND)))
    assert (centre.store.picture("a") is not None) == (claimed == real)
    centre.hear("a", Kind.PICTURE, said(Picture(jpeg(), 96, 54, OPENING // MILLISECOND)))
    assert centre.store.picture("a") is not None


def test_a_frame_cannot_be_hidden_before_the_one_that_is_read() -> None:
    """Bytes that decoders skip one by one and a reader of lengths would skip in a leap are no picture at all."""
    large = sized(65_500, 65_500)
    at = large.index(b"\xff\xc0")
    frame, before, after = large[at : at + 19], large[:at], large[at:]
    hidden = before + b"\xff\xff\x01" + frame + bytes(513) + after
    assert size_of(hidden) is None
    assert size_of(jpeg()) == (96, 54)


def test_one_player_cannot_wash_away_what_was_heard_of_others(centre: Hearing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one that says the same a thousand times in other words, or comes and goes, only the newest is kept."""
    monkeypatch.setattr(roll, "MAX_EVENTS_EACH", 5)
    monkeypatch.setattr(roll, "MAX_OUTAGES_EACH", 3)
    centre.hear("b", Kind.EVENT, said(Shown(Turn.BEGUN, "wall", "day", OPENING // MILLISECOND)))
    for n in range(20):
        centre.hear("a", Kind.EVENT, said(Shown(Turn.BEGUN, f"wall-{n}", "day", OPENING // MILLISECOND)))
        centre.clock.advance(MINUTE)
        centre.hear("a", Kind.STATUS, status())
        centre.clock.advance(MINUTE)
        centre.hear("a", Kind.STATUS, status(online=False))
    centre.clock.advance(BOUND_EVERY)
    centre.collector.step(0)

    kept = centre.rows("SELECT id, what FROM events ORDER BY n")
    assert [name for name, _ in kept] == ["b", *["a"] * 5]
    assert ["wall-15" in str(kept[1][1]), "wall-19" in str(kept[-1][1])] == [True, True]
    assert centre.rows("SELECT count(*) FROM outages") == [(3,)]


def test_what_no_row_can_hold_is_passed_over(
    centre: Hearing, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Should a number get as far as the file that it cannot hold: one line, and what others say is taken, now and later."""
    centre.hear("a", Kind.STATUS, status())
    centre.hear("b", Kind.STATUS, status())
    sound = roll.judged

    def broken(known: Known, now: int) -> Verdict:
        verdict = sound(known, now)
        return verdict if known.report is None else replace(verdict, until=2**70)

    monkeypatch.setattr(roll, "judged", broken)
    for name in ("a", "c"):
        centre.line.waiting.append(Arrived(of_player(name, Kind.REPORT), report(), is_retained=False))
    centre.hear("b", Kind.STATUS, status(boot=7))
    player = centre.store.player("b")
    assert player is not None
    assert player.boot == 7
    assert [each.message for each in caplog.records] == ["what a player says cannot be written down"]

    with centre.store.changing() as connection:
        connection.execute("UPDATE players SET report=?, look_at=1 WHERE id='a'", (report().decode(),))
    caplog.clear()
    for _ in range(3):
        centre.clock.advance(LOOK_EVERY)
        centre.collector.step(0)
    assert [each.message for each in caplog.records] == ["what a player reported cannot be kept, and is forgotten"]
    assert centre.hear("c", Kind.STATUS, status()).state == "online"
