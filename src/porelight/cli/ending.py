"""How a run ends: at most one line on stderr, and an exit code, whatever happened."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any, Final

from porelight.refusal import Refusal, harmless

DONE, REFUSED, DEFECT = 0, 1, 70
"""Exit codes of our own; 2 is wrong usage, and 128 + n a run that signal n stopped."""

_ENDED_BY_SIGNALS: Final = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_STREAM_ERRORS: Final = (errno.ENOSPC, errno.EPIPE, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT)


def run(command: Callable[[], object], arguments: list[str], *, debug: bool = False) -> int:
    """Run a command to its exit code. Whatever is raised becomes one line; ``debug`` shows the traceback as well."""
    # Without a home to keep its fonts in, matplotlib says so in three lines; it works all the same.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with _ending_at_signals():
        try:
            _check(arguments)
            code = _code_of(command)
            sys.stdout.flush()
        except (Exception, KeyboardInterrupt) as error:
            if debug and not isinstance(error, Refusal):
                traceback.print_exception(error)
            code, line = _outcome(error)
            if line:
                print(f"porelight: {line}", file=sys.stderr)  # noqa: T201
    return code


def _check(arguments: list[str]) -> None:
    """Refuse what no command can work with.

    Raises:
        Refusal: nothing can be printed, or an argument is empty: a path of no letters would mean the folder one is in.
    """
    if sys.stdout is None:
        raise Refusal("it is closed, and nothing can be printed", where="stdout", advice="Give it a place to go to")
    if "" in arguments:
        index = arguments.index("")
        before = arguments[index - 1] if index else ""
        where = before if before.startswith("-") else f"argument {index + 1}"
        raise Refusal("it is empty", where=where, advice="Name something, or check the variable that it comes from")


def _code_of(command: Callable[[], object]) -> int:
    try:
        command()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return DONE


def _outcome(error: BaseException) -> tuple[int, str]:
    """The exit code of a failure and the line that says what to do."""
    if isinstance(error, KeyboardInterrupt):
        return 128 + signal.SIGINT, "stopped. Nothing was changed."
    # Before a refusal: to a reader of files, one that memory does not suffice for looks damaged.
    if is_out_of_memory(error):
        return REFUSED, "memory: there is not enough for this. Close other programs, or use a smaller photo or setting."
    if isinstance(error, Refusal):
        return REFUSED, str(error)
    if isinstance(error, OSError) and error.filename is None and error.errno in _STREAM_ERRORS:
        _give_up_stdout()
        # Whoever reads from a pipe has seen enough when it closes.
        reason = (error.strerror or "it cannot be written").lower()
        return REFUSED, "" if error.errno == errno.EPIPE else f"output: {reason}. Check the place that it goes to."
    from porelight.cli import defect

    return DEFECT, defect.line(error)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or one that led to it, says that memory ran out, each library in its own way."""
    # An error raised anew can stand in its own chain.
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and all(link is not other for other in seen):
        if _says_out_of_memory(link):
            return True
        seen.append(link)
        link = link.__cause__ or link.__context__
    return False


def _says_out_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    words = str(error).lower()
    if isinstance(error, ImportError | OSError) and ("cannot allocate" in words or "failed to map" in words):
        return True
    if isinstance(error, RuntimeError) and "can't start new thread" in words:
        return True
    # OpenCV's StsNoMem; its class is not imported for this.
    return type(error).__module__.startswith("cv2") and getattr(error, "code", None) == -4


def _give_up_stdout() -> None:
    """What is left in the buffer goes nowhere, so that Python does not fail once more when it ends."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


@contextlib.contextmanager
def _ending_at_signals() -> Iterator[None]:
    """SIGTERM and SIGHUP end a run as an error does, so that what it has begun is tidied up."""

    def end(number: int, _: object) -> None:
        # A second signal ends it at once: a library's callback may have swallowed the first.
        signal.signal(number, signal.SIG_DFL)
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # One that is ignored, as under nohup, stays ignored.
    caught = [number for number in _ENDED_BY_SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    for number in caught:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in caught:
            signal.signal(number, signal.SIG_DFL)


@contextlib.contextmanager
def harmless_usage() -> Iterator[None]:
    """What a person typed, as a complaint about usage repeats it, steers no terminal."""
    import typer

    # The errors of usage, and no others: an error of Jinja has a message too, which cannot be set. Older versions of
    # typer take the class from click, newer ones carry their own, and neither names it.
    usage_error: Any = typer.BadParameter.__bases__[0]
    try:
        yield
    except usage_error as error:
        error.message = harmless(error.message)
        raise
