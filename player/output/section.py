"""The sections `canvas:` and `outputs:` of config.yaml: their keys, and what is wrong with a value in words.

The configuration says where mapping begins; what is then edited on the wall is kept apart from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Annotated, Final, Literal, Self, TypeAlias, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from player.errors import GeometryError
from player.output.identity import Identity, SizeText
from player.output.refusals import (
    MAX_FEATHER_PX,
    MAX_MASKS,
    check_corners,
    check_edges,
    check_mask,
    check_masks,
    check_mesh,
    check_order,
)
from player.output.scaling import scaled
from player.output.shape import (
    MAX_GRID,
    MIN_GRID,
    Box,
    Corners,
    Edges,
    Light,
    Mask,
    Mesh,
    Mirror,
    Point,
    Rotation,
    Seat,
    Shape,
    grid,
    whole,
)
from player.output.spot import Spot
from player.schema import Frozen
from player.units import MAX_SIDE, Size

MAX_OUTPUTS: Final = 16  # what the graphics cards of one machine drive
MAX_BLACK: Final = 0.1  # of white: a contrast of 10 to 1; cheap projectors have 500 to 1
MAX_GAMMA: Final = 4.0  # measured ones lie between 1.8 and 2.6
MIN_GAMMA: Final = 0.5
_ID: Final = re.compile(r"[A-Za-z0-9][\w-]{0,63}", re.ASCII)
_FOUR: Final = "four corners as [[x, y], [x, y], [x, y], [x, y]], from the top left clockwise"
_USUAL: Final = Size(1920, 1080)  # what shapes are judged in while a display's size is not known

T = TypeVar("T")

Found: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in the file, and what is wrong."""


def _auto(value: object) -> object:
    return None if value == "auto" else value


def _whole_number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _named(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f'is named with letters, digits, - and _, not "{text}"')
    return text


def _numbers(count: int, form: str) -> BeforeValidator:
    """Return a validator that wants *count* entries, written as in *form*."""

    def check_count(value: object) -> object:
        if not isinstance(value, list | tuple) or len(value) != count:  # pyright: ignore[reportUnknownArgumentType] - of what is the schema's to say
            raise ValueError(f"write {form}")
        return value  # pyright: ignore[reportUnknownVariableType] - the same

    return BeforeValidator(check_count)


def _sound(function: Callable[[], T]) -> T:
    """Return what *function* does; what it refuses is a mistake in the file."""
    try:
        return function()
    except GeometryError as error:
        raise ValueError(str(error)) from error


def _display(value: object) -> object:
    return {"name": value} if isinstance(value, str) and value else value


def _gamma(value: object) -> object:
    if value in ("auto", "srgb"):
        return None
    if not isinstance(value, str):
        return value
    try:
        all_three = float(value)
    except ValueError:
        raise ValueError(f'write srgb, a number, or [red, green, blue], not "{value}"') from None
    if not MIN_GAMMA <= all_three <= MAX_GAMMA:
        raise ValueError(f'must be {MIN_GAMMA:g} to {MAX_GAMMA:g}, not "{value}"')
    return [all_three] * 3


Name: TypeAlias = Annotated[str, AfterValidator(_named)]
Place: TypeAlias = Annotated[Point, _numbers(2, "a point as [x, y]")]
Part: TypeAlias = Annotated[Box, _numbers(4, "a part of the canvas as [left, top, width, height]")]
Gamma: TypeAlias = Annotated[float, Field(ge=MIN_GAMMA, le=MAX_GAMMA)]
Factor: TypeAlias = Annotated[float, Field(ge=0.05, le=1)]
Side: TypeAlias = Annotated[float, Field(ge=0, le=MAX_SIDE)]


class MaskSection(Frozen):
    """A polygon that takes light away, or words."""

    id: Name
    kind: Literal["keep", "drop", "lock", "text"]
    points: tuple[Place, ...]
    feather: float = Field(default=0.0, ge=0, le=MAX_FEATHER_PX)
    """In output pixels."""

    @model_validator(mode="after")
    def _is_a_polygon(self) -> Self:
        _sound(lambda: check_mask(self.mask))
        return self

    @property
    def mask(self) -> Mask:
        """The mask as a value."""
        return Mask(self.id, self.kind, self.points, self.feather)


