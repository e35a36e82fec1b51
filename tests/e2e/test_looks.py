"""Every page is free of barriers, in both themes, and fits a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, Site, sign_in

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 860}
PAGES = [
    (None, "/"),
    (None, "/help/"),
    (None, "/accounts/login/"),
    (None, "/accounts/signup/"),
    (None, "/problems/kmeans-lloyd/"),
    ("bob", "/"),
    ("bob", "/?q=nothing+fits+this"),
    ("bob", "/problems/kmeans-lloyd/"),
    ("bob", "/problems/scaled-dot-attention/"),
    ("bob", "/problems/kmeans-lloyd/history/"),
    ("bob", "/accounts/password/change/"),
    ("ada", "/teaching/submissions/"),
    ("ada", "/teaching/cohorts/"),
    ("root", "/teaching/submissions/"),
    ("root", "/operations/"),
]


def barriers(page: Page) -> list[str]:
    """What axe finds, each with the first element it is about."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        # The corner of a table with two headings is rightly empty.
        "rules => axe.run(document, {runOnly: rules, rules: {'empty-table-header': {enabled: false}}})"
        ".then(found => found.violations)",
        RULES,
    )
    return [f"{each['id']}: {each['nodes'][0]['target']}" for each in found]


def overflow(page: Page) -> int:
    """How far the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize(("scheme", "size"), [("light", DESK), ("dark", PHONE)], ids=["light-desk", "dark-phone"])
def test_no_page_has_barriers_or_is_too_wide(
    open_page: OpenPage, site: Site, scheme: str, size: dict[str, int]
) -> None:
    pages: dict[str | None, Page] = {}
    faults = {}
    for name, path in PAGES:
        if name not in pages:
            pages[name] = open_page("/", color_scheme=scheme, viewport=size)
            if name:
                sign_in(pages[name], site, name)
        pages[name].goto(path, wait_until="networkidle")
        if found := barriers(pages[name]) + ([f"{overflow(pages[name])} px too wide"] * (overflow(pages[name]) > 0)):
            faults[f"{name} {path}"] = found
    assert faults == {}


@pytest.mark.parametrize(("scheme", "size"), [("dark", DESK), ("light", PHONE)], ids=["dark-desk", "light-phone"])
def test_a_graded_submission_has_no_barriers(
    open_page: OpenPage, site: Site, scheme: str, size: dict[str, int]
) -> None:
    page = open_page("/", color_scheme=scheme, viewport=size)
    sign_in(page, site, "root")
    page.goto("/teaching/submissions/?outcome=passed")
    page.locator("tbody a").first.click()
    expect(page.locator(".check.passed").first).to_be_visible()
    assert barriers(page) == []
    assert overflow(page) <= 0


def test_the_theme_can_be_chosen_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page("/", color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Use the dark theme").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.goto("/help/")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Use the light theme").click()
    assert page.evaluate(ground) == light


def test_the_first_stop_of_the_keyboard_leads_past_the_header(open_page: OpenPage) -> None:
    page = open_page("/help/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_choosing_a_filter_narrows_the_list_without_a_button(open_page: OpenPage) -> None:
    page = open_page("/")
    page.get_by_label("Search").press_sequentially("bpe byte-pair")
    expect(page.get_by_text("No problem fits these filters")).to_be_visible()
    page.get_by_label("Search").fill("byte-pair")
    expect(page.locator(".problem-card")).to_have_count(1)
    assert "q=byte-pair" in page.url
    page.get_by_label("Search").fill("")
    page.get_by_label("Level").select_option("Easy")
    expect(page.locator(".problem-card").first).to_contain_text("Easy")
