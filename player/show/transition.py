"""How one slide gives way to the next."""

from __future__ import annotations

from player.units import Nanos


def fade(t: Nanos, start: Nanos, length: Nanos) -> float:
    """Return how far a fade has come at *t*, 0 to 1, eased at both ends (smoothstep, 3x² - 2x³)."""
    x = min(1.0, max(0.0, (t - start) / length)) if length > 0 else float(t >= start)
    return x * x * (3 - 2 * x)
