"""The sections `canvas:` and `outputs:` of config.yaml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.output.identity import Identity, Likeness
from player.output.section import MAX_OUTPUTS, CanvasSize, Output, Outputs, canvas_of, problems, seat_of
from player.output.shape import Box, Edges, Light, Mask, Mesh, Mirror, Point, Rotation, Seat, Shape, plain
from player.output.spot import Spot
from player.schema import Frozen, read, validate
from player.units import Size


class File(Frozen):
    """What of config.yaml matters here."""

    canvas: CanvasSize = None
    outputs: Outputs = ()


FULL = """
canvas: 3600x1080
outputs:
  - id: left
    display: {name: EPSON PJ, serial: X4Z1, size: 1920x1080}
    crop: [0, 0, 1920, 1080]
    rotate: 180
    mirror: horizontal
    corners: [[12.5, 8], [1900, 20], [1880, 1070], [5, 1060]]
    mesh: {rows: 3, columns: 3}
    masks:
      - {id: outline, kind: keep, points: [[10, 10], [1900, 10], [1900, 1070], [10, 1070]], feather: 12}
      - {id: rose, kind: text, points: [[500, 300], [700, 300], [600, 500]]}
    blend: {right: 240}
    black: 0.0008
    gain: 0.9
    balance: [1, 0.95, 0.9]
    gamma: [2.2, 2.25, 2.1]
    brightness: 0.8
  - id: right
    display: DUMMY1
    crop: [1680, 0, 1920, 1080]
    corners: auto
    blend: auto
    gamma: 2.2
