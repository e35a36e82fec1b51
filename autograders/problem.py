"""Reads and validates a problem folder."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from autograders.report import CheckSpec

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
MOST_POINTS = 10_000
REQUIRED_FILES = ("problem.toml", "statement.md", "starter.py", "reference.py", "grader.py")
# What changes a verdict. A new version of a problem is a change in one of these.
GRADED_FILES = ("problem.toml", "reference.py", "grader.py")
# What a [[service.slo]] may ask for, and between which figures: milliseconds, ratios to the reference, a share, rates.
BARS = {
    **{f"{name}_ms": (0.1, 60_000.0) for name in ("p50", "p95", "p99")},
    **{f"{name}_ratio": (1.2, 1_000.0) for name in ("p50", "p95", "p99")},
    "errors": (0.0, 1.0),
    "throughput": (0.1, 10_000.0),
    "saturation": (1.0, 9_000.0),
}
# What runs an application in its jail.
SERVER = ("uvicorn", "h11", "click")
MOST_ERRORS = 0.01  # where a level says nothing of them


class ProblemError(ValueError):
    """A problem folder cannot be used; the text names the file and the field."""


@dataclass(frozen=True)
class EntryPoint:
    """A function or class that a submission must define."""

    name: str
    signature: str


@dataclass(frozen=True)
class Limits:
    """What one check may use: seconds of CPU and of wall time, MB beyond the libraries, KB printed."""

    cpu_s: float = 10.0
    wall_s: float = 40.0
    memory_mb: int = 512
    output_kb: int = 64

    def as_dict(self) -> dict[str, float]:
        """The limits as the report carries them."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Rules:
    """Static rules: dotted module names that may not be imported, names that may not be called."""

    forbidden_imports: tuple[str, ...] = ()
    forbidden_calls: tuple[str, ...] = ()
    allowed_imports: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, tuple[str, ...]]:
        """The rules as they travel into the jail, which enforces them once more."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class ServiceLevel:
    """One [[service.slo]]: a load in requests a second and seconds, and its bars by name."""

    rate: float
    seconds: float
    arrivals: str
    timeout: float
    bars: dict[str, float]


@dataclass(frozen=True)
class Service:
    """The [service] table: which application of the submission is started, over how many connections, held to what.

    `entry` names an ASGI application, or with `factory` the function that makes one and is given its dependencies.
    """

    entry: str
    factory: bool
    connections: int
    slo: tuple[ServiceLevel, ...]

    def as_dict(self) -> dict[str, Any]:
        """As the judge gets it."""
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Reference:
    """A work cited: author, year, title, venue in one line, with an optional address."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Problem:
    """A problem folder, read and validated. `minutes` is the time a learner is expected to need."""

    path: Path
    id: str
    title: str
    summary: str
    level: int
    skills: tuple[str, ...]
    notebook: str
    environment: str
    entry_points: tuple[EntryPoint, ...]
    limits: Limits
    rules: Rules
    references: tuple[Reference, ...]
    minutes: int
    version: str
    service: Service | None = None

    def text(self, name: str) -> str:
        """The text of one of the folder's files, "" where an optional one is absent."""
        path = self.path / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    @cached_property
    def checks(self) -> tuple[CheckSpec, ...]:
        """The checks that grader.py declares, read from its source without running it."""
        return tuple(read_checks(self.text("grader.py")))

    @property
    def max_score(self) -> float:
        """The points of all checks together."""
        return sum(check.points for check in self.checks)

    def solutions(self, kind: str) -> tuple[Path, ...]:
        """The files of `mutants/` or `accepted/`, in order of name."""
        return tuple(sorted((self.path / kind).glob("*.py")))


