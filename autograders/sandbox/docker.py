"""The `docker` placement: the same zygotes inside hardened containers, kept warm on this worker host.

One container a side and environment: no network, a read-only root, only the capabilities that the
lock-down itself needs. It is replaced after a number of jails, and ends by itself when its
supervisor is gone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from autograders.sandbox.client import ZygoteClient
from autograders.sandbox.jail import Jail
from autograders.sandbox.limits import JailSpec, SandboxUnavailable, Side
from autograders.sandbox.local import ZYGOTE_ENVIRONMENT
from autograders.sandbox.probe import prove

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

IMAGE = "courseplatform/sandbox"
READY_SECONDS = 120.0
JAILS_PER_CONTAINER = 2_000
# setuid and setgid to give each jail a user of its own, setpcap to give up the rest for ever,
# kill and dac_override to end and clean up after processes of those users, chown for their scratch.
CAPABILITIES = ["SETUID", "SETGID", "SETPCAP", "KILL", "DAC_OVERRIDE", "CHOWN"]
LABEL = "courseplatform.sandbox"
INSIDE = "/run/jail"


def run_folder() -> Path:
    """Where control sockets lie: the same path on this host and, where the worker is a container, inside it."""
    chosen = os.environ.get("SANDBOX_RUN_DIR")
    return Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"courseplatform-run-{os.getuid()}"


class DockerSandbox:
    """Jails in containers of this host's Docker engine. Safe for threads."""

    name = "docker"

    def __init__(self, image: str | None = None) -> None:
        self.image = image or os.environ.get("SANDBOX_IMAGE", IMAGE)
        self._client: DockerClient | None = None
        self._warm: dict[tuple[str, Side], _Warm] = {}
        self._retired: list[_Warm] = []
        self._proven: set[str] = set()
        self._lock = threading.Lock()

    def __enter__(self) -> DockerSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, spec: JailSpec) -> Jail:
        """A fresh jail. Raises SandboxUnavailable where there is no engine or image, SandboxFault where one failed."""
        with self._lock:
            warm = self._warm.get((spec.environment, spec.side))
            if warm is None or not warm.zygote.alive or warm.zygote.spawned >= JAILS_PER_CONTAINER:
                warm = self._replace(spec.environment, spec.side, warm)
        return warm.zygote.spawn(spec)

    def describe(self) -> dict[str, str]:
        """What kind of sandbox this is, for reports."""
        return {"placement": self.name, "tier": "landlock", "image": self.image}

    def close(self) -> None:
        """End all containers and with them all jails."""
        with self._lock:
            for warm in (*self._warm.values(), *self._retired):
                warm.close()
            self._warm.clear()
            self._retired.clear()
            if self._client:
                self._client.close()
                self._client = None

    def _replace(self, environment: str, side: Side, old: _Warm | None) -> _Warm:
        if old:
            self._retired.append(old)
        for warm in [w for w in self._retired if not w.zygote.alive or w.zygote.living == 0]:
            warm.close()
            self._retired.remove(warm)
        self._warm[environment, side] = warm = self._start(environment, side)
        if environment not in self._proven:
            prove(warm.zygote.spawn, environment, side)
            self._proven.add(environment)
        return warm

    def _start(self, environment: str, side: Side) -> _Warm:
        import docker.errors

        name = f"courseplatform-{side}-{environment}-{secrets.token_hex(4)}"
        folder = run_folder() / name
        folder.mkdir(parents=True, mode=0o700)
        try:
            container = self._engine().containers.run(
                self._image_for(environment),
                self._command(environment, side),
                name=name,
                detach=True,
                labels={LABEL: side},
                volumes={str(folder): {"bind": INSIDE, "mode": "rw"}},
                **_hardening(),
            )
        except (docker.errors.DockerException, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SandboxUnavailable(f"a sandbox container did not start: {_first_line(error)}") from error
        try:
            return _Warm(ZygoteClient(_connect(folder / "control", container), READY_SECONDS), container, folder)
        except SandboxUnavailable:
            _remove(container, folder)
            raise

    def _command(self, environment: str, side: Side) -> list[str]:
        options = ["--environment", environment, "--side", side, "--tier", "landlock", "--listen", f"{INSIDE}/control"]
        return ["python", "-m", "autograders.sandbox.zygote", *options]

    def _engine(self) -> DockerClient:
        import docker
        import docker.errors

        if self._client is None:
            try:
                self._client = docker.from_env()
                self._client.ping()
            except docker.errors.DockerException as error:
                self._client = None
                raise SandboxUnavailable(
                    f"no Docker engine answers ({_first_line(error)}): start it, let this user reach its socket, "
                    "or set SANDBOX=local"
                ) from error
        return self._client

    def _image_for(self, environment: str) -> str:
        """The image of an environment, by tag; raises SandboxUnavailable where it was not built."""
        import docker.errors

        tag = f"{self.image}:{environment}" if ":" not in self.image else self.image
        try:
            self._engine().images.get(tag)
        except docker.errors.ImageNotFound:
            hint = "make image" + ("" if environment == "numpy" else f" ENVIRONMENT={environment}")
            raise SandboxUnavailable(f"there is no image {tag}: build it with `{hint}`") from None
        return tag


class _Warm:
    """A container with its zygote, ready to fork."""

    def __init__(self, zygote: ZygoteClient, container: Container, folder: Path) -> None:
        self.zygote, self.container, self.folder = zygote, container, folder

    def close(self) -> None:
        """Hang up; the container ends and removes itself, and is made to where it does not."""
        self.zygote.close()
        _remove(self.container, self.folder)


def _hardening() -> dict[str, Any]:
    memory = os.environ.get("SANDBOX_CONTAINER_MEMORY", "4g")
    settings: dict[str, Any] = {
        "network_mode": "none",
        "read_only": True,
        "tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,size=256m,mode=1777"},
        "user": "0:0",
        "cap_drop": ["ALL"],
        "cap_add": CAPABILITIES,
        "security_opt": ["no-new-privileges"],
        "pids_limit": 512,
        "mem_limit": memory,
        "memswap_limit": memory,
        "environment": ZYGOTE_ENVIRONMENT | {"PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin", "TMPDIR": "/tmp"},
        "auto_remove": True,
        "init": False,
    }
    if runtime := os.environ.get("SANDBOX_RUNTIME"):
        settings["runtime"] = runtime
    return settings


def _connect(path: Path, container: Container) -> socket.socket:
    import docker.errors

    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            control.connect(str(path))
        except OSError:
            control.close()
        else:
            return control
        time.sleep(0.02)
        try:
            container.reload()
        except docker.errors.APIError as error:
            raise SandboxUnavailable(f"a sandbox container ended at once: {_first_line(error)}") from error
    raise SandboxUnavailable(f"a sandbox container did not answer within {READY_SECONDS:.0f} s")


def _remove(container: Container, folder: Path) -> None:
    import docker.errors

    with contextlib.suppress(docker.errors.APIError, OSError):
        container.remove(force=True)
    shutil.rmtree(folder, ignore_errors=True)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:300]
