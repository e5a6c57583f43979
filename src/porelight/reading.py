"""YAML read strictly: plain text values, no repeated keys, no references, nothing that can blow up."""

from __future__ import annotations

import yaml
from yaml.nodes import MappingNode, Node

from porelight.refusal import Refusal

LONGEST = 20_000
"""Characters of the longest file read: a person's file has about two thousand."""


class _Loader(yaml.BaseLoader):
    """Scalars stay text, so that ``yes``, dates and ages are read by us and not guessed by YAML."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.events.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.constructor.ConstructorError(None, None, "a reference (*) is used", event.start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{name!r} is given twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def mapping(text: str, where: str) -> dict[str, object]:
    """The one mapping that the text holds, its scalars as text.

    Raises:
        Refusal: too long, not YAML, a key twice, a reference, or not a mapping.
    """
    if len(text) > LONGEST:
        advice = "Keep to the fields that are asked"
        raise Refusal(f"the file has {len(text)} characters, more than {LONGEST}", where=where, advice=advice)
    try:
        loaded = yaml.load(text, Loader=_Loader)  # noqa: S506 - the base loader makes only text, lists and mappings
    except RecursionError:
        raise Refusal("the file is nested too deeply", where=where, advice="Write one field a line") from None
    except yaml.YAMLError as error:
        raise Refusal(_what(error), where=where, advice="Write each field once, as `key: value`") from None
    if not isinstance(loaded, dict) or not all(isinstance(key, str) for key in loaded):
        raise Refusal("this is not a list of `key: value` lines", where=where, advice="Write one field a line")
    return loaded


def _what(error: yaml.YAMLError) -> str:
    """What is wrong, on one line."""
    mark = getattr(error, "problem_mark", None)
    problem = " ".join(str(getattr(error, "problem", None) or "the text cannot be read").split())
    return f"line {mark.line + 1}: {problem}" if mark else f"{problem}"
