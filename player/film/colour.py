"""Any film's colours to what the renderer keeps: BT.601, limited range, the brightness of an ordinary screen. Tables and sums.

swscale could turn BT.709 into BT.601 only by way of RGB, at 6.5 ms for a frame of 1920 x 1080 where this takes 1.6: of each
pair Cb and Cr, read as one number of 16 bits, a table knows the new pair, and another what is added to the luma around it.

HDR (PQ and HLG) is mapped plainly: luma by a curve that leaves what is darker than half of paper white as it is and rolls off
the rest; chroma by that curve's slope at its luma, which is exact near grey and lets highlights pale; BT.2020's wide colours by
the matrix that is exact near grey. Saturated colours are a little off. It was done because phones film so; swscale's own mapping
takes 52 ms a frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]
Real = NDArray[np.float64]


class Matrix(Enum):
    """How colours were made of red, green and blue: their weights of red and blue in luma (ITU-T H.273, table 4)."""

    BT601 = (0.299, 0.114)
    BT709 = (0.2126, 0.0722)
    SMPTE240M = (0.212, 0.087)
    BT2020 = (0.2627, 0.0593)


class Transfer(Enum):
    """How light was made numbers."""

    SDR = 0
    PQ = 16  # SMPTE ST 2084
    HLG = 18  # ARIB STD-B67


BLACK, GREY = 16, 128
LUMA_STEPS, CHROMA_STEPS = 219, 224  # limited range, 8 bits
_BIAS: Final = 64  # added to what the tables add to luma, at most 56 in either direction, so that a byte holds it
_PAIRS: Final = 1 << 16

PAPER_WHITE: Final = 203.0  # cd/m2; ITU-R BT.2408: where HDR has what SDR calls white
PEAK: Final = 1000.0  # cd/m2; what almost all films are graded for, and what BT.2408 assumes of HLG
_KNEE: Final = 0.5  # of paper white: up to there, nothing changes
_GAMMA: Final = 1 / 2.2  # of the screens that show it
_HLG_GAMMA: Final = 1.2  # BT.2100, at 1000 cd/m2
_TEN_BITS: Final = 1024

# BT.2020's primaries to BT.709's, linear light; ITU-R BT.2087.
_NARROW: Final[Real] = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])


def from_rgb(matrix: Matrix) -> Real:
    """Return the matrix, 3 x 3, that makes luma (0 to 1) and Cb, Cr (-0.5 to 0.5) of red, green, blue (0 to 1)."""
    red, blue = matrix.value
    luma = np.array([red, 1 - red - blue, blue])
    return np.array([luma, (np.array([0, 0, 1]) - luma) / (2 * (1 - blue)), (np.array([1, 0, 0]) - luma) / (2 * (1 - red))])


@cache
def to_601(matrix: Matrix) -> Real:
    """Return the matrix, 3 x 3, from colours made by *matrix* to those of BT.601; BT.2020's made narrow besides."""
    narrow = _NARROW if matrix is Matrix.BT2020 else np.eye(3)
    return from_rgb(Matrix.BT601) @ narrow @ np.linalg.inv(from_rgb(matrix))


