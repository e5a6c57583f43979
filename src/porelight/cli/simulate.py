"""The command that fires a laser into skin, simulated."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from porelight.cli.options import Json, Seed, print_json, progress_bar, say
from porelight.simulation.dials import Scenario, dials_of, outside_type

FILM_STILLS: Final = 16
"""Pictures kept of the pulses when they are drawn; as many again show the cooling."""


def take_dials(command: Callable[..., None], table: type[Scenario] = Scenario) -> Callable[..., None]:
    """The command with an option for every dial of the table, in place of its parameter ``dialled``.

    ``dialled`` gets what was given, by name.
    """
    own = inspect.signature(command, eval_str=True)
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_option(table, name))
        for name in dials_of(table)
    ]

    @functools.wraps(command)
    def with_dials(**values: Any) -> None:
        given = {option.name: values.pop(option.name) for option in options}
        command(dialled={name: value for name, value in given.items() if value is not None}, **values)

    parameters: list[inspect.Parameter] = []
    for parameter in own.parameters.values():
        keyword = parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        parameters += options if parameter.name == "dialled" else [keyword]
    # Typer reads the signature and the annotations of what it is given; both must name the options.
    with_dials.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_dials.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return with_dials


def _option(table: type[Scenario], name: str) -> object:
    flag, kind = "--" + name.replace("_", "-"), outside_type(table, name)
    return Annotated[kind | None, typer.Option(flag, help=dials_of(table)[name].help)]


def simulate(
    dialled: dict[str, Any],
    scenario: Annotated[Path | None, typer.Argument(help="A scenario as YAML; options here overrule it.")] = None,
    stamp: Annotated[
        int | None, typer.Option("--stamp", help="Also a stamp of so many columns along each side, heating each other.")
    ] = None,
    order: Annotated[str, typer.Option("--order", help="Order of a stamp: raster, interlaced or random.")] = "raster",
    column_delay_ms: Annotated[
        float | None, typer.Option("--column-delay-ms", help="From one column of a stamp to the next.")
    ] = None,
    seed: Seed = 0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for numbers, figures, a film of the pulse and fields (Zarr).")
    ] = None,
    as_json: Json = False,
) -> None:
    """What one setting does in the skin: crater, heat, coagulation, healing."""
    from porelight import extras, verbs
    from porelight.export import as_json as numbers
    from porelight.refusal import Refusal
    from porelight.report import bundle, folder, lines

    if stamp is None and (order != "raster" or column_delay_ms is not None):
        what = "there is a single column, and nothing to order or to wait for"
        raise Refusal(what, where="stamp", advice="Give --stamp, or leave out --order and --column-delay-ms")
    if out:
        extras.require("atlas", "a folder with the fields in it", where="--out")
        folder.check_folder(out)
    with progress_bar(as_json) as progress:
        stills = FILM_STILLS if out else 0
        result = verbs.simulate(scenario or "co2", seed=seed, film=stills, progress=progress, **dialled)
        stamped = None
        if stamp is not None:
            stamped = verbs.stamp_scenario(
                scenario, dialled, across=stamp, order=order, delay_ms=column_delay_ms, seed=seed, progress=progress
            )
        if out:
            folder.deliver_files(out, bundle.of_simulation(result, stamped))
    if as_json:
        print_json(numbers.simulation_numbers(result, stamped))
        return
    for line in (*lines.of_simulation(result), *(lines.of_stamp(stamped) if stamped else ())):
        say(line)
    if out:
        say(f"Written to {out}")
