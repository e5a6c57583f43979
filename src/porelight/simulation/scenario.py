"""From what an operator dials, in outside units, to a setting and a run; what cannot be is refused with the reason."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import pydantic

from porelight.laser import Laser, Profile, Setting, followed_lasers, load_lasers
from porelight.message import Message, message
from porelight.reading import mapping
from porelight.refusal import Refusal
from porelight.simulation.chain import Conditions, simulate
from porelight.simulation.cooling import cooling_from
from porelight.simulation.dials import COOLING_DIALS, Dial, Scenario, check_dialled, dials_of, setting_dials
from porelight.simulation.mechanisms import parse_mechanisms
from porelight.simulation.model import Simulation
from porelight.simulation.pulse import SQUARE_PULSE, Pulse, pulse_from
from porelight.skin import Phototype, Site, Skin, facial_skin
from porelight.units import celsius, mJ, percent, us

Number = float | int | str | None


def run_scenario(
    scenario: Scenario, read: Callable[[str], str], *, skin: Skin | None = None, **options: Any
) -> Simulation:
    """Simulate one column of a whole scenario.

    Args:
        scenario: what is asked for.
        read: gives the text of a pulse trace it names.
        skin: what it meets; left out, that of the scenario.
        options: of :func:`porelight.simulation.chain.simulate`: seed, film, progress.

    Raises:
        Refusal: what the scenario says cannot be, or cannot be simulated.
    """
    pulse = pulse_of(scenario, read)
    remarks = scenario_remarks(scenario, pulse)
    return simulate(
        dial_setting(scenario, pulse),
        skin or skin_of(scenario.phototype, scenario.site, scenario.water),
        temperature=celsius(scenario.tissue_temperature_c),
        shape=pulse.shape,
        under=Conditions(scenario.surface, pulse.said, parse_mechanisms(scenario.without), remarks),
        **options,
    )


def pulse_of(scenario: Scenario, read: Callable[[str], str]) -> Pulse:
    """The pulse that a scenario names; ``read`` gives the text of a trace."""
    return pulse_from(scenario.pulse_shape, scenario.spikes, scenario.duty_pct, read)


def dial_setting(scenario: Scenario, pulse: Pulse = SQUARE_PULSE) -> Setting:
    """The setting that a scenario dials, with the duration of ``pulse`` and its energy where those are measured."""
    values = dataclasses.asdict(scenario)
    dial = {name: values[name] for name in setting_dials(type(scenario))}
    if pulse.duration is not None and pulse.energy is not None:
        for name in ("pulse_us", "power_w"):
            if dial[name] is not None:
                advice = "Leave it out, or use a square pulse"
                raise Refusal("the trace says it already", where=name, advice=advice)
        energy = pulse.energy / mJ if scenario.energy_mj is None else scenario.energy_mj
        dial |= {"pulse_us": pulse.duration / us, "energy_mj": energy}
    cooling = cooling_from(scenario.cooling, {name: values[name] for name in COOLING_DIALS})
    return dataclasses.replace(setting_from(scenario.laser, dial, table=type(scenario)), cooling=cooling)


def scenario_remarks(scenario: Scenario, pulse: Pulse) -> tuple[Message, ...]:
    """What was done to what was asked for."""
    if pulse.energy is not None and scenario.energy_mj is not None:
        return (message("simulation.trace_scaled", trace_mj=pulse.energy / mJ, energy_mj=scenario.energy_mj),)
    setting, default = dial_setting(scenario, pulse), load_lasers()[scenario.laser].default["power_w"]
    given = pulse.duration is not None or scenario.pulse_us is not None or scenario.power_w is not None
    if given or not setting.pulse_energy or math.isclose(setting.peak_power, default, rel_tol=1e-3):
        return ()
    pulse_us, power = setting.pulse_duration / us, setting.peak_power
    return (message("simulation.power_changed", default_w=default, pulse_us=pulse_us, power_w=power),)


def scenario_from(
    text: str, where: str, given: Mapping[str, Any] | None = None, table: type[Scenario] = Scenario
) -> Scenario:
    """A scenario from the text of a YAML file, overruled by ``given``.

    Raises:
        Refusal: the text is not plain YAML, or says something unknown or of the wrong kind.
    """
    values = {**(mapping(text, where) if text.strip() else {}), **(given or {})}
    names = list(dials_of(table))
    unknown = [name for name in values if name not in names]
    if unknown:
        what = f"{unknown[0]} is not something a scenario says"
        raise Refusal(what, where=where, advice="Use " + ", ".join(names))
    try:
        return pydantic.TypeAdapter(table).validate_python(values)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        what = f"{name} {str(first['input'])[:40]!r}: {first['msg'][:1].lower()}{first['msg'][1:]}"
        raise Refusal(what, where=where, advice="Mend that value") from None


def skin_of(phototype: Phototype, site: Site, water: float | None = None) -> Skin:
    """Facial skin, with another share of water in its dermis when given."""
    skin = facial_skin(phototype, site)
    if water is None:
        return skin
    layers = tuple(
        dataclasses.replace(layer, water=water) if layer.name == "dermis" else layer for layer in skin.layers
    )
    return dataclasses.replace(skin, layers=layers)


def setting_from(
    key: str, dial: Mapping[str, Number] | None = None, *, table: type[Scenario] = Scenario, **more: Number
) -> Setting:
    """A setting from outside values; what is left out takes the laser's default value.

    Args:
        key: of the laser.
        dial, more: ``energy_mj`` of one pulse, ``spot_um``, ``profile``, ``pulse_us`` or ``power_w``, ``stack``,
            ``repetition_hz``, ``density_pct`` (share of the surface that spots cover), ``passes``.
        table: of the dials.

    Raises:
        Refusal: no such laser, an unknown name, or a value that no such device and no skin allows.
    """
    device, dials = _find_device(key), setting_dials(table)
    given = {name: value for name, value in {**(dial or {}), **more}.items() if value is not None}
    unknown = set(given) - set(dials)
    if unknown:
        names = ", ".join(sorted(unknown))
        advice = "Use " + ", ".join(sorted(dials))
        raise Refusal(f"{names} is not something to dial", where="setting", advice=advice)
    for name in {"pulse_us", "power_w"} & set(given):
        _read_number(device, name, given[name])
    fields = {}
    # Dials that fill a field alone; energy comes last, as power and duration may stand in for it.
    for name, one in dials.items():
        known = name in given or (one.laser_key or name) in device.default
        if one.fills and name != "energy_mj" and known:
            value = _read_number(device, name, given.get(name), one)
            fields[one.fills] = round(value) if one.whole else value * one.unit
    covered = _read_number(device, "density_pct", given.get("density_pct")) * percent
    repetition = _read_number(device, "repetition_hz", given.get("repetition_hz"))
    energy_mj = _read_number(device, "energy_mj", _read_energy(given))
    made = {
        "pulse_energy": energy_mj * mJ,
        "pulse_duration": _read_duration(device, given, energy_mj),
        "profile": _read_profile(device, given.get("profile")),
        "density": covered / (math.pi * (0.5 * fields["spot_diameter"]) ** 2),
        "repetition_interval": 1.0 / repetition,
    }
    return Setting(laser=device, **(made | fields))  # type: ignore[arg-type]  # each field has its dial's type


def _find_device(key: str) -> Laser:
    device = load_lasers().get(key)
    if device is None or device.lacks:
        lacks = f": it lacks {' and '.join(device.lacks)}" if device else ""
        raise Refusal(
            f"laser {key!r} is not one that can be simulated{lacks}",
            where="laser",
            advice="Use " + ", ".join(followed_lasers()),
        )
    return device


def _read_number(device: Laser, name: str, given: Number, dial: Dial | None = None) -> float:
    """The value of a dial, in its outside unit: as given, or the default of the laser; within the laser's limits."""
    dial = dial or dials_of()[name]
    key = dial.laser_key or name
    try:
        value = float(device.default[key] if given is None else given)
    except ValueError:
        raise Refusal(f"{given!r} is not a number", where=name, advice="Give a plain number") from None
    limits = device.limits.get(key) or dial.limits or (-math.inf, math.inf)
    least = f"{limits[0]:g}" if limits[0] > 0.0 or not dial.positive else "more than 0, up"
    return check_dialled(value, name, dial, limits, f"{device.name} takes {least} to {limits[1]:g} here")


