"""How far the forecast can be believed: ``python -m benchmarks.forecast_check [trials people fit prior]``.

``trials``: each printed number against the posterior predictive mean of that trial, with the trial left out, beside a
plain random-effects average; ``make validation`` writes it into docs/validation.md. ``people``: simulated people, their
first forecast, and after one follow-up photo. ``fit``: simulation-based calibration of the fit, 200 made-up data sets.
``prior``: what the priors alone predict, as a picture for docs/forecast.md.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.fit_forecast import FIT_SEED, ROUNDS
from porelight.arrays import Floats
from porelight.forecasting import fit
from porelight.forecasting.arms import Arm, fitted_trials
from porelight.forecasting.particles import Observation, draw_particles, update_particles
from porelight.forecasting.trials import course_of

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PREDICTED = 8000
PEOPLE = 2000
MADE_UP_FITS = 200
MADE_UP_ROUNDS = (1000, 1000, 1000, 1500)
SPREAD_PCT = 17.5
"""Between people, as in the fit (row ``person_spread``)."""


@dataclasses.dataclass(frozen=True)
class Score:
    """One printed number against one prediction of it."""

    arm: Arm
    quantiles: tuple[float, float, float, float, float]
    crps: float

    @property
    def in_half(self) -> bool:
        return self.quantiles[1] <= self.arm.row.value <= self.quantiles[3]

    @property
    def in_ninety(self) -> bool:
        return self.quantiles[0] <= self.arm.row.value <= self.quantiles[4]

    @property
    def width(self) -> float:
        return self.quantiles[4] - self.quantiles[0]


def make_score(arm: Arm, values: Floats) -> Score:
    """Quantiles and continuous ranked probability score of a sample against the printed number."""
    ordered, count = np.sort(values), values.size
    spread = ((2 * np.arange(1, count + 1) - count - 1) * ordered).sum() / count**2
    crps = float(np.abs(ordered - arm.row.value).mean() - spread)
    return Score(arm, tuple(np.quantile(ordered, [0.05, 0.25, 0.5, 0.75, 0.95])), crps)


def predict_average(arm: Arm, others: list[tuple[Arm, ...]], rng: np.random.Generator) -> Floats:
    """A plain random-effects average (DerSimonian and Laird 1986) of the last number of every other trial."""
    alike = [[each for each in arms if each.of_people == arm.of_people and each.between is None] for arms in others]
    last = [arms[-1] for arms in alike if arms]
    printed = np.array([each.row.value for each in last])
    people = np.array([float(each.people) for each in last])
    error = printed * (100.0 - printed) / people if arm.of_people else SPREAD_PCT**2 / people
    weight = 1.0 / error
    mean = (weight * printed).sum() / weight.sum()
    excess = (weight * (printed - mean) ** 2).sum() - printed.size + 1
    between = max(0.0, excess / (weight.sum() - (weight**2).sum() / weight.sum()))
    weight = 1.0 / (error + between)
    mean = (weight * printed).sum() / weight.sum()
    own = mean * (100.0 - mean) / arm.people if arm.of_people else SPREAD_PCT**2 / arm.people
    spread = np.sqrt(between + 1.0 / weight.sum() + own)
    values = mean + spread * rng.standard_t(max(printed.size - 1, 1), PREDICTED)
    return np.asarray(np.clip(values, 0.0, 100.0) if arm.of_people else values)


def score_trials() -> tuple[list[Score], list[Score]]:
    """Every printed number with its trial left out: ours, and the average's."""
    trials = fitted_trials()
    made = fit.sample_posterior(trials, seed=FIT_SEED, rounds=ROUNDS)
    rng, ours, averages = np.random.default_rng(1), [], []
    for trial, arms in trials.items():
        predicted = fit.predict_numbers(made.resample(PREDICTED, rng, without=trial), arms, rng)
        others = [each for name, each in trials.items() if name != trial]
        for arm, values in zip(arms, predicted, strict=True):
            if arm.between is None:
                ours.append(make_score(arm, values))
                averages.append(make_score(arm, predict_average(arm, others, rng)))
    return ours, averages


