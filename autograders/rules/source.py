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
    imports = (*problem.rules.forbidden_imports, *ALWAYS_FORBIDDEN_IMPORTS)
    calls = {*problem.rules.forbidden_calls, *ALWAYS_FORBIDDEN_CALLS}
    meanings = _meanings(nodes)
    told: set[tuple[int, str]] = set()
    for node in nodes:
        line = getattr(node, "lineno", 0)
        for module in (*_imported(node), *_reached(node, meanings)):
            rule = next((rule for rule in imports if _within(module, rule)), None)
            if rule and (line, rule) not in told:
                told.add((line, rule))
                text = f"using {module} is not allowed in this problem (rule: no {rule})"
                yield Finding(name, line, "import", text)
        for module in _imported_modules(node):
            if not _allowed(problem, submission, module):
                allowed = ", ".join(problem.rules.allowed_imports)
                yield Finding(name, line, "import", f"importing {module} is not allowed; allowed are {allowed}")
        called = _dotted(node.func) if isinstance(node, ast.Call) else None
        if called and (rule := _forbidden_call(called, meanings, calls)):
            yield Finding(name, line, "call", f"calling {rule} is not allowed in this problem")


def _within(module: str, rule: str) -> bool:
    return module == rule or module.startswith(rule + ".")


def _allowed(problem: Problem, submission: Submission, module: str) -> bool:
    """Where a problem lists what may be imported, only that and the submission's own files."""
    own = {file.partition("/")[0].removesuffix(".py") for file in submission.files}
    rules = problem.rules.allowed_imports
    return not rules or module.partition(".")[0] in own or any(_within(module, rule) for rule in rules)


def _imported(node: ast.AST) -> tuple[str, ...]:
    """What an import statement can bring in: of `from a import b`, b may be a module or a name."""
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return tuple(f"{node.module}.{alias.name}" for alias in node.names)
    return ()


def _imported_modules(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.ImportFrom):
        return (node.module,) if node.module and not node.level else ()
    return _imported(node)


def _meanings(nodes: list[ast.AST]) -> dict[str, str]:
    """The dotted name behind each imported one: `import numpy as np` makes np mean numpy."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
            tops = [alias.name.partition(".")[0] for alias in node.names if not alias.asname]
            found |= dict(zip(tops, tops, strict=True))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _reached(node: ast.AST, meanings: dict[str, str]) -> tuple[str, ...]:
    """A module reached through another one, as in `import scipy; scipy.cluster`."""
    dotted = _dotted(node) if isinstance(node, ast.Attribute) else None
    return (_meaning(dotted, meanings),) if dotted and dotted.partition(".")[0] in meanings else ()


def _meaning(dotted: str, meanings: dict[str, str]) -> str:
    first, dot, rest = dotted.partition(".")
    return meanings.get(first, first) + dot + rest


def _forbidden_call(called: str, meanings: dict[str, str], rules: set[str]) -> str | None:
    """The rule that a call breaks, under whatever name the function was imported."""
    meant = _meaning(called, meanings)
    return next((r for r in sorted(rules) if meant == r or called == r or ("." in r and meant.endswith("." + r))), None)


def _dotted(node: ast.expr) -> str | None:
    """A dotted name that is written out, None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None
