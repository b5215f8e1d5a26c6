"""What a graphics card may answer besides being lost: whatever ends the process by it is remembered, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.clock import SystemClock
from player.errors import DeviceLostError, DrawError
from player.render.gl.renderer import GlRenderer
from player.render.gl.sdl import Home
from player.screen.facade import Facade
from player.screen.gl_easel import GlEasel
from player.screen.gl_panes import DisplaysChangedError
from player.screen.gl_projecting import GlProjecting
from player.screen.gl_tries import Tries


class Part:
    """Any part of an easel: all that it is asked for fails with the same, or goes well."""

    overlay = None

    def __init__(self, fault: BaseException | None = None) -> None:
        self._fault = fault
        self.is_closed = False

    def _do(self, *arguments: object, **named: object) -> list[object]:
        del arguments, named
        if self._fault is not None:
            raise self._fault
        return []

    frames = flip = draw = upload = check = pressed = _do

    def close(self) -> None:
        """Be gone."""
        self.is_closed = True


def easel_of(tries: Tries, *, draws: Part, facade: Part, home: Part) -> GlEasel:
    """Return an easel of such parts."""
    return GlEasel(
        cast("Facade", facade),
        cast("GlRenderer", Part()),
        cast("GlProjecting", draws),
        home=cast("Home", home),
        tries=tries,
        clock=SystemClock(),
    )


@pytest.mark.parametrize(
    ("fault", "told", "counts"),
    [
        (moderngl.Error("cannot create framebuffer"), DeviceLostError, True),
        (DeviceLostError("gone"), DeviceLostError, True),
        (MemoryError(), MemoryError, True),
        (ValueError("a fault of ours"), ValueError, True),
        (DisplaysChangedError("another cable"), DisplaysChangedError, False),
        (DrawError("not prepared"), DrawError, False),
    ],
)
def test_what_ends_the_process_counts_as_a_try_that_failed(
    tmp_path: Path, fault: Exception, told: type[Exception], *, counts: bool
) -> None:
    """Else it would begin with the graphics card for ever; and everything is closed all the same."""
    tries = Tries(tmp_path, SystemClock())
    tries.begin()
    facade, home, draws = Part(), Part(), Part(fault)
    easel = easel_of(tries, draws=draws, facade=facade, home=home)
    with pytest.raises(told):
        easel.draw(None, 0.0)
    easel.close()
    assert facade.is_closed
    assert home.is_closed
    assert draws.is_closed
    assert Tries(tmp_path, SystemClock()).failed() == counts


def test_keys_that_nobody_reads_to_their_end_are_no_fault(tmp_path: Path) -> None:
    """Whoever stops listening breaks nothing."""
    tries = Tries(tmp_path, SystemClock())
    tries.begin()
    easel = easel_of(tries, draws=Part(), facade=Part(), home=Part())
    assert list(easel.pressed()) == []
    easel.close()
    assert tries.failed() == 0
