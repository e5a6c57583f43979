"""From what an operator dials, in outside units, to a setting; impossible settings are refused with the reason."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import pydantic

from porelight.fields import SurfaceState
from porelight.laser import Laser, Profile, Setting, followed_lasers, lasers
from porelight.message import Message, message
from porelight.reading import mapping
from porelight.refusal import Refusal
from porelight.simulation.cooling import NAMES as COOLING
from porelight.simulation.cooling import Kind, cooling_from
from porelight.simulation.pulse import SQUARE, Pulse, pulse_from
from porelight.skin import Phototype, Site, Skin, facial_skin
from porelight.units import mJ, percent, um, us

Number = float | int | str | None


class Scenario(pydantic.BaseModel):
    """What SCENARIO.yaml and the options of ``simulate`` may say; what is left out comes from the laser."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    laser: str = "co2"
    energy_mj: float | None = None
    spot_um: float | None = None
    profile: Profile | None = None
    pulse_us: float | None = None
    power_w: float | None = None
    pulse_shape: str = "square"
    spikes: int | None = None
    duty_pct: float | None = None
    stack: int | None = None
    repetition_hz: float | None = None
    density_pct: float | None = None
    passes: int | None = None
    cooling: Kind = "none"
    cooling_temperature_c: float | None = None
    cooling_w_m2_k: float | None = None
    precooling_ms: float | None = None
    spray_ms: float | None = None
    spray_delay_ms: float | None = None
    surface: SurfaceState = "dry"
    tissue_temperature_c: float = 35.0
    water: float | None = pydantic.Field(default=None, ge=0.05, le=0.95)
    phototype: Phototype = "III"
    site: Site = "cheek"
    without: str | tuple[str, ...] = ()

    def setting(self, pulse: Pulse = SQUARE) -> Setting:
        """The setting it dials, with the duration of ``pulse`` and its energy where those are measured."""
        dial = self.model_dump(include=_NAMES)
        if pulse.duration is not None and pulse.energy is not None:
            for name in ("pulse_us", "power_w"):
                if dial[name] is not None:
                    advice = "Leave it out, or use a square pulse"
                    raise Refusal("the trace says it already", where=name, advice=advice)
            energy = pulse.energy / mJ if self.energy_mj is None else self.energy_mj
            dial |= {"pulse_us": pulse.duration / us, "energy_mj": energy}
        cooling = cooling_from(self.cooling, self.model_dump(include=set(COOLING)))
        return dataclasses.replace(setting_from(self.laser, dial), cooling=cooling)

    def pulse(self, read: Callable[[str], str]) -> Pulse:
        """The pulse it names; ``read`` gives the text of a trace."""
        return pulse_from(self.pulse_shape, self.spikes, self.duty_pct, read)

    def remarks(self, pulse: Pulse) -> tuple[Message, ...]:
        """What was done to what was asked for."""
        if pulse.energy is not None and self.energy_mj is not None:
            return (message("simulation.trace_scaled", trace_mj=pulse.energy / mJ, energy_mj=self.energy_mj),)
        setting, default = self.setting(pulse), lasers()[self.laser].default["power_w"]
        given = pulse.duration is not None or self.pulse_us is not None or self.power_w is not None
        if given or not setting.pulse_energy or math.isclose(setting.peak_power, default, rel_tol=1e-3):
            return ()
        pulse_us, power = setting.pulse_duration / us, setting.peak_power
        return (message("simulation.power_changed", default_w=default, pulse_us=pulse_us, power_w=power),)

    def skin(self) -> Skin:
        """The skin it names."""
        return skin_of(self.phototype, self.site, self.water)


