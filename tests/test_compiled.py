"""Compiled code: never older than its sources, kept where it can be, and done without where it cannot."""

from __future__ import annotations

import importlib
import math
import os
import pkgutil
import shutil
import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from numba.core.extending import _Intrinsic

import porelight
from porelight import compiled

SOURCE = Path(porelight.__file__).parent
STAGES = ("light", "heat", "photo", "damage")

CALLS = """
import numpy as np
from porelight.heat import block_kernels
from porelight.light.monte_carlo import lanes
from porelight.photo.pores import fit_kernel
from porelight import damage

lane = 2 * block_kernels.LANE_STRIDE
row, one = np.zeros(lane), np.ones(1)
law, table = np.zeros(4), np.array([[1.0, 1.0, 1.0, 1e9, 1.0, 1.0, 1.0]])
block_kernels.fill_by_runs(one, row, one, 0, np.array([1]), np.array([0]), table, law)
weights = np.zeros((1, 1))
fit_kernel.weigh(one.reshape(1, 1), 0, 0, 0, 1.0, weights)
omega, rates = np.zeros((1, 1, 1)), np.ones((500, 2))
cells = [np.zeros((1, 1)) for _ in range(2)]
warm = np.full((1, 1), 330.0)
damage._accumulate_damage(omega, *cells, np.ones((1, 1)), warm, warm, 1.0, rates, 400.0)
print(
    lanes.lane_uniform(np.zeros(4 * lanes.LANES, np.int32), 0),
    row[1 + block_kernels.LANE_STRIDE],
    row[1],
    weights[0, 0],
    omega[0, 0, 0],
)
"""
"""A kernel of each stage, those of light and heat calling one of another file. Constants come from yet others."""


def run_python(code: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environ, capture_output=True, text=True, check=True
    )


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_kernel_is_computed_wherever_it_is_called_and_a_changed_constant_wherever_it_is_used(
    tmp_path: Path,
) -> None:
    """Born from a failure: heat/kernels.py was changed, and heat/block_kernels.py computed the old."""
    copy = tmp_path / "copy" / "porelight"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    environ = {"PYTHONPATH": str(copy.parent), "PORELIGHT_CACHE_DIR": str(tmp_path / "kept")}

    def values() -> list[float]:
        return [float(word) for word in run_python(CALLS, **environ).stdout.split()]

    first = values()
    assert values() == first
    edit(copy / "light/monte_carlo/maths.py", "float32(0.5)) * float32(UNIFORM_STEP)", "float32(9.5e7)) * float32(1.0)")
    edit(copy / "heat/kernels.py", "K[i] = k0 *", "K[i] = 7.0 * k0 *")
    edit(copy / "units.py", "ICE_POINT: Final = 273.15", "ICE_POINT: Final = 283.15")
    edit(copy / "photo/pores/fit_kernel.py", "weight > LEAST_PIXEL_WEIGHT", "weight > 3.0")
    edit(copy / "damage.py", "omega[k, j, i] += weight *", "omega[k, j, i] += 5.0 + weight *")
    uniform, conductivity, temperature, weight, omega = values()
    assert first[0] < 1.0 < uniform
    assert conductivity == pytest.approx(7.0 * first[1])
    assert temperature == pytest.approx(first[2] + 10.0)
    assert (first[3], weight) == (1.0, 0.0)
    assert omega == pytest.approx(first[4] + 5.0)


def kernel_modules() -> list[types.ModuleType]:
    names = [info.name for info in pkgutil.walk_packages([str(SOURCE)], "porelight.") if "__main__" not in info.name]
    named = [name for name in names if name.split(".")[1] in STAGES]
    return [
        module for module in map(importlib.import_module, named) if any(kernels_of(module)) or "kernel" in vars(module)
    ]


def kernels_of(module: types.ModuleType) -> list[Any]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, Dispatcher) and value.__module__ == module.__name__
    ]


def test_every_kernel_is_kept_by_us_and_uses_nothing_whose_change_would_go_unseen() -> None:
    modules = kernel_modules()
    assert {module.__name__.split(".")[1] for module in modules} == set(STAGES)
    for module in modules:
        reached = compiled._reached_from(module.__name__)
        for kernel in kernels_of(module):
            assert isinstance(kernel._cache, compiled._Kept), kernel
            for name in set(kernel.py_func.__code__.co_names) & set(vars(module)):
                value = vars(module)[name]
                if isinstance(value, Dispatcher | _Intrinsic):
                    assert value.__module__ in reached, name
                elif isinstance(value, types.ModuleType) and value.__name__.startswith("porelight"):
                    assert value.__name__ in reached, name
                else:
                    known = compiled._is_constant(value) or isinstance(value, np.ndarray)
                    assert known or value in (math, np), (module, name)


def half(x: float) -> float:
    return 0.5 * x


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PORELIGHT_CACHE_DIR", str(tmp_path / "kept"))
    compiled._folder_for.cache_clear()
    compiled._say_that_nothing_is_kept.cache_clear()
    return tmp_path / "kept"


@pytest.fixture(autouse=True)
def forget() -> Any:
    yield
    compiled._folder_for.cache_clear()


def hits(call: Any = half) -> int:
    """Compile ``half`` as a new process would; how many of its codes came from the folder."""
    kernel = compiled.kernel()(call)
    assert kernel(3.0) == 1.5
    return sum(kernel.stats.cache_hits.values())


def test_code_is_kept_between_runs(kept: Path) -> None:
    assert [hits(), hits()] == [0, 1]
    (path,) = kept.rglob("half-*.kernel")
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("damage", [lambda data: data[:100], lambda data: b"", lambda data: data[:-1] + b"\0"])
def test_code_that_is_damaged_is_compiled_again(kept: Path, damage: Any) -> None:
    hits()
    (path,) = kept.rglob("half-*.kernel")
    path.write_bytes(damage(path.read_bytes()))
    assert [hits(), hits()] == [0, 1]


def test_other_options_are_other_code(kept: Path) -> None:
    hits()
    loose = compiled.kernel(fastmath=True)(half)
    assert loose(3.0) == 1.5
    assert not loose.stats.cache_hits
    assert len(list(kept.rglob("half-*.kernel"))) == 2


def test_without_a_folder_a_kernel_runs_and_one_line_says_so(
    kept: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PORELIGHT_CACHE_DIR", str(tmp_path / "file" / "below"))
    assert [hits(), hits()] == [0, 0]
    (record,) = caplog.records
    assert "PORELIGHT_CACHE_DIR" in record.getMessage()
    assert "\n" not in record.getMessage()


def test_code_that_was_kept_is_used_where_nothing_can_be_written(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hits()
    monkeypatch.setattr(compiled, "_write", lambda path, kept: False)
    assert hits() == 1


def test_code_of_old_sources_goes_when_it_was_long_not_used(kept: Path) -> None:
    old, recent = kept / "kernels" / "damage-old", kept / "kernels" / "damage-recent"
    for folder, days in ((old, 100), (recent, 10)):
        folder.mkdir(parents=True)
        os.utime(folder, (1e9 - days * 86400.0,) * 2)
    os.utime(kept / "kernels" / "damage-recent", (1e9, 1e9))
    hits()
    assert (old.exists(), recent.exists()) == (False, True)


def test_two_processes_may_compile_at_once(tmp_path: Path) -> None:
    code = "import numpy as np; from porelight.light.monte_carlo import maths; print(maths.mix_bits(np.uint64(1)))"
    environ = os.environ | {"PORELIGHT_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", code]
    both = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert len({process.communicate()[0] for process in both}) == 1
    assert {process.returncode for process in both} == {0}
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".kernel"]
