"""What is said, both ways: as values, into at most 4096 bytes, and back."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from player.fleet import messages, topics, voices, wire
from player.fleet.envelope import opened, seal
from player.fleet.guard import Answer
from player.fleet.happenings import Answered, Gap, Happening, Readiness, Receipt, Shown, Turn
from player.fleet.messages import Coming, Desired, Hint, Order, Release, Withdrawn
from player.fleet.topics import Kind
from player.fleet.voices import ClockSaid, FeedState, Following, Frames, Next, Picture, Report, Stamp, Status, Voice
from player.fleet.wire import WireError

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HASH: Final = "0123456789abcdef" * 4
RELEASE: Final = Release("2027-01-27 b", HASH, 1_800_000_000_000)
STAMP: Final = Stamp("0badcafe", 3, 1_800_000_000_000)
REPORT: Final = Report(
    site="Oświęcim, the old town",
    groups=("memorial",),
    show="facade",
    slot="evening",
    slide="photo",
    rung="live",
    is_dark=False,
    dim=100,
    programme=Following("memorial", "2027-01-27 a", "01234567"),
    coming=Next("2027-01-27 b", is_ready=True),
    feeds={"campaign": FeedState("fresh", 86_400, 17)},
    clock=ClockSaid("synchronised", -120, 800),
    frames=Frames(16.7, 17.1, 2),
    disk_mb=12_000,
    temp_c=54,
    version="0.1.0",
)


def _as_sent(body: dict[str, Any]) -> dict[str, Any]:
    return json.loads(wire.written(body))


def test_what_the_centre_says_comes_back_as_it_was() -> None:
    """Hints, commits, what is desired, orders."""
    withdrawn = (Withdrawn(number=4, item="p-17", at=1_800_000_000_000, source="campaign", reason="by the family"),)
    hint = Hint(spread_s=60, feed=8, withdrawn=withdrawn, coming=Coming(RELEASE, 9_000_000))
    desired = Desired(players=10_000, report_s=300)
    order = Order("go", 1_800_000_060_000, {"show": "facade"})

    assert messages.hint(_as_sent(hint.body())) == hint
    assert messages.commit(_as_sent(RELEASE.body())) == RELEASE
    assert messages.desired(_as_sent(desired.body())) == desired
    assert messages.order(_as_sent(order.body()), "go") == order


def test_a_hint_holds_the_newest_withdrawals_that_fit() -> None:
    """With ids of any length and in any script the envelope stays within its bytes, and the newest are in it."""
    told = tuple(Withdrawn(number=n, item="א" * 200, at=n, reason="ב" * 80) for n in range(40))
    topic = topics.group_hint("g" * topics.MAX_NAME)

    payload = seal(Hint(60, 8, told, Coming(RELEASE, 1)).body(), to=topic, seq=2**53 - 1, ts=2**53 - 1, key=KEY)

    found = messages.hint(opened(payload, topic, KEY.public_key()).body).withdrawn
    assert found
    assert found[-1].number == 39
    short = Hint(60, None, tuple(Withdrawn(number=n, item=f"photo-{n}", at=n) for n in range(40)))
    assert len(messages.hint(_as_sent(short.body())).withdrawn) == messages.MAX_WITHDRAWN


@pytest.mark.parametrize(
    "body",
    [
        {"spread": "60"},
        {"spread": -1},
        {"spread": 99_999},
        {},
        {"spread": 1, "feed": True},
        {"spread": 1, "withdrawn": {}},
        {"spread": 1, "withdrawn": [{"w": 1, "id": "", "source": "*", "at": 1}]},
        {"spread": 1, "withdrawn": [{"w": 1, "id": 5, "source": "*", "at": 1}]},
        {"spread": 1, "next": {"version": "a", "hash": "../../x", "activate_at": 1, "bytes": 1}},
        {"spread": 1, "next": {"version": "a", "hash": HASH, "activate_at": 1, "bytes": 10**12}},
        {"spread": 1, "next": []},
    ],
)
def test_a_hint_of_other_types_is_refused(body: dict[str, object]) -> None:
    """Nothing of the wrong type, beyond a bound, or that could name a path."""
    with pytest.raises(WireError):
        messages.hint(body)


def test_one_strange_withdrawal_does_not_hide_the_others() -> None:
    """Those that are sound count, whatever else is wrong with the hint."""
    sound = Withdrawn(number=4, item="p-17", at=1)

    found = messages.withdrawals({"spread": "nonsense", "withdrawn": [{"w": "x"}, sound.body(), 7]})

    assert found == (sound,)
    assert messages.withdrawals({"withdrawn": 5}) == messages.withdrawals(None) == ()


@pytest.mark.parametrize("share", ["0/5", "6/5", "a/b", "2", "-1/5", "2/", "١/٥"])
def test_what_is_no_share(share: str) -> None:
    """A share is which of how many."""
    assert messages.share_of(share) is None


def test_an_order_is_for_the_verb_of_its_topic() -> None:
    """What came as one thing is not obeyed as another; arguments are texts."""
    with pytest.raises(WireError, match="another"):
        messages.order({"verb": "light", "expires_at": 1, "arguments": {}}, "dark")
    with pytest.raises(WireError, match="arguments"):
        messages.order({"verb": "dark", "expires_at": 1, "arguments": {"a": 1}}, "dark")


EVENTS: Final[tuple[Happening, ...]] = (
    Receipt(number=4, source="*", item="p-17", known_at=1, off_at=2, gone_at=None, was_up=True, is_here=True),
    Answered(Answer(9, is_done=False, text="refused: no show")),
    *(Shown(turn, "facade", "evening", 5, "the power was off") for turn in Turn),
    Readiness(is_ready=False, group="memorial", version="b", hash=HASH, why="its playlist facade differs"),
    Gap(12),
)


@pytest.mark.parametrize("event", EVENTS)
def test_events_come_back_as_they_were(event: Happening) -> None:
    """Each kind."""
    assert voices.heard(Kind.EVENT, voices.payload(event, STAMP)) == voices.Heard(STAMP, event)


@pytest.mark.parametrize(
    ("kind", "voice"),
    [
        (Kind.STATUS, Status(is_online=True, boot=4, version="0.1.0")),
        (Kind.REPORT, REPORT),
        (Kind.REPORT, Report(site="x")),
        (Kind.PICTURE, Picture(b"\xff\xd8 not much \xff\xd9", 64, 36, 1_800_000_000_000)),
    ],
)
def test_what_players_say_comes_back_as_it_was(kind: Kind, voice: Voice) -> None:
    """Status, report and picture; a report that knows hardly anything as well."""
    assert voices.heard(kind, voices.payload(voice, STAMP)) == voices.Heard(STAMP, voice)


def test_a_report_is_small() -> None:
    """An ordinary one takes less than 900 bytes: every five minutes, that is a quarter of a megabyte a day."""
    assert len(voices.payload(REPORT, STAMP)) < 900


@given(st.text(max_size=300), st.lists(st.text(max_size=300), max_size=20))
def test_whatever_is_in_a_report_fits(text: str, texts: list[str]) -> None:
    """Names of any length and script, halves of characters too: it is made shorter until it fits, and it is sound."""
    feeds = {f"{i}{each}": FeedState(each, 1, 1) for i, each in enumerate(texts)}
    report = Report(site=text, groups=tuple(texts), show=text, slot=text, slide=text, rung=text, feeds=feeds, errors=tuple(texts))

    payload = voices.payload(report, STAMP)

    assert len(payload) <= wire.MAX_BYTES
    assert isinstance(voices.heard(Kind.REPORT, payload).voice, Report)


def test_a_picture_that_does_not_fit_is_not_sent() -> None:
    """It is for whoever makes it to make it smaller."""
    with pytest.raises(WireError, match="4096"):
        voices.payload(Picture(bytes(4000), 1, 1, 1), STAMP)
    assert voices.payload(Picture(bytes(voices.MAX_JPEG), 2000, 2000, 2**53 - 1), Stamp("0badcafe", 2**53 - 1, 2**53 - 1))


@pytest.mark.parametrize("kind", list(Kind))
@given(st.dictionaries(st.sampled_from(["kind", "state", "boot", "site", "jpeg", "w"]), st.none() | st.integers() | st.text()))
def test_whatever_comes_from_a_player_is_read_or_refused(kind: Kind, rest: dict[str, object]) -> None:
    """The centre believes no player's bytes: nothing but its own error comes out."""
    with pytest.raises(WireError):
        voices.heard(kind, json.dumps({"session": "0badcafe", "seq": 1, "ts": 1} | rest).encode())
