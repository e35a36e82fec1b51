"""Each condition fires where it should, and stays silent where nothing has happened."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autograders.authoring.arming import ENVIRONMENT, Armed, arm, compose
from autograders.authoring.conditions import CONDITIONS, Observation, successes, summary
from autograders.authoring.corpus import load_corpus
from autograders.authoring.firing import HonestWorkFails, Range, fire, grade_with_engine, target
from autograders.authoring.world import PeakMemory, Traces, World
from autograders.problem import Problem
from autograders.report import CheckResult, Report
from autograders.sandbox import Sandbox
from autograders.submission import Submission
from tests.autograders.support import report_of

SEEN = load_corpus()[0]
CHECK = CheckResult("test_it", "It.", "failed", 0.0, 2.0, message="it is wrong")
HIDDEN = dataclasses.replace(CHECK, name="test_hidden", hidden=True)
RESOURCES = {"cpu_s": 0.1, "wall_s": 0.2, "peak_mb": 30.0}


@pytest.fixture(scope="module")
def armed() -> Iterator[Armed]:
    with arm(target()) as made:
        yield made


@pytest.fixture
def world(armed: Armed) -> Iterator[World]:
    with World(armed) as made:
        yield made


def report(*checks: CheckResult, output: str = "", outcome: str = "failed", **resources: float) -> Report:
    return Report(
        "target",
        "1",
        outcome,  # type: ignore[arg-type]
        sum(check.points for check in checks),
        4.0,
        checks,
        {},
        {},
        RESOURCES,
        output=output,
        visible_resources=RESOURCES | resources,
    )


@pytest.fixture
def seen(armed: Armed) -> Callable[..., Observation]:
    """An observation in which nothing happened, but for what is given."""

    def observed(*reports: Report, **changes: object) -> Observation:
        base = Observation(
            attack=SEEN,
            armed=armed,
            reports=reports or (report(CHECK, HIDDEN),),
            visible=None,
            worth={},
            refusal="it was refused",
            traces=Traces(),
            found=(),
            next_mark="",
            seconds=1.0,
            budget_s=5.0,
            grown_mb=1.0,
        )
        return dataclasses.replace(base, **changes)  # type: ignore[arg-type]

    return observed


def met(name: str, observation: Observation) -> list[str]:
    return list(CONDITIONS[name](observation))


def test_nothing_is_met_where_nothing_happened(seen: Callable[..., Observation]) -> None:
    assert {name: met(name, seen()) for name in CONDITIONS} == {name: [] for name in CONDITIONS}
    assert summary(seen(refusal="")) == "0 of 4 points, honestly worth 0; it is wrong"
    assert summary(seen()) == "the upload was refused: it was refused"


def test_score_is_points_beyond_the_honest_ones(seen: Callable[..., Observation]) -> None:
    won = report(dataclasses.replace(CHECK, points=1.0))
    assert met("score", seen(won)) == ["test_it gave 1 of 2 points"]
    assert met("score", seen(won, worth={"test_it": 1.0})) == []
    assert met("score", seen(won, worth={"test_it": 0.5})) != []


@pytest.mark.parametrize("place", ["grader", "reference", "data", "input", "secret", "environment", "neighbour"])
def test_canary_is_a_secret_in_anything_that_a_learner_sees(
    armed: Armed, seen: Callable[..., Observation], place: str
) -> None:
    canary = f"so it is {armed.canaries[place]}!"
    shown = [
        report(CHECK, output=canary),
        report(dataclasses.replace(CHECK, message=canary)),
        report(dataclasses.replace(CHECK, detail={"expected": [canary]})),
        report(dataclasses.replace(CHECK, detail={canary: 1})),
        dataclasses.replace(report(CHECK), message=canary),
    ]
    for each in shown:
        assert place in met("canary", seen(each))[0]
        assert place in met("canary", seen(visible=each))[0]
    unseen = report(dataclasses.replace(HIDDEN, message=canary, detail={"actual": canary}))
    assert met("canary", seen(unseen)) == [], "of a hidden check a learner sees no message"


def test_late_is_two_seconds_after_the_budget(seen: Callable[..., Observation]) -> None:
    assert met("late", seen(seconds=6.9)) == []
    assert met("late", seen(seconds=7.1)) == ["the verdict came after 7.1 s, its budget is 5.0 s"]


def test_host_broken_memory_and_taken_say_what_was_seen(seen: Callable[..., Observation]) -> None:
    assert "got 0 points" in met("host", seen(next_mark="got 0 points"))[0]
    assert "the grader's fault" in met("broken", seen(report(CHECK, outcome="broken")))[0]
    assert "grew by 300 MB" in met("memory", seen(grown_mb=300.0))[0]
    assert met("taken", seen(refusal="")) != []


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202e", "\x00", "\x9b", "\u200b", "\ue000"])
def test_unclean_is_a_control_character_wherever_it_is_shown(seen: Callable[..., Observation], text: str) -> None:
    assert "control character U+" in met("unclean", seen(report(CHECK, output=f"a{text}b")))[0]
    assert met("unclean", seen(report(dataclasses.replace(CHECK, message=text)))) != []
    assert met("unclean", seen(report(CHECK, output="plain\n\ttext é 日本"))) == []


def test_words_are_differences_that_a_learner_can_see(seen: Callable[..., Observation]) -> None:
    other = dataclasses.replace(HIDDEN, message="in another way", seconds=3.0, detail={"kind": "race"})
    assert met("words", seen(report(CHECK, HIDDEN), report(CHECK, other))) == []
    skipped = dataclasses.replace(CHECK, outcome="skipped", message="not run")
    assert "look 2 ways" in met("words", seen(report(CHECK, HIDDEN), report(skipped, HIDDEN)))[0]


def test_figures_are_differences_in_what_is_measured(seen: Callable[..., Observation]) -> None:
    assert met("figures", seen(report(CHECK), report(CHECK, cpu_s=0.2, wall_s=0.9, peak_mb=33.0))) == []
    assert "cpu_s ranges from 0.1 to 0.7" in met("figures", seen(report(CHECK), report(CHECK, cpu_s=0.7)))[0]


def test_surroundings_are_what_differs_between_visible_and_graded(seen: Callable[..., Observation]) -> None:
    graded = report(CHECK, HIDDEN, output="one")
    assert met("surroundings", seen(graded, visible=report(CHECK, output="one"))) == []
    assert met("surroundings", seen(graded, visible=report(CHECK, output="two"))) != []
    other = dataclasses.replace(CHECK, message="otherwise")
    assert "test_it says" in met("surroundings", seen(graded, visible=report(other, output="one")))[0]


def test_reached_is_a_claim_with_the_mark_that_was_printed(armed: Armed, seen: Callable[..., Observation]) -> None:
    claim = f"{armed.mark} reached: the moon\n"
    assert met("reached", seen(report(CHECK, output=claim))) == ["the moon"]
    assert met("reached", seen(report(dataclasses.replace(CHECK, message=claim)))) == []


def test_what_every_attack_is_asked_needs_no_aim(seen: Callable[..., Observation]) -> None:
    aimless = dataclasses.replace(SEEN, aims=())
    assert successes(seen(attack=aimless)) == []
    assert successes(seen(attack=aimless, seconds=99.0, traces=Traces(marker=("a file",)))) == [
        "marker: a file",
        "late: the verdict came after 99.0 s, its budget is 5.0 s",
    ]


# --- the world outside ------------------------------------------------------------------------


def test_files_outside_are_found_and_taken_away(armed: Armed, world: World) -> None:
    there = [armed.open_folder / "anything", Path("/tmp") / f"x-{armed.mark}", armed.problem.path / f"y-{armed.mark}"]
    for path in there:
        path.touch()
    world.kept.write_text("something else")
    grader = armed.problem.path / "grader.py"
    before = grader.read_bytes()
    grader.write_bytes(before + b"\n")
    words = "\n".join(world.traces().marker)
    for path in there:
        assert f"{path} came to be outside the jail" in words
    assert "a file outside the jail, was changed" in words
    assert "grader.py of the problem was changed" in words
    assert not any(path.exists() for path in there)
    assert grader.read_bytes() == before
    world.look()
    assert world.traces() == Traces()


def test_a_process_that_has_the_mark_for_a_name_is_found(armed: Armed, world: World) -> None:
    program = f"import time\nopen('/proc/self/comm', 'w').write('{armed.mark}')\nprint(flush=True)\ntime.sleep(60)\n"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        left = world.traces().leftover
        process.kill()
    assert [words for words in left if f"process {process.pid} " in words]
    assert world.traces().leftover == ()


def test_a_jail_that_is_still_open_is_found(armed: Armed, world: World, sandbox: Sandbox) -> None:
    place = Range(armed, world, sandbox, grade_with_engine)
    world.look()
    with place.neighbour(next(attack for attack in load_corpus() if attack.kind == "LEAK")):
        assert "is still there" in world.traces().leftover[0]
    assert world.traces().leftover == ()


def test_who_calls_from_inside_is_heard(armed: Armed, world: World) -> None:
    for kind, address in (
        (socket.AF_INET, ("127.0.0.1", world.port)),
        (socket.AF_UNIX, str(world.ear)),
        (socket.AF_UNIX, f"\0{armed.mark}-ear"),
    ):
        with socket.socket(kind, socket.SOCK_STREAM) as line:
            line.connect(address)
        assert "somebody called" in world.traces().called[0]
    assert world.traces().called == ()


def test_growth_of_the_graders_own_memory_is_seen() -> None:
    memory = PeakMemory()
    block = bytearray(os.urandom(1 << 20)) * 80
    grown = memory.grown_mb()
    del block
    assert grown > 60
    assert PeakMemory().grown_mb() < 40


# --- the range --------------------------------------------------------------------------------


def test_secrets_are_fresh_and_lie_where_they_should(armed: Armed) -> None:
    with arm(target()) as other:
        assert set(other.canaries.values()).isdisjoint(armed.canaries.values())
        assert os.environ[ENVIRONMENT] == other.canaries["environment"]
    assert not other.problem.path.exists()
    folder = armed.problem.path
    assert armed.canaries["grader"] in (folder / "grader.py").read_text()
    assert armed.canaries["reference"] in (folder / "reference.py").read_text()
    assert armed.canaries["input"] in (folder / "data" / "captions.txt").read_text()
    assert armed.canaries["data"] in (folder / "data" / "planted.txt").read_text()
    assert "@CANARY" not in (folder / "reference.py").read_text()


def test_the_reference_passes_though_secrets_were_planted_in_it(armed: Armed, sandbox: Sandbox) -> None:
    assert report_of(armed.problem, armed.problem.text("reference.py"), sandbox).outcome == "passed"


def test_no_blank_of_an_attack_is_left_open(armed: Armed) -> None:
    for attack in load_corpus():
        if attack.form == "source":
            source = compose(armed, attack, VARIANT="x", SEEN="", PORT="1")
            assert not [word for word in ("@MARK@", "@FOLDER@", "@PORT@", "@SEEN@", "@ENTRIES@") if word in source]


def test_past_the_rules_a_file_runs_that_the_rules_refuse(armed: Armed, world: World, sandbox: Sandbox) -> None:
    place = Range(armed, world, sandbox, grade_with_engine)
    source = armed.problem.text("starter.py") + "\nimport ctypes\nprint('it ran', ctypes.sizeof(ctypes.c_int))\n"
    refused = place.grade(Submission.from_source(source))
    assert refused.message.startswith("not run: ")
    assert "it ran" not in refused.output
    assert "it ran 4" in place.grade(Submission.from_source(source), past_rules=True).output


def test_a_run_without_end_is_ended_by_force(armed: Armed, world: World) -> None:
    ended = threading.Event()

    class Closing:
        name = "none"

        def close(self) -> None:
            ended.set()

    place = Range(armed, world, Closing(), grade_with_engine)  # type: ignore[arg-type]
    with place.ended_by_force(0.05):
        assert ended.wait(60)


def test_a_grader_that_passes_nobody_is_called_broken_not_safe(sandbox: Sandbox) -> None:
    def nobody(problem: Problem, submission: Submission, jails: Sandbox, secret: bytes, visible: bool) -> Report:
        return report(CHECK)

    with pytest.raises(HonestWorkFails, match="the reference of target does not pass: it is wrong"):
        list(fire(target(), sandbox, [], nobody))


def test_a_grader_that_passes_everybody_is_called_broken_too(sandbox: Sandbox) -> None:
    def everybody(problem: Problem, submission: Submission, jails: Sandbox, secret: bytes, visible: bool) -> Report:
        passed = [
            CheckResult(spec.name, spec.title, "passed", spec.points, spec.points, spec.hidden)
            for spec in problem.checks
        ]
        return report(*passed, outcome="passed")

    with pytest.raises(HonestWorkFails, match=r"H02 .* is misjudged"):
        list(fire(target(), sandbox, [], everybody))
