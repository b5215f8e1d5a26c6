"""What the operator sees: handles where the points are, quiet light, nothing inside locked masks, thumbnails without photos."""

from __future__ import annotations

from dataclasses import replace
from math import hypot

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from player.calibration.actions import Do, Edit
from player.calibration.drawing import draw, draw_name, name_plate
from player.calibration.editing import State, act, begun
from player.calibration.record import Kept
from player.calibration.spot import Part, Spot, place_of
from player.calibration.thumbnail import HEIGHT_PX, thumbnail
from player.errors import GeometryError
from player.output.curve import LINEAR
from player.output.mask import coverage, inside
from player.output.pen import Pen
from player.output.refusals import check_mask
from player.output.shape import Edges, Mask, Mesh, Mirror, Point, Rotation, grid, plain
from player.units import Size
from tests.calibration.wall import LOCKED, SIZE, WINDOW, output, wall
from tests.fakes.letters import FakeLetters

LARGE = Size(960, 540)


@pytest.fixture(scope="module")
def pen() -> Pen:
    """Words in one face."""
    return Pen(FakeLetters())


def seen(state: State, pen: Pen, index: int = 0, ground: int = 0) -> NDArray[np.uint8]:
    """What is drawn over an even ground."""
    size = state.outputs[index].seat.size
    out = np.full((size.height, size.width, 4), ground, np.uint8)
    out[..., 3] = 255
    draw(out, state, index, pen)
    return out


def large(*masks: Mask, spot: Spot | None = None) -> State:
    """A larger output, bent, with its edges blended."""
    edited = output("left", 0, *masks, size=LARGE)
    points = (*grid(3, 3)[:4], Point(0.55, 0.45), *grid(3, 3)[5:])
    shape = replace(edited.shape, mesh=Mesh(3, 3, points), edges=Edges(right=40))
    return replace(begun([replace(edited, shape=shape)]), spot=spot or Spot(), shows_help=False)


@pytest.mark.parametrize("spot", [Spot(Part.MESH, 4), Spot(Part.MASKS, 0, 2), Spot(Part.MASKS, 0)])
def test_a_ring_is_around_what_is_selected(pen: Pen, spot: Spot) -> None:
    """The selected point has amber around it, and the picture at the point itself is left alone."""
    window = replace(WINDOW, points=tuple(Point(p.x * 3 + 100, p.y * 3 + 50) for p in WINDOW.points))
    state = large(window, spot=spot)
    place = place_of(state.edited.shape, spot)
    assert place is not None
    out = seen(state, pen).astype(int)

    amber = (out[..., 2] > 130) & (out[..., 0] < 90)
    rows, columns = np.nonzero(amber)
    ring = [hypot(x + 0.5 - place.x, y + 0.5 - place.y) for y, x in zip(rows, columns, strict=True)]
    assert sum(9 < away < 11 for away in ring) > 10
    assert min(ring) > 2


def test_it_blinds_nobody(pen: Pen) -> None:
    """All that is drawn on a black output comes to less than two percent of its light, no pixel to half of white's."""
    state = act(large(WINDOW, LOCKED), Do.GRID, 0).state
    for part in Part:
        out = seen(replace(act(state, Edit(part), 0).state, shows_help=True), pen)
        light = LINEAR[out[..., :3]] / 65535

        assert 0 < light.mean() < 0.02
        assert light.max() < 0.45


def test_nothing_shines_into_a_locked_mask(pen: Pen) -> None:
    """Grid, handles and words are taken out of it again, on every output and whatever is edited."""
    middle = Mask("home", "lock", (Point(300, 100), Point(700, 150), Point(650, 500), Point(320, 420)))
    state = replace(act(large(middle), Do.GRID, 0).state, shows_help=True)
    for part in Part:
        for chosen in (Spot(part), Spot(Part.MASKS, 0, 1)):
            out = seen(replace(state, spot=chosen), pen)
            assert not out[..., :3][inside(middle.points, LARGE)].any()


