"""Every picture of the demonstration: what draws it, its size, and what the feed says of it.

Captions are true of a drawing and name nobody. A country stands only where the phrase's language has one home, so that the
mosaic's tally has something to count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.demo import indoors, nature, night, streets
from player.units import Size

SEED: Final = 1945_01_27
DRAWN: Final = "Drawn for the demonstration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One picture and its entry in the feed."""

    name: str
    draw: Callable[[np.random.Generator, Size], NDArray[np.uint8]]
    size: Size
    caption: str
    alt: str
    language: str
    country: str | None = None
    focal: tuple[float, float] | None = None
    """Where to look, x and y from -1 to 1, y up; None: the middle will do."""
    approved: bool = True

    def picture(self, scale: float = 1.0) -> NDArray[np.uint8]:
        """Return the drawing as height x width x 3, sRGB, the same each time."""
        size = Size(round(self.size.width * scale), round(self.size.height * scale))
        return self.draw(np.random.default_rng([SEED, *self.name.encode()]), size)


WIDE, TALL = Size(1600, 1067), Size(1067, 1600)
FOUR_THREE, THREE_FOUR = Size(1600, 1200), Size(1200, 1600)
SCREEN = Size(1600, 900)


def _sheet(place: str, phrase: str, language: str) -> str:
    return f"A drawing: {place}. On the sheet: “{phrase}”, in {language}."