def scenario_from(text: str, where: str, given: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario from the text of a YAML file, overruled by ``given``.

    Raises:
        Refusal: the text is not plain YAML, or says something unknown or of the wrong kind.
    """
    said = mapping(text, where) if text.strip() else {}
    try:
        return Scenario.model_validate({**said, **(given or {})})
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            what, advice = f"{name} is not something a scenario says", "Use " + ", ".join(Scenario.model_fields)
        else:
            what = f"{name} {str(first['input'])[:40]!r}: {first['msg'][:1].lower()}{first['msg'][1:]}"
            advice = "Mend that value"
        raise Refusal(what, where=where, advice=advice) from None


def skin_of(phototype: Phototype, site: Site, water: float | None = None) -> Skin:
    """Facial skin, with another share of water in its dermis when given."""
    skin = facial_skin(phototype, site)
    if water is None:
        return skin
    layers = tuple(
        dataclasses.replace(layer, water=water) if layer.name == "dermis" else layer for layer in skin.layers
    )
    return dataclasses.replace(skin, layers=layers)


def setting_from(key: str, dial: Mapping[str, Number] | None = None, **more: Number) -> Setting:
    """A setting from outside values; what is left out is the usual of the laser.

    Args:
        key: of the laser.
        dial, more: ``energy_mj`` of one pulse, ``spot_um``, ``profile``, ``pulse_us`` or ``power_w``, ``stack``,
            ``repetition_hz``, ``density_pct`` (share of the surface that spots cover), ``passes``.

    Raises:
        Refusal: no such laser, an unknown name, or a value that no such device and no skin allows.
    """
    device = _device(key)
    given = {name: value for name, value in {**(dial or {}), **more}.items() if value is not None}
    unknown = set(given) - _NAMES
    if unknown:
        raise Refusal(
            f"{', '.join(sorted(unknown))} is not something to dial",
            where="setting",
            advice="Use " + ", ".join(sorted(_NAMES)),
        )
    for name in {"pulse_us", "power_w"} & set(given):
        _number(device, name, given[name])
    value = {name: _number(device, name, given.get(name)) for name in _NUMBERS if name != "energy_mj"}
    value["energy_mj"] = _number(device, "energy_mj", _energy(given))
    duration = _duration(device, given, value["energy_mj"])
    spot = value["spot_um"] * um
    return Setting(
        laser=device,
        pulse_energy=value["energy_mj"] * mJ,
        spot_diameter=spot,
        pulse_duration=duration,
        profile=_profile(device, given.get("profile")),
        density=value["density_pct"] * percent / (math.pi * (0.5 * spot) ** 2),
        passes=round(value["passes"]),
        pulses_per_column=round(value["stack"]),
        repetition_interval=1.0 / value["repetition_hz"],
    )


_NUMBERS = ("energy_mj", "spot_um", "density_pct", "passes", "stack", "repetition_hz")
_NAMES = {*_NUMBERS, "profile", "pulse_us", "power_w"}
_KEYS = {"stack": "pulses_per_column"}
_WHY = {
    "energy_mj": ("energy cannot be negative", "so much energy goes through the skin of a face"),
    "spot_um": ("light of this wavelength cannot be focused to less", "no handpiece has so wide a spot"),
    "density_pct": ("it is a share of the surface", "it is a share of the surface"),
    "passes": ("the skin is passed over at least once", "skin is gone before so many passes"),
    "stack": ("a column takes at least one pulse", "skin is gone before so many pulses"),
    "repetition_hz": ("pulses follow one another sooner than that", "no such device fires so fast"),
    "pulse_us": (
        "no such device switches so fast",
        "a longer pulse is a burn by conduction and outlasts the time that is followed",
    ),
    "power_w": ("a pulse needs power", "no such device has that power, and skin is gone before such a pulse ends"),
}
"""Why a value cannot be: below the least, above the most."""


def _device(key: str) -> Laser:
    device = lasers().get(key)
    if device is None or device.lacks:
        lacks = f": it lacks {' and '.join(device.lacks)}" if device else ""
        raise Refusal(
            f"laser {key!r} is not one that can be simulated{lacks}",
            where="laser",
            advice="Use " + ", ".join(followed_lasers()),
        )
    return device


def _number(device: Laser, name: str, given: Number) -> float:
    key = _KEYS.get(name, name)
    try:
        value = float(device.default[key] if given is None else given)
    except ValueError:
        raise Refusal(f"{given!r} is not a number", where=name, advice="Give a plain number") from None
    low, high = device.limits[key]
    if name in _COUNTS and value != round(value):
        raise Refusal(f"{value:g} is not a whole number", where=name, advice="Count in whole numbers")
    if not low <= value <= high or (name in _POSITIVE and value <= 0.0):
        reason = _WHY[name][1 if value > high else 0] if math.isfinite(value) else "it is not a number"
        least = f"{low:g}" if low > 0.0 or name not in _POSITIVE else "more than 0, up"
        raise Refusal(
            f"{value:g} cannot be: {reason}", where=name, advice=f"{device.name} takes {least} to {high:g} here"
        )
    return value


_COUNTS = {"stack", "passes"}
_POSITIVE = {"spot_um", "pulse_us", "power_w", "repetition_hz"}


def _energy(given: Mapping[str, Number]) -> Number:
    """Energy [mJ] as given; power and duration without it give it."""
    if "energy_mj" in given or not {"pulse_us", "power_w"} <= set(given):
        return given.get("energy_mj")
    return float(given["power_w"] or 0.0) * float(given["pulse_us"] or 0.0) * us / mJ


def _duration(device: Laser, given: Mapping[str, Number], energy_mj: float) -> float:
    """Pulse duration [s]: as given, or by the power given, or by the usual power of the laser."""
    if "pulse_us" in given:
        duration = _number(device, "pulse_us", given["pulse_us"]) * us
        if "power_w" in given and not math.isclose(
            _number(device, "power_w", given["power_w"]) * duration, energy_mj * mJ, rel_tol=0.02
        ):
            raise Refusal(
                "energy is power times duration, and these three disagree",
                where="power_w",
                advice="Give two of energy_mj, pulse_us and power_w",
            )
        return duration
    low, high = device.limits["pulse_us"]
    power = _number(device, "power_w", given.get("power_w"))
    duration = energy_mj * mJ / power / us
    if "power_w" in given and duration > high:
        raise Refusal(
            f"{energy_mj:g} mJ at {power:g} W takes {duration:.0f} us: {_WHY['pulse_us'][1]}",
            where="power_w",
            advice=f"{device.name} takes pulses up to {high:g} us",
        )
    return min(max(duration, low), high) * us


def _profile(device: Laser, given: Number) -> Profile:
    if given is None:
        return device.profile
    if given == "gaussian_1e2":
        return "gaussian_1e2"
    if given == "top_hat":
        return "top_hat"
    raise Refusal(f"{given!r} is not a beam profile", where="profile", advice="Use gaussian_1e2 or top_hat")