"""


def loaded(path: Path, text: str) -> tuple[File | None, list[str]]:
    """The file as values, and all that is wrong with it in lines."""
    file = path / "config.yaml"
    file.write_text(text, "utf-8")
    document = read(file, "config.yaml")
    found = validate(document, File)
    if found:
        document.problems += [document.problem(where, message) for where, message in problems(found.canvas, found.outputs)]
    return found, [str(problem) for problem in sorted(document.problems)]


def test_everything_that_can_be_written(tmp_path: Path) -> None:
    """Becomes a seat and a shape, in the units of the wall."""
    found, wrong = loaded(tmp_path, FULL)
    assert wrong == []
    assert found is not None
    left, right = found.outputs
    size = Size(1920, 1080)
    assert seat_of(left, Size(3600, 1080), size) == Seat(Size(3600, 1080), Box(0, 0, 1920, 1080), size, 180, "horizontal")
    assert left.shape(size) == Shape(
        corners=(Point(12.5, 8), Point(1900, 20), Point(1880, 1070), Point(5, 1060)),
        mesh=Mesh(3, 3, tuple(Point(x / 2, y / 2) for y in range(3) for x in range(3))),
        masks=(
            Mask("outline", "keep", (Point(10, 10), Point(1900, 10), Point(1900, 1070), Point(10, 1070)), 12),
            Mask("rose", "text", (Point(500, 300), Point(700, 300), Point(600, 500))),
        ),
        edges=Edges(right=240),
        light=Light(0.9, (1, 0.95, 0.9), (2.2, 2.25, 2.1), 0.0008, 2),
    )
    assert left.brightness == 0.8
    assert right.display == Identity(name="DUMMY1")
    assert right.shape(size) == Shape(plain(size).corners, light=Light(gamma=(2.2, 2.2, 2.2)))


def test_what_was_read_can_be_kept_and_read_again(tmp_path: Path) -> None:
    """The last clean copy is JSON of it."""
    found, _ = loaded(tmp_path, FULL)
    assert found is not None
    assert File.model_validate_json(found.model_dump_json()) == found


def test_one_output_needs_no_more_than_a_name(tmp_path: Path) -> None:
    """It takes the only display, all of the canvas, and light as it comes."""
    found, wrong = loaded(tmp_path, "outputs: [{id: wall}]")
    assert (found, wrong) == (File(outputs=(Output(id="wall"),)), [])
    assert loaded(tmp_path, "canvas: auto") == (File(), [])


CORNERS = "config.yaml:3 outputs.0.corners: "
MASK = "config.yaml:3 outputs.0.masks.0: "


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("corners: [[0, 0], [100, 100], [100, 0], [0, 100]]", f"{CORNERS}The corners are crossed"),
        (
            "corners: [[0, 0], [100, 0], [200, 0], [300, 0]]",
            f"{CORNERS}The corners lie on a line: the picture would have no area",
        ),
        ("corners: [[100, 0], [0, 0], [0, 100], [100, 100]]", f"{CORNERS}The corners are inside out"),
        ("corners: [[0, 0], [100, 0], [100, 100]]", f"{CORNERS}write four corners as [[x, y], [x, y], [x, y], [x, y]]"),
        ("corners: [[0, 0], [100, 0], [100, 100], [0]]", "config.yaml:3 outputs.0.corners.3: write a point as [x, y]"),
        ("corners: [[0, 0], [a, 0], [9, 9], [0, 9]]", 'config.yaml:3 outputs.0.corners.1.0: must be a number, not "a"'),
        ("masks: [{id: m, kind: drop, points: [[1, 1]]}]", f"{MASK}The mask m has 1 of the 3 points"),
        ("masks: [{id: m, kind: drop, points: [[0, 0], [9, 9], [9, 0], [0, 9]]}]", f"{MASK}The mask m crosses itself"),
        (
            "masks: [{id: m, kind: hole, points: []}]",
            "config.yaml:3 outputs.0.masks.0.kind: must be 'keep', 'drop', 'lock' or 'text', not \"hole\"",
        ),
        (
            "masks: [{id: m, kind: drop, points: &p [[0, 0], [9, 9], [9, 0]]}, {id: m, kind: keep, points: *p}]",
            "config.yaml:3 outputs.0.masks: Two masks are called m",
        ),
        (
            "masks: [{id: m, kind: drop, points: [], fether: 3}]",
            'config.yaml:3 outputs.0.masks.0.fether: unknown key. Did you mean "feather"?',
        ),
        ("mesh: {rows: 3, columns: 1}", "config.yaml:3 outputs.0.mesh.columns: must be at least 2"),
        ("mesh: {rows: 3, columns: 18}", "config.yaml:3 outputs.0.mesh.columns: must be at most 17"),
        ("mesh: {rows: 2, columns: 2, points: [[0, 0]]}", "config.yaml:3 outputs.0.mesh: A mesh of 2x2 has 4 points, not 1"),
        (
            "mesh: {rows: 2, columns: 2, points: [[0, 0], [1, 0], [1, 1], [0, 1]]}",
            "config.yaml:3 outputs.0.mesh: The mesh is folded",
        ),
        ("gamma: 0", 'config.yaml:3 outputs.0.gamma: must be 0.5 to 4, not "0"'),
        ("gamma: [2.2, 2.2]", "config.yaml:3 outputs.0.gamma: write one number, or [r, g, b]"),
        ("gamma: [2.2, 0, 2.2]", 'config.yaml:3 outputs.0.gamma.1: must be at least 0.5, not "0"'),
        ("balance: [1, 2, 1]", "config.yaml:3 outputs.0.balance.1: must be at most 1"),
        ("gain: 0", "config.yaml:3 outputs.0.gain: must be at least 0.05"),
        ("black: 1", "config.yaml:3 outputs.0.black: must be at most 0.1"),
        ("black: nan", "config.yaml:3 outputs.0.black: must be a number"),
        ("brightness: 0", "config.yaml:3 outputs.0.brightness: must be at least 0.01"),
        ("rotate: 45", 'config.yaml:3 outputs.0.rotate: must be 0, 90, 180 or 270, not "45"'),
        ("mirror: both", "config.yaml:3 outputs.0.mirror: must be 'none', 'horizontal' or 'vertical'"),
        ("crop: [0, 0, 0, 100]", "config.yaml:3 outputs.0.crop: a part of the canvas is 1 pixel"),
        ("crop: [-1, 0, 50, 100]", "config.yaml:3 outputs.0.crop: lies outside the canvas, which begins at [0, 0]"),
        ("crop: [0, 0, 50]", "config.yaml:3 outputs.0.crop: write a part of the canvas as [left, top, width, height]"),
        (
            "crop: [3000, 0, 1920, 1080]",
            "config.yaml:3 outputs.0.crop: lies outside the canvas: it reaches to 4920, 1080 of 3840x1080",
        ),
        ("blend: {left: 3841}", "config.yaml:3 outputs.0.blend: The blends left and right are 3841 px wide together"),
        ("blend: {rigth: 5}", 'config.yaml:3 outputs.0.blend.rigth: unknown key. Did you mean "right"?'),
        ("blend: {left: -5}", "config.yaml:3 outputs.0.blend.left: must be at least 0"),
        ("display: {}", "config.yaml:3 outputs.0.display: which display? Write its name"),
        ("display: {index: 99}", "config.yaml:3 outputs.0.display.index: must be at most 15"),
        ("display: {naem: X}", 'config.yaml:3 outputs.0.display.naem: unknown key. Did you mean "name"?'),
        ("corner: auto", 'config.yaml:3 outputs.0.corner: unknown key. Did you mean "corners"?'),
    ],
)
def test_each_mistake_is_one_line(tmp_path: Path, line: str, expected: str) -> None:
    """With the file's line, the path as one would type it, and the nearest right form."""
    _, wrong = loaded(tmp_path, f"canvas: 3840x1080\noutputs:\n  - {{id: wall, {line}}}\n")
    assert len(wrong) == 1
    assert wrong[0].startswith(expected)


