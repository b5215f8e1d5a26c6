"""Displays for X without any hardware: Xorg with its dummy driver, whose outputs come and go like cables."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pygame
import pytest
from numpy.typing import NDArray
from PIL import ImageGrab

from player.output.section import Output
from player.units import Size

PACKAGES: Final = "xserver-xorg-core xserver-xorg-video-dummy x11-xserver-utils"
_CONFIG: Final = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
EndSection
Section "Device"
  Identifier "dummy"
  Driver "dummy"
  VideoRam 64000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Virtual 4096 2160
  EndSubSection
EndSection
"""


class XorgMissingError(Exception):
    """There is no Xorg here, or it may not be started."""


@dataclass(frozen=True, slots=True)
class Xorg:
    """An X server with outputs DUMMY0 to DUMMY15."""

    name: str

    def set(self, output: str, size: Size, *, right_of: str | None = None) -> None:
        """Switch an output on, or to another size: one that the dummy driver knows."""
        mode = f"{size.width}x{size.height}"
        if output != "DUMMY0":  # it alone is connected from the beginning, and has all sizes
            self._xrandr("--addmode", output, mode)
        self._xrandr("--output", output, "--mode", mode, *(("--right-of", right_of) if right_of else ()))

    def take(self, output: str) -> None:
        """Switch an output off."""
        self._xrandr("--output", output, "--off")

    def pixels(self) -> NDArray[np.uint8]:
        """Return what is on all outputs now, as they lie beside each other: height x width x RGB."""
        return np.asarray(ImageGrab.grab(xdisplay=self.name).convert("RGB"))

    def _xrandr(self, *arguments: str) -> None:
        subprocess.run(["xrandr", "-display", self.name, *arguments], check=True, capture_output=True)


@contextmanager
def xorg(folder: Path) -> Generator[Xorg]:
    """Start Xorg on a free number, with a white root window, and end it afterwards.

    Raises:
        XorgMissingError: it cannot be had here.
    """
    if not (shutil.which("Xorg") and shutil.which("xrandr")):
        raise XorgMissingError
    config = folder / "xorg.conf"
    config.write_text(_CONFIG, "ascii")
    mine, theirs = os.pipe()
    command = ["Xorg", "-displayfd", str(theirs), "-config", str(config), "-logfile", str(folder / "xorg.log")]
    with subprocess.Popen(
        [*command, "-noreset", "-wr", "-nolisten", "tcp", "-novtswitch", "-sharevts"],
        pass_fds=(theirs,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(theirs)
        try:
            with os.fdopen(mine) as told:
                number = told.readline().strip()  # comes when it is ready; empty when it could not start
            if not number:
                raise XorgMissingError
            yield Xorg(f":{number}")
        finally:
            server.terminate()


SMALL, LARGE = Size(640, 360), Size(800, 600)
SIDE_BY_SIDE: Final = Size(1280, 360)
"""A canvas on both displays of `two_displays`."""
LEFT_AND_RIGHT: Final = (
    Output.model_validate({"id": "left", "display": "DUMMY0", "crop": [0, 0, 640, 360]}),
    Output.model_validate({"id": "right", "display": "DUMMY1", "crop": [640, 0, 640, 360]}),
)


@contextmanager
def two_displays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Xorg]:
    """Start Xorg with two displays side by side, for SDL to find; the test is skipped where there is none to be had."""
    try:
        with xorg(folder) as started:
            started.set("DUMMY0", SMALL)
            started.set("DUMMY1", SMALL, right_of="DUMMY0")
            monkeypatch.setenv("DISPLAY", started.name)
            monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
            pygame.display.quit()
            try:
                yield started
            finally:
                pygame.display.quit()  # before the server goes: X ends whoever still talks to it
    except XorgMissingError:
        pytest.skip(f"needs Xorg with its dummy driver, and may start it (Debian: sudo apt install {PACKAGES})")
