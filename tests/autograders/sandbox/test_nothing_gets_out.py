"""From inside a jail there is no process, network, host file, other jail, secret or clock to reach."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from autograders.sandbox import Sandbox
from tests.autograders.support import report_of, tiny

Cells = Callable[..., Any]
ATTEMPT = """
def attempt(action):
    try:
        return f"it was possible: {action()!r:.200}"
    except BaseException as error:
        return f"refused: {type(error).__name__}: {error}"
"""
ACTIONS = {
    "fork": "os.fork()",
    "fork by pty": "__import__('pty').fork()",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "exec": "os.execv('/usr/bin/true', ['true'])",
    "shell": "(os.system('echo > made'), os.stat('made'))",
    "subprocess": "__import__('subprocess').run(['/bin/true'])",
    "multiprocessing": "__import__('multiprocessing').get_context('fork').Process(target=print).start()",
    "internet socket": "__import__('socket').socket(2, 1)",
    "local socket": "__import__('socket').socket(1, 1)",
    "packet socket": "__import__('socket').socket(17, 3)",
    "socket pair": "__import__('socket').socketpair()",
    "name lookup": "__import__('socket').getaddrinfo('example.org', 80)",
    "shadow": "open('/etc/shadow').read()",
    "devices": "os.listdir('/sys')",
    "everybody's file": "open('/etc/hosts').read()",
    "accounts": "open('/etc/passwd').read().index('root')",
    "the project": "open(PROJECT).read()",
    "the tests": "os.listdir(os.path.dirname(PROJECT))",
    "other packages": "__import__('django')",
    "pytest": "__import__('pytest')",
    "the judge": "__import__('autograders.judge.plugin')",
    "the problem reader": "__import__('autograders.problem')",
    "processes": "os.listdir('/proc')",
    "own memory map": "open('/proc/self/maps').read()",
    "write to the interpreter": "open(os.__file__, 'a')",
    "write to packages": "open(__import__('numpy').__file__, 'a')",
    "write to the root": "open('/marker', 'w')",
    "write to /dev": "open('/dev/shm/marker', 'w')",
    "device node": "os.mknod('disk', 0o600 | 0o060000, os.makedev(8, 0))",
    "named pipe": "os.mkfifo('pipe')",
    "mount": "libc('mount', b'none', b'/tmp', b'tmpfs', 0, 0)",
    "namespaces": "libc('unshare', 0x10000000)",
    "ptrace": "libc('ptrace', 0, 0, 0, 0)",
    "kernel keys": "libc('syscall', 248, b'user', b'x', b'y', 1, -3)",
    "io_uring": "libc('syscall', 425, 8, bytes(200))",
    "bpf": "libc('syscall', 321, 0, bytes(200), 200)",
    "memory files": "libc('memfd_create', b'x', 0)",
    "read another process": "libc('syscall', 310, os.getppid(), 0, 0, 0, 0, 0)",
    "user": "os.setuid(0) if os.getuid() else os.seteuid(0) or 1 / 0",
    "kill itself": "os.kill(os.getpid(), 9)",
    "stop itself": "os.kill(os.getpid(), 19)",
    "kill the parent": "os.kill(os.getppid(), 0)",
    "kill everybody": "os.kill(-1, 0)",
    "more memory": "__import__('resource').setrlimit(9, (-1, -1))",
    "other cores": "os.sched_setaffinity(0, {0})",
    "host name": "libc('sethostname', b'x', 1)",
    "clock": "__import__('time').clock_settime(0, 0)",
    "pass a descriptor": "__import__('socket').socket(fileno=3).sendmsg([b'x'], [(1, 1, bytes(4))])",
}
HELPERS = """
import ctypes, os


def libc(name, *arguments):
    result = getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
