"""`holdout`: how good a model is on data that its learner has not seen, over many submissions.

The hidden labels never cross the wall. The hidden rows are split once, by their own digest, into a
public part, which decides and of which the ladder releases little, and a private part, which nothing
a learner sees depends on: the public score minus the private one tells staff how far a learner has
fitted the public part.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from autograders.judge import bootstrap, sanity
from autograders.judge.bootstrap import Estimate
from autograders.judge.callbacks import GraderError
from autograders.judge.hidden_data import Data, Parts, data_of, split, take, usual_step
from autograders.judge.metrics import Array, Metric, metric_of
from autograders.judge.predictions import BadPrediction, Target, target_of
from autograders.judge.sanity import KnowsTheLabels, SanityFailed, Sides
from autograders.ladder import Ladder, LadderError
from autograders.report import STAFF

By = Literal["lower", "estimate", "upper"]
FitPredict = Callable[[Any, Any, Any], Any]
LEAST_RESAMPLES = 2_000
OF_A_METRIC = ("greater_is_better", "answers")  # said of a metric of the author's own


class NotGoodEnough(AssertionError):
    """The released score does not clear the bar by the author's rule, or a sanity run says that it means nothing."""


@dataclass(frozen=True)
class Options:
    """What an author may choose; `check` says what is wrong with it.

    `budget`: looks at the hidden labels that one learner has. `public`: the share of the hidden rows
    that decides. `step`: how far a score must get ahead to be released, worked out where it is None.
    `level` of the interval, `resamples` of its bootstrap. `canary_rows`: so many are planted; 0 is none.
    """

    metric: Metric
    budget: int = 30
    public: float = 0.5
    step: float | None = None
    level: float = 0.95
    resamples: int = bootstrap.RESAMPLES
    permuted_labels: bool = False
    canary_rows: int = 0

    def check(self) -> None:
        """Raise GraderError naming the argument at fault."""
        if type(self.budget) is not int or self.budget < 1:
            raise GraderError(f"holdout: budget must be a whole number from 1, not {self.budget!r}")
        if not _is_number(self.public) or not 0 < self.public <= 1:
            raise GraderError(f"holdout: public must lie above 0 and at most at 1, not {self.public!r}")
        if self.step is not None and (not _is_number(self.step) or self.step <= 0):
            raise GraderError(f"holdout: step must be a number above 0, not {self.step!r}")
        if self.step is None and self.metric.spread is None:
            raise GraderError(
                "holdout: a metric of your own needs step=, how far a score must get ahead to be released"
            )
        if not _is_number(self.level) or not 0.5 <= self.level < 1:
            raise GraderError(f"holdout: level must lie from 0.5 to below 1, not {self.level!r}")
        if type(self.resamples) is not int or self.resamples < LEAST_RESAMPLES:
            raise GraderError(f"holdout: resamples must be at least {LEAST_RESAMPLES:,}, not {self.resamples!r}")


@dataclass(frozen=True)
class Rule:
    """What is asked for, and how far a score must get ahead to be released."""

    bar: float
    by: By
    step: float
    parts: Parts


