"""Whether it is worth to ask for a graphics card at all: known before anything of OpenGL is loaded, for most have none."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from player.screen.window import RendererName

NO_DISPLAY: Final = "there is no display"
"""Why none draws, until there is one."""

DEVICES: Final = ("/dev/dri/renderD*", "/dev/nvidiactl")
"""One of these is there where a graphics card can draw: by the kernel's own drivers, or by NVIDIA's."""


def no_use_of(renderer: RendererName) -> str:
    """Return why no graphics card is to be asked for; empty when one may be."""
    if renderer == "cpu":
        return "as `renderer: cpu` says"
    if renderer == "auto" and not any(any(Path("/").glob(device.removeprefix("/"))) for device in DEVICES):
        return "there is no graphics card"
    return ""