CORNERED: Final = "corners: [[0, 0], [9, 0], [9, 9], [0, 9]]"
MASKED: Final = "masks: [{id: m, kind: lock, points: [[0, 0], [9, 0], [9, 9]]}]"


@pytest.mark.parametrize(
    ("line", "where", "named"),
    [
        (MASKED, "masks", "name: EPSON PJ"),
        (f"display: HDMI-1, {CORNERED}, {MASKED}", "corners", "name: HDMI-1"),
        (f"display: {{serial: X1, index: 1}}, {CORNERED}", "corners", "serial: X1, index: 1"),
    ],
)
def test_what_is_written_in_pixels_says_of_which_size(tmp_path: Path, line: str, where: str, named: str) -> None:
    """Else a display that changes its size would light the window beside its mask; what is missing is written out."""
    asked = (
        "of a display of which size? Pixels of one are not those of another: write it as `weremember outputs` prints it, "
        f"such as `display: {{{named}, size: 1920x1080}}`"
    )
    _, wrong = loaded(tmp_path, f"outputs:\n  - {{id: wall, {line}}}\n")
    assert wrong == [f"config.yaml:2 outputs.0.{where}: {asked}"]


@pytest.mark.parametrize("size", ["place: [0, 0, 640, 360]", "display: {name: A, size: 640x360}"])
def test_a_place_or_a_size_says_which_pixels_are_meant(tmp_path: Path, size: str) -> None:
    """Then corners and masks may be written."""
    assert loaded(tmp_path, f"outputs:\n  - {{id: wall, {size}, {CORNERED}, {MASKED}}}\n")[1] == []


