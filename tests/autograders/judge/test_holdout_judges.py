"""`holdout` as an author's check meets it, with a model that is a function: rules, parts, looks, what is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from autograders.judge.callbacks import GraderError
from autograders.judge.hidden_data import Parts, split
from autograders.judge.holdout import Holdout, NotGoodEnough, read
from autograders.judge.metrics import Array
from autograders.judge.predictions import BadPrediction
from autograders.ladder import Ladder
from autograders.report import STAFF

RNG = np.random.default_rng(5)
ROWS = 600
X, X_TEST = np.arange(200.0)[:, None], np.arange(1_000.0, 1_000.0 + ROWS)[:, None]
Y, Y_TEST = RNG.integers(0, 2, 200), RNG.integers(0, 2, ROWS)
NUMBERS, NUMBERS_TEST = RNG.normal(size=200), RNG.normal(size=ROWS)
Model = Callable[[Any, Any, Any], Any]


def right_for(share: float, seed: int = 0) -> Model:
    """A model that knows the labels of so many of the hidden rows, spread evenly over both parts."""
    wrong = np.random.default_rng(seed).random(ROWS) > share

    def fit_predict(train: Any, values: Any, rows: Array) -> Array:
        index = (rows[:, 0] - 1_000).astype(int)
        said: Array = np.where(wrong[index], 1 - Y_TEST[index], Y_TEST[index])
        return said

    return fit_predict


def parts_of(holdout: Holdout) -> Parts:
    """Which rows serve what, once a bar has been stated."""
    return split(holdout.data, holdout.target, holdout.options.public, apart=holdout.options.permuted_labels)


class Learner:
    """One learner's submissions, one after the other: what each leaves is what the next begins with."""

    def __init__(self, **chosen: Any) -> None:
        self.chosen = {"train": (X, Y), "test": (X_TEST, Y_TEST)} | chosen
        self.kept: Mapping[str, Any] | None = None
        self.record: dict[str, Any] = {}
        self.version = "v1"

    def hands_in(self, model: Model) -> Holdout:
        self.record = {}
        data, options = read(self.chosen)
        return Holdout(model, data, options, self.kept, self.version, b"seed", self.record)

    def keeps(self) -> Ladder:
        """Through JSON, as a site keeps it."""
        self.kept = json.loads(json.dumps(self.record[STAFF]["ladder"]))
        assert self.kept is not None
        return Ladder.from_json(self.kept)


def test_a_good_model_passes_and_the_figures_are_noted() -> None:
    bob = Learner()
    bob.hands_in(right_for(0.9)).at_least(0.8)
    told = bob.record
    assert (told["kind"], told["metric"], told["bar"], told["by"]) == ("holdout", "accuracy", 0.8, "lower")
    assert (told["looks"], told["budget"], told["evaluated"], told["improved"]) == (1, 30, True, True)
    assert told["low"] <= told["released"] <= told["high"]
    assert told["released"] == pytest.approx(told[STAFF]["public"], abs=told["step"] / 2 + 1e-9)
    assert told["rows"] == 300


def test_a_weak_model_fails_with_its_score_and_what_is_asked_for() -> None:
    with pytest.raises(NotGoodEnough) as caught:
        Learner().hands_in(right_for(0.7)).at_least(0.9)
    words = str(caught.value)
    assert words.startswith("look 1 of 30 at the hidden data: your score is 0.6")
    assert "; at least 0.9 is asked for (accuracy, 95 % interval 0.5" in words
    assert words.endswith("whose worse end decides)")


def test_each_rule_looks_at_another_end_of_the_interval() -> None:
    bob = Learner()
    bob.hands_in(right_for(0.8)).at_least(0.0)
    low, score, high = (bob.record[name] for name in ("low", "released", "high"))
    assert low < score < high
    for by, most in (("lower", low), ("estimate", score), ("upper", high)):
        bob.hands_in(right_for(0.8)).at_least(most, by=by)  # type: ignore[arg-type]
        with pytest.raises(NotGoodEnough):
            bob.hands_in(right_for(0.8)).at_least(most + 0.001, by=by)  # type: ignore[arg-type]


