"""Pictures: from the bytes of a stranger to two clean JPEGs, decoded where nothing can get out.

`prepare` and `pool` are the door. One worker process per picture (`worker`, confined by `sandbox` with `landlock` and `seccomp`,
whose filter `filters` makes of the table in `calls`) decodes and answers raw pixels; this side (`child`, `prepare`) checks them
against what they must be and encodes. No import here: the worker's start is timed.
"""
