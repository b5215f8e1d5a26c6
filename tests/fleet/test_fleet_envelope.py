"""What is taken in of what a broker delivers: within limits, for us, and signed by the centre."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from player.errors import OperatorError
from player.fleet import wire
from player.fleet.envelope import key_id, opened, public_key, seal
from player.fleet.wire import WireError

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER: Final = Ed25519PrivateKey.from_private_bytes(bytes(32))
TOPIC: Final = "wr/1/p/oswiecim-1/cmd/dark"
NOW: Final = 1_800_000_000_000


def _sealed(body: dict[str, Any] | None = None, **changes: Any) -> bytes:
    told: dict[str, Any] = {"to": TOPIC, "seq": 7, "ts": NOW, "key": KEY} | changes
    return seal({"verb": "dark"} if body is None else body, **told)


def test_what_the_centre_seals_is_opened() -> None:
    """Body, number and time come out as they went in."""
    found = opened(_sealed({"text": "שלום", "n": 3}), TOPIC, KEY.public_key())

    assert (found.body, found.seq, found.ts) == ({"text": "שלום", "n": 3}, 7, NOW)


def test_the_form_is_the_one_that_is_written_down() -> None:
    """Its names, its order and the name of the key are those that other versions read."""
    found = json.loads(_sealed())

    assert list(found) == ["body", "key", "seq", "sig", "to", "ts"]
    assert found["key"] == key_id(KEY.public_key())
    assert len(found["key"]) == 16


@pytest.mark.parametrize(
    ("name", "value"), [("body", {"verb": "light"}), ("seq", 8), ("ts", NOW + 1), ("key", "0" * 16), ("to", TOPIC + "x")]
)
def test_nothing_in_it_can_be_changed(name: str, value: object) -> None:
    """Every part is signed: with any of them changed it is refused."""
    changed = json.loads(_sealed()) | {name: value}

    with pytest.raises(WireError):
        opened(json.dumps(changed).encode(), TOPIC, KEY.public_key())


def test_an_order_cannot_be_carried_to_another_player() -> None:
    """Sent on to another topic as it is, it is refused there."""
    with pytest.raises(WireError, match="another topic"):
        opened(_sealed(), "wr/1/p/krakow-1/cmd/dark", KEY.public_key())


def test_another_key_counts_for_nothing() -> None:
    """What another key has signed is refused, even when it says that it is ours."""
    forged = json.loads(_sealed(key=OTHER)) | {"key": key_id(KEY.public_key())}

    with pytest.raises(WireError, match="another key"):
        opened(_sealed(key=OTHER), TOPIC, KEY.public_key())
    with pytest.raises(WireError, match="signature is wrong"):
        opened(json.dumps(forged).encode(), TOPIC, KEY.public_key())


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"x" * 1_000_000, "1000000 bytes"),
        (b"[" * 4000, "nested"),
        (b'{"a":' * 600 + b"1" + b"}" * 600, "nested"),
        (b'{"a":1,"a":2}', "twice"),
        (b'{"a":1.5}', "no whole number"),
        (b'{"a":NaN}', "no whole number"),
        (b'{"a":1e999}', "no whole number"),
        (b'{"a":' + b"9" * 3000 + b"}", "beyond"),
        (b'{"a":9007199254740992}', "beyond"),
        (b'{"a":"\\ud800"}', "no UTF-8"),
        (b"\xff\xfe", "no UTF-8"),
        (b'{"a":', "no JSON"),
        (b"[1]", "no JSON object"),
        (b"", "no JSON"),
        (b"{}", "no envelope"),
    ],
)
def test_what_is_no_message_is_refused_in_a_line(payload: bytes, why: str) -> None:
    """Too long, too deep, twice the same name, fractions, half characters: each has its sentence, and none hurts."""
    with pytest.raises(WireError, match=why):
        opened(payload, TOPIC, KEY.public_key())


@pytest.mark.parametrize(
    "changes", [{"sig": "x"}, {"sig": "é" * 10}, {"sig": 5}, {"seq": "7"}, {"seq": True}, {"seq": -1}, {"body": []}, {"more": 1}]
)
def test_an_envelope_of_other_types_is_refused(changes: dict[str, Any]) -> None:
    """A number as text, a list for a body, a name too many: refused before anything is done."""
    with pytest.raises(WireError):
        opened(json.dumps(json.loads(_sealed()) | changes).encode(), TOPIC, KEY.public_key())


def test_what_would_be_refused_is_not_sealed() -> None:
    """Too much for one message is said to whoever sends it."""
    with pytest.raises(WireError, match="4096"):
        _sealed({"text": "x" * 5000})


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_do_no_harm(payload: bytes) -> None:
    """Whatever comes is opened or refused: nothing else happens."""
    with pytest.raises(WireError):
        opened(payload, TOPIC, KEY.public_key())


@given(st.recursive(st.integers(0, 9) | st.text('[]{}"\\', max_size=4), lambda each: st.lists(each, max_size=3), max_leaves=20))
def test_brackets_in_strings_are_no_nesting(value: object) -> None:
    """How deep it goes is counted as a reader of JSON would, without reading it."""

    def deep(each: object) -> int:
        return 1 + max(map(deep, each), default=0) if isinstance(each, list) else 0  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    assert wire.depth(json.dumps({"a": value}).encode()) == 1 + deep(value)


def test_the_centres_public_key_is_read() -> None:
    """From the file that the centre made; anything else is refused with where to find it."""
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    other = rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    assert key_id(public_key(pem)) == key_id(KEY.public_key())
    for wrong in (b"hello", other, b""):
        with pytest.raises(OperatorError, match=r"centre\.pub"):
            public_key(wrong)