def test_of_a_loss_the_worse_end_is_the_upper_one() -> None:
    bob = Learner(train=(X, NUMBERS), test=(X_TEST, NUMBERS_TEST), metric="mae")

    def nothing(train: Any, values: Any, rows: Any) -> Any:
        return np.zeros(len(rows))

    bob.hands_in(nothing).at_most(9.0)
    low, high = bob.record["low"], bob.record["high"]
    bob.hands_in(nothing).at_most(high, by="lower")
    bob.hands_in(nothing).at_most(low, by="upper")
    with pytest.raises(NotGoodEnough, match="at most"):
        bob.hands_in(nothing).at_most(high - 0.001, by="lower")
    with pytest.raises(NotGoodEnough, match="whose better end decides"):
        bob.hands_in(nothing).at_most(low - 0.001, by="upper")


def test_the_rows_reach_the_model_in_another_order_and_are_put_back() -> None:
    orders = []

    def honest(train: Any, values: Any, rows: Array) -> Array:
        orders.append(rows[:, 0].copy())
        said: Array = Y_TEST[(rows[:, 0] - 1_000).astype(int)]
        return said

    bob = Learner()
    bob.hands_in(honest).at_least(0.9)
    assert bob.record["released"] == 1
    assert sorted(orders[0]) == X_TEST[:, 0].tolist()
    assert orders[0].tolist() != X_TEST[:, 0].tolist()


def test_hidden_values_are_not_among_what_the_model_is_given() -> None:
    def look(train: Any, values: Any, rows: Any) -> Any:
        assert train is X
        assert values is Y
        assert isinstance(rows, np.ndarray)
        return np.zeros(len(rows), int)

    Learner().hands_in(look).at_least(0.0)


# --- the ladder -----------------------------------------------------------------------------------


def test_a_score_that_is_hardly_better_is_not_released() -> None:
    bob = Learner()
    bob.hands_in(right_for(0.8)).at_least(0.5)
    first = bob.keeps()
    bob.hands_in(right_for(0.8, seed=0)).at_least(0.5)
    assert bob.record["improved"] is False
    assert bob.keeps() == first.looked()


def test_a_worse_submission_keeps_the_best_released_verdict() -> None:
    """To fail it would tell that its own score is below the bar, which nobody has released."""
    bob = Learner()
    bob.hands_in(right_for(0.95)).at_least(0.9)
    bob.keeps()
    bob.hands_in(right_for(0.2)).at_least(0.9)
    assert (bob.record["released"], bob.record["looks"], bob.record["improved"]) == (0.94, 2, False)
    assert bob.record[STAFF]["public"] < 0.3


def test_what_a_learner_is_told_of_two_unreleased_scores_is_the_same() -> None:
    told = []
    for share in (0.1, 0.5, 0.89):
        bob = Learner()
        bob.hands_in(right_for(0.9)).at_least(0.5)
        bob.keeps()
        with pytest.raises(NotGoodEnough) as caught:
            bob.hands_in(right_for(share)).at_least(0.99)
        told.append((str(caught.value), {key: value for key, value in bob.record.items() if key != STAFF}))
    assert told[0] == told[1] == told[2]


def test_a_better_submission_is_released() -> None:
    bob = Learner()
    with pytest.raises(NotGoodEnough):
        bob.hands_in(right_for(0.7)).at_least(0.9)
    bob.keeps()
    bob.hands_in(right_for(0.97)).at_least(0.9)
    assert bob.record["improved"] is True
    assert bob.keeps().queries == 2


def test_when_all_looks_are_used_nothing_is_measured_and_the_best_stays() -> None:
    bob = Learner(budget=2)
    for _ in range(2):
        bob.hands_in(right_for(0.95)).at_least(0.9)
        bob.keeps()

    def never(train: Any, values: Any, rows: Any) -> Any:
        raise AssertionError("nothing may be trained")

    bob.hands_in(never).at_least(0.9)
    assert (bob.record["evaluated"], bob.record["looks"], bob.record["released"]) == (False, 2, 0.94)
    assert STAFF not in bob.record
    with pytest.raises(NotGoodEnough, match=r"all 2 looks at the hidden data are used; your best released score 0\.94"):
        bob.hands_in(never).at_least(0.99)


