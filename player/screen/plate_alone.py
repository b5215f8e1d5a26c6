"""The plate alone: what is up while there is no configuration. Dark and light are obeyed even then, by key and by file."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.errors import DrawError, LibraryError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library import dark
from player.places import probable_data
from player.screen.crew import Ending
from player.screen.keyboard import Key
from player.screen.keys import EndKeys, keys_in_force
from player.screen.wall import Wall
from player.screen.window import Pressed
from player.show.plan import Plan, plate_cue, scene_at
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND // 10

_log = log.get("screen")


class PlateAlone:
    """A wall with the plate on it, lit or dark."""

    def __init__(self, in_force: InForce, wall: Wall, *, at_terminal: bool, light: float) -> None:
        """Put the plate up, as bright as *light* says; whatever was up before is not: nobody would see to it any more."""
        self._in_force = in_force
        self._wall = wall
        self._end_keys = EndKeys(enabled=at_terminal)
        self._operator_keys = keys_in_force(setting=None, at_terminal=at_terminal)
        self._folder = Path(in_force.data).expanduser() if in_force.data else probable_data(in_force.file)
        self._demand: int | None = None
        """The demand for darkness that was obeyed last."""
        self.light = light
        """How bright it is, 0 to 1; whoever comes after goes on from it."""
        self._is_due = False
        """Whether it could not be drawn the last time."""
        self._fault = log.Edge(_log, begins="the plate could not be drawn; what is up stays", ends="the plate is drawn again")
        self._present()

    def stay(self, clock: Clock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event) -> Ending:
        """Keep the plate up until there may be a configuration, or something ends it."""
        ticks = 0
        while not stopped.is_set():
            now = clock.monotonic()
            heartbeat.beat(now, presented=True)
            easel = self._wall.easel
            pressed = tuple(easel.pressed())
            if self._end_keys.end_asked(pressed, now):
                return Ending.ASKED
            if Pressed.RESIZED in pressed:
                return Ending.RESIZED
            self._obey(pressed)
            if self._is_due or (easel.again_at is not None and easel.again_at <= now):
                self._present()
            easel.rest()
            ticks += 1
            if reload.is_set() or (ticks % 10 == 0 and self._in_force.has_changed()):
                return Ending.RELOAD
            clock.wait(stopped, LOOK_EVERY)
        return Ending.STOPPED

    def _obey(self, pressed: Collection[Pressed | Key]) -> None:
        """Turn the plate dark or light. A key leaves or takes away the file, so that whoever comes after goes by it too."""
        before = self.light
        for key in pressed:
            name = key.name if isinstance(key, Key) and key.name in self._operator_keys and not key.alt else ""
            if name == "b":
                self.light = 0.0
                with contextlib.suppress(LibraryError):  # dark it is all the same
                    dark.demand(self._folder)
            elif name == "l":
                self.light = 1.0
                dark.take_away(self._folder)
                self._demand = dark.demanded(self._folder)  # one that cannot be taken away is overruled
        demand = dark.demanded(self._folder)
        if demand is not None and demand != self._demand:
            self._demand, self.light = demand, 0.0
        if self.light != before:
            self._present()

    def _present(self) -> None:
        easel = self._wall.easel
        scene = scene_at(Plan(easel.canvas, (plate_cue(self._wall.plate, 0),)), 0) if self.light > 0 else None
        try:
            easel.draw(scene, self.light)
        except DrawError as error:
            self._is_due = True
            self._fault.note("plate", holds=True, why=str(error))
            return
        self._is_due = False
        self._fault.note("plate", holds=False)
        easel.flip()
