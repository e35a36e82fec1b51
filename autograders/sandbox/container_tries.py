"""What the `docker` placement stands on, found by starting a container as grading starts it.

Each image is run once with the very settings of `hardening.py`; what runs in it says which engine
it holds and what bounds it sees.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from autograders.sandbox.docker import IMAGE, DockerSandbox, connect_engine
from autograders.sandbox.environments import ALWAYS_THERE, engine_digest, load_environments
from autograders.sandbox.hardening import container_settings
from autograders.sandbox.limits import SandboxUnavailable
from autograders.sandbox.mechanisms import Finding, Mechanism, settled

if TYPE_CHECKING:
    from docker import DockerClient

Inside = dict[str, Any]
DOCKER = ("docker",)
OTHER_RUNTIME = "runsc"
INSIDE = """
import json, os
from autograders.sandbox.environments import engine_digest

def read(*paths):
    return next((open(path).read().strip() for path in paths if os.path.exists(path)), "")

print(json.dumps({
    "engine": engine_digest(),
    "memory": read("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory.max"),
    "pids": read("/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids.max"),
    "networks": sorted(set(os.listdir("/sys/class/net")) - {"lo"}),
    "writable": os.access("/", os.W_OK),
}))
"""
ENGINE = Mechanism(
    *("Docker engine", DOCKER, DOCKER, "grading nowhere: it makes the containers"),
    "install and start Docker, and let this user reach its socket (group docker)",
)
PROFILE = Mechanism(
    *("container lock-down", DOCKER, DOCKER, "a network, a writable root, system calls that no zygote makes"),
    "Docker 20.10 or later with seccomp; build the image first: make image",
)
LIMITS = Mechanism(
    *("container limits", DOCKER, (), "one container taking the host's memory or processes"),
    "boot with memory and pids control groups (cgroup_enable=memory swapaccount=1)",
)
RUNTIME = Mechanism(
    *("another runtime", DOCKER, (), "a fault of the host's kernel: system calls meet another one first"),
    f"install gVisor, register {OTHER_RUNTIME} with the engine, set SANDBOX_RUNTIME={OTHER_RUNTIME}",
)
FRESH = Mechanism(
    *("fresh containers", DOCKER, (), "one submission finding anything of another in its container"),
    "SANDBOX_FRESH=1: each grading run gets a container of its own",
)


@dataclass
class _Engine:
    """A Docker engine that answers and what its containers have said, by image; or why there is none."""

    client: DockerClient | None = None
    refusal: str = ""
    said: dict[str, Inside] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def image_mechanism(environment: str) -> Mechanism:
    """The row of the image that holds one environment."""
    option = "" if environment == ALWAYS_THERE else f" ENVIRONMENT={environment}"
    needed = DOCKER if environment == ALWAYS_THERE else ()
    what = "an image that is missing, or holds another version of the engine"
    return Mechanism(f"image {environment}", DOCKER, needed, what, f"make image{option}")


def examine_containers(chosen: str) -> tuple[Finding, ...]:
    """Find an engine, run each image once, and look at the settings."""
    engine = _ask_engine()
    try:
        found = [_of(ENGINE, chosen, *_engine_state(engine))]
        found += [_of(image_mechanism(name), chosen, *_image_state(engine, name)) for name in load_environments()]
        found.append(_of(PROFILE, chosen, *lockdown_state(engine.said, engine.errors)))
        found.append(_of(LIMITS, chosen, *limits_state(engine.said)))
        found.append(_of(RUNTIME, chosen, *_runtime_state(engine)))
    finally:
        if engine.client:
            engine.client.close()
    return (*found, _of(FRESH, chosen, *_fresh_state()))


def _of(one: Mechanism, chosen: str, state: str, detail: str) -> Finding:
    return Finding(one, *settled(one, state, detail, chosen))


def _ask_engine() -> _Engine:
    try:
        import docker.errors
    except ImportError as error:
        return _Engine(refusal=f"{error}: pip install '.[docker]'")
    try:
        client = connect_engine()
    except (docker.errors.DockerException, OSError) as error:
        return _Engine(refusal=_first_line(error))
    return _Engine(client)


def _engine_state(engine: _Engine) -> tuple[str, str]:
    if engine.client is None:
        return "no", engine.refusal
    return "yes", str(engine.client.version()["Version"])


def _image_state(engine: _Engine, environment: str) -> tuple[str, str]:
    """Run the image of an environment, and keep what it says."""
    if engine.client is None:
        return "no", "no engine to ask"
    import docker.errors

    chosen = os.environ.get("SANDBOX_IMAGE", IMAGE)
    tag = chosen if ":" in chosen else f"{chosen}:{environment}"
    try:
        engine.client.images.get(tag)
    except docker.errors.ImageNotFound:
        return "no", f"there is no {tag}"
    settings = container_settings() | {"auto_remove": False, "remove": True}
    try:
        printed = engine.client.containers.run(tag, ["python", "-c", INSIDE], **settings)
        engine.said[environment] = said = json.loads(printed)
    except (docker.errors.DockerException, OSError, ValueError) as error:
        engine.errors[environment] = _first_line(error)
        return "no", f"{tag} does not run: {_first_line(error)}"
    if said["engine"] != engine_digest():
        return "no", f"{tag} holds another version of the engine"
    return "yes", tag


def lockdown_state(said: Mapping[str, Inside], errors: Mapping[str, str]) -> tuple[str, str]:
    """Whether containers started with our settings, and came up with no network and a root that cannot be written."""
    if not said:
        return "no", next(iter(errors.values()), "no container could be tried")
    open_ends = {name for inside in said.values() for name in inside["networks"]}
    open_ends |= {"a writable root" for inside in said.values() if inside["writable"]}
    return ("no", f"the container has {', '.join(sorted(open_ends))}") if open_ends else ("yes", "")


def limits_state(said: Mapping[str, Inside]) -> tuple[str, str]:
    """Whether the bounds on memory and processes are there inside a container."""
    if not said:
        return "no", "no container could be tried"
    inside = next(iter(said.values()))
    # Without a bound version 1 says a number near 2^63, version 2 the word max.
    missing = [name for name in ("memory", "pids") if not inside[name].isdigit() or int(inside[name]) >= 1 << 60]
    if missing:
        return ("no" if len(missing) == 2 else "partly"), f"not bounded: {', '.join(missing)}"
    return "yes", f"{int(inside['memory']) >> 20} MB, {inside['pids']} processes"


def _fresh_state() -> tuple[str, str]:
    try:
        return ("yes", "") if DockerSandbox().fresh else ("no", "containers are kept warm and shared")
    except SandboxUnavailable as error:
        return "no", str(error)


def _runtime_state(engine: _Engine) -> tuple[str, str]:
    if engine.client is None:
        return "no", "no engine to ask"
    wanted = os.environ.get("SANDBOX_RUNTIME")
    registered = engine.client.info().get("Runtimes", {})
    if wanted:
        return ("yes", wanted) if wanted in registered else ("no", f"SANDBOX_RUNTIME is {wanted}: it is not registered")
    if OTHER_RUNTIME in registered:
        return "partly", f"{OTHER_RUNTIME} is registered, SANDBOX_RUNTIME does not name it"
    return "no", f"{OTHER_RUNTIME} is not registered"


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:300]
