"""The program: every command, in the order in which its help lists them."""

from __future__ import annotations

from typing import Final

import click

from player import __version__
from player.cli import consoling, fleet, looking, mapping, operating, photographs, rehearsing, running, telling, timing
from player.publish.commands import publish
from player.terminal import Commands

SECTIONS: Final[dict[str, tuple[click.Command, ...]]] = {
    "Run the show": (running.run, running.check, running.reload, looking.status, looking.doctor, consoling.console),
    "Take over by hand": operating.ORDERS,
    "Know what will be on": (timing.agenda, timing.plan, timing.schedule, rehearsing.rehearse),
    "Run many players": (fleet.fleet,),
    "Set up a façade": (
        mapping.outputs,
        mapping.testcard,
        mapping.calibrate,
        mapping.projectors,
        mapping.simulate,
        mapping.report,
    ),
    "See to the photos": (
        photographs.photos,
        photographs.withdraw,
        photographs.reinstate,
        photographs.feed,
        photographs.journal,
        publish,
    ),
    "Seldom needed": (telling.alarm, looking.render, looking.bench, running.ingest, running.screen),
}
"""What a person wants to do, and what does it."""
HIDDEN: Final[tuple[click.Command, ...]] = (mapping.projector, looking.broadcast, looking.film)
"""What `run` starts and nobody types."""
_GAP: Final = 6  # columns that click puts around a command's name


class Program(Commands):
    """All commands, listed by what a person wants."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list, its columns alike in every section."""
        del ctx
        width = max(len(name) for name in self.commands)
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                sentences = (command.get_short_help_str(formatter.width - width - _GAP) for command in commands)
                names = (f"{command.name:<{width}}" for command in commands)
                formatter.write_dl(list(zip(names, sentences, strict=True)))


@click.group(
    cls=Program,
    commands=[command for commands in (*SECTIONS.values(), HIDDEN) for command in commands],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="weremember %(version)s")
def main() -> None:
    """Show approved photos as a quiet, full-screen show with the words We Remember."""
