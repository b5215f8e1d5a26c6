"""The last steps of one output on the CPU: from the canvas to the memory of a window.

Always in this order, and in linear light: warp, mask, gain, blend weight and black lift, white balance, the governor's gain,
the output's curve, dither, 8 bits. What is the same for a whole stretch of pixels is one table from light to codes; only in
blends and soft edges does each pixel have its factor. Where the tables change nothing, nothing is dithered either.

Work is done in strips that stay in a core's own cache, which halves the cost of sampling. Measured at 1920x1080 on one core of
a busy AMD EPYC at 2.6 GHz, in ms of CPU time at best: light of the canvas 2.6, sampling 5 (7 when the canvas is made light as
a whole first), back to codes 3, the governor's look 0.9; where a tenth of the picture is graded, 2 for that. Corner pin and
mask 15, the whole chain with a blend of 20 %, three gammas and dither 26 to 28; see tests/bench/finishing.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output.curve import FULL, PLAIN, by_light, by_root, codes
from player.output.dither import MAX_ROWS, Noise, Steps, steps
from player.output.maps import Maps
from player.output.pieces import Hand, Packed, Work, work
from player.output.runs import PLAIN as WHOLE
from player.output.runs import TILES, Flat, Floats, edges, strips
from player.output.shape import Light
from player.output.warp import Light as Sixteen
from player.output.warp import Pixels, Straight, Warp
from player.units import Size

_OPAQUE: Final = np.uint32(0xFF000000)
_PART, _DOWNWARDS = 1 / 256, 128 - 0.5 + 0.5 / 256
"""Steps to codes: rounding to the nearest is made rounding down, and nothing is halfway."""
_COLOURS: Final = 3

Table: TypeAlias = NDArray[np.int16] | Pixels
"""From 16 bits of light, or of its root, to steps that want noise; of 8 bits: to codes as they are."""


_Kind: TypeAlias = Flat | str
"""One table each: a flat stretch's own, `lifted` for all graded ones with a lift, `scaled` for those without."""


