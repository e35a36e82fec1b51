"""The `docker` placement: the same zygotes inside hardened containers of this worker host.

One warm container a kind of jail: no network, a read-only root, only the capabilities that the
lock-down itself needs. It is replaced after a number of jails and after anything odd, and ends by
itself when its supervisor is gone. In `fresh` mode each grading run gets a learner's container of
its own, made while the one before is in use.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import tempfile
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from autograders.sandbox.client import ZygoteClient
from autograders.sandbox.hardening import LABEL, container_settings
from autograders.sandbox.jail import Jail
from autograders.sandbox.limits import JailSpec, SandboxUnavailable
from autograders.sandbox.local import zygote_arguments
from autograders.sandbox.pool import Kind, Pool
from autograders.sandbox.probe import prove

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

ENGINE = "unix:///var/run/docker.sock"
IMAGE = "courseplatform/sandbox"
READY_SECONDS = 120.0
JAILS_PER_CONTAINER = 5_000
PREFIX = "courseplatform-"
INSIDE = "/run/jail"
YES_OR_NO = (
    {"": False} | dict.fromkeys(("1", "true", "yes", "on"), True) | dict.fromkeys(("0", "false", "no", "off"), False)
)


def run_folder() -> Path:
    """Where control sockets lie: the same path on this host and, where the worker is a container, inside it."""
    chosen = os.environ.get("SANDBOX_RUN_DIR")
    return Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"courseplatform-run-{os.getuid()}"


def _wants_fresh() -> bool:
    """What SANDBOX_FRESH says; raises SandboxUnavailable where that is neither yes nor no."""
    said = os.environ.get("SANDBOX_FRESH", "")
    if said.lower() not in YES_OR_NO:
        raise SandboxUnavailable(f"SANDBOX_FRESH is {said!r}: set it to 1 for a container a submission, or to 0")
    return YES_OR_NO[said.lower()]


class DockerSandbox:
    """Jails in containers of this host's Docker engine. Safe for threads."""

    name = "docker"

    def __init__(self, image: str | None = None, *, fresh: bool | None = None) -> None:
        # Not the package alone: a folder of that name may lie where we are started.
        if importlib.util.find_spec("docker") is None or importlib.util.find_spec("docker.errors") is None:
            raise SandboxUnavailable("the package docker is not installed: pip install 'courseplatform[docker]'")
        self.image = image or os.environ.get("SANDBOX_IMAGE", IMAGE)
        self.fresh = _wants_fresh() if fresh is None else fresh
        self._client: DockerClient | None = None
        self._pool = Pool(self._start, JAILS_PER_CONTAINER)
        self._proven: set[str] = set()
        self._lock = threading.Lock()
        self._spares: dict[Kind, Future[_Warm]] = {}
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="container")

    def __enter__(self) -> DockerSandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, spec: JailSpec) -> Jail:
        """A fresh jail. Raises SandboxUnavailable where there is no engine or image, SandboxFault where one failed."""
        return self._pool.get(Kind.of(spec)).client.spawn(spec)

    def lease(self) -> _Lease | contextlib.nullcontext[DockerSandbox]:
        """What one grading run uses: this sandbox, or in `fresh` mode a container that nobody else uses."""
        return _Lease(self) if self.fresh else contextlib.nullcontext(self)

    def describe(self) -> dict[str, str]:
        """What kind of sandbox this is, for reports."""
        facts = {"placement": self.name, "tier": "landlock", "image": self.image}
        if runtime := os.environ.get("SANDBOX_RUNTIME"):
            facts["runtime"] = runtime
        return facts | ({"containers": "one a submission"} if self.fresh else {})

    def close(self) -> None:
        """End all containers and with them all jails."""
        self._maker.shutdown()
        spares, self._spares = [*self._spares.values()], {}
        for spare in spares:
            if spare.exception() is None:
                spare.result().close()
        self._pool.close()
        with self._lock:
            if self._client:
                self._client.close()
                self._client = None

    def take_fresh(self, kind: Kind) -> _Warm:
        """A container for one run; the next one is made meanwhile."""
        with self._lock:
            spare = self._spares.pop(kind, None)
            # One spare at a time: whoever grades many kinds would otherwise keep a container of each.
            unused, self._spares = [*self._spares.values()], {kind: self._maker.submit(self._start, kind)}
        for other in unused:
            other.add_done_callback(_close_unused)
        return spare.result() if spare else self._start(kind)

    def _start(self, kind: Kind) -> _Warm:
        import docker.errors

        image = self._image_for(kind.environment)
        name = f"{PREFIX}{kind.side}-{kind.environment}-{secrets.token_hex(4)}"
        folder = run_folder() / name
        folder.mkdir(parents=True, mode=0o700)
        arguments = [*zygote_arguments(kind, "landlock"), "--listen", f"{INSIDE}/control"]
        try:
            container = self._engine().containers.run(
                image,
                ["python", "-m", "autograders.sandbox.zygote", *arguments],
                name=name,
                detach=True,
                labels={LABEL: kind.side},
                volumes={str(folder): {"bind": INSIDE, "mode": "rw"}},
                **container_settings(),
            )
        except (docker.errors.DockerException, OSError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise SandboxUnavailable(f"a sandbox container did not start: {_first_line(error)}") from error
        try:
            warm = _Warm(ZygoteClient(_connect(folder / "control", container), READY_SECONDS), container, folder)
            if kind.environment not in self._proven:
                prove(warm.client.spawn, kind)
                self._proven.add(kind.environment)
        except SandboxUnavailable:
            _remove(container, folder)
            raise
        return warm

    def _engine(self) -> DockerClient:
        import docker.errors

        with self._lock:
            if self._client is None:
                try:
                    client = connect_engine()
                    _sweep(client)
                except (docker.errors.DockerException, OSError) as error:
                    raise SandboxUnavailable(
                        f"no Docker engine answers ({_first_line(error)}): start it, let this user reach its socket, "
                        "or set SANDBOX=local"
                    ) from error
                self._client = client
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

    def __init__(self, client: ZygoteClient, container: Container, folder: Path) -> None:
        self.client, self.container, self.folder = client, container, folder

    def close(self) -> None:
        """Hang up; the container ends and removes itself, and is made to where it does not."""
        self.client.close()
        _remove(self.container, self.folder)


class _Lease:
    """A sandbox for one grading run: learner's jails in a container of their own, trusted ones in the shared one."""

    def __init__(self, sandbox: DockerSandbox) -> None:
        self.sandbox, self.name = sandbox, sandbox.name
        self._own: dict[Kind, _Warm] = {}

    def __enter__(self) -> _Lease:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, spec: JailSpec) -> Jail:
        """A fresh jail, as in the sandbox."""
        if spec.side == "trusted":
            return self.sandbox.open(spec)
        kind = Kind.of(spec)
        if kind not in self._own:
            self._own[kind] = self.sandbox.take_fresh(kind)
        return self._own[kind].client.spawn(spec)

    def lease(self) -> contextlib.nullcontext[_Lease]:
        """Itself: it is one already."""
        return contextlib.nullcontext(self)

    def describe(self) -> dict[str, str]:
        """As the sandbox."""
        return self.sandbox.describe()

    def close(self) -> None:
        """End this run's container."""
        for warm in self._own.values():
            warm.close()
        self._own.clear()


