"""The ladder: what is released, when, and how little an attacker gets out of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from autograders.ladder import Ladder, LadderError, round_step

START = Ladder("data", "v1")
KEPT: dict[str, Any] = {"data": "d", "version": "v", "queries": 3, "released": 0.8, "low": 0.7, "high": 0.9}
ROWS, SUBMISSIONS = 400, 500


def labels(seed: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 2, ROWS), rng.integers(0, 2, size=(SUBMISSIONS, ROWS))


def vote(chosen: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    """What most of the chosen guesses say; the attack of "boosting" a leaderboard."""
    said: np.ndarray[Any, Any] = (np.mean(chosen, axis=0) > 0.5).astype(int)
    return said


def naive_attack(truth: np.ndarray[Any, Any], guesses: np.ndarray[Any, Any]) -> float:
    """Every score is told in full: keep the guesses that were better than chance. Gives the score reached."""
    return float(np.mean(vote([guess for guess in guesses if np.mean(guess == truth) > 0.5]) == truth))


def attack_on_the_ladder(truth: np.ndarray[Any, Any], guesses: np.ndarray[Any, Any], step: float) -> float:
    """Keep what was released as better, and hand in the vote of it now and then. Gives the released score reached."""
    ladder, kept = START, list[np.ndarray[Any, Any]]()
    for number, guess in enumerate(guesses):
        handed_in = vote([*kept, guess]) if number % 2 and kept else guess
        score = float(np.mean(handed_in == truth))
        ladder = ladder.looked()
        if ladder.is_beaten_by(score, step, greater_is_better=True):
            ladder = ladder.releasing(score, score, score, step)
            kept.append(handed_in)
    assert ladder.queries == SUBMISSIONS
    assert ladder.released is not None
    return ladder.released


def test_guesses_climb_a_naive_leaderboard_and_not_the_ladder() -> None:
    """The labels are coins, so whatever is above one half is optimism: fitted to the public part, and to nothing."""
    step = round_step(0.5 / ROWS**0.5)
    naive, laddered = [], []
    for seed in range(20):
        truth, guesses = labels(seed)
        naive.append(naive_attack(truth, guesses) - 0.5)
        laddered.append(attack_on_the_ladder(truth, guesses, step) - 0.5)
    assert np.mean(naive) > 0.2
    assert np.mean(laddered) < 0.1
    assert np.mean(laddered) < np.mean(naive) / 2.5


def test_no_more_can_be_released_than_there_are_steps() -> None:
    truth, guesses = labels(1)
    ladder, released = START, set()
    for guess in guesses:
        score = float(np.mean(guess == truth))
        if ladder.is_beaten_by(score, 0.02, greater_is_better=True):
            ladder = ladder.releasing(score, score, score, 0.02)
        released.add(ladder.released)
    assert len(released) <= 8
    assert all(each is not None and math.isclose(each / 0.02, round(each / 0.02)) for each in released)


def test_the_first_score_is_released() -> None:
    assert START.is_beaten_by(0.3, 0.02, greater_is_better=True)
    assert START.releasing(0.3049, 0.281, 0.339, 0.02) == Ladder("data", "v1", 0, 0.3, 0.28, 0.34)


@pytest.mark.parametrize(("score", "beaten"), [(0.82, False), (0.8201, True), (0.79, False)])
def test_a_score_must_be_better_by_more_than_the_step(score: float, beaten: bool) -> None:
    assert Ladder("d", "v", 1, 0.8, 0.7, 0.9).is_beaten_by(score, 0.02, greater_is_better=True) is beaten


@pytest.mark.parametrize(("score", "beaten"), [(0.78, False), (0.7799, True), (0.9, False)])
def test_a_loss_must_be_smaller_by_more_than_the_step(score: float, beaten: bool) -> None:
    assert Ladder("d", "v", 1, 0.8, 0.7, 0.9).is_beaten_by(score, 0.02, greater_is_better=False) is beaten


def test_an_interval_is_rounded_outwards_and_an_exact_end_stays() -> None:
    ladder = START.releasing(0.905, 0.88, 0.9201, 0.02)
    assert (ladder.released, ladder.low, ladder.high) == (0.9, 0.88, 0.94)


def test_the_same_data_in_a_new_version_goes_on() -> None:
    assert Ladder.from_json(KEPT).at("d", "w") == Ladder("d", "w", 3, 0.8, 0.7, 0.9)


def test_other_data_in_a_new_version_begins_anew() -> None:
    assert Ladder.from_json(KEPT).at("e", "w") == Ladder("e", "w")


def test_other_data_in_the_same_version_has_the_same_budget_and_no_score() -> None:
    assert Ladder.from_json(KEPT).at("e", "v") == Ladder("e", "v", 3)


def test_what_is_kept_comes_back() -> None:
    assert Ladder.from_json(KEPT).to_json() == KEPT


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"more": 1}, "missing or unknown fields"),
        ({"data": 3}, "data must be a text"),
        ({"queries": -1}, "queries must be a whole number from 0, not -1"),
        ({"queries": True}, "queries must be a whole number"),
        ({"low": None}, "belong together"),
        ({"high": float("nan")}, "finite numbers"),
        ({"released": "0.8"}, "finite numbers"),
    ],
)
def test_what_was_not_kept_by_a_ladder_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(LadderError, match=words):
        Ladder.from_json(KEPT | change)


@pytest.mark.parametrize(
    ("width", "step"),
    [(0.0354, 0.02), (0.05, 0.05), (0.0999, 0.05), (0.01, 0.01), (7.3, 5), (250, 200), (0.002, 0.002)],
)
def test_a_step_is_one_that_people_can_read(width: float, step: float) -> None:
    assert round_step(width) == step