"""


def test_nothing_of_this_is_possible(cell: Cells) -> None:
    project = os.path.abspath(__file__)
    lines = [f"    {name!r}: attempt(lambda: {action})," for name, action in ACTIONS.items()]
    source = "\n".join([HELPERS, ATTEMPT, f"PROJECT = {project!r}", "def probe():", "  return {", *lines, "  }"])
    answers = cell(source, cpu_s=20, wall_s=60).call("probe")
    assert set(answers) == set(ACTIONS), answers
    possible = {name: answer for name, answer in answers.items() if not answer.startswith("refused")}
    assert possible == {}


def test_a_jail_has_no_descriptor_but_its_own(cell: Cells) -> None:
    source = (
        "import os\ndef f():\n    found = []\n    for fd in range(1000):\n        try: os.fstat(fd)\n"
        "        except OSError: continue\n        found.append(fd)\n    return found\n"
    )
    assert cell(source).call("f") == [0, 1, 2, 3]


def test_a_jail_has_an_environment_without_secrets(cell: Cells, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADING_SECRET", "canary-in-the-environment")
    found = cell("import os\ndef f():\n    return dict(os.environ)\n").call("f")
    assert "canary-in-the-environment" not in str(found)
    assert set(found) <= {
        *("PATH", "LANG", "HOME", "TMPDIR", "LC_CTYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
        *("NUMEXPR_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "JOBLIB_MULTIPROCESSING", "PYTEST_DISABLE_PLUGIN_AUTOLOAD"),
        *(name for name in found if name.startswith(("MALLOC_", "KMP_", "TORCH"))),
    }


def test_two_jails_do_not_see_each_other(cell: Cells) -> None:
    source = (
        "import os, sys, tempfile\ndef leave(text):\n    open('note', 'w').write(text)\n    sys.note = text\n"
        "    return os.getpid()\n"
        "def look():\n    return os.listdir('.'), os.listdir(tempfile.gettempdir()), getattr(sys, 'note', None)\n"
        "def hit(pid):\n    try: os.kill(pid, 9)\n    except OSError: return 'refused'\n    return 'hit'\n"
    )
    first, second = cell(source), cell(source)
    pid = first.call("leave", "the answer is 42")
    assert second.call("look") == ([], [], None)
    assert pid == 1 or second.call("hit", pid) == "refused"
    assert first.call("look") == (["note"], ["note"], "the answer is 42")


def test_random_numbers_differ_from_jail_to_jail(cell: Cells) -> None:
    source = (
        "import os, random, uuid\nimport numpy as np\n"
        "def f():\n    return random.random(), float(np.random.rand()), str(uuid.uuid4()), os.urandom(8)\n"
    )
    drawn = [cell(source).call("f") for _ in range(4)]
    assert all(len(set(column)) == 4 for column in zip(*drawn, strict=True))


SEARCH = """
import gc, os, sys


def places():
    frame = sys._getframe()
    while frame:
        yield from frame.f_locals.values()
        yield from frame.f_globals.values()
        frame = frame.f_back
    yield from gc.get_objects()
    for module in list(sys.modules.values()):
        yield from getattr(module, "__dict__", {}).values()
    yield from os.environ.values()
    yield from sys.argv
    for folder in ("/tmp", "/", "/etc", "."):
        for name in os.listdir(folder):
            yield name
            try:
                yield open(os.path.join(folder, name), "rb").read(1 << 20)
            except OSError:
                pass


def double(x):
    found = set()
    for thing in places():
        try:
            text = thing if isinstance(thing, (str, bytes)) else repr(thing)[:10_000]
        except Exception:
            continue
        text = text.decode("latin-1") if isinstance(text, bytes) else text
        for start in ("canary", "Canary"):
            at = text.find(start + "-in-")
            if at >= 0 and text[at : at + 40] not in found:
                found.add(text[at : at + 40])
    print("FOUND", sorted(found), "END")
    return x + x
"""


def test_a_search_of_memory_frames_modules_and_files_finds_nothing_hidden(sandbox: Sandbox) -> None:
    problem = tiny("canary")
    report = report_of(problem, SEARCH, sandbox)
    assert report.outcome == "passed", report.checks
    # The search works: its own text is found, and nothing else.
    assert "FOUND" in report.output
    assert "canary-in-grader" not in report.output
    assert "canary-in-reference" not in report.output
    assert "canary-in-data" not in report.output


def test_the_search_would_have_found_what_lies_in_the_learners_own_process(sandbox: Sandbox) -> None:
    planted = SEARCH + "\nKEPT = ['canary' + '-in-grader is planted here']\n"
    assert "canary-in-grader is planted" in report_of(tiny("canary"), planted, sandbox).output


def test_jails_of_several_threads_do_not_mix_up_their_answers(cell: Cells) -> None:
    jails = [cell(f"def f(x):\n    return [{i}, x]\n", wall_s=60) for i in range(4)]
    wrong: list[Any] = []

    def talk(number: int) -> None:
        wrong.extend(x for x in range(40) if jails[number].call("f", x) != [number, x])

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
