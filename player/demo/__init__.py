"""The demonstration's pictures: sheets of paper with the words, in drawn, empty places.

`python -m player.demo FOLDER` draws them and writes the feed that lists them. Nothing else in the player needs this room: it
stands in for the photos that a real feed brings, so that the show can be seen before there are any. No faces, no people,
nothing borrowed.

pixels → solid (flat things in space) → shadow (the light on them) → draw (what a lens sees); texture, card, things and air
furnish indoors, streets, nature and night; catalogue lists them all; publish writes them down.
"""
