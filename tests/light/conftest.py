"""Numba looks at the file of a kernel, not at those of functions inlined into it: forget what is out of date."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "src" / "porelight" / "light" / "monte_carlo"


def pytest_configure() -> None:
    newest = max(path.stat().st_mtime for path in FOLDER.glob("*.py"))
    for compiled in (FOLDER / "__pycache__").glob("*.nb?"):
        if compiled.stat().st_mtime < newest:
            compiled.unlink(missing_ok=True)
