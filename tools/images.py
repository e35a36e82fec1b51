"""Build the project's Docker images, on hosts with a registry and on hosts without one.

    python tools/images.py sandbox [--environment numpy|sklearn|service|torch]
    python tools/images.py site

The default base image is pulled where it can be. Where it cannot, a base is made from Debian packages
(docker/base.sh) and the wheels are fetched here, so that the build itself needs no network. An image whose
inputs have not changed is left alone: the digest of everything that goes into it is one of its labels.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # run as a script, `tools` itself is not importable
    sys.path.insert(0, str(ROOT))

from tools.wheelhouse import Target, WheelhouseError, fill  # noqa: E402  (needs the line above)

LABEL = "org.courseplatform.inputs"
PUBLIC_BASE = "python:3.11-slim-bookworm"
LOCAL_BASE = "courseplatform/base:bookworm"
LOCAL_SERVICES = "courseplatform/services:bookworm"
PUBLIC_SERVICES = {"POSTGRES_IMAGE": "postgres:16-alpine", "REDIS_IMAGE": "redis:7-alpine"}
PULL_SECONDS = 300
ENVIRONMENTS = ("numpy", "sklearn", "service", "torch")


class ImageError(Exception):
    """Something the person at the keyboard can mend; its text is one sentence."""


@dataclass(frozen=True)
class Base:
    """The image to start from, and whether a build on it may use the network."""

    name: str
    offline: bool


@dataclass(frozen=True)
class Recipe:
    """What one image is made of: the same list is its build context and its digest."""

    tags: tuple[str, ...]
    dockerfile: str
    lock: str
    sources: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...] = ()
    torch: bool = False

    def files(self) -> Iterator[Path]:
        """Yield every file of the build context, in an order that never changes."""
        for source in (self.dockerfile, self.lock, *self.sources):
            path = ROOT / source
            found = sorted(path.rglob("*")) if path.is_dir() else [path]
            yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)


def sandbox_recipe(environment: str) -> Recipe:
    """Describe the grading image for one environment of packages; numpy's is also the default tag."""
    tags = [f"courseplatform/sandbox:{environment}"] + (["courseplatform/sandbox:latest"] * (environment == "numpy"))
    return Recipe(
        tags=tuple(tags),
        dockerfile="docker/sandbox.Dockerfile",
        lock=f"docker/sandbox-{environment}.lock",
        sources=("requirements-torch.txt", "autograders"),
        arguments=(("ENVIRONMENT", environment),),
        torch=environment == "torch",
    )


def site_recipe() -> Recipe:
    """Describe the image of the web, worker and scheduler processes."""
    sources = ("manage.py", "autograders", "courseplatform", "assignments", "content")
    return Recipe(("courseplatform/site:latest",), "docker/site.Dockerfile", "requirements.lock", sources)