class Finish:
    """Brings the canvas to one output. Made anew for every edit; used by one thread at a time.

    *threads* is how many cores a frame may use, with threads of our own; the CPU time stays the same. What is not *dithered*
    is rounded: so renderers are compared.
    """

    def __init__(self, maps: Maps, light: Light, *, seed: int = 0, threads: int = 1, dithered: bool = True) -> None:
        self._canvas, self._size = maps.seat.canvas, maps.seat.size
        self._light = light
        self._source = Straight(maps) if maps.is_straight else Warp(maps, is_shared=threads > 1)
        self._noise = Noise(self._size.width, seed) if dithered else None
        self._hands = [Hand(self._size.width, MAX_ROWS) for _ in range(threads)]
        self._pool = ThreadPoolExecutor(threads, "finish") if threads > 1 else None
        self._sums: Floats = np.zeros((TILES, self._size.width * 4), np.float32)
        self._work = [work(strip, self._hands[strip.tile % threads], self._sums) for strip in strips(maps.scale, maps.offset)]
        gammas = light.gamma or (None, None, None)
        self._curves = [steps(codes(gamma)) for gamma in reversed(gammas)]
        self._is_grey = len(set(light.balance)) == len(set(gammas)) == 1
        self._kinds: set[_Kind] = {piece.kind for each in self._work for piece in each.pieces}
        self._kinds |= {_kind_of(each.packed.lift) for each in self._work if each.packed is not None}
        self._for: tuple[float, float] | None = None
        self._tables: dict[_Kind, Table] = {}
        self._content = 1.0

    def finish(self, canvas: Pixels, out: Pixels, gain: float = 1.0, *, dim: float = 1.0) -> Floats:
        """Draw *canvas* into *out*, both BGRA of their sizes; *out* may have padded rows and becomes opaque.

        *gain* is of all light, black lift included: the governor's, and the way to dark and back; 0 is black at once. *dim*
        is of the picture alone, so that black stays even: curfew and the cap of the picture level. Both are of linear light.

        Returns:
            The mean light of each tile of what was drawn, 16 x 16 x 3 (red, green, blue), linear, before dither.

        Raises:
            ValueError: a size is wrong.
        """
        _check(canvas, self._canvas, "canvas")
        _check(out, self._size, "output")
        if gain <= 0:
            out.view(np.uint32).fill(_OPAQUE)
            return np.zeros((TILES, TILES, _COLOURS), np.float32)
        self._set(min(1.0, gain), min(1.0, max(0.0, dim)))
        self._source.take(canvas)
        self._sums.fill(0)
        if self._noise is not None:
            self._noise.renew()
        try:
            self._draw_all(out)
        finally:
            self._source.leave()
        return self._seen(min(1.0, gain))

    def wipe(self) -> None:
        """Forget the last picture: a photo may have been withdrawn."""
        self._source.wipe()
        self._sums.fill(0)
        for hand in self._hands:
            hand.wipe()

    def close(self) -> None:
        """Let the threads go."""
        if self._pool is not None:
            self._pool.shutdown()

    def _set(self, gain: float, dim: float) -> None:
        """Make the tables for these gains, 0.1 ms each, unless they are there."""
        if self._for == (gain, dim):
            return
        self._for = (gain, dim)
        content = self._content = self._light.gain * dim
        balance = [gain * share for share in reversed(self._light.balance)]
        is_plain = content == 1 and all(share == 1 for share in balance) and self._light.gamma is None
        for kind in self._kinds:
            self._tables[kind] = self._table(kind, balance)
        if is_plain and WHOLE in self._kinds:
            self._tables[WHOLE] = PLAIN

    def _table(self, kind: _Kind, balance: Sequence[float]) -> Steps:
        """Return what leads from the light of such a run to steps; with one column for each channel where colours differ."""
        found: list[Steps] = []
        for curve, share in list(zip(self._curves, balance, strict=True))[: 1 if self._is_grey else _COLOURS]:
            if isinstance(kind, Flat):
                found.append(by_light(curve, share * self._content * kind.scale, share * kind.lift))
            else:
                found.append(by_root(curve, share * (max(1.0, self._content) if kind == "lifted" else self._content)))
        return found[0] if self._is_grey else np.asarray(cv2.merge((*found, found[0])), np.int16).reshape(1, -1, 4)

    def _draw_all(self, out: Pixels) -> None:
        if self._pool is None:
            self._draw(0, out)
            return
        futures = [self._pool.submit(self._draw, hand, out) for hand in range(len(self._hands))]
        wait(futures)  # all of them, before one that failed is reported
        for future in futures:
            future.result()

    def _draw(self, number: int, out: Pixels) -> None:
        """Draw the rows of tiles that are this hand's."""
        for each in self._work:
            if each.tile % len(self._hands) == number:
                self._draw_strip(each, out[each.top : each.bottom])

    def _draw_strip(self, each: Work, out: Pixels) -> None:
        for left, right in each.dark:
            out[:, left:right].view(np.uint32).fill(_OPAQUE)
        if each.left == each.right:
            return
        self._source.rows(each.top, each.bottom, each.left, each.right, each.light)
        flat = _column_sums(each.flat) * (each.share * np.float32(self._content)) + each.lift
        each.sums[each.left * 4 : each.right * 4] += flat
        if each.packed is not None:
            self._draw_graded(each, each.packed, out)
        for piece in each.pieces:
            part = out[:, piece.left : piece.right]
            table = self._tables[piece.kind]
            if table is not PLAIN:
                cv2.LUT(piece.light, table, dst=piece.steps)
                self._narrow(piece.steps, part, each.top, piece.left)
            elif isinstance(self._source, Straight):
                np.copyto(part, self._source.pixels[each.top : each.bottom, piece.left : piece.right])
            else:
                cv2.LUT(piece.light, PLAIN, dst=part)

    def _draw_graded(self, each: Work, packed: Packed, out: Pixels) -> None:
        """Look up the root of light, worked out in 32 bits: in 16 bits of light itself the darkest would be a code off."""
        values = packed.values
        for part in packed.parts:
            np.copyto(part.values, part.light)
        np.multiply(values, packed.scale, out=values)
        if packed.lift is None:
            left = self._content
        else:  # so that nothing is cut off before the end, whether the picture is to be dimmer or brighter
            left = max(1.0, self._content)
            if self._content < 1:
                cv2.scaleAdd(values, self._content, packed.lift, dst=values)
            else:
                cv2.scaleAdd(packed.lift, 1 / left, values, dst=values)
        each.sums[packed.columns] += _column_sums(values) * np.float32(left / FULL**2)
        cv2.sqrt(values, values)
        np.copyto(packed.roots.reshape(values.shape), values, casting="unsafe")
        cv2.LUT(packed.roots, self._tables[_kind_of(packed.lift)], dst=packed.steps)
        self._narrow(packed.steps, packed.codes, each.top, 0)
        for part in packed.parts:
            np.copyto(out[:, part.left : part.right], part.codes)

    def _narrow(self, found: Steps, codes: Pixels, top: int, left: int) -> None:
        """Turn steps into opaque codes, with the noise of this place."""
        if self._noise is not None:
            rows, columns = found.shape[:2]
            cv2.add(found, self._noise.at(top, top + rows, left, left + columns), dst=found)
        cv2.convertScaleAbs(found, dst=codes, alpha=_PART, beta=_DOWNWARDS)
        pixels = codes.view(np.uint32)
        np.bitwise_or(pixels, _OPAQUE, out=pixels)

    def _seen(self, gain: float) -> Floats:
        """Return the mean light of each tile."""
        width, height = self._size
        across, area = edges(width), np.outer(np.diff(edges(height)), np.diff(edges(width)))
        columns = np.cumsum(self._sums.reshape(TILES, width, 4)[..., _COLOURS - 1 :: -1], axis=1, dtype=np.float64)
        sums = np.diff(np.concatenate((np.zeros((TILES, 1, _COLOURS)), columns), axis=1)[:, across], axis=1)
        light = sums / np.maximum(area, 1)[..., None] * (gain * np.array(self._light.balance))
        return np.minimum(light, 1.0).astype(np.float32)


def _kind_of(lift: Floats | None) -> str:
    return "scaled" if lift is None else "lifted"


def _column_sums(values: Sixteen | Floats) -> Floats:
    return np.asarray(cv2.reduce(values, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32F), np.float32)[0]


def _check(pixels: Pixels, size: Size, name: str) -> None:
    if pixels.shape != (size.height, size.width, 4):
        raise ValueError(f"The {name} is {pixels.shape[1]}x{pixels.shape[0]}, not {size.width}x{size.height}.")
