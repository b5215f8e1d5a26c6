"""How it looks: the colours and sizes of everything drawn. Sizes are shares of U = 0.75 * sqrt(width * height)."""

from __future__ import annotations

from typing import Final

from player.units import MILLISECOND, SECOND, Colour, Nanos

NIGHT: Final[Colour] = (0x0B, 0x0B, 0x0D)
"""The ground: almost black, so that a projector's own grey does not show its edge."""
INK: Final[Colour] = (0xF4, 0xEF, 0xE4)
"""The words: warm, never pure white."""
DIM: Final[Colour] = (0x96, 0x92, 0x8A)
"""What may be overlooked: hashtag, credit, source."""
AMBER: Final[Colour] = (0xD6, 0xA8, 0x60)
"""The one accent, a candle's: for a hairline and a flame, and nothing else."""

ALONE: Final = 0.235
"""Words alone, until they fill the width."""
SECOND_ALONE: Final = 0.4
"""The second language beneath words alone, as a share of the first's size."""
WORDS: Final = (0.105, 0.095, 0.085)
"""Words beside or below a photo: the largest that costs the photo little."""
SECOND_BESIDE: Final = 0.66
"""The second language beneath words beside a photo, as a share of the first's size."""
CAPTION: Final = 0.030
CAPTION_SMALLEST: Final = 0.024
"""Below this a caption cannot be read from where people stand; it is cut with an ellipsis instead."""
HASHTAG: Final = 0.026
FACT: Final = 0.072
FACT_MEASURE: Final = 1.56
"""The widest a fact is set: about 48 letters a line, which the eye finds its way back from."""
CODE: Final = 0.2
"""A QR code's side, quiet zone included: it is read from three times the height of the wall with a phone."""

WORD_LEADING: Final = 1.2
"""Baseline to baseline of words in two lines, in ems."""
CAPTION_LEADING: Final = 1.4
HAIRLINE: Final = (0.090, 0.0033)
"""Length and thickness."""
TILE_GAP: Final = 0.008
BAND_GAP: Final = 0.05
"""Between a photo and the words below it."""
COLUMN_GAP: Final = 0.11
"""Between a photo and the words beside it."""

CONTRAST: Final = 4.5
"""Of words over a photo: WCAG 2.2's AA for text."""
OWN_SHAPE: Final = 0.03
"""A photo whose shape differs by no more than this from the canvas's fills it."""
MAX_TILE_CUT: Final = 0.15
"""How much of a side a tile may lose."""
GROWTH: Final = 0.94
"""The share of its place that a contained photo begins at."""
PAN: Final = 0.96
"""The share of a filling photo's view that its pan ends at."""

WAVE: Final[Nanos] = 4 * SECOND
"""From the first tile's beginning to the last one's end."""
TILE_FADE: Final[Nanos] = 1200 * MILLISECOND
