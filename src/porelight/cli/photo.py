"""The commands for photos."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from porelight.cli.options import Json, Scale, print_json, progress_bar
from porelight.refusal import Refusal

if TYPE_CHECKING:
    from porelight.photo.census import PoreCensus


def measure(
    photos: Annotated[list[Path], typer.Argument(help="One photo or more.")],
    um_per_px: Scale = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for pores.csv, census.json and overlay.png of each photo.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure the pores in photos; several photos get a subfolder each."""
    from porelight import verbs
    from porelight.report import as_json as numbers
    from porelight.report import bundle, folder, lines

    if out is None and not as_json:
        raise Refusal("there is nowhere to put the result", where="--out", advice="Name a folder, or ask for --json")
    if out:
        folder.check(out)
    files: dict[str, bytes] = {}
    found: dict[str, PoreCensus] = {}
    with progress_bar(as_json) as progress:
        for index, (path, below) in enumerate(zip(photos, subfolders(photos), strict=True)):
            if progress:
                progress(f"Measuring {path.name}", index / len(photos))
            picture = verbs.read_photo(path)
            found[below or path.name] = census = verbs.measure(picture, um_per_px=um_per_px)
            if out:
                files |= {f"{below}{name}": data for name, data in bundle.of_census(census, picture.pixels).items()}
        if out:
            folder.deliver(out, files)
    if as_json:
        told = {name.rstrip("/"): numbers.census_numbers(census) for name, census in found.items()}
        print_json(next(iter(told.values())) if len(photos) == 1 else told)
        return
    for name, census in found.items():
        typer.echo(f"{name.rstrip('/')}: {lines.of_census(census)}")
    typer.echo(f"Written to {out}")


def subfolders(photos: list[Path]) -> list[str]:
    """Where each photo's results go: beside each other for one photo, else in folders named like the photos."""
    if len(photos) == 1:
        return [""]
    names: list[str] = []
    for path in photos:
        numbered = (f"{path.stem}-{number}" for number in itertools.count(2))
        names.append(next(name for name in itertools.chain([path.stem], numbered) if name not in names))
    return [f"{name}/" for name in names]
