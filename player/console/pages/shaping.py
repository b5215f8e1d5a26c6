"""Shaping: the four corners of one output, dragged on the page or written as numbers; kept at once, and undone as easily.

What is kept is a calibration like those of the keys on the wall: on the shelf, which the screen looks at.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final, cast
from urllib.parse import urlencode

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from player.calibration.kept import kept_shapes
from player.calibration.record import Kept
from player.calibration.shelf import Edit, Shelf
from player.calibration.soundness import check_shape
from player.console.desk import Asked
from player.console.looks import asking
from player.console.looks.wall import OutputLook
from player.console.pages.orders import Name
from player.console.people.roles import Role
from player.console.refusal import RefusedError
from player.console.routes import Route
from player.output.section import Output
from player.output.shape import Corners, Point
from player.schema import Frozen
from player.units import MAX_SIDE, Rect

PATH: Final = "/wall/shape"
MARGIN: Final = 0.12  # of the output's sides: corners may lie beyond its edge, where nobody could take hold of them

Place = Annotated[float, Field(ge=-MAX_SIDE, le=2 * MAX_SIDE)]
"""In pixels of the output; beyond its edges too."""


class ShapeAsked(Frozen):
    """Which output."""

    output: Name


class Shaped(ShapeAsked):
    """Where the corners of an output are to be."""

    number: Annotated[int, Field(ge=0)]
    """Of the calibration that whoever shapes it sees; another one has come since: theirs is not lost unseen."""
    x1: Place
    y1: Place
    x2: Place
    y2: Place
    x3: Place
    y3: Place
    x4: Place
    y4: Place

    @property
    def corners(self) -> Corners:
        """As a shape has them: top left, top right, bottom right, bottom left."""
        pairs = ((self.x1, self.y1), (self.x2, self.y2), (self.x3, self.y3), (self.x4, self.y4))
        return cast("Corners", tuple(Point(x, y) for x, y in pairs))


async def page(asked: Asked) -> Response:
    """Return the page of one output."""
    desk = asked.desk
    output, look = await _output(asked, asked.take(ShapeAsked).output)
    shelf = Shelf(desk.folder)
    number, sound = await desk.lanes.run(
        desk.lanes.reading,
        lambda: (shelf.newest_number(), [each.number for each in shelf.history() if each.calibration is not None]),
    )
    margin = (round(look.size.width * MARGIN), round(look.size.height * MARGIN))
    return asked.sheet.page(
        "shape.html",
        output=look,
        number=number,
        before=sound[1] if len(sound) > 1 else 0,
        margin=margin,
        configured=output.shape(look.size).corners,
    )


async def shape(asked: Asked) -> Response:
    """Keep the corners, and return the way back to the page."""
    given, desk = asked.take(Shaped), asked.desk
    output, look = await _output(asked, given.output)
    at, by = desk.clock.wall(), asked.by

    def keep() -> bool:
        shelf = Shelf(desk.folder)
        if shelf.newest_number() != given.number:
            return False
        made = replace(kept_shapes(desk.folder)(output, look.size), corners=given.corners)
        check_shape(made, Rect(*look.crop))
        kept = {output.id: Kept(made, look.size)}
        shelf.keep(Edit(at=at, by=by, what=f"{output.id}: corners, from the console", outputs=kept))
        return True

    if not await desk.lanes.run(desk.lanes.orders, keep):
        raise RefusedError(409, "shape.overtaken")
    return RedirectResponse(f"{PATH}?{urlencode({'output': output.id})}", 303)


async def _output(asked: Asked, name: str) -> tuple[Output, OutputLook]:
    found = await asking.wall_of(asked.desk)
    look = next((each for each in found.outputs if each.id == name), None)
    output = next((each for each in asked.desk.configuration().settings.outputs if each.id == name), None)
    if look is None or output is None:
        raise RefusedError(404)
    return output, look


ROUTES: Final = (
    Route("GET", PATH, Role.OPERATOR, page, kind="page", says="The corners of an output.", takes=ShapeAsked),
    Route("POST", PATH, Role.OPERATOR, shape, kind="form", says="Place the corners of an output.", takes=Shaped),
)
