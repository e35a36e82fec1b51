"""The decoder under atheris, in a process of its own: the wire must be imported under its eyes.

`python -m autograders.bench fuzz --atheris` runs this with: folder for findings, decodes, seconds, seed.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def main(folder: str, decodes: str, seconds: str, seed: str) -> None:
    """Fuzz until the decodes or seconds are used up; libFuzzer reports on standard error."""
    atheris: Any = importlib.import_module("atheris")
    importlib.import_module("msgpack")  # seen from inside, numpy and msgpack would drown the decoder
    importlib.import_module("numpy")
    with atheris.instrument_imports(include=["autograders.wire"]):
        wire = importlib.import_module("autograders.wire")
    fuzz = importlib.import_module("autograders.bench.fuzz")
    frames = importlib.import_module("autograders.bench.mutations").honest_frames()

    def one(data: bytes) -> None:
        # The first two bytes say where the header ends: a prefix would be wrong after nearly every change.
        split = 2 + int.from_bytes(data[:2], "little")
        try:
            fuzz.look_at(wire.decode(wire.Frame(data[2:split], [bytearray(data[split:])]), fuzz.LIMITS))
        except wire.WireError as error:
            if "MemoryError" in str(error):
                raise

    os.nice(10)
    with tempfile.TemporaryDirectory() as corpus:
        for number, frame in enumerate(frames):
            parts = wire.Frame.from_bytes(frame)
            seeded = len(parts.header).to_bytes(2, "little") + parts.header + b"".join(parts.body)
            Path(corpus, str(number)).write_bytes(seeded)
        budget = [f"-runs={decodes}", f"-max_total_time={seconds}", f"-seed={seed}", "-max_len=4096"]
        guards = ["-timeout=5", "-rss_limit_mb=2048", f"-artifact_prefix={folder}/"]
        atheris.Setup([sys.argv[0], corpus, *budget, *guards], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
