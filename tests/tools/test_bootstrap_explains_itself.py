"""The first thing a newcomer runs: it must say in one sentence what is missing, and do nothing twice."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tools import bootstrap
from tools.bootstrap import BootstrapError, Environment, StepFailed


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has what the digest of an environment reads."""
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-torch.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


def ready_environment(checkout: Path, level: str) -> Environment:
    environment = Environment(checkout / ".venv", level)
    environment.bin.mkdir(parents=True)
    (environment.bin / "python").symlink_to(sys.executable)
    environment.write_stamp()
    return environment


def one_sentence(error: str) -> bool:
    return "\n" not in error.strip() and error.strip().endswith(".") and "Traceback" not in error


def test_an_old_python_can_read_the_file_far_enough_to_be_told_that_it_is_old() -> None:
    source = Path(bootstrap.__file__).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))


def test_the_file_imports_the_standard_library_only() -> None:
    tree = ast.parse(Path(bootstrap.__file__).read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= set(sys.stdlib_module_names)


def test_the_first_python_that_is_new_enough_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"old": (3, 9, 2), "new": (3, 12, 1), "newer": (3, 13, 0)}
    monkeypatch.setattr(bootstrap, "version_of", versions.get)
    assert bootstrap.find_python(["missing", "old", "new", "newer"]) == "new"


def test_only_old_pythons_give_a_sentence_that_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"old": (3, 9, 2), "older": (3, 8, 10)}
    monkeypatch.setattr(bootstrap, "version_of", versions.get)
    with pytest.raises(BootstrapError) as caught:
        bootstrap.find_python(["old", "missing", "older"])
    assert "3.9.2, 3.8.10" in str(caught.value)
    assert "3.11 or newer" in str(caught.value)
    assert one_sentence(str(caught.value))


def test_an_interpreter_that_does_not_start_has_no_version(tmp_path: Path) -> None:
    assert bootstrap.version_of(str(tmp_path / "missing")) is None
    assert bootstrap.version_of(shutil.which("true") or "true") is None
    assert bootstrap.version_of(sys.executable) == sys.version_info[:3]


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("error: failed to write (os error 28)", "disk is full"),
        (
            "WARNING: Retrying ... Temporary failure in name resolution\nERROR: No matching distribution",
            "check the network",
        ),
        ("ERROR: Could not find a version that satisfies amqp==5 (from versions: none)", "check the network"),
        ("error: Failed to fetch: error sending request for url", "check the network"),
        ("PermissionError: [Errno 13] Permission denied: '.venv'", "right to write"),
        ("line one\nERROR: the wheel is for another planet.\n\n", "the wheel is for another planet."),
        ("", "no message was given."),
    ],
)
def test_what_an_installer_printed_becomes_one_sentence(output: str, wanted: str) -> None:
    sentence = bootstrap.explain(output, "installing requirements.lock")
    assert wanted in sentence
    assert one_sentence(sentence)


def test_too_little_disk_stops_before_anything_is_made(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10**9, 10**9 - 5_000_000, 5_000_000))
    with pytest.raises(BootstrapError) as caught:
        bootstrap.prepare(Environment(checkout / ".venv", "run"))
    assert "Only 5 MB are free" in str(caught.value)
    assert not (checkout / ".venv").exists()


def test_a_python_without_its_venv_module_names_the_package_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: object, environment: object = None) -> str:
        raise StepFailed("No module named ensurepip")

    monkeypatch.setattr(bootstrap, "run_step", fail)
    with pytest.raises(BootstrapError) as caught:
        Environment(checkout / ".venv", "run").create(sys.executable)
    assert "sudo apt install python3-venv" in str(caught.value)


def test_a_finished_installation_is_ready_at_its_level(checkout: Path) -> None:
    assert not Environment(checkout / ".venv", "run").is_ready()
    assert ready_environment(checkout, "run").is_ready()
    assert not Environment(checkout / ".venv", "dev").is_ready()


def test_what_developers_installed_covers_a_run(checkout: Path) -> None:
    ready_environment(checkout, "dev")
    assert Environment(checkout / ".venv", "run").is_ready()


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_pin_is_installed_again(checkout: Path, name: str) -> None:
    environment = ready_environment(checkout, "run")
    (checkout / name).write_text("changed")
    assert not environment.is_ready()


def test_a_spoilt_stamp_is_no_stamp(checkout: Path) -> None:
    environment = ready_environment(checkout, "run")
    for spoilt in ("", "[]", '{"level": "run"}', '{"level": "x", "digest": "y", "python": [3, 11, 1]}'):
        environment.stamp.write_text(spoilt)
        assert not environment.is_ready()


def test_pip_is_asked_where_the_fast_installer_fails(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def fail(*arguments: str) -> str:
        raise StepFailed("hash mismatch of its own making")

    def answer(*arguments: str) -> str:
        asked.append(arguments)
        return ""

    environment = Environment(checkout / ".venv", "run")
    monkeypatch.setattr(environment, "uv", fail)
    monkeypatch.setattr(environment, "pip", answer)
    environment.install("--no-deps", "x")
    assert asked == [("install", "--quiet", "--no-deps", "x")]


def test_pip_is_not_asked_to_fill_a_full_disk(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: str) -> str:
        raise StepFailed("No space left on device")

    environment = Environment(checkout / ".venv", "run")
    monkeypatch.setattr(environment, "uv", fail)
    with pytest.raises(StepFailed):
        environment.install("x")


def test_the_settings_of_pip_reach_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    listed = (
        "global.index-url='https://mirror.example/simple'\n"
        "global.extra-index-url='file:///a file:///b'\n"
        ":env:.find-links='/wheels /more'\n"
        "global.timeout='3'\n"
    )
    settings = bootstrap.uv_settings(listed)
    assert settings["UV_DEFAULT_INDEX"] == "https://mirror.example/simple"
    assert settings["UV_INDEX"] == "file:///a file:///b"
    assert settings["UV_FIND_LINKS"] == "/wheels,/more"
    assert "timeout" not in str(settings)


def test_what_uv_was_told_itself_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    assert "UV_DEFAULT_INDEX" not in bootstrap.uv_settings("global.index-url='https://mirror.example/simple'\n")


def test_a_ready_environment_becomes_the_command_at_once(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    (copy / "tools").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock", "requirements-torch.txt"):
        shutil.copy(bootstrap.ROOT / name, copy / name)
    shutil.copy(bootstrap.__file__, copy / "tools" / "bootstrap.py")
    bin_folder = copy / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    code = (
        "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import bootstrap; "
        "bootstrap.Environment(pathlib.Path(sys.argv[2]), 'run').write_stamp()"
    )
    subprocess.run([sys.executable, "-c", code, str(copy / "tools"), str(copy / ".venv")], check=True)
    done = subprocess.run(
        [sys.executable, str(copy / "tools" / "bootstrap.py"), "--", "sh", "-c", "echo $VIRTUAL_ENV; exit 7"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"]},
        check=False,
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (7, str(copy / ".venv"), "")