DRAWINGS: Final[tuple[Drawing, ...]] = (
    Drawing(
        name="01-windowsill",
        draw=indoors.windowsill,
        size=WIDE,
        language="en",
        focal=(-0.2, -0.15),
        caption="A windowsill in evening light",
        alt=_sheet("a sheet of paper leaning on a windowsill, low evening sun outside", "We Remember", "English"),
    ),
    Drawing(
        name="02-school-desk",
        draw=indoors.school_desk,
        size=FOUR_THREE,
        language="pl",
        country="PL",
        focal=(0.0, -0.1),
        caption="A school desk in the morning",
        alt=_sheet("a sheet of paper and a pencil on an old wooden desk, light through a window", "Pamiętamy", "Polish"),
    ),
    Drawing(
        name="03-candle",
        draw=night.candle,
        size=THREE_FOUR,
        language="en",
        focal=(-0.1, -0.1),
        caption="A candle on a table",
        alt=_sheet("a folded card beside a lit candle on a dark table", "We Remember", "English"),
    ),
    Drawing(
        name="04-stone-wall",
        draw=streets.stone_wall,
        size=WIDE,
        language="fr",
        focal=(0.0, -0.25),
        caption="A stone wall under a tree",
        alt=_sheet("a card leaning on a stone wall in dappled sunlight", "Nous nous souvenons", "French"),
    ),
    Drawing(
        name="05-tree-in-snow",
        draw=nature.tree_in_snow,
        size=TALL,
        language="cs",
        country="CZ",
        focal=(0.0, 0.2),
        caption="A tree in the snow",
        alt=_sheet("a sheet of paper tied to a tree, snow falling", "Pamatujeme", "Czech"),
    ),
    Drawing(
        name="06-beach",
        draw=nature.beach,
        size=SCREEN,
        language="es",
        focal=(-0.15, -0.25),
        caption="A beach at dusk",
        alt=_sheet("a card standing in the sand, the sea behind it after sunset", "Recordamos", "Spanish"),
    ),
    Drawing(
        name="07-library",
        draw=indoors.library_shelf,
        size=WIDE,
        language="he",
        country="IL",
        focal=(-0.15, -0.1),
        caption="A library shelf",
        alt=_sheet("a card in front of a row of old books", "אנחנו זוכרים", "Hebrew"),
    ),
    Drawing(
        name="08-door",
        draw=streets.door,
        size=Size(900, 1600),
        language="it",
        country="IT",
        focal=(0.0, 0.1),
        caption="An old door",
        alt=_sheet("a sheet of paper pinned to a green wooden door", "Noi ricordiamo", "Italian"),
    ),
    Drawing(
        name="09-river",
        draw=streets.river,
        size=FOUR_THREE,
        language="hu",
        country="HU",
        focal=(0.0, -0.05),
        caption="A railing above a river",
        alt=_sheet("a sheet of paper tied to an iron railing, a river and far lights at dusk", "Emlékezünk", "Hungarian"),
    ),
    Drawing(
        name="10-kitchen-table",
        draw=indoors.kitchen_table,
        size=THREE_FOUR,
        language="de",
        focal=(-0.1, -0.15),
        caption="A kitchen table",
        alt=_sheet("a folded card and a jug on a table laid with linen", "Wir erinnern uns", "German"),
    ),
    Drawing(
        name="11-meadow",
        draw=nature.meadow,
        size=WIDE,
        language="hr",
        country="HR",
        focal=(0.0, -0.1),
        caption="A field of grass",
        alt=_sheet("a card standing in tall grass, the sun low behind it", "Sjećamo se", "Croatian"),
    ),
    Drawing(
        name="12-city",
        draw=night.city,
        size=SCREEN,
        language="en",
        focal=(-0.2, -0.1),
        caption="A city at night",
        alt=_sheet("a card on a stone parapet, the lights of a city out of focus", "We Remember", "English"),
    ),
    Drawing(
        name="13-window-light",
        draw=indoors.window_light,
        size=TALL,
        language="el",
        country="GR",
        focal=(0.0, 0.0),
        caption="Light from a window",
        alt=_sheet("a sheet of paper taped to a wall where the light of a window falls", "Θυμόμαστε", "Greek"),
    ),
    Drawing(
        name="14-notice-board",
        draw=indoors.cork_board,
        size=Size(1400, 1400),
        language="nl",
        focal=(0.0, 0.0),
        caption="A notice board",
        alt=_sheet("a sheet torn from a pad, pinned to a cork board", "Wij herinneren ons", "Dutch"),
    ),
    Drawing(
        name="15-hills",
        draw=nature.hills,
        size=Size(1600, 727),
        language="en",
        focal=(-0.2, -0.4),
        caption="Hills before sunrise",
        alt=_sheet("a long sheet of paper pinned to a wooden rail, hills and mist behind it", "We Remember", "English"),
    ),
    Drawing(
        name="16-rain",
        draw=night.rain,
        size=THREE_FOUR,
        language="ro",
        country="RO",
        focal=(0.0, 0.0),
        caption="A window in the rain",
        alt=_sheet("a sheet of paper taped to a window, rain on the pane and lights outside", "Ne amintim", "Romanian"),
    ),
    Drawing(
        name="17-bench",
        draw=streets.bench,
        size=FOUR_THREE,
        language="sv",
        country="SE",
        focal=(0.0, -0.1),
        caption="A bench in autumn",
        alt=_sheet("a sheet of paper and fallen leaves on a wooden bench", "Vi minns", "Swedish"),
    ),
    Drawing(
        name="18-desk-lamp",
        draw=night.desk_lamp,
        size=TALL,
        language="lad",
        focal=(0.0, 0.0),
        caption="A desk by lamplight",
        alt=_sheet("a sheet of paper, a pen and a closed book on a desk at night", "Mos akodramos", "Ladino"),
    ),
    Drawing(
        name="19-passage",
        draw=indoors.passage,
        size=THREE_FOUR,
        language="uk",
        country="UA",
        focal=(0.0, -0.3),
        caption="Light in a passage",
        alt=_sheet("a card leaning on the tiled floor of an empty passage, light from a door", "Ми пам’ятаємо", "Ukrainian"),
    ),
    Drawing(
        name="20-line",
        draw=streets.cards_on_a_line,
        size=WIDE,
        language="en",
        focal=(0.0, 0.1),
        caption="Five sheets on a line",
        alt="A drawing: five sheets of paper pegged to a cord. On them: “We Remember”, in Lithuanian, English, Portuguese, "
        "Finnish and Danish.",
    ),
    Drawing(
        name="21-waiting",
        draw=indoors.unread_sheet,
        size=Size(1200, 900),
        language="sk",
        approved=False,
        caption="A sheet that waits for its second reviewer",
        alt=_sheet("a sheet of paper lying on linen", "Pamätáme", "Slovak"),
    ),
)
