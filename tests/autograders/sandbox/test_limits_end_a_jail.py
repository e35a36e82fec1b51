"""Each limit ends what crosses it, soon, and is named in the words that a learner reads."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from autograders.sandbox import JailStopped

Cells = Callable[..., Any]
STOPS = {
    "a loop": ("def f():\n    while True: pass\n", "cpu", "stopped at the CPU limit of 1 s"),
    "a loop in C": ("def f():\n    return 3 ** (3 ** 25)\n", "cpu", "CPU limit"),
    "a loop in numpy": (
        "import numpy as np\ndef f():\n    x = np.ones((500, 500))\n    while True: x = x @ x\n",
        "cpu",
        "CPU limit",
    ),
    "a loop in threads": (
        "import threading\ndef spin():\n    while True: pass\n"
        "def f():\n    for _ in range(3): threading.Thread(target=spin, daemon=True).start()\n    spin()\n",
        "cpu",
        "CPU limit",
    ),
    "a loop that ignores signals": (
        "import signal\ndef f():\n    for n in range(1, 65):\n        try: signal.signal(n, signal.SIG_IGN)\n"
        "        except (OSError, ValueError): pass\n    while True: pass\n",
        "cpu",
        "CPU limit",
    ),
    "a loop that swallows exceptions": (
        "def f():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass\n",
        "cpu",
        "CPU limit",
    ),
    "sleep": ("import time\ndef f():\n    time.sleep(99)\n", "wall", "stopped at the time limit of 2 s"),
    "waiting for a lock": ("import threading\ndef f():\n    threading.Event().wait()\n", "wall", "waited rather than"),
    "half an answer": (
        "import os, time\ndef f():\n    os.write(3, b'CPW1')\n    time.sleep(99)\n",
        "wall",
        "time limit",
    ),
    "printing": ("def f():\n    while True: print('x' * 1000)\n", "output", "printed more than 16 KB"),
    "printing past Python": (
        "import os\ndef f():\n    while True: os.write(2, b'x' * 1000)\n",
        "output",
        "printed more",
    ),
    "printing and leaving": (
        "import os\ndef f():\n    print('x' * 20_000)\n    os._exit(0)\n",
        "output",
        "printed more",
    ),
    "os._exit": ("import os\ndef f():\n    os._exit(3)\n", "died", "it called exit with status 3"),
    "a crash": ("import os\ndef f():\n    os.abort()\n", "died", "it crashed"),
    "a giant claim on the wire": (
        "import os, struct\ndef f():\n    os.write(3, struct.pack('!4sIQ', b'CPW1', 1, 1 << 60))\n",
        "protocol",
        "bytes of data, more than",
    ),
    "nonsense on the wire": ("import os\ndef f():\n    os.write(3, b'x' * 99)\n", "protocol", "not a frame"),
}


@pytest.mark.parametrize("name", STOPS)
def test_it_is_stopped_and_the_limit_is_named(name: str, cell: Cells) -> None:
    source, limit, words = STOPS[name]
    jail = cell(source, wall_s=2.0 if limit == "wall" else 60.0)
    started = time.monotonic()
    with pytest.raises(JailStopped, match=words) as stop:
        jail.call("f")
    assert stop.value.limit == limit
    if limit == "wall":
        assert time.monotonic() - started < 4
    with pytest.raises(JailStopped):
        jail.call("f")


def test_cpu_is_counted_over_the_whole_life_of_a_jail(cell: Cells) -> None:
    jail = cell("def f():\n    for _ in range(10**7): pass\n", cpu_s=0.5, wall_s=60)

    def call_again_and_again() -> None:
        for _ in range(100):
            jail.call("f")

    with pytest.raises(JailStopped, match="CPU limit"):
        call_again_and_again()


@pytest.mark.parametrize(
    "body",
    [
        "bytearray(1 << 30)",
        "[bytes(1 << 20) for _ in range(1000)]",
        "__import__('numpy').ones((1 << 14, 1 << 14))",
        "'x' * (1 << 30)",
    ],
)
def test_memory_beyond_the_limit_is_refused_to_the_learner(cell: Cells, body: str) -> None:
    answer = cell(f"def f():\n    return len({body})\n").call("f")
    assert answer["error"]["kind"].endswith("MemoryError")


def test_memory_within_the_limit_is_given(cell: Cells) -> None:
    assert cell("def f():\n    return len(bytearray(90 << 20))\n").call("f") == 90 << 20


def test_a_full_scratch_folder_says_so(cell: Cells) -> None:
    source = (
        "def f():\n    try:\n        for i in range(100):\n            with open(f'part{i}', 'wb') as file:\n"
        "                file.write(bytes(1 << 20))\n    except OSError as error:\n        return error.errno, i\n"
    )
    number, parts = cell(source).call("f")
    assert number in (27, 28)  # EFBIG, ENOSPC
    assert parts <= 8


def test_files_without_end_are_bounded_too(cell: Cells) -> None:
    source = (
        "def f():\n    try:\n        for i in range(10**6): open(f'f{i}', 'w').close()\n"
        "    except OSError as error:\n        return error.errno, i\n"
    )
    number, files = cell(source, cpu_s=10).call("f")
    assert number == 28
    assert files < 5_000


def test_open_descriptors_are_bounded(cell: Cells) -> None:
    source = (
        "import os\ndef f():\n    fds = []\n    try:\n        while True: fds.append(os.open('/dev/null', 0))\n"
        "    except OSError as error:\n        return error.errno, len(fds)\n"
    )
    number, count = cell(source).call("f")
    assert number == 24
    assert count < 64