def write_scores() -> list[str]:
    """The section of docs/validation.md."""
    ours, averages = score_trials()
    lines = [
        "## The forecast: each trial's number with that trial left out",
        "",
        "What the fit to all other trials predicts for the *mean* that a trial of these people prints, against what it"
        " printed, in %. Beside it a plain random-effects average of the other trials. Made by"
        " `benchmarks/forecast_check.py`; [the forecast](forecast.md) explains the model.",
        "",
        "| row | metric | printed | ours: middle | 50 % | 90 % | inside | average: 90 % | inside |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for mine, theirs in zip(ours, averages, strict=True):
        low, lower, middle, upper, high = mine.quantiles
        lines.append(
            f"| {mine.arm.row.key} ({mine.arm.row.source.key}) | {mine.arm.metric} | {mine.arm.row.value:.0f} | "
            f"{middle:.0f} | {lower:.0f} to {upper:.0f} | {low:.0f} to {high:.0f} | {describe_inside(mine)} | "
            f"{theirs.quantiles[0]:.0f} to {theirs.quantiles[4]:.0f} | {describe_inside(theirs)} |"
        )
    lines.append("")
    for name, of_people in (("changes of pores", False), ("shares of people", True)):
        for who, found in (("ours", ours), ("average", averages)):
            chosen = [each for each in found if each.arm.of_people == of_people]
            lines.append(f"- {name}, {who}: {summarise_scores(chosen)}")
    return [*lines, ""]


def describe_inside(score: Score) -> str:
    return "50 %" if score.in_half else "90 %" if score.in_ninety else "outside"


def summarise_scores(found: list[Score]) -> str:
    half, ninety = sum(each.in_half for each in found), sum(each.in_ninety for each in found)
    width, crps = (np.mean([getattr(each, name) for each in found]) for name in ("width", "crps"))
    return (
        f"{ninety} of {len(found)} inside 90 %, {half} inside 50 %, mean width of 90 % {width:.0f} points, "
        f"CRPS {crps:.1f}"
    )


def check_people() -> list[str]:
    """Ranks of simulated people in their forecast, and whether nine of ten stay inside it after one photo."""
    starts, rng = (0.0, 4.0, 8.0), np.random.default_rng(5)
    prior = draw_particles(course_of("co2"), 200, 0.05, 1)
    others = draw_particles(course_of("co2"), 200, 0.05, 2)
    end, then, truth = prior.kappa(starts, 20.0), others.kappa(starts[:2], 8.0), others.kappa(starts, 20.0)
    chosen = rng.choice(truth.size, PEOPLE, replace=False)
    ranks = np.searchsorted(np.sort(end), truth[chosen]) / end.size
    counts = np.histogram(ranks, bins=20, range=(0.0, 1.0))[0]
    low, high = np.quantile(end, [0.05, 0.95])
    inside = np.mean((truth[chosen] >= low) & (truth[chosen] <= high))
    lines = [
        f"first forecast: chi2 p of the ranks {stats.chisquare(counts).pvalue:.2f}, inside 90 % {100 * inside:.0f} %"
    ]
    for error, share, factor in ((2.4, 1.0, 1.0), (5.0, 1.0, 1.0), (10.0, 1.0, 1.0), (5.0, 0.75, 1.0), (5.0, 1.0, 2.0)):
        held, kept = [], []
        for one in chosen[: PEOPLE // 4]:
            noise = factor * error / 100.0 * rng.standard_normal()
            reported = 100.0 * np.expm1(-share * then[one] + noise)
            seen = Observation(starts[:2], 8.0, float(max(reported, -95.0)), error)
            after = update_particles(prior, seen, int(one)).kappa(starts, 20.0)
            ends = np.quantile(after, [0.05, 0.95])
            held.append(ends[0] <= truth[one] <= ends[1])
            kept.append((ends[1] - ends[0]) / (high - low))
        lines.append(
            f"stated error {error} %, compare sees {share:g} of a change, true error {factor:g} times: "
            f"inside 90 % {100 * np.mean(held):.0f} %, width kept {np.mean(kept):.2f}"
        )
    return lines


def check_fit() -> list[str]:
    """Simulation-based calibration: the rank of each true quantity among its posterior draws is uniform."""
    trials = {
        trial: tuple(dataclasses.replace(arm, between=None, people_spread=None) for arm in arms)
        for trial, arms in fitted_trials().items()
    }
    rng, ranks = np.random.default_rng(8), []
    for number in range(MADE_UP_FITS):
        # What ten people kept is part of every posterior, so the truth is drawn from the prior with it.
        unit = draw_with_kept(rng)
        truth = fit.shared_from(unit)
        printed = {trial: tuple(fit.predict_numbers(truth, arms, rng)[:, 0]) for trial, arms in trials.items()}
        made = fit.sample_posterior(trials, seed=number, rounds=MADE_UP_ROUNDS, printed=printed)
        weights = fit.normalize_weights(made.log_weights())
        ranks.append([(weights * (made.unit[row] < unit[row, 0])).sum() for row in range(fit.DIMENSIONS)])
    found = np.array(ranks)
    lines = []
    for row, name in enumerate(["course_log", "class_spread", "trial_spread", "later", "number", "appear", "fade"]):
        counts = np.histogram(found[:, row], bins=10, range=(0.0, 1.0))[0]
        lines.append(f"{name}: chi2 p {stats.chisquare(counts).pvalue:.3f}, counts {counts.tolist()}")
    return lines


def draw_with_kept(rng: np.random.Generator) -> Floats:
    """One draw (DIMENSIONS, 1) of the prior together with what ten people kept of their result."""
    while True:
        unit = rng.standard_normal((fit.DIMENSIONS, 1))
        if np.log(rng.random()) < float(fit.log_kept(fit.shared_from(unit))[0]):
            return unit


def draw_prior() -> None:
    """What the priors alone say a CO2 trial of three sessions would print, beside the posterior."""
    from porelight import draw
    from porelight.draw.ink import ACCENT, BAR

    rng = np.random.default_rng(3)
    arms = fitted_trials()["kwon2018"]
    posterior = fit.sample_posterior(fitted_trials(), seed=FIT_SEED, rounds=ROUNDS[:4]).resample(PREDICTED, rng)
    prior = fit.shared_from(rng.standard_normal((fit.DIMENSIONS, PREDICTED)))
    figure, axes = draw.new_figure(660, 320)
    edges = np.linspace(-100.0, 20.0, 49)
    for shared, color, name in ((prior, BAR, "priors alone"), (posterior, ACCENT, "after the fit")):
        values = fit.predict_numbers(shared, arms, rng)[1]
        axes.hist(values, bins=list(edges), density=True, histtype="step", color=color, linewidth=2, label=name)
    axes.axvline(arms[1].row.value, color="black", linewidth=1, linestyle="--")
    axes.set_xlabel("Change of the number of enlarged pores that the trial would print (%)")
    axes.legend(frameon=False)
    figure.savefig(IMAGES / "forecast-prior.svg", metadata={"Date": None})


def main() -> None:
    for what in sys.argv[1:] or ["trials", "people"]:
        if what == "prior":
            draw_prior()
            continue
        for line in {"trials": write_scores, "people": check_people, "fit": check_fit}[what]():
            print(line)


if __name__ == "__main__":
    main()
