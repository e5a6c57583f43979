"""Plans for the tests of the report: a made-up census on a made-up photo; everything after it is computed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from porelight import care, cite, planning
from porelight.care.model import Person
from porelight.cite import Cited
from porelight.photo.census import PoreCensus, Pores
from porelight.photo.scale import typed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from porelight.planning.model import Plan

ON = dt.date(2026, 3, 2)
WIDTH, HEIGHT = 580, 550
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "person.yaml"


def census(count: int = 240, um_per_px: float | None = 60.0, width: int = WIDTH, height: int = HEIGHT) -> PoreCensus:
    """Pores of log-normal size on a jittered lattice."""
    rng = np.random.default_rng(7)
    columns = max(1, round(np.sqrt(count * width / height)))
    index = np.arange(count)
    step = (0.8 * width / columns, 0.8 * height / max(1, -(-count // columns)))
    x = 0.1 * width + (index % columns + rng.uniform(0.2, 0.8, count)) * step[0]
    y = 0.1 * height + (index // columns + rng.uniform(0.2, 0.8, count)) * step[1]
    diameter = 3.9 * np.exp(0.3 * rng.standard_normal(count))
    pores = Pores(
        x=x,
        y=y,
        diameter=diameter,
        diameter_error=0.08 * diameter,
        elongation=1.0 + rng.gamma(2.0, 0.2, count),
        direction=rng.uniform(0.0, 180.0, count),
        darkness=rng.uniform(0.08, 0.4, count),
        region=("cheek",) * count,
        flags=("",) * count,
    )
    threshold = Cited(
        "enlarged_from", "diameter from which a pore counts", 250.0, "um", cite.source("flament2015"), "read"
    )
    return PoreCensus(
        width=width,
        height=height,
        scale=None if um_per_px is None else typed(um_per_px),
        skin_area=0.64 * width * height,
        pores=pores,
        flags=() if um_per_px else ("uncalibrated",),
        enlarged_from=threshold,
        version="0.1.0",
        rests_on=(threshold,),
    )


def pixels(width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """A plain skin tone with a little noise."""
    rng = np.random.default_rng(3)
    tone = np.array([214.0, 174.0, 158.0]) + rng.normal(0.0, 4.0, (height, width, 1))
    return np.clip(tone, 0, 255).astype(np.uint8)


def person() -> Person:
    return care.read_person(EXAMPLE.read_text(encoding="utf-8"), str(EXAMPLE))


@functools.cache
def ready() -> Plan:
    """Nothing stands against treatment."""
    return planning.make_plan(census(), person(), on=ON)


@functools.cache
def blocked(**changes: object) -> Plan:
    """The same person with other answers; ``age`` and ``answers`` given as they stand in a person."""
    answers: dict[str, Any] = {key: said for key, said in changes.items() if key != "age"}
    base = person()
    age = changes.get("age", base.age)
    changed = dataclasses.replace(base, age=age, answers={**base.answers, **answers})  # type: ignore[arg-type]
    return planning.make_plan(census(), changed, on=ON)


@functools.cache
def unanswered() -> Plan:
    """Nothing is known of the person."""
    return planning.make_plan(census(), Person(None, None, "cheek", {}, {}), on=ON)


@functools.cache
def uncalibrated() -> Plan:
    """A photo without a scale."""
    return planning.make_plan(census(um_per_px=None), person(), on=ON)
