"""The agent in the judge's jail: takes one grader and its orders, runs it, tells the engine."""

from __future__ import annotations

import contextlib
import os
import tempfile

import pytest

from autograders.judge import measures, plugin
from autograders.judge.channel import Channel, EngineGone

WARM_UP = "def test_nothing():\n    assert [1] == [1]\n"


def prepare() -> None:
    """Let pytest import what it needs before any jail is forked from this process."""
    assert measures
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        os.chdir(folder)
        with open("warm_up.py", "w") as file:
            file.write(WARM_UP)
        pytest.main(["-c", "/dev/null", "--rootdir", folder, "-p", "no:cacheprovider", "-q", "warm_up.py"])
        os.chdir(here)


def serve(fd: int) -> None:
    """Run the checks of one grader."""
    channel = Channel(fd)
    with contextlib.suppress(EngineGone, BrokenPipeError):
        plugin.run_checks(channel, channel.receive())
