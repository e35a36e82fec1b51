"""`python -m autograders doctor`: its table, its JSON, its last sentence and its exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import docker.errors
import pytest

from autograders.__main__ import main
from autograders.commands import doctor
from autograders.sandbox import container_tries
from autograders.sandbox.environments import engine_digest
from autograders.sandbox.hardening import container_settings
from autograders.sandbox.mechanisms import NOT_NEEDED, Finding, Mechanism, Verdict

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]
Host = Callable[..., None]
HOLDS = Verdict(True, "ns", "a jail was opened, tried to break out, and held")
FAILS = Verdict(False, "none", "this host cannot hold a learner's code safely: use another")
FINDINGS = (
    Finding(Mechanism("walls", ("local",), ("local",), "what is outside", "build them"), "yes", "version 7"),
    Finding(Mechanism("a roof", ("local",), ("local",), "rain from above", "lay it on top"), "no", "there is none"),
    Finding(Mechanism("a door", ("local",), (), "draught", "hang it in"), "partly: it does not shut"),
    Finding(Mechanism("a harbour", ("docker",), (), "the sea", "dig it"), NOT_NEEDED, "local is chosen; too far away"),
)


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Host:
    """A host of our making: what is found there and which placements hold."""

    def made(*findings: Finding, **verdicts: Verdict) -> None:
        monkeypatch.setattr(doctor, "examine", lambda chosen: findings)
        monkeypatch.setattr(doctor, "examine_containers", lambda chosen: ())
        monkeypatch.setattr(doctor, "judge", verdicts.__getitem__)

    monkeypatch.delenv("SANDBOX", raising=False)
    return made


def test_on_this_host_it_says_what_the_sandbox_itself_says(capsys: Capture) -> None:
    status = main(["doctor", "--sandbox", "local", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert set(told) == {"chosen", "placements", "mechanisms"}
    assert set(told["placements"]) == {"local"}
    assert set(told["placements"]["local"]) == {"usable", "tier", "why"}
    assert told["placements"]["local"]["tier"] in ("ns", "landlock")
    for one in told["mechanisms"]:
        assert set(one) == {"name", "state", "detail", "needed_by", "protects", "enable"}
        assert one["state"] in ("yes", "no", NOT_NEEDED) or one["state"].startswith("partly: ")
    names = [one["name"] for one in told["mechanisms"]]
    assert len(names) == len(set(names))
    assert {"process namespace", "seccomp filter", "environment numpy", "Docker engine", "image numpy"} <= set(names)


def test_the_exit_status_is_that_of_the_chosen_placement(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host(local=HOLDS, docker=FAILS)
    assert main(["doctor"]) == 0
    assert main(["doctor", "--sandbox", "docker"]) == 1
    monkeypatch.setenv("SANDBOX", "docker")
    assert main(["doctor", "--json"]) == 1
    assert main(["doctor", "--sandbox", "local"]) == 0


def test_a_placement_that_does_not_exist_is_a_wrong_use(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    host(local=HOLDS, docker=FAILS)
    with pytest.raises(SystemExit) as ended:
        main(["doctor", "--sandbox", "vm"])
    assert ended.value.code == 2
    monkeypatch.setenv("SANDBOX", "vm")
    assert main(["doctor"]) == 2
    assert capsys.readouterr().err.endswith("autograders: SANDBOX: 'vm' is not one of local, docker\n")


def test_the_last_line_says_whether_submissions_may_be_graded(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    host(FINDINGS[0], local=HOLDS, docker=FAILS)
    main(["doctor"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"Submissions may be graded here by the local placement, in the ns tier: {HOLDS.why}."
    host(*FINDINGS, local=FAILS, docker=HOLDS)
    main(["doctor"])
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == (
        "Submissions must not be graded here by the local placement (the docker placement holds: set SANDBOX=docker): "
        f"a roof missing: {FAILS.why}."
    )


def test_a_weaker_tier_says_what_would_make_it_stronger(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    host(*FINDINGS, local=Verdict(True, "landlock", "it held"), docker=FAILS)
    assert main(["doctor"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == (
        "Submissions may be graded here by the local placement, in the landlock tier: it held; "
        "it would hold more firmly with a roof."
    )


def test_the_table_tells_how_to_enable_what_is_not_there() -> None:
    lines = doctor.table(FINDINGS, 140).splitlines()
    assert lines[0].split("  ")[0] == "mechanism"
    assert lines[0].rstrip().endswith("how to enable")
    rows = {line.split("  ")[0]: line for line in lines[2:]}
    assert "yes: version 7" in rows["walls"]
    assert "build them" not in rows["walls"]
    assert rows["a roof"].rstrip().endswith("lay it on top")
    assert "no: there is none" in rows["a roof"]
    assert "partly: it does not shut" in rows["a door"]
    assert "not needed here: local is" in rows["a harbour"]
    assert "too far away" not in "\n".join(lines)
    assert "dig it" not in rows["a harbour"]


def test_where_all_is_there_nothing_needs_enabling() -> None:
    assert "how to enable" not in doctor.table(FINDINGS[:1], 140)


@pytest.mark.parametrize("width", [40, 60, 76, 80, 100, 200])
def test_it_wraps_to_the_width_of_the_terminal_and_loses_no_word(width: int) -> None:
    text = doctor.table(FINDINGS, width)
    assert max(map(len, text.splitlines())) < width
    for finding in FINDINGS:
        for word in (*finding.mechanism.name.split(), *finding.mechanism.protects.split()):
            assert word in text


def test_a_terminal_without_our_characters_gets_plain_ones(
    host: Host, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    odd = Mechanism("a window", ("local",), (), "wind — and rain", "glaze it")
    host(*FINDINGS, Finding(odd, "yes"), local=HOLDS, docker=FAILS)
    with open(1, "w", encoding="ascii", closefd=False) as plain:
        monkeypatch.setattr(sys, "stdout", plain)
        assert main(["doctor"]) == 0
    said = capfd.readouterr().out
    assert said.isascii()
    assert "wind ? and rain" in said
    assert "-----" in said


def test_json_carries_every_finding_whole(host: Host, capsys: Capture) -> None:
    host(*FINDINGS, local=HOLDS, docker=FAILS)
    main(["doctor", "--json"])
    out = capsys.readouterr().out
    told = json.loads(out)
    assert out.count("\n") == 1
    assert told["placements"]["docker"] == {"usable": False, "tier": "none", "why": FAILS.why}
    assert told["mechanisms"][1] == {
        "name": "a roof",
        "state": "no",
        "detail": "there is none",
        "needed_by": ["local"],
        "protects": "rain from above",
        "enable": "lay it on top",
    }


def test_without_an_engine_whoever_chose_it_is_told_and_may_not_grade() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "autograders", "doctor", "--sandbox", "docker", "--json"],
        env={"PATH": os.defpath, "DOCKER_HOST": "unix:///no/such/socket"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["placements"]["docker"]["usable"] is False
    assert "no Docker engine answers" in told["placements"]["docker"]["why"]
    states = {one["name"]: one["state"] for one in told["mechanisms"]}
    assert states["Docker engine"] == states["image numpy"] == states["container lock-down"] == "no"
    assert NOT_NEEDED not in (states["seccomp filter"], states["Landlock: files"])


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"memory": str(4 << 30), "pids": "512"}, ("yes", "4096 MB, 512 processes")),
        ({"memory": str((1 << 63) - 4096), "pids": "512"}, ("partly", "not bounded: memory")),
        ({"memory": "max", "pids": "max"}, ("no", "not bounded: memory, pids")),
    ],
)
def test_a_container_without_bounds_is_found(said: dict[str, str], state: tuple[str, str]) -> None:
    inside = {**said, "engine": "", "networks": [], "writable": False}
    assert container_tries.limits_state({"numpy": inside}) == state


def test_a_container_with_a_network_or_a_writable_root_is_found() -> None:
    inside = {"engine": "", "memory": "1", "pids": "1", "networks": ["eth0"], "writable": True}
    assert container_tries.lockdown_state({"numpy": inside}, {}) == ("no", "the container has a writable root, eth0")
    assert container_tries.lockdown_state({}, {"numpy": "seccomp is off"}) == ("no", "seccomp is off")


class PretendedEngine:
    """A Docker engine as far as it is asked: images by tag with what a container of each would say."""

    def __init__(self, **said: dict[str, Any] | Exception) -> None:
        self.said, self.started = said, dict[str, Any]()
        self.images = self.containers = self

    def ping(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True

    def version(self) -> dict[str, str]:
        return {"Version": "99.1"}

    def info(self) -> dict[str, Any]:
        return {"Runtimes": {"runc": {}, "runsc": {}}}

    def get(self, tag: str) -> None:
        if tag.partition(":")[2] not in self.said:
            raise docker.errors.ImageNotFound(tag)

    def run(self, tag: str, command: list[str], **settings: Any) -> bytes:
        self.started = settings
        said = self.said[tag.partition(":")[2]]
        if isinstance(said, Exception):
            raise said
        return json.dumps(said).encode()


def told_by(engine: PretendedEngine, monkeypatch: pytest.MonkeyPatch) -> dict[str, Finding]:
    monkeypatch.delenv("SANDBOX_IMAGE", raising=False)
    monkeypatch.setattr(container_tries, "connect_engine", lambda: engine)
    return {one.mechanism.name: one for one in container_tries.examine_containers("docker")}


def test_an_image_of_another_version_is_told_from_one_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"engine": "of yesterday", "memory": "1048576", "pids": "512", "networks": [], "writable": False}
    engine = PretendedEngine(numpy=old | {"engine": engine_digest()}, sklearn=old)
    found = told_by(engine, monkeypatch)
    assert found["Docker engine"].detail == "99.1"
    assert found["image numpy"].state == found["container lock-down"].state == found["container limits"].state == "yes"
    assert found["image sklearn"].detail == "courseplatform/sandbox:sklearn holds another version of the engine"
    assert found["image torch"].detail == "there is no courseplatform/sandbox:torch"
    assert found["image torch"].mechanism.enable == "make image ENVIRONMENT=torch"
    assert engine.closed


def test_containers_are_tried_with_the_settings_that_grading_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = PretendedEngine(numpy=docker.errors.DockerException("seccomp is not supported"))
    found = told_by(engine, monkeypatch)
    wanted = container_settings()
    assert {name: engine.started[name] for name in wanted if name != "auto_remove"} == {
        name: value for name, value in wanted.items() if name != "auto_remove"
    }
    assert found["container lock-down"] == Finding(container_tries.PROFILE, "no", "seccomp is not supported")
    assert found["image numpy"].detail.endswith("does not run: seccomp is not supported")


@pytest.mark.parametrize(
    ("runtime", "state"),
    [(None, "partly: runsc is registered, SANDBOX_RUNTIME does not name it"), ("runsc", "yes"), ("kata", "no")],
)
def test_another_runtime_is_used_only_where_it_is_named_and_registered(
    monkeypatch: pytest.MonkeyPatch, runtime: str | None, state: str
) -> None:
    monkeypatch.delenv("SANDBOX_RUNTIME", raising=False)
    if runtime:
        monkeypatch.setenv("SANDBOX_RUNTIME", runtime)
    assert told_by(PretendedEngine(), monkeypatch)["another runtime"].state == state


def test_fresh_containers_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANDBOX_FRESH", raising=False)
    assert told_by(PretendedEngine(), monkeypatch)["fresh containers"].state == "no"
    monkeypatch.setenv("SANDBOX_FRESH", "yes")
    assert told_by(PretendedEngine(), monkeypatch)["fresh containers"].state == "yes"
    monkeypatch.setenv("SANDBOX_FRESH", "now and then")
    assert "SANDBOX_FRESH is 'now and then'" in told_by(PretendedEngine(), monkeypatch)["fresh containers"].detail


@pytest.mark.docker
def test_with_an_engine_its_containers_are_tried() -> None:
    found = {one.mechanism.name: one for one in container_tries.examine_containers("docker")}
    assert found["Docker engine"].state == "yes"
    assert found["container lock-down"].state == "yes"
    assert found["container limits"].state == "yes"
