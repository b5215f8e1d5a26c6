"""From a slide to where everything stands on a canvas of any shape. Pure: chance is a seed, widths come from a measure.

The shape decides, not a list of walls: each kind of slide has a few ways to stand, and the one is taken that leaves
the photos largest and the words legible.
"""

from player.show.layout.door import lay_out, plate, size_of_streams
from player.show.layout.film import lay_out_dialogue
from player.show.layout.fitting import covered
from player.show.layout.names import names_on
from player.show.layout.page import Extent, Measure

__all__ = ["Extent", "Measure", "covered", "lay_out", "lay_out_dialogue", "names_on", "plate", "size_of_streams"]