def docker(*arguments: str, seconds: float | None = None) -> str:
    """Run a docker command and return what it printed; its failure is a CalledProcessError."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=True)
    return done.stdout.strip()


def try_docker(*arguments: str, seconds: float | None = None) -> str | None:
    """Run a docker command whose failure is an answer: None."""
    try:
        return docker(*arguments, seconds=seconds)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None


def check_engine() -> None:
    """Say what is missing before anything else is tried."""
    if shutil.which("docker") is None:
        raise ImageError("Docker is not installed: install it (on Debian or Ubuntu: `sudo apt install docker.io`).")
    if try_docker("version", "--format", "{{.Server.Version}}", seconds=30) is None:
        raise ImageError(
            "The Docker engine does not answer: start it (`sudo systemctl start docker`), or join the docker group."
        )


def timed(doing: str, step: Callable[[], None]) -> None:
    """Run one step between its name and the seconds it took."""
    print(f"  {doing} ...", end="", flush=True)
    started = time.monotonic()
    step()
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def obtainable(image: str) -> bool:
    """Say whether an image is here or can be pulled."""
    if try_docker("image", "inspect", image) is not None:
        return True
    return try_docker("pull", "--quiet", image, seconds=PULL_SECONDS) is not None


def run_base_script(kind: str, name: str) -> None:
    """Make a base image from Debian packages, unless it stands already."""
    done = subprocess.run(
        [str(ROOT / "docker" / "base.sh"), kind, name], stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise ImageError(lines[-1] if lines else f"docker/base.sh could not make {name}.")


def choose_base() -> Base:
    """Take the base the environment names, the public one, or one made from Debian packages."""
    named = os.environ.get("BASE_IMAGE")
    if named:
        return Base(named, offline=named == LOCAL_BASE)
    if obtainable(PUBLIC_BASE):
        return Base(PUBLIC_BASE, offline=False)
    print(f"  {PUBLIC_BASE} cannot be pulled: {LOCAL_BASE} takes its place, made from Debian packages.")
    timed(f"Making {LOCAL_BASE}", lambda: run_base_script("python", LOCAL_BASE))
    return Base(LOCAL_BASE, offline=True)


def choose_services() -> dict[str, str]:
    """Return the variables of docker-compose.yml that name the PostgreSQL and Redis images."""
    if all(os.environ.get(name) or obtainable(image) for name, image in PUBLIC_SERVICES.items()):
        return {name: os.environ.get(name, image) for name, image in PUBLIC_SERVICES.items()}
    print(f"  PostgreSQL and Redis cannot be pulled: {LOCAL_SERVICES} takes their place, made from Debian packages.")
    timed(f"Making {LOCAL_SERVICES}", lambda: run_base_script("services", LOCAL_SERVICES))
    return dict.fromkeys(PUBLIC_SERVICES, LOCAL_SERVICES) | {"POSTGRES_COMMAND": "pg-entry"}


def digest_of(recipe: Recipe, base: Base) -> str:
    """Name everything that goes into an image: its files, its arguments and the base's identity."""
    digest = hashlib.sha256(docker("image", "inspect", "--format", "{{.Id}}", base.name).encode())
    digest.update(repr((recipe.arguments, recipe.torch, base.offline, os.environ.get("PIP_ARGS", ""))).encode())
    for file in recipe.files():
        content = file.read_bytes()
        digest.update(f"{file.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def standing(recipe: Recipe, digest: str) -> bool:
    """Say whether every tag of the recipe already names an image made from these inputs."""
    form = f'{{{{index .Config.Labels "{LABEL}"}}}}'
    return all(try_docker("image", "inspect", "--format", form, tag) == digest for tag in recipe.tags)


def target_of(base: Base) -> Target:
    """Ask the base image which Python the wheels must fit."""
    code = "import platform; print(platform.python_version(), platform.machine())"
    version, machine = docker("run", "--rm", "--network", "none", base.name, "python3", "-c", code).split()
    return Target(version, machine)


def build(recipe: Recipe, base: Base, digest: str) -> None:
    """Send the context to the engine and build; the engine's own output is shown only if it fails."""
    wheels = ROOT / "wheelhouse"
    arguments = {"BASE_IMAGE": base.name, "PIP_ARGS": os.environ.get("PIP_ARGS", ""), **dict(recipe.arguments)}
    files = [(file, str(file.relative_to(ROOT))) for file in recipe.files()]
    if base.offline:
        wheels = wheels / recipe.tags[0].replace("/", "-").replace(":", "-")
        arguments["PIP_ARGS"] = "--no-index --find-links /wheels"
        timed("Fetching the wheels", lambda: fill(wheels, ROOT / recipe.lock, target_of(base), torch=recipe.torch))
        files += [(wheel, f"wheelhouse/{wheel.name}") for wheel in sorted(wheels.glob("*.whl"))]
    else:
        files.append((wheels / ".gitkeep", "wheelhouse/.gitkeep"))
    command = ["docker", "build", "--quiet", "--force-rm", "--file", recipe.dockerfile, "--label", f"{LABEL}={digest}"]
    command += ["--network", "none" if base.offline else "default"]
    command += [word for name, value in arguments.items() if value for word in ("--build-arg", f"{name}={value}")]
    command += [word for tag in recipe.tags for word in ("--tag", tag)]
    replaced = try_docker("image", "inspect", "--format", "{{.Id}}", recipe.tags[0])
    timed(f"Building {recipe.tags[0]}", lambda: send([*command, "-"], files))
    if replaced:  # no tag names it any more; one that a container still runs from is kept by the engine
        try_docker("image", "rm", replaced)


def send(command: Sequence[str], files: Sequence[tuple[Path, str]]) -> None:
    """Stream exactly these files to a docker build as its context."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stdin is not None
    try:
        # The engine tells an archive from a Dockerfile by its first block, which must not be a PAX header.
        with tarfile.open(fileobj=process.stdin, mode="w|", format=tarfile.GNU_FORMAT) as context:
            for file, name in files:
                context.add(file, name, recursive=False)
    except BrokenPipeError:
        pass  # the engine gave up early; its own words follow
    _, errors = process.communicate()
    if process.returncode:
        sys.stderr.write(errors.decode("utf-8", "replace"))
        raise ImageError("The image could not be built: the engine's own words stand above.")


def ensure(recipe: Recipe, base: Base) -> None:
    """Build an image unless the one that stands was made from the same inputs."""
    digest = digest_of(recipe, base)
    if standing(recipe, digest):
        print(f"  {recipe.tags[0]} is up to date")
        return
    build(recipe, base, digest)


def main(arguments: Sequence[str]) -> int:
    """Build the image that the command line names."""
    parser = argparse.ArgumentParser(description="Build the project's Docker images.")
    parser.add_argument("image", choices=("sandbox", "site"))
    parser.add_argument("--environment", choices=ENVIRONMENTS, default="numpy", help="packages of the sandbox image")
    options = parser.parse_args(arguments)
    recipe = site_recipe() if options.image == "site" else sandbox_recipe(options.environment)
    try:
        check_engine()
        ensure(recipe, choose_base())
    except (ImageError, WheelhouseError) as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"Docker refused: {(error.stderr or '').strip() or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
