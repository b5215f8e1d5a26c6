"""What costs a test little: pictures of one colour, and a writer that makes no previews."""

from __future__ import annotations

import contextlib
import hashlib
import json

import cv2
import numpy as np

from player.library.heard import STATUS
from player.screen.writer import Writer
from player.units import Nanos


class QuietWriter(Writer):
    """A writer that makes no preview unless it must: thousands of little files would take most of a test's time."""

    is_quiet = True

    def wants_preview(self, now: Nanos) -> bool:
        """Never, while it is quiet."""
        return not self.is_quiet and super().wants_preview(now)

    def _write_status(self) -> None:
        """Write how the screen is over what it said last: disks take their time for a file that takes another one's place."""
        told, self._status = self._status, None
        if told is None:
            return
        with contextlib.suppress(OSError):
            path = self.folder / STATUS
            with path.open("r+b" if path.exists() else "xb") as file:
                file.write(json.dumps(told).encode())
                file.truncate()


def tiny(name: str) -> bytes:
    """Return a JPEG of one colour that nothing else has: the name goes along as a comment."""
    red, green, blue = hashlib.sha256(name.encode()).digest()[:3]
    _, encoded = cv2.imencode(".jpg", np.full((4, 6, 3), (blue, green, red), np.uint8))
    comment = name.encode()
    return b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + encoded.tobytes()[2:]
