"""The section `serve:` of config.yaml: the running show, for viewers elsewhere."""

from __future__ import annotations

from pydantic import Field

from player.schema import Frozen

HEIGHT: int = 720
FPS: int = 15


class Serve(Frozen):
    """The running show as a stream on the console's port, for people who have logged in there."""

    enabled: bool = False
    height: int = Field(default=HEIGHT, ge=180, le=1080)
    """Of its picture, in pixels; the width follows from the wall's shape."""
    fps: int = Field(default=FPS, ge=5, le=30)
    """Pictures a second; each costs the screen a millisecond."""
