"""The command line. Reads arguments, calls the verbs, prints or delivers what comes back; computes nothing itself."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from porelight.cli import care, photo, plan, simulate
from porelight.refusal import Refusal

__all__ = ["app", "care", "main", "photo", "plan", "simulate"]


app = typer.Typer(
    name="porelight",
    help="Plan laser treatment of enlarged facial pores: measure, screen, simulate, forecast, guide. "
    "It supports a qualified professional and decides nothing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; a refused input is one line on stderr and exit code 1."""
    try:
        app()
    except Refusal as refusal:
        print(f"porelight: {refusal}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


def show_version(asked: bool) -> None:
    """Print the version and stop."""
    if asked:
        from porelight import __version__

        typer.echo(f"porelight {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


simulate_setting = simulate.take_dials(simulate.simulate)
for command in (plan.plan, photo.measure, photo.compare, care.screen, care.care, simulate_setting, photo.card):
    app.command()(command)