def test_a_blend_must_fit_into_its_crop(tmp_path: Path) -> None:
    """Wider than what the output has of the canvas, it is told where it is written."""
    _, wrong = loaded(tmp_path, "outputs:\n  - id: a\n    crop: [0, 0, 500, 400]\n    blend: {left: 300, right: 300}\n")
    assert wrong == [
        "config.yaml:4 outputs.0.blend: The blends left and right are 600 px wide together: the output has 500 px of the canvas."
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{name: A, serial: 1}", "{name: A, serial: 1}"),
        ("{name: A}", "{name: A, serial: 1}"),
        ("{name: A, serial: 1, index: 0}", "{index: 0}"),
        ("A", "A"),
        ("{name: A, size: 1920x1080}", "{name: A}"),
    ],
)
def test_two_outputs_cannot_claim_one_display(tmp_path: Path, one: str, other: str) -> None:
    """Nor may one be meant by less than the other: whichever came first would take it."""
    _, wrong = loaded(tmp_path, f"outputs:\n  - {{id: a, display: {one}}}\n  - {{id: b, display: {other}}}\n")
    told = (
        'may be the display of output "a": tell them apart by serial, or where they have none by index; '
        "slices of one display each need a place on it: `place: [0, 0, 960, 1080]`"
    )
    assert wrong == [f"config.yaml:3 outputs.1.display: {told}"]


@pytest.mark.parametrize("display", ["", "display: WALL, "])
def test_slices_of_one_wall_share_a_display(tmp_path: Path, display: str) -> None:
    """Each with a place of its own on it; where they are the only outputs, the display need not be named."""
    left, right = "place: [0, 0, 640, 360]", "place: [640, 0, 640, 360]"
    lines = f"outputs:\n  - {{id: a, {display}{left}}}\n  - {{id: b, {display}{right}}}\n"
    found, wrong = loaded(tmp_path, lines)
    assert wrong == []
    assert found is not None
    assert [output.place for output in found.outputs] == [Spot(0, 0, 640, 360), Spot(640, 0, 640, 360)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("place: [0, 0, 640, 360]", "place: [639, 0, 640, 360]", 'place: lies over the place of output "a": on one display'),
        ("place: [0, 0, 640, 360]", "rotate: 0", 'display: may be the display of output "a"'),
        ("rotate: 0", "place: [0, 0, 640, 360]", 'display: may be the display of output "a"'),
        ("rotate: 0", "place: [-1, 0, 640, 360]", "place: a part of a display begins at [0, 0]"),
        ("rotate: 0", "place: [0, 0, 0, 360]", "place: a part of a display begins at [0, 0], is 1 pixel wide"),
        ("rotate: 0", "place: [0, 0, 640]", "place: write a part of the display as [left, top, width, height]"),
        ("rotate: 0", "place: [0, 0, 640.5, 3]", "place.2: must be a whole number"),
    ],
)
def test_slices_that_cannot_be_are_told_in_one_line(tmp_path: Path, one: str, other: str, expected: str) -> None:
    """Two that lie over each other, one that takes all of a display, and places that are none."""
    _, wrong = loaded(tmp_path, f"outputs:\n  - {{id: a, display: W, {one}}}\n  - {{id: b, display: W, {other}}}\n")
    assert len(wrong) == 1
    assert wrong[0].startswith(f"config.yaml:3 outputs.1.{expected}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{name: A, serial: 1}", "{name: A, serial: 2}"),
        ("{name: A, index: 0}", "{name: A, index: 1}"),
        ("{name: A}", "{name: B}"),
    ],
)
def test_twins_are_told_apart(tmp_path: Path, one: str, other: str) -> None:
    """By serial; by number where they have none."""
    assert loaded(tmp_path, f"outputs:\n  - {{id: a, display: {one}}}\n  - {{id: b, display: {other}}}\n")[1] == []


def test_outputs_have_names_and_displays_of_their_own(tmp_path: Path) -> None:
    """Two of one name are told; so are several without a display; and there is an end."""
    _, wrong = loaded(tmp_path, "outputs:\n  - {id: a, display: A}\n  - {id: a, display: B}\n")
    assert wrong == ['config.yaml:3 outputs.1.id: two outputs are called "a": give each a name of its own']
    _, wrong = loaded(tmp_path, "outputs:\n  - {id: a, display: A}\n  - {id: b}\n")
    assert wrong == [
        "config.yaml:3 outputs.1: which display? With 2 outputs, each needs its own: `display: {name: EPSON PJ, serial: X4Z1}`"
    ]
    lines = "".join(f"  - {{id: o{i}, display: D{i}}}\n" for i in range(MAX_OUTPUTS + 1))
    assert loaded(tmp_path, f"outputs:\n{lines}")[1] == ["config.yaml:1 outputs: must have at most 16 entries"]


