"""Start the composed site, wait until it is healthy, and grade one submission through all of it.

    python tools/compose.py up
    python tools/compose.py down [--data]

PORT chooses the port on this machine. The secrets are made once, in var/courseplatform.env;
COMPOSE_PROJECT_NAME names another site and another file.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:  # run as a script, `tools` itself is not importable
    sys.path.insert(0, str(ROOT))

from tools import images  # noqa: E402  (needs the line above)
from tools.wheelhouse import WheelhouseError  # noqa: E402

PROJECT = os.environ.get("COMPOSE_PROJECT_NAME", "courseplatform")
SECRETS = ROOT / "var" / f"{PROJECT}.env"
HEALTHY_SECONDS = 180
SERVICES = ("db", "redis", "migrate", "web", "worker", "scheduler")
# A one-shot service has done its work when it has left with 0.
ONE_SHOT = ("migrate",)


class ComposeError(Exception):
    """Something the person at the keyboard can mend; its text is one sentence."""


def find_compose() -> list[str]:
    """Return the command of Compose 2, or of Compose 1.29 where only that is installed."""
    if images.try_docker("compose", "version", seconds=30) is not None:
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise ComposeError(
        "Docker Compose is not installed: install it (on Debian or Ubuntu: `sudo apt install docker-compose`)."
    )


def keep_secrets(path: Path) -> None:
    """Make the site's secrets on the first start; later starts find them."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"SECRET_KEY={secrets.token_urlsafe(48)}", f"POSTGRES_PASSWORD={secrets.token_urlsafe(24)}"]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


class Site:
    """The composed site of this checkout."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        """Bind the compose command to this project's file, secrets and variables."""
        self.command = [*find_compose(), "--project-name", PROJECT]
        self.command += ["--file", str(ROOT / "docker-compose.yml"), "--env-file", str(SECRETS)]
        self.environment = {**os.environ, **variables}

    def run(self, *arguments: str) -> int:
        """Run compose with its output shown."""
        return subprocess.run([*self.command, *arguments], cwd=ROOT, env=self.environment, check=False).returncode

    def read(self, *arguments: str) -> str:
        """Run compose and return what it printed."""
        done = subprocess.run(
            [*self.command, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        return done.stdout

    def start(self) -> None:
        """Create and start every service; what compose says is shown only where it fails."""
        command = [*self.command, "up", "--detach", "--no-build", "--remove-orphans"]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return
        print(done.stdout, file=sys.stderr)
        if "port is already allocated" in done.stdout or "address already in use" in done.stdout:
            raise ComposeError(
                f"Port {os.environ.get('PORT', '8000')} is taken: choose another with PORT=8001 make up."
            )
        raise ComposeError("The services did not start: Compose's own words stand above.")

    def states(self) -> dict[str, str]:
        """Return each container's service and state: starting, ready, or what went wrong with it."""
        found: dict[str, str] = {}
        for container in self.read("ps", "--quiet", "--all").split() if self.modern else self.read("ps", "-q").split():
            described = json.loads(images.docker("inspect", "--format", "{{json .}}", container))
            service = str(described["Config"]["Labels"]["com.docker.compose.service"])
            found[service] = state_of(service, described["State"])
        return found

    @property
    def modern(self) -> bool:
        """Say whether this is Compose 2, whose `ps` leaves out what has ended unless it is asked."""
        return self.command[:2] == ["docker", "compose"]

    def wait(self, seconds: float) -> None:
        """Wait until every service is ready; name the one that is not, with the end of its log."""
        deadline = time.monotonic() + seconds
        while True:
            states = self.states()
            broken = sorted(service for service, state in states.items() if state not in ("ready", "starting"))
            slow = sorted(service for service, state in states.items() if state == "starting")
            # Compose may still be creating services: what is not there yet is not ready either.
            if not broken and not slow and len(states) == len(SERVICES):
                return
            if broken or time.monotonic() > deadline:
                service = (broken or slow or sorted(set(SERVICES) - set(states)))[0]
                print(self.read("logs", "--no-color", "--tail=40", service), file=sys.stderr)
                raise ComposeError(f"The service {service} did not become healthy: the end of its log stands above.")
            time.sleep(1)


def state_of(service: str, state: Mapping[str, object]) -> str:
    """Judge one container by what the engine says of it."""
    status = state["Status"]
    if service in ONE_SHOT:
        return "starting" if status != "exited" else "ready" if state["ExitCode"] == 0 else "failed"
    if status != "running":
        return "starting" if status == "created" else str(status)
    health = state.get("Health")
    if isinstance(health, Mapping):
        return {"healthy": "ready", "starting": "starting"}.get(str(health["Status"]), "unhealthy")
    return "ready"


def up() -> None:
    """Build what is missing, start everything, and let one submission prove that it works."""
    print("Images", flush=True)
    images.check_engine()
    base = images.choose_base()
    images.ensure(images.sandbox_recipe("numpy"), base)
    images.ensure(images.site_recipe(), base)
    keep_secrets(SECRETS)
    site = Site(images.choose_services())
    print("Services", flush=True)
    images.timed("Starting", site.start)
    images.timed("Waiting until healthy", lambda: site.wait(HEALTHY_SECONDS))
    print("People and a first submission", flush=True)
    for command in ("demo", "selfcheck"):
        if site.run("exec", "-T", "web", "python", "manage.py", command):
            print(site.read("logs", "--no-color", "--tail=40", "worker"), file=sys.stderr)
            raise ComposeError(f"`manage.py {command}` failed in the web container: its words stand above.")
    print(f"Serving http://127.0.0.1:{os.environ.get('PORT', '8000')}  (make down stops it)", flush=True)


def down(*, data: bool) -> None:
    """Stop and remove the services, and their data only when that was asked for."""
    images.check_engine()
    # The file wants these named before it can be read; where there are no secrets there is nothing to read.
    site = Site({} if SECRETS.exists() else {"SECRET_KEY": "-", "POSTGRES_PASSWORD": "-"})
    if not SECRETS.exists():
        site.command = [word for word in site.command if word not in ("--env-file", str(SECRETS))]
    if site.run("down", "--remove-orphans", "--timeout", "30", *(["--volumes"] if data else [])):
        raise ComposeError("The services could not be removed: Compose's own words stand above.")
    if data:
        SECRETS.unlink(missing_ok=True)


def main(arguments: Sequence[str]) -> int:
    """Start or stop the composed site."""
    parser = argparse.ArgumentParser(description="Start or stop the composed site.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="build, start, and grade one submission through everything")
    ending = commands.add_parser("down", help="stop and remove the services")
    ending.add_argument("--data", action="store_true", help="remove the database too")
    options = parser.parse_args(arguments)
    try:
        if options.command == "up":
            up()
        else:
            down(data=options.data)
    except (ComposeError, images.ImageError, WheelhouseError) as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"Docker refused: {(error.stderr or '').strip() or error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
