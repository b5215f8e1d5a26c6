"""The displays that there are, and which output gets which."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.output.section import Output
from player.screen.binding import Binding, bound
from player.screen.displays import Found, Head, found_by_sdl, heads, joined, named
from player.units import Size
from tests.fakes.displays import FULL_HD, SIZE, display, edid


def output(called: str, /, **identity: object) -> Output:
    """Return an output as it is configured."""
    return Output.model_validate({"id": called, "display": identity or None})


def given_to(outputs: list[Output], found: list[Found], before: Binding | None = None) -> dict[str, str]:
    """Return the socket that each output has."""
    binding = bound(outputs, found, before=before or Binding())
    assert binding.displays.keys() | binding.missing.keys() == {each.id for each in outputs}
    return {key: each.socket for key, each in binding.displays.items()}


A, B = display(0, serial="A"), display(1, serial="B", left=320)
TWIN, OTHER_TWIN = display(0), display(1, left=320)


def test_serials_tell_twins_apart_whatever_their_numbers() -> None:
    """However the system counts today."""
    outputs = [output("left", name="EPSON PJ", serial="A"), output("right", name="EPSON PJ", serial="B")]
    assert given_to(outputs, [A, B]) == {"left": "HDMI-1", "right": "HDMI-2"}
    assert given_to(outputs, [replace(B, index=0), replace(A, index=1)]) == {"left": "HDMI-1", "right": "HDMI-2"}


def test_a_twin_never_takes_over_for_its_brother() -> None:
    """Its light would fall into the windows that the other's masks were made for."""
    outputs = [output("left", name="EPSON PJ", serial="A", size="320x180"), output("right", name="EPSON PJ", serial="B")]
    binding = bound(outputs, [B], before=Binding())
    assert binding.displays == {"right": B}
    assert binding.missing == {
        "left": "its display (EPSON PJ A 320x180) is not there; there are: EPSON PJ B 320x180 on HDMI-2",
    }


def test_more_of_what_is_written_beats_less() -> None:
    """Name and size before the name, before the size, before the number; and the best pair of all is made first."""
    small, large = replace(TWIN, size=Size(160, 160)), OTHER_TWIN
    assert given_to([output("a", name="EPSON PJ", size="1920x1080")], [small, replace(large, size=FULL_HD)]) == {"a": "HDMI-2"}
    assert given_to([output("any"), output("a", name="EPSON PJ")], [TWIN]) == {"a": "HDMI-1"}
    sized = [output("size", size="1920x1080"), output("name", name="EPSON PJ")]
    assert given_to(sized, [replace(TWIN, size=FULL_HD)]) == {"name": "HDMI-1"}
    assert given_to([output("second", index=1), output("first", index=0)], [TWIN, OTHER_TWIN]) == {
        "second": "HDMI-2",
        "first": "HDMI-1",
    }


def test_a_socket_can_be_named_where_displays_are_alike() -> None:
    """Cables stay where they are longer than numbers do."""
    outputs = [output("left", name="HDMI-2"), output("right", name="HDMI-1")]
    assert given_to(outputs, [TWIN, OTHER_TWIN]) == {"left": "HDMI-2", "right": "HDMI-1"}


def test_an_output_without_a_display_takes_the_only_one() -> None:
    """That is what one output mostly is."""
    assert given_to([output("wall")], [A]) == {"wall": "HDMI-1"}
    assert bound([output("wall")], [], before=Binding()).missing == {"wall": "its display is not there; there are: none"}


def test_what_is_bound_stays_when_numbers_move() -> None:
    """The first of two twins is pulled out: the second is the first now, and still shows what it showed."""
    outputs = [output("left", name="EPSON PJ", index=0), output("right", name="EPSON PJ", index=1)]
    both = bound(outputs, [TWIN, OTHER_TWIN], before=Binding())
    alone = bound(outputs, [replace(OTHER_TWIN, index=0)], before=both)
    assert {key: each.socket for key, each in alone.displays.items()} == {"right": "HDMI-2"}
    again = bound(outputs, [TWIN, OTHER_TWIN], before=alone)
    assert {key: each.socket for key, each in again.displays.items()} == {"left": "HDMI-1", "right": "HDMI-2"}


def test_a_display_that_changes_its_size_keeps_its_output() -> None:
    """Even where its size was written."""
    outputs = [output("a", name="EPSON PJ", size="320x180")]
    before = bound(outputs, [TWIN], before=Binding())
    after = bound(outputs, [replace(TWIN, size=FULL_HD)], before=before)
    assert after.displays["a"].size == FULL_HD


def test_the_one_with_the_right_serial_comes_before_what_was_bound_without() -> None:
    """A serial that a cable lost comes back on another socket: it was meant from the beginning."""
    outputs = [output("a", name="EPSON PJ", serial="B")]
    nameless = replace(TWIN, serial="")
    before = bound(outputs, [nameless], before=Binding())
    assert given_to(outputs, [nameless, B], before) == {"a": "HDMI-2"}


