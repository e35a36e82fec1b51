"""A learner's way in a real browser: from signing up to full marks, and to seeing why slow is slow."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Site, sign_up, wait_for_verdict, write

PROBLEM = "/problems/kmeans-lloyd/"
CONTENT = Path(__file__).resolve().parents[2] / "content" / "05-classical" / "kmeans-lloyd"
GOOD = (CONTENT / "reference.py").read_text()
SLOW = (CONTENT / "mutants" / "loop_over_points.py").read_text()


def learner(open_page: OpenPage, path: str = PROBLEM) -> Page:
    page = open_page(path)
    sign_up(page, f"learner-{uuid.uuid4().hex[:8]}")
    return page


def test_a_newcomer_solves_a_problem(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_role("link", name="K-means by Lloyd's algorithm").click()
    expect(page.locator(".katex").first).to_be_visible()
    sign_up(page, f"newcomer-{uuid.uuid4().hex[:8]}")
    expect(page.get_by_role("heading", name="K-means by Lloyd's algorithm")).to_be_visible()
    write(page, GOOD)

    page.get_by_role("button", name="Run the visible checks").click()
    expect(page.locator("#trial .verdict")).to_be_in_viewport()
    wait_for_verdict(page)
    expect(page.locator("#trial")).to_contain_text("Visible checks never count")

    page.get_by_role("button", name="Submit for grading").click()
    page.wait_for_url("**/submissions/**")
    wait_for_verdict(page)
    expect(page.locator(".score")).to_have_text(re.compile(r"\s*100\s+/ 100 points\s*"))
    expect(page.locator("#announcer")).to_have_text(re.compile(r"All \d+ checks passed\."))
    expect(page.locator("[hx-trigger]")).to_have_count(0)

    page.get_by_role("link", name="Read why it works").click()
    expect(page.get_by_role("heading", name=": why it works")).to_be_visible()
    page.goto("/")
    expect(page.locator(".problem-card", has_text="K-means")).to_contain_text("Solved")


def test_a_slow_solution_is_shown_how_slow_it_is(open_page: OpenPage) -> None:
    page = learner(open_page)
    write(page, SLOW)
    page.get_by_role("button", name="Submit for grading").click()
    page.wait_for_url("**/submissions/**")
    wait_for_verdict(page)
    slow = page.locator(".check.failed", has=page.get_by_role("heading", name=re.compile("cost at most")))
    picture = slow.get_by_role("img", name=re.compile("times? the reference|the time of the reference"))
    expect(picture).to_be_visible()
    point, bar = picture.locator(".point").bounding_box(), picture.locator(".bar").bounding_box()
    assert point is not None
    assert bar is not None
    assert point["x"] > bar["x"]
    slow.get_by_text("The figures").click()
    expect(slow.get_by_role("rowheader", name="Ratio to the reference")).to_be_visible()

    page.get_by_role("link", name="Try again from this source").click()
    expect(page.locator(".cm-content")).to_contain_text("A Python loop handles one point after the other.")


def test_a_refusal_keeps_the_work_and_names_the_line(open_page: OpenPage) -> None:
    page = learner(open_page)
    write(page, "import numpy as np\n\ndef kmeans(X, init, max_iter:\n    pass\n")
    page.get_by_role("button", name="Run the visible checks").click()
    expect(page.get_by_role("alert").filter(has_text="line 3")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("def kmeans(X, init, max_iter:")


def test_two_quick_clicks_make_one_submission(open_page: OpenPage) -> None:
    page = learner(open_page)
    write(page, GOOD + f"\n# {uuid.uuid4()}\n")
    page.get_by_role("button", name="Submit for grading").dblclick(no_wait_after=True)
    page.wait_for_url("**/submissions/**")
    page.goto(f"{PROBLEM}history/")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_what_is_typed_is_there_again_after_leaving(open_page: OpenPage) -> None:
    page = learner(open_page)
    write(page, "# half a thought\n")
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved")
    write(page, "# a whole thought\n")
    page.goto("/")  # at once, before the editor's pause is over
    page.goto(PROBLEM)
    expect(page.locator(".cm-content")).to_contain_text("# a whole thought")


def test_the_keyboard_gets_in_and_out_of_the_editor(open_page: OpenPage) -> None:
    page = learner(open_page)
    editor = page.locator(".cm-content")
    editor.focus()
    page.keyboard.press("Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Submit for grading")).to_be_focused()


def test_without_scripts_everything_still_works(open_page: OpenPage, site: Site) -> None:
    page = open_page(PROBLEM, java_script_enabled=False)
    sign_up(page, f"plain-{uuid.uuid4().hex[:8]}")
    page.get_by_label("Your solution").fill(GOOD)
    page.get_by_role("button", name="Run the visible checks").click()
    page.wait_for_url("**/submissions/**")
    wait_for_verdict(page)
    expect(page.get_by_role("heading", name="Visible checks")).to_be_visible()


def test_two_submissions_are_compared(open_page: OpenPage) -> None:
    page = learner(open_page)
    for ending in ("# one\n", "# two\n"):
        page.goto(f"{PROBLEM}?from=starter")
        write(page, f"def kmeans(X, init, max_iter):\n    return None  {ending}")
        page.get_by_role("button", name="Submit for grading").click()
        page.wait_for_url("**/submissions/**")
        wait_for_verdict(page)
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Show what changed").click()
    expect(page.locator("del")).to_have_text("one")
    expect(page.locator("ins")).to_have_text("two")
    page.get_by_role("link", name="Side by side").click()
    expect(page.locator(".difference.halves ins")).to_have_text("two")