@dataclass
class Holdout:
    """What `holdout(...)` gives: state the bar and the model is trained, asked and measured."""

    fit_predict: FitPredict
    data: Data
    options: Options
    kept: Mapping[str, Any] | None  # of this learner's earlier submissions
    version: str
    seed: bytes
    record: dict[str, Any]
    rng: np.random.Generator = field(init=False)
    target: Target = field(init=False)

    def at_least(self, bar: float, by: By = "lower") -> None:
        """Fail unless the released score clears the bar: by the lower end of its interval (proven), by the
        estimate itself, or by the upper end (not refuted)."""
        if not self.options.metric.greater_is_better:
            raise GraderError(f"holdout: {self.options.metric.name} is a loss: state its bar with at_most")
        self._judge(bar, by)

    def at_most(self, bar: float, by: By = "lower") -> None:
        """The same for a loss: `lower` is then the worse end, the upper one, and `upper` the better."""
        if self.options.metric.greater_is_better:
            raise GraderError(f"holdout: {self.options.metric.name} is no loss: state its bar with at_least")
        self._judge(bar, by)

    def _judge(self, bar: float, by: By) -> None:
        if not _is_number(bar):
            raise GraderError(f"holdout: the bar must be a finite number, not {bar!r}")
        if by not in get_args(By):
            raise GraderError(f"holdout: by must be one of {', '.join(get_args(By))}, not {by!r}")
        if self.record.get("kind") == "holdout":
            raise GraderError("holdout: a check looks at hidden data once; make a second check for a second bar")
        self.target = target_of(self.options.metric, self.data.values, self.data.truth)
        if self.options.canary_rows:
            sanity.check_canaries(self.options.canary_rows, self.data.train, self.data.rows, self.target)
        self.rng = np.random.default_rng(int.from_bytes(hashlib.sha256(self.seed + b" holdout").digest()))
        options = self.options
        parts = split(self.data, self.target, options.public, apart=options.permuted_labels)
        step = usual_step(self.data, self.target, parts.public) if options.step is None else float(options.step)
        rule = Rule(float(bar), by, step, parts)
        ladder = self._ladder()
        if ladder.queries < self.options.budget:
            ladder = self._look(ladder, rule)
        else:
            self._tell(ladder, rule, evaluated=False)
        self._verdict(ladder, rule)

    def _ladder(self) -> Ladder:
        metric = self.options.metric
        chosen = [self.options.public, self.options.level, self.options.permuted_labels]
        data = self.data.digest(metric.name, metric.greater_is_better, *chosen)
        try:
            return (Ladder.from_json(self.kept) if self.kept else Ladder(data, self.version)).at(data, self.version)
        except LadderError as error:
            raise GraderError(f"holdout: what earlier submissions left cannot be read: {error}") from None

    # --- one look at the hidden labels ----------------------------------------------------------

    def _look(self, ladder: Ladder, rule: Rule) -> Ladder:
        """Measure the model; gives the ladder after it."""
        data, metric, public, private = self.data, self.options.metric, rule.parts.public, rule.parts.private
        answers = self._fit(data.train, data.values, data.rows)
        truth = self.target.truth(data.truth)
        estimate = self._estimate(truth[public], answers[public], public)
        behind = metric.of(truth[private], answers[private]) if len(private) else None
        ladder = ladder.looked()
        improved = ladder.is_beaten_by(estimate.value, rule.step, greater_is_better=metric.greater_is_better)
        staff = self._for_staff(estimate, behind, len(public), len(private))
        self.record[STAFF] = staff
        # Told before the sanity runs: however those end, the look was taken.
        self._tell(ladder, rule)
        if improved:
            apart = rule.parts.apart
            self._sanity(Sides(data.train, data.values, data.rows, apart, truth[apart]), staff)
            ladder = ladder.releasing(estimate.value, estimate.low, estimate.high, rule.step)
            ladder = _within_unit(ladder) if metric.unit else ladder
            self._tell(ladder, rule, improved=True)
        return ladder

    def _fit(self, train: Any, values: Array, rows: Any) -> Array:
        """Train and predict; the rows to predict are sent in an order of their own each time."""
        order = self.rng.permutation(len(rows))
        answers = self.target.answers(self.fit_predict(train, values, take(rows, order)), len(order))
        restored = np.empty_like(answers)
        restored[order] = answers
        return restored

    def _estimate(self, truth: Array, answers: Array, public: Array) -> Estimate:
        metric = self.options.metric
        groups = None if self.data.groups is None else self.data.groups[public]
        classes = self.data.truth[public] if metric.stratified and self.target.classes is not None else None
        units = bootstrap.units_of(len(public), groups, classes)
        with np.errstate(over="ignore", invalid="ignore"):
            found = bootstrap.interval(
                lambda weights: metric.score(truth, answers, weights),
                units,
                self.rng,
                level=self.options.level,
                unit=metric.unit,
                count=self.options.resamples,
            )
        if not all(map(math.isfinite, (found.value, found.low, found.high))):
            raise BadPrediction(f"the predictions are so large that {metric.name} cannot be computed")
        return found

    def _sanity(self, sides: Sides, staff: dict[str, Any]) -> None:
        try:
            if self.options.permuted_labels:
                staff["permuted"] = sanity.permuted_labels(self._fit, sides, self.target, self.rng)
            if self.options.canary_rows:
                count = self.options.canary_rows
                staff["canaries"] = sanity.canary_rows(self._fit, count, sides, self.target, self.rng)
        except SanityFailed as error:
            staff["permuted" if isinstance(error, KnowsTheLabels) else "canaries"] = error.found
            used = f"look {self.record['looks']} of {self.options.budget} at the hidden data"
            raise NotGoodEnough(f"{used}: {error}") from None

    # --- what is told --------------------------------------------------------------------------

    def _for_staff(self, public: Estimate, private: float | None, rows: int, behind: int) -> dict[str, Any]:
        sign = 1 if self.options.metric.greater_is_better else -1
        # Of the private part's interval the width is taken to be the public one's, as the rows are few or many.
        margin = (public.high - public.low) / 2 * math.sqrt(1 + rows / behind) if behind else None
        return {
            "kind": "holdout_staff",
            "metric": self.options.metric.name,
            "public": public.value,
            "low": public.low,
            "high": public.high,
            "method": public.method,
            "private": private,
            "optimism": None if private is None else sign * (public.value - private),
            "margin": margin,
            "rows": [rows, behind],
        }

    def _tell(self, ladder: Ladder, rule: Rule, *, evaluated: bool = True, improved: bool = False) -> None:
        """Note for the report what a learner may know, and apart what staff and the next submission need."""
        options = self.options
        self.record.update(
            kind="holdout",
            metric=options.metric.name,
            greater_is_better=options.metric.greater_is_better,
            bar=rule.bar,
            by=rule.by,
            level=options.level,
            step=rule.step,
            rows=len(rule.parts.public),
            released=ladder.released,
            low=ladder.low,
            high=ladder.high,
            evaluated=evaluated,
            improved=improved,
            looks=ladder.queries,
            budget=options.budget,
        )
        if STAFF in self.record:
            self.record[STAFF]["ladder"] = ladder.to_json()

    def _verdict(self, ladder: Ladder, rule: Rule) -> None:
        if ladder.released is None:
            raise NotGoodEnough(
                f"all {self.options.budget} looks at the hidden data are used, and no score was released"
            )
        assert ladder.low is not None
        assert ladder.high is not None
        greater = self.options.metric.greater_is_better
        worse, better = (ladder.low, ladder.high) if greater else (ladder.high, ladder.low)
        deciding = {"lower": worse, "estimate": ladder.released, "upper": better}[rule.by]
        if deciding >= rule.bar if greater else deciding <= rule.bar:
            return
        wanted = f"{'at least' if greater else 'at most'} {rule.bar:g} is asked for"
        ends = {"lower": ", whose worse end decides", "estimate": "", "upper": ", whose better end decides"}
        raise NotGoodEnough(
            f"{looks_sentence(self.record)}; {wanted} ({self.options.metric.name}, "
            f"{100 * self.options.level:g} % interval {ladder.low:g} to {ladder.high:g}{ends[rule.by]})"
        )


