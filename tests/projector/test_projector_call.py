"""The conversation with one projector, whatever it does: on fake time."""

from __future__ import annotations

from contextlib import suppress

import pytest

from player.errors import NetworkError, OperatorError, WeRememberError
from player.projector.call import GREETING_WITHIN, REPLY_WITHIN, Call, SilentError
from player.projector.pjlink import Refusal, Verb
from player.units import SECOND
from tests.fakes.clock import FakeClock
from tests.fakes.projector import Cable, Device, Quirk, plugged


class World:
    """A device and a call to it."""

    def __init__(self, *quirks: Quirk, password: str | None = None, ours: str | None = None) -> None:
        self.clock = FakeClock()
        self.device = Device(self.clock, *quirks, warm_s=0, cool_s=0, password=password)
        self.call = Call(plugged(self.device, self.clock), self.clock, password=(lambda: ours) if ours else None)

    def texts(self) -> list[str]:
        """What it answers to three questions and an order."""
        return [
            self.call.ask(Verb.POWER).text.upper(),
            self.call.ask(Verb.POWER, "1").text.upper(),
            self.call.ask(Verb.POWER).text.upper(),
            self.call.ask(Verb.MUTE).text.upper(),
        ]


BEARABLE = (
    Quirk.GREETS_LATE,
    Quirk.JUNK,
    Quirk.LOWER,
    Quirk.CLASS_TWO_ANSWERS,
    Quirk.PIECES,
    Quirk.JOINED,
    Quirk.CLOSES_EACH,
    Quirk.CRLF,
)


@pytest.mark.parametrize("quirk", [None, *BEARABLE], ids=str)
@pytest.mark.parametrize("password", [None, "pw"], ids=["open", "locked"])
def test_what_is_odd_is_understood(quirk: Quirk | None, password: str | None) -> None:
    """Late, junky, lower-case, of another class, in pieces, joined, or hung up on each time: the answers are the answers."""
    world = World(*([quirk] if quirk else []), password=password, ours="pw")
    assert world.texts() == ["0", "OK", "1", "30"]


def test_everything_odd_at_once_is_understood() -> None:
    """The quirks together, with a password."""
    world = World(*BEARABLE, password="pw", ours="pw")  # noqa: S106 - the fake's
    assert world.texts() == ["0", "OK", "1", "30"]


def test_one_connection_serves_all_questions() -> None:
    """And is made anew only where it was closed."""
    world = World()
    world.texts()
    assert world.device.connections == 1
    world = World(Quirk.CLOSES_EACH)
    world.texts()
    assert world.device.connections == 4


def test_a_connection_that_broke_between_two_questions_is_made_again() -> None:
    """Most hang up after half a minute: seen when sending, or when reading."""
    clock = FakeClock()
    device = Device(clock)

    class Brittle(Cable):
        """Refuses to send a second time."""

        sent = 0

        def send(self, data: bytes) -> None:
            """Once."""
            self.sent += 1
            if self.sent > 1:
                raise NetworkError("hangs up")
            super().send(data)

    call = Call(lambda: Brittle(device, clock), clock)
    assert [call.ask(Verb.POWER).text for _ in range(3)] == ["0", "0", "0"]
    assert device.connections == 3


def test_silence_ends_in_time() -> None:
    """No greeting is borne for six seconds, no answer for five."""
    world = World(Quirk.SILENT)
    with pytest.raises(NetworkError, match="does not greet"):
        world.call.ask(Verb.POWER)
    assert world.clock.monotonic() == GREETING_WITHIN
    world = World(Quirk.MUTELESS)
    with pytest.raises(SilentError, match="does not answer AVMT"):
        world.call.ask(Verb.MUTE)
    assert world.clock.monotonic() == REPLY_WITHIN


def test_after_a_silence_the_next_question_has_a_connection_of_its_own() -> None:
    """So that a late answer cannot be taken for another question's."""
    world = World(Quirk.MUTELESS)
    with pytest.raises(SilentError):
        world.call.ask(Verb.MUTE)
    assert world.call.ask(Verb.POWER).text == "0"
    assert world.device.connections == 2


