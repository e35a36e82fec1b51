"""A FastAPI service held at a rate: in the jail, and outside any, by our generator and by an independent one.

The service outside runs under the same uvicorn on a Unix socket, on the core that the jail is pinned to; whoever makes
the load runs on the others. The independent tool is h2load (Debian: nghttp2-client), whose requests leave at equal
gaps; so do ours where the two are compared. Its latencies begin when a request is sent, ours when it was due.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from autograders.engine import grade
from autograders.judge.services.http import Answer, Get, Request
from autograders.judge.services.levels import Figures
from autograders.judge.services.load import Driver, Plan, Script
from autograders.judge.services.pool import Pool
from autograders.judge.services.reactor import Reactor
from autograders.lanes import Lane
from autograders.problem import load_problem
from autograders.report import Finished
from autograders.sandbox import Sandbox, open_sandbox
from autograders.sandbox.local import ZYGOTE_ENVIRONMENT
from autograders.submission import Submission

CONNECTIONS = 8
APPLICATION = '''"""A small model behind a validated endpoint."""

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

WEIGHTS = np.linspace(-1, 1, 32)
app = FastAPI()


class Prediction(BaseModel):
    x: int
    score: float


@app.get("/predict")
async def predict(x: int) -> Prediction:
    return Prediction(x=x, score=float(np.tanh(WEIGHTS * x).sum()))
'''
TABLE = """id = "held"
title = "A service held at a rate"
level = 3
skills = ["services"]
environment = "service"

[[entry_points]]
name = "app"

[limits]
cpu_s = 600