def test_code_that_fails_before_it_has_predicted_costs_no_look() -> None:
    def broken(train: Any, values: Any, rows: Any) -> Any:
        return None

    bob = Learner()
    with pytest.raises(BadPrediction):
        bob.hands_in(broken).at_least(0.5)
    assert STAFF not in bob.record


def test_other_hidden_data_begins_with_no_score() -> None:
    bob = Learner()
    bob.hands_in(right_for(0.95)).at_least(0.9)
    bob.keeps()
    bob.version, bob.chosen["public"] = "v2", 0.6
    with pytest.raises(NotGoodEnough):
        bob.hands_in(right_for(0.6)).at_least(0.9)
    assert bob.keeps().queries == 1


def test_the_step_is_what_chance_moves_a_score_by_unless_the_author_says() -> None:
    for chosen, step in (({}, 0.02), ({"public": 0.2}, 0.02), ({"public": 0.1}, 0.05), ({"step": 0.001}, 0.001)):
        bob = Learner(**chosen)
        bob.hands_in(right_for(0.9)).at_least(0.5)
        assert bob.record["step"] == step


def test_sanity_runs_are_made_only_of_a_score_that_would_be_released() -> None:
    """So that training twice tells no more than the released score does."""
    bob = Learner(permuted_labels=True, canary_rows=16, train=(np.c_[X, X], Y), test=(np.c_[X_TEST, X_TEST], Y_TEST))
    trained = []

    def by_lot(train: Any, values: Any, rows: Any) -> Any:
        trained.append(len(train))
        return np.random.default_rng(3).integers(0, 2, len(rows))

    bob.hands_in(by_lot).at_least(0.0)
    assert trained[0] == 200
    assert trained[-1] == 216
    assert {"permuted", "canaries"} <= set(bob.record[STAFF])
    bob.keeps()
    trained.clear()
    bob.hands_in(by_lot).at_least(0.0)
    assert trained == [200]
    assert not {"permuted", "canaries"} & set(bob.record[STAFF])


def test_a_score_that_failed_a_sanity_run_is_not_released() -> None:
    bob = Learner(permuted_labels=True)
    bob.hands_in(lambda train, values, rows: np.zeros(len(rows), int)).at_least(0.0)
    first = bob.keeps()
    with pytest.raises(NotGoodEnough, match="look 2 of 30 at the hidden data: trained 10 times on labels in random"):
        bob.hands_in(right_for(0.9)).at_least(0.0)
    assert bob.keeps() == first.looked()
    assert bob.record["improved"] is False


# --- the parts ------------------------------------------------------------------------------------


def test_optimism_is_public_minus_private_and_shown_to_staff_alone() -> None:
    bob = Learner()
    bob.hands_in(right_for(0.9)).at_least(0.5)
    staff = bob.record[STAFF]
    assert staff["optimism"] == staff["public"] - staff["private"]
    assert not {"public", "private", "optimism", "ladder"} & set(bob.record)


def test_how_far_chance_alone_moves_the_optimism_is_told_with_it() -> None:
    """Honest models, all of them: their optimism lies within its margin about as often as an interval holds."""
    within = 0
    for seed in range(40):
        bob = Learner()
        bob.hands_in(right_for(0.8, seed)).at_least(0.0)
        within += abs(bob.record[STAFF]["optimism"]) <= bob.record[STAFF]["margin"]
    assert 33 <= within <= 40


def test_of_a_loss_optimism_is_private_minus_public() -> None:
    bob = Learner(train=(X, NUMBERS), test=(X_TEST, NUMBERS_TEST), metric="rmse")
    bob.hands_in(lambda train, values, rows: np.zeros(len(rows))).at_most(2)
    staff = bob.record[STAFF]
    assert staff["optimism"] == staff["private"] - staff["public"]


