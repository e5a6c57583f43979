"""Hidden folders that results are made in: gone at the end of a run, or else at the beginning of the next.

A run that is killed cannot tidy up. So each run holds a lock on its folder, which the system takes back when the run
ends in whatever way; a folder of ours without a lock belongs to nobody, and the next run removes it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NAME: Final = re.compile(r"\.porelight\.[a-z0-9_]{8}")
"""How :func:`tempfile.mkdtemp` names them; nothing else is taken for one."""

WHOLE, EARLIER, PLACE = "whole", "earlier", "place"
"""What such a folder holds: the new result, the one that it replaces, and where they belong."""

STOPPING: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
UNLOCKED_SECONDS: Final = 86_400.0
"""Age at which a folder is nobody's where a file system has no locks; a run takes minutes."""


class Busy(OSError):
    """Another run that is still going on holds the folder."""


@contextlib.contextmanager
def open_workshop(ground: Path) -> Iterator[Path]:
    """A hidden folder in ``ground``, gone afterwards whatever happens."""
    folder, lock = None, None
    try:
        with hold_signals():
            while folder is None:
                made = Path(tempfile.mkdtemp(prefix=".porelight.", dir=ground))
                # Before the lock is ours, another run may take the folder for nobody's; then there is a new one.
                with contextlib.suppress(Busy):
                    lock = take_lock(made)
                    folder = made if _is_locked_by(lock, made) else None
        yield folder
    finally:
        with hold_signals():
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            if lock is not None:
                os.close(lock)


@contextlib.contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Hold a folder, made if it is missing, so that one run at a time works in it.

    Raises:
        Busy: another run holds it.
        OSError: it cannot be made.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        lock = take_lock(folder)
        # A run that has just ended may have removed the folder that we locked.
        if _is_locked_by(lock, folder):
            break
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def take_lock(folder: Path) -> int | None:
    """Lock a folder until the file descriptor that comes back is closed; None where a system has no such locks.

    Raises:
        Busy: another run holds it.
    """
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise Busy from None
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _is_locked_by(lock: int | None, folder: Path) -> bool:
    """Whether the folder that we locked is still there; without locks, whether there is one."""
    if lock is None:
        return folder.exists()
    with contextlib.suppress(OSError):
        if os.path.samestat(os.fstat(lock), folder.stat()):
            return True
    os.close(lock)
    return False


def remove_abandoned(place: Path) -> None:
    """Remove what killed runs left in the folders above a place, and put back an earlier result that one had moved."""
    for ground in place.parents:
        with contextlib.suppress(OSError), os.scandir(ground) as entries:
            for entry in entries:
                if NAME.fullmatch(entry.name) and _is_ours(Path(entry.path)):
                    with contextlib.suppress(OSError), hold_signals():
                        _remove_abandoned(Path(entry.path))


def _is_ours(folder: Path) -> bool:
    """A folder of this user with nothing in it that we would not have put there."""
    with contextlib.suppress(OSError):
        mine = not hasattr(os, "geteuid") or folder.lstat().st_uid == os.geteuid()
        plain = folder.is_dir() and not folder.is_symlink()
        return mine and plain and {entry.name for entry in folder.iterdir()} <= {WHOLE, EARLIER, PLACE}
    return False


def _remove_abandoned(folder: Path) -> None:
    lock = take_lock(folder)
    if lock is None and time.time() - folder.stat().st_mtime < UNLOCKED_SECONDS:
        return
    try:
        earlier, note = folder / EARLIER, folder / PLACE
        if earlier.exists() and note.exists():
            place = folder.parent / note.read_text(encoding="utf-8")
            if not place.exists():
                earlier.rename(place)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        if lock is not None:
            os.close(lock)


def write_durably(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on the disk: a name given to it afterwards never stands for half of it."""
    path.write_bytes(data)
    wait_for_disk(path)


def wait_for_disk(path: Path) -> None:
    """Wait until what was written into a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def swap_into_place(whole: Path, place: Path) -> None:
    """Put a new folder or file in its place; an earlier folder there is moved into the workshop of the new one.

    On Linux both change places at one stroke. Elsewhere the earlier one is away for a moment: it comes back if the new
    one cannot be put there, and a run that is killed in between leaves a note where it belongs.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with hold_signals():
        try:
            whole.replace(place)
            return
        except OSError:
            # A folder takes the place of no other that holds something.
            if not place.is_dir():
                raise
        if _exchange_paths(whole, place):
            return
        earlier = whole.with_name(EARLIER)
        whole.with_name(PLACE).write_text(os.path.relpath(place, whole.parents[1]), encoding="utf-8")
        place.rename(earlier)
        try:
            whole.rename(place)
        except OSError:
            earlier.rename(place)
            raise


def _exchange_paths(one: Path, other: Path) -> bool:
    """Whether two paths have changed places, which only Linux can do at one stroke."""
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


@contextlib.contextmanager
def hold_signals() -> Iterator[None]:
    """What would stop the program waits until the end; only the main thread is ever disturbed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []
    earlier = {}
    try:
        for number in STOPPING:
            if callable(signal.getsignal(number)) or signal.getsignal(number) is signal.SIG_DFL:
                earlier[number] = signal.signal(number, lambda number, _: waiting.append(number))
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
        for number in waiting:
            signal.raise_signal(number)
