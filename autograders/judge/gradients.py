"""`gradients`: an analytic gradient beside finite differences of the function it is the gradient of.

What finite differences do not tell well enough, as at a kink, is left out and never called wrong.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograders.judge.callbacks import GraderError
from autograders.judge.comparisons import ODD, Mismatch, Rule, complaint, in_sentences, times
from autograders.judge.diagnosis import Finding, diagnose, exchanged
from autograders.judge.differences import EPS, EPS_SINGLE, Along, Slope, is_single, step_for

Array = np.ndarray[Any, Any]
Parameters = Mapping[str, Any] | Sequence[Any]

DIRECTIONS = 3
UNKNOWN = 0.05  # a derivative whose own error is a larger share of the usual one is left out
MOST_SHOWN = 12


@dataclass
class Verdict:
    """What was found about one parameter: the entries looked at, those that are wrong, and the worst in tolerances."""

    name: str
    checked: int = 0
    left_out: int = 0
    wrong: list[int] = field(default_factory=list)
    worst: float = 0.0
    message: str = ""
    numeric: Array | None = None
    finding: Finding | None = None
    mismatch: Mismatch | None = None

    def row(self) -> dict[str, Any]:
        """For the report."""
        return {
            "name": self.name,
            "outcome": "wrong" if self.message else "right" if self.checked else "undecided",
            "checked": self.checked,
            "wrong": len(self.wrong),
            "left_out": self.left_out,
            "tolerances": self.worst,
        }


@dataclass(frozen=True)
class Question:
    """All that one comparison of gradients is asked about."""

    function: Callable[..., Any]
    parameters: dict[str, Array]
    by_name: bool
    here: float
    rtol: float
    step: float | None
    most: int
    rng: np.random.Generator
    sizes: tuple[int, ...]
    eps: float = EPS

    def value(self, name: str, moved: Array) -> float:
        """The function's value with one parameter moved."""
        given = self.parameters | {name: moved}
        answer = self.function(**given) if self.by_name else self.function(*given.values())
        return as_value(answer)

    def beside(self, here: float) -> float:
        """The function's value at a point close by, to see how many digits it has."""
        name, start = next(iter(self.parameters.items()))
        near = self.value(name, start + 1e-3 * (1 + np.abs(start)) * self.rng.uniform(0.5, 1, size=start.shape))
        return near if math.isfinite(near) else here

    def along(self, name: str, direction: Array | int) -> Along:
        """The function along one entry, by its flat index, or along a direction."""
        start = self.parameters[name]
        size = float(np.sqrt(np.mean(start**2)))
        usual = min(max(size, 1e-3), 1.0)

        def evaluate(t: float) -> float:
            moved = start.copy()
            if isinstance(direction, int):
                moved.flat[direction] += t
            else:
                moved += t * direction
            return self.value(name, moved)

        at = abs(float(start.flat[direction])) if isinstance(direction, int) else size
        return Along(evaluate, self.here, self.step or step_for(max(at, usual), self.eps), self.eps)


def as_value(answer: Any) -> float:
    """The value of the function as a float; raises Mismatch where it is no number."""
    if isinstance(answer, np.ndarray) and answer.size == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, int | float | np.number):
        raise Mismatch("the function whose gradient is checked must give one number", 0.0, answer)
    return float(np.real(answer))


