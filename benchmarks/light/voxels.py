"""pmcxcl, the OpenCL code of Monte Carlo eXtreme, on the processor by PoCL: same problem, same cells."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

ADVICE = "pip install pmcxcl, apt install pocl-opencl-icd; if PoCL finds no stdint.h, preload libstdc++.so.6"


def load() -> Any | None:
    """The module, or None where it is not installed.

    Raises:
        RuntimeError: it is installed but sees no OpenCL device. It would return empty results at absurd speed.
    """
    try:
        module: Any = importlib.import_module("pmcxcl")
    except ImportError:
        return None
    if not module.gpuinfo():
        raise RuntimeError(f"pmcxcl sees no OpenCL device: {ADVICE}")
    return module


def settings(name: str, photons: int, seed: int) -> dict[str, Any]:
    """The problem of that name in the words of pmcxcl."""
    shared = {"nphoton": photons, "seed": seed, "tstart": 0.0, "tend": 5e-9, "tstep": 5e-9, "srcdir": [0, 0, 1]}
    outside = [0.0, 0.0, 1.0, 1.0]
    if name == "cube60":
        inside = [0.005, 1.0, 0.01, 1.37]
        volume, place = np.ones((60, 60, 60), "uint8"), [29, 29, 0]
        return shared | {"vol": volume, "srcpos": place, "prop": [outside, inside], "isreflect": 0, "issrcfrom0": 1}
    inside = [1.0, 9.0, 0.75, 1.0]
    volume, place = np.ones((100, 100, 10), "uint8"), [50, 50, 0]
    extra = {"vol": volume, "srcpos": place, "prop": [outside, inside], "isreflect": 0, "issrcfrom0": 1}
    return shared | extra | {"unitinmm": 0.02, "autopilot": 1}


def absorbed(module: Any, name: str, photons: int, seed: int) -> float:
    """Run it, and return the absorbed share of the light.

    Raises:
        RuntimeError: it followed no photon.
    """
    stat = module.run(settings(name, photons, seed))["stat"]
    if not stat["energytot"] >= 0.99 * photons:
        raise RuntimeError("pmcxcl followed no photons")
    return float(stat["energyabs"]) / photons
