"""`weremember doctor`: what is well and what is not; each finding says what would mend it."""

from player.doctor.examination import accept, examine, print_findings

__all__ = ["accept", "examine", "print_findings"]
