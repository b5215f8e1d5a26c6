"""What the tests of the GPU renderer share: OpenGL without a window, which Mesa's software has everywhere."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from player.errors import OperatorError

if TYPE_CHECKING:
    import moderngl


@pytest.fixture(scope="module")
def context() -> Generator[moderngl.Context]:
    """OpenGL without a window; without any, the test is skipped."""
    from player.render.gl.context import headless

    with ExitStack() as stack:
        try:
            made = stack.enter_context(headless())
        except OperatorError as error:
            pytest.skip(f"needs OpenGL 3.3 by EGL (Debian: sudo apt install libegl1 libgl1-mesa-dri): {error}")
        yield made
        assert made.error == "GL_NO_ERROR"
