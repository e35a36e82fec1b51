"""A submission's page follows the grading, then shows a result to learn from, and hides what is hidden."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from assignments.models import GradingRun, Submission
from courseplatform.accounts.models import Cohort, User
from tests.views.conftest import Grade, SignIn, check

SCRIPT = {"HX-Request": "true"}
SECRET = "expected 41, found 42"
HIDDEN = check("secret", "failed", hidden=True, message=SECRET, hint="Think of zero.", detail={
    "kind": "comparison", "expected": "41", "actual": "42"})  # fmt: skip


def address(submission: Submission, part: str = "") -> str:
    return f"/submissions/{submission.pk}/{part}"


def read(client: Client, submission: Submission, part: str = "") -> str:
    answer: Any = client.get(address(submission, part))
    assert answer.status_code == 200
    return str(answer.text)


def test_in_the_queue_it_says_how_many_are_before(sign_in: SignIn, bob: User, ada: User, grade: Grade) -> None:
    grade(ada, check("one", "waiting"), state="queued")
    mine = grade(bob, check("one", "waiting"), state="queued")
    assert "In the queue: 1 before yours." in read(sign_in(bob), mine)
    GradingRun.objects.exclude(submission=mine).update(state="done")
    assert "In the queue: yours is next." in read(sign_in(bob), mine)


def test_back_in_the_queue_it_says_that_nothing_is_lost(sign_in: SignIn, bob: User, grade: Grade) -> None:
    mine = grade(bob, check("one", "waiting"), state="queued", attempts=1)
    assert "Nothing is lost" in read(sign_in(bob), mine)


def test_while_graded_the_checks_appear_one_by_one(sign_in: SignIn, bob: User, grade: Grade) -> None:
    mine = grade(bob, check("one"), check("two", "running"), check("three", "waiting"), state="grading",
                 running_check="test_two")  # fmt: skip
    page = read(sign_in(bob), mine, "progress/")
    assert "Being graded: 1 of 3 checks done." in page
    assert re.findall(r'class="check (\w+)"', page) == ["passed", "running", "waiting"]
    assert 'hx-trigger="every 700ms"' in page


def test_hidden_checks_end_together_so_that_none_can_be_timed(sign_in: SignIn, bob: User, ada: User, cohort: Cohort,
                                                              grade: Grade) -> None:  # fmt: skip
    mine = grade(bob, check("one"), check("two", hidden=True), check("three", "running", hidden=True), state="grading",
                 running_check="test_three")  # fmt: skip
    page = read(sign_in(bob), mine, "progress/")
    assert re.findall(r'class="check (\w+)"', page) == ["passed", "waiting", "waiting"]
    taught = read(sign_in(ada), mine, "progress/")
    assert re.findall(r'class="check (\w+)"', taught) == ["passed", "passed", "running"]


def test_a_result_asks_no_further(sign_in: SignIn, bob: User, grade: Grade) -> None:
    assert "hx-trigger" not in read(sign_in(bob), grade(bob), "progress/")


def test_what_has_not_changed_is_not_sent_again(sign_in: SignIn, bob: User, grade: Grade) -> None:
    client, mine = sign_in(bob), grade(bob, check("one", "waiting"), state="queued")
    token = re.search(r"seen=(\w+)", read(client, mine, "progress/"))
    assert token is not None
    again = address(mine, f"progress/?seen={token[1]}")
    assert client.get(again).status_code == 204
    GradingRun.objects.update(state="grading")
    assert client.get(again).status_code == 200


def test_without_scripts_the_page_renews_itself_until_it_is_over(sign_in: SignIn, bob: User, grade: Grade) -> None:
    waiting = grade(bob, check("one", "waiting"), state="queued")
    assert '<noscript><meta http-equiv="refresh"' in read(sign_in(bob), waiting)
    assert "http-equiv" not in read(sign_in(bob), grade(bob))


def test_full_marks_lead_to_why_it_works(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = read(sign_in(bob), grade(bob, check("one"), check("two")))
    assert "All 2 checks passed." in page
    assert "<strong>20</strong>" in page
    assert "/problems/double/editorial/" in page


def test_without_full_marks_it_does_not(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = read(sign_in(bob), grade(bob, check("one"), check("two", "failed")))
    assert "1 of 2 checks passed." in page
    assert "Partly passed" in page
    assert "/editorial/" not in page


def test_a_failed_check_shows_expected_beside_actual_and_a_hint(sign_in: SignIn, bob: User, grade: Grade) -> None:
    detail = {"kind": "comparison", "expected": "[1 2]", "actual": "<b>[1 3]"}
    page = read(sign_in(bob), grade(bob, check("one", "failed", message="differs at 1", hint="Count.", detail=detail)))
    for words in ("differs at 1", "[1 2]", "&lt;b&gt;[1 3]", "Count."):
        assert words in page


def test_a_failed_check_says_what_kind_of_mistake_it_is(sign_in: SignIn, bob: User, grade: Grade) -> None:
    told: dict[str, object] = {"title": "The <opposite> sign", "sentence": "Every value has the opposite sign."}
    told |= {"first_index": [0, 3], "wrong": 1200, "total": 2000, "largest_error": 0.125, "tolerances": 31234.0}
    detail = {"kind": "comparison", "expected": "1", "actual": "-1", "diagnosis": told}
    message = "the answer differs in 1,200 of 2,000 values. Every value has the opposite sign."
    page = read(sign_in(bob), grade(bob, check("one", "failed", message=message, detail=detail)))
    assert '<p class="message">the answer differs in 1,200 of 2,000 values.</p>' in page
    assert page.count("Every value has the opposite sign.") == 1
    for words in (
        "The &lt;opposite&gt; sign",
        "<dd>[0, 3]</dd>",
        "<dd>1,200 of 2,000</dd>",
        "<dd>0.125</dd>",
        "3.1 × 10⁴",
    ):
        assert words in page


def test_a_diagnosis_of_another_version_leaves_the_message(sign_in: SignIn, bob: User, grade: Grade) -> None:
    for told in ("text", {"first_index": "x", "wrong": None}, {"sentence": 3}, {}):
        detail = {"kind": "comparison", "expected": "1", "actual": "2", "diagnosis": told}
        page = read(sign_in(bob), grade(bob, check("one", "failed", message="differs at 1", detail=detail)))
        assert '<p class="message">differs at 1</p>' in page
        assert 'class="diagnosis"' not in page


def test_each_gradient_has_a_row(sign_in: SignIn, bob: User, grade: Grade) -> None:
    rows = [
        {"name": "W", "outcome": "right", "checked": 12, "wrong": 0, "left_out": 2, "tolerances": 0.01},
        {"name": "b", "outcome": "undecided", "checked": 0, "wrong": 0, "left_out": 3, "tolerances": 0.0},
    ]
    page = read(sign_in(bob), grade(bob, check("one", detail={"kind": "gradients", "parameters": rows})))
    assert '<th scope="row">W</th><td>right</td><td>12 (2 left out)</td><td>0.01</td>' in page
    assert '<th scope="row">b</th><td>not decided</td><td>0 (3 left out)</td><td>–</td>' in page


def test_a_slow_solution_shows_its_picture_and_the_figures(sign_in: SignIn, bob: User, grade: Grade) -> None:
    detail = {"kind": "race", "ratio": 3.0, "low": 2.5, "high": 3.5, "bar": 2.0, "pairs": 7, "decided": True}
    page = read(sign_in(bob), grade(bob, check("speed", "failed", message="is slow", detail=detail)))
    assert '<svg class="picture"' in page
    assert '<th scope="row">Ratio to the reference</th><td>3×</td>' in page


def test_of_hidden_checks_a_learner_reads_the_hint_only(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = read(sign_in(bob), grade(bob, HIDDEN))
    assert "Think of zero." in page
    assert SECRET not in page
    assert "<pre tabindex" not in page
    assert ">41<" not in page


def test_an_instructor_of_the_learner_reads_everything(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade
) -> None:
    page = read(sign_in(ada), grade(bob, HIDDEN))
    assert SECRET in page
    assert ">41<" in page
    assert "by <strong>bob</strong>" in page


REPORT = {
    "limits": {"cpu_s": 10.0, "wall_s": 35.0, "memory_mb": 512},
    "resources": {"cpu_s": 1.25, "wall_s": 3.0, "peak_mb": 60.2},
    "environment": {"python": "3.11.7", "packages": {"numpy": "2.4.6"}, "cpu": "Some CPU", "cores": 2},
    "output": "the hidden input is 7",
}


def test_resources_are_shown_beside_their_limits(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = read(sign_in(bob), grade(bob, report=REPORT))
    for words in ("1.2 s", "60 MB", "of 512 MB", "numpy 2.4.6", "Some CPU, 2 cores"):
        assert words in page


def test_printing_is_no_way_to_the_hidden_inputs(
    sign_in: SignIn, ada: User, bob: User, cohort: Cohort, grade: Grade
) -> None:
    counted, trial = grade(bob, report=REPORT), grade(bob, kind="trial", report=REPORT)
    assert "the hidden input is 7" not in read(sign_in(bob), counted)
    assert "the hidden input is 7" in read(sign_in(bob), trial)
    assert "the hidden input is 7" in read(sign_in(ada), counted)


def test_a_broken_run_is_never_put_as_a_failure(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = read(sign_in(bob), grade(bob, check("one", "waiting"), state="broken", message="zygote died"))
    assert "Not graded yet" in page
    assert "No points or attempts are lost" in page
    assert "zygote died" not in page
    assert "Failed" not in page


def test_many_checks_name_those_that_failed_at_the_top(sign_in: SignIn, bob: User, grade: Grade) -> None:
    checks = [check(f"n{number}", "failed" if number == 7 else "passed") for number in range(8)]
    assert '<a href="#test_n7">About n7.</a>' in read(sign_in(bob), grade(bob, *checks))


def test_the_source_is_shown_escaped(sign_in: SignIn, bob: User, grade: Grade) -> None:
    page = read(sign_in(bob), grade(bob, source="x = '<script>alert(1)</script>'"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_what_is_heard_is_the_sentence_that_is_seen(sign_in: SignIn, bob: User, grade: Grade) -> None:
    assert 'data-announce="The check passed."' in read(sign_in(bob), grade(bob))


@pytest.mark.parametrize("part", ["", "progress/"])
def test_strangers_find_nothing(
    sign_in: SignIn, client: Client, bob: User, charlie: User, ada: User, grade: Grade, part: str
) -> None:
    mine = grade(bob)
    assert sign_in(charlie).get(address(mine, part)).status_code == 404
    assert sign_in(ada).get(address(mine, part)).status_code == 404, "ada does not teach bob"
    assert client.get(address(mine, part)).status_code == 302
    assert client.get(address(mine, part), headers=SCRIPT).status_code == 401


@pytest.mark.parametrize("part", ["", "progress/"])
def test_it_is_only_for_reading(sign_in: SignIn, bob: User, grade: Grade, part: str) -> None:
    assert sign_in(bob).post(address(grade(bob), part)).status_code == 405


def test_following_a_run_takes_few_queries(
    sign_in: SignIn, bob: User, grade: Grade, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(bob)
    mine = grade(bob, *(check(f"n{number}") for number in range(20)))
    with django_assert_max_num_queries(12):
        client.get(address(mine, "progress/"))
