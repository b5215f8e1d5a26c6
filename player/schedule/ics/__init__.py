"""A calendar from any program, as an .ics file, into slots for a person to look through.

Bytes come in, YAML text goes out; nothing here opens a file. icalendar unfolds lines, splits them and knows Windows' names
of zones. Rules are walked here, period by period, because what a library searches for cannot be stopped: a rule for each
30 February keeps one busy until the year 9999.
"""

from player.schedule.ics.reading import MAX_BYTES, Imported, imported

__all__ = ["MAX_BYTES", "Imported", "imported"]
