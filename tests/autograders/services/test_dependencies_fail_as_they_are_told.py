"""`faults`: slow, wrong or dead for a while, then back; and a learner who abuses the line gains nothing."""

from __future__ import annotations

import pytest

from tests.autograders.services.conftest import REFERENCE, Grade, app

RIGHT = "return {'user': user, 'score': x * await features.get(user)}"
START = "store = FeatureStore(rng)\nwith service.start({'features': store}) as running:\n"
ASK = "running.get('/score?user=user-1&x=1')"


def inside(*lines: str) -> str:
    return START + "".join(f"    {line}\n" for line in lines)


def test_a_slow_dependency_is_slow_while_it_lasts(grade: Grade) -> None:
    body = inside(
        "import time",
        "def taken():",
        "    started = time.monotonic()",
        f"    {ASK}",
        "    return time.monotonic() - started",
        "with faults.slow('features', seconds=0.5):",
        "    assert taken() >= 0.5",
        "assert min(taken() for _ in range(5)) < 0.5",
    )
    check = grade(app(RIGHT), body=body)["test_it"]
    assert check.outcome == "passed", check.message


def test_a_wrong_dependency_is_wrong_while_it_lasts(grade: Grade) -> None:
    body = inside(
        "right = store.weights['user-1']",
        "with faults.wrong('features', lambda value: value + 1):",
        f"    assert {ASK}.json()['score'] == right + 1",
        f"assert {ASK}.json()['score'] == right",
    )
    check = grade(app(RIGHT), body=body)["test_it"]
    assert check.outcome == "passed", check.message


def test_a_dead_dependency_raises_connection_error_and_comes_back(grade: Grade) -> None:
    source = app("try:\n    weight = await features.get(user)\nexcept ConnectionError:\n    weight = -1\n"
                 "return {'user': user, 'score': x * weight}")  # fmt: skip
    body = inside(
        "with faults.dead('features'):",
        f"    assert {ASK}.json()['score'] == -1",
        f"assert {ASK}.json()['score'] == store.weights['user-1']",
    )
    check = grade(source, body=body)["test_it"]
    assert check.outcome == "passed", check.message


def test_a_fault_may_meet_a_share_of_the_calls(grade: Grade) -> None:
    body = inside(
        "with faults.dead('features', share=0.5):",
        f"    found = [{ASK}.status for _ in range(60)]",
        "assert 10 < found.count(500) < 50, found",
    )
    check = grade(app(RIGHT), body=body)["test_it"]
    assert check.outcome == "passed", check.message


def test_a_service_without_a_fallback_fails_in_the_phase_in_which_its_store_is_dead(grade: Grade) -> None:
    check = grade(app(RIGHT), "test_survives_its_store")["test_survives_its_store"]
    assert check.outcome == "failed"
    assert "(while dead)" in check.message
    assert "status 500" in check.message
    phases = {phase["name"]: phase for phase in check.detail["loads"][0]["phases"]}
    assert phases["healthy"]["errors"] < 0.2
    assert phases["dead"]["errors"] > 0.8
    assert phases["dead"]["faulty"]


def test_a_service_that_does_not_recover_is_told_so(grade: Grade) -> None:
    source = app(
        "if now['broken']:\n    raise RuntimeError('still broken')\ntry:\n    weight = await features.get(user)\n"
        "except ConnectionError:\n    now['broken'] = True\n    raise\nreturn {'user': user, 'score': x * weight}",
        "now = {'broken': False}",
    )
    body = inside(
        "phases = [('healthy', 0.5), ('dead', 0.5, faults.dead('features')), ('back', 1.0)]",
        "load = running.load(asking(rng), 60, check=checking(store), phases=phases)",
        "load.phase('back').recovers_within(0.5)",
    )
    check = grade(source, body=body)["test_it"]
    assert check.outcome == "failed"
    assert "the service must recover within 0.5 s; it does not" in check.message


def test_what_a_dependency_raises_about_its_arguments_arrives_without_its_words(grade: Grade) -> None:
    source = app("try:\n    await features.get('nobody')\nexcept KeyError as error:\n    return {'said': str(error)}")
    body = inside(f"assert {ASK}.json() == {{'said': \"'features.get raised KeyError'\"}}, {ASK}.text")
    check = grade(source, body=body)["test_it"]
    assert check.outcome == "passed", check.message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("for _ in range(60):\n    await asyncio.gather(*(features.get(user) for _ in range(500)))", "stopped after"),
        ("await asyncio.gather(*(features.get(user) for _ in range(2_000)))", "status 500"),
        ("await features.get(b'x' * (2 << 20))", "status 500"),
        ("await features.weights(user)", "status 500"),
        ("await features.get(lambda: 0)", "status 500"),
        ("os.write(5, b'nonsense' * 100)", "could not be read"),
    ],
    ids=["a flood", "too many at once", "too long an argument", "not a method", "a function", "no frame at all"],
)
def test_abuse_of_the_line_fails_and_hurts_nobody(body: str, told: str, grade: Grade) -> None:
    check = grade(
        app(f"{body}\nreturn 1"), body=inside(f"status = {ASK}.status", "assert status == 200, f'status {status}'")
    )["test_it"]
    assert check.outcome == "failed"
    assert told in check.message


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (inside("with faults.dead('cache'):", "    pass"), "'cache' is no dependency of the service; it has features"),
        (inside("faults.slow('features', seconds=0)"), "faults.slow: seconds"),
        (inside("faults.dead('features', share=2)"), "share must lie above 0"),
        (inside("running.load(asking(rng), 50, 1).meets(p98_ms=1)"), "'p98_ms' is not one of"),
        (inside("running.load(asking(rng), 50, 1).phase('dead')"), "there is no phase 'dead'"),
        (inside("with service.start({'features': store}):", "    pass"), "is running already"),
        (START + "    pass\nrunning.get('/')", "the service is not running"),
        ("with service.start({'features': object()}):\n    pass", "has no public method"),
        ("with service.start({'features': FeatureStore(rng)}, connections=999):\n    pass", "connections must lie"),
    ],
)  # fmt: skip
def test_what_an_author_gets_wrong_is_named_and_costs_the_learner_nothing(body: str, told: str, grade: Grade) -> None:
    check = grade(REFERENCE, body=body)["test_it"]
    assert check.outcome == "broken"
    assert "the grader failed" in check.message
    assert told in check.message
