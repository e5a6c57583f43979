"""Where one joule goes, laser by laser: ``python -m benchmarks.light.figures`` writes the pictures of docs/light.md.

It prints the tables of that page. Takes about five minutes on two cores: visible light scatters often.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import math
from pathlib import Path
from typing import NamedTuple

from porelight import cite, draw
from porelight.digits import round_by_error
from porelight.draw.light import format_density
from porelight.light import monte_carlo, optics, section
from porelight.light.gland_heat import HeatByPlace, Mean, gland_volume, heat_by_place
from porelight.light.monte_carlo import Heterogeneous, Material, Transport
from porelight.skin import Skin
from porelight.skin.facial import facial_skin
from porelight.units import cm, mm, nm

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
RADIUS = 1 * mm
SEED = 1


class Line(NamedTuple):
    """A laser line: wavelength [nm], how it is called, and photons to follow for its figure and for each variant."""

    nm: int
    name: str
    photons: int
    variant: int


LINES = (
    Line(532, "KTP laser", 300_000, 20_000),
    Line(755, "alexandrite laser", 300_000, 20_000),
    Line(1064, "Nd:YAG laser", 500_000, 40_000),
    Line(1450, "diode laser", 3_000_000, 400_000),
    Line(1550, "erbium glass laser", 3_000_000, 400_000),
    Line(1726, "sebum-band laser", 3_000_000, 400_000),
    Line(1927, "thulium laser", 8_000_000, 800_000),
)


class Found(NamedTuple):
    """One laser: the section, what it heats, and how far the heat of the gland moves with what is unknown."""

    line: Line
    transport: Transport
    heated: HeatByPlace
    low: Mean
    high: Mean
    bare: Mean
    """Without duct and hair."""


def lit(skin: Skin, line: Line) -> Transport:
    return section.one_joule(
        skin, line.nm * nm, spot_radius=RADIUS, photons=line.photons, seed=SEED, half_width=RADIUS, depth=1.5 * mm,
        cells=80,
    )  # fmt: skip


def variants(skin: Skin, wavelength: float) -> list[Heterogeneous]:
    """The medium with absorption of sebum, its share in the gland and scattering of all skin at their bounds."""
    medium = optics.skin_with_pore(skin, wavelength)
    return [changed(medium, skin, wavelength, high) for high in itertools.product((False, True), repeat=3)]


def changed(medium: Heterogeneous, skin: Skin, wavelength: float, high: tuple[bool, ...]) -> Heterogeneous:
    """Sebum, share and scattering each at the high or the low end of its row."""
    fat, scattering = optics.fat_absorption(wavelength), optics.reduced_scattering("dermis", wavelength)
    part = cite.table("optics/tissue")["gland_sebum"]
    sebum = fat.si_high if high[0] else fat.si_low
    share = part.si_high if high[1] else part.si_low
    more = (scattering.si_high if high[2] else scattering.si_low) / scattering.si
    dermis = next(layer for layer in skin.layers if layer.name == "dermis")
    gland = share * sebum + (1.0 - share) * dermis.water * optics.water_absorption(wavelength).si

    def other(material: Material) -> Material:
        absorption = {"sebum": sebum, "gland": gland}.get(material.name, material.absorption)
        return dataclasses.replace(material, absorption=absorption, scattering=material.scattering * more)

    slabs = tuple(dataclasses.replace(slab, material=other(slab.material)) for slab in medium.layers.slabs)
    volumes = tuple(dataclasses.replace(volume, material=other(volume.material)) for volume in medium.volumes)
    return Heterogeneous(dataclasses.replace(medium.layers, slabs=slabs), volumes)


def without_duct(medium: Heterogeneous) -> Heterogeneous:
    """Funnel and gland only: no clear straight duct, and no hair, to lead light down."""
    kept = tuple(volume for volume in medium.volumes if volume.material.name in ("gland", "air"))
    return Heterogeneous(medium.layers, kept)


def gland_heat(medium: Heterogeneous, photons: int) -> Mean:
    """Absorbed energy density of the gland [1/m3] per joule."""
    run = monte_carlo.transport(medium, monte_carlo.top_hat(RADIUS), photons=photons, seed=SEED)
    share, volume = run.absorbed_by_path["gland"], gland_volume(medium)
    return Mean(share.value / volume, share.standard_error / volume)


def study(skin: Skin, line: Line) -> Found:
    transport = lit(skin, line)
    bare = gland_heat(without_duct(optics.skin_with_pore(skin, line.nm * nm)), line.variant)
    heats = sorted([bare, *(gland_heat(medium, line.variant) for medium in variants(skin, line.nm * nm))])
    return Found(line, transport, heat_by_place(transport), heats[0], heats[-1], bare)


def rows(found: Found) -> tuple[str, str]:
    """The row of each table in docs/light.md."""
    line, transport, heat, low, high, bare = found
    share = transport.absorbed_by_path["gland"]
    means = (
        f"{line.nm}",
        with_error(1000 * share.value, 1000 * share.standard_error),
        *(with_error(mean.value * cm**3, mean.error * cm**3) for mean in (heat.gland, heat.epidermis, heat.beside)),
        f"{round_by_error(100 * heat.reach.value, 100 * heat.reach.error)} %",
    )
    doubts = (
        f"{line.nm}",
        format_density(heat.gland),
        f"{format_density(low)} to {format_density(high)}",
        format_density(bare),
        optics.fat_absorption(line.nm * nm).confidence,
    )
    return f"| {' | '.join(means)} |", f"| {' | '.join(doubts)} |"


def with_error(value: float, error: float) -> str:
    """Value and standard error, both to the first figure of the error."""
    places = -math.floor(math.log10(error))
    return f"{round(value, places):.{max(places, 0)}f} ± {round(error, places):.{max(places, 0)}f}"


def save(found: Found) -> None:
    line = found.line
    figure = draw.joule_figure(found.transport, line.nm, line.name)
    says = draw.joule_says(found.transport, line.nm)
    write(f"light-{line.nm}", draw.render_svg(figure, f"light-{line.nm}", says, inline=False))


def write(name: str, svg: str) -> None:
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nm", nargs="*", type=int, help="wavelengths; all by default")
    wanted = parser.parse_args().nm
    skin = facial_skin("II", "cheek")
    studied = []
    for line in LINES:
        if not wanted or line.nm in wanted:
            found = study(skin, line)
            save(found)
            studied.append(found)
    for table in zip(*map(rows, studied), strict=True):
        print("\n".join(table), end="\n\n")
    compared = [(f"{each.line.nm} nm", each.heated, each.low.value, each.high.value) for each in studied]
    if not wanted:
        width, height = draw.gland_chart_size(len(compared))
        figure, ax = draw.new_figure(width, height)
        draw.gland_chart(ax, compared)
        write("light-gland", draw.render_svg(figure, "light-gland", draw.gland_chart_says(compared), inline=False))


if __name__ == "__main__":
    main()
