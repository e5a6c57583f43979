"""What each command delivers: file name -> bytes. Nothing is written here."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from porelight import draw
from porelight.arrays import Pixels
from porelight.export import as_json, dataset, ics, outside, pores_csv
from porelight.report import plan_page, preview_panels, simulation_page

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus
    from porelight.planning.model import Plan
    from porelight.simulation.model import Simulation
    from porelight.simulation.stamp import Stamp


Files = dict[str, bytes]


def of_plan(
    plan: Plan,
    pixels: Pixels,
    *,
    timezone: str = "UTC",
    sequence: int = 0,
    replaces: bytes | None = None,
    alarms: bool = False,
    fhir: bool = False,
    language: str = "en",
) -> Files:
    """report.html, plan.json, pores.csv and overlay.png; calendar.ics once there are sessions; FHIR when asked for.

    Only what people read is in ``language``; plan.json and the tables are the same in all.
    The entries of the calendar are named after the course, so that the same course planned again updates them, with a
    new photo too. A plan that nobody named is named after its photo. ``replaces`` is the calendar sent before.
    """
    pores = pores_csv.pores_csv(plan.census).encode()
    files = {
        "report.html": plan_page.render_plan(plan, pixels, language).encode(),
        "plan.json": as_json.plan_json(plan).encode(),
        "pores.csv": pores,
        "overlay.png": draw.overlay_png(pixels, plan.census, language),
    }
    if expected := preview_panels.show_preview(plan, pixels, language):
        files["preview.png"] = preview_panels.encode_preview(expected, language)
    if plan.sessions:
        course = plan.course or hashlib.sha256(pores).hexdigest()
        files["calendar.ics"] = ics.to_ics(
            plan_page.localize_plan(plan, language).calendar,
            timezone=timezone,
            sequence=sequence,
            course=course,
            stamp=plan.on,
            replaces=replaces,
            alarms=alarms,
        )
    if fhir:
        from porelight.export.fhir import bundle_json

        files["bundle.fhir.json"] = bundle_json(plan, timezone=timezone)
    return files


def of_census(census: PoreCensus, pixels: Pixels) -> Files:
    """pores.csv, census.json and overlay.png."""
    return {
        "pores.csv": pores_csv.pores_csv(census).encode(),
        "census.json": as_json.census_json(census).encode(),
        "overlay.png": draw.overlay_png(pixels, census),
    }


def of_simulation(simulation: Simulation, stamp: Stamp | None = None, language: str = "en") -> Files:
    """numbers.json, the page, the section as SVG and PNG, the film as GIF if it was kept, and the fields as Zarr."""
    stills = draw.pulse_stills(simulation, language)
    return {
        "numbers.json": outside.text(as_json.simulation_numbers(simulation, stamp)).encode(),
        "simulation.html": simulation_page.render_simulation(simulation, stills, stamp, language).encode(),
        "section.svg": draw.section_svg(simulation, language).encode(),
        "section.png": draw.section_png(simulation, language),
        **({"film.gif": draw.film_gif(stills)} if stills else {}),
        **dataset.zarr_files(simulation),
    }
