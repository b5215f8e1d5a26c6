"""How prepared pixels reach the GPU ahead of their scene: asked for by any thread, brought by the one that draws.

Drawing never uploads: what is not up yet is not drawn. The thread that draws calls `Uploads.work` once a frame, after its
picture is up, with what is left of the frame; a band of pixels at a time, so that it ends when it should.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from player.errors import DrawError
from player.render.gl.passes import texture_of
from player.units import Nanos, Size

BAND_BYTES: Final = 512 * 1024
"""Brought at once. One is brought in every frame, however late it is, or none would ever come."""

LIMIT_BYTES: Final = 1024 * 1024 * 1024
"""Of textures: a photo at 3840x2160 needs 55 MB with its ground and its picture at rest; integrated GPUs share it with us."""

_PATIENCE_S: Final = 10.0
"""How long a loader waits for its pixels to be brought: they take two seconds at the most while frames are drawn."""


class Sheet:
    """An array of pixels on its way to the GPU, and the texture that it becomes there."""

    def __init__(self, pixels: NDArray[np.uint8 | np.uint16], *, smooth: bool = False, swizzle: str = "") -> None:
        """Take *pixels*, rows x columns or rows x columns x components, 0 to 1; *smooth* is sampled between them."""
        self.nbytes = pixels.nbytes
        self.rows, self.columns = pixels.shape[:2]
        self._components = pixels.shape[2] if pixels.ndim > 2 else 1  # noqa: PLR2004 - one plane, or several
        self._dtype = "nu2" if pixels.dtype == np.uint16 else "f1"
        self._pixels: NDArray[np.uint8 | np.uint16] | None = np.ascontiguousarray(pixels)
        self._smooth = smooth
        self._swizzle = swizzle
        self._texture: moderngl.Texture | None = None
        self._row = 0

    @property
    def is_up(self) -> bool:
        """Whether all of it is on the GPU."""
        return self._texture is not None and self._pixels is None

    @property
    def texture(self) -> moderngl.Texture:
        """What it is on the GPU.

        Raises:
            DrawError: it is not there.
        """
        if self._texture is None or not self.is_up:
            raise DrawError("A scene asks for pixels that are not on the GPU.")
        return self._texture

    def bring(self, context: moderngl.Context) -> None:
        """Bring one more band to the GPU."""
        if self._pixels is None:
            return
        if self._texture is None:
            self._texture = texture_of(context, Size(self.columns, self.rows), self._components, self._dtype)
            if self._smooth:  # no mipmaps: the CPU has cut every photo to the size that it is shown at
                self._texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            if self._swizzle:
                self._texture.swizzle = self._swizzle
        rows = min(self.rows - self._row, max(1, BAND_BYTES // max(1, self.nbytes // self.rows)))
        self._texture.write(self._pixels[self._row : self._row + rows], viewport=(0, self._row, self.columns, rows))
        self._row += rows
        if self._row >= self.rows:
            self._pixels = None

    def drop(self) -> None:
        """Free it, on both sides; in the thread of the context."""
        self._pixels = None
        if self._texture is not None:
            self._texture.release()
            self._texture = None


@dataclass(frozen=True, slots=True, eq=False)
class Load:
    """Sheets that are of use together."""

    sheets: tuple[Sheet, ...]
    done: threading.Event
    """They are up, or never will be."""

    @property
    def nbytes(self) -> int:
        """What they take of the budget."""
        return sum(sheet.nbytes for sheet in self.sheets)

    @property
    def is_up(self) -> bool:
        """Whether all of it is on the GPU."""
        return all(sheet.is_up for sheet in self.sheets)


class Uploads:
    """The queue. Of its methods any thread may call `ask`, `wait`, `free` and `close`, the context's own the others."""

    def __init__(self, context: moderngl.Context, now: Callable[[], Nanos], *, limit_bytes: int = LIMIT_BYTES) -> None:
        """Bring to *context*, of the present thread; *now* is a monotonic clock."""
        self._context = context
        self._now = now
        self._limit = limit_bytes
        self._largest = int(context.info["GL_MAX_TEXTURE_SIZE"])
        self._lock = threading.Lock()  # of the next four, for as long as it takes to change them
        self._waiting: deque[Load] = deque()
        self._condemned: list[Load] = []
        self._held = 0
        self._is_closed = False
        self._thread = threading.get_ident()

    @property
    def is_here(self) -> bool:
        """Whether the thread that asks is the context's own."""
        return threading.get_ident() == self._thread

    @property
    def held_bytes(self) -> int:
        """What was asked for and not freed yet."""
        return self._held

    def ask(self, sheets: Sequence[Sheet]) -> Load:
        """Have *sheets* brought.

        Raises:
            DrawError: they do not fit: one is larger than the GPU's textures may be, or all of them than what is left.
        """
        load = Load(tuple(sheets), threading.Event())
        for sheet in sheets:
            if max(sheet.rows, sheet.columns) > self._largest:
                raise DrawError(f"The GPU takes no texture of {sheet.columns}x{sheet.rows}; {self._largest} is the longest side.")
        with self._lock:
            if self._is_closed:
                raise DrawError("The renderer is closed.")
            if self._held + load.nbytes > self._limit:
                needed, held = load.nbytes >> 20, self._held >> 20
                raise DrawError(f"{needed} MB more do not fit on the GPU: of {self._limit >> 20} MB {held} are taken.")
            self._held += load.nbytes
            self._waiting.append(load)
        return load

    def wait(self, load: Load) -> None:
        """Wait until *load* is up; in the context's own thread bring it now.

        Raises:
            DrawError: it will not come: the renderer was closed, or draws no frames.
        """
        if self.is_here:
            while not load.done.is_set():
                self._bring_more(load)
        elif not load.done.wait(_PATIENCE_S):
            raise DrawError("No frame was drawn that could have brought a slide to the GPU.")
        if not load.is_up:
            raise DrawError("A slide was given up while it was on its way to the GPU.")

    def work(self, budget: Nanos) -> bool:
        """Free what is to go and bring what was asked for, for *budget* from now; return whether anything is left to do."""
        until = self._now() + budget
        self._free()
        while (load := self._first()) is not None:
            self._bring_more(load)
            if self._now() >= until:
                break
        return bool(self._waiting)

    def free(self, load: Load) -> None:
        """Let *load* go: its memory is freed when the context's thread works next."""
        with self._lock:
            self._condemned.append(load)
        load.done.set()

    def close(self) -> None:
        """Bring nothing more; whoever waits is told."""
        with self._lock:
            self._is_closed = True
            waiting = list(self._waiting)
            self._waiting.clear()
        for load in waiting:
            load.done.set()

    def _first(self) -> Load | None:
        """Return what is to be brought next."""
        with self._lock:
            return self._waiting[0] if self._waiting else None

    def _bring_more(self, load: Load) -> None:
        """Bring one band of *load*."""
        sheet = next((each for each in load.sheets if not each.is_up), None)
        if sheet is not None:
            sheet.bring(self._context)
        if all(each.is_up for each in load.sheets):
            with self._lock:
                if load in self._waiting:
                    self._waiting.remove(load)
            load.done.set()

    def _free(self) -> None:
        if not self._condemned:
            return
        with self._lock:
            condemned, self._condemned = self._condemned, []
            for load in condemned:
                self._held -= load.nbytes
                if load in self._waiting:
                    self._waiting.remove(load)
        for load in condemned:
            for sheet in load.sheets:
                sheet.drop()
