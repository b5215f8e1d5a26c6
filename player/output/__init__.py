"""From a drawn canvas to the light of each output: shapes, warps, masks, blends, curves, dither, and what flashes held back."""
