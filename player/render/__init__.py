"""Drawing scenes onto a canvas. Knows nothing of feeds, files, windows or time."""