def check_gradients(
    function: Callable[..., Any],
    parameters: Parameters,
    analytic: Any,
    *,
    names: Sequence[str] = (),
    rtol: float = 1e-5,
    step: float | None = None,
    most: int = 200,
    sizes: Sequence[int] = (),
    rng: np.random.Generator | None = None,
    record: dict[str, Any] | None = None,
) -> None:
    """Fail unless `analytic` is the gradient of `function` at `parameters`; says which parameter's is wrong, and how.

    `function` takes the parameters by name if they are a dictionary, else in order, and gives a number.
    Of a parameter of more than `most` entries so many are chosen at random, and a few directions through
    all of them are tried. Raises Mismatch, or GraderError where the question itself is wrong.
    """
    started = _arrays(parameters, names)
    given = _gradients(analytic, list(started), names, isinstance(parameters, Mapping))
    _check_options(rtol, step, most)
    by_name = isinstance(parameters, Mapping)
    here = as_value(function(**started) if by_name else function(*started.values()))
    if not math.isfinite(here):
        raise Mismatch(f"the function whose gradient is checked is {here} at its parameters", 0.0, here)
    question = Question(
        function, started, by_name, here, rtol, step, most, rng or np.random.default_rng(0), tuple(sizes)
    )
    if is_single([here, question.beside(here)]):
        question = dataclasses.replace(question, eps=EPS_SINGLE)
    verdicts = [look_at(question, name, given[name]) for name in started]
    if record is not None:
        record |= {"kind": "gradients", "parameters": [verdict.row() for verdict in verdicts[:MOST_SHOWN]]}
    _tell(verdicts, given)


def _arrays(parameters: Parameters, names: Sequence[str]) -> dict[str, Array]:
    if isinstance(parameters, str | bytes) or not isinstance(parameters, Mapping | Sequence) or len(parameters) == 0:
        raise GraderError("gradients needs its parameters as a dictionary or list of arrays")
    if isinstance(parameters, Mapping):
        items = [(str(name), value) for name, value in parameters.items()]
    else:
        labels = list(names) or [f"parameter {i}" for i in range(len(parameters))]
        if len(labels) != len(parameters):
            raise GraderError(f"gradients has {len(labels)} names for {len(parameters)} parameters")
        items = list(zip(labels, parameters, strict=True))
    made = {}
    for name, value in items:
        array = np.asarray(value)
        if array.dtype.kind not in "iuf" or array.size == 0 or not np.all(np.isfinite(array)):
            raise GraderError(f"gradients needs finite numbers in {name}")
        made[name] = array.astype(np.float64)
    return made


def _gradients(analytic: Any, wanted: list[str], names: Sequence[str], by_name: bool) -> dict[str, Any]:
    """The analytic gradients by the names of the parameters; what is missing is the solution's fault."""
    if callable(analytic):
        raise GraderError("gradients needs the gradients themselves as `analytic`, not a function: call it first")
    if isinstance(analytic, Mapping):
        missing = [name for name in wanted if name not in analytic]
        if missing:
            found = ", ".join(sorted(map(str, analytic))[:MOST_SHOWN]) or "none"
            raise Mismatch(f"the gradient of {missing[0]} is missing: there are {found}", wanted, list(analytic))
        return {name: analytic[name] for name in wanted}
    if len(wanted) == 1 and not isinstance(analytic, list | tuple):
        return {wanted[0]: analytic}
    if not isinstance(analytic, list | tuple):
        raise Mismatch(f"the gradients must be a {'dict' if by_name else 'list or tuple'} of arrays", wanted, analytic)
    if len(analytic) != len(wanted):
        raise Mismatch(f"there must be {len(wanted)} gradients, not {len(analytic)}", wanted, analytic)
    return dict(zip(wanted, analytic, strict=True))


def _check_options(rtol: float, step: float | None, most: int) -> None:
    if not 0 < rtol < 1:
        raise GraderError(f"rtol of gradients must be between 0 and 1, not {rtol}")
    if step is not None and not 0 < step < math.inf:
        raise GraderError(f"step of gradients must be positive, not {step}")
    if most < 1:
        raise GraderError(f"most of gradients must be at least 1, not {most}")


