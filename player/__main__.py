"""`python -m player` is the same as `weremember`."""

import sys

if __name__ == "__main__":
    if sys.argv[1:2] == ["fleetlink"]:  # the smallest of our processes does without the command line
        from player.fleetlink import main as serve

        serve(sys.argv[2:])
    else:
        from player.cli import main

        main(prog_name="weremember")
