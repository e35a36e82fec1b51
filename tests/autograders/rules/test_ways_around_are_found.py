"""Aliases, computed names and the inside of the interpreter: ways around a rule are named with their line."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from autograders.learner.loading import source_text
from autograders.problem import Problem, Rules, load_problem
from autograders.rules import Finding, review
from autograders.submission import Submission
from tests.autograders.support import tiny

RULES = Rules(
    forbidden_imports=("sklearn", "scipy.cluster"), forbidden_calls=("numpy.linalg.svd", "linalg.qr", "sum", "list")
)
CONTENT = Path(__file__).parents[3] / "content"
PROBLEMS = sorted(path.parent for path in CONTENT.glob("*/*/problem.toml"))


def problem(rules: Rules = RULES) -> Problem:
    return dataclasses.replace(tiny("double"), rules=rules, entry_points=())


def findings(source: str | bytes, rules: Rules = RULES, **others: str) -> list[Finding]:
    content = source.encode() if isinstance(source, str) else source
    files = {"solution.py": content} | {f"{name}.py": text.encode() for name, text in others.items()}
    return list(review(problem(rules), Submission(files)))


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("import numpy as np\nf = np.linalg.svd\nf(1)", 2, "numpy.linalg.svd"),
        ("import numpy as np\nf = getattr(np.linalg, 'svd')", 2, "numpy.linalg.svd"),
        ("import numpy as np\nla = getattr(np, 'lin' + 'alg')\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\nla = getattr(np, f'lin{\"alg\"}')\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\nvars(np)['linalg'].svd(1)", 2, "numpy"),
        ("import numpy as np\nnp.__dict__['linalg'].svd(1)", 2, "numpy"),
        ("import numpy as np\nn = 'linalg'\ngetattr(np, n)", 3, "write the name"),
        ("import numpy as np\nla = np.linalg\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\nla, x = np.linalg, 1\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\n(la := np.linalg).svd(1)", 2, "numpy.linalg.svd"),
        ("import numpy as np\nla: object = np.linalg\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\nla = np.linalg if np else None\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\nla = None or np.linalg\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\nfor la in (np.linalg, 1):\n    la.svd(1)", 3, "numpy.linalg.svd"),
        ("import numpy as np\n[la.svd(1) for la in [np.linalg]]", 2, "numpy.linalg.svd"),
        ("import numpy as np\ndef f(x, la=np.linalg):\n    return la.svd(x)", 3, "numpy.linalg.svd"),
        ("import numpy as np\ndef f(*, s=np.linalg.svd):\n    return s(1)", 2, "numpy.linalg.svd"),
        (
            "import numpy as np\nclass A:\n    def g(self):\n        self.la = np.linalg\n        self.la.svd(1)",
            5,
            "svd",
        ),
        ("import numpy as np\n@np.linalg.svd\ndef f(): pass", 2, "numpy.linalg.svd"),
        ("import numpy as np\nx = f'{np.linalg.svd(1)}'", 2, "numpy.linalg.svd"),
        ("import numpy as np\nnp.linalg.svd(1)\nimport math as np", 2, "numpy.linalg.svd"),
        ("a = b = __import__\nimport numpy", 1, "__import__"),
        ("import numpy as a\nb = a\nc = b\nd = c.linalg\ne = d\ne.svd", 6, "numpy.linalg.svd"),
        ("from numpy.linalg import *", 1, "import by name"),
        ("from numpy import *", 1, "import by name"),
        ("from scipy import *", 1, "scipy.cluster"),
        ("import scipy.linalg as x\nx.qr(1)", 2, "linalg.qr"),
        ("import numpy as np\nnp.linalg._linalg.svd(1)", 2, "_linalg"),
        ("from numpy.linalg import _umath_linalg", 1, "_umath_linalg"),
        ("import numpy as np\nnp.linalg._umath_linalg", 2, "_umath_linalg"),
        ("from operator import attrgetter\nattrgetter('linalg.svd')(1)", 2, "numpy.linalg.svd"),
        ("import sys\nsys.modules['scipy.cluster']", 2, "scipy.cluster"),
        ("import sys\nm = sys.modules\nm['skl' + 'earn.cluster'].KMeans", 3, "sklearn.cluster"),
        ("import sys as s\ngetattr(s, 'modu' + 'les').get('sklearn')", 2, "sklearn"),
        ("from sys import modules\nx = modules.pop('sklearn')", 2, "sklearn"),
        ("import typing\ntyping.sys.modules['numpy.linalg'].svd", 2, "numpy.linalg.svd"),
        ("import sys\nla = sys.modules['numpy'].linalg\nla.svd(1)", 3, "numpy.linalg.svd"),
        ("import sys\nsys.meta_path.clear()", 2, "sys.meta_path"),
        ("import inspect\ninspect.importlib.import_module('sklearn')", 2, "importlib"),
        ("import asyncio\nasyncio.subprocess", 2, "subprocess"),
        ("().__class__.__base__.__subclasses__()", 1, "__subclasses__"),
        ("(lambda: 1).__globals__", 1, "__globals__"),
        ("b = __builtins__", 1, "__builtins__"),
        ("b = globals()['__builtins__']", 1, "__builtins__"),
        ("getattr(print, '__glo' + 'bals__')", 1, "__globals__"),
        ("x = __loader__.load_module", 1, "__loader__"),
        ("__package__ = 'scipy'\nfrom . import cluster", 1, "__package__"),
        ("e = eval\ne('1')", 1, "eval"),
        ("e, f = exec, 1", 1, "exec"),
        ("def f(e=eval): e('1')", 1, "eval"),
        ("[*map(eval, ['1'])]", 1, "eval"),
        ("x = sum", 1, "sum"),
        ("list((1,))", 1, "calling list"),
        ("import pkgutil", 1, "pkgutil"),
        ("import runpy", 1, "runpy"),
        ("import code", 1, "code"),
        ("import builtins as b\nb.eval('1')", 1, "builtins"),
        ("import marshal", 1, "marshal"),
    ],
)
def test_a_way_around_a_rule_is_named_with_its_line(source: str, line: int, words: str) -> None:
    found = findings(source)
    assert any(finding.line == line and words in finding.text for finding in found), found
    assert all("allowed" in finding.text or "import by name" in finding.text for finding in found)


def test_what_another_file_of_the_submission_passes_on_is_found_where_it_is_used() -> None:
    helpers = "import numpy.linalg as la\nimport numpy\n"
    for source in (
        "from helpers import la\nla.svd(1)",
        "import helpers as h\n\nh.la.svd(1)",
        "import helpers\nhelpers.numpy.linalg.svd",
    ):
        found = findings(source, helpers=helpers)
        assert [finding.file for finding in found] == ["solution.py"]
        assert "numpy.linalg.svd" in found[0].text


def test_files_that_import_each_other_in_a_ring_are_reviewed_too() -> None:
    assert findings("from a import x\nx.y", a="from b import x", b="from a import x\nfrom solution import x as z") == []


@pytest.mark.parametrize(
    "source",
    [
        "def eval(model, data):\n    return model(data)\neval(1, 2)",
        "class Model:\n    def eval(self): return self\n    def forward(self, input): return input\nModel().eval()",
        "def forward(input):\n    return input + 1",
        "compile = 3\nx = compile",
        "import re\nre.compile('x')",
        "def f(x): return isinstance(x, list), list[int]",
        "def f(x: list) -> list: return [*x]",
        "import numpy as np\ngetattr(np, 'tanh')",
        "import math\nn = 'exp'\ngetattr(math, n)",
        "class A:\n    def __init__(self): self.__dict__.update(x=1)\n    def _own(self): return vars(self)",
        "import numpy as np\nnp.__version__",
        "import numpy as np\nx = np.ones(3)\nx.ctypes",
        "from operator import attrgetter\nsorted([], key=attrgetter('cluster'))",
        "from math import *\nexp(1)",
        "class Svd:\n    def svd(self): return 1\nla = Svd()\nla.svd()",
        "import sys\nsys.setrecursionlimit(10_000)\nx = sys.float_info.eps",
        "import numpy.linalg as la\nla.norm(1)",
        "modules = {}\nmodules['sklearn'] = 1",
        "import sys\nx = sys.modules[__name__], 'numpy' in sys.modules, sys.modules.get('math')",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1",
        "x = '\\d'",
        "x = 1 if 1 is 1 else 2",
        "\f\nx = 1\n\fy = 2",
    ],
)
def test_honest_code_is_let_pass(source: str) -> None:
    assert findings(source) == []


@pytest.mark.parametrize("folder", PROBLEMS, ids=lambda folder: folder.name)
def test_every_solution_of_the_course_passes_its_own_rules(folder: Path) -> None:
    read = load_problem(folder)
    files = [folder / "reference.py", folder / "starter.py", *read.solutions("accepted"), *read.solutions("mutants")]
    assert len(files) > 2
    for file in files:
        # What is forbidden in general must not stand in the way either.
        for rules in (read.rules, dataclasses.replace(read.rules, forbidden_calls=("numpy.linalg.svd",))):
            reviewed = dataclasses.replace(read, rules=rules)
            assert review(reviewed, Submission.from_source(file.read_text(encoding="utf-8"))) == (), file


def test_where_a_problem_has_no_rules_the_inside_of_the_interpreter_may_be_looked_at() -> None:
    assert findings("import sys\nm = sys.modules\n().__class__.__subclasses__()", Rules()) == []


def test_the_future_may_always_be_imported() -> None:
    assert findings("from __future__ import annotations\nimport math", Rules(allowed_imports=("math",))) == []


# --- the text that is reviewed is the text that is run ---------------------------------------------


@pytest.mark.parametrize("name", ["rot13", "utf-7", "utf_16", "cp1252", "unicode_escape", "idna", "mbcs", "utf-8-sig"])
def test_a_file_in_an_encoding_of_its_own_is_refused_with_its_line(name: str) -> None:
    (found,) = findings(f"# first\n# vim: set fileencoding={name} :\nx = 1\n")
    assert (found.rule, found.line) == ("syntax", 2)
    assert "save it as UTF-8" in found.text


@pytest.mark.parametrize("declared", ["utf-8", "UTF-8", "utf8", "ascii", "latin-1", "iso-8859-1", "Latin_1"])
def test_plain_encodings_may_be_declared(declared: str) -> None:
    assert findings(f"# -*- coding: {declared} -*-\nx = 1\n") == []


def test_bytes_that_are_no_text_are_named_with_their_line() -> None:
    (found,) = findings(b"x = 1\n\ny = '\xe9'\n")
    assert (found.rule, found.line) == ("syntax", 3)
    assert "not utf-8 text" in found.text


def test_a_coding_line_below_code_means_nothing() -> None:
    assert source_text(b"x = 1\n# coding: rot13\n") == "x = 1\n# coding: rot13\n"
    assert source_text(b"\xef\xbb\xbfx = '\xc3\xa9'\n") == "x = 'é'\n"
    with pytest.raises(SyntaxError, match="save it as UTF-8"):
        source_text(b"\xef\xbb\xbf# coding: latin-1\n")


@pytest.mark.parametrize("content", [b"x = 1\x00\n", b"x = '\xed\xa0\x80'\n"])
def test_nul_and_broken_text_do_not_parse(content: bytes) -> None:
    assert [finding.rule for finding in findings(content)] == ["syntax"]


# --- what a hostile program may cost the reader ----------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "a" + ".b" * 900,
        "import numpy as a\n" + "a = a.b\n" * 5_000,
        "import numpy as a\n" + "".join(f"a{i} = a{i - 1 if i else ''}\n" for i in range(5_000)),
        "import numpy as a\n" + "".join(f"b = a.x{i}\n" for i in range(9_000)) + "b.c\n" * 9_000,
        "".join(f"import a{i} as b\n" for i in range(20_000)) + "b.c\n" * 20_000,
        "x = " + " + ".join(["'a'"] * 900),
        "x[" + " + ".join(["'a'"] * 900) + "]",
        "getattr(x, " * 80 + "1" + ")" * 80,
        "x = " + "(" * 190 + "1" + ")" * 190,
        "x = " + "9" * 4_000,
        "x = 9 ** 9 ** 9 ** 9",
        "from a import " + ", ".join(f"x{i}" for i in range(50_000)),
    ],
    ids=range(12),
)
def test_a_program_made_to_be_hard_to_read_is_read(source: str) -> None:
    assert len(findings(source, a="from b import *\n", b="from a import *\n")) < 5


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    (found,) = findings("x" * 600_000)
    assert (found.rule, found.text) == ("size", "the file has more than 500,000 bytes")


def test_many_large_files_are_refused_together() -> None:
    files = {f"m{i}.py": b"x = 1\n" * 20_000 for i in range(6)}
    assert [finding.rule for finding in review(problem(), Submission(files))] == ["size"]
