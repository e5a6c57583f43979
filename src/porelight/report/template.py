"""What the pages share: templates and their words, scripts that a page allows, and the rows and sources it lists."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Any

from porelight import cite
from porelight.message import Message
from porelight.report import words
from porelight.wording import Words, phrase, write_value, write_words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from porelight.cite import Cited


def fill_template(
    template: str, shown: dict[str, Any], sources: Iterable[cite.Source] = (), language: str = "en"
) -> str:
    """A template with its values, these sources, and those that its texts name."""
    linker = words.Linker(language)

    def listed_sources() -> list[cite.Source]:
        """Asked for by the last section of a page, when all that its texts name are known."""
        found = {source.key: source for source in sources} | linker.named
        return [found[key] for key in sorted(found)]

    return make_environment(language, linker).get_template(template).render(shown, listed_sources=listed_sources)


def weakest_first(thing: object) -> list[Cited]:
    """Every row of the literature that something rests on."""
    return sorted(cite.used(thing), key=lambda row: (-cite.CONFIDENCES.index(row.confidence), row.quantity))


def make_environment(language: str = "en", linker: words.Linker | None = None, **options: Any) -> Environment:
    """The templates and macros of every page, with the words and filters they share.

    Args:
        language: of all texts.
        linker: turns source keys in texts into links; a new one where left out.
        options: of jinja2; a Django backend passes its own, and its loader is looked in first.
    """
    import jinja2
    from markupsafe import Markup

    loaders = [
        each for each in (options.pop("loader", None), jinja2.PackageLoader("porelight", "report/templates")) if each
    ]
    usual: dict[str, Any] = {
        "autoescape": True,
        "undefined": jinja2.StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    made = jinja2.Environment(loader=jinja2.ChoiceLoader(loaders), **usual | options)  # noqa: S701 - it escapes
    bound = (*(getattr(words, name) for name in WORD_FUNCTIONS), format_row)
    made.globals |= {function.__name__: functools.partial(function, language=language) for function in bound}
    made.globals |= {name: getattr(words, name) for name in WORD_LISTS}
    made.globals |= {
        "language": language,
        "icons_svg": read_text("style/icons.svg"),
        "say": functools.partial(say, language),
        "write_day": functools.partial(words.write_day, language=language),
        "write_days": functools.partial(words.write_days, language=language),
    }
    made.filters |= {
        "linked": linker or words.Linker(language),
        "typeset": words.typeset,
        "drawn": Markup,
        "words": functools.partial(write_words, language=language),
        "capitalized": words.capitalize,
        "spoken": functools.partial(speak, language),
    }
    return made


WORD_FUNCTIONS = (
    *("describe_change", "describe_length", "describe_chance", "describe_goal", "describe_reachable"),
    *("describe_scale", "format_number", "source_name", "tabulate_change", "tabulate_length"),
)
WORD_LISTS = ("OUTCOMES", "TIERS", "CONFIDENCE_WORDS", "FLAGS", "GATE", "GOAL_VERDICTS", "CHANGE_WORDS", "PLAIN")


def say(language: str, text: str, /, **values: object) -> Markup:
    """A text of a template in the language of its page, typeset; values are escaped unless they are markup."""
    from markupsafe import Markup, escape

    said = Markup(escape(words.typeset(phrase(text, language))))  # noqa: S704 - escaped on this line
    written = {name: _as_markup(value, language) for name, value in values.items()}
    return said.format(**written) if written else said


def speak(language: str, text: Words) -> str:
    """What a stage reports: a message, or a text that stands in the catalogue as it is."""
    return phrase(text, language) if isinstance(text, str) else write_words(text, language)


def _as_markup(value: object, language: str) -> object:
    if isinstance(value, Message | tuple):
        return write_words(value, language)
    return write_value(value, "", language) if isinstance(value, float) else value


def read_text(name: str) -> str:
    """A file of this package."""
    return resources.files("porelight.report").joinpath(name).read_text(encoding="utf-8")


def load_script(name: str) -> dict[str, str]:
    """A page's few lines of script, and the hash by which the page allows them and nothing else."""
    script = read_text(f"style/{name}.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": script, "script_hash": f"sha256-{digest}"}


def format_row(row: Cited, language: str = "en") -> str:
    """A row's number with its bounds and unit, as its source has it."""
    low, high = ("" if end is None else write_value(float(end), "g", language) for end in (row.low, row.high))
    bounds = f" ({phrase('{first} to {last}', language, first=low, last=high)})" if low and high else ""
    unit = "°C" if row.unit == "C" else "" if row.unit == "1" else phrase(row.unit, language)
    return f"{write_value(float(row.value), 'g', language)}{bounds} {unit}".strip()
