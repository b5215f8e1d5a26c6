"""All that an output needs for every frame, made once per edit: where each of its pixels looks, and how much light it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output.blend import Share, blended
from player.output.homography import Floats
from player.output.mapping import NOWHERE, is_straight, sampling
from player.output.mask import coverage
from player.output.shape import Seat, Shape
from player.output.stepwise import Step, go_on


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What one output does to the canvas, in linear light: ``out = scale * gain * canvas(sampling) + offset``."""

    seat: Seat
    sampling: Floats
    """height x width x 2: the place on the canvas, in canvas pixels with centres at +0.5 (cv2.remap wants 0.5 less);
    far outside, (-1e6, -1e6), where the output shows nothing."""
    scale: Floats
    """height x width, 0 to 1: mask, blend weight and what the black lift leaves. Exactly 0 where light must never be."""
    offset: Floats
    """height x width: the black lift. Exactly 0 wherever *scale* is."""
    count: NDArray[np.uint8]
    """height x width: how many outputs light the spot, this one counted; 0 where it gives no light."""
    is_straight: bool
    """The sampled pixels are exactly those of the crop, which is whole, turned by `seat.rotate`, mirrored by `seat.mirror`."""
    is_plain: bool
    """*scale* is 1 and *offset* 0 everywhere."""


def maps_of(outputs: Sequence[tuple[Seat, Shape]], step: Step = go_on) -> tuple[Maps, ...]:
    """Return the maps of all outputs of one canvas, in their order; *step* is called now and then.

    Raises:
        GeometryError: a shape is folded, a mask no polygon, a blend too wide; the message says what to do.
    """
    if not outputs:
        return ()
    if len(outputs) == 1 and is_bare(*outputs[0]):
        return (bare_maps(outputs[0][0]),)
    blend = blended(outputs, step)
    return tuple(_maps(seat, shape, share, blend.count, step) for (seat, shape), share in zip(outputs, blend.shares, strict=True))


def is_bare(seat: Seat, shape: Shape) -> bool:
    """Whether an output without neighbours shows its crop pixel by pixel, all of it in full light."""
    has_edges = shape.edges is not None and any(astuple(shape.edges))
    return is_straight(seat, shape) and not has_edges and all(mask.kind == "text" for mask in shape.masks)


def bare_maps(seat: Seat) -> Maps:
    """Return the maps of such an output; a hundredth of the work that others are."""
    crop, size = seat.crop, (seat.size.height, seat.size.width)
    x = np.arange(int(crop.width), dtype=np.float32) + np.float32(crop.x + 0.5)
    y = np.arange(int(crop.height), dtype=np.float32) + np.float32(crop.y + 0.5)
    places = np.rot90(np.dstack(np.meshgrid(x, y)), -seat.rotate // 90)
    if seat.mirror != "none":
        places = np.flip(places, 1 if seat.mirror == "horizontal" else 0)
    return Maps(
        seat=seat,
        sampling=np.ascontiguousarray(places),
        scale=np.ones(size, np.float32),
        offset=np.zeros(size, np.float32),
        count=np.ones(size, np.uint8),
        is_straight=True,
        is_plain=True,
    )


def _maps(seat: Seat, shape: Shape, share: Share, count: NDArray[np.uint8], step: Step) -> Maps:
    places = sampling(seat, shape, step)
    light = coverage(shape, seat.size, step) * (places[..., 0] > NOWHERE)
    step()
    scale = np.minimum(light * _sampled(share.scale, places, share), 1)
    offset = np.minimum(light * _sampled(share.offset, places, share), 1 - scale)
    step()
    found = np.where(scale > 0, _nearest(count, places), 0).astype(np.uint8)
    return Maps(
        seat=seat,
        sampling=places,
        scale=scale,
        offset=offset,
        count=found,
        is_straight=is_straight(seat, shape),
        is_plain=bool((scale == 1).all() and not offset.any()),
    )


def _sampled(picture: Floats, places: Floats, share: Share) -> Floats:
    x = places[..., 0] - np.float32(share.left + 0.5)
    y = places[..., 1] - np.float32(share.top + 0.5)
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _nearest(count: NDArray[np.uint8], places: Floats) -> NDArray[np.uint8]:
    height, width = count.shape
    x = np.clip(places[..., 0], 0, width - 1).astype(np.intp)
    y = np.clip(places[..., 1], 0, height - 1).astype(np.intp)
    return count[y, x]
