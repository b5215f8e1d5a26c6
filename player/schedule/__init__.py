"""When a show is on: zones, the sun and the calendars, and what follows from them; pure functions of explicit time."""
