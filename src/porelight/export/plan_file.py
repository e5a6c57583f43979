"""Plans read back: plan.json as other programs see it; and the whole plan, fields and pores, as one's own keeps it."""

from __future__ import annotations

import json
from typing import Any, Final

import pydantic

from porelight.export import archive
from porelight.export.as_json import plan_hash
from porelight.export.outside import READ_BACK, Numbers, as_numbers, text
from porelight.export.plan_model import PLAN_SCHEMA, PlanOut
from porelight.planning.model import Plan
from porelight.refusal import Refusal

_ADVICE: Final = "Give a plan.json as it was written, whole and unchanged"


def plan_from(data: bytes, where: str = "plan.json") -> PlanOut:
    """A plan as other programs read it, from the bytes of its file.

    Args:
        data: as :func:`porelight.export.as_json.plan_json` wrote them.
        where: what the file is called in messages.

    Raises:
        Refusal: no plan, one of another layout, or one that was changed since it was written.
    """
    numbers = _load(data, where)
    _check_layout(numbers.get("schema"), where)
    if numbers.get("hash") != plan_hash(numbers):
        raise Refusal("it was changed since it was written: its hash does not fit", where=where, advice=_ADVICE)
    try:
        held = {key: value for key, value in numbers.items() if key != "schema"}
        plan = PlanOut.model_validate({**held, "layout": numbers["schema"]}, context=READ_BACK)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise Refusal(f"{name} is not as in a plan", where=where, advice=_ADVICE) from None
    return plan


def plan_text(plan: PlanOut) -> str:
    """The text of a plan that was read back: the bytes that it was read from."""
    return text(as_numbers(plan.model_dump(by_alias=True)))


def pack_plan(plan: Plan) -> bytes:
    """The whole plan, with pores, fields and codes of its messages, for :func:`unpack_plan`."""
    return archive.pack(plan, "plan")


def unpack_plan(data: bytes) -> Plan:
    """The plan that :func:`pack_plan` was given.

    Raises:
        Refusal: bytes of another kind or of another major version, changed on the way, or of no sense.
    """
    return archive.unpack(data, Plan, "plan")


def _load(data: bytes, where: str) -> Numbers:
    try:
        numbers = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, not a number, or nested without end
        raise Refusal("it is no JSON", where=where, advice=_ADVICE) from None
    if not isinstance(numbers, dict):
        raise Refusal("it holds no plan", where=where, advice=_ADVICE)
    return numbers


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _check_layout(layout: object, where: str) -> None:
    kind, _, number = str(layout).rpartition("/")
    own_kind, _, own_number = PLAN_SCHEMA.rpartition("/")
    if kind != own_kind:
        raise Refusal("it holds no plan", where=where, advice=_ADVICE)
    if number != own_number:
        what = f"its layout is {str(layout)[:40]}, and this program reads {PLAN_SCHEMA}"
        raise Refusal(what, where=where, advice="Use the version of Porelight that wrote it")