def test_a_flood_is_cut_off() -> None:
    """Two gigabytes without an end of line cost one read."""
    world = World(Quirk.FLOOD)
    with pytest.raises(NetworkError, match="does not speak PJLink"):
        world.call.ask(Verb.POWER)
    assert world.clock.monotonic() == 0


def test_many_lines_of_other_things_are_cut_off_too() -> None:
    """A device that talks without end and never answers is not listened to for ever."""
    clock = FakeClock()

    class Chatter:
        """Says one line for ever."""

        is_open = True

        def send(self, data: bytes) -> None:
            """Not heard."""

        def receive(self, until: int) -> bytes:
            """One line, or the greeting."""
            del until
            clock.advance(SECOND // 100)
            return b"PJLINK 0\r%1NAME=hall\r" * 10

        def close(self) -> None:
            """Hang up."""
            self.is_open = False

    with pytest.raises(NetworkError, match="more than any answer"):
        Call(Chatter, clock).ask(Verb.POWER)
    assert clock.monotonic() < SECOND


def test_a_connection_that_is_closed_at_once_is_not_made_again_and_again() -> None:
    """Somebody else holds the only one: said once, tried at the next visit."""
    world = World(Quirk.CLOSES_AT_ONCE)
    with pytest.raises(NetworkError, match="another control"):
        world.call.ask(Verb.POWER)
    assert world.device.connections == 1


@pytest.mark.parametrize(
    ("quirks", "password", "ours", "words"),
    [
        ((), "other", "pw", "refuses the password"),
        ((), "other", None, "asks for a password, and none is configured"),
        ((Quirk.DENIES,), "pw", "pw", "refuses the password"),
        ((Quirk.DENIES, Quirk.LOWER), "pw", "pw", "refuses the password"),
    ],
)
def test_a_password_that_is_wrong_or_missing_is_for_a_person(
    quirks: tuple[Quirk, ...], password: str, ours: str | None, words: str
) -> None:
    """It was changed, or never written down: said as it is, and the password is in no word of it."""
    world = World(*quirks, password=password, ours=ours)
    with pytest.raises(OperatorError, match=words) as found:
        world.call.ask(Verb.POWER)
    assert "pw" not in str(found.value).replace("password", "")


def test_a_password_that_was_changed_is_read_again() -> None:
    """The reference is revealed at each connection."""
    clock = FakeClock()
    device = Device(clock, password="new")  # noqa: S106 - the fake's
    found = ["old"]
    call = Call(plugged(device, clock), clock, password=lambda: found[0])
    with pytest.raises(OperatorError):
        call.ask(Verb.POWER)
    found[0] = "new"
    assert call.ask(Verb.POWER).text == "0"


@pytest.mark.parametrize("word", ["ERR1", "ERR2", "ERR3", "ERR4"])
def test_a_refusal_is_an_answer(word: str) -> None:
    """Not an error: the table of steps decides what it means."""
    world = World()
    world.device.answers["LAMP"] = word
    assert world.call.ask(Verb.LAMPS).refusal is Refusal(word)


def test_an_answer_to_a_question_is_never_taken_for_obedience() -> None:
    """What comes twice, the second time after the next command, is let go: each order has its own OK."""
    clock = FakeClock()

    class Stutter:
        """Says each answer again, before the next."""

        said = b""

        def __init__(self) -> None:
            self.coming = b"PJLINK 0\r"

        def send(self, data: bytes) -> None:
            """Answer."""
            answer = b"%1POWR=1\r" if b"?" in data else b"%1POWR=OK\r"
            self.coming += self.said + answer
            self.said = answer

        def receive(self, until: int) -> bytes:
            """All of it."""
            if not self.coming:
                clock.advance(until - clock.monotonic())
                raise TimeoutError
            data, self.coming = self.coming, b""
            return data

        def close(self) -> None:
            """Hang up."""

    call = Call(Stutter, clock)
    assert [call.ask(Verb.POWER).text, call.ask(Verb.POWER, "1").text, call.ask(Verb.POWER).text] == ["1", "OK", "1"]


def test_nothing_but_our_own_errors_comes_out() -> None:
    """Whatever a device does, it is an answer or one of our errors."""
    for quirk in Quirk:
        world = World(quirk, password="pw", ours="pw")  # noqa: S106 - the fake's
        for verb in Verb:
            with suppress(WeRememberError):
                world.call.ask(verb)
