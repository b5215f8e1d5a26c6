"""The running show in pieces: what is kept of them, and what is not."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import numpy as np

from player.filming.fragments import Fragments
from player.units import Size


def test_nothing_is_kept_of_pieces_that_were_given_away() -> None:
    """A stream may last for a month: no trailer tells where each piece stood (ISO/IEC 14496-12, 8.8.9)."""
    fragments = Fragments(Size(64, 64), 2)
    image = np.zeros((64, 64, 4), np.uint8)
    pieces = [piece for _ in range(20) for piece in fragments.add(image)]
    assert len(pieces) >= 8
    fragments.close()
    assert b"mfra" not in fragments._sink.data