def connect_engine() -> DockerClient:
    """A client of the engine that the environment names, which has answered; raises OSError or DockerException."""
    import docker

    address = os.environ.get("DOCKER_HOST") or ENGINE
    if address.startswith("unix://"):
        # The library leaves a socket open that found nobody: ask with one of our own first.
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(address.removeprefix("unix://"))
    client = docker.from_env()
    client.ping()
    return client


def _close_unused(spare: Future[_Warm]) -> None:
    if not spare.cancelled() and spare.exception() is None:
        spare.result().close()


def _sweep(client: DockerClient) -> None:
    """Remove the socket folders of containers that have gone without their supervisor."""
    folder = run_folder()
    living = {container.name for container in client.containers.list(all=True, filters={"label": LABEL})}
    for path in folder.glob(f"{PREFIX}*") if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if path.name not in living and time.time() - path.stat().st_mtime > READY_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


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
            raise SandboxUnavailable(f"a sandbox container ended at once: {_why_it_ended()}") from error
    raise SandboxUnavailable(f"a sandbox container did not answer within {READY_SECONDS:.0f} s")


def _why_it_ended() -> str:
    if runtime := os.environ.get("SANDBOX_RUNTIME"):
        return f"the runtime {runtime} must show the host a socket that is bound inside, and have Landlock"
    return "build its image again (make image), it may be of another version"


def _remove(container: Container, folder: Path) -> None:
    import docker.errors

    with contextlib.suppress(docker.errors.APIError, OSError):
        container.remove(force=True)
    shutil.rmtree(folder, ignore_errors=True)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:300]
