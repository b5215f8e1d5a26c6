"""A prepared picture's bytes as pixels. They were made by this player, and their hash was right: nothing here is a stranger's."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player.errors import LibraryError
from player.render.protocol import Image


def decoded(jpeg: bytes) -> Image:
    """Return a prepared picture as RGB.

    Raises:
        LibraryError: it cannot be decoded, though its hash was right.
    """
    bgr = cast("NDArray[np.uint8] | None", cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))
    if bgr is None:
        raise LibraryError("a prepared picture cannot be decoded")
    return cast("NDArray[np.uint8]", cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB, dst=bgr))
