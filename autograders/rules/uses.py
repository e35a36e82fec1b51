"""What a program uses that its problem forbids: imports, functions, and the ways around the rules."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autograders.problem import Rules
from autograders.rules.meanings import NAMESPACE, FileMeanings, expand, fold, imported_from

# Ways around every other rule: they load or run code that nobody has read.
ALWAYS_FORBIDDEN_CALLS = ("eval", "exec", "compile", "__import__", "breakpoint", "input")
ALWAYS_FORBIDDEN_IMPORTS = (
    *("subprocess", "socket", "ctypes", "multiprocessing", "importlib", "autograders", "builtins", "marshal"),
    *("pkgutil", "runpy", "code", "codeop", "imp", "zipimport", "_imp"),
    *("_frozen_importlib", "_frozen_importlib_external"),
)
# Of those, the ones that mean the module wherever they stand in a dotted name; `code` may be anything.
UNMISTAKABLE = frozenset(ALWAYS_FORBIDDEN_IMPORTS) - {"code", "imp"}
# Where a problem has rules, these lead to whatever they forbid.
IMPORT_SYSTEM = ("sys.meta_path", "sys.path_hooks", "sys.path_importer_cache")
INNER_NAMES = frozenset(("__builtins__", "__loader__", "__spec__", "__package__"))
INNER_ATTRIBUTES = frozenset(("__subclasses__", "__globals__", "__builtins__", "__loader__", "f_globals", "f_builtins"))
GETTERS = ("operator.attrgetter", "operator.methodcaller")
TYPE_NAMES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))


@dataclass(frozen=True)
class Use:
    """Something forbidden that a program uses: where, what kind of rule, which one, and a sentence."""

    line: int
    kind: str
    rule: str
    text: str


class Reviewer:
    """Looks through the files of one submission under the rules of one problem. `own` are its modules' names."""

    def __init__(self, rules: Rules, files: Mapping[str, FileMeanings], own: frozenset[str]) -> None:
        self.rules, self.files, self.own = rules, files, own
        self.imports = (*rules.forbidden_imports, *ALWAYS_FORBIDDEN_IMPORTS)
        self.calls = (*rules.forbidden_calls, *ALWAYS_FORBIDDEN_CALLS)
        self.dotted = tuple(r for r in (*rules.forbidden_imports, *rules.forbidden_calls) if "." in r)
        self.tops = frozenset(rule.partition(".")[0] for rule in self.dotted)
        self.judged: dict[str, tuple[tuple[str, str, str], ...]] = {}
        self.inner: dict[str, tuple[tuple[str, str], ...]] = {}
        self.has_rules = any((rules.forbidden_imports, rules.forbidden_calls, rules.allowed_imports))

    def uses(self, file: FileMeanings) -> Iterator[Use]:
        """All that one file uses and may not, each once a line."""
        told: set[tuple[int, str]] = set()
        called = {node.func for node in file.nodes if isinstance(node, ast.Call)}
        for node in file.nodes:
            for use in self._of_node(node, file, "calling" if node in called else "using"):
                if (use.line, use.rule) not in told:
                    told.add((use.line, use.rule))
                    yield use

    def _of_node(self, node: ast.AST, file: FileMeanings, verb: str) -> Iterator[Use]:
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from self._of_import(node, file.package)
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            # A plain name was looked at where it was bound.
            yield from self._of_meanings(file.of(node), line, verb)
        if isinstance(node, ast.Name) and node.id not in file.own:
            yield from self._of_builtin(node, verb)
        if self.has_rules:
            yield from (Use(line, "way around", rule, text) for rule, text in self._ways_around(node, file))

    def _of_import(self, node: ast.Import | ast.ImportFrom, package: str) -> Iterator[Use]:
        modules = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            modules = [] if node.level else [imported_from(node, package)]
        for name in _imported(node, package):
            yield from self._of_meanings(frozenset((name,)), node.lineno, "using")
            if name.endswith(".*") and (rule := self._below(name[:-2])):
                text = f"importing everything from {name[:-2]} brings in {rule}, which is not allowed; import by name"
                yield Use(node.lineno, "import", rule, text)
        for name in modules:
            if not self._allowed(name):
                allowed = ", ".join(self.rules.allowed_imports)
                text = f"importing {name} is not allowed; allowed are {allowed}"
                yield Use(node.lineno, "import", f"only {allowed}: {name}", text)

    def _of_meanings(self, meanings: frozenset[str], line: int, verb: str) -> Iterator[Use]:
        for meaning in sorted(meanings):
            if meaning not in self.judged:
                self.judged[meaning] = tuple(self._judge(meaning))
            for kind, rule, name in self.judged[meaning]:
                words = f"using {name}" if kind == "import" else f"{verb} {name}"
                reason = f" (rule: no {rule})" if kind == "import" else ""
                yield Use(line, kind, rule, f"{words} is not allowed in this problem{reason}")

    def _judge(self, meaning: str) -> Iterator[tuple[str, str, str]]:
        """The rules that a meaning breaks: import or call, the rule, what is named in the sentence."""
        for whole in expand(meaning, self.files):
            if rule := _rule_of(whole, self.imports) or _led_to(whole):
                yield "import", rule, whole
            elif rule := next((r for r in self.calls if _is_function(whole, r)), None):
                yield "call", rule, rule

    def _of_builtin(self, node: ast.Name, verb: str) -> Iterator[Use]:
        # A type is also a word for itself, as in isinstance(x, list).
        if node.id in self.calls and (node.id not in TYPE_NAMES or verb == "calling"):
            yield Use(node.lineno, "call", node.id, f"{verb} {node.id} is not allowed in this problem")

    def _ways_around(self, node: ast.AST, file: FileMeanings) -> Iterator[tuple[str, str]]:
        match node:
            case ast.Name(id=name) if name in INNER_NAMES:
                yield name, f"using {name} is not allowed in this problem"
            case ast.Attribute(attr=name) if name in INNER_ATTRIBUTES:
                yield name, f"using {name} is not allowed in this problem"
            case ast.Subscript() if (key := fold(node.slice)) in INNER_NAMES | INNER_ATTRIBUTES:
                yield str(key), f"using {key} is not allowed in this problem"
            case ast.Call():
                yield from self._computed(node, file)
        meanings = _imported(node, file.package) if isinstance(node, ast.Import | ast.ImportFrom) else file.of(node)
        for meaning in sorted(meanings):
            if meaning not in self.inner:
                self.inner[meaning] = tuple(self._inner_parts(meaning))
            yield from self.inner[meaning]

    def _inner_parts(self, meaning: str) -> Iterator[tuple[str, str]]:
        for name in IMPORT_SYSTEM:
            if f".{meaning}.".find(f".{name}.") >= 0:
                yield name, f"using {name} is not allowed in this problem: import what you need by its name"
        top, _, rest = meaning.partition(".")
        if top in self.tops:
            for part in rest.split("."):
                private = part.startswith("_") and not part.startswith("__")
                if private or part == NAMESPACE:
                    text = f"using {meaning} is not allowed in this problem: take what you need from {top} by its name"
                    yield f"{top}.{part}", text

    def _computed(self, node: ast.Call, file: FileMeanings) -> Iterator[tuple[str, str]]:
        """`getattr(np, name)` on a package under rules, and getters of a forbidden path."""
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) >= 2:
            key = fold(node.args[1])
            if key in INNER_ATTRIBUTES:
                yield key, f"using {key} is not allowed in this problem"
            for meaning in sorted(file.of(node.args[0])):
                if meaning.partition(".")[0] in self.tops and key is None:
                    text = f"getattr on {meaning} with a computed name is not allowed in this problem: write the name"
                    yield "getattr", text
        if any(getter in file.of(node.func) for getter in GETTERS):
            for path in [text for text in map(fold, node.args) if text and "." in text]:
                if rule := next((r for r in self.dotted if f".{r}.".find(f".{path}.") >= 0), None):
                    yield rule, f"using {rule} is not allowed in this problem"

    def _allowed(self, module: str) -> bool:
        """Where a problem lists what may be imported, only that and the submission's own files."""
        rules = self.rules.allowed_imports
        top = module.partition(".")[0]
        return not rules or top in self.own or top == "__future__" or _rule_of(module, rules) is not None

    def _below(self, module: str) -> str | None:
        return next((rule for rule in self.dotted if rule.startswith(module + ".")), None)


def _rule_of(module: str, rules: tuple[str, ...]) -> str | None:
    return next((rule for rule in rules if module == rule or module.startswith(rule + ".")), None)


def _imported(node: ast.Import | ast.ImportFrom, package: str) -> list[str]:
    """What an import statement can bring in: of `from a import b`, b may be a module or a name."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    module = imported_from(node, package)
    return [f"{module}.{alias.name}".strip(".") for alias in node.names]


def _led_to(meaning: str) -> str | None:
    """A forbidden module reached as a name inside of another one, as in `asyncio.subprocess`."""
    return next((part for part in meaning.split(".")[1:] if part in UNMISTAKABLE), None)


def _is_function(meaning: str, rule: str) -> bool:
    return meaning in (rule, f"builtins.{rule}") or ("." in rule and meaning.endswith("." + rule))
