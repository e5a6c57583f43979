"""Fits the forecast to the trials and writes its table of draws: ``python -m benchmarks.fit_forecast``.

Takes about ten seconds of a processor. The same seed gives the same table.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import yaml

from porelight.forecasting import draws, fit
from porelight.forecasting.arms import fitted_trials

DATA = Path(draws.__file__).parent.parent / "data"
FIT_SEED = 20261201
ROUNDS = (4000, 4000, 4000, 4000, 8000, 16000)
DRAWS = 2000


def main() -> None:
    trials = fitted_trials()
    made = fit.sample_posterior(trials, seed=FIT_SEED, rounds=ROUNDS)
    content = draws.pack_draws(made.resample(DRAWS, np.random.default_rng(FIT_SEED)))
    (DATA / "forecast_draws.npy").write_bytes(content)
    about = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "seed": FIT_SEED,
        "draws": DRAWS,
        "effective": round(made.effective()),
        "trials": len(trials),
        "arms": sum(map(len, trials.values())),
        "people": sum(max(arm.people for arm in arms) for arms in trials.values()),
    }
    head = "# What the fit left, beside forecast_draws.npy: written by python -m benchmarks.fit_forecast.\n"
    (DATA / "forecast.yaml").write_text(head + yaml.safe_dump(about, sort_keys=False), encoding="utf-8")
    print(head + yaml.safe_dump(about, sort_keys=False))


if __name__ == "__main__":
    main()
