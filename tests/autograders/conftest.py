"""One warm sandbox for all engine tests: jails are cheap, zygotes are not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograders.sandbox import Sandbox, open_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox("local") as opened:
        yield opened
