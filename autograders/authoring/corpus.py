"""The corpus: small hostile files, each with a strict header that says what would be its success.

The docstring of a file is TOML. Whether an attack succeeded is found out by the runner from the
conditions named there; what the file says of itself counts only where a condition says so.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ATTACKS = Path(__file__).parent / "attacks"
CONTROLS = Path(__file__).parent / "controls"
CLASSES = {"F": "FORGE", "L": "LEAK", "C": "CHEAT", "E": "ESCAPE", "D": "DOS", "H": "HONEST"}

# What an attack may be after. `conditions.py` has the test behind each word.
AIMS = (
    "score",  # more points than the file is honestly worth
    "canary",  # a planted secret in what a learner sees
    "marker",  # a file outside the jail came to be, or one was changed
    "leftover",  # a process, mount, socket, shared memory or file for the next one
    "called",  # somebody outside was reached over a socket
    "late",  # the verdict came later than its budget and two seconds
    "host",  # the next honest submission does not get its mark
    "broken",  # the run counts as the grader's fault, which costs no attempt
    "memory",  # the grader's own process needed more memory than allowed
    "taken",  # an upload was taken that must be refused
    "unclean",  # control characters in what a learner sees
    "words",  # ways of failing a hidden check can be told apart
    "figures",  # what is measured tells of what happened in a hidden check
    "surroundings",  # the visible run and the graded run do not look the same to a submission
    "reached",  # the attack says that a forbidden thing worked
)
# Asked of every attack, whatever it is after.
ALWAYS = ("canary", "marker", "leftover", "late", "broken")

FIELDS: dict[str, tuple[type[Any], Any]] = {
    "id": (str, None),
    "title": (str, None),
    "goal": (str, None),
    "succeeds": (list, None),
    "base": (str, "none"),
    "form": (str, "source"),
    "honest": (list, []),
    "variants": (list, []),
    "rounds": (int, 1),
    "stops": (int, 0),
    "any_problem": (bool, False),
    "past_rules": (bool, True),
    "most_mb": (int, 256),
}
CHOICES = {"base": ("none", "starter"), "form": ("source", "upload")}


class CorpusError(ValueError):
    """A file of the corpus is not well formed; the text names the file and the field."""


@dataclass(frozen=True)
class Attack:
    """One file of the corpus: what it is after, what it is honestly worth, and how it is fired.

    `honest` names the checks that the file passes by right, `base` what its source is put behind,
    `stops` how many of its jails may run into a time limit, `variants` and `rounds` what is put in
    for @VARIANT@ and @SEEN@, `past_rules` whether the wall must hold where the rules are beaten.
    """

    path: Path
    text: str
    id: str
    title: str
    goal: str
    aims: tuple[str, ...]
    base: str
    form: str
    honest: tuple[str, ...]
    variants: tuple[str, ...]
    rounds: int
    stops: int
    any_problem: bool
    past_rules: bool
    most_mb: int

    @property
    def kind(self) -> str:
        """The class of attack: FORGE, LEAK, CHEAT, ESCAPE or DOS."""
        return CLASSES[self.id[0]]

    @property
    def threat(self) -> str:
        """The threat that this is a variant of, as F03."""
        return self.id[:3]


@cache
def load_corpus() -> tuple[Attack, ...]:
    """All attacks in order of class and id; raises CorpusError naming the file at fault."""
    order = list(CLASSES.values())
    attacks = [read_attack(path) for path in sorted(ATTACKS.glob("*/*.py"))]
    return tuple(sorted(attacks, key=lambda attack: (order.index(attack.kind), attack.id)))


@cache
def load_controls() -> tuple[Attack, ...]:
    """The honest files, which must score exactly what they are worth."""
    return tuple(read_attack(path) for path in sorted(CONTROLS.glob("*.py")))


def read_attack(path: Path) -> Attack:
    """Read one file with its header; raises CorpusError."""
    text = path.read_text(encoding="utf-8")
    where = f"{path.parent.name}/{path.name}"
    try:
        data = tomllib.loads(ast.get_docstring(ast.parse(text), clean=False) or "")
    except (SyntaxError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"{where}: its header cannot be read: {error}") from error
    if unknown := sorted(set(data) - set(FIELDS)):
        raise CorpusError(f"{where}: unknown field {unknown[0]!r}")
    values = {name: _field(where, data, name) for name in FIELDS}
    aims = values.pop("succeeds")
    if odd := [aim for aim in aims if aim not in AIMS]:
        raise CorpusError(f"{where}: succeeds: {odd[0]!r} is not one of {', '.join(AIMS)}")
    if values["id"][:1] not in CLASSES or not path.name.startswith(values["id"] + "-"):
        raise CorpusError(f"{where}: the name of the file must begin with its id, {values['id']}, and a hyphen")
    return Attack(path=path, text=text, aims=aims, **values)


def _field(where: str, data: dict[str, Any], name: str) -> Any:
    kind, default = FIELDS[name]
    value = data.get(name, default)
    if value is None:
        raise CorpusError(f"{where}: {name} is missing")
    if not isinstance(value, kind) or value == "" or (name in CHOICES and value not in CHOICES[name]):
        raise CorpusError(f"{where}: {name} must be {' or '.join(CHOICES.get(name, (f'a {kind.__name__}',)))}")
    if not isinstance(value, list):
        return value
    if not all(isinstance(item, str) for item in value):
        raise CorpusError(f"{where}: {name} must be a list of texts")
    return tuple(value)