def test_the_others_show_their_name_alone(pen: Pen) -> None:
    """An output that is not edited has its border and its name, no help."""
    state = wall()
    other = seen(state, pen, 1)

    assert other[..., :3].any()
    assert (other[..., :3] > 0).sum() < (seen(state, pen, 0)[..., :3] > 0).sum()


def test_messages_and_help_are_seen(pen: Pen) -> None:
    """A refusal is drawn; H takes the help away."""
    quiet = large()
    told = replace(quiet, message="The mesh is folded.")
    helped = replace(quiet, shows_help=True)

    def lit(state: State) -> int:
        return int((seen(state, pen)[..., :3] > 60).sum())

    assert lit(quiet) < lit(told) < lit(helped)


def test_words_keep_away_from_the_point(pen: Pen) -> None:
    """With a point in the lower half selected the words are in the upper one."""
    for index, rows in ((0, slice(270, 540)), (2, slice(0, 270))):
        state = replace(large(spot=Spot(Part.CORNERS, index)), shows_help=True)
        bright = seen(state, pen, ground=200)[..., 0] < 100
        assert bright[rows, 300:660].sum() > 5 * bright[::-1][rows, 300:660].sum()


@pytest.mark.parametrize(("rotate", "mirror"), [(90, "none"), (270, "none"), (180, "none"), (0, "horizontal"), (0, "vertical")])
def test_words_read_right_on_the_wall(pen: Pen, rotate: Rotation, mirror: Mirror) -> None:
    """On a turned or mirrored output the plate is turned and mirrored with the picture."""
    edited = output("left", 0, size=LARGE)
    straight = begun([edited])
    size = LARGE if rotate in (0, 180) else Size(LARGE.height, LARGE.width)
    turned = begun([replace(edited, seat=replace(edited.seat, rotate=rotate, mirror=mirror, size=size), shape=plain(size))])
    out = seen(replace(turned, spot=Spot(Part.LIGHT)), pen)
    back = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    if mirror != "none":
        out = np.asarray(cv2.flip(out, {"horizontal": 1, "vertical": 0}[mirror]), np.uint8)
    if rotate:
        out = np.asarray(cv2.rotate(out, back[rotate]), np.uint8)
    expected = seen(replace(straight, spot=Spot(Part.LIGHT)), pen)

    plate = expected[170:370, 240:720, 0]

    def likeness(image: NDArray[np.uint8]) -> float:
        return float(cv2.matchTemplate(np.ascontiguousarray(image[..., 0]), plate, cv2.TM_CCOEFF_NORMED).max())

    assert likeness(out) > 0.99
    assert likeness(out[::-1, ::-1]) < 0.9


def test_padded_memory_is_drawn_into(pen: Pen) -> None:
    """A window's rows may be longer than the picture; what is beyond is left alone."""
    state = replace(wall(WINDOW), spot=Spot(Part.MASKS, 0, 1), shows_grid=True)
    rows = np.zeros((SIZE.height, (SIZE.width + 5) * 4), np.uint8)
    out = rows[:, : SIZE.width * 4].reshape(SIZE.height, SIZE.width, 4)
    if not np.shares_memory(out, rows):
        out = np.lib.stride_tricks.as_strided(rows, (SIZE.height, SIZE.width, 4), (rows.strides[0], 4, 1))
    out[..., 3] = 255
    draw(out, state, 0, pen)

    assert np.array_equal(out, seen(state, pen))
    assert not rows[:, SIZE.width * 4 :].any()