def look_at(question: Question, name: str, analytic: Any) -> Verdict:
    """Compare one parameter's gradient, entry by entry and, where it is large, along directions."""
    verdict, start = Verdict(name), question.parameters[name]
    found = np.asarray(analytic) if isinstance(analytic, np.ndarray | int | float | np.number | list) else None
    if found is None or found.dtype.kind not in "iufb" or found.shape != start.shape:
        return _misshapen(question, verdict, analytic)
    gradient = found.astype(np.float64)
    if not np.all(np.isfinite(gradient)):
        place = _place(int(np.argmin(np.isfinite(gradient.ravel()))), start.shape)
        verdict.message = f"the gradient of {name} is not finite{place}"
        return verdict
    at = _chosen(question, start.size)
    slopes = _slopes(question, name, at, gradient.ravel()[at])
    _count(question, verdict, at, slopes, gradient.ravel()[at])
    if verdict.wrong:
        _explain(question, verdict, at, slopes, gradient)
    elif len(at) < start.size:
        _try_directions(question, verdict, gradient)
    return verdict


def _chosen(question: Question, size: int) -> Array:
    if size <= question.most:
        return np.arange(size)
    return np.sort(question.rng.choice(size, question.most, replace=False))


def _slopes(question: Question, name: str, at: Array, guesses: Array) -> list[Slope]:
    usual = math.sqrt(float(np.mean(guesses**2)))
    return [
        question.along(name, int(i)).slope(float(guess), 0.5 * question.rtol * max(abs(float(guess)), usual))
        for i, guess in zip(at, guesses, strict=True)
    ]


def _count(question: Question, verdict: Verdict, at: Array, slopes: list[Slope], guesses: Array) -> None:
    known = [abs(slope.value) for slope in slopes if math.isfinite(slope.value)]
    usual = math.sqrt(sum(value * value for value in known) / len(known)) if known else 0.0
    for i, slope, guess in zip(at, slopes, guesses, strict=True):
        tolerance = question.rtol * max(abs(slope.value), usual) + 3 * slope.error
        far = abs(slope.value - float(guess))
        size = max(abs(slope.value), abs(float(guess)), usual)
        if not math.isfinite(slope.value) or (slope.error > UNKNOWN * size and far > tolerance):
            verdict.left_out += 1
            continue
        verdict.checked += 1
        if tolerance > 0:
            verdict.worst = max(verdict.worst, far / tolerance)
        if far > tolerance:
            verdict.wrong.append(int(i))


def _explain(question: Question, verdict: Verdict, at: Array, slopes: list[Slope], gradient: Array) -> None:
    """Words for a wrong gradient: where first, and what kind of difference it is."""
    numeric = np.array([slope.value for slope in slopes])
    known = np.isfinite(numeric)
    whole = bool(np.all(known)) and len(at) == gradient.size
    verdict.numeric = numeric.reshape(gradient.shape) if whole else numeric[known]
    found = gradient if whole else gradient.ravel()[at[known]]
    wrong = np.isin(at, verdict.wrong)
    first = verdict.wrong[0]
    value, expected = float(gradient.flat[first]), float(numeric[int(np.argmax(wrong))])
    verdict.message = (
        f"the gradient of {verdict.name} is wrong in {len(verdict.wrong):,} of {verdict.checked:,} entries"
        f"{' looked at' if len(at) < gradient.size else ''}, first{_place(first, gradient.shape)}:"
        f" finite differences give {expected:.7g}, yours is {value:.7g} (off by {times(verdict.worst)} the tolerance)"
    )
    wrong = wrong.reshape(gradient.shape) if whole else wrong[known]
    try:
        pair = Rule(question.rtol, 0.0, sizes=question.sizes).pair(found, verdict.numeric, wrong)
        # The parameters are the arguments here: a penalty's gradient is a multiple of one.
        pair.inputs = tuple(question.parameters.values())
        verdict.finding = diagnose(pair, ordered=whole)
    except ODD:
        verdict.finding = None