class MeshSection(Frozen):
    """Fine work inside the corners; most begin with none and do it on the wall."""

    rows: int = Field(ge=MIN_GRID, le=MAX_GRID)
    columns: int = Field(ge=MIN_GRID, le=MAX_GRID)
    points: tuple[Place, ...] | None = None
    """Row by row, in the unit square; None: an even grid."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        _sound(lambda: check_mesh(self.mesh))
        _sound(lambda: check_order(self.mesh))
        return self

    @property
    def mesh(self) -> Mesh:
        """The mesh as a value."""
        return Mesh(self.rows, self.columns, grid(self.rows, self.columns) if self.points is None else self.points)


class BlendSection(Frozen):
    """How wide the ramps are, in canvas pixels."""

    left: Side = 0.0
    right: Side = 0.0
    top: Side = 0.0
    bottom: Side = 0.0

    @property
    def edges(self) -> Edges:
        """The edges as a value."""
        return Edges(self.left, self.right, self.top, self.bottom)


class Output(Frozen):
    """A display, what it takes of the canvas, and where that lands."""

    id: Name
    display: Annotated[Identity | None, BeforeValidator(_display)] = None
    """None: the only display there is."""
    place: Annotated[
        Annotated[Spot, _numbers(4, "a part of the display as [left, top, width, height]")] | None, BeforeValidator(_auto)
    ] = None
    """On that display, in its pixels, for the slices of an LED wall; None: all of it."""
    crop: Annotated[Part | None, BeforeValidator(_auto)] = None
    """Of the canvas, in its pixels; None: all of it."""
    rotate: Annotated[Rotation, BeforeValidator(_whole_number)] = 0
    """Clockwise."""
    mirror: Mirror = "none"
    corners: Annotated[Annotated[tuple[Place, Place, Place, Place], _numbers(4, _FOUR)] | None, BeforeValidator(_auto)] = None
    """Top left, top right, bottom right, bottom left, in output pixels; None: those of the display."""
    mesh: MeshSection | None = None
    masks: Annotated[tuple[MaskSection, ...], Field(max_length=MAX_MASKS)] = ()
    blend: Annotated[BlendSection | None, BeforeValidator(_auto)] = None
    """None: as the crops overlap."""
    steepness: float = Field(default=2.0, ge=1, le=5)
    """Of the blend's ramps in their middle."""
    black: float = Field(default=0.0, ge=0, le=MAX_BLACK)
    """What the projector's black is of its white."""
    gain: Factor = 1.0
    balance: Annotated[tuple[Factor, Factor, Factor], _numbers(3, "red, green and blue as [1, 0.95, 0.9]")] = (1.0, 1.0, 1.0)
    gamma: Annotated[
        Annotated[tuple[Gamma, Gamma, Gamma], _numbers(3, "one number, or [r, g, b]")] | None, BeforeValidator(_gamma)
    ] = None
    """As measured; None: sRGB."""
    brightness: float = Field(default=1.0, ge=0.01, le=1)

    @field_validator("place")
    @classmethod
    def _is_on_a_display(cls, value: Spot | None) -> Spot | None:
        if value is not None and (min(value[:2]) < 0 or min(value[2:]) < 1 or max(value.right, value.bottom) > MAX_SIDE):
            raise ValueError(f"a part of a display begins at [0, 0], is 1 pixel wide and high at least, and ends by {MAX_SIDE}")
        return value

    @field_validator("crop")
    @classmethod
    def _has_area(cls, value: Box | None) -> Box | None:
        if value is not None and (value.width < 1 or value.height < 1):
            raise ValueError("a part of the canvas is 1 pixel wide and high at least")
        if value is not None and (value.x < 0 or value.y < 0 or value.right > MAX_SIDE or value.bottom > MAX_SIDE):
            raise ValueError(f"lies outside the canvas, which begins at [0, 0] and is at most {MAX_SIDE} pixels wide and high")
        return value

    @field_validator("corners")
    @classmethod
    def _can_be_shown(cls, value: Corners | None) -> Corners | None:
        if value is not None:
            _sound(lambda: check_corners(value))
        return value

    @field_validator("masks")
    @classmethod
    def _are_named_apart(cls, value: tuple[MaskSection, ...]) -> tuple[MaskSection, ...]:
        _sound(lambda: check_masks([each.mask for each in value]))
        return value

    @field_validator("blend")
    @classmethod
    def _fits_in(cls, value: BlendSection | None, info: ValidationInfo) -> BlendSection | None:
        crop: Box | None = info.data.get("crop")
        if value is not None and crop is not None:
            _sound(lambda: check_edges(value.edges, crop))
        return value

    @property
    def light(self) -> Light:
        """Its light as a value; brightness is apart, for schedules to change."""
        return Light(self.gain, self.balance, self.gamma, self.black, self.steepness)

    def shape(self, size: Size) -> Shape:
        """Return its shape on *size* pixels, as the configuration has it.

        It was written for a size of the display, and follows that to another one; a place on a display has its own.
        """
        written = self.display.size if self.display and not self.place else None
        made_for = written or size
        shape = Shape(
            corners=self.corners or whole(made_for),
            mesh=self.mesh.mesh if self.mesh else Mesh(),
            masks=tuple(each.mask for each in self.masks),
            edges=self.blend.edges if self.blend else None,
            light=self.light,
        )
        return scaled(shape, made_for, size)


CanvasSize: TypeAlias = SizeText
"""`canvas:`; None: the crops together, or the display's own size."""
Outputs: TypeAlias = Annotated[tuple[Output, ...], Field(max_length=MAX_OUTPUTS)]
"""`outputs:`; none: one display shows the canvas as it is."""


