"""Frames that once reached an outcome of their own, each in a file named after the refusal that it met."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograders.bench import fuzz
from autograders.wire import WireError

CORPUS = sorted((Path(__file__).parents[2] / "data" / "wire-corpus").glob("*.frame"))
# What comes of it depends on the libraries that happen to be imported.
OF_LIBRARIES = re.compile("sparse|pandas|malformed-[tsp]-|something-else-where")


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_kept_frame_is_refused_as_it_was(path: Path) -> None:
    with pytest.raises(WireError) as refused:
        fuzz.look_at(fuzz.decode_one(path.read_bytes()))
    words = re.sub(r"[^a-z0-9]+", "-", fuzz.wording(refused.value).lower()).strip("-")
    assert words.startswith(path.stem) or OF_LIBRARIES.search(path.stem)


def test_there_is_a_corpus_and_it_is_small() -> None:
    assert len(CORPUS) > 30
    assert sum(path.stat().st_size for path in CORPUS) < 200_000
