"""The folder where this machine lets us keep what can be made again: compiled code, and reports of defects."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

FOLDER_VARIABLE: Final = "PORELIGHT_CACHE_DIR"
"""The environment variable that names the folder."""


def cache_folder() -> Path:
    """``$PORELIGHT_CACHE_DIR``, or a folder in the user's cache. It may not be there, nor be possible to make."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given:
        return Path(given).absolute()
    if sys.platform == "darwin":
        return _home() / "Library" / "Caches" / "porelight"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or _home() / "AppData" / "Local") / "porelight"
    return Path(os.environ.get("XDG_CACHE_HOME") or _home() / ".cache").absolute() / "porelight"


def is_writable(folder: Path) -> bool:
    """Whether something can be kept there; the folder is made if it is not there yet."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        # No HOME and no entry in the list of users, as in a container: nothing can be written there either.
        return Path(os.devnull)