def _misshapen(question: Question, verdict: Verdict, analytic: Any) -> Verdict:
    """A gradient of another shape or kind: finite differences still tell whether it is a transpose, say."""
    name, start = verdict.name, question.parameters[verdict.name]
    if not isinstance(analytic, np.ndarray | int | float | np.number):
        verdict.message = (
            f"the gradient of {name} must be an array of shape {start.shape}, not a {type(analytic).__name__}"
        )
        return verdict
    wanted = f"the gradient of {name} must be float of shape {start.shape}, not {np.asarray(analytic).dtype}"
    message = f"{wanted} of shape {np.shape(analytic)}"
    numeric = np.zeros(start.shape)
    if start.size <= question.most:
        slopes = _slopes(question, name, np.arange(start.size), np.full(start.size, math.inf))
        numeric = np.array([slope.value for slope in slopes]).reshape(start.shape)
    verdict.mismatch = complaint(message, numeric, analytic, Rule(1e-4, 1e-7, sizes=question.sizes))
    verdict.message = str(verdict.mismatch)
    return verdict


def _try_directions(question: Question, verdict: Verdict, gradient: Array) -> None:
    """Directions through all entries: what is wrong only in entries not looked at shows here."""
    for _ in range(DIRECTIONS):
        direction: Any = question.rng.normal(size=gradient.shape)
        direction /= float(np.linalg.norm(direction))
        guess = float((gradient * direction).sum())
        tolerance = question.rtol * float(np.linalg.norm(gradient)) / math.sqrt(gradient.size)
        slope = question.along(verdict.name, direction).slope(guess, tolerance)
        tolerance += 3 * slope.error + question.rtol * abs(slope.value)
        if math.isfinite(slope.value) and abs(slope.value - guess) > 10 * tolerance:
            verdict.worst = max(verdict.worst, abs(slope.value - guess) / tolerance)
            verdict.message = (
                f"the gradient of {verdict.name} is wrong somewhere: along a random direction finite differences give"
                f" {slope.value:.7g}, yours gives {guess:.7g}; the single entries looked at are right"
            )
            return


def _tell(verdicts: list[Verdict], given: dict[str, Any]) -> None:
    wrong = [verdict for verdict in verdicts if verdict.message]
    if not wrong:
        return
    first = wrong[0]
    if first.mismatch:
        raise first.mismatch
    found = _exchanged(wrong, given) or first.finding
    words = in_sentences(first.message, found)
    if len(verdicts) > 1:
        words = f"{words.rstrip('.')}. {_others(verdicts, wrong)}"
    told: dict[str, Any] = dataclasses.asdict(found) if found else {}
    raise Mismatch(words, first.numeric if first.numeric is not None else "a finite gradient", given[first.name], told)


def _others(verdicts: list[Verdict], wrong: list[Verdict]) -> str:
    """Which of the other gradients are right and which are not."""
    right = [verdict.name for verdict in verdicts if not verdict.message][:MOST_SHOWN]
    also = [verdict.name for verdict in wrong[1:]][:MOST_SHOWN]
    parts = [f"also wrong: {', '.join(also)}"] * bool(also) + [f"right: {', '.join(right)}"] * bool(right)
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _exchanged(wrong: list[Verdict], given: dict[str, Any]) -> Finding | None:
    for one, other in _pairs(wrong):
        if one.numeric is None or other.numeric is None or one.numeric.size < 2:
            continue
        if all(
            np.shape(given[a.name]) == np.shape(b.numeric)
            and np.allclose(given[a.name], b.numeric, rtol=1e-4, atol=1e-7)
            for a, b in ((one, other), (other, one))
            if b.numeric is not None
        ):
            return exchanged(f"The gradient of {one.name}", f"that of {other.name}")
    return None


def _pairs(verdicts: list[Verdict]) -> Iterator[tuple[Verdict, Verdict]]:
    few = verdicts[:MOST_SHOWN]
    return ((one, other) for i, one in enumerate(few) for other in few[i + 1 :])


def _place(flat: int, shape: tuple[int, ...]) -> str:
    if not shape:
        return ""
    return f" at [{', '.join(str(int(i)) for i in np.unravel_index(flat, shape))}]"
