"""The fuzzer itself: it counts, repeats itself by its seed, and tells of crashes, endless loops and hunger."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograders.bench import fuzz
from autograders.bench.mutations import Mutator, honest_frames
from autograders.wire import WireError


def test_a_short_run_finds_nothing_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        fuzz.main(["--decodes", "2000", "--seed", "7", "--findings", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 0
    assert told["decodes"] == sum(told["outcomes"].values()) == 2_000
    assert told["outcomes"]["a value"] > 50
    assert len(told["outcomes"]) > 15
    assert told["findings"] == []
    assert 0 < told["peak_share"] < 1


def test_the_same_seed_makes_the_same_frames() -> None:
    frames = honest_frames()
    first, again, other = (Mutator(seed, frames) for seed in (3, 3, 4))
    made = [first.make() for _ in range(200)]
    assert made == [again.make() for _ in range(200)]
    assert made != [other.make() for _ in range(200)]


def test_honest_frames_are_what_they_should_be() -> None:
    for frame in honest_frames():
        fuzz.look_at(fuzz.decode_one(frame))


def raises(data: bytes) -> Any:
    raise KeyError(len(data))


def crashes(data: bytes) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def loops(data: bytes) -> Any:
    while True:
        pass


def hoards(data: bytes) -> Any:
    return len(bytes(64 << 20))


def runs_out(data: bytes) -> Any:
    raise WireError("the frame holds a malformed 'l': MemoryError")


def makes_a_stranger(data: bytes) -> Any:
    return object()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (raises, "KeyError"),
        (crashes, "SIGKILL"),
        (loops, "no end within"),
        (hoards, "bytes of memory"),
        (runs_out, "more memory than there is"),
        (makes_a_stranger, "a object has come out of the decoder"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_a_decoder_must_not_do_is_a_finding_with_its_frame(
    target: Callable[[bytes], Any], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fuzz, "CPU_SECONDS", 0.2)
    found = fuzz.hunt(target, tmp_path, decodes=1, seconds=60, seed=1)
    assert found.decodes == 1
    (line,) = found.findings
    path, _, what = line.partition(": ")
    assert words in what
    assert Path(path).read_bytes() == Mutator(1, honest_frames()).make()


@pytest.mark.skipif(importlib.util.find_spec("atheris") is not None, reason="atheris is installed")
def test_without_atheris_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="pip install atheris"):
        fuzz.guided(tmp_path, decodes=100, seconds=5, seed=1)


def test_coverage_guides_where_atheris_is_installed(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    found = fuzz.guided(tmp_path, decodes=500, seconds=60, seed=1)
    assert found.decodes >= 500
    assert found.findings == []


def test_saved_frames_can_be_decoded_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_bytes(honest_frames()[-1])
    bad.write_bytes(b"CPW1")
    assert fuzz.replay([str(good), str(bad)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"{good}: ")
    assert told[1] == f"{bad}: refused: the frame is shorter than its prefix"
