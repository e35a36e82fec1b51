"""Each mechanism is tried in a process of its own, is found missing where it is, and leaves nothing behind."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograders.sandbox import SandboxUnavailable, mechanisms, tries, trying
from autograders.sandbox.environments import load_environments
from autograders.sandbox.mechanisms import KERNEL, NOT_NEEDED, Finding, Mechanism
from tests.autograders.sandbox.test_ordinary_users_are_served import ROOT, run_as_nobody

NAMESPACES = [name for name in tries.TRIES if name.endswith("namespace")]
# Refuses one system call to this process and all it starts, then tries everything.
WITHOUT = """
import errno, json, sys
import pyseccomp
from autograders.sandbox import tries, trying

rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
for name in sys.argv[1:]:
    rules.add_rule(pyseccomp.ERRNO(errno.EPERM), name)
rules.load()
print(json.dumps({name: trying.try_one(action) for name, action in tries.TRIES.items()}))
"""


def without(*calls: str) -> dict[str, Any]:
    """What the tries find where the kernel refuses these calls."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *calls], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def missing(found: dict[str, Any]) -> set[str]:
    return {name for name, (state, _) in found.items() if state in ("no", "unneeded")}


def test_every_mechanism_has_its_try_and_every_try_its_mechanism() -> None:
    assert [one.name for one in KERNEL] == list(tries.TRIES)


def test_a_placement_needs_only_what_it_uses() -> None:
    for one in KERNEL:
        assert set(one.needed_by) <= set(one.serves)
        assert one.protects
        assert one.enable


def test_this_host_is_found_as_it_is() -> None:
    found = {one.mechanism.name: one for one in mechanisms.examine("local")}
    states = {finding.state.partition(":")[0] for finding in found.values()}
    assert states <= {"yes", "no", "partly", NOT_NEEDED}
    # What the tests of jails themselves stand on.
    for name in ("seccomp library", "seccomp filter", "no privileges", "resource limits", "Landlock: files"):
        assert found[name].state == "yes", found[name]
    for name, environment in load_environments().items():
        assert (found[f"environment {name}"].state == "yes") == (not environment.missing())


def test_trying_leaves_nothing_behind_and_this_process_as_it_was() -> None:
    def state() -> tuple[object, ...]:
        spaces = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("user", "mnt", "pid", "net", "ipc", "uts")]
        status = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("Cap")]
        return spaces, status, os.sched_getaffinity(0), os.getresuid(), os.getcwd()

    before = state()
    found = mechanisms.try_kernel()
    assert state() == before
    assert set(found) == set(tries.TRIES)


def test_a_control_group_that_was_tried_is_gone() -> None:
    def try_and_look() -> str:
        tries.control_group()
        return str(list(Path("/sys/fs/cgroup").glob(f"**/courseplatform-{os.getpid()}")))

    state, detail = trying.try_one(try_and_look)
    assert (state, detail) == ("yes", "[]") or "no control group can be made" in detail


def test_without_namespaces_they_and_what_stands_on_them_are_missing() -> None:
    found = without("unshare")
    gone = {*NAMESPACES, "root of its own", "bounded scratch"}
    assert missing(found) - missing(without()) == gone - missing(without())
    assert gone <= missing(found)
    assert "Operation not permitted" in found["mount namespace"][1]


def test_without_landlock_it_is_missing_in_all_its_parts() -> None:
    found = without("landlock_create_ruleset")
    assert {"Landlock: files", "Landlock: network", "Landlock: signals"} <= missing(found)
    assert found["Landlock: files"][1] == "the kernel has version 0 of it, 1 is needed"


def test_without_a_way_to_set_limits_or_cores_that_is_said() -> None:
    assert {"resource limits", "pinned core"} <= missing(without("prlimit64", "setrlimit", "sched_setaffinity"))


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (lambda: os._exit(7), "ended with status 7"),
        (lambda: os.kill(os.getpid(), 9), "ended with status -9"),
        (lambda: 1 / 0, "division by zero"),
        (lambda: os.stat("/no/such/file"), "No such file"),
    ],
)
def test_a_try_that_fails_in_any_way_is_a_no_that_says_how(action: Any, said: str) -> None:
    state, detail = trying.try_one(action)
    assert state == "no"
    assert said in detail


