"""Makes the catalogue's rows from the content folder. Loading twice changes nothing."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from assignments.models import Problem, ProblemVersion
from assignments.versions import pack
from autograders.problem import Problem as ProblemFolder
from autograders.problem import ProblemError, load_problem
from courseplatform.curriculum.markdown import to_html
from courseplatform.curriculum.models import Chapter


@dataclass
class Loaded:
    """What a load did; `errors` holds a sentence for each folder that could not be used."""

    chapters: int = 0
    problems: int = 0
    new_versions: int = 0
    closed: int = 0
    errors: list[str] = field(default_factory=list)


def load_content(root: Path) -> Loaded:
    """Read every chapter and problem below `root`; a folder at fault is reported and the others are loaded."""
    loaded = Loaded()
    seen: list[str] = []
    if not root.is_dir():
        loaded.errors.append(f"{root}: there is no such content folder; set CONTENT_DIR.")
        return loaded
    for file in sorted(root.glob("*/chapter.toml")):
        try:
            chapter = _load_chapter(file)
        except ProblemError as error:
            loaded.errors.append(str(error))
            continue
        loaded.chapters += 1
        seen += _load_problems(root, file.parent, chapter, loaded)
    # A folder at fault is no sign that its problem was taken away.
    if not loaded.errors:
        loaded.closed = Problem.objects.filter(is_open=True).exclude(slug__in=seen).update(is_open=False)
    return loaded


def _load_chapter(file: Path) -> Chapter:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemError(f"{file.parent.name}/chapter.toml: {error}") from error
    for name in ("number", "title"):
        if not isinstance(data.get(name), str) or not data[name].strip():
            raise ProblemError(f"{file.parent.name}/chapter.toml: {name} must be a text")
    digits = "".join(character for character in data["number"] if character.isdigit())
    values = {
        "number": data["number"],
        "title": data["title"],
        "summary": str(data.get("summary", "")),
        "order": int(digits or 0),
    }
    chapter, _ = Chapter.objects.update_or_create(slug=file.parent.name, defaults=values)
    return chapter


def _load_problems(root: Path, folder: Path, chapter: Chapter, loaded: Loaded) -> list[str]:
    problems = []
    for file in sorted(folder.glob("*/problem.toml")):
        try:
            problems.append((load_problem(file.parent), pack(file.parent)))
        except (ProblemError, OSError) as error:
            loaded.errors.append(str(error))
    for position, (problem, archive) in enumerate(sorted(problems, key=lambda pair: (pair[0].level, pair[0].id))):
        loaded.problems += 1
        loaded.new_versions += _load_problem(root, problem, archive, chapter, position)
    return [problem.id for problem, _ in problems]


@transaction.atomic
def _load_problem(root: Path, folder: ProblemFolder, archive: bytes, chapter: Chapter, position: int) -> bool:
    values = {
        "chapter": chapter,
        "title": folder.title,
        "summary": folder.summary,
        "level": folder.level,
        "skills": list(folder.skills),
        "minutes": folder.minutes,
        "position": position,
    }
    problem, _ = Problem.objects.update_or_create(slug=folder.id, defaults=values)
    content = {
        "folder": folder.path.relative_to(root).as_posix(),
        "archive": archive,
        "meta": describe(folder),
        "statement_html": to_html(folder.text("statement.md")),
        "starter": folder.text("starter.py"),
        "editorial_html": to_html(folder.text("editorial.md")),
    }
    version, created = ProblemVersion.objects.update_or_create(problem=problem, digest=folder.version, defaults=content)
    if problem.current_id != version.pk:
        problem.current = version
        problem.save(update_fields=["current"])
    return created


def describe(folder: ProblemFolder) -> dict[str, Any]:
    """What pages say of a problem: entry points, limits, rules, references, environment, checks."""
    return {
        "entry_points": [dataclasses.asdict(item) for item in folder.entry_points],
        "limits": folder.limits.as_dict(),
        "rules": {name: list(value) for name, value in dataclasses.asdict(folder.rules).items()},
        "references": [dataclasses.asdict(item) for item in folder.references],
        "environment": folder.environment,
        "notebook": folder.notebook,
        "checks": [dataclasses.asdict(check) for check in folder.checks],
    }