def test_fitting_the_public_part_shows_as_optimism() -> None:
    """A model that is right for the public rows only: the learner's score is full, and staff see through it."""
    bob = Learner()
    holdout = bob.hands_in(right_for(1.0))
    holdout.at_least(0.9)
    public = parts_of(holdout).public
    told = np.isin(np.arange(ROWS), public)

    def overfitted(train: Any, values: Any, rows: Array) -> Array:
        index = (rows[:, 0] - 1_000).astype(int)
        said: Array = np.where(told[index], Y_TEST[index], 0)
        return said

    bob.hands_in(overfitted).at_least(0.9)
    assert bob.record["released"] == 1
    assert bob.record[STAFF]["optimism"] > 0.4


def test_the_parts_are_fixed_by_the_data_and_not_by_the_submission() -> None:
    first, second = Learner().hands_in(right_for(0.9)), Learner().hands_in(right_for(0.1))
    second.seed = b"another"
    for holdout in (first, second):
        holdout.at_least(0.0)
    assert parts_of(first).public.tolist() == parts_of(second).public.tolist()
    other = Learner(test=(X_TEST, 1 - Y_TEST)).hands_in(right_for(0.5))
    other.at_least(0.0)
    assert parts_of(other).public.tolist() != parts_of(first).public.tolist()


def test_both_parts_have_each_class_in_its_share() -> None:
    rare = (np.arange(ROWS) % 20 == 0).astype(int)
    holdout = Learner(test=(X_TEST, rare), metric="balanced_accuracy").hands_in(right_for(0.5))
    holdout.at_least(0.0)
    parts = parts_of(holdout)
    assert rare[parts.public].sum() == rare[parts.private].sum() == 15
    assert sorted([*parts.public, *parts.private]) == list(range(ROWS))


def test_rows_for_labels_in_random_order_serve_nothing_else() -> None:
    """How often a model is trained there can be counted by its code: that must tell nothing of what it is scored on."""
    holdout = Learner(permuted_labels=True).hands_in(right_for(0.5))
    holdout.at_least(0.0)
    parts = parts_of(holdout)
    assert sorted([*parts.public, *parts.private, *parts.apart]) == list(range(ROWS))
    assert len(parts.apart) == pytest.approx(0.2 * ROWS, abs=1)


def test_a_group_of_rows_stays_together() -> None:
    groups = np.arange(ROWS) // 6
    holdout = Learner(groups=groups).hands_in(right_for(0.9))
    holdout.at_least(0.0)
    parts = parts_of(holdout)
    assert not set(groups[parts.public]) & set(groups[parts.private])
    assert len(parts.public) == pytest.approx(ROWS / 2, abs=6)


def test_all_rows_may_be_public_and_then_there_is_no_optimism() -> None:
    bob = Learner(public=1)
    bob.hands_in(right_for(0.9)).at_least(0.5)
    assert (bob.record["rows"], bob.record[STAFF]["private"], bob.record[STAFF]["optimism"]) == (ROWS, None, None)


def test_a_metric_of_the_author_is_measured_alike() -> None:
    def cost(truth: Array, answers: Array) -> float:
        return float(np.mean(np.where(truth == 1, 5, 1) * (truth != answers)))

    bob = Learner(metric=cost, greater_is_better=False, answers="labels", step=0.05)
    bob.hands_in(right_for(0.9)).at_most(1)
    assert bob.record["metric"] == "cost"
    assert bob.record["low"] < bob.record["released"] < bob.record["high"]


def test_labels_may_be_words() -> None:
    words, words_test = np.array(["no", "yes"])[Y], np.array(["no", "yes"])[Y_TEST]
    bob = Learner(train=(X, words), test=(X_TEST, words_test), metric="f1")
    bob.hands_in(lambda train, values, rows: words_test[(rows[:, 0] - 1_000).astype(int)]).at_least(0.9)
    assert bob.record["released"] == 1


def test_rows_may_be_a_list_of_texts() -> None:
    texts = [f"row {number}" for number in range(ROWS)]
    bob = Learner(train=(texts[:200], Y), test=(texts, Y_TEST))
    bob.hands_in(lambda train, values, rows: Y_TEST[[int(row[4:]) for row in rows]]).at_least(0.9)
    assert bob.record["released"] == 1


