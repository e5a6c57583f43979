"""The commands for photos."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from porelight.cli.options import Json, Regions, Scale, Seed, print_json, progress_bar, say
from porelight.refusal import Refusal

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus


def measure(
    photos: Annotated[list[Path], typer.Argument(help="One photo or more, or one folder of photos.")],
    um_per_px: Scale = None,
    regions: Regions = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for pores.csv, census.json and overlay.png; FILE.parquet for a folder."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="For a folder: processes on this machine.  [default: 1]")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="For a folder: a Dask scheduler, such as tcp://host:8786.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the pores in photos, or in every photo of a folder; several photos get a subfolder each."""
    if any(path.is_dir() for path in photos):
        if len(photos) > 1 or regions or as_json:
            advice = "Name one folder alone, and a file ending in .parquet with --out"
            raise Refusal(
                "a folder goes with neither other photos nor --regions nor --json", where="PHOTOS", advice=advice
            )
        _study(photos[0], out, workers or 1, scheduler, um_per_px)
    elif workers or scheduler:
        raise Refusal("workers are for a folder of photos", where="--workers", advice="Name a folder, or leave it out")
    else:
        _each(photos, um_per_px, regions, out, as_json)


def _study(place: Path, out: Path | None, workers: int, scheduler: str | None, um_per_px: float | None) -> None:
    from porelight.study import run

    if out is None:
        raise Refusal("there is nowhere to put the result", where="--out", advice="Name a file ending in .parquet")
    with progress_bar(quiet=False) as progress:
        done = run.measure_folder(
            place, out, workers=workers, scheduler=scheduler, um_per_px=um_per_px, progress=progress
        )
    say(f"{done.photo_count} photos, {done.refused_count} refused, {done.reused_count} measured before")
    say(f"Written to {done.photos_file} and {done.pores_file.name}")


def _each(photos: list[Path], um_per_px: float | None, regions: Path | None, out: Path | None, as_json: bool) -> None:
    from porelight import inputs, verbs
    from porelight.export import as_json as numbers
    from porelight.report import bundle, folder, lines

    if out is None and not as_json:
        raise Refusal("there is nowhere to put the result", where="--out", advice="Name a folder, or ask for --json")
    if out:
        folder.check_folder(out)
    files: dict[str, bytes] = {}
    found: dict[str, PoreCensus] = {}
    with progress_bar(as_json) as progress:
        for index, (path, below) in enumerate(zip(photos, subfolders(photos), strict=True)):
            if progress:
                progress(f"Measuring {path.name}", index / len(photos))
            picture = inputs.read_photo(path)
            found[below or path.name] = census = verbs.measure(picture, um_per_px=um_per_px, regions=regions)
            if out:
                files |= {f"{below}{name}": data for name, data in bundle.of_census(census, picture.pixels).items()}
        if out:
            folder.deliver_files(out, files)
    if as_json:
        told = {name.rstrip("/"): numbers.census_numbers(census) for name, census in found.items()}
        print_json(next(iter(told.values())) if len(photos) == 1 else told)
        return
    for name, census in found.items():
        say(f"{name.rstrip('/')}: {lines.of_census(census)}")
    say(f"Written to {out}")


def compare(
    before: Annotated[Path, typer.Argument(help="The first photo.", show_default=False)],
    after: Annotated[Path, typer.Argument(help="A later photo of the same skin.", show_default=False)],
    um_per_px: Scale = None,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for change.html with a slider, change.json, change.png and pairs.csv."),
    ] = None,
    as_json: Json = False,
) -> None:
    """What changed between two photos of the same skin, and the smallest change that could have been seen."""
    from porelight import inputs, verbs
    from porelight.report import change_page, folder, lines

    if out is None and not as_json:
        raise Refusal("there is nowhere to put the result", where="--out", advice="Name a folder, or ask for --json")
    if out:
        folder.check_folder(out)
    with progress_bar(as_json) as progress:
        if progress:
            progress("Comparing the photos", 0.0)
        pictures = inputs.read_photo(before), inputs.read_photo(after)
        found = verbs.compare(*pictures, um_per_px=um_per_px, seed=seed)
        if out:
            folder.deliver_files(out, change_page.of_change(found, *pictures))
    if as_json:
        from porelight.export.change_model import change_numbers

        print_json(change_numbers(found))
        return
    for line in lines.of_change(found):
        say(line)
    say(f"Report: {Path(str(out)) / 'change.html'}")


def card(
    out: Annotated[Path, typer.Option("--out", help="The PDF to write; it holds cards to cut out, in true size.")],
) -> None:
    """The card that gives a photo its scale, to print and lay beside the skin."""
    from porelight.report import folder

    if out.suffix.lower() != ".pdf":
        raise Refusal("the card is a PDF", where="--out", advice="Name a file ending in .pdf")
    folder.check_file(out)
    from porelight.draw import card_sheet as paper

    folder.deliver_file(out, paper.card_pdf())
    say(f"Print at 100 %, then check the line of 50 mm: {out}")


def subfolders(photos: list[Path]) -> list[str]:
    """Where each photo's results go: beside each other for one photo, else in folders named like the photos."""
    if len(photos) == 1:
        return [""]
    names: list[str] = []
    for path in photos:
        numbered = (f"{path.stem}-{number}" for number in itertools.count(2))
        names.append(next(name for name in itertools.chain([path.stem], numbered) if name not in names))
    return [f"{name}/" for name in names]
