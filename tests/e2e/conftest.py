"""A whole site as people run it, and a browser that forgives nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip
START_S = 240

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass(frozen=True)
class Site:
    """A running site and the passwords it printed when it started."""

    address: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """What `make run` starts, on a port and in a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "DATABASE_URL")}
    environment |= {"VAR_DIR": str(folder / "var"), "DEBUG": "no", "HOSTED": "no", "SANDBOX": "local"}
    said = folder / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        yield _served(process, said, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(60)


def _served(process: subprocess.Popen[bytes], said: Path, address: str) -> Site:
    deadline = time.monotonic() + START_S
    while "\nServing " not in said.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the site did not start:\n{said.read_text()}", pytrace=False)
        time.sleep(0.2)
    passwords = re.findall(r"^ +(ada|bob|root) +(\S+) ", said.read_text(), re.MULTILINE)
    return Site(address, dict(passwords))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens pages in contexts of their own; any error in one of them fails the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    def on_failed(request: Request) -> None:
        # A poll that the next page cuts short is no fault.
        if "ERR_ABORTED" not in (request.failure or ""):
            faults.append(f"{request.url}: {request.failure}")

    def opened(path: str = "/", **options: Any) -> Page:
        context = browser.new_context(base_url=site.address, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", on_console)
        page.on("requestfailed", on_failed)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def sign_up(page: Page, name: str) -> None:
    """Make an account by the form; the page before it is returned to."""
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill("correct-horse-battery")
    page.get_by_label("Password (again)").fill("correct-horse-battery")
    page.get_by_role("button", name="Create the account").click()
    page.locator("summary", has_text=name).wait_for()


def sign_in(page: Page, site: Site, name: str) -> None:
    """Sign one of the demo people in."""
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(site.passwords[name])
    page.get_by_role("button", name="Sign in").click()
    page.locator("summary", has_text=name).wait_for()


def write(page: Page, source: str) -> None:
    """Put a source into the editor as somebody does who pastes it."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)


def wait_for_verdict(page: Page) -> None:
    """Wait until the page itself shows that grading is over."""
    page.locator(".verdict .state", has_text=re.compile("Passed|Partly passed|Failed")).wait_for(timeout=120_000)