FULL_HD: Final = Size(1920, 1080)


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity(name="EPSON PJ", serial="X4Z1", size=FULL_HD, index=2), (True, True, True, True)),
        (Identity(name="EPSON PJ"), (False, True, False, False)),
        (Identity(name="HDMI-1"), (False, True, False, False)),
        (Identity(name="EPSON PJ", size=Size(1280, 720)), (False, True, False, False)),
        (Identity(serial="X4Z1", name="renamed by an update"), (True, False, False, False)),
        (Identity(size=FULL_HD), (False, False, True, False)),
        (Identity(index=2), (False, False, False, True)),
        (Identity(name="BenQ"), None),
        (Identity(name="EPSON PJ", serial="another"), None),
        (Identity(serial="another"), None),
        (Identity(size=Size(1280, 720)), None),
        (Identity(index=1), None),
        (Identity(name="EPSON PJ", index=1), None),
    ],
)
def test_how_well_a_display_is_the_one_that_is_meant(identity: Identity, expected: tuple[bool, ...] | None) -> None:
    """A name, a serial and a number must be so; a size may change on a display that is known by them."""
    found = identity.likeness(names=("EPSON PJ", "HDMI-1"), serial="X4Z1", size=FULL_HD, index=2)
    assert found == (None if expected is None else Likeness(*expected))


def test_a_cable_that_loses_the_serial_loses_no_output() -> None:
    """By its name it is still found; by a serial alone it is not."""
    by_both, by_one = Identity(name="EPSON PJ", serial="X4Z1"), Identity(serial="X4Z1")
    assert by_both.likeness(names=("EPSON PJ",), serial="", size=FULL_HD, index=0) == Likeness(False, True, False, False)  # noqa: FBT003 - four of a kind
    assert by_one.likeness(names=("EPSON PJ",), serial="", size=FULL_HD, index=0) is None


def test_the_canvas_is_what_is_written_or_what_is_needed() -> None:
    """As written; else the crops together; else the first display's own size, upright."""
    crops = (Output(id="a", crop=Box(0, 0, 1920, 1080)), Output(id="b", crop=Box(1680, 20, 1920, 1080.5)))
    assert canvas_of(Size(4000, 2000), crops, {}) == Size(4000, 2000)
    assert canvas_of(None, crops, {}) == Size(3600, 1101)
    assert canvas_of(None, (Output(id="a"),), {"a": Size(1280, 720)}) == Size(1280, 720)
    assert canvas_of(None, (Output(id="a", rotate=90),), {"a": Size(1280, 720)}) == Size(720, 1280)
    assert canvas_of(None, (Output(id="a"),), {}) == Size(1920, 1080)


@given(st.sampled_from([0, 90, 180, 270]), st.sampled_from(["none", "horizontal", "vertical"]))
def test_an_output_without_a_crop_takes_all_of_the_canvas(rotate: Rotation, mirror: Mirror) -> None:
    """However it hangs."""
    seat = seat_of(Output(id="a", rotate=rotate, mirror=mirror), Size(800, 600), Size(1280, 720))
    assert seat == Seat(Size(800, 600), Box(0, 0, 800, 600), Size(1280, 720), rotate, mirror)


def test_reading_the_configuration_needs_no_arrays() -> None:
    """The supervisor and the process with the network read it too: they stay small, and far from pictures."""
    asked = "import sys, player.output.section; print([name for name in ('numpy', 'cv2') if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
