#!/usr/bin/env python3
"""Make `.venv`, install the pinned dependencies into it, and become the command that follows.

Standard library only, and readable by Python 3.8: it runs before anything is installed, and an old
interpreter must get as far as the sentence that says it is too old. A second run with nothing changed
compares one digest and goes straight to the command.

    python3 tools/bootstrap.py -- python manage.py up
    python3 tools/bootstrap.py --dev -- python -m pytest
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable, Iterable, NoReturn, Sequence  # noqa: UP035  (collections.abc is not subscriptable on 3.8)

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
NEWEST = (3, 14)
PROBE = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
# What each level needs on disk, with room for the downloads: measured 0.3 GB and 2.0 GB.
FREE_MB = {"run": 700, "dev": 3500}
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
NETWORK_SIGNS = (
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "Connection refused",
    "Connection timed out",
    "Connection aborted",
    "ConnectTimeoutError",
    "Read timed out",
    "Max retries exceeded",
    "ProxyError",
    "dns error",
    "error sending request",
    "tcp connect error",
    "CERTIFICATE_VERIFY_FAILED",
)
DISK_SIGNS = ("No space left on device", "Disk quota exceeded", "os error 28")


class BootstrapError(Exception):
    """Something the person at the keyboard can mend; its text is one sentence."""


class StepFailed(Exception):
    """A subprocess ended badly; `output` is what it printed."""

    def __init__(self, output: str) -> None:
        """Keep the output, from which the sentence is made."""
        super().__init__(output)
        self.output = output


def version_of(python: str) -> tuple[int, int, int] | None:
    """Return the version an interpreter says it has, or None where it does not start."""
    try:
        done = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, timeout=30, check=False)
        major, minor, micro = done.stdout.strip().split(".")
        return int(major), int(minor), int(micro)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def candidates() -> Iterable[str]:
    """Yield interpreters worth asking: the one named, the one running this file, then newer ones on PATH."""
    named = os.environ.get("PYTHON")
    if named:
        yield named
    yield getattr(sys, "_base_executable", None) or sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            yield found


def find_python(names: Iterable[str]) -> str:
    """Return the first interpreter that is new enough, or say which Python was found and what to do."""
    seen: list[str] = []
    for name in names:
        version = version_of(name)
        if version is not None and version[:2] >= OLDEST:
            return name
        if version is not None:
            seen.append("{}.{}.{}".format(*version))
    found = ", ".join(dict.fromkeys(seen)) or "none"
    raise BootstrapError(
        f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed and only {found} was found: install it (on Debian or "
        "Ubuntu: `sudo apt install python3 python3-venv`) or name it with PYTHON=/path/to/python3."
    )


def explain(output: str, doing: str) -> str:
    """Turn a failed step's output into the one sentence a person needs."""
    if any(sign in output for sign in DISK_SIGNS):
        return f"The disk is full (while {doing}): free some space under {ROOT} and run the command again."
    # pip without retries says only that it found no version of a thing that is pinned because it exists.
    if any(sign in output for sign in (*NETWORK_SIGNS, "(from versions: none)")):
        return (
            f"The package index could not be reached (while {doing}): check the network, or name a mirror with "
            "PIP_INDEX_URL, and run the command again."
        )
    if "Permission denied" in output or "Read-only file system" in output:
        return f"{ROOT} cannot be written (while {doing}): give yourself the right to write there."
    last = [line.strip() for line in output.splitlines() if line.strip()]
    return f"It did not work (while {doing}): {last[-1] if last else 'no message was given.'}"