def load_problem(path: Path | str) -> Problem:
    """Read a problem folder; raises ProblemError naming the file and field at fault."""
    folder = Path(path)
    if not folder.is_dir():
        raise ProblemError(f"{folder}: no such folder")
    for name in REQUIRED_FILES:
        if not (folder / name).is_file():
            raise ProblemError(f"{folder.name}/{name}: the file is missing")
    data = _read_toml(folder / "problem.toml")
    reader = _Fields(data, f"{folder.name}/problem.toml")
    problem = Problem(
        path=folder,
        id=reader.text("id"),
        title=reader.text("title"),
        summary=reader.text("summary", ""),
        level=reader.integer("level", 1, 5),
        skills=reader.texts("skills"),
        notebook=reader.text("notebook", ""),
        environment=reader.text("environment"),
        entry_points=tuple(
            EntryPoint(item.text("name"), item.text("signature", "")) for item in reader.tables("entry_points")
        ),
        limits=_read_limits(reader.table("limits")),
        rules=_read_rules(reader.table("rules")),
        references=tuple(Reference(item.text("text"), item.text("url", "")) for item in reader.tables("references", 0)),
        minutes=reader.integer("minutes", 1, 10_000, 30),
        version=_digest(folder),
        service=_read_service(reader.table("service")) if "service" in data else None,
    )
    reader.finish()
    for name in REQUIRED_FILES:
        _require_utf8(folder / name)
    if not ID.match(problem.id):
        raise ProblemError(f"{reader.where}: id {problem.id!r} must be lower-case words joined by hyphens")
    if problem.service and (needed := {*SERVER, "asyncio"} & {*problem.rules.forbidden_imports}):
        raise ProblemError(f"{reader.where}: [rules]: {min(needed)} runs the [service] and cannot be forbidden")
    if not problem.checks:
        raise ProblemError(f"{folder.name}/grader.py: no function is decorated with @check(points=...)")
    return problem


def _require_utf8(path: Path) -> None:
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(f"{path.parent.name}/{path.name}: it is not UTF-8 text ({error.reason})") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemError(f"{path.parent.name}/{path.name}: {error}") from error


def _read_limits(reader: _Fields) -> Limits:
    default = Limits()
    limits = Limits(
        cpu_s=reader.number("cpu_s", 0.1, 3_600, default.cpu_s),
        wall_s=reader.number("wall_s", 0.1, 14_400, 0),
        memory_mb=reader.integer("memory_mb", 16, 65_536, default.memory_mb),
        output_kb=reader.integer("output_kb", 1, 10_240, default.output_kb),
    )
    reader.finish()
    # A wall limit only ends sleepers: a busy host must never make a correct answer fail.
    return dataclasses.replace(limits, wall_s=max(limits.wall_s, 3 * limits.cpu_s + 5))


def _read_rules(reader: _Fields) -> Rules:
    rules = Rules(
        forbidden_imports=reader.texts("forbidden_imports", ()),
        forbidden_calls=reader.texts("forbidden_calls", ()),
        allowed_imports=reader.texts("allowed_imports", ()),
    )
    reader.finish()
    return rules


def _read_service(reader: _Fields) -> Service:
    app, factory = reader.text("app", ""), reader.text("factory", "")
    if bool(app) == bool(factory):
        raise ProblemError(f"{reader.where}: give app or factory, and not both")
    service = Service(
        entry=app or factory,
        factory=bool(factory),
        connections=reader.integer("connections", 1, 256, 64),
        slo=tuple(_read_level(table) for table in reader.tables("slo", 0)),
    )
    reader.finish()
    if not all(part.isidentifier() for part in service.entry.split(".")):
        raise ProblemError(f"{reader.where}: {service.entry!r} is not the name of something in the submission")
    return service


def _read_level(reader: _Fields) -> ServiceLevel:
    bars = {name: reader.number(name, low, high) for name, (low, high) in BARS.items() if name in reader.data}
    if not bars:
        raise ProblemError(f"{reader.where}: give at least one of {', '.join(BARS)}")
    level = ServiceLevel(
        rate=reader.number("rate", 0.1, 10_000),
        seconds=reader.number("seconds", 0.5, 600, 5.0),
        arrivals=reader.text("arrivals", "poisson"),
        timeout=reader.number("timeout", 0.01, 60, 5.0),
        bars={"errors": MOST_ERRORS} | bars,
    )
    reader.finish()
    if level.arrivals not in ("poisson", "uniform"):
        raise ProblemError(f"{reader.where}: arrivals must be poisson or uniform, not {level.arrivals!r}")
    return level


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    names = sorted(
        {*GRADED_FILES, *(p.relative_to(folder).as_posix() for p in folder.glob("data/**/*") if p.is_file())}
    )
    for name in names:
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


