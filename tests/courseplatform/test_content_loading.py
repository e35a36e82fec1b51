"""The catalogue made from the content folder."""

from __future__ import annotations

import io
import shutil
import tarfile
import zlib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assignments.models import Problem, ProblemVersion
from assignments.versions import forget_unpacked, pack, problem_of
from autograders.problem import ProblemError, load_problem
from courseplatform.curriculum.loading import load_content
from courseplatform.curriculum.markdown import to_html
from courseplatform.curriculum.models import Chapter

pytestmark = pytest.mark.django_db


def test_chapters_problems_and_versions_become_rows(problem: Problem) -> None:
    chapter = Chapter.objects.get()
    assert (chapter.number, chapter.title, chapter.order) == ("01", "Trying", 1)
    assert [found.slug for found in Problem.objects.all()] == ["double", "series"]
    version = problem.current
    assert version is not None
    assert version.folder == "01-trying/series"
    assert [entry["name"] for entry in version.meta["entry_points"]] == ["total", "scale", "Counter", "countdown"]
    assert [check["points"] for check in version.meta["checks"]] == [2, 3, 1, 4, 2, 1]
    assert "def total" in version.starter


def test_loading_twice_changes_nothing(problem: Problem, content: Path) -> None:
    before = list(ProblemVersion.objects.values_list("pk", "digest"))
    again = load_content(content)
    assert (again.problems, again.new_versions, again.closed, again.errors) == (2, 0, 0, [])
    assert list(ProblemVersion.objects.values_list("pk", "digest")) == before


def test_another_grader_makes_another_version_and_keeps_the_first(problem: Problem, content: Path) -> None:
    folder = content / "01-trying" / "series"
    (folder / "grader.py").write_text((folder / "grader.py").read_text().replace("points=2)", "points=9)", 1))
    assert load_content(content).new_versions == 1
    first = problem.current
    problem.refresh_from_db()
    assert first is not None
    assert problem.current != first
    assert problem.current is not None
    assert problem_of(problem.current).max_score == 20
    assert problem_of(first).max_score == 13


def test_another_statement_is_shown_without_another_version(problem: Problem, content: Path) -> None:
    (content / "01-trying" / "series" / "statement.md").write_text("# New words\n")
    assert load_content(content).new_versions == 0
    assert problem.current is not None
    problem.current.refresh_from_db()
    assert "New words" in problem.current.statement_html


def test_a_problem_taken_away_is_closed_not_deleted(problem: Problem, content: Path) -> None:
    shutil.rmtree(content / "01-trying" / "series")
    assert load_content(content).closed == 1
    problem.refresh_from_db()
    assert not problem.is_open


def test_a_folder_at_fault_is_named_and_the_others_are_loaded(content: Path) -> None:
    (content / "01-trying" / "series" / "problem.toml").write_text("id = 7\n")
    loaded = load_content(content)
    assert (loaded.problems, loaded.closed) == (1, 0)
    assert loaded.errors == ["series/problem.toml: id must be a text, not 7"]
    with pytest.raises(CommandError, match=r"series/problem\.toml"):
        call_command("load_content", str(content))


def test_a_missing_content_folder_is_said(tmp_path: Path) -> None:
    assert "no such content folder" in load_content(tmp_path / "nowhere").errors[0]


def test_packing_is_the_same_each_time_and_unpacks_to_the_same_problem(problem: Problem, content: Path) -> None:
    folder = content / "01-trying" / "series"
    assert pack(folder) == pack(folder)
    assert problem.current is not None
    assert problem_of(problem.current).version == load_problem(folder).version


def test_an_unpacked_folder_that_was_changed_is_not_used(problem: Problem) -> None:
    assert problem.current is not None
    folder = problem_of(problem.current).path
    (folder / "grader.py").write_text((folder / "grader.py").read_text() + "\n# changed\n")
    forget_unpacked()
    with pytest.raises(ProblemError, match="delete this folder"):
        problem_of(problem.current)


@pytest.mark.parametrize("name", ["../outside.py", "/outside.py", "data/../../outside.py"])
def test_an_archive_that_climbs_out_of_its_folder_is_not_unpacked(problem: Problem, tmp_path: Path, name: str) -> None:
    version = problem.current
    assert version is not None
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    ProblemVersion.objects.filter(pk=version.pk).update(archive=zlib.compress(buffer.getvalue()))
    with pytest.raises(ProblemError, match="has no place"):
        problem_of(version)
    assert not list(tmp_path.rglob("outside.py"))


def test_formulas_are_left_to_the_browser_with_their_signs_escaped() -> None:
    html = to_html("Let $a < b$ and\n\n$$\na_i * b_i * c\n$$\n")
    assert r'<span class="math inline">\(a &lt; b\)</span>' in html
    assert r"\[a_i * b_i * c\]" in html
    assert "<em>" not in html


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "$</span><script>$"],
)
def test_no_script_comes_through(text: str) -> None:
    html = to_html(text)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_code_and_tables_keep_their_form() -> None:
    html = to_html("```python\ndef f():\n    return 1\n```\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n")
    assert '<span class="k">def</span>' in html
    assert "<table>" in html
