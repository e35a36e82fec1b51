"""The agent in the judge's jail: takes one grader and its orders, runs it, tells the engine."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import tempfile

import pytest

from autograders.judge import plugin, strictness
from autograders.judge.channel import Channel, EngineGone

# What graders import and do, so that its first-use costs are paid here and not in every run.
COMMON = ("numpy.testing", "numpy.random", "itertools", "fractions", "statistics", "json", "textwrap", "collections")
WARM_UP = """
import numpy as np
import pytest
from autograders.judge import check


@pytest.fixture
def generator(request):
    return np.random.default_rng(1)


@check(points=1)
@pytest.mark.parametrize("n", [1, 2])
def test_agrees(generator, n):
    x = generator.normal(size=n)
    np.testing.assert_allclose(x, x)
    assert x.shape == (n,), "a shape"
    with pytest.raises(ValueError):
        raise ValueError("expected")
    if n == 2:
        pytest.skip("enough")
"""


def prepare() -> None:
    """Let pytest import what it needs before any jail is forked from this process."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in COMMON:
        importlib.import_module(name)
    strictness.install()
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as null, contextlib.redirect_stdout(null):
        os.chdir(folder)
        with open("warm_up.py", "w") as file:
            file.write(WARM_UP)
        code = pytest.main([*plugin.pytest_options(folder), "warm_up.py"])
        os.chdir(here)
    # It has done its work, and another of that name would be taken for it.
    sys.modules.pop("warm_up", None)
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"pytest does not run here: it ended with status {int(code)}")


def serve(fd: int) -> None:
    """Run the checks of one grader."""
    channel = Channel(fd)
    with contextlib.suppress(EngineGone, BrokenPipeError):
        plugin.run_checks(channel, channel.receive())
