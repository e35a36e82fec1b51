"""What the wall costs: a graded submission beside the same checks without one, in one run.

(a) against a bare fork of a warm process, (b) against a cold `docker run`, (c) how many a minute.
CPU seconds are those of all processes that take part: engine, zygotes, jails, judge; for a cold
container also those of the Docker engine and of what it starts.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import multiprocessing
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from autograders.bench import bare
from autograders.engine import grade
from autograders.problem import Problem, load_problem
from autograders.report import Finished
from autograders.sandbox import Sandbox, SandboxUnavailable, open_sandbox
from autograders.sandbox.environments import load_environments
from autograders.submission import Submission

PROBLEM = Path(__file__).parent / "problem"
IMAGE = "courseplatform/sandbox"
TICK = os.sysconf("SC_CLK_TCK")
MACHINERY = ("dockerd", "containerd", "containerd-shim")
AIMS = {"bare fork": "at most 2.5", "numpy": "at least 5", "torch": "at least 15", "a minute": "at least 600"}


def submission_for(environment: str) -> str:
    """The reference as a submission; in the torch environment one that imports torch, as theirs do."""
    source = (PROBLEM / "reference.py").read_text()
    return source if environment == "numpy" else f"import {environment}\n{source}"


def graded(problem: Problem, source: str, sandbox: Sandbox) -> None:
    """Grade once; raises RuntimeError where not all checks pass."""
    for event in grade(problem, Submission.from_source(source), sandbox):
        if isinstance(event, Finished) and event.report.outcome != "passed":
            raise RuntimeError(f"{problem.id}: {event.report.outcome}: {event.report.message}")


def family_cpu(root: int) -> float:
    """CPU seconds of a process, of all below it and of those that they have reaped."""
    rows = {pid: fields for pid in _pids() if (fields := _stat(pid))}
    wanted = {root}
    for _ in rows:
        found = {pid for pid, (parent, _, _) in rows.items() if parent in wanted} - wanted
        if not found:
            break
        wanted |= found
    return sum(rows[pid][2] for pid in wanted if pid in rows)


def named_cpu(names: tuple[str, ...]) -> float:
    """CPU seconds of all processes of these names and of those that they have reaped."""
    rows = [fields for pid in _pids() if (fields := _stat(pid))]
    return sum(cpu for _, name, cpu in rows if name in {each[:15] for each in names})


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> tuple[int, str, float] | None:
    try:
        before, _, after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return None
    fields = after.split()
    return int(fields[1]), before.partition("(")[2], sum(int(value) for value in fields[11:15]) / TICK


def against_a_bare_fork(environment: str, runs: int) -> dict[str, float]:
    """Milliseconds of wall and CPU of one submission, graded and bare, in turn."""
    problem = dataclasses.replace(load_problem(PROBLEM), environment=environment)
    source = submission_for(environment)
    walls: dict[str, list[float]] = {"graded": [], "bare": []}
    cpus: dict[str, list[float]] = {"graded": [], "bare": []}

    def measure(kind: str, action: Callable[[], object]) -> None:
        # Several in one go: the system counts CPU time in steps of some milliseconds.
        at_once = 5
        cpu, started = family_cpu(os.getpid()), time.perf_counter()
        for _ in range(at_once):
            action()
        walls[kind].append(1e3 * (time.perf_counter() - started) / at_once)
        cpus[kind].append(1e3 * (family_cpu(os.getpid()) - cpu) / at_once)

    bare.warm_up(environment)
    with open_sandbox("local") as sandbox:
        actions: dict[str, Callable[[], object]] = {
            "graded": lambda: graded(problem, source, sandbox),
            "bare": lambda: bare.fork(str(PROBLEM), source),
        }
        for action in actions.values():
            action()
        for _ in range(max(1, runs // 5)):
            for kind, action in actions.items():
                measure(kind, action)
    figures = {f"{kind}_cpu_ms": statistics.median(cpus[kind]) for kind in cpus}
    figures |= {f"{kind}_wall_ms": statistics.median(walls[kind]) for kind in walls}
    figures["cpu_ratio"] = figures["graded_cpu_ms"] / figures["bare_cpu_ms"]
    figures["wall_ratio"] = figures["graded_wall_ms"] / figures["bare_wall_ms"]
    return figures


def against_a_cold_container(environment: str, graded_cpu_ms: float, runs: int) -> dict[str, float]:
    """Milliseconds of CPU of a `docker run` of the same checks; raises SandboxUnavailable where there is none."""
    inside, machinery, walls = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(PROBLEM, folder, dirs_exist_ok=True)
        Path(folder, "submission.py").write_text(submission_for(environment))
        os.chmod(folder, 0o755)
        for _ in range(runs):
            children = _children_cpu()
            engine, started = named_cpu(MACHINERY), time.perf_counter()
            inside.append(_docker_run(environment, folder))
            walls.append(time.perf_counter() - started)
            machinery.append(named_cpu(MACHINERY) - engine + _children_cpu() - children)
    figures = {
        "container_cpu_ms": 1e3 * statistics.median(inside),
        "engine_cpu_ms": 1e3 * statistics.median(machinery),
        "container_wall_ms": 1e3 * statistics.median(walls),
        "graded_cpu_ms": graded_cpu_ms,
    }
    return figures | {
        "cpu_ratio": (figures["container_cpu_ms"] + figures["engine_cpu_ms"]) / graded_cpu_ms,
        "cpu_ratio_inside": figures["container_cpu_ms"] / graded_cpu_ms,
    }


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _docker_run(environment: str, folder: str) -> float:
    """CPU seconds that the checks say they used in a hardened container made for them."""
    options = ["--rm", "--network=none", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--pids-limit=64"]
    options += ["--security-opt=no-new-privileges", "--memory=1g", f"--volume={folder}:/problem:ro"]
    command = ["python", "-m", "autograders.bench.bare", "/problem", "/problem/submission.py"]
    try:
        done = subprocess.run(
            ["docker", "run", *options, f"{IMAGE}:{environment}", *command], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise SandboxUnavailable(f"docker cannot be run: {error}") from error
    said = [line for line in done.stdout.splitlines() if line.startswith("cpu_s ")]
    if done.returncode or not said:
        raise SandboxUnavailable((done.stderr or done.stdout).strip().splitlines()[-1][:200])
    return float(said[-1].split()[1])


def a_minute(placement: str, runs: int) -> dict[str, float]:
    """Submissions graded in a minute with one grading process a core."""
    workers = os.cpu_count() or 1
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _open, (placement,)) as pool:
        list(pool.map(_grade_once, range(2 * workers)))
        started = time.perf_counter()
        list(pool.map(_grade_once, range(runs)))
        taken = time.perf_counter() - started
        list(pool.map(_close, range(workers)))
    return {"workers": workers, "runs": runs, "per_minute": 60 * runs / taken}


_OPENED: dict[str, Any] = {}


def _open(placement: str) -> None:
    _OPENED["sandbox"], _OPENED["problem"] = open_sandbox(placement), load_problem(PROBLEM)


def _grade_once(_: int) -> None:
    graded(_OPENED["problem"], submission_for("numpy"), _OPENED["sandbox"])


def _close(_: int) -> None:
    _OPENED["sandbox"].close()


def measure(environments: list[str], runs: int, cold_runs: int) -> dict[str, Any]:
    """All figures, as `--json` prints them."""
    result: dict[str, Any] = {"cores": os.cpu_count(), "bare_fork": {}, "cold_container": {}}
    for environment in environments:
        fork = result["bare_fork"][environment] = against_a_bare_fork(environment, runs)
        cold: dict[str, Any]
        try:
            cold = against_a_cold_container(environment, fork["graded_cpu_ms"], cold_runs)
        except SandboxUnavailable as error:
            cold = {"unavailable": str(error)}
        result["cold_container"][environment] = cold
    result["throughput"] = {"local": a_minute("local", 10 * runs)}
    return result


def render(result: dict[str, Any]) -> str:
    """The figures as a table that says what is wanted of each."""
    lines = []
    for environment, row in result["bare_fork"].items():
        ours = f"{row['graded_cpu_ms']:.0f} ms CPU, {row['graded_wall_ms']:.0f} ms wall"
        bare_one = f"{row['bare_cpu_ms']:.0f} and {row['bare_wall_ms']:.0f}"
        lines.append(f"(a) {environment}: one graded submission {ours}; bare fork {bare_one}")
        ratios = f"CPU {row['cpu_ratio']:.2f} times the bare fork ({AIMS['bare fork']}), wall {row['wall_ratio']:.2f}"
        lines.append(f"      {ratios}")
        cold = result["cold_container"][environment]
        if "unavailable" in cold:
            lines.append(f"(b) {environment}: not measured: {cold['unavailable']}")
            continue
        lines.append(
            f"(b) {environment}: cold container {cold['container_cpu_ms']:.0f} ms CPU inside and "
            f"{cold['engine_cpu_ms']:.0f} ms around it, {cold['container_wall_ms']:.0f} ms wall"
        )
        aim = AIMS.get(environment, "")
        lines.append(
            f"      {cold['cpu_ratio']:.1f} times ours ({aim}); {cold['cpu_ratio_inside']:.1f} times without the engine"
        )
    for placement, row in result["throughput"].items():
        lines.append(
            f"(c) {placement}: {row['per_minute']:.0f} a minute on {row['workers']} cores ({AIMS['a minute']})"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Measure and print a table, or JSON."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench overhead")
    known = [name for name, it in load_environments().items() if name in AIMS and not it.missing()]
    parser.add_argument("--environments", nargs="+", default=known, choices=[name for name in AIMS if name in known])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--cold-runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    result = measure(options.environments, options.runs, options.cold_runs)
    print(json.dumps(result) if options.json else render(result))
