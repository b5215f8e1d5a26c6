"""A whole fleet on this computer: light players that keep to the protocol, against a real broker, with what goes wrong.

properties, codec: MQTT 5 as bytes; line: a connection; light: a player; mischief: one that misbehaves; polling, asking: how
players ask for their feed; crowd: a process full of them. origin: the feed; serving: the programs that are run; desk: the centre.
parts: what happens when; stage, performing, run: it happens; series, verdicts: what it came to; tables, plot: how that is shown.
"""
