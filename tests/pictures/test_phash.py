"""The perceptual hash: near for the same picture, far for another."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from player.pictures.phash import distance, perceptual_hash
from tests.fakes import corpus


def hashed(image: Image.Image) -> str:
    """Return the hash as it is stored."""
    return f"{perceptual_hash(image):016x}"


def reopened(data: bytes) -> Image.Image:
    """Decode what was just encoded."""
    with Image.open(io.BytesIO(data)) as image:
        return image.convert("RGB")


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("change", ["worse", "half", "webp", "brighter"])
def test_the_same_picture_stays_near(seed: int, change: str) -> None:
    """Encoded worse, at half the size, in another format or a little brighter, a picture is recognised."""
    image = corpus.scene(seed=seed)
    changed = {
        "worse": lambda: reopened(corpus.encoded(image, "JPEG", quality=30)),
        "half": lambda: image.resize((image.width // 2, image.height // 2), Image.Resampling.BICUBIC),
        "webp": lambda: reopened(corpus.encoded(image, "WEBP", quality=50)),
        "brighter": lambda: image.point(lambda value: value * 1.1 + 4),
    }[change]()

    assert distance(hashed(image), hashed(changed)) <= 6


def test_other_pictures_are_far() -> None:
    """Different pictures differ in more bits than any re-encoding changes."""
    hashes = [hashed(corpus.scene(seed=seed)) for seed in range(8)]

    assert min(distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 10


def test_an_even_sheet_has_a_steady_hash() -> None:
    """A sheet of one grey has only its mean: the rounding of zeros does not toss a coin for the other 63 bits."""
    assert hashed(Image.new("RGB", (300, 200), (77, 77, 77))) == "8000000000000000"


def test_distance_counts_bits() -> None:
    """The distance is the number of bits that differ."""
    assert distance("0000000000000000", "0000000000000000") == 0
    assert distance("ffffffffffffffff", "0000000000000000") == 64
    assert distance("8000000000000001", "0000000000000000") == 2