def run_step(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    """Run a subprocess quietly; its output is kept for the sentence, should it fail."""
    try:
        done = subprocess.run(
            list(command), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
        )
    except OSError as error:
        raise StepFailed(str(error)) from error
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode:
        raise StepFailed(output)
    return output


def announce(doing: str, step: Callable[[], None]) -> None:
    """Run one step between its name and the seconds it took, and give its failure a sentence."""
    print(f"  {doing} ...", end="", flush=True)
    started = time.monotonic()
    try:
        step()
    except BootstrapError:
        print(" failed", flush=True)
        raise
    except StepFailed as failure:
        print(" failed", flush=True)
        raise BootstrapError(explain(failure.output, doing[0].lower() + doing[1:])) from failure
    print(f" {time.monotonic() - started:.1f} s", flush=True)


class Environment:
    """The `.venv` of this checkout: what is in it, what it should hold, and the steps between."""

    def __init__(self, folder: Path, level: str) -> None:
        """Describe the environment in `folder` at one level, without touching it."""
        self.folder = folder
        self.level = level
        self.bin = folder / "bin"
        self.python = str(self.bin / "python")
        self.stamp = folder / "courseplatform.json"

    def digest(self, level: str, version: tuple[int, int, int]) -> str:
        """Name what an installation at this level depends on: the locks, the metadata and the Python."""
        digest = hashlib.sha256(repr((level, version)).encode())
        names = [LOCKS[level], "pyproject.toml"] + (["requirements-torch.txt"] if level == "dev" else [])
        for name in names:
            digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
        return digest.hexdigest()

    def is_ready(self) -> bool:
        """Say whether the last installation covers this level: one for developers also covers a run."""
        try:
            stamp = json.loads(self.stamp.read_text(encoding="utf-8"))
            level, digest = str(stamp["level"]), str(stamp["digest"])
            major, minor, micro = stamp["python"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if level not in LOCKS or (self.level == "dev" and level != "dev") or not os.access(self.python, os.X_OK):
            return False
        return digest == self.digest(level, (int(major), int(minor), int(micro)))

    def write_stamp(self) -> None:
        """Record the finished installation; written last, so that a broken one is made again."""
        version = version_of(self.python)
        if version is None:
            raise BootstrapError(f"{self.python} does not start: delete {self.folder} and run the command again.")
        stamp = {"level": self.level, "digest": self.digest(self.level, version), "python": list(version)}
        self.stamp.write_text(json.dumps(stamp), encoding="utf-8")

    def create(self, python: str) -> None:
        """Make the virtual environment with a Python that has its venv and ensurepip modules."""
        try:
            run_step([python, "-c", "import ensurepip, venv"])
        except StepFailed:
            major, minor = (version_of(python) or OLDEST)[:2]
            raise BootstrapError(
                "Python's venv module is missing: install it (on Debian or Ubuntu: `sudo apt install python3-venv`, "
                f"or python{major}.{minor}-venv) and run the command again."
            ) from None
        run_step([python, "-m", "venv", "--clear", str(self.folder)])

    def pip(self, *arguments: str) -> str:
        """Run the environment's own pip."""
        return run_step([self.python, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments])

    def uv(self, *arguments: str) -> str:
        """Run uv on the environment, with pip's settings handed over: uv does not read them itself."""
        uv = [str(self.bin / "uv"), "pip", *arguments, "--python", self.python, "--quiet"]
        return run_step(uv, {**os.environ, **uv_settings(self.pip("config", "list"))})

    def install(self, *arguments: str) -> None:
        """Install with uv, and with pip where uv is missing or fails for a reason of its own."""
        try:
            self.uv("install", *arguments)
        except StepFailed as failure:
            if any(sign in failure.output for sign in DISK_SIGNS):
                raise
            self.pip("install", "--quiet", *arguments)

    def install_uv(self) -> None:
        """Get the fast installer; a platform without a wheel for it goes on with pip."""
        try:
            self.pip("install", "--quiet", "--only-binary", ":all:", "uv>=0.5")
        except StepFailed as failure:
            if any(sign in failure.output for sign in NETWORK_SIGNS + DISK_SIGNS):
                raise

    def install_torch(self) -> None:
        """Install the CPU build of torch: a wheel at hand, then an index that has CPU builds, then any."""
        torch = (ROOT / "requirements-torch.txt").read_text(encoding="utf-8").strip()
        index = os.environ.get("TORCH_INDEX_URL")
        if index:
            self.install("--index-url", index, "--no-deps", torch)
            return
        try:  # only pip knows the folders of wheels named in its settings files as well as in the environment
            self.pip("install", "--quiet", "--no-index", "--no-deps", "--no-compile", torch)
        except StepFailed:
            try:
                self.uv("install", "--torch-backend", "cpu", "--no-deps", torch)
            except StepFailed:
                self.pip("install", "--quiet", torch)


def uv_settings(listed: str) -> dict[str, str]:
    """Translate what `pip config list` printed into uv's environment; what uv was told itself stays."""
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "find-links": "UV_FIND_LINKS"}
    names["cert"] = "SSL_CERT_FILE"
    settings: dict[str, str] = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # pip's own rule; the lock's hashes decide
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = names.get(key.rpartition(".")[2])
        if name and name not in os.environ:
            words = value.strip("'\"").replace("\\n", " ").split()
            settings[name] = (",".join if name == "UV_FIND_LINKS" else " ".join)(words)
    return settings


def check_disk(level: str) -> None:
    """Refuse to start what cannot end: half an environment is of no use."""
    free = shutil.disk_usage(ROOT).free // 1_000_000
    if free < FREE_MB[level]:
        raise BootstrapError(
            f"Only {free} MB are free under {ROOT} and the installation needs {FREE_MB[level]} MB: "
            "free some space and run the command again."
        )


def prepare(environment: Environment) -> None:
    """Bring the environment to its level, showing each step and its seconds."""
    if environment.is_ready():
        return
    check_disk(environment.level)
    python = find_python(candidates())
    started = time.monotonic()
    print(f"Preparing {environment.folder.name} (first time, or the pinned versions have changed)", flush=True)
    current = version_of(environment.python)
    if current is None or current[:2] < OLDEST:
        announce(f"Making the environment with {python}", lambda: environment.create(python))
    environment.stamp.unlink(missing_ok=True)
    lock = LOCKS[environment.level]
    announce("Getting the installer", environment.install_uv)
    announce(f"Installing {lock}", lambda: environment.install("--require-hashes", "-r", lock))
    if environment.level == "dev":
        announce("Installing torch for the CPU", environment.install_torch)
    announce("Installing the project itself", lambda: environment.install("--no-deps", "--editable", "."))
    environment.write_stamp()
    print("Prepared in %.1f s" % (time.monotonic() - started), flush=True)


def become(command: Sequence[str], environment: Environment) -> NoReturn:
    """Replace this process with the command, as if the environment had been activated."""
    variables = dict(os.environ, VIRTUAL_ENV=str(environment.folder))
    variables["PATH"] = f"{environment.bin}{os.pathsep}{variables.get('PATH', os.defpath)}"
    variables.pop("PYTHONHOME", None)
    sys.stdout.flush()
    program = shutil.which(command[0], path=variables["PATH"])
    if program is None:
        raise BootstrapError(f"The command {command[0]} exists neither in {environment.folder} nor on PATH.")
    os.execve(program, list(command), variables)


def main(arguments: Sequence[str]) -> int:
    """Read the arguments, prepare the environment and hand over to the command, if one was given."""
    parser = argparse.ArgumentParser(description="Prepare .venv and run a command in it.")
    parser.add_argument("--dev", action="store_true", help="also install what tests and checks need")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run once the environment is ready")
    options = parser.parse_args(arguments)
    command = [word for position, word in enumerate(options.command) if (position, word) != (0, "--")]
    environment = Environment(ROOT / ".venv", "dev" if options.dev else "run")
    try:
        prepare(environment)
        if command:
            become(command, environment)
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(explain(str(error), f"preparing {environment.folder}"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; run the command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