class _Fields:
    """Reads typed fields out of a TOML table and complains with the field's full name."""

    def __init__(self, data: dict[str, Any], where: str) -> None:
        self.data, self.where, self.used = data, where, set[str]()

    def _take(self, name: str, kind: type | tuple[type, ...], default: Any, wanted: str) -> Any:
        self.used.add(name)
        value = self.data.get(name, default)
        if value is None:
            raise ProblemError(f"{self.where}: {name} is missing")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ProblemError(f"{self.where}: {name} must be {wanted}, not {value!r}")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = str(self._take(name, str, default, "a text"))
        if default is None and not value.strip():
            raise ProblemError(f"{self.where}: {name} is empty")
        return value

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        value = float(self._take(name, (int, float), default, "a number"))
        if not low <= value <= high and value != default:
            raise ProblemError(f"{self.where}: {name} must lie between {low} and {high}, not {value}")
        return value

    def integer(self, name: str, low: int, high: int, default: int | None = None) -> int:
        value = int(self._take(name, int, default, "a whole number"))
        if not low <= value <= high:
            raise ProblemError(f"{self.where}: {name} must lie between {low} and {high}, not {value}")
        return value

    def texts(self, name: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        values = self._take(name, (list, tuple), default, "a list of texts")
        if not all(isinstance(value, str) for value in values):
            raise ProblemError(f"{self.where}: {name} must be a list of texts")
        return tuple(values)

    def table(self, name: str) -> _Fields:
        return _Fields(self._take(name, dict, {}, "a table"), f"{self.where}: [{name}]")

    def tables(self, name: str, least: int = 1) -> list[_Fields]:
        values = self._take(name, list, [], "a list of tables")
        if not all(isinstance(value, dict) for value in values):
            raise ProblemError(f"{self.where}: {name} must be a list of tables, each begun by [[{name}]]")
        if len(values) < least:
            raise ProblemError(f"{self.where}: [[{name}]] is missing")
        return [_Fields(value, f"{self.where}: [[{name}]] {i}") for i, value in enumerate(values, 1)]

    def finish(self) -> None:
        unknown = sorted(set(self.data) - self.used)
        if unknown:
            raise ProblemError(f"{self.where}: unknown field {unknown[0]!r}")


def read_checks(source: str) -> list[CheckSpec]:
    """The checks declared in a grader's source, in order; raises ProblemError naming the line."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ProblemError(f"grader.py line {error.lineno}: {error.msg}") from error
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found += [_read_check(node, call) for call in node.decorator_list if _is_check(call)]
    names = [spec.name for spec in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ProblemError(f"grader.py: two checks are named {twice}; give each its own name")
    return found


def _is_check(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"


def _read_check(node: ast.FunctionDef, call: ast.expr) -> CheckSpec:
    assert isinstance(call, ast.Call)
    try:
        options = {item.arg: ast.literal_eval(item.value) for item in call.keywords}
        points = options["points"]
        if not isinstance(points, int | float) or not 0 <= points <= MOST_POINTS:
            raise ValueError
    except (ValueError, TypeError, KeyError) as error:
        raise ProblemError(
            f"grader.py line {node.lineno}: @check needs literal arguments and points= from 0 to {MOST_POINTS:,}"
        ) from error
    title = (ast.get_docstring(node) or "").strip().split("\n")[0]
    if not title:
        raise ProblemError(f"grader.py line {node.lineno}: {node.name} needs a docstring, the line the learner sees")
    if not node.name.startswith("test_"):
        raise ProblemError(f"grader.py line {node.lineno}: the name of check {node.name} must start with test_")
    return CheckSpec(node.name, title, float(points), bool(options.get("hidden", False)), str(options.get("hint", "")))