def test_a_try_may_find_that_something_holds_in_part() -> None:
    def half() -> str:
        raise trying.Partly("on Tuesdays")

    assert trying.try_one(half) == ("partly", "on Tuesdays")


def test_tries_that_cannot_be_started_are_all_no_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/interpreter")
    found = mechanisms.try_kernel()
    assert set(found) == set(tries.TRIES)
    assert all(state == "no" and "/no/such/interpreter" in detail for state, detail in found.values())


ANYTHING = Mechanism("anything", ("docker",), ("docker",), "something", "enable it")


@pytest.mark.parametrize(
    ("tried", "chosen", "told"),
    [
        (("yes", "version 7"), "docker", ("yes", "version 7")),
        (("yes", ""), "local", ("yes", "")),
        (("no", "refused"), "docker", ("no", "refused")),
        (("no", "refused"), "local", (NOT_NEEDED, "local is chosen; refused")),
        (("partly", "one core"), "docker", ("partly: one core", "")),
        (("unneeded", "root has it"), "docker", (NOT_NEEDED, "root has it")),
    ],
)
def test_what_only_another_placement_uses_is_not_needed(
    tried: tuple[str, str], chosen: str, told: tuple[str, str]
) -> None:
    assert mechanisms.settled(ANYTHING, *tried, chosen) == told


def test_what_a_placement_lacks_is_named_with_what_to_do() -> None:
    like_it = dataclasses.replace(ANYTHING, name="its like")
    other = dataclasses.replace(ANYTHING, name="another", enable="buy it")
    findings = [Finding(one, "no", "refused") for one in (ANYTHING, other, like_it)]
    assert mechanisms.reasons(findings, "local") == ()
    assert mechanisms.reasons([Finding(ANYTHING, "yes")], "docker") == ()
    missing = mechanisms.reasons(findings, "docker")
    assert mechanisms.told(missing) == "anything, its like (enable it); another (buy it)"


def test_the_verdict_comes_from_a_jail_that_really_opened() -> None:
    verdict = mechanisms.judge("local")
    assert verdict.usable
    assert verdict.tier in ("ns", "landlock")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (SandboxUnavailable("no namespaces"), "no namespaces"),
        (ModuleNotFoundError("No module named 'docker'"), r"a package is missing .*: pip install '\.\[docker\]'"),
        (PermissionError(13, "Permission denied"), "Permission denied"),
    ],
)
def test_a_placement_that_does_not_open_may_not_grade(
    monkeypatch: pytest.MonkeyPatch, error: Exception, why: str
) -> None:
    def refuse(name: str) -> None:
        raise error

    monkeypatch.setattr(mechanisms, "open_sandbox", refuse)
    verdict = mechanisms.judge("docker")
    assert not verdict.usable
    assert verdict.tier == "none"
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(verdict.why)


def test_the_placement_is_the_one_that_sandbox_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDBOX", raising=False)
    assert mechanisms.chosen_placement() == "local"
    monkeypatch.setenv("SANDBOX", "docker")
    assert mechanisms.chosen_placement() == "docker"
    monkeypatch.setenv("SANDBOX", "vm")
    with pytest.raises(SandboxUnavailable, match="SANDBOX: 'vm' is not one of local, docker"):
        mechanisms.chosen_placement()


def test_for_an_ordinary_user_the_same_mechanisms_are_found_by_way_of_a_user_namespace() -> None:
    done = run_as_nobody("-m", "autograders", "doctor", "--sandbox", "local", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert told["placements"]["local"]["usable"]
    states = {one["name"]: one["state"] for one in told["mechanisms"]}
    assert states["user of its own"].startswith("partly: all jails run as this user")
    assert states["peak memory"] == "yes"
    if told["placements"]["local"]["tier"] == "ns":
        assert {states[name] for name in (*NAMESPACES, "root of its own", "bounded scratch")} == {"yes"}
