"""What the names of a program may stand for: dotted names of modules and of what is in them.

Nothing is run. A name means all that it is bound to anywhere in its file: `import numpy as np` and
`la = np.linalg` make `la.svd` mean `numpy.linalg.svd`. Names of the submission's own files are
followed into those files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

ROUNDS = 6
MOST_MEANINGS = 8
MOST_PARTS = 12
FOLD_DEPTH = 24
NAMESPACE = "__dict__"
MODULES = "sys.modules"
LOOK_UPS = ("get", "pop", "setdefault", "__getitem__")
VALUES = ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.NamedExpr | ast.IfExp | ast.BoolOp


@dataclass
class FileMeanings:
    """One file: its nodes, what its names are bound to, and the meanings of its expressions."""

    nodes: Sequence[ast.AST]
    package: str
    bound: dict[str, set[str]] = field(default_factory=dict)
    known: dict[ast.AST, frozenset[str]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.own = frozenset(_defined(self.nodes))
        for node in self.nodes:
            for name, meaning in _import_bindings(node, self.package):
                found = self.bound.setdefault(name, set())
                if len(found) < MOST_MEANINGS:
                    found.add(meaning)
        pairs = [pair for node in self.nodes for pair in _assigned(node)]
        values = [node for node in reversed(self.nodes) if isinstance(node, VALUES)]
        for _ in range(ROUNDS):
            # Parts before wholes, so that no expression is looked into twice.
            for value in values:
                self.known[value] = frozenset(self._meanings(value))
            changed = [self._bind(target, value) for target, value in pairs]
            if not any(changed):
                return

    def of(self, node: ast.AST) -> frozenset[str]:
        """What an expression may mean; nothing for most."""
        return self.known.get(node, frozenset())

    def _bind(self, target: str, value: ast.expr) -> bool:
        found = self.bound.setdefault(target, set())
        before = len(found)
        found |= set(sorted(self.of(value))[: max(0, MOST_MEANINGS - before)])
        return len(found) > before

    def _meanings(self, node: ast.AST) -> Iterator[str]:
        match node:
            case ast.Name():
                yield from self.bound.get(node.id, ())
            case ast.Attribute():
                wholes = self.of(node.value)
                yield from (f"{whole}.{node.attr}" for whole in wholes if whole.count(".") < MOST_PARTS)
                if not wholes:
                    yield from self.bound.get("." + node.attr, ())
            case ast.NamedExpr():
                yield from self.of(node.value)
            case ast.IfExp():
                yield from self.of(node.body) | self.of(node.orelse)
            case ast.BoolOp():
                yield from (meaning for value in node.values for meaning in self.of(value))
            case ast.Subscript():
                # `vars(np)["linalg"]`, `np.__dict__["linalg"]` and `sys.modules["numpy"]`
                yield from self._entry(node.value, node.slice)
            case ast.Call():
                yield from self._called(node)

    def _entry(self, table: ast.expr, key: ast.expr) -> Iterator[str]:
        """What lies under a key in a module's dictionary, or in the table of all modules."""
        name = fold(key)
        for meaning in self.of(table) if name else ():
            if meaning == MODULES or meaning.endswith("." + MODULES):
                yield str(name)
            elif meaning.endswith("." + NAMESPACE):
                yield f"{meaning.removesuffix(NAMESPACE)}{name}"

    def _called(self, node: ast.Call) -> Iterator[str]:
        """`getattr(np, "linalg")`, `vars(np)` and `sys.modules.get("numpy")`."""
        if isinstance(node.func, ast.Attribute) and node.func.attr in LOOK_UPS and node.args:
            yield from self._entry(node.func.value, node.args[0])
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "vars" and len(node.args) == 1:
            yield from (f"{meaning}.{NAMESPACE}" for meaning in self.of(node.args[0]))
        if name == "getattr" and len(node.args) >= 2 and (key := fold(node.args[1])):
            yield from (f"{meaning}.{key}" for meaning in self.of(node.args[0]))


def expand(meaning: str, files: Mapping[str, FileMeanings]) -> Iterator[str]:
    """A meaning, and what it stands for where it leads through the submission's own files (by module name)."""
    waiting, seen = [meaning], {meaning}
    while waiting:
        found = waiting.pop()
        yield found
        parts = found.split(".")
        for cut in range(1, min(len(parts), MOST_PARTS)):
            file = files.get(".".join(parts[:cut]))
            for inner in sorted(file.bound.get(parts[cut], ())) if file else ():
                whole = ".".join([inner, *parts[cut + 1 :]])
                if whole not in seen and len(seen) < MOST_MEANINGS * MOST_PARTS:
                    seen.add(whole)
                    waiting.append(whole)


def fold(node: ast.AST, depth: int = 0) -> str | None:
    """The text of a constant expression, put together from parts or not; None for anything else."""
    if depth > FOLD_DEPTH:
        return None
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(op=ast.Add()):
            left, right = fold(node.left, depth + 1), fold(node.right, depth + 1)
            return None if left is None or right is None else left + right
        case ast.JoinedStr():
            parts = [fold(part, depth + 1) for part in node.values]
            return None if None in parts else "".join(str(part) for part in parts)
        case ast.FormattedValue(conversion=-1, format_spec=None):
            return fold(node.value, depth + 1)
    return None


def imported_from(node: ast.ImportFrom, package: str) -> str:
    """The absolute name of the module that a `from` statement names."""
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    parts = parts[: len(parts) - (node.level - 1)]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _import_bindings(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
    elif isinstance(node, ast.ImportFrom):
        module = imported_from(node, package)
        for alias in node.names:
            yield alias.asname or alias.name, f"{module}.{alias.name}".lstrip(".")


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Pairs of a name and what it is bound to; `.name` stands for an attribute of whatever object."""
    match node:
        case ast.Assign():
            for target in node.targets:
                yield from _unpacked(target, node.value)
        case ast.AnnAssign(value=ast.expr()) | ast.NamedExpr():
            assert node.value is not None
            yield from _unpacked(node.target, node.value)
        case ast.For(iter=ast.Tuple() | ast.List()) | ast.comprehension(iter=ast.Tuple() | ast.List()):
            assert isinstance(node.iter, ast.Tuple | ast.List)
            for item in node.iter.elts:
                yield from _unpacked(node.target, item)
        case ast.arguments():
            plain = [*node.posonlyargs, *node.args]
            late = plain[len(plain) - len(node.defaults) :]
            yield from ((argument.arg, value) for argument, value in zip(late, node.defaults, strict=True))
            yield from ((a.arg, v) for a, v in zip(node.kwonlyargs, node.kw_defaults, strict=True) if v)


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Name(), _:
            yield target.id, value
        case ast.Attribute(), _:
            yield "." + target.attr, value
        case ((ast.Tuple() | ast.List()), (ast.Tuple() | ast.List())) if len(target.elts) == len(value.elts):
            for inner, item in zip(target.elts, value.elts, strict=True):
                yield from _unpacked(inner, item)


def _defined(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Names that a file binds itself, so that they are not Python's own there; methods do not count."""
    methods = {item for node in nodes if isinstance(node, ast.ClassDef) for item in node.body}
    for node in nodes:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node not in methods:
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.alias():
                yield (node.asname or node.name).partition(".")[0]
