"""The show: from playlist and photos to what is on screen at an instant. Reads no clock, disk or network."""
