"""The command line. Reads arguments, calls the verbs, prints or delivers what comes back; computes nothing itself."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer
import typer.main
from typer.core import TyperGroup

from porelight.cli import care, ending, forecast, machine, medicine, photo, plan, simulate
from porelight.cli.options import say
from porelight.refusal import Refusal

__all__ = ["app", "care", "machine", "main", "medicine", "photo", "plan", "simulate"]


class Commands(TyperGroup):
    """The commands; a complaint about their usage repeats what was typed in a form that a terminal can bear."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        with ending.harmless_usage():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        with ending.harmless_usage():
            return super().invoke(ctx)


app = typer.Typer(
    name="porelight",
    cls=Commands,
    help="Plan laser treatment of enlarged facial pores: measure, screen, simulate, forecast, guide. "
    "It supports a qualified professional and decides nothing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; whatever happens ends in an exit code and at most one line on stderr."""
    arguments = sys.argv[1:]
    # Wherever a person adds it: behind a command that has just failed is the usual place.
    end = arguments.index("--") if "--" in arguments else len(arguments)
    debug = "--debug" in arguments[:end]
    sys.argv[1:] = [given for given in arguments[:end] if given != "--debug"] + arguments[end:]
    sys.exit(ending.run(_run_command, sys.argv[1:], debug=debug))


def _run_command() -> None:
    try:
        app()
    except Refusal as refusal:
        from porelight.cli.flags import name_flag

        named = name_flag(refusal, typer.main.get_command(app), sys.argv[1:])
        if named is refusal:
            raise
        raise named from refusal


def show_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from porelight import __version__

        say(f"porelight {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a defect.")] = False,
) -> None:
    """Options of every command."""


simulate_setting = simulate.take_dials(simulate.simulate)
for command in (
    *(plan.plan, forecast.forecast, photo.measure, photo.compare, care.screen, care.care, simulate_setting, photo.card),
    *(medicine.medicine, machine.doctor, machine.warmup),
):
    app.command()(command)