def test_a_thumbnail_is_of_the_shapes_alone() -> None:
    """A PNG of all outputs side by side, drawn from what was kept: there is no photo in it that could be withdrawn."""
    kept = {"left": Kept(large(WINDOW).edited.shape, LARGE), "right": Kept(plain(SIZE), SIZE)}
    content = thumbnail(kept)
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)

    assert content.startswith(b"\x89PNG")
    assert picture is not None
    assert picture.shape == (HEIGHT_PX, 320 + 8 + 320, 3)
    assert len(content) < 40_000
    assert thumbnail({}).startswith(b"\x89PNG")


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_an_outputs_name_is_large_and_in_no_masked_place(pen: Pen, rotate: Rotation) -> None:
    """In the middle, upright as the projector hangs; a window that is kept dark stays so."""
    middle = tuple(Point(480 + x, 270 + y) for x, y in ((-30, -30), (30, -30), (30, 30), (-30, 30)))
    edited = output("left", 0, Mask("window", "drop", middle), size=LARGE)
    out = np.zeros((LARGE.height, LARGE.width, 4), np.uint8)
    seat = replace(edited.seat, rotate=rotate)
    draw_name(out, seat, edited.shape, name_plate(seat, ("left", "EPSON PJ"), pen))
    lit = out[..., :3].max(axis=2) > 100
    rows, columns = np.nonzero(lit)
    along = columns if rotate in (0, 180) else rows
    assert int(along.max() - along.min()) > LARGE.height / 7
    assert not lit[245:295, 455:505].any()


def test_a_name_that_is_too_long_is_smaller(pen: Pen) -> None:
    """All of it is on the output."""
    edited = output("left", 0)
    out = np.zeros((SIZE.height, SIZE.width, 4), np.uint8)
    plate = name_plate(edited.seat, ("the-third-projector-of-the-northern-tower-from-below",), pen)
    draw_name(out, edited.seat, edited.shape, plate)
    lit = out[..., :3].max(axis=2) > 60
    assert lit.any()
    assert not lit[:, :3].any()
    assert not lit[:, -3:].any()


def test_a_name_stays_where_there_is_light(pen: Pen) -> None:
    """Inside of the outline, and of the picture; nothing of it on the sky or on a neighbour's wall."""
    inset = tuple(Point(x, y) for x, y in ((200, 100), (700, 120), (720, 400), (180, 420)))
    keep = Mask("outline", "keep", (Point(300, 90), Point(600, 90), Point(600, 500), Point(300, 500)))
    edited = output("left", 0, size=LARGE)
    plate = name_plate(edited.seat, ("the-northern-tower", "EPSON PJ"), pen)
    for shape in (replace(edited.shape, corners=inset), replace(edited.shape, masks=(keep,))):
        out = np.zeros((LARGE.height, LARGE.width, 4), np.uint8)
        draw_name(out, edited.seat, shape, plate)
        assert out[..., :3].any()
        assert not out[..., :3][coverage(shape, LARGE) == 0].any()


def test_locks_of_any_shape_stay_dark_to_the_last_pixel(pen: Pen) -> None:
    """What the finished picture leaves dark has no handle in it, within the output and partly beyond it."""
    chance = np.random.default_rng(3)
    tried = 0
    while tried < 100:
        middle, n = chance.uniform(0, [320, 180]), int(chance.integers(3, 9))
        angles, radii = np.sort(chance.uniform(0, 2 * np.pi, n)), chance.uniform(3, 60, n)
        around = zip(middle[0] + radii * np.cos(angles), middle[1] + radii * np.sin(angles), strict=True)
        lock = Mask("l", "lock", tuple(Point(float(x), float(y)) for x, y in around))
        try:
            check_mask(lock)
        except GeometryError:
            continue
        tried += 1
        out = np.full((SIZE.height, SIZE.width, 4), 120, np.uint8)
        within = inside(lock.points, SIZE)
        out[within] = (0, 0, 0, 255)
        draw(out, begun([output("left", 0, lock)]), 0, pen)
        assert not out[..., :3][within].any()


@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 1), Size(3, 2), Size(1, 500)])
def test_no_output_is_too_small_for_words(pen: Pen, size: Size) -> None:
    """There is little to be read on it, and nothing stops."""
    edited = output("left", 0, size=size)
    out = np.zeros((size.height, size.width, 4), np.uint8)
    draw_name(out, edited.seat, edited.shape, name_plate(edited.seat, ("left", "EPSON PJ"), pen))
    if min(size) > 1:
        for part in Part:
            draw(out, act(begun([edited]), Edit(part), 0).state, 0, pen)
