"""A grader such as anybody would write in an afternoon: tests, reference and submission in one process.

It stands in the tests to prove that the attacks are real and that their conditions can be met. Run as
a program in a folder with solution.py, reference.py, grader.py and data, it leaves results.json.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from autograders import judge

PAIRS, SLOW_S = 5, 0.2
# Clocks of a busy machine: who measures like this must let much pass.
LENIENT = 1.6


def timed(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    """The quickest of some calls with the same arguments, by the clock that everybody can reach."""
    taken: list[float] = []
    while len(taken) < PAIRS and sum(taken) < SLOW_S:
        started = time.perf_counter()
        function(*arguments)
        taken.append(time.perf_counter() - started)
    return max(min(taken), 1e-9)


def assert_close(actual: Any, expected: Any, rtol: float = 1e-7, atol: float = 0.0) -> None:
    """As it is often written: numpy's comparison for arrays, and an error that is over the bound for numbers."""
    if np.ndim(expected):
        np.testing.assert_allclose(actual, expected, rtol, atol)
    elif abs(actual - expected) > atol + rtol * abs(expected):
        raise AssertionError(f"expected {expected}, found {actual}")


def assert_same(actual: Any, expected: Any) -> None:
    """Equal is what says that it is equal."""
    if not np.all(actual == expected):
        raise AssertionError(f"expected {expected}, found {actual}")


class Bar:
    """What race, growth and memory give: a number, and a bar that it is held against."""

    def __init__(self, value: float) -> None:
        self.value = value

    def at_most(self, bar: float) -> None:
        if self.value > bar:
            raise AssertionError(f"{self.value:.3g} is more than {bar:g}")

    at_most_mb = at_most


class Naive:
    """The plugin: fixtures that hand out plain modules, and results in a file."""

    def __init__(self) -> None:
        self.results: dict[str, dict[str, str]] = {}

    @pytest.fixture(autouse=True)
    def solution(self) -> Any:
        """Autouse: its first import is part of the first test, as where a test file imports it."""
        return importlib.import_module("solution")

    @pytest.fixture
    def reference(self) -> Any:
        return importlib.import_module("reference")

    @pytest.fixture
    def rng(self) -> Any:
        return np.random.default_rng(int(sys.argv[1]))

    @pytest.fixture
    def race(self, solution: Any, reference: Any) -> Callable[..., Bar]:
        def start(name: str, draw: Callable[[], tuple[Any, ...]]) -> Bar:
            arguments, ours, theirs = draw(), getattr(reference, name), getattr(solution, name)
            # The answer is looked at once, and not when it is timed.
            np.testing.assert_allclose(theirs(*arguments), ours(*arguments), rtol=1e-6)
            return Bar(timed(theirs, arguments) / timed(ours, arguments) / LENIENT)

        return start

    @pytest.fixture
    def growth(self, solution: Any, reference: Any) -> Callable[..., Bar]:
        def start(name: str, make: Callable[[int], tuple[Any, ...]], sizes: Sequence[int]) -> Bar:
            arguments = [make(size) for size in sizes]
            function, ours = getattr(solution, name), getattr(reference, name)
            np.testing.assert_allclose(function(*arguments[0]), ours(*arguments[0]))
            costs: list[float] = []
            for given in arguments:
                if sum(costs) < SLOW_S:
                    costs.append(timed(function, given))
            return Bar(float(np.polyfit(np.log(sizes[: len(costs)]), np.log(costs), 1)[0]) / LENIENT)

        return start

    @pytest.fixture
    def memory(self, solution: Any) -> Callable[..., Bar]:
        def start(name: str, *arguments: Any) -> Bar:
            tracemalloc.start()
            getattr(solution, name)(*arguments)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return Bar(peak / (1 << 20))

        return start

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        report = (yield).get_result()
        name = str(getattr(item, "originalname", item.name))
        if report.when == "call" and self.results.get(name, {}).get("outcome") != "failed":
            outcome = "passed" if report.passed or report.skipped else "failed"
            self.results[name] = {"name": name, "outcome": outcome, "message": str(report.longrepr or "")[-1_000:]}
        elif report.failed:
            self.results[name] = {"name": name, "outcome": "failed", "message": str(report.longrepr)[-1_000:]}

    def pytest_sessionfinish(self) -> None:
        with open("results.json", "w") as file:
            json.dump({"checks": list(self.results.values())}, file)


if __name__ == "__main__":
    sys.path.insert(0, ".")
    # The problem's grader is written against the engine's comparisons; here they are everybody's.
    judge.assert_close, judge.assert_same = assert_close, assert_same  # type: ignore[assignment]
    sys.exit(pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-W", "ignore", "grader.py"], plugins=[Naive()]))
