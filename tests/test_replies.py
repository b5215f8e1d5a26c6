"""What is replied to orders, as values that any language can tell."""

from __future__ import annotations

import json

import pytest

from player.command import REFUSED
from player.command.replies import FIELDS, LENGTHS, SENTENCES, Reply, done, read, refusal, remark, written
from player.units import SECOND


def filled(key: str) -> dict[str, str]:
    """Return something for everything that a remark fills in."""
    return {name: str(3600 * SECOND) if name in LENGTHS else f"<{name}>" for name in FIELDS[key]}


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_every_remark_says_all_that_it_is_given(key: str) -> None:
    """Nothing is filled in that does not show; lengths of time are written as people write them."""
    said = str(remark(key, **filled(key)))

    assert all("1 h" in said if name in LENGTHS else value in said for name, value in filled(key).items())


@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_what_is_written_is_read(key: str) -> None:
    """Whatever became of the order."""
    for reply in (done(key, **filled(key)), refusal(key, **filled(key)).also(remark("in_the_dark"))):
        assert read(written(reply)) == reply


def test_a_reply_is_one_line_of_english() -> None:
    """One part after the other; that nothing was done stands before all."""
    assert str(done("next").also(remark("in_the_dark"))) == "the next slide comes; it is dark: `light` shows it"
    assert str(refusal("light_first")) == f"{REFUSED}it is dark: `light` first"


@pytest.mark.parametrize(
    "found",
    [
        None,
        7,
        {"refused": False},
        {"refused": 1, "remarks": []},
        {"refused": False, "remarks": ["next"]},
        {"refused": False, "remarks": [{"key": "newer"}]},
        {"refused": False, "remarks": [{"key": ["next"]}]},
        {"refused": False, "remarks": [{"key": "show"}]},
        {"refused": False, "remarks": [{"key": "show_for", "show": "one", "length": "1 h"}]},
        {"refused": False, "remarks": [{"key": "next"}, {"key": "newer"}]},
        {"refused": False, "remarks": [{"key": "next"}] * 100},
    ],
)
def test_what_cannot_be_told_whole_is_not_told(found: object) -> None:
    """A part of a reply may say the contrary: whoever reads it goes by the English then."""
    assert read(json.dumps(found)) is None


@pytest.mark.parametrize("text", ["", "{", "[" * 5000])
def test_what_is_no_json_is_no_reply(text: str) -> None:
    """Whoever answered before there were values gave none."""
    assert read(text) is None


def test_a_reply_without_remarks_is_one() -> None:
    """Nothing is to be said besides."""
    assert read(written(Reply(()))) == Reply(())