def _read_energy(given: Mapping[str, Number]) -> Number:
    """Energy [mJ] as given; power and duration without it give it."""
    if "energy_mj" in given or not {"pulse_us", "power_w"} <= set(given):
        return given.get("energy_mj")
    return float(given["power_w"] or 0.0) * float(given["pulse_us"] or 0.0) * us / mJ


def _read_duration(device: Laser, given: Mapping[str, Number], energy_mj: float) -> float:
    """Pulse duration [s]: as given, or by the power given, or by the default power of the laser."""
    if "pulse_us" in given:
        duration = _read_number(device, "pulse_us", given["pulse_us"]) * us
        if "power_w" in given and not math.isclose(
            _read_number(device, "power_w", given["power_w"]) * duration, energy_mj * mJ, rel_tol=0.02
        ):
            raise Refusal(
                "energy is power times duration, and these three disagree",
                where="power_w",
                advice="Give two of energy_mj, pulse_us and power_w",
            )
        return duration
    low, high = device.limits["pulse_us"]
    power = _read_number(device, "power_w", given.get("power_w"))
    duration = energy_mj * mJ / power / us
    if "power_w" in given and duration > high:
        raise Refusal(
            f"{energy_mj:g} mJ at {power:g} W takes {duration:.0f} us: {dials_of()['pulse_us'].high_why}",
            where="power_w",
            advice=f"{device.name} takes pulses up to {high:g} us",
        )
    return min(max(duration, low), high) * us


def _read_profile(device: Laser, given: Number) -> Profile:
    if given is None:
        return device.profile
    if given == "gaussian_1e2":
        return "gaussian_1e2"
    if given == "top_hat":
        return "top_hat"
    raise Refusal(f"{given!r} is not a beam profile", where="profile", advice="Use gaussian_1e2 or top_hat")