class Tables:
    """SDR of one matrix, 8 bits, limited range, to BT.601, plane by plane."""

    def __init__(self, matrix: Matrix) -> None:
        sums = to_601(matrix)
        pairs = np.arange(_PAIRS)
        # As the pair lies in memory, Cb first: the low byte, on the little-endian machines that we run on.
        chroma = np.stack([pairs & 255, pairs >> 8]) - GREY
        blue, red = np.clip(np.rint(sums[1:, 1:] @ chroma) + GREY, 0, 255).astype(np.uint16)
        self._pairs: NDArray[np.uint16] = blue | red << 8
        lift = np.rint(sums[0, 1:] @ chroma * (LUMA_STEPS / CHROMA_STEPS)) + _BIAS
        self._lifts: Plane = np.clip(lift, 0, 255).astype(np.uint8)

    def convert(self, luma: Plane, chroma: Plane, out_luma: Plane, out_chroma: Plane) -> None:
        """Write NV12 planes into others of the same even size."""
        pairs = np.ascontiguousarray(chroma).view(np.uint16)[..., 0]
        # The planes may be shared memory: written once, at the end, and never read.
        out_chroma.view(np.uint16)[..., 0] = cv2.LUT(pairs, self._pairs)
        lifts = cv2.resize(cv2.LUT(pairs, self._lifts), luma.shape[::-1], interpolation=cv2.INTER_LINEAR)
        cv2.addWeighted(luma, 1.0, lifts, 1.0, -_BIAS, dst=out_luma)


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """Luma of ten bits, limited range, to 8 bits, and how steep that is there, full scale to full scale."""

    luma: NDArray[np.float32]
    slope: NDArray[np.float32]


class Tones:
    """HDR of ten bits (P010), limited range, BT.2020, to SDR."""

    def __init__(self, transfer: Transfer) -> None:
        self._curve = _curve(transfer)
        sums = to_601(Matrix.BT2020)
        unit = 1 / 256  # of the numbers in P010, which are ten bits at the top of sixteen
        self._mix = np.array([*sums[1:, 1:] * unit, sums[0, 1:] * (unit * LUMA_STEPS / CHROMA_STEPS)], np.float32)

    def convert(self, luma: NDArray[np.uint16], chroma: NDArray[np.uint16], out_luma: Plane, out_chroma: Plane) -> None:
        """Write P010 planes into NV12 ones of the same even size."""
        tens = luma >> 6
        slope = self._curve.slope[tens[::2, ::2]]
        colour = cv2.transform(chroma.astype(np.float32) - 32768.0, self._mix) * slope[..., None]
        out_chroma[:] = np.clip(colour[..., :2] + (GREY + 0.5), 0, 255).astype(np.uint8)
        lifts = cv2.resize(colour[..., 2], luma.shape[::-1], interpolation=cv2.INTER_LINEAR)
        out_luma[:] = np.clip(self._curve.luma[tens] + lifts + 0.5, 0, 255).astype(np.uint8)


@cache
def _curve(transfer: Transfer) -> _Curve:
    signal = np.clip((np.arange(_TEN_BITS) - 64) / 876, 0, 1)
    mapped = np.power(rolled_off(light(signal, transfer) / PAPER_WHITE), _GAMMA)
    # Over a few steps: at black the power is infinitely steep, and dark noise would be coloured.
    wide = 8
    padded = np.pad(mapped, wide, mode="edge")
    slope = (padded[2 * wide :] - padded[: -2 * wide]) / (2 * wide / 876)
    return _Curve((BLACK + LUMA_STEPS * mapped).astype(np.float32), np.clip(slope, 0, 4).astype(np.float32))


def light(signal: Real, transfer: Transfer) -> Real:
    """Return the light, cd/m2, of grey whose *signal* is 0 to 1; ITU-R BT.2100, tables 4 and 5, on a screen of 1000 cd/m2."""
    if transfer is Transfer.PQ:
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        power = np.power(signal, 1 / m2)
        return 10_000 * np.power(np.maximum(power - c1, 0) / (c2 - c3 * power), 1 / m1)
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)  # noqa: PLR2004  where the two halves meet
    return PEAK * np.power(scene, _HLG_GAMMA)


def rolled_off(x: Real) -> Real:
    """Return light, 1 being paper white, brought within 0 to 1: unchanged up to a half, then ever less, 1 at the peak."""
    top = (PEAK / PAPER_WHITE - _KNEE) / (1 - _KNEE)
    above = np.clip((x - _KNEE) / (1 - _KNEE), 0, top)
    return np.minimum(x, _KNEE) + (1 - _KNEE) * above * (1 + above / top**2) / (1 + above)