# --- the author's mistakes ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"tests": 1}, "there is no argument 'tests'; there are answers, budget, canary_rows"),
        ({"budget": 0}, "budget must be a whole number from 1, not 0"),
        ({"public": 1.5}, "public must lie above 0 and at most at 1, not 1.5"),
        ({"step": 0}, "step must be a number above 0, not 0"),
        ({"level": 95}, "level must lie from 0.5 to below 1, not 95"),
        ({"resamples": 10}, "resamples must be at least 2,000, not 10"),
        ({"metric": max, "greater_is_better": True, "answers": "numbers"}, "a metric of your own needs step="),
        ({"train": X}, "train must be a pair of rows and their values"),
        ({"test": (X_TEST, Y)}, "test must hold an array or list of rows, and as many values"),
        ({"train": (X, np.full(200, np.nan))}, "values of train are not all finite"),
        ({"groups": [1, 2]}, "groups must name a group for each of the 600 hidden rows"),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(chosen: dict[str, Any], words: str) -> None:
    with pytest.raises(GraderError, match=words):
        Learner(**chosen).hands_in(right_for(0.9))


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(GraderError, match="test= is missing"):
        read({"train": (X, Y)})


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"public": 0.01}, "of 600 hidden rows 6 would be public; at least 20 are needed"),
        ({"public": 0.99}, "of 600 hidden rows 6 would be private"),
        ({"metric": "rmse", "test": (X_TEST, np.full(ROWS, "a"))}, "rmse takes numbers"),
        ({"metric": "ndcg"}, "ndcg takes grades of shape"),
        ({"metric": "roc_auc", "test": (X_TEST, np.arange(ROWS) % 3)}, "roc_auc is for two classes, not 3"),
        ({"test": (X_TEST, Y_TEST.astype(str))}, "labels must be of one kind on both sides, not int64 and <U21"),
        ({"metric": "f1", "test": (X_TEST, (np.arange(ROWS) == 5).astype(int))}, "at least 2 rows of each class"),
        ({"metric": "rmse", "test": (X_TEST, np.ones(ROWS))}, "all hidden values are equal"),
        ({"canary_rows": 4}, "canary_rows must be from 16 to a quarter of the training rows \\(50\\), not 4"),
        ({"canary_rows": 16, "train": (list(X), Y)}, "needs training rows in a numeric array"),
        ({"test": ([object()] * ROWS, Y_TEST)}, "the hidden rows cannot be passed to a solution"),
    ],
)
def test_data_that_cannot_be_measured_is_the_author_s_fault(chosen: dict[str, Any], words: str) -> None:
    holdout = Learner(**chosen).hands_in(right_for(0.9))
    with pytest.raises(GraderError, match=words):
        (holdout.at_least if holdout.options.metric.greater_is_better else holdout.at_most)(0.5)


def test_the_bar_of_a_loss_is_stated_as_one() -> None:
    with pytest.raises(GraderError, match="accuracy is no loss: state its bar with at_least"):
        Learner().hands_in(right_for(0.9)).at_most(0.5)
    with pytest.raises(GraderError, match="log_loss is a loss: state its bar with at_most"):
        Learner(metric="log_loss").hands_in(right_for(0.9)).at_least(0.5)


def test_a_rule_or_bar_that_is_none_is_named() -> None:
    with pytest.raises(GraderError, match="by must be one of lower, estimate, upper, not 'mean'"):
        Learner().hands_in(right_for(0.9)).at_least(0.5, by="mean")  # type: ignore[arg-type]
    with pytest.raises(GraderError, match="the bar must be a finite number"):
        Learner().hands_in(right_for(0.9)).at_least(float("nan"))


def test_a_check_looks_once() -> None:
    holdout = Learner().hands_in(right_for(0.9))
    holdout.at_least(0.5)
    with pytest.raises(GraderError, match="a check looks at hidden data once"):
        holdout.at_least(0.6)


def test_what_was_kept_and_cannot_be_read_is_a_fault_and_no_verdict() -> None:
    bob = Learner()
    bob.kept = {"queries": 3}
    with pytest.raises(GraderError, match="what earlier submissions left cannot be read"):
        bob.hands_in(right_for(0.9)).at_least(0.5)
