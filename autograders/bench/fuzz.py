"""Throws forged frames at the wire's decoder: each must end in a value or a WireError, soon and within its memory.

Decodes run in child processes, so that a crash or an endless loop is an observation and not the end.
The frame in hand stands in shared memory: whatever happens to the child, it can be saved and replayed.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib.util
import json
import mmap
import multiprocessing
import os
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograders.bench.mutations import Mutator, honest_frames
from autograders.wire import Frame, Handle, WireError, WireLimits, decode, encode

LIMITS = WireLimits(header_bytes=1 << 16, body_bytes=1 << 16, values=10_000)
BATCH = 250_000
CPU_SECONDS = 5.0  # for one decode; kills
ADDRESS_SPACE = 1 << 30  # beyond what the child has at its start; kills or is told by a MemoryError
LOOK_AT_MEMORY, LOOK_AT_VALUE = 199, 7  # one decode in so many
IN_HAND = struct.Struct("<QI")
ROOM = 1 << 18
ROUNDS = re.compile(r"Done (\d+) runs in (\d+) second")
VARYING = re.compile(r"-?[\d,]*\d|'[^']{4,}'|\"[^\"]*\"|(?<=dtype )'[^']*'")

Target = Callable[[bytes], Any]


@dataclass
class Found:
    """What decodes came to: how many, by outcome; the slowest and the hungriest; what should not have happened."""

    decodes: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest_ms: float = 0.0
    slowest_frame: bytes = b""
    peak_bytes: int = 0
    peak_share: float = 0.0  # of what a frame of that size may take
    findings: list[str] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Count another's observations in."""
        self.decodes += other.decodes
        self.seconds += other.seconds
        self.outcomes += other.outcomes
        if other.slowest_ms > self.slowest_ms:
            self.slowest_ms, self.slowest_frame = other.slowest_ms, other.slowest_frame
        self.peak_bytes = max(self.peak_bytes, other.peak_bytes)
        self.peak_share = max(self.peak_share, other.peak_share)
        self.findings += other.findings


def decode_one(data: bytes) -> Any:
    """The entry point under test: a frame as it came off a stream."""
    return decode(Frame.from_bytes(data, LIMITS), LIMITS)


def look_at(value: Any) -> None:
    """Touch all that was decoded: it must print, and cross the wall again."""
    repr(value)
    encode(value, keep=_same_handle)


def _same_handle(value: Any) -> Handle:
    if not isinstance(value, Handle):
        raise TypeError(f"a {type(value).__name__} has come out of the decoder")
    return value


class Hunter:
    """Decodes in this process and writes down what comes of it."""

    def __init__(self, target: Target, folder: Path, shared: mmap.mmap, seed: int) -> None:
        self.target, self.folder, self.shared = target, folder, shared
        self.mutator = Mutator(seed, honest_frames())
        self.found = Found()

    def run(self, decodes: int, seconds: float) -> Found:
        """Decode until either is used up."""
        started = time.monotonic()
        while self.found.decodes < decodes and time.monotonic() - started < seconds:
            for _ in range(min(500, decodes - self.found.decodes)):
                self.one(self.mutator.make()[: ROOM - IN_HAND.size])
        self.found.seconds = time.monotonic() - started
        return self.found

    def one(self, data: bytes) -> None:
        """Decode one frame under the alarm."""
        found = self.found
        IN_HAND.pack_into(self.shared, 0, found.decodes, len(data))
        self.shared[IN_HAND.size : IN_HAND.size + len(data)] = data
        measured = found.decodes % LOOK_AT_MEMORY == 0
        if measured:
            tracemalloc.start()
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
        outcome = self.outcome(data, timed=not measured)
        if measured:
            self.weigh(data)
        found.decodes += 1
        if outcome not in found.outcomes or (outcome == "a value" and self.mutator.random.random() < 0.05):
            self.mutator.keep(data)
        found.outcomes[outcome] += 1

    def outcome(self, data: bytes, *, timed: bool) -> str:
        """In words; whatever is neither a value nor a refusal is a finding."""
        started = time.thread_time()
        try:
            try:
                value = self.target(data)
            finally:
                self.clock(data, time.thread_time() - started if timed else 0)
            if self.found.decodes % LOOK_AT_VALUE == 0:
                look_at(value)
        except WireError as error:
            if "MemoryError" in str(error):
                self.report(data, "more memory than there is")
            return wording(error)
        except Exception as error:  # noqa: BLE001 - finding what else is raised is the purpose
            self.report(data, f"{type(error).__name__}: {str(error)[:100]}")
            return "neither a value nor a refusal"
        return "a value"

    def clock(self, data: bytes, seconds: float) -> None:
        """Remember the slowest decode, and its frame."""
        if 1e3 * seconds > self.found.slowest_ms:
            self.found.slowest_ms, self.found.slowest_frame = 1e3 * seconds, data

    def weigh(self, data: bytes) -> None:
        """Compare the memory that a decode took at most with what a frame of its size may take."""
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        share = peak / LIMITS.decoding_bytes(len(data), len(data))
        self.found.peak_bytes = max(self.found.peak_bytes, peak)
        self.found.peak_share = max(self.found.peak_share, share)
        if share > 1:
            self.report(data, f"{peak:,} bytes of memory")

    def report(self, data: bytes, what: str) -> None:
        """Save a finding."""
        self.found.findings.append(save(self.folder, data, what))


