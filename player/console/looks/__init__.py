"""What there is to be seen of a player: frozen values for pages, JSON and metrics alike, read from what the others have written.

Nothing here speaks a language: a sentence is a key of the catalogue and its fields. Time is an argument.
"""
