"""`python -m autograders.bench holdout`: what an interval holds and costs, and what resubmitting gains.

Coverage of the bootstrap interval by metric, seconds for one interval by the number of rows, and how
far an attacker who hands in guesses gets on the labels of coins: with every score told, and on the
ladder with its usual step.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

from autograders.judge.bootstrap import Estimate, interval, units_of
from autograders.judge.metrics import METRICS, Array
from autograders.ladder import Ladder, round_step

SIZES = (500, 5_000, 20_000)
Draw = Callable[[np.random.Generator, int], tuple[Array, Array]]


def mistakes(rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
    """A model that is right for 85 % of rows."""
    return np.zeros(rows, int), (rng.random(rows) < 0.15).astype(int)


def two_bells(rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
    """Scores of two classes one deviation apart."""
    labels = np.arange(rows) % 2
    return labels, labels + rng.normal(size=rows)


def skewed(rng: np.random.Generator, rows: int) -> tuple[Array, Array]:
    """Errors with a long tail."""
    return np.zeros(rows), rng.exponential(size=rows)


CASES: dict[str, tuple[Draw, float]] = {
    "accuracy": (mistakes, 0.85),
    "roc_auc": (two_bells, NormalDist().cdf(0.5**0.5)),
    "mae": (skewed, 1.0),
    "rmse": (skewed, 2**0.5),
}


def estimate(name: str, truth: Array, answers: Array, rng: np.random.Generator) -> Estimate:
    """The interval as `holdout` takes it."""
    metric = METRICS[name]
    units = units_of(len(truth), None, truth if metric.stratified else None)
    return interval(lambda weights: metric.score(truth, answers, weights), units, rng, unit=metric.unit)


def coverage(name: str, rows: int, repeats: int) -> float:
    """The share of 95 % intervals that hold the true score."""
    draw, true = CASES[name]
    rng = np.random.default_rng(rows)
    found = [estimate(name, *draw(rng, rows), rng) for _ in range(repeats)]
    return sum(each.low <= true <= each.high for each in found) / repeats


def seconds(name: str, rows: int) -> float:
    """For one interval of 2,000 resamples."""
    truth, answers = CASES[name][0](np.random.default_rng(1), rows)
    started = time.perf_counter()
    estimate(name, truth, answers, np.random.default_rng(2))
    return time.perf_counter() - started


def gains(rows: int, submissions: int, repeats: int) -> tuple[float, float]:
    """How far above one half guesses get: by the vote of those told to be better than chance, and on the ladder."""
    naive, laddered = [], []
    step = round_step(0.5 / rows**0.5)
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        truth, guesses = rng.integers(0, 2, rows), rng.integers(0, 2, (submissions, rows))
        better = guesses[(guesses == truth).mean(axis=1) > 0.5]
        naive.append(float(np.mean((better.mean(axis=0) > 0.5) == truth)) - 0.5)
        ladder, kept = Ladder("coins", ""), list[Array]()
        for number, guess in enumerate(guesses):
            tried = (np.mean([*kept, guess], axis=0) > 0.5).astype(int) if number % 2 else guess
            score = float(np.mean(tried == truth))
            if ladder.is_beaten_by(score, step, greater_is_better=True):
                ladder, kept = ladder.releasing(score, score, score, step), [*kept, tried]
        laddered.append((ladder.released or 0.5) - 0.5)
    return float(np.mean(naive)), float(np.mean(laddered))


def main(arguments: list[str]) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench holdout", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=400)
    options = parser.parse_args(arguments)
    figures: dict[str, Any] = {
        "coverage": {f"{name}, {n} rows": coverage(name, n, options.repeats) for name in CASES for n in (60, 200)},
        "seconds": {f"{name}, {n:,} rows": seconds(name, n) for name in ("accuracy", "roc_auc") for n in SIZES},
        "gains": {
            f"{n} rows, {k} submissions": dict(zip(("naive", "ladder"), gains(n, k, 20), strict=True))
            for n, k in ((200, 300), (400, 500), (2_000, 500))
        },
    }
    if options.json:
        print(json.dumps(figures))
        return
    for title, found in figures.items():
        print(title)
        for name, value in found.items():
            shown = (
                ", ".join(f"{key} +{v:.3f}" for key, v in value.items()) if isinstance(value, dict) else f"{value:.3f}"
            )
            print(f"  {name:<28}{shown}")
