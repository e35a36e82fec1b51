"""Reads submitted source without running it: syntax, entry points, forbidden imports and calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograders.problem import Problem
from autograders.submission import ENTRY_FILE, Submission

NODES_LIMIT = 200_000
# Ways around every other rule: they load or run code that nobody has read.
ALWAYS_FORBIDDEN_CALLS = ("eval", "exec", "compile", "__import__", "breakpoint", "input")
ALWAYS_FORBIDDEN_IMPORTS = ("subprocess", "socket", "ctypes", "multiprocessing", "importlib", "autograders")


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
    for name in sorted(submission.files):
        if name.endswith(".py"):
            findings += _review_file(problem, submission, name)
    return tuple(findings)


def _review_file(problem: Problem, submission: Submission, name: str) -> Iterator[Finding]:
    try:
        tree = ast.parse(submission.files[name], filename=name)
    except SyntaxError as error:
        yield Finding(name, error.lineno or 0, "syntax", f"this does not parse as Python: {error.msg}")
        return
    except (ValueError, RecursionError, MemoryError) as error:
        yield Finding(name, 0, "syntax", f"this does not parse as Python: {error or type(error).__name__}")
        return
    nodes = list(ast.walk(tree))
    if len(nodes) > NODES_LIMIT:
        yield Finding(name, 0, "size", f"the program has more than {NODES_LIMIT:,} syntax nodes")
        return
    if name == ENTRY_FILE:
        yield from _missing_entry_points(problem, tree)
    yield from sorted(_forbidden(problem, submission, name, nodes), key=lambda finding: finding.line)


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


def _forbidden(problem: Problem, submission: Submission, name: str, nodes: list[ast.AST]) -> Iterator[Finding]:
    own = {file.partition("/")[0].removesuffix(".py") for file in submission.files}
    imports = (*problem.rules.forbidden_imports, *ALWAYS_FORBIDDEN_IMPORTS)
    calls = {*problem.rules.forbidden_calls, *ALWAYS_FORBIDDEN_CALLS}
    for node in nodes:
        for module in _imported(node):
            top = module.partition(".")[0]
            rule = next((r for r in imports if module == r or module.startswith(r + ".")), None)
            if rule and top not in own:
                text = f"importing {module} is not allowed in this problem (rule: no {rule})"
                yield Finding(name, getattr(node, "lineno", 0), "import", text)
        called = _called(node)
        if called and (called in calls or any(called.endswith("." + rule) for rule in calls if "." in rule)):
            text = f"calling {called} is not allowed in this problem"
            yield Finding(name, getattr(node, "lineno", 0), "call", text)


def _imported(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return tuple(f"{node.module}.{alias.name}" for alias in node.names)
    return ()


def _called(node: ast.AST) -> str | None:
    """The dotted name of what a call calls, where it is written out."""
    if not isinstance(node, ast.Call):
        return None
    parts: list[str] = []
    target: ast.expr = node.func
    while isinstance(target, ast.Attribute):
        parts.append(target.attr)
        target = target.value
    if not isinstance(target, ast.Name):
        return None
    return ".".join([target.id, *reversed(parts)])
