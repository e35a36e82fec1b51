"""The judge as a pytest plugin: runs an author's checks and tells the engine of each."""

from __future__ import annotations

import hashlib
import hmac
import inspect
import os
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from autograders.judge import recent, unequal
from autograders.judge.channel import Channel, EngineGone
from autograders.judge.checks import ATTRIBUTE, CheckOptions
from autograders.judge.fixtures import Fixtures
from autograders.judge.proxies import SolutionStopped
from autograders.judge.wording import describe_failure

# A submission that runs into its limits again and again would hold a worker for minutes; one that
# waits holds it longest, since time limits are far wider than those on CPU.
MOST_STOPS = 4
WEIGHT_OF_A_STOP = {"wall": 2}
# Parts of pytest that cost every run something and serve no grader: reports to files, debuggers, other runners.
UNUSED_PARTS = (
    *("cacheprovider", "terminal", "logging", "pastebin", "junitxml", "doctest", "debugging", "setuponly"),
    *("setupplan", "stepwise", "faulthandler", "legacypath", "unraisableexception", "threadexception", "unittest"),
)
# Failed checks are an ordinary end; so is a run of visible checks where all are hidden.
FINE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


@dataclass
class Tally:
    """What is known of one check: its cases so far and the first that did not pass."""

    name: str
    title: str
    options: CheckOptions
    cases: int = 0
    done: int = 0
    passed: int = 0
    seconds: float = 0.0
    outcome: str = "passed"
    message: str = ""
    detail: dict[str, Any] = field(default_factory=dict)
    stopped: bool = False


class NotRun(Exception):
    """A case that is not worth running any more; it counts as failed."""


class JudgePlugin:
    """Runs an author's checks and tells the engine of each."""

    def __init__(self, channel: Channel, orders: dict[str, Any]) -> None:
        self.channel = channel
        self.seed, self.visible_only, self.bounds = orders["seed"], orders["visible_only"], orders["bounds"]
        # What earlier submissions of this learner left, by check; and the problem's version.
        self.history, self.version = orders["history"], orders["version"]
        self.service: dict[str, Any] | None = orders.get("service")
        self.tallies: dict[str, Tally] = {}
        self.record: dict[str, Any] = {}
        self.complaint = ""
        # Apart: what happened to hidden checks must not show in visible ones.
        self.stops = {False: 0, True: 0}

    # --- pytest's hooks -----------------------------------------------------------------------

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the checks that are to run and tell the engine which they are."""
        if self.complaint:
            return
        kept = []
        for item in items:
            options = getattr(getattr(item, "function", None), ATTRIBUTE, None)
            if options is None or (self.visible_only and options.hidden):
                continue
            tally = self.tallies.setdefault(_name(item), Tally(_name(item), _title(item), options))
            tally.cases += 1
            kept.append(item)
        items[:] = _visible_first(kept)
        self.channel.request("collected", names=list(self.tallies))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the reason why a grader cannot be collected: its author needs it."""
        if report.failed:
            self.complaint = f"grader.py cannot be collected: {str(report.longrepr)[-1_500:]}"

    def pytest_internalerror(self, excrepr: object) -> None:
        """Keep what went wrong in pytest itself."""
        self.complaint = f"grader.py cannot be run: {str(excrepr)[-1_500:]}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Begin a case: fresh random state, and nothing to do where a needed check did not pass."""
        tally = self.tallies[_name(item)]
        if tally.done == 0 and tally.seconds == 0.0:
            self.channel.request("started", name=tally.name)
        self.record = {}
        recent.forget()
        unequal.forget()
        random.seed(self.key(item.nodeid))
        np.random.seed(int.from_bytes(self.key(item.nodeid)[:4]))
        if hypothesis := sys.modules.get("hypothesis.core"):
            # What --hypothesis-seed sets: a property must try the same examples on a regrade.
            hypothesis.global_force_seed = int.from_bytes(self.key(item.nodeid)[:8])  # type: ignore[attr-defined]
        for needed in tally.options.depends_on:
            if needed in self.tallies and self.tallies[needed].outcome != "passed":
                pytest.skip(f"needs another check to pass first: {self.tallies[needed].title}")
        stops = self.stops[tally.options.hidden]
        if tally.stopped:
            _leave_out(tally, "not run: an earlier case of this check was stopped by a limit")
        if stops >= MOST_STOPS:
            _leave_out(tally, "not run: too many checks before it were stopped by a limit")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        """Turn the end of each phase of a case into the check's tally."""
        report: pytest.TestReport = yield  # type: ignore[assignment]
        tally = self.tallies[_name(item)]
        if call.when == "call":
            tally.seconds += call.duration
        if call.when == "call" and self.record and not tally.detail:
            tally.detail = dict(self.record)
        if call.excinfo is not None and tally.outcome == "passed":
            self._judge_exception(tally, call.excinfo.value, report)
        if call.when == "call" and call.excinfo is None:
            tally.passed += 1
        if call.when == "teardown":
            tally.done += 1
            if tally.done == tally.cases:
                self._tell(tally)
        return report  # type: ignore[return-value]

    def _judge_exception(self, tally: Tally, error: BaseException, report: pytest.TestReport) -> None:
        if isinstance(error, EngineGone | KeyboardInterrupt):
            raise error
        if isinstance(error, SolutionStopped):
            tally.stopped = True
            self.stops[tally.options.hidden] += WEIGHT_OF_A_STOP.get(error.limit, 1)
        if report.skipped:
            tally.outcome, tally.message = "skipped", str(error)
            return
        if isinstance(error, NotRun):
            tally.outcome, tally.message = "failed", str(error)
            return
        tally.outcome, tally.message, detail = describe_failure(
            error, in_call=report.when == "call", bounds=self.bounds
        )
        tally.detail = tally.detail | detail

    def _tell(self, tally: Tally) -> None:
        self.channel.request(
            "finished",
            name=tally.name,
            outcome=tally.outcome,
            share=tally.passed / tally.cases,
            message=tally.message,
            seconds=round(tally.seconds, 4),
            detail=tally.detail,
        )

    def key(self, nodeid: str) -> bytes:
        """What the random state of one case is drawn from."""
        return hmac.new(self.seed, nodeid.encode(), hashlib.sha256).digest()


