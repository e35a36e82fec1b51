"""What kind of mistake it is stands with the failed check, readable in both themes and on a phone."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage, sign_up, wait_for_verdict, write
from tests.e2e.test_looks import DESK, PHONE, barriers, overflow

PROBLEM = "/problems/logsumexp-softmax/"
CONTENT = Path(__file__).resolve().parents[2] / "content" / "02-mathematics" / "logsumexp-softmax"
# A base of 2 in one function, columns in place of rows in the other.
WRONG = (
    (CONTENT / "reference.py")
    .read_text()
    .replace("top[:, 0] + np.log(", "top[:, 0] / np.log(2) + np.log2(")
    .replace("weights = np.exp(X - row_maximum(X))", "weights = np.exp(X - X.max())")
    .replace("total = weights.sum(axis=1, keepdims=True)", "total = weights.sum(axis=0, keepdims=True)")
)


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", DESK), ("dark", PHONE), ("dark", DESK), ("light", PHONE)],
    ids=["light-desk", "dark-phone", "dark-desk", "light-phone"],
)  # fmt: skip
def test_the_kind_of_mistake_stands_with_the_failed_check(
    open_page: OpenPage, tmp_path: Path, scheme: str, size: dict[str, int]
) -> None:
    page = open_page(PROBLEM, color_scheme=scheme, viewport=size)
    sign_up(page, f"learner-{uuid.uuid4().hex[:8]}")
    write(page, WRONG)
    page.get_by_role("button", name="Submit for grading").click()
    page.wait_for_url("**/submissions/**")
    wait_for_verdict(page)
    told = page.locator(".check.failed .diagnosis").first
    expect(told).to_contain_text("Another base of the logarithm")
    expect(told).to_contain_text("First difference at")
    told.scroll_into_view_if_needed()
    page.screenshot(path=tmp_path / f"diagnosis-{scheme}-{size['width']}.png")
    assert barriers(page) == []
    assert overflow(page) <= 0
