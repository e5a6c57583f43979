"""Kills commands at random moments and looks at what lies there: nothing half, nothing left.

    python -m benchmarks.kills [COUNT]

Each command runs over an earlier result of its own and is sent SIGKILL, SIGTERM or SIGINT at a drawn moment, most of
them near the end, where it writes. Afterwards the result is the earlier or the new one, to the byte; what SIGKILL left
is gone after the next command beside it; and a study that was killed again and again ends in the same bytes.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from porelight.report import folder

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SAMPLE, LATER, PERSON = (str(EXAMPLES / name) for name in ("sample.jpg", "later.jpg", "person.yaml"))
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
LATE = 0.7
"""Share of the kills in the last third of the time, where results are written."""

COMMANDS: dict[str, tuple[list[str], list[str]]] = {
    "plan": (
        ["plan", SAMPLE, "--person", PERSON, "--um-per-px", "60", "--on", "2026-03-02", "--out"],
        ["--seed", "1"],
    ),
    "measure": (["measure", SAMPLE, "--um-per-px", "60", "--out"], ["--um-per-px", "61"]),
    "compare": (["compare", SAMPLE, LATER, "--um-per-px", "60", "--out"], ["--seed", "1"]),
    "simulate": (["simulate", "--energy-mj", "2", "--out"], ["--energy-mj", "2.5"]),
    "study": (["measure", "PHOTOS", "--um-per-px", "60", "--out"], ["--um-per-px", "61"]),
}
"""What is run, and the options that make another result of it: the earlier one."""


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    def as_from_a_terminal() -> None:
        # Behind nohup or & a shell has SIGINT ignored.
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(
        [sys.executable, "-m", "porelight", *arguments],
        preexec_fn=as_from_a_terminal,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finish(arguments: list[str]) -> float:
    begun = time.monotonic()
    code = start(arguments).wait()
    if code:
        raise SystemExit(f"{arguments} ended with {code}")
    return time.monotonic() - begun


def digest(place: Path) -> str:
    """Of everything at a place that is not hidden."""
    shown = (
        path for path in place.rglob("*") if not any(part.startswith(".") for part in path.relative_to(place).parts)
    )
    files = sorted(path for path in shown if path.is_file())
    whole = hashlib.sha256()
    for path in files:
        whole.update(str(path.relative_to(place)).encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def hidden(ground: Path) -> list[str]:
    return sorted(path.name for path in ground.iterdir() if path.name.startswith("."))


def kill(name: str, count: int, rng: random.Random, ground: Path) -> Counter[str]:
    """Kill one command so often; what was seen, by kind."""
    seen: Counter[str] = Counter()
    command, other = COMMANDS[name]
    if name == "study":
        photos = ground.parent / "photos"
        photos.mkdir(exist_ok=True)
        for number in range(20):
            (photos / f"{number:02}.jpg").write_bytes(Path(LATER if number % 2 else SAMPLE).read_bytes())
        command = [str(photos) if word == "PHOTOS" else word for word in command]
    results = ground / "results"
    results.mkdir()
    out = str(results / ("s.parquet" if name == "study" else "out"))
    # Once before the clock runs: the first run may compile, and moments drawn from its time lie beyond the others' end.
    finish([*command, out])
    took = finish([*command, out])
    new = digest(results)
    finish([*command, out, *other])
    earlier = digest(results)
    kept = ground / "earlier"
    shutil.copytree(results, kept)
    for number in itertools.islice(itertools.cycle(SIGNALS), count):
        run = start([*command, out])
        moment = rng.uniform(0.67, 1.02) if rng.random() < LATE else rng.uniform(0.0, 0.67)
        try:
            run.wait(moment * took)
        except subprocess.TimeoutExpired:
            run.send_signal(number)
        code = run.wait()
        seen["ended before" if code == 0 else f"stopped by {signal.Signals(number).name}"] += 1
        left = [each for each in hidden(results) if not each.endswith(".parts")]
        seen["hidden folder left until the next run"] += bool(left)
        seen["FAILED: left by a signal that can be caught"] += bool(left) and number != signal.SIGKILL
        now = digest(results)
        # The two tables of a study are put in place one after the other: the photos' last, which makes it count.
        seen["FAILED: neither the earlier nor the new result"] += now not in (earlier, new)
        seen["the new result"] += now == new
        folder.check_folder(results / "another")
        if now == new:
            shutil.copytree(kept, results, dirs_exist_ok=True)
        seen["FAILED: left after the next run"] += any(not each.endswith(".parts") for each in hidden(results))
    finish([*command, out])
    seen["FAILED: not the same bytes in the end"] += digest(results) != new or bool(hidden(results))
    return seen


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rng = random.Random(2026)
    total: Counter[str] = Counter()
    for name in COMMANDS:
        with tempfile.TemporaryDirectory() as ground:
            place = Path(ground) / name
            place.mkdir()
            seen = kill(name, count // len(COMMANDS), rng, place)
        print(name, dict(+seen), flush=True)
        total += seen
    print("all", dict(+total))
    sys.exit(any(key.startswith("FAILED") for key in +total))


if __name__ == "__main__":
    main()