def wording(refusal: WireError) -> str:
    """What a refusal says whatever the frame: its text without the numbers and names in it."""
    return VARYING.sub("N", str(refusal))


def save(folder: Path, data: bytes, what: str) -> str:
    """Keep the frame under its digest; gives the line that names it."""
    path = folder / f"{hashlib.sha256(data).hexdigest()[:16]}.frame"
    path.write_bytes(data)
    return f"{path}: {what}"


def hunt(target: Target, folder: Path, decodes: int, seconds: float, seed: int) -> Found:
    """Decode in one child process after the other; one that dies costs the rest of its batch and is a finding."""
    folder.mkdir(parents=True, exist_ok=True)
    total, started = Found(), time.monotonic()
    while total.decodes < decodes and (left := seconds - (time.monotonic() - started)) > 0:
        total.add(_batch(target, folder, min(BATCH, decodes - total.decodes), left, seed))
        seed += 1
    return total


def _batch(target: Target, folder: Path, decodes: int, seconds: float, seed: int) -> Found:
    shared = mmap.mmap(-1, ROOM)
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)

    def work() -> None:
        os.nice(10)
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + ADDRESS_SPACE, size + ADDRESS_SPACE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # a handler of Python's would wait for the end of a C call
        gc.freeze()  # going through all that the libraries hold would be the slowest part of some decode
        sender.send(Hunter(target, folder, shared, seed).run(decodes, seconds))

    child = context.Process(target=work)
    child.start()
    sender.close()
    try:
        found: Found = receiver.recv()
    except EOFError:
        child.join()
        found = _died(folder, shared, child.exitcode or 0)
    child.join()
    return found


def _died(folder: Path, shared: mmap.mmap, code: int) -> Found:
    """What a dead child leaves: the frame it had in hand."""
    done, length = IN_HAND.unpack_from(shared, 0)
    name = signal.Signals(-code).name if code < 0 else f"exit {code}"
    what = f"no end within {CPU_SECONDS:g} s" if code == -signal.SIGPROF else f"the process died of {name}"
    data = bytes(shared[IN_HAND.size : IN_HAND.size + length])
    return Found(decodes=done + 1, outcomes=Counter({what: 1}), findings=[save(folder, data, what)])


def guided(folder: Path, decodes: int, seconds: float, seed: int) -> Found:
    """The same under atheris, which looks for frames that reach new lines of the decoder."""
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed; install it (pip install atheris), or leave --atheris out")
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-m",
        "autograders.bench.guided",
        str(folder),
        str(decodes),
        str(int(seconds)),
        str(seed),
    ]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    rounds = ROUNDS.search(done.stderr)
    if not rounds:
        return Found(findings=[line for line in done.stderr.splitlines() if line.strip()][-20:])
    return Found(decodes=int(rounds[1]), seconds=float(rounds[2]))


def replay(paths: list[str]) -> int:
    """Decode saved frames in this very process and say what each comes to."""
    for path in paths:
        try:
            print(f"{path}: {decode_one(Path(path).read_bytes())!r:.200}")
        except WireError as error:
            print(f"{path}: refused: {error}")
    return 0


def show(found: Found) -> None:
    """Print a table."""
    rate = found.decodes / found.seconds if found.seconds else 0
    print(f"{found.decodes:,} decodes in {found.seconds:.0f} s, {rate:,.0f} a second")
    for outcome, count in found.outcomes.most_common():
        print(f"  {count:>12,}  {outcome}")
    print(f"slowest decode {found.slowest_ms:.1f} ms: {found.slowest_frame.hex():.120}")
    print(f"peak memory of a decode {found.peak_bytes:,} bytes, at most {100 * found.peak_share:.0f} % of its bound")
    print(f"findings: {len(found.findings)}")
    for line in found.findings[:50]:
        print(f"  {line}")


def main(arguments: list[str]) -> None:
    """Fuzz and print what was found; exit 1 if that is anything."""
    parser = argparse.ArgumentParser(prog="python -m autograders.bench fuzz")
    parser.add_argument("--decodes", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same frames")
    parser.add_argument("--atheris", action="store_true", help="guided by coverage; needs the package atheris")
    parser.add_argument("--findings", type=Path, default=Path(tempfile.gettempdir()) / "wire-findings")
    parser.add_argument("--replay", nargs="+", metavar="FILE", help="decode saved findings instead")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if options.replay:
        sys.exit(replay(options.replay))
    if options.atheris:
        found = guided(options.findings, options.decodes, options.seconds, options.seed)
    else:
        found = hunt(decode_one, options.findings, options.decodes, options.seconds, options.seed)
    if options.json:
        print(json.dumps(vars(found) | {"slowest_frame": found.slowest_frame.hex()}))
    else:
        show(found)
    sys.exit(1 if found.findings else 0)