def looks_sentence(detail: Mapping[str, Any]) -> str:
    """Where the learner stands on the ladder, in a sentence."""
    released = f"{detail['released']:g}"
    if not detail["evaluated"]:
        return f"all {detail['budget']} looks at the hidden data are used; your best released score {released} stays"
    look = f"look {detail['looks']} of {detail['budget']} at the hidden data:"
    if detail["improved"]:
        return f"{look} your score is {released}"
    return f"{look} not better by more than {detail['step']:g}, so your best released score {released} stays"


def _within_unit(ladder: Ladder) -> Ladder:
    """Rounded outwards, an interval must not leave the values that there are."""
    assert ladder.released is not None
    assert ladder.low is not None
    assert ladder.high is not None
    return dataclasses.replace(
        ladder, released=min(ladder.released, 1.0), low=max(ladder.low, 0.0), high=min(ladder.high, 1.0)
    )


def read(chosen: dict[str, Any]) -> tuple[Data, Options]:
    """What an author passed by name; raises GraderError for what is missing, unknown or makes no sense."""
    known = {option.name for option in dataclasses.fields(Options)} | {"train", "test", "groups", *OF_A_METRIC}
    if strange := sorted(set(chosen) - known):
        raise GraderError(f"holdout: there is no argument {strange[0]!r}; there are {', '.join(sorted(known))}")
    if missing := sorted({"train", "test"} - set(chosen)):
        raise GraderError(f"holdout: {missing[0]}= is missing: a pair of rows and their values")
    data = data_of(chosen["train"], chosen["test"], chosen.get("groups"))
    metric = metric_of(chosen.get("metric", "accuracy"), *(chosen.get(name) for name in OF_A_METRIC))
    left = {
        name: value for name, value in chosen.items() if name not in ("train", "test", "groups", "metric", *OF_A_METRIC)
    }
    options = Options(metric, **left)
    options.check()
    return data, options


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool) and math.isfinite(value)
