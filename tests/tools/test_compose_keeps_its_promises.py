"""The composed site: who is given what, and what is said when a service does not come up."""

from __future__ import annotations

import shutil
import stat
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import compose, images
from tools.compose import SERVICES, ComposeError, Site, state_of

SOCKET = "docker.sock"


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of docker-compose.yml as Compose reads them."""
    described: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((compose.ROOT / "docker-compose.yml").read_text())
    return described["services"]


def test_every_service_of_the_site_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert sorted(services) == sorted(SERVICES)


def test_only_the_worker_is_given_the_socket_of_the_engine(services: dict[str, dict[str, Any]]) -> None:
    given = [name for name, service in services.items() if any(SOCKET in str(v) for v in service.get("volumes", []))]
    assert given == ["worker"]


def test_only_the_worker_runs_as_root_and_nobody_sees_the_processes_of_the_host(
    services: dict[str, dict[str, Any]],
) -> None:
    assert [name for name, service in services.items() if service.get("user") == "0:0"] == ["worker"]
    assert [name for name, service in services.items() if "pid" in service or service.get("privileged")] == []


def test_the_run_folder_has_one_path_on_the_host_and_in_the_worker(services: dict[str, dict[str, Any]]) -> None:
    worker = services["worker"]
    path = worker["environment"]["SANDBOX_RUN_DIR"]
    assert f"{path}:{path}" in worker["volumes"]


def test_only_the_web_is_reachable_and_by_default_from_this_machine_only(services: dict[str, dict[str, Any]]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"web": ["${BIND:-127.0.0.1}:${PORT:-8000}:8000"]}


def test_no_secret_is_written_into_the_file(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if "SECRET" in name or "PASSWORD" in name:
                assert str(value).startswith("${")


def test_nothing_starts_before_the_tables_are_there(services: dict[str, dict[str, Any]]) -> None:
    for name in ("web", "worker", "scheduler"):
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "compose.env"
    compose.keep_secrets(path)
    made = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    values = dict(line.split("=", 1) for line in made.splitlines())
    assert len(values["SECRET_KEY"]) >= 50
    assert len(values["POSTGRES_PASSWORD"]) >= 20
    compose.keep_secrets(path)
    assert path.read_text() == made


@pytest.mark.parametrize(
    ("service", "state", "wanted"),
    [
        ("web", {"Status": "running", "Health": {"Status": "healthy"}}, "ready"),
        ("web", {"Status": "running", "Health": {"Status": "starting"}}, "starting"),
        ("web", {"Status": "running", "Health": {"Status": "unhealthy"}}, "unhealthy"),
        ("worker", {"Status": "running"}, "ready"),
        ("worker", {"Status": "created"}, "starting"),
        ("worker", {"Status": "restarting"}, "restarting"),
        ("worker", {"Status": "exited", "ExitCode": 0}, "exited"),
        ("migrate", {"Status": "running"}, "starting"),
        ("migrate", {"Status": "exited", "ExitCode": 0}, "ready"),
        ("migrate", {"Status": "exited", "ExitCode": 1}, "failed"),
    ],
)
def test_a_container_is_judged_by_what_the_engine_says(service: str, state: dict[str, Any], wanted: str) -> None:
    assert state_of(service, state) == wanted


class FakeSite(Site):
    """A site whose containers answer from a list, one entry a look."""

    def __init__(self, answers: list[dict[str, str]]) -> None:
        self.answers = answers

    def states(self) -> dict[str, str]:
        return self.answers.pop(0)

    def read(self, *arguments: str) -> str:
        return f"log of {arguments[-1]}"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def test_waiting_ends_when_every_service_is_ready() -> None:
    ready = dict.fromkeys(SERVICES, "ready")
    site = FakeSite([{"db": "starting"}, {**ready, "web": "starting"}, ready])
    site.wait(60)
    assert site.answers == []


def test_a_service_that_failed_is_named_with_the_end_of_its_log(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ComposeError, match="service migrate did not become healthy"):
        FakeSite([dict.fromkeys(SERVICES, "starting") | {"migrate": "failed"}]).wait(60)
    assert capsys.readouterr().err == "log of migrate\n"


def test_a_service_that_is_too_slow_is_named_at_the_deadline() -> None:
    with pytest.raises(ComposeError, match="service web"):
        FakeSite([dict.fromkeys(SERVICES, "ready") | {"web": "starting"}]).wait(-1)


def test_a_machine_without_compose_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "try_docker", lambda *arguments, seconds=None: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ComposeError, match="sudo apt install docker-compose"):
        compose.find_compose()
