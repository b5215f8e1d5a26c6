"""`python -m player` is the same as `weremember`."""

from player.cli import main

if __name__ == "__main__":
    main(prog_name="weremember")