def test_slices_share_a_display() -> None:
    """Each has its place on it; one that reaches beyond it is missing, and says so."""
    outputs = [
        Output.model_validate({"id": "a", "display": "WALL", "place": [0, 0, 160, 180]}),
        Output.model_validate({"id": "b", "display": "WALL", "place": [160, 0, 161, 180]}),
        Output.model_validate({"id": "c", "display": "WALL", "place": [160, 0, 160, 180]}),
    ]
    binding = bound(outputs, [display(0, name="WALL")], before=Binding())
    assert set(binding.displays) == {"a", "c"}
    assert binding.missing == {"b": "its place reaches to 321, 180, beyond its display: WALL 320x180 on HDMI-1"}


displays = st.lists(
    st.tuples(st.sampled_from(["EPSON PJ", "BenQ"]), st.sampled_from(["", "A", "B"]), st.sampled_from([FULL_HD, SIZE])),
    max_size=4,
).map(
    lambda each: [Found(i, name, serial, size, socket=f"S{i}") for i, (name, serial, size) in enumerate(each)],
)
identities = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from([None, "EPSON PJ", "BenQ", "S1"]), "index": st.sampled_from([None, 0, 1])},
        optional={"serial": st.sampled_from(["A", "B"]), "size": st.sampled_from(["1920x1080", "320x180"])},
    ).map(lambda each: {key: value for key, value in each.items() if value is not None}),
    max_size=4,
)


@given(identities, displays, displays)
def test_no_display_is_given_twice(written: list[dict[str, object]], found: list[Found], later: list[Found]) -> None:
    """Whatever is written and whatever is there, now and after a change; and what stays there stays bound."""
    outputs = [output(f"o{i}", **each) for i, each in enumerate(written)]
    before = bound(outputs, found, before=Binding())
    after = bound(outputs, later, before=before)
    for binding in (before, after):
        indexes = [each.index for each in binding.displays.values()]
        assert len(indexes) == len(set(indexes))
    assert bound(outputs, found, before=before).displays == before.displays


def test_the_kernel_says_what_is_on_which_socket(tmp_path: Path) -> None:
    """Sockets without a cable, and what is no socket, are left out."""
    for name, status, data in (("card0-HDMI-A-1", "connected\n", edid()), ("card0-DP-1", "disconnected\n", b"")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(status, "ascii")
        (tmp_path / name / "edid").write_bytes(data)
    (tmp_path / "card0-VGA-1").mkdir()
    (tmp_path / "card0").mkdir()
    assert heads(tmp_path) == (Head("HDMI-A-1", edid()),)
    assert heads(tmp_path / "nothing") == ()


def test_a_display_is_matched_with_its_socket() -> None:
    """By the socket's name, by the display's, by a size that only one has; each once."""
    bare = [Found(0, "DP-1", "", FULL_HD), Found(1, 'EPSON PJ 40"', "", FULL_HD), Found(2, "2", "", Size(800, 600))]
    there = [
        Head("HDMI-A-1", edid(name="small", serial="S", size=Size(800, 600))),
        Head("HDMI-A-2", edid(name="EPSON PJ", serial="E")),
        Head("DP-1", edid(name="BenQ", serial="Q")),
    ]
    found = joined(bare, there)
    assert [(each.name, each.serial, each.socket) for each in found] == [
        ("BenQ", "Q", "DP-1"),
        ("EPSON PJ", "E", "HDMI-A-2"),
        ("small", "S", "HDMI-A-1"),
    ]
    assert joined(bare, []) == tuple(bare)


def test_what_cannot_be_told_apart_goes_by_order_or_not_at_all() -> None:
    """As many sockets as displays are taken in order; otherwise nobody guesses."""
    bare = [Found(0, "0", "", FULL_HD), Found(1, "1", "", FULL_HD)]
    there = [Head("HDMI-A-1", edid(serial="A")), Head("HDMI-A-2", edid(serial="B"))]
    assert [each.serial for each in joined(bare, there)] == ["A", "B"]
    assert joined(bare[:1], there) == (bare[0],)


def test_a_damaged_edid_leaves_the_systems_name() -> None:
    """And the socket, by which it can still be meant."""
    found = named(Found(0, "HDMI-1", "", FULL_HD), Head("HDMI-1", b"rubbish"))
    assert (found.name, found.serial, found.socket) == ("HDMI-1", "", "HDMI-1")
    assert str(found) == "HDMI-1 1920x1080"


@pytest.fixture
def dummy(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """SDL's display that nobody sees."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.quit()
    pygame.display.init()
    yield
    pygame.display.quit()


@pytest.mark.usefixtures("dummy")
def test_sdl_is_asked_for_what_pygame_does_not_say() -> None:
    """Name, place and rate come from the very SDL that draws."""
    (found,) = found_by_sdl()
    assert found.name
    assert found.size == Size(*pygame.display.get_desktop_sizes()[0])
    assert found.bounds[:2] == (0, 0)


def test_two_outputs_that_claim_one_display_are_told_who_has_it() -> None:
    """It is there: whoever reads that it is not would go and look at cables."""
    binding = bound([output("left", name="HDMI-1"), output("right", index=0)], [TWIN], before=Binding())
    assert binding.displays == {"left": TWIN}
    assert binding.missing == {"right": f"its display (index 0) is there, but it is bound to left: {TWIN}"}
    alone = bound([output("left", name="HDMI-1"), output("right", index=1)], [TWIN], before=binding)
    assert alone.missing == {"right": f"its display (index 1) is not there; there are: {TWIN}"}
