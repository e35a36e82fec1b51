"""A lock is read as the image's Python would read it, not as the Python that fetches the wheels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import wheelhouse
from tools.images import ENVIRONMENTS, ROOT
from tools.wheelhouse import Target, WheelhouseError

LOCK = """# made by hand
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb  # via x
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:dd
async-timeout==5.0.1 ; python_full_version < '3.11.3' \\
    --hash=sha256:ee
redis[hiredis]==8.1.0 \\
    --hash=sha256:ff
    # via celery
"""


def pins(lock: str) -> list[str]:
    return [entry.split()[0] for entry in wheelhouse.entries(lock)]


def test_the_image_of_debian_gets_what_its_older_python_needs() -> None:
    reduced = wheelhouse.reduce(LOCK, Target("3.11.2", "x86_64"))
    assert pins(reduced) == ["numpy==2.4.6", "async-timeout==5.0.1", "redis[hiredis]==8.1.0"]
    assert ";" not in reduced


def test_a_newer_python_gets_what_is_meant_for_it() -> None:
    assert pins(wheelhouse.reduce(LOCK, Target("3.12.1", "x86_64"))) == ["numpy==2.5.5", "redis[hiredis]==8.1.0"]


def test_every_hash_stays_with_its_pin() -> None:
    reduced = wheelhouse.reduce(LOCK, Target("3.11.7", "aarch64"))
    assert "--hash=sha256:aa" in reduced
    assert "--hash=sha256:bb" in reduced
    assert "--hash=sha256:cc" not in reduced


def test_a_line_that_pins_nothing_is_refused_by_name() -> None:
    with pytest.raises(WheelhouseError, match="numpy>=2"):
        wheelhouse.reduce("numpy>=2\n", Target("3.11.2", "x86_64"))


def test_wheels_for_older_systems_are_allowed_and_newer_ones_are_not() -> None:
    options = Target("3.11.2", "aarch64").pip_options()
    assert "manylinux_2_17_aarch64" in options
    assert "manylinux_2_28_aarch64" in options
    assert "manylinux_2_39_aarch64" not in options
    assert options[options.index("--python-version") + 1] == "311"


def versions(lock: Path) -> dict[str, str]:
    reduced = wheelhouse.reduce(lock.read_text(encoding="utf-8"), Target("3.11.7", "x86_64"))
    return dict(pin.split("==", 1) for pin in pins(reduced))


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_both_placements_grade_with_the_same_versions(environment: str) -> None:
    local = versions(ROOT / "requirements-dev.lock")
    image = versions(ROOT / "docker" / f"sandbox-{environment}.lock")
    assert {name: local[name] for name in image} == image


def test_what_a_run_installs_is_what_developers_test() -> None:
    local = versions(ROOT / "requirements-dev.lock")
    run = versions(ROOT / "requirements.lock")
    assert {name: local[name] for name in run} == run


def test_a_filled_folder_is_left_alone_and_a_changed_lock_fills_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, ...]] = []

    def download(folder: Path, *arguments: str) -> bool:
        calls.append(arguments)
        (folder / "x-1-py3-none-any.whl").touch()
        return True

    monkeypatch.setattr(wheelhouse, "pip_download", download)
    lock, folder = tmp_path / "lock", tmp_path / "wheels"
    lock.write_text(LOCK)
    target = Target("3.11.2", "x86_64")
    for _ in range(2):
        wheelhouse.fill(folder, lock, target, torch=False)
    assert len(calls) == 1
    lock.write_text("x==1 \\\n    --hash=sha256:00\n")
    wheelhouse.fill(folder, lock, target, torch=True)
    assert len(calls) == 3
    assert (folder / "requirements.txt").read_text().startswith("x==1")


def test_wheels_that_cannot_be_fetched_leave_no_folder_that_looks_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheelhouse, "pip_download", lambda folder, *arguments: False)
    lock, folder = tmp_path / "lock", tmp_path / "wheels"
    lock.write_text(LOCK)
    with pytest.raises(WheelhouseError):
        wheelhouse.fill(folder, lock, Target("3.11.2", "x86_64"), torch=False)
    assert not (folder / ".inputs").exists()