def _leave_out(tally: Tally, why: str) -> None:
    """Do not run a case. A hidden one fails, as it would have: to be skipped would tell that others were stopped."""
    if tally.options.hidden:
        raise NotRun(why)
    pytest.skip(why)


def _title(item: pytest.Item) -> str:
    """The first line of a check's docstring: how people know it."""
    return (inspect.getdoc(getattr(item, "function", None)) or item.name).split("\n")[0]


def _visible_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Visible checks before hidden ones, each kind in the author's order; unless a visible one needs a hidden one."""
    options: dict[str, CheckOptions] = {_name(item): getattr(item.function, ATTRIBUTE) for item in items}  # type: ignore[attr-defined]
    hidden = {name for name, each in options.items() if each.hidden}
    if any(hidden.intersection(each.depends_on) for name, each in options.items() if name not in hidden):
        return items
    return sorted(items, key=lambda item: _name(item) in hidden)


def _name(item: pytest.Item) -> str:
    return str(getattr(item, "originalname", None) or item.name)


def pytest_options(folder: str) -> list[str]:
    """How pytest is started: no configuration but ours, and none of its parts that graders have no use for."""
    options = ["-c", "/dev/null", "--rootdir", folder, "--confcutdir", folder, "-s", "-W", "ignore"]
    return options + [option for name in UNUSED_PARTS for option in ("-p", f"no:{name}")]


def run_checks(channel: Channel, orders: dict[str, Any]) -> None:
    """Write the grader's files into the scratch folder and run them under pytest."""
    for name, content in orders["files"].items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)
    plugin = JudgePlugin(channel, orders)
    here = os.getcwd()
    code = pytest.main([*pytest_options(here), "grader.py"], plugins=[plugin, Fixtures(channel, plugin)])
    if code not in FINE and not plugin.complaint:
        plugin.complaint = f"grader.py cannot be run: pytest ended with status {int(code)}"
    channel.request("done", problem=plugin.complaint)
