"""One core is for timed work, and everything else that grading does runs on the others."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograders.sandbox import Jail, JailLimits, JailSpec, Sandbox, SandboxUnavailable, open_sandbox
from autograders.sandbox.cores import TIMED_CORE, choose, host_cores
from autograders.sandbox.pool import Kind
from autograders.wire import encode
from tests.autograders.support import PROBLEMS

ROOT = Path(__file__).resolve().parents[3]
CORES = len(os.sched_getaffinity(0))
several = pytest.mark.skipif(CORES < 2, reason="this machine has one core")


def test_the_last_core_is_the_timed_one_unless_another_is_named() -> None:
    assert (choose({0, 1, 5}, "").timed, choose({0, 1, 5}, "").others) == (5, frozenset({0, 1}))
    assert (choose({0, 1, 5}, "1").timed, choose({0, 1, 5}, "1").others) == (1, frozenset({0, 5}))
    assert choose({3}, "").shared
    assert not choose({3, 4}, "3").shared


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("7", "GRADING_TIMED_CORE is 7, but the cores that may be used here are 0, 2"),
        ("1", "GRADING_TIMED_CORE is 1, but the cores that may be used here are 0, 2"),
        ("last", "GRADING_TIMED_CORE is 'last': write the number of one core, of 0, 2"),
        ("-1", "GRADING_TIMED_CORE is '-1': write"),
        ("²", "GRADING_TIMED_CORE is '²': write"),
    ],
)
def test_a_core_that_there_is_not_is_told_with_the_name_of_the_variable(said: str, told: str) -> None:
    with pytest.raises(SandboxUnavailable) as caught:
        choose({0, 2}, said)
    assert str(caught.value).startswith(told)


def test_no_sandbox_opens_and_the_command_says_why_where_the_core_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TIMED_CORE, "4000")
    with pytest.raises(SandboxUnavailable, match="GRADING_TIMED_CORE is 4000"):
        open_sandbox("local")
    command = [sys.executable, "-m", "autograders", "grade", str(PROBLEMS / "double"), "-"]
    command[-1] = str(PROBLEMS / "double" / "reference.py")
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)
    assert done.returncode == 3
    assert done.stderr.startswith("autograders: GRADING_TIMED_CORE is 4000, but the cores")


def cores_of(pid: int | str) -> set[int]:
    """What the kernel lets a process run on: it cannot be asked about a jail from within."""
    return set(os.sched_getaffinity(int(pid)))


def children_of(pid: int) -> list[int]:
    """A process's children and theirs."""
    mine = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [*mine, *(grandchild for child in mine for grandchild in children_of(child))]


def opened(sandbox: Sandbox, spec: JailSpec) -> Jail:
    """A jail that has answered once: where it runs is settled by then."""
    jail = sandbox.open(spec)
    if spec.agent == "learner":
        jail.ask(encode({"op": "load", "files": {"solution.py": b""}, "rules": {}}).chunks())
    return jail


@pytest.fixture(params=["local", pytest.param("docker", marks=pytest.mark.docker)])
def placed(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with open_sandbox(request.param) as sandbox:
        yield sandbox


def process_of(sandbox: Sandbox, spec: JailSpec) -> int:
    """The zygote's process, as this host numbers it."""
    warm = sandbox._pool.get(Kind.of(spec))  # type: ignore[attr-defined]
    if sandbox.name == "docker":
        warm.container.reload()
        return int(warm.container.attrs["State"]["Pid"])
    return int(warm.process.pid)


@several
@pytest.mark.parametrize("side", ["learner", "trusted"])
def test_untimed_jails_and_zygotes_stay_off_the_core_that_timed_jails_are_on(placed: Sandbox, side: str) -> None:
    cores = host_cores()
    spec = JailSpec("numpy", side, "learner")  # type: ignore[arg-type]
    zygote = process_of(placed, spec)
    around = {zygote, *children_of(zygote)}
    assert [cores_of(pid) for pid in around] == [cores.others] * len(around)
    untimed = opened(placed, spec)
    (first,) = set(children_of(zygote)) - around
    timed = opened(placed, dataclasses.replace(spec, core=cores.timed))
    (second,) = set(children_of(zygote)) - around - {first}
    assert (cores_of(first), cores_of(second)) == (set(cores.others), {cores.timed})
    untimed.close()
    timed.close()


@several
def test_the_judge_stays_off_the_timed_core() -> None:
    with open_sandbox("local") as sandbox:
        spec = JailSpec("numpy", "trusted", "judge")
        zygote = process_of(sandbox, spec)
        around = {zygote, *children_of(zygote)}
        judge = sandbox.open(spec)
        (jail,) = set(children_of(zygote)) - around
        assert cores_of(jail) == host_cores().others
        judge.close()


@several
def test_another_core_can_be_the_timed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TIMED_CORE, str(min(os.sched_getaffinity(0))))
    with open_sandbox("local") as sandbox:
        zygote = process_of(sandbox, JailSpec("numpy", "learner", "learner"))
        assert cores_of(children_of(zygote)[-1]) == os.sched_getaffinity(0) - {min(os.sched_getaffinity(0))}


def test_a_core_that_is_not_ours_breaks_no_jail(sandbox: Sandbox) -> None:
    jail = opened(sandbox, JailSpec("numpy", "learner", "learner", JailLimits(), core=1_000))
    assert jail.usage().cpu_s > 0
    jail.close()


ONE_CORE = """
import json, os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from autograders.sandbox import JailSpec, open_sandbox
from autograders.sandbox.cores import host_cores, leave_timed_core
from tests.autograders.sandbox.test_cores_are_divided import children_of, cores_of, opened, process_of
leave_timed_core()
cores = host_cores()
with open_sandbox("local") as sandbox:
    spec = JailSpec("numpy", "learner", "learner", core=cores.timed)
    jail = opened(sandbox, spec)
    pids = children_of(process_of(sandbox, spec))
    print(json.dumps([cores.timed, sorted(cores.others), [sorted(cores_of(pid)) for pid in (os.getpid(), *pids)]]))
    jail.close()
"""


def test_with_one_core_everything_is_on_it() -> None:
    done = subprocess.run([sys.executable, "-c", ONE_CORE], cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    timed, others, found = json.loads(done.stdout)
    assert others == []
    assert len(found) >= 3
    assert found == [[timed]] * len(found)


LEAVING = """
import json, os, threading
from autograders.sandbox.cores import host_cores, leave_timed_core
stay = threading.Event()
threading.Thread(target=stay.wait, daemon=True).start()
leave_timed_core()
leave_timed_core()
late = threading.Thread(target=stay.wait, daemon=True)
late.start()
where = [sorted(os.sched_getaffinity(int(thread))) for thread in os.listdir("/proc/self/task")]
print(json.dumps([host_cores().timed, where]))
"""


@several
def test_a_process_leaves_with_all_its_threads_and_still_knows_which_core_it_left() -> None:
    done = subprocess.run([sys.executable, "-c", LEAVING], cwd=ROOT, capture_output=True, text=True, timeout=60)
    timed, where = json.loads(done.stdout)
    assert timed == max(os.sched_getaffinity(0))
    assert len(where) >= 3
    assert where == [sorted(os.sched_getaffinity(0) - {timed})] * len(where)
