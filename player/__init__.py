"""We Remember: a kiosk player that shows approved photos as a quiet, timed, full-screen show."""

from typing import Final

__all__ = ["__version__"]

__version__: Final = "0.1.0"
