"""How outputs that light the same spot share it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.blend import Share, blended, overlaps, ramp, room_for_words, wall
from player.output.mask import masked
from player.output.shape import Box, Edges, Light, Mask, Point, Seat, Shape, plain, whole
from player.units import Size

SIZE = Size(160, 90)
B = 0.002


def row(*lefts: float, canvas: Size, top: float = 0, black: float = 0.0) -> list[tuple[Seat, Shape]]:
    """Outputs of one size, side by side."""
    shape = Shape(whole(SIZE), light=Light(black=black))
    return [(Seat(canvas, Box(left, top, 160, 90), SIZE), shape) for left in lefts]


def two_by_two(black: float = 0.0) -> list[tuple[Seat, Shape]]:
    """Four outputs that overlap by 40 pixels across and 30 down."""
    canvas = Size(280, 150)
    return [*row(0, 120, canvas=canvas, black=black), *row(0, 120, canvas=canvas, top=60, black=black)]


def spread(share: Share, field: NDArray[np.float32], canvas: Size) -> NDArray[np.float32]:
    """A share on all of the canvas."""
    found = np.zeros((canvas.height, canvas.width), np.float32)
    found[share.top : share.top + field.shape[0], share.left : share.left + field.shape[1]] = field
    return found


def total(outputs: list[tuple[Seat, Shape]]) -> NDArray[np.float32]:
    """All weights together."""
    canvas = outputs[0][0].canvas
    return np.sum([spread(share, share.weight, canvas) for share in blended(outputs).shares], axis=0)


@given(st.floats(0, 1), st.floats(1, 5))
def test_a_ramp_and_its_mirror_make_one(x: float, p: float) -> None:
    """f(x) + f(1 − x) = 1, from 0 at the edge to 1 inside, ½ in the middle."""
    up, down = ramp(np.array([x, 0.0, 0.5, 1.0]), p), ramp(np.array([1 - x]), p)
    assert up[0] + down[0] == pytest.approx(1)
    assert up[1:] == pytest.approx([0, 0.5, 1])


def test_the_ramp_is_the_one_of_the_book() -> None:
    """½(2x)^p below ½, else 1 − ½(2(1 − x))^p."""
    assert ramp(np.array([0.25, 0.75, 0.1]), 2.0) == pytest.approx([0.125, 0.875, 0.02])
    assert ramp(np.array([0.25, 0.75]), 3.0) == pytest.approx([0.0625, 0.9375])


def test_edges_come_from_how_crops_overlap() -> None:
    """Only on the sides that another crop reaches over, as far as it reaches; touching is no overlap."""
    crops = [outputs[0].crop for outputs in two_by_two()]
    assert overlaps(crops, 0) == Edges(0, 40, 0, 30)
    assert overlaps(crops, 3) == Edges(40, 0, 30, 0)
    assert overlaps([Box(0, 0, 100, 50), Box(100, 0, 100, 50)], 0) == Edges()
    assert overlaps([Box(0, 0, 100, 50), Box(0, 0, 100, 50)], 0) == Edges()
    assert overlaps([Box(0, 0, 100, 50), Box(20, 10, 30, 20)], 1) == Edges(30, 30, 20, 20)
    assert overlaps([Box(0, 0, 100, 50), Box(20, 10, 30, 20)], 0) == Edges()


@pytest.mark.parametrize(
    "outputs",
    [
        row(0, 120, canvas=Size(280, 90)),
        row(0, 120, 240, canvas=Size(400, 90)),
        row(0, 60, 120, canvas=Size(280, 90)),
        row(0, 0, canvas=Size(160, 90)),
        two_by_two(),
        [*row(0, canvas=Size(230, 140)), *row(70, canvas=Size(230, 140), top=50)],
        [*row(0.25, 120.6, canvas=Size(281, 90))],
    ],
)
def test_all_weights_make_one_wherever_there_is_light(outputs: list[tuple[Seat, Shape]]) -> None:
    """Side by side, three in a row, three deep, one on another, four round a corner, askew, on parts of pixels."""
    lit = blended(outputs).count > 0
    assert lit.mean() > 0.7
    assert np.abs(total(outputs)[lit] - 1).max() < 1e-5


def test_an_output_fades_out_before_its_edge() -> None:
    """Where it ends in the light of another it gives none, where the other ends all; in between without a step."""
    first = blended(row(0, 120, canvas=Size(280, 90))).shares[0].weight[45]
    assert (first[:120] == 1).all()
    assert first[159] < 0.001
    assert first[120] > 0.999
    assert (np.diff(first) <= 0).all()
    assert np.abs(np.diff(first)).max() < 0.06
    assert first[139:141].mean() == pytest.approx(0.5)


def test_a_corner_of_four_has_all_of_its_light() -> None:
    """In its middle each gives a quarter: m = f(dx)·f(dy), where multiplying before f would leave a half."""
    outputs = two_by_two()
    canvas = outputs[0][0].canvas
    shares = [spread(share, share.weight, canvas)[74:76, 139:141].mean() for share in blended(outputs).shares]
    assert shares == pytest.approx([0.25] * 4, abs=1e-4)
    across = ramp((np.arange(40) + 0.5) / 40, 2.0)
    assert blended(outputs).shares[3].weight[10, :40] == pytest.approx(ramp(np.array([10.5 / 30]), 2.0)[0] * across, abs=1e-5)


def test_the_wall_knows_how_many_light_it() -> None:
    """One, two, and four round the corner."""
    count = blended(two_by_two()).count
    assert (count[10, 10], count[10, 140], count[75, 10], count[75, 140]) == (1, 2, 2, 4)


@pytest.mark.parametrize(
    "outputs", [row(0, 120, canvas=Size(280, 90), black=B), row(0, 60, 120, canvas=Size(280, 90), black=B), two_by_two(B)]
)
def test_black_is_lifted_to_that_of_the_deepest_overlap(outputs: list[tuple[Seat, Shape]]) -> None:
    """What all projectors leak where they overlap the most is had everywhere, and white stays what it was."""
    canvas = outputs[0][0].canvas
    blend = blended(outputs)
    black, white = np.zeros((2, canvas.height, canvas.width))
    for (seat, _), share in zip(outputs, blend.shares, strict=True):
        leak = spread(share, np.full_like(share.weight, B), canvas)
        offset, scale = spread(share, share.offset, canvas), spread(share, share.scale, canvas)
        black += leak + (1 - B) * offset
        white += leak + (1 - B) * (offset + scale)
        assert (offset + scale).max() <= 1 + 1e-6
        assert seat.canvas == canvas
    assert np.allclose(black, blend.count.max() * B, rtol=1e-3)
    assert np.allclose(white, 1, rtol=1e-4)


def test_without_black_nothing_is_lifted() -> None:
    """Scale is the weight and offset is nothing, exactly."""
    for share in blended(two_by_two()).shares:
        assert not share.offset.any()
        assert np.array_equal(share.scale, share.weight)


def stars() -> st.SearchStrategy[tuple[Point, ...]]:
    """Polygons round the middle of an output."""

    def star(reach: list[float]) -> tuple[Point, ...]:
        angles = np.arange(len(reach)) / len(reach) * 2 * np.pi
        return tuple(Point(float(80 + r * np.cos(a)), float(45 + r * np.sin(a))) for r, a in zip(reach, angles, strict=True))

    return st.lists(st.floats(15, 70), min_size=3, max_size=9).map(star)


@settings(max_examples=30, deadline=None)
@given(stars(), stars(), st.sampled_from([0.0, 4.0, 20.0]))
def test_any_two_polygons_share_their_overlap(one: tuple[Point, ...], other: tuple[Point, ...], feather: float) -> None:
    """Whatever the masks leave of two outputs: together they give what the more open one would give alone."""
    canvas = Size(200, 110)
    outputs = [
        (Seat(canvas, Box(x, y, 160, 90), SIZE), Shape(whole(SIZE), masks=(Mask("m", "keep", points, feather),)))
        for x, y, points in ((0, 0, one), (40, 20, other))
    ]
    blend = blended(outputs)
    open_now, given_now = np.zeros((2, 110, 200), np.float32)
    for (seat, shape), share in zip(outputs, blend.shares, strict=True):
        mask = masked(shape.masks, seat.size)
        open_now = np.maximum(open_now, spread(share, mask, canvas))
        given_now = given_now + spread(share, mask * share.weight, canvas)
    assert np.allclose(given_now, open_now, atol=1e-4)


def test_a_mask_ends_softly_in_the_light_of_another() -> None:
    """A hard mask in an overlap makes no seam: its output gives nothing at the edge and all where the other ends."""
    canvas = Size(160, 90)
    left, right = (
        tuple(Point(x, y) for x, y in ((0.0, 0.0), (110.0, 0.0), (90.0, 90.0), (0.0, 90.0))),
        tuple(Point(x, y) for x, y in ((40.0, 0.0), (160.0, 0.0), (160.0, 90.0), (60.0, 90.0))),
    )
    seat = Seat(canvas, Box(0, 0, 160, 90), SIZE)
    outputs = [(seat, Shape(whole(SIZE), masks=(Mask("m", "keep", points),))) for points in (left, right)]
    first, second = (share.weight[45] for share in blended(outputs).shares)
    assert first[:50] == pytest.approx(1)
    assert second[101:] == pytest.approx(1)
    assert first[51] > 0.99
    assert first[98] < 0.01
    assert np.abs(np.diff(first[:99])).max() < 0.06


def test_blends_by_hand_go_before_those_by_overlap() -> None:
    """Narrower than the overlap, the ramp is steeper and the sum still one; where no neighbour is known, it is taken as it is."""
    canvas = Size(280, 90)
    (seat, shape), other = row(0, 120, canvas=canvas)
    narrow = Shape(shape.corners, edges=Edges(right=20))
    outputs = [(seat, narrow), other]
    assert (blended(outputs).shares[0].weight[45, :120] == 1).all()
    assert blended(outputs).shares[0].weight[45, 130] > blended([(seat, shape), other]).shares[0].weight[45, 130]
    assert np.abs(total(outputs) - 1).max() < 1e-5

    alone = blended([(seat, Shape(shape.corners, edges=Edges(left=40)))]).shares[0].weight[45]
    assert alone[:40] == pytest.approx(ramp((np.arange(40) + 0.5) / 40, 2.0), abs=1e-5)


@pytest.mark.parametrize(
    ("edges", "words"),
    [
        (Edges(left=161), "161 px wide together: the output has 160"),
        (Edges(left=100, right=61), "left and right are 161"),
        (Edges(top=50, bottom=41), "top and bottom"),
        (Edges(left=-1), "0 pixels wide or more"),
        (Edges(left=float("nan")), "0 pixels wide or more"),
    ],
)
def test_a_blend_wider_than_the_output_is_refused(edges: Edges, words: str) -> None:
    """It has no room; the operator reads on which sides."""
    seat, shape = row(0, canvas=Size(280, 90))[0]
    with pytest.raises(GeometryError, match=words):
        blended([(seat, Shape(shape.corners, edges=edges))])


def test_outputs_of_two_canvases_do_not_blend() -> None:
    """Nor does a crop that has nothing of its canvas, nor no output at all."""
    with pytest.raises(GeometryError, match="share a canvas"):
        blended([*row(0, canvas=Size(280, 90)), *row(0, canvas=Size(281, 90))])
    with pytest.raises(GeometryError, match="no pixel"):
        blended(row(300, canvas=Size(280, 90)))
    with pytest.raises(ValueError, match="one output"):
        blended([])


def test_a_part_of_the_picture_beside_the_output_is_not_counted_on() -> None:
    """A corner dragged beyond the display takes light with it: there the neighbour gives all."""
    canvas = Size(280, 90)
    (seat, _), other = row(0, 120, canvas=canvas)
    beyond = Shape((Point(0, 0), Point(180, 0), Point(180, 90), Point(0, 90)))
    blend = blended([(seat, beyond), other])
    assert blend.count[45, 150] == 1
    assert blend.shares[1].weight[45, 30] == pytest.approx(1)


def test_what_an_output_shows_is_received_where_it_lands() -> None:
    """A picture shown through a turned output stands upright on the canvas."""
    picture = np.random.default_rng(1).random((160, 90), np.float32)
    seat, shape = Seat(Size(200, 100), Box(20, 5, 160, 90), Size(90, 160), 90), plain(Size(90, 160))
    got = wall([(seat, shape)], [picture])
    assert np.allclose(got[5:95, 20:180], np.rot90(picture, 1), atol=1e-5)
    assert got.sum() == pytest.approx(picture.sum())


def test_the_wall_adds_light_and_what_leaks() -> None:
    """Two whites and two blacks where they overlap, in every channel."""
    outputs = row(0, 120, canvas=Size(280, 90), black=B)
    got = wall(outputs, [np.full((90, 160, 3), 0.5, np.float32)] * 2)
    assert got[45, 10] == pytest.approx([B + (1 - B) * 0.5] * 3)
    assert got[45, 140] == pytest.approx([2 * (B + (1 - B) * 0.5)] * 3)


def test_words_stay_out_of_masks_and_keep_outs() -> None:
    """On the canvas, from whichever output's pixels a window or a keep-out was drawn in; elsewhere there is room."""

    def box(left: float, top: float, right: float, bottom: float) -> tuple[Point, ...]:
        return Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)

    masks = (Mask("window", "drop", box(10, 10, 30, 30)), Mask("sign", "text", box(100, 50, 160, 70)))
    (seat, shape), other = row(0, 120, canvas=Size(290, 90))
    free = room_for_words([(seat, Shape(shape.corners, masks=masks)), other])
    wanted = np.ones((90, 290), np.bool_)
    wanted[:, 280:] = wanted[10:30, 10:30] = wanted[50:70, 100:160] = False
    assert np.array_equal(free, wanted)
