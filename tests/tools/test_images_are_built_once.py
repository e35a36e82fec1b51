"""An image is made from what its recipe lists and nothing else, and only when that has changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools import images
from tools.images import Base, ImageError, Recipe

DOCKERFILES = (images.sandbox_recipe("numpy"), images.site_recipe())


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small tree to make an image from, with a Docker that answers the identity of the base."""
    (tmp_path / "code" / "__pycache__").mkdir(parents=True)
    for name in ("Dockerfile", "lock", "code/a.py", "code/__pycache__/a.pyc"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(images, "ROOT", tmp_path)
    monkeypatch.setattr(images, "docker", lambda *arguments, seconds=None: "sha256:base")
    monkeypatch.delenv("PIP_ARGS", raising=False)
    return tmp_path


RECIPE = Recipe(tags=("x:latest",), dockerfile="Dockerfile", lock="lock", sources=("code",))
BASE = Base("base", offline=False)


def test_a_context_holds_what_the_recipe_lists_and_no_compiled_files(source: Path) -> None:
    assert [str(file.relative_to(source)) for file in RECIPE.files()] == ["Dockerfile", "lock", "code/a.py"]


def test_the_same_inputs_have_the_same_name(source: Path) -> None:
    before = images.digest_of(RECIPE, BASE)
    (source / "code" / "__pycache__" / "b.pyc").write_text("compiled since")
    (source / "unrelated").write_text("not in the recipe")
    assert images.digest_of(RECIPE, BASE) == before


@pytest.mark.parametrize("name", ["Dockerfile", "lock", "code/a.py", "code/new.py"])
def test_a_changed_file_asks_for_another_image(source: Path, name: str) -> None:
    before = images.digest_of(RECIPE, BASE)
    (source / name).write_text("changed")
    assert images.digest_of(RECIPE, BASE) != before


def test_another_base_asks_for_another_image(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = images.digest_of(RECIPE, BASE)
    assert images.digest_of(RECIPE, Base("base", offline=True)) != before
    monkeypatch.setattr(images, "docker", lambda *arguments, seconds=None: "sha256:newer")
    assert images.digest_of(RECIPE, BASE) != before


def test_a_moved_byte_between_two_files_is_a_change(source: Path) -> None:
    (source / "code" / "a.py").write_text("ab")
    (source / "code" / "b.py").write_text("c")
    before = images.digest_of(RECIPE, BASE)
    (source / "code" / "a.py").write_text("a")
    (source / "code" / "b.py").write_text("bc")
    assert images.digest_of(RECIPE, BASE) != before


@pytest.mark.parametrize("recipe", DOCKERFILES, ids=lambda recipe: str(recipe.dockerfile))
def test_whatever_a_dockerfile_copies_is_in_its_recipe(recipe: Recipe) -> None:
    arguments = {"${ENVIRONMENT}": dict(recipe.arguments).get("ENVIRONMENT", ""), "${WHEELS}/": "wheelhouse/"}
    for line in (images.ROOT / recipe.dockerfile).read_text(encoding="utf-8").splitlines():
        if not line.startswith("COPY ") or "--from" in line:
            continue
        for name, value in arguments.items():
            line = line.replace(name, value)
        sources = [word.rstrip("/") for word in line.split()[1:-1]]
        assert set(sources) <= {*recipe.sources, recipe.lock, "wheelhouse"}, line


@pytest.mark.parametrize("environment", images.ENVIRONMENTS)
def test_each_environment_has_its_lock_and_its_own_tag(environment: str) -> None:
    recipe = images.sandbox_recipe(environment)
    assert all(file.exists() for file in recipe.files())
    assert f"courseplatform/sandbox:{environment}" in recipe.tags


def test_a_machine_without_docker_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ImageError, match=r"sudo apt install docker\.io"):
        images.check_engine()


def test_an_engine_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/docker")
    monkeypatch.setattr(images, "try_docker", lambda *arguments, seconds=None: None)
    with pytest.raises(ImageError, match="does not answer"):
        images.check_engine()


def test_a_base_that_is_named_is_taken_without_asking_a_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASE_IMAGE", "registry.example/python:3.12")
    assert images.choose_base() == Base("registry.example/python:3.12", offline=False)


def test_without_a_registry_a_base_is_made_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[tuple[str, str]] = []
    monkeypatch.delenv("BASE_IMAGE", raising=False)
    monkeypatch.setattr(images, "obtainable", lambda image: False)
    monkeypatch.setattr(images, "run_base_script", lambda kind, name: made.append((kind, name)))
    assert images.choose_base() == Base(images.LOCAL_BASE, offline=True)
    assert made == [("python", images.LOCAL_BASE)]
    assert "cannot be pulled" in capsys.readouterr().out


def test_a_failed_command_of_docker_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> Base:
        raise subprocess.CalledProcessError(1, "docker", stderr="no space left\n")

    monkeypatch.setattr(images, "check_engine", lambda: None)
    monkeypatch.setattr(images, "choose_base", refuse)
    assert images.main(["sandbox"]) == 1
    assert capsys.readouterr().err == "Docker refused: no space left\n"


@pytest.mark.docker
def test_the_image_that_stands_holds_the_engine_and_runs_as_nobody() -> None:
    code = "import os, autograders.wire, msgpack, numpy, pyseccomp, pytest; print(os.getuid())"
    command = ["run", "--rm", "--network", "none", "--read-only", "--cap-drop", "ALL", "courseplatform/sandbox:latest"]
    assert images.docker(*command, "python", "-c", code) == "10001"


@pytest.mark.docker
def test_the_image_is_compiled_because_a_read_only_root_cannot_be() -> None:
    code = "import numpy, os; print(os.path.exists(numpy.__cached__))"
    command = ["run", "--rm", "--network", "none", "courseplatform/sandbox:latest", "python", "-c", code]
    assert images.docker(*command) == "True"