[service]
app = "app"
connections = {connections}
"""
GRADER = '''from autograders.judge import Get, check


@check(points=1)
def test_holds(service):
    """Holds."""
    with service.start() as running:
        for x in range(100):
            running.get(f"/predict?x={{x}}")
        load = running.load(lambda i: Get(f"/predict?x={{i}}"), {rate}, {seconds}, lambda r, a: r.path.endswith(
            f"={{a.json()['x']}}"), arrivals="{arrivals}")
        load.meets(p99_ms=60_000, errors=0)
'''


def in_the_jail(sandbox: Sandbox, rate: float, seconds: float, arrivals: str) -> dict[str, float]:
    """Grade a submission whose one check puts it under the load; the figures of its report."""
    with tempfile.TemporaryDirectory() as folder:
        files = {
            "problem.toml": TABLE.format(connections=CONNECTIONS),
            "grader.py": GRADER.format(rate=rate, seconds=seconds, arrivals=arrivals),
            "reference.py": APPLICATION,
        }
        for name in ("statement.md", "starter.py"):
            files[name] = "app = None\n"
        for name, text in files.items():
            (Path(folder) / name).write_text(text)
        *_, last = grade(load_problem(folder), Submission.from_source(APPLICATION), sandbox)
    if not isinstance(last, Finished) or last.report.outcome != "passed":
        raise RuntimeError(f"the service did not hold: {last}")
    figures: dict[str, float] = last.report.checks[0].detail["loads"][0]["solution"]
    return figures


@contextmanager
def outside() -> Iterator[str]:
    """The same application under uvicorn on a Unix socket, on the timed core, this process on the others."""
    lane, ours = Lane(), os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder:
        address = str(Path(folder) / "service")
        (Path(folder) / "application.py").write_text(APPLICATION)
        core = lane.enter()
        command = [sys.executable, "-m", "uvicorn", "application:app", "--uds", address, "--loop", "asyncio"]
        command += ["--http", "h11", "--no-access-log", "--log-level", "warning", "--timeout-keep-alive", "3600"]
        process = subprocess.Popen(
            command, cwd=folder, env=ZYGOTE_ENVIRONMENT, preexec_fn=lambda: os.sched_setaffinity(0, {core})
        )
        try:
            os.sched_setaffinity(0, (ours - {core}) or ours)
            _wait_for(address)
            yield address
        finally:
            os.sched_setaffinity(0, ours)
            process.terminate()
            process.wait()
            lane.leave()


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(address) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("uvicorn did not start outside the jail")


class Direct:
    """Stands in for the engine where there is none between generator and service: connects by itself."""

    def __init__(self, address: str) -> None:
        self.address, self.made = address, list[int]()

    def ask(self, then: Callable[[dict[str, Any]], None], op: str, **fields: Any) -> None:
        """Make the connections at once."""
        assert op == "connect"
        for _ in range(fields["count"]):
            client = socket.socket(socket.AF_UNIX)
            client.connect(self.address)
            client.setblocking(False)
            self.made.append(client.detach())
        then({"connected": fields["count"]})

    def receive(self, count: int) -> list[int]:
        """The connections that were made."""
        taken, self.made = self.made[:count], self.made[count:]
        return taken


def ours_outside(rate: float, seconds: float) -> dict[str, float]:
    """Our generator against the service outside."""

    def right(request: Request, answer: Answer) -> bool:
        return request.path.endswith(f"={answer.json()['x']}")

    with outside() as address:
        reactor = Reactor()
        pool = Pool(Direct(address), reactor, "outside", CONNECTIONS)  # type: ignore[arg-type]
        pool.open()
        for length in (0.5, seconds):
            plan = Plan(lambda i: Get(f"/predict?x={i}"), rate, length, right, "uniform")
            sample = Driver(reactor, pool, lambda: None, plan).run(Script.of(plan, np.random.default_rng(0)))
        pool.close()
    return vars(Figures.of([sample]))


def h2load_outside(rate: float, seconds: float) -> dict[str, float]:
    """The independent tool against the service outside: connections that start one gap apart, each at its share."""
    with outside() as address, tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        for length, path in ((0.5, Path(folder) / "warm"), (seconds, log)):
            command = ["h2load", "--h1", "-c", str(CONNECTIONS), "-r", "1"]
            command += [f"--rate-period={max(1, round(1_000 / rate))}ms", "--rps", str(rate / CONNECTIONS)]
            command += ["-n", str(round(rate * length)), f"--log-file={path}", "-B", f"unix:{address}"]
            subprocess.run([*command, "http://service/predict?x=7"], check=True, capture_output=True)
        rows = np.loadtxt(log, ndmin=2)
    began = np.sort(rows[:, 0])
    p50, p95, p99 = np.quantile(rows[:, 2] / 1e3, (0.5, 0.95, 0.99)).tolist()
    errors = float((rows[:, 1] != 200).mean())
    throughput = len(rows) / ((began[-1] - began[0]) / 1e6)
    found = {"count": len(rows), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99, "p99_sent_ms": p99}
    return found | {"errors": errors, "throughput": throughput}


def measure(sandbox: Sandbox, rate: float, seconds: float, rounds: int) -> dict[str, Any]:
    """All cases in turns, so that a busy minute meets each; medians over the rounds."""
    cases: dict[str, Callable[[], dict[str, float]]] = {
        "jail, Poisson": lambda: in_the_jail(sandbox, rate, seconds, "poisson"),
        "jail, equal gaps": lambda: in_the_jail(sandbox, rate, seconds, "uniform"),
        "outside, ours": lambda: ours_outside(rate, seconds),
    }
    if shutil.which("h2load"):
        cases["outside, h2load"] = lambda: h2load_outside(rate, seconds)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in cases}
    for turn in range(rounds):
        names = list(cases) if turn % 2 == 0 else list(reversed(cases))
        for name in names:
            found[name].append(cases[name]())
    medians = {
        name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in found.items()
    }
    answer = {"rate": rate, "seconds": seconds, "rounds": rounds, "cases": medians, "runs": found}
    for name in ("outside, ours", "outside, h2load"):
        if name in found:
            for key in ("p99_ms", "p99_sent_ms"):
                pairs = zip(found["jail, equal gaps"], found[name], strict=True)
                ratios = [mine[key] / theirs[key] for mine, theirs in pairs]
                answer[f"{key} in the jail beside {name}"] = statistics.median(ratios)
    return answer


def main(arguments: list[str]) -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench service")
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with open_sandbox(options.sandbox) as sandbox:
        result = measure(sandbox, options.rate, options.seconds, options.rounds)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{options.rate:g} requests/s for {options.seconds:g} s, median of {options.rounds} rounds")
    for name, figures in result["cases"].items():
        row = "".join(f"{key[:-3]} {figures[key]:>8.3f} ms  " for key in ("p50_ms", "p95_ms", "p99_ms", "p99_sent_ms"))
        lag = f"lag {figures['lag_ms']:>7.3f} ms" if "lag_ms" in figures else ""
        print(f"  {name:<18}{row}errors {figures['errors']:.4f}  {lag}")
    for name in ("outside, ours", "outside, h2load"):
        if ratio := result.get(f"p99_ms in the jail beside {name}"):
            sent = result[f"p99_sent_ms in the jail beside {name}"]
            print(f"  p99 in the jail is {ratio:.3f} times that of {name}, both at equal gaps ({sent:.3f} as sent)")
    if "outside, h2load" not in result["cases"]:
        print("  h2load is not installed (Debian: nghttp2-client): nothing independent to compare with")
