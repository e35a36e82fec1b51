"""A problem folder that cannot be used is refused by a sentence naming its file and field."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autograders.problem import ProblemError, load_problem
from tests.autograders.support import PROBLEMS, tiny

TOML = (PROBLEMS / "double" / "problem.toml").read_text()
CHECK = '@check(points=1)\ndef test_doubles(solution):\n    """double doubles."""\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny problem, to be spoilt."""
    return Path(shutil.copytree(PROBLEMS / "double", tmp_path / "double"))


def complaint(folder: Path) -> str:
    """What is said of a folder that cannot be loaded."""
    with pytest.raises(ProblemError) as refusal:
        load_problem(folder)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("name", ["problem.toml", "statement.md", "starter.py", "reference.py", "grader.py"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert complaint(folder) == f"double/{name}: the file is missing"


@pytest.mark.parametrize("name", ["problem.toml", "statement.md", "starter.py", "reference.py", "grader.py"])
def test_a_file_that_is_not_utf8_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"title = '\xe9'")
    assert complaint(folder).startswith(f"double/{name}: ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id = "double"', "", "id is missing"),
        ('id = "double"', 'id = "Double It"', "id 'Double It' must be lower-case words joined by hyphens"),
        ('id = "double"', 'id = "../double"', "id '../double' must be"),
        ('title = "Twice a number"', "", "title is missing"),
        ('title = "Twice a number"', 'title = "  "', "title is empty"),
        ('title = "Twice a number"', "title = 3", "title must be a text, not 3"),
        ("level = 1", "", "level is missing"),
        ("level = 1", "level = 6", "level must lie between 1 and 5, not 6"),
        ("level = 1", "level = 1.5", "level must be a whole number"),
        ("level = 1", "level = true", "level must be a whole number"),
        ('skills = ["arithmetic"]', "", "skills is missing"),
        ('skills = ["arithmetic"]', 'skills = "arithmetic"', "skills must be a list of texts"),
        ('skills = ["arithmetic"]', "skills = [1]", "skills must be a list of texts"),
        ('environment = "numpy"', "", "environment is missing"),
        ("minutes = 1", "minutes = 0", "minutes must lie between"),
        ("minutes = 1", "minutes = 1\nduration = 3", "unknown field 'duration'"),
        ("[[entry_points]]", "[[entrypoints]]", "[[entry_points]] is missing"),
        (
            '[[entry_points]]\nname = "double"\nsignature = "double(x: float) -> float"',
            "entry_points = [1]",
            "[[entry_points]]",
        ),
        ('[[entry_points]]\nname = "double"', "[[entry_points]]", "[[entry_points]] 1: name is missing"),
        ("cpu_s = 1\n", "cpu_s = 0\n", "[limits]: cpu_s must lie between 0.1 and 3600, not 0"),
        ("cpu_s = 1\n", "cpu_s = nan\n", "[limits]: cpu_s must lie between"),
        ("cpu_s = 1\n", "cpu = 1\n", "[limits]: unknown field 'cpu'"),
        ("memory_mb = 64", "memory_mb = 4", "[limits]: memory_mb must lie between 16"),
        ("output_kb = 8", 'output_kb = "8"', "[limits]: output_kb must be a whole number"),
        ("[limits]", "[rules]\nforbidden_imports = [3]\n[limits]", "forbidden_imports must be a list of texts"),
        ("[limits]", '[[references]]\nurl = "https://doi.org"\n[limits]', "[[references]] 1: text is missing"),
        ("level = 1", "level = ", "problem.toml: "),
    ],
)
def test_a_wrong_field_is_named(folder: Path, old: str, new: str, words: str) -> None:
    assert old in TOML
    (folder / "problem.toml").write_text(TOML.replace(old, new))
    said = complaint(folder)
    assert said.startswith("double/problem.toml: ")
    assert words in said


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def f(:\n", "grader.py line 1: "),
        ("x = 1\n", "grader.py: no function is decorated with @check(points=...)"),
        (CHECK.replace("points=1", ""), "grader.py line 2: @check needs"),
        (CHECK.replace("points=1", "points=worth"), "grader.py line 2: @check needs"),
        (CHECK.replace("points=1", "points=-1"), "grader.py line 2: @check needs"),
        (CHECK.replace("points=1", "points=1e999"), "grader.py line 2: @check needs"),
        (CHECK.replace("points=1", "points='2'"), "grader.py line 2: @check needs"),
        (CHECK.replace('    """double doubles."""\n', "    pass\n"), "test_doubles needs a docstring"),
        (CHECK.replace("test_doubles", "doubles"), "the name of check doubles must start with test_"),
        (CHECK + CHECK, "two checks are named test_doubles"),
    ],
)
def test_a_wrong_check_is_named_with_its_line(folder: Path, source: str, words: str) -> None:
    (folder / "grader.py").write_text(source)
    assert words in complaint(folder)


def test_an_absent_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    assert complaint(tmp_path / "nothing").endswith("no such folder")
    (tmp_path / "file").write_text("")
    assert complaint(tmp_path / "file").endswith("no such folder")


def test_the_checks_are_read_without_running_the_grader(folder: Path) -> None:
    (folder / "grader.py").write_text("raise SystemExit\n" + CHECK)
    assert [check.name for check in load_problem(folder).checks] == ["test_doubles"]


def test_all_that_is_declared_of_a_check_is_read() -> None:
    hidden = next(check for check in tiny("series").checks if check.hidden)
    assert hidden.name == "test_total_of_fresh_values"
    assert hidden.title == "total adds any list of numbers."
    assert hidden.points == 3.0
    assert hidden.hint == "Add every value once."
    assert tiny("series").max_score == 13.0


def test_the_wall_limit_leaves_room_for_a_busy_host(folder: Path) -> None:
    limits = load_problem(folder).limits
    assert limits.wall_s == 3 * limits.cpu_s + 5
    (folder / "problem.toml").write_text(TOML.replace("cpu_s = 1", "cpu_s = 1\nwall_s = 100"))
    assert load_problem(folder).limits.wall_s == 100


@pytest.mark.parametrize("name", ["problem.toml", "reference.py", "grader.py"])
def test_what_changes_a_verdict_makes_a_new_version(folder: Path, name: str) -> None:
    before = load_problem(folder).version
    with open(folder / name, "a") as file:
        file.write("\n# a word more\n")
    assert load_problem(folder).version != before


def test_data_belongs_to_the_version_and_prose_does_not(folder: Path) -> None:
    before = load_problem(folder).version
    (folder / "statement.md").write_text("# Other words\n")
    (folder / "editorial.md").write_text("# An explanation\n")
    assert load_problem(folder).version == before
    (folder / "data").mkdir()
    (folder / "data" / "table.csv").write_text("1,2\n")
    assert load_problem(folder).version != before