def problems(canvas: Size | None, outputs: Sequence[Output]) -> Iterator[Found]:
    """Yield all that is wrong with the outputs together, beyond what each of them shows; paths begin at the file's top."""
    for i, output in enumerate(outputs):
        yield from ((("outputs", i, *path), message) for path, message in _against_others(output, outputs[:i], len(outputs)))
        if canvas is not None:
            yield from ((("outputs", i, *path), message) for path, message in _against_canvas(output, canvas))
        yield from ((("outputs", i, *path), message) for path, message in (*_against_no_size(output), *_beside(output)))


def canvas_of(canvas: Size | None, outputs: Sequence[Output], sizes: Mapping[str, Size]) -> Size:
    """Return the size of the canvas: as written, else the crops together, else the first display's.

    Args:
        canvas: As written.
        outputs: One at least.
        sizes: Of the displays that are there, in pixels, by output.
    """
    if canvas is not None:
        return canvas
    crops = [output.crop for output in outputs if output.crop is not None]
    if crops:
        return Size(ceil(max(crop.right for crop in crops)), ceil(max(crop.bottom for crop in crops)))
    return next((_upright(sizes[each.id], each.rotate) for each in outputs if each.id in sizes), _USUAL)


def seat_of(output: Output, canvas: Size, size: Size) -> Seat:
    """Return the seat of *output* on a display of *size*."""
    crop = output.crop or Box(0.0, 0.0, float(canvas.width), float(canvas.height))
    return Seat(canvas, crop, size, output.rotate, output.mirror)


def _upright(size: Size, rotate: Rotation) -> Size:
    return size if rotate in (0, 180) else Size(size.height, size.width)


def _against_others(output: Output, before: Sequence[Output], count: int) -> Iterator[Found]:
    if any(other.id == output.id for other in before):
        yield ("id",), f'two outputs are called "{output.id}": give each a name of its own'
    if output.display is None and count > 1 and output.place is None:
        yield (
            (),
            f"which display? With {count} outputs, each needs its own: `display: {{name: EPSON PJ, serial: X4Z1}}`",
        )
    for other in before:
        yield from _against(output, other)


def _against(output: Output, other: Output) -> Iterator[Found]:
    """Yield what is wrong with two outputs on one display."""
    mine, theirs = output.display, other.display
    if mine == theirs and output.place and other.place:
        if output.place.meets(other.place):
            yield ("place",), f'lies over the place of output "{other.id}": on one display, each slice needs pixels of its own'
    elif mine and theirs and (theirs.covers(mine) or mine.covers(theirs)):
        yield (
            ("display",),
            (
                f'may be the display of output "{other.id}": tell them apart by serial, or where they have none by index; '
                "slices of one display each need a place on it: `place: [0, 0, 960, 1080]`"
            ),
        )


def _against_canvas(output: Output, canvas: Size) -> Iterator[Found]:
    crop = output.crop
    if crop is not None and (crop.right > canvas.width or crop.bottom > canvas.height):
        yield (
            ("crop",),
            (f"lies outside the canvas: it reaches to {crop.right:g}, {crop.bottom:g} of {canvas.width}x{canvas.height}"),
        )
    if crop is None and output.blend is not None:
        try:
            check_edges(output.blend.edges, Box(0.0, 0.0, canvas.width, canvas.height))
        except GeometryError as error:
            yield ("blend",), str(error)


def _beside(output: Output) -> Iterator[Found]:
    """Yield what lies beyond the pixels that an output has: a slip in a number, and a window is lit."""
    size = output.display.size if output.display else None
    place = output.place
    if place is not None and size is not None and (place.right > size.width or place.bottom > size.height):
        yield ("place",), f"reaches to {place.right}, {place.bottom}, beyond its display of {size.width}x{size.height}"
    size = Size(place.width, place.height) if place else size
    for i, each in enumerate(output.masks if size is not None else ()):
        across, down = [point.x for point in each.mask.points], [point.y for point in each.mask.points]
        if size and (max(across) <= 0 or max(down) <= 0 or min(across) >= size.width or min(down) >= size.height):
            told = f"all of it lies beside the output, which has {size.width}x{size.height}: a slip in a number?"
            yield ("masks", i, "points"), told


def _against_no_size(output: Output) -> Iterator[Found]:
    """Yield that nobody knows of which pixels something is written: on another size of the display, a window would be lit."""
    written = "corners" if output.corners else "masks" if output.masks else None
    if written is None or output.place is not None or (output.display is not None and output.display.size is not None):
        return
    known = output.display.given if output.display else {"name": "EPSON PJ"}
    named = ", ".join(f"{key}: {value}" for key, value in known.items())
    yield (
        (written,),
        (
            "of a display of which size? Pixels of one are not those of another: write it as `weremember outputs` prints it, "
            f"such as `display: {{{named}, size: {_USUAL.width}x{_USUAL.height}}}`"
        ),
    )
