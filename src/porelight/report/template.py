"""What the pages share: templates and their words, scripts that a page allows, and the rows and sources it lists."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any

from porelight import cite
from porelight.report import words

if TYPE_CHECKING:
    from jinja2 import Environment

    from porelight.cite import Cited


def filled(template: str, shown: dict[str, Any], sources: Iterable[cite.Source]) -> str:
    """A template with its values, these sources, and those that its texts name."""
    linker = words.Linker()

    def listed_sources() -> list[cite.Source]:
        """Asked for by the last section of a page, when all that its texts name are known."""
        found = {source.key: source for source in sources} | linker.named
        return [found[key] for key in sorted(found)]

    return environment(linker).get_template(template).render(shown, listed_sources=listed_sources)


def weakest_first(thing: object) -> list[Cited]:
    """Every row of the literature that something rests on."""
    return sorted(cite.used(thing), key=lambda row: (-cite.CONFIDENCES.index(row.confidence), row.quantity))


def environment(linker: words.Linker) -> Environment:
    """The templates, with the words and filters that the pages share."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("porelight", "report/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = (words.day, words.days, words.change, words.length, words.chance, words.number, words.count, words.scale)
    environment.globals |= {function.__name__: function for function in said}
    environment.globals |= {
        "OUTCOMES": words.OUTCOMES,
        "TIERS": words.TIERS,
        "CONFIDENCES": words.CONFIDENCES,
        "FLAGS": words.FLAGS,
        "GATE": words.GATE,
        "TRIAL": words.TRIAL,
        "source_name": words.source_name,
        "value": value,
    }
    environment.filters |= {"linked": linker, "typeset": words.typeset, "drawn": Markup}
    return environment


def text(name: str) -> str:
    """A file of this package."""
    return resources.files("porelight.report").joinpath(name).read_text(encoding="utf-8")


def scripted(name: str) -> dict[str, str]:
    """A page's few lines of script, and the hash by which the page allows them and nothing else."""
    script = text(f"style/{name}.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": script, "script_hash": f"sha256-{digest}"}


def value(row: Cited) -> str:
    """A row's number with its bounds and unit, as its source has it."""
    low, high = ("" if end is None else f"{end:g}" for end in (row.low, row.high))
    bounds = f" ({low} to {high})" if low and high else ""
    unit = "°C" if row.unit == "C" else "" if row.unit == "1" else row.unit
    return f"{row.value:g}{bounds} {unit}".strip()
