"""The command that fires a laser into skin, simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from porelight.cli.options import Json, Seed, print_json, progress_bar, say


def simulate(
    scenario: Annotated[Path | None, typer.Argument(help="A scenario as YAML; options here overrule it.")] = None,
    laser: Annotated[str | None, typer.Option("--laser", help="The laser: co2 or eryag.")] = None,
    energy_mj: Annotated[float | None, typer.Option("--energy-mj", help="Energy of one pulse in mJ.")] = None,
    spot_um: Annotated[float | None, typer.Option("--spot-um", help="Spot diameter in um; see --profile.")] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", help="gaussian_1e2 (diameter at 1/e2) or top_hat (uniform disc).")
    ] = None,
    pulse_us: Annotated[float | None, typer.Option("--pulse-us", help="Pulse duration in us.")] = None,
    power_w: Annotated[float | None, typer.Option("--power-w", help="Power in W, instead of --pulse-us.")] = None,
    pulse_shape: Annotated[
        str | None, typer.Option("--pulse-shape", help="square, superpulse, or a CSV file of time_us,power_w lines.")
    ] = None,
    spikes: Annotated[int | None, typer.Option("--spikes", help="Spikes of a superpulse.")] = None,
    duty_pct: Annotated[
        float | None, typer.Option("--duty-pct", help="Share of the time a superpulse is on, %.")
    ] = None,
    stack: Annotated[int | None, typer.Option("--stack", help="Pulses on the same column.")] = None,
    repetition_hz: Annotated[
        float | None, typer.Option("--repetition-hz", help="Pulses per second of a stack.")
    ] = None,
    density_pct: Annotated[float | None, typer.Option("--density-pct", help="Share of the surface covered, %.")] = None,
    passes: Annotated[int | None, typer.Option("--passes", help="Passes over the skin.")] = None,
    cooling: Annotated[str | None, typer.Option("--cooling", help="none, air, contact (a plate) or cryogen.")] = None,
    cooling_temperature_c: Annotated[
        float | None, typer.Option("--cooling-temperature-c", help="Temperature of air, plate or cryogen.")
    ] = None,
    cooling_w_m2_k: Annotated[
        float | None, typer.Option("--cooling-w-m2-k", help="Heat transfer of air, plate or cryogen.")
    ] = None,
    precooling_ms: Annotated[
        float | None, typer.Option("--precooling-ms", help="Time the plate lies on before the first pulse.")
    ] = None,
    spray_ms: Annotated[float | None, typer.Option("--spray-ms", help="Duration of the spurt of cryogen.")] = None,
    spray_delay_ms: Annotated[
        float | None, typer.Option("--spray-delay-ms", help="From the end of the spurt to the first pulse.")
    ] = None,
    surface: Annotated[
        str | None, typer.Option("--surface", help="dry, or wet: water evaporates from it into still air.")
    ] = None,
    tissue_temperature_c: Annotated[
        float | None, typer.Option("--tissue-temperature-c", help="Starting temperature of the skin, -80 to 45.")
    ] = None,
    water: Annotated[float | None, typer.Option("--water", help="Water share of the dermis by volume, 0 to 1.")] = None,
    phototype: Annotated[str | None, typer.Option("--phototype", help="Fitzpatrick phototype, I to VI.")] = None,
    site: Annotated[str | None, typer.Option("--site", help="forehead, nose, cheek, chin or temple.")] = None,
    without: Annotated[
        str | None,
        typer.Option(
            "--without",
            help="Mechanisms to switch off, for study, such as mixing,perfusion; a wrong name lists them all.",
        ),
    ] = None,
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

    given = {name: value for name, value in locals().items() if name in SCENARIO_FIELDS and value is not None}
    if stamp is None and (order != "raster" or column_delay_ms is not None):
        what = "there is a single column, and nothing to order or to wait for"
        raise Refusal(what, where="stamp", advice="Give --stamp, or leave out --order and --column-delay-ms")
    if out:
        extras.require("atlas", "a folder with the fields in it", where="--out")
        folder.check(out)
    with progress_bar(as_json) as progress:
        result = verbs.simulate_scenario(scenario, given, seed=seed, film=FILM if out else 0, progress=progress)
        stamped = None
        if stamp is not None:
            stamped = verbs.stamp_scenario(
                scenario, given, across=stamp, order=order, delay_ms=column_delay_ms, seed=seed, progress=progress
            )
        if out:
            folder.deliver(out, bundle.of_simulation(result, stamped))
    if as_json:
        print_json(numbers.simulation_numbers(result, stamped))
        return
    for line in (*lines.of_simulation(result), *(lines.of_stamp(stamped) if stamped else ())):
        say(line)
    if out:
        say(f"Written to {out}")


FILM = 16
"""Pictures kept of the pulses when they are drawn; as many again show the cooling."""

SCENARIO_FIELDS = (
    *("laser", "energy_mj", "spot_um", "profile", "pulse_us", "power_w", "pulse_shape", "spikes", "duty_pct"),
    *("stack", "repetition_hz", "density_pct", "passes"),
    *("cooling", "cooling_temperature_c", "cooling_w_m2_k", "precooling_ms", "spray_ms", "spray_delay_ms", "surface"),
    *("tissue_temperature_c", "water", "phototype", "site", "without"),
)
"""What a scenario file and the options of ``simulate`` may say, under the same names."""
