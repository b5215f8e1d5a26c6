"""The demonstration of a fleet on one computer: what a person types, and what is done then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from player.centre import demo
from player.centre.demo import KEYS, play
from player.errors import OperatorError
from player.units import Size


class Doll:
    """A house without processes."""

    def __init__(self, photo: str = "demo/p-1") -> None:
        self.said: list[tuple[str, ...]] = []
        self.looks = 0
        self.has_broker = True
        self._photo = photo

    def command(self, *words: str) -> int:
        """Note it."""
        self.said.append(words)
        return 0

    def photo(self) -> str:
        """The one there is."""
        return self._photo

    def kill_broker(self) -> bool:
        """As the real one."""
        before, self.has_broker = self.has_broker, False
        return before

    def start_broker(self) -> bool:
        """As the real one."""
        before, self.has_broker = self.has_broker, True
        return not before

    def look(self) -> None:
        """Count."""
        self.looks += 1


def typed(house: Doll, *words: str) -> list[str]:
    """Play what is typed, and return what is said."""
    waiting: Iterator[str] = iter((*words, "q\n"))
    said = list[str]()
    play(house, hear=lambda _: next(waiting), say=said.append, stopped=threading.Event())
    return said


def test_a_photo_that_is_up_is_withdrawn_by_the_command_that_anybody_types() -> None:
    """`w` names a photo that one of the players shows, and waits for all of them; without one it says so."""
    house = Doll()
    typed(house, "", "W\n")
    assert [words[:2] for words in house.said] == [("withdraw", "demo/p-1")]

    empty = Doll("")
    assert "No photo is up" in typed(empty, "w")[0]
    assert not empty.said


def test_the_broker_is_killed_and_brought_back() -> None:
    """`k` and `b`, each of which says what it has found where there is nothing to do."""
    house = Doll()
    said = typed(house, "k", "k", "b", "b")
    assert [sentence.split(".")[0] for sentence in said] == [
        "The broker is gone, as after a power cut",
        "There is no broker",
        "The broker is back",
        "The broker runs",
    ]
    assert house.has_broker


def test_orders_are_for_all_and_need_no_answer_here() -> None:
    """`d`, `l` and `s`; anything else lists the keys, and each turn looks whether everything runs."""
    house = Doll()
    said = typed(house, "d", "l", "s", "?")
    assert [words[0] for words in house.said] == ["dark", "light", "status", "withdraw"]
    assert all("--all" in words for words in house.said[:2])
    assert said == [KEYS]
    assert house.looks == 5


def test_what_has_ended_by_itself_ends_it() -> None:
    """A player that died is told, and not waited for."""

    class Broken(Doll):
        def look(self) -> None:
            raise OperatorError("wall-1 has ended")

    with pytest.raises(OperatorError, match="wall-1"):
        typed(Broken(), "s")


@pytest.mark.parametrize(
    ("display", "program", "sentence"), [(False, "/bin/true", "no display"), (True, None, "apt install mosq")]
)
def test_what_is_missing_is_said_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, display: bool, program: str | None, sentence: str
) -> None:
    """Without a display, or without a broker, nothing is begun."""
    monkeypatch.setattr(demo, "has_display", lambda: display)

    def found(_name: str) -> str | None:
        return program

    monkeypatch.setattr(demo, "found", found)
    with pytest.raises(OperatorError, match=sentence):
        demo.demonstrate(folder=tmp_path / "new", count=3, windowed=Size(320, 180), stopped=threading.Event())
    assert not (tmp_path / "new").exists()
