"""What an author's checks may ask for by name: solution, reference, random numbers, and ways to measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pytest

from autograders.judge.callbacks import GraderError
from autograders.judge.channel import Channel
from autograders.judge.checks import ATTRIBUTE, CheckOptions
from autograders.judge.gradients import check_gradients
from autograders.judge.growth import Growth
from autograders.judge.holdout import FitPredict, Holdout, read
from autograders.judge.memory import Memory
from autograders.judge.proxies import Jail, Remote
from autograders.judge.race import Race
from autograders.judge.services.faults import Faults
from autograders.judge.services.fixture import NO_TABLE, Service
from autograders.judge.track import Compare, default_compare


class Run(Protocol):
    """The run that the fixtures serve: `record` is what the case in progress has measured, for its report."""

    record: dict[str, Any]
    bounds: Mapping[str, float]
    history: Mapping[str, Mapping[str, Any]]
    version: str
    service: dict[str, Any] | None

    def key(self, nodeid: str) -> bytes:
        """What the random state of one case is drawn from."""


class Fixtures:
    """The fixtures of one run, as a plugin of pytest."""

    def __init__(self, channel: Channel, run: Run) -> None:
        self.channel, self.run = channel, run
        self.reference = Jail(channel, "reference", "reference")
        # Visible checks come first: once hidden inputs have been in this jail, nothing of it is shown any more.
        self.solution_jail = Jail(channel, "solution", "solution")

    @pytest.fixture
    def solution(self, request: pytest.FixtureRequest) -> Remote:
        """The submission, in a jail whose limits start anew with each case; one that was stopped is replaced."""
        self.solution_jail.turn(hidden=_hidden(request))
        return Remote(self.solution_jail, None, "")

    @pytest.fixture
    def fresh_solution(self, request: pytest.FixtureRequest) -> Iterator[Remote]:
        """The submission in a jail of this case's own, for checks of what is remembered between calls."""
        jail = Jail(self.channel, "fresh-solution", "solution", hidden=_hidden(request))
        yield Remote(jail, None, "")
        jail.close()

    @pytest.fixture(name="reference")
    def reference_fixture(self) -> Remote:
        """The reference solution, in an equal jail."""
        return Remote(self.reference, None, "")

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> np.random.Generator:
        """A generator drawn fresh for every submission and check, and the same again on a regrade."""
        return np.random.default_rng(int.from_bytes(self.run.key(request.node.nodeid)))

    @pytest.fixture
    def race(self, request: pytest.FixtureRequest) -> Callable[..., Race]:
        """`race(name, draw, compare=...)`: the cost of a function beside the reference's."""

        def start(name: str, draw: Callable[[], tuple[Any, ...]], compare: Compare = default_compare) -> Race:
            return Race(self.channel, name, draw, compare, self.run.record, _hidden(request), self.run.bounds["cpu_s"])

        return start

    @pytest.fixture
    def growth(self, request: pytest.FixtureRequest) -> Callable[..., Growth]:
        """`growth(name, make, sizes=..., compare=...)`: how cost grows with the size of the input."""

        def start(
            name: str,
            make: Callable[[int], tuple[Any, ...]],
            sizes: Sequence[int],
            compare: Compare = default_compare,
        ) -> Growth:
            return Growth(
                self.channel, name, make, sizes, compare, self.run.record, _hidden(request), self.run.bounds["cpu_s"]
            )

        return start

    @pytest.fixture
    def memory(self, request: pytest.FixtureRequest) -> Callable[..., Memory]:
        """`memory(name, *arguments, compare=...)`: the peak memory of one call, whose answer is checked too."""

        def start(name: str, *arguments: Any, compare: Compare = default_compare) -> Memory:
            return Memory(self.channel, name, arguments, compare, self.run.record, _hidden(request))

        return start

    @pytest.fixture
    def holdout(self, request: pytest.FixtureRequest) -> Callable[..., Holdout]:
        """`holdout(fit_predict, train=(X, y), test=(X, y), ...)`: quality on hidden data, over many submissions."""
        if hasattr(request.node, "callspec"):
            raise GraderError("holdout: a parametrized check cannot use it; make a check for each case")
        earlier = self.run.history.get(request.node.name)
        seed = self.run.key(request.node.nodeid)

        def start(fit_predict: FitPredict, **chosen: Any) -> Holdout:
            return Holdout(fit_predict, *read(chosen), earlier, self.run.version, seed, self.run.record)

        return start

    @pytest.fixture
    def gradients(self, rng: np.random.Generator) -> Callable[..., None]:
        """`gradients(function, parameters, analytic, ...)`: analytic gradients beside finite differences."""

        def compare(function: Callable[..., Any], parameters: Any, analytic: Any, **options: Any) -> None:
            given: dict[str, Any] = {"rng": rng, "record": self.run.record} | options
            check_gradients(function, parameters, analytic, **given)

        return compare

    @pytest.fixture
    def faults(self, request: pytest.FixtureRequest) -> Faults:
        """`faults.slow(...)`, `.dead(...)`, `.wrong(...)`: makes a dependency of the service so for a while."""
        return Faults(np.random.default_rng(int.from_bytes(self.run.key(request.node.nodeid + " faults"))))

    @pytest.fixture
    def service(self, request: pytest.FixtureRequest, faults: Faults) -> Iterator[Service]:
        """`service.start(...)`, `service.meets_slo(...)`: the application that the submission serves, under load."""
        if self.run.service is None:
            raise GraderError(NO_TABLE)
        rng = np.random.default_rng(int.from_bytes(self.run.key(request.node.nodeid + " service")))
        service = Service(self.channel, self.run.service, faults, rng, self.run.record, _hidden(request))
        yield service
        service.close()


def _hidden(request: pytest.FixtureRequest) -> bool:
    """Whether the check that asks for a fixture is a hidden one."""
    options: CheckOptions = getattr(request.node.function, ATTRIBUTE)
    return options.hidden
