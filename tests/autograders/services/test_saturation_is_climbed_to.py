"""The highest sustained rate: found where there is one, and not looked for beyond what is asked for."""

from __future__ import annotations

from tests.autograders.services.conftest import REFERENCE, Grade, app

LEVEL = "test_holds_its_level"
# One request at a time, 20 ms each: 50 a second and not more, on any host.
ONE_AT_A_TIME = app(
    "async with gate:\n    await asyncio.sleep(0.02)\nreturn {'user': user, 'score': x * await features.get(user)}",
    "gate = asyncio.Lock()",
)


def settings(wanted: int) -> dict[str, str]:
    bars = f"saturation = {wanted}\nerrors = 1"
    return {"p99_ms = 250\np50_ratio = 4\nerrors = 0": bars, "rate = 100": "rate = 20", "seconds = 2": "seconds = 1"}


def test_a_service_that_does_one_thing_at_a_time_saturates_below_the_reference(grade: Grade) -> None:
    check = grade(ONE_AT_A_TIME, LEVEL, settings=settings(100))[LEVEL]
    assert check.outcome == "failed", check
    assert "the highest rate that is sustained is" in check.message
    climbs = check.detail["loads"][0]["climbs"]
    assert climbs["solution"]["highest"] < 60
    assert climbs["reference"]["highest"] >= 100


def test_a_climb_ends_a_little_above_what_is_asked_for(grade: Grade) -> None:
    check = grade(REFERENCE, LEVEL, settings=settings(60))[LEVEL]
    assert check.outcome == "passed", check.message
    climbs = check.detail["loads"][0]["climbs"]
    assert list(climbs) == ["solution"]
    assert 60 <= climbs["solution"]["highest"] <= 70
