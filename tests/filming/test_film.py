"""Films on the command's behalf: what may be on them, the mapped ones, and how they end before their time."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest

from player.clock import Clock
from player.errors import OperatorError
from player.filming import film as films
from player.filming.film import Order, film, named
from player.filming.mp4 import Mp4
from player.filming.rate import count, instants, parse_rate
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.filmed import RATE, SMALL, KeptFile, configured, nobody
from tests.fakes.showing import Showing

WORDS: Final = "hold: 4s\nfade: 1s\nslides: [words]\n"
OUTPUTS: Final = """
outputs:
  - {id: LEFT, display: {name: A, size: 320x180}, crop: [0, 0, 320, 180]}
  - {id: RIGHT, display: {name: B, size: 320x180}, crop: [256, 0, 320, 180], rotate: 180}
"""


def order_of(out: Path, length: Nanos = SECOND, *, outputs: bool = False) -> Order:
    """Order a film of the opening."""
    return Order(start=OPENING, until=OPENING + length, rate=RATE, out=out, size=None if outputs else SMALL, outputs=outputs)


def test_a_film_of_a_stretch(tmp_path: Path) -> None:
    """It has its pictures, its size and its length, and whoever waits hears how far it is, up to the end."""
    heard: list[float] = []
    out = tmp_path / "show.mp4"
    found = film(configured(tmp_path, wall=WORDS), order_of(out), FakeClock(), heard.append)
    assert found
    assert (found.files, found.pictures) == ((out,), 20)
    assert heard == sorted(heard)
    assert heard[-1] == 1
    with av.open(str(out)) as file:
        stream = file.streams.video[0]
        assert (stream.frames, stream.codec_context.width, stream.codec_context.height) == (20, *SMALL)


def test_each_output_has_a_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of its own size and what it takes of the canvas, turned as it hangs; where two overlap, each has a part of the light."""
    monkeypatch.setattr(films, "Mp4", KeptFile)
    found = film(configured(tmp_path, OUTPUTS, wall=WORDS), order_of(Path("a.mp4"), outputs=True), FakeClock(), nobody)
    assert found
    assert [file.name for file in found.files] == ["a-LEFT.mp4", "a-RIGHT.mp4"]
    left, right = (KeptFile.made[file.name][-1][..., :3].astype(int) for file in found.files)
    (tmp_path / "again").mkdir()
    plain = Order(start=OPENING, until=OPENING + SECOND, rate=RATE, out=Path("b.mp4"), size=Size(576, 180))
    assert film(configured(tmp_path / "again", wall=WORDS), plain, FakeClock(), nobody)
    canvas = KeptFile.made["b.mp4"][-1][..., :3].astype(int)
    assert canvas[:, :250].max() > 150
    assert np.abs(left[:, :250] - canvas[:, :250]).max() <= 1
    assert np.abs(right[::-1, ::-1][:, 70:] - canvas[:, 326:]).max() <= 1
    assert left[:, 256:].max() < canvas[:, 256:320].max()


def test_without_outputs_there_is_nothing_mapped_to_film(tmp_path: Path) -> None:
    """One line says what to write."""
    with pytest.raises(OperatorError, match="there are no outputs to film"):
        film(configured(tmp_path, wall=WORDS), order_of(tmp_path / "a.mp4", outputs=True), FakeClock(), nobody)


def test_an_output_of_which_there_can_be_no_film_leaves_nothing_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first film is given up with the second: no thread of it waits for ever, and nothing of it lies about."""

    def begun(out: Path, size: Size, rate: Fraction) -> Mp4:
        if "RIGHT" in out.name:
            raise OperatorError("too large for a film")
        return Mp4(out, size, rate)

    monkeypatch.setattr(films, "Mp4", begun)
    with pytest.raises(OperatorError, match="too large for a film"):
        film(configured(tmp_path, OUTPUTS, wall=WORDS), order_of(tmp_path / "show.mp4", outputs=True), FakeClock(), nobody)
    assert not list(tmp_path.glob("*show*"))
    assert "encoder" not in {thread.name for thread in threading.enumerate()}


def test_who_is_withdrawn_while_it_is_made_ends_it(tmp_path: Path) -> None:
    """What was filmed already shows them: nothing is written, and the operator hears why."""
    configuration = configured(tmp_path)
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")

        def withdraw(done: float) -> None:
            if done > 0.9 and not show.publisher.withdrawn:
                for name in ("a", "b", "c"):
                    show.withdraw(name)

        order = order_of(tmp_path / "show.mp4", 8 * SECOND)
        with pytest.raises(OperatorError, match=r"wall/. may not be shown any more \(withdrawn"):
            film(configuration, order, show.clock, withdraw)
    assert not list(tmp_path.glob("*show*"))


def test_whoever_has_had_enough_is_left_with_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle: no film, and no half of one."""
    stopped = threading.Event()

    def end(done: float) -> None:
        if done > 0.5:
            stopped.set()

    clock: Clock = FakeClock()
    assert film(configured(tmp_path, wall=WORDS), order_of(tmp_path / "show.mp4"), clock, end, stopped) is None
    assert not list(tmp_path.glob("*show*"))


def test_instants_are_exact() -> None:
    """An hour at 29.97: no picture is off by a nanosecond, and the last one is before the end."""
    rate = parse_rate("29.97")
    assert rate == Fraction(30_000, 1001)
    times = list(instants(OPENING, OPENING + 3600 * SECOND, rate))
    assert len(times) == count(OPENING, OPENING + 3600 * SECOND, rate) == 107_893
    assert times[30_000] - OPENING == 1001 * SECOND
    assert times[-1] < OPENING + 3600 * SECOND
    assert np.diff(np.array(times)).max() - np.diff(np.array(times)).min() <= 1


@pytest.mark.parametrize("text", ["", "0", "61", "-5", "abc", "30.5", "1000000000000", "٣٠"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """In a sentence that says how to write one."""
    with pytest.raises(ValueError, match="write pictures a second, 1 to 60"):
        parse_rate(text)


def test_orders_that_cannot_be_say_why() -> None:
    """Before anything is planned."""
    good = Order(start=OPENING, until=OPENING + SECOND, rate=RATE, out=Path("a.mp4"))
    wrong = {
        "--until is not after --from": Order(start=OPENING, until=OPENING, rate=RATE, out=Path("a.mp4")),
        "24 hours": Order(start=OPENING, until=OPENING + 25 * 3600 * SECOND, rate=RATE, out=Path("a.mp4")),
        'not "a.mkv"': Order(start=OPENING, until=OPENING + SECOND, rate=RATE, out=Path("a.mkv")),
        "leave --size out": Order(start=OPENING, until=OPENING + SECOND, rate=RATE, out=Path("a.mp4"), size=SMALL, outputs=True),
    }
    assert good.problem() == ""
    for why, order in wrong.items():
        assert why in order.problem()
    assert named(Path("x/show.mp4"), "LEFT") == Path("x/show-LEFT.mp4")
