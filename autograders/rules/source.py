"""Reads submitted source without running it: syntax, entry points, forbidden imports and uses."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from autograders.learner.loading import source_text
from autograders.problem import Problem
from autograders.rules.meanings import FileMeanings
from autograders.rules.uses import ALWAYS_FORBIDDEN_CALLS, ALWAYS_FORBIDDEN_IMPORTS, Reviewer
from autograders.submission import ENTRY_FILE, Submission

NODES_LIMIT = 200_000
FILE_BYTES_LIMIT = 500_000  # a parsed program takes some hundred times the memory of its text

__all__ = ["ALWAYS_FORBIDDEN_CALLS", "ALWAYS_FORBIDDEN_IMPORTS", "Finding", "review"]


@dataclass(frozen=True)
class Finding:
    """One rule that is broken: where, which, and a sentence."""

    file: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file} line {self.line}" if self.line else self.file
        return f"{place}: {self.text}"


def review(problem: Problem, submission: Submission) -> tuple[Finding, ...]:
    """All findings, in order of file and line; none means that the submission may be run."""
    findings: list[Finding] = []
    files: dict[str, FileMeanings] = {}
    room = NODES_LIMIT
    for name in sorted(name for name in submission.files if name.endswith(".py")):
        parsed = _parse(name, submission.files[name])
        nodes = [] if isinstance(parsed, Finding) else list(ast.walk(parsed))
        room -= len(nodes)
        if room < 0:
            # Every further file would cost as much as this one before it is refused.
            findings.append(Finding(name, 0, "size", f"the program has more than {NODES_LIMIT:,} syntax nodes"))
            return tuple(findings)
        if isinstance(parsed, Finding):
            findings.append(parsed)
            continue
        files[name] = FileMeanings(nodes, _package(name))
        if name == ENTRY_FILE:
            findings += _missing_entry_points(problem, parsed)
    findings += _uses(problem, submission, files)
    return tuple(sorted(findings, key=lambda finding: finding.file))


def _parse(name: str, content: bytes) -> ast.Module | Finding:
    if len(content) > FILE_BYTES_LIMIT:
        return Finding(name, 0, "size", f"the file has more than {FILE_BYTES_LIMIT:,} bytes")
    try:
        with warnings.catch_warnings():
            # An odd escape in a text is the learner's style, not an error.
            warnings.simplefilter("ignore")
            return ast.parse(source_text(content), filename=name)
    except SyntaxError as error:
        return Finding(name, error.lineno or 0, "syntax", f"this does not parse as Python: {error.msg}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Finding(name, 0, "syntax", f"this does not parse as Python: {error or type(error).__name__}")


def _uses(problem: Problem, submission: Submission, files: dict[str, FileMeanings]) -> Iterator[Finding]:
    own = frozenset(name.partition("/")[0].removesuffix(".py") for name in submission.files)
    reviewer = Reviewer(problem.rules, {_module(name): file for name, file in files.items()}, own)
    for name, file in files.items():
        for use in sorted(reviewer.uses(file), key=lambda use: use.line):
            yield Finding(name, use.line, use.kind, use.text)


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _package(name: str) -> str:
    return name.rpartition("/")[0].replace("/", ".")


def _missing_entry_points(problem: Problem, tree: ast.Module) -> Iterator[Finding]:
    defined = set(_names(tree.body))
    for entry in problem.entry_points:
        if entry.name.partition(".")[0] not in defined:
            wanted = entry.signature or entry.name
            yield Finding(ENTRY_FILE, 0, "entry point", f"it must define {entry.name}, as in {wanted}")


def _names(body: list[ast.stmt]) -> Iterator[str]:
    """Names bound at the top of a module, in branches too."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        else:
            yield from (n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
            yield from (n.name for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.ClassDef))
