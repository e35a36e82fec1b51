"""docs/wire.md says what the code does: its tags, bounds, weights and commands."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import msgpack
import pytest

from autograders.bench import fuzz
from autograders.wire import Frame, WireLimits, decoder, encode
from autograders.wire.arrays import DTYPE
from autograders.wire.frames import MAGIC, PREFIX
from autograders.wire.tags import COLUMN_WEIGHT, WEIGHTS

PAGE = (Path(__file__).parents[3] / "docs" / "wire.md").read_text(encoding="utf-8")


def rows(heading: str) -> dict[str, str]:
    """First and second column of the table under a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", section, re.MULTILINE))


def test_every_tag_is_listed_and_no_other() -> None:
    assert set(rows("Tags")) == {chr(tag) for tag in decoder._Decoder.METHODS}


def test_every_bound_is_listed_with_its_default() -> None:
    listed = {name: int(value.replace(",", "")) for name, value in rows("Bounds").items()}
    assert listed == dataclasses.asdict(WireLimits())


def test_the_example_is_what_is_sent() -> None:
    steps = [3, ord("l"), 2, 0, ord("d"), 2]
    frame = encode({"a": [1, 2]})
    # The list stands behind its key, which waits on the stack until the dictionary takes both.
    assert msgpack.unpackb(frame.header) == [2, *steps, "a", 1, 2]
    assert frame.to_bytes().startswith(MAGIC)
    assert f"`{MAGIC.decode()}`" in PAGE
    assert PREFIX.size == 4 + 4 + 8


@pytest.mark.parametrize("dtype", sorted(set(re.findall(r"`([|<][a-zA-Z]\d+(?:\[…])?)`", PAGE))))
def test_the_dtypes_named_may_cross(dtype: str) -> None:
    assert DTYPE.fullmatch(dtype.replace("…", "ns"))


def test_the_memory_bound_is_the_one_stated() -> None:
    limits = WireLimits()
    stated = re.search(r"^ +(1 MiB \+ .*)$", PAGE, re.MULTILINE)
    assert stated
    for header, body in ((10, 0), (1_000, 5_000), (4 << 20, 256 << 20)):
        names = {"header": header, "body": body, "values": limits.values, "text_bytes": limits.text_bytes}
        formula = stated[1].replace("1 MiB", str(1 << 20)).replace("×", "*").replace("/", "//")
        assert eval(formula, {"min": min}, names) == limits.decoding_bytes(header, body)


def test_the_weights_are_those_stated() -> None:
    for words, weight in (
        ("An array counts as 2 values more", WEIGHTS["a"]),
        ("a tensor as 20", WEIGHTS["T"]),
        ("a pandas frame as 1,000 each", WEIGHTS["P"]),
        ("a column as 100", COLUMN_WEIGHT),
        ("64 for\n   each value", decoder.COMPARISONS),
        ("within 5 s of processor time", int(fuzz.CPU_SECONDS)),
        ("one decode in\n199", fuzz.LOOK_AT_MEMORY),
    ):
        assert words in PAGE
        assert str(weight) in words.replace(",", "")
    assert WEIGHTS["S"] == WEIGHTS["P"]


def test_the_flags_named_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fuzz.main(["--help"])
    told = capsys.readouterr().out
    for flag in set(re.findall(r"--[a-z]+", PAGE)):
        assert flag in told


def test_the_picture_of_use_works() -> None:
    assert decoder.decode(Frame.from_bytes(encode({"steps": 7}).to_bytes())) == {"steps": 7}
