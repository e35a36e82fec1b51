"""The `local` placement: zygotes as child processes of this one, on this host."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
from types import TracebackType

from autograders.sandbox.client import ZygoteClient
from autograders.sandbox.cores import as_text, host_cores
from autograders.sandbox.environments import load_environments
from autograders.sandbox.jail import Jail
from autograders.sandbox.limits import FIRST_UID, UIDS, JailSpec, SandboxFault, SandboxUnavailable
from autograders.sandbox.lockdown import Tier
from autograders.sandbox.pool import Kind, Pool
from autograders.sandbox.probe import prove
from autograders.threads import SINGLE_THREAD

READY_SECONDS = 120.0
UID_BLOCKS = 60_000
# What a learner might have done to a zygote unseen does not last for ever.
JAILS_PER_ZYGOTE = 20_000
ZYGOTE = (sys.executable, "-m", "autograders.sandbox.zygote")
ZYGOTE_ENVIRONMENT = {
    **SINGLE_THREAD,
    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "JOBLIB_MULTIPROCESSING": "0",
    "MALLOC_ARENA_MAX": "2",
    # Freed memory is kept, not given back and faulted in again: by chance of the heap's layout one of
    # two equal jails would otherwise pay for that at every call and the other not (2.6-fold, measured).
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
}


class LocalSandbox:
    """Jails on this host; zygotes are started when first needed and stay warm. Safe for threads."""

    name = "local"

    def __init__(self) -> None:
        self._pool = Pool(self._start, JAILS_PER_ZYGOTE)
        self._tier: Tier | None = None
        self._choosing = threading.Lock()

    def __enter__(self) -> LocalSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, spec: JailSpec) -> Jail:
        """A fresh jail. Raises SandboxUnavailable where this host cannot hold one, SandboxFault where it failed."""
        return self._pool.get(Kind.of(spec)).client.spawn(spec)

    def lease(self) -> contextlib.nullcontext[LocalSandbox]:
        """What one grading run uses: this sandbox, whose zygotes serve many."""
        return contextlib.nullcontext(self)

    def describe(self) -> dict[str, str]:
        """What kind of sandbox this is, for reports."""
        return {"placement": self.name, "tier": self._tier or "not started"}

    def close(self) -> None:
        """End all zygotes and with them all jails."""
        self._pool.close()

    def _start(self, kind: Kind) -> _LocalZygote:
        check_environment(kind.environment)
        with self._choosing:
            if self._tier is None:
                zygote, self._tier = self._first(kind)
                return zygote
        return _LocalZygote(kind, self._tier)

    def _first(self, kind: Kind) -> tuple[_LocalZygote, Tier]:
        """Find the strongest tier that this host can hold, by doing it and trying to break out."""
        refusals = []
        for tier in ("ns", "landlock"):
            zygote = None
            try:
                zygote = _LocalZygote(kind, tier)
                prove(zygote.client.spawn, kind)
            except (SandboxUnavailable, SandboxFault) as error:
                refusals.append(f"{tier}: {error}")
                if zygote:
                    zygote.close()
                continue
            return zygote, tier
        raise SandboxUnavailable(
            "this host cannot hold a learner's code safely ("
            + "; ".join(refusals)
            + "): allow unprivileged user namespaces (sysctl -w user.max_user_namespaces=10000, on Ubuntu also "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0), use a kernel with Landlock, "
            "or set SANDBOX=docker"
        )


class _LocalZygote:
    """A zygote process and the client that speaks to it."""

    def __init__(self, kind: Kind, tier: Tier) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="jails-") if tier == "landlock" else None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        extra = {"TMPDIR": self.scratch.name} if self.scratch else {}
        with theirs:
            self.process = subprocess.Popen(
                [*ZYGOTE, *zygote_arguments(kind, tier), "--fd", str(theirs.fileno())],
                env=ZYGOTE_ENVIRONMENT | extra,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None,
                start_new_session=True,
                cwd="/",
            )
        if self.scratch:
            os.chmod(self.scratch.name, 0o711)
        try:
            self.client = ZygoteClient(ours, READY_SECONDS)
        except SandboxUnavailable:
            self.close_process()
            ours.close()
            raise

    def close(self) -> None:
        """Hang up and wait until nothing is left."""
        self.client.close()
        self.close_process()

    def close_process(self) -> None:
        """Wait for the zygote's end, and insist."""
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.scratch:
            with contextlib.suppress(OSError):
                self.scratch.cleanup()


def zygote_arguments(kind: Kind, tier: Tier) -> list[str]:
    """The command line of a zygote, wherever it runs, without its control socket."""
    # Users are counted by number on the whole host: two zygotes whose jails had the same would share limits.
    first_uid = FIRST_UID + secrets.randbelow(UID_BLOCKS) * UIDS
    what = ["--environment", kind.environment, "--side", kind.side, "--tier", tier]
    # A zygote and its untimed jails stay off the timed core; with one core there is no other.
    where = ["--cores", as_text(host_cores().others)]
    return [*what, *where, "--withheld", ",".join(kind.withheld), "--first-uid", str(first_uid)]


def check_environment(name: str) -> None:
    """Raise SandboxUnavailable where an environment is unknown or not installed here."""
    environments = load_environments()
    if name not in environments:
        raise SandboxUnavailable(f"environment {name!r} is not one of {', '.join(environments)}")
    if missing := environments[name].missing():
        raise SandboxUnavailable(f"environment {name!r} needs {', '.join(missing)}: install it on this host")
