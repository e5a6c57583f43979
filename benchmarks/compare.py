"""How far comparisons of rendered skin can be believed: unchanged, softer, with smaller pores, or another skin.

    python -m benchmarks.compare [--pairs 120] [--first 1000] [--kind null shrunk other soft]

Prints, for each kind, what was found, and for unchanged skin how much more the measures scatter than their own pores
tell: the rows ``retake_*`` of ``data/compare.yaml``.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
from tests.photo.retakes import Shot, hand_held, skin, take

from porelight import cite
from porelight.photo.compare.chain import compare_photos
from porelight.photo.compare.change import Change, Key
from porelight.photo.compare.tally import CHANGE_QUANTILE, RETAKE_ROWS
from porelight.refusal import Refusal

SIZE = (560, 700)
Tried = Change | Refusal


def tried(seed: int, shrink: float, second: Callable[[np.random.Generator], Shot], other: int = 0) -> Tried:
    """One pair: scale, skin tone, gloss and light are drawn, each photo is taken by hand."""
    rng = np.random.default_rng(seed)
    scale = float(rng.uniform(30.0, 60.0))
    tone = str(rng.choice(["I", "II", "III", "IV", "V", "VI"]))
    how = {"size": SIZE, "um_per_px": scale, "phototype": tone}
    lights = (200.0 + rng.normal(0.0, 30.0), 200.0 + rng.normal(0.0, 30.0))
    first = take(
        skin(seed, light_from=lights[0], gloss=0.35, **how), dataclasses.replace(hand_held(rng), angle=0.0), seed
    )
    changed = skin(seed + other, light_from=lights[1], gloss=float(rng.uniform(0.2, 0.4)), shrink=shrink, **how)
    try:
        return compare_photos(first, take(changed, second(rng), seed + 1), um_per_px=scale)
    except Refusal as refused:
        return refused
    finally:
        skin.cache_clear()


def softer(rng: np.random.Generator) -> Shot:
    shot = hand_held(rng)
    return dataclasses.replace(shot, blur=float(np.hypot(shot.blur, 1.0)))


KINDS: dict[str, tuple[float, Callable[[np.random.Generator], Shot], int]] = {
    "null": (1.0, hand_held, 0),
    "shrunk": (0.8, hand_held, 0),
    "slightly": (0.9, hand_held, 0),
    "soft": (1.0, softer, 0),
    "other": (1.0, hand_held, 500_000),
}


def run(kind: str, seeds: range) -> Iterator[Tried]:
    shrink, second, other = KINDS[kind]
    for seed in seeds:
        found = tried(seed, shrink, second, other)
        said = (
            found.what if isinstance(found, Refusal) else f"{found.measures[0].change_pct.mid:+.1f} %, {found.result}"
        )
        print(f"  {kind} {seed}: {said}", flush=True)
        yield found


def logs(changes: list[Change], key: Key) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of each change and its own error, retakes taken out."""
    held = [each for change in changes for each in change.measures if (each.key, each.region) == (key, "")]
    middle = np.log1p([each.change_pct.mid / 100.0 for each in held])
    error = np.log1p([each.detectable_pct / 100.0 for each in held]) / CHANGE_QUANTILE
    retake = cite.table("compare")[RETAKE_ROWS[key]].si
    return middle, np.sqrt(np.maximum(error**2 - retake**2, 0.0))


def report(kind: str, found: list[Tried]) -> None:
    changes = [each for each in found if isinstance(each, Change)]
    print(f"\n{kind}: {len(found)} pairs, {len(found) - len(changes)} refused")
    for each in found:
        if isinstance(each, Refusal) and kind != "other":
            print("  refused:", each.what)
    for key in RETAKE_ROWS:
        _line(key, kind, changes)
    if changes and kind == "null":
        _pores(changes)
    if changes:
        answers = sorted((change.measures[0].change_pct.mid, change.before.um_per_px) for change in changes)
        told = ", ".join(f"{percent:+.1f} % at {scale:.0f} um/px" for percent, scale in (*answers[:2], *answers[-2:]))
        print(f"  the two least and the two most: {told}")
        shared = np.array([change.registration.shared - change.registration.by_chance for change in changes])
        print(f"  dots shared beyond chance: least {shared.min():.2f}, median {np.median(shared):.2f}")


def _line(key: Key, kind: str, changes: list[Change]) -> None:
    held = [each for change in changes if (each := change.of(key)) is not None]
    if not held:
        return
    middle, own = logs(changes, key)
    percent = 100.0 * np.expm1(middle)
    all_of_it, own_of_it = (100.0 * np.sqrt(np.mean(each**2)) for each in (middle, own))
    none = 100.0 * np.mean([each.result == "no detectable change" for each in held])
    least = np.median([each.detectable_pct for each in held])
    within = 100.0 * np.mean(np.abs(percent - 100.0 * (KINDS[kind][0] - 1.0)) <= 4.0)
    print(
        f"  {key:15} mean {percent.mean():+6.1f} %, median {np.median(percent):+6.1f} %, spread {percent.std():4.1f},"
        f" root mean square {all_of_it:4.1f}, own {own_of_it:4.1f},"
        f" beyond {np.sqrt(max(all_of_it**2 - own_of_it**2, 0.0)):4.1f}; none {none:5.1f} %,"
        f" detectable {least:4.1f} %, within 4 points {within:5.1f} %"
    )


def _pores(changes: list[Change]) -> None:
    pairs = [change.pairs for change in changes]
    logs = np.concatenate([np.log1p(each.change_pct / 100.0)[each.resolved] for each in pairs])
    own = np.concatenate(
        [np.hypot(each.before_error / each.before, each.after_error / each.after)[each.resolved] for each in pairs]
    )
    middle = 0.7413 * (np.quantile(logs, 0.75) - np.quantile(logs, 0.25))
    none = np.mean(
        [result == "no detectable change" for each in pairs for result in np.array(each.result)[each.resolved]]
    )
    print(
        f"  one pore: {logs.size}, spread {100 * logs.std():.1f} %, of the middle half {100 * middle:.1f} %,"
        f" own error {100 * np.sqrt(np.mean(own**2)):.1f} %; no change {100 * none:.1f} %"
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--pairs", type=int, default=120)
    asked.add_argument("--first", type=int, default=1000)
    asked.add_argument("--kind", nargs="*", default=list(KINDS))
    given = asked.parse_args()
    for kind in given.kind:
        report(kind, list(run(kind, range(given.first, given.first + given.pairs))))


if __name__ == "__main__":
    main()
