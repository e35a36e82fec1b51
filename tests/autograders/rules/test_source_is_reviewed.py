"""What can be said of a submission without running it is said with its file and line."""

from __future__ import annotations

import dataclasses

import pytest

from autograders.problem import EntryPoint, Problem, Rules
from autograders.rules import Finding, review
from autograders.submission import Submission
from tests.autograders.support import tiny

FORBIDDEN = Rules(
    forbidden_imports=("sklearn", "scipy.cluster", "numpy.linalg.svd"), forbidden_calls=("sorted", "numpy.linalg.lstsq")
)
BODY = "\n\ndef double(x):\n    return x + x\n"


def problem(rules: Rules = FORBIDDEN) -> Problem:
    return dataclasses.replace(tiny("double"), rules=rules)


def findings(source: str, rules: Rules = FORBIDDEN, **others: bytes) -> list[Finding]:
    files = {"solution.py": (source + BODY).encode()} | {f"{name}.py": text for name, text in others.items()}
    return list(review(problem(rules), Submission(files)))


@pytest.mark.parametrize(
    "source",
    [
        "import sklearn",
        "import sklearn.cluster",
        "import sklearn.cluster as c",
        "import sklearn as sk",
        "import math, sklearn",
        "from sklearn import cluster",
        "from sklearn.cluster import KMeans as K",
        "from sklearn import *",
        "import scipy.cluster.vq",
        "from scipy import cluster",
        "from scipy import cluster as c",
        "from scipy.cluster import vq",
        "import scipy\nx = scipy.cluster.vq.kmeans2",
        "import scipy as s\nx = s.cluster",
        "from numpy.linalg import svd",
        "from numpy.linalg import svd as decompose",
        "import numpy as np\nx = np.linalg.svd",
        "from numpy import linalg as la\nx = la.svd",
        "if True:\n    import sklearn",
        "try:\n    import sklearn\nexcept ImportError:\n    pass",
        "def late():\n    import sklearn.cluster",
        "class Late:\n    from sklearn import cluster",
        "late = lambda: [__import__('os') for _ in ()]",
        "import importlib",
        "from importlib import import_module",
        "import ctypes",
        "import subprocess as s",
        "import socket",
        "import multiprocessing.pool",
        "import autograders.judge",
        "from autograders import problem",
        "eval('1')",
        "exec('import sklearn')",
        "compile('1', '', 'eval')",
        "sorted([2, 1])",
        "import numpy as np\nnp.linalg.lstsq(1, 2)",
        "import numpy\nnumpy.linalg.lstsq(1, 2)",
        "from numpy.linalg import lstsq as solve\nsolve(1, 2)",
        "from numpy import linalg\nlinalg.lstsq(1, 2)",
        "import numpy.linalg as la\nla.lstsq(1, 2)",
    ],
)
def test_what_a_problem_forbids_is_found_in_every_spelling(source: str) -> None:
    found = findings(source)
    assert len(found) == 1, found
    assert found[0].rule in ("import", "call")
    assert found[0].file == "solution.py"
    assert 1 <= found[0].line <= source.count("\n") + 1
    assert "not allowed" in found[0].text


@pytest.mark.parametrize(
    "source",
    [
        "import numpy as np\nx = np.linalg.norm([1.0])",
        "import scipy.clusters_of_mine",
        "import sklearnish",
        "from scipy import linalg",
        "class Tree:\n    def eval(self): return 1\nTree().eval()",
        "names = ['sklearn', 'eval(1)']",
        "'''import sklearn'''",
        "x = [3, 1]\nx.sort()",
        "sklearn = 3\ny = sklearn",
        "import numpy as np\nnp.sorted = 1",
    ],
)
def test_what_only_looks_forbidden_is_let_pass(source: str) -> None:
    assert findings(source) == []


def test_own_modules_are_allowed_in_every_spelling() -> None:
    source = "import helpers\nfrom helpers import f\nfrom . import helpers as h\nfrom .helpers import f as g"
    assert findings(source, helpers=b"def f(): pass\n") == []


def test_an_own_file_of_a_forbidden_name_opens_no_door() -> None:
    assert [finding.line for finding in findings("import sklearn", sklearn=b"x = 1\n")] == [1]


def test_every_file_of_a_submission_is_read() -> None:
    found = findings("import helpers", helpers=b"x = 1\nimport sklearn\n")
    assert [(finding.file, finding.line) for finding in found] == [("helpers.py", 2)]


def test_where_a_problem_lists_what_may_be_imported_only_that_is() -> None:
    rules = Rules(allowed_imports=("math", "numpy.linalg"))
    assert findings("import math\nimport numpy.linalg\nfrom . import helpers\nimport helpers", rules, helpers=b"") == []
    found = findings("import numpy\nfrom collections import abc", rules)
    assert [finding.line for finding in found] == [1, 2]
    assert found[0].text == "importing numpy is not allowed; allowed are math, numpy.linalg"


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("def double(x)\n    return x\n", 1, "does not parse"),
        ("x = 1\n\ny = (1,\n", 3, "does not parse"),
        ("x = 1\n  y = 2\n", 2, "indent"),
        ("print 'old'\n", 1, "does not parse"),
        ("x = '\n", 1, "does not parse"),
        ("# -*- coding: nonsense -*-\nx = 1\n", 0, "does not parse"),
        ("x = " + "(" * 5_000 + ")" * 5_000, 1, "does not parse"),
        ("x = " + "-" * 100_000 + "1", 0, "does not parse"),
    ],
    ids=["colon", "bracket", "indent", "old print", "quote", "coding", "deep brackets", "deep signs"],
)
def test_what_does_not_parse_is_named_with_its_line(source: str, line: int, words: str) -> None:
    found = review(problem(), Submission.from_source(source))
    assert [finding.rule for finding in found] == ["syntax"]
    assert found[0].line in (line, 0) if line else found[0].line >= 0
    assert words in str(found[0])


def test_a_giant_program_is_refused() -> None:
    found = review(problem(), Submission.from_source("x = 1\n" * 110_000))
    assert [finding.rule for finding in found] == ["size"]


@pytest.mark.parametrize(
    "source",
    [
        "double = lambda x: 2 * x",
        "from helpers import double",
        "from helpers import twice as double",
        "class double:\n    pass",
        "async def double(x): pass",
        "if True:\n    def double(x): return x",
        "try:\n    from math import double\nexcept ImportError:\n    def double(x): return x",
        "double, other = 1, 2",
        "double: object = 3",
    ],
)
def test_an_entry_point_may_be_bound_in_any_way(source: str) -> None:
    assert review(problem(), Submission.from_source(source)) == ()


@pytest.mark.parametrize(
    "source", ["", "def Double(x): pass", "def other():\n    def inner(): pass", "x = 1  # double", "print(double)"]
)
def test_a_missing_entry_point_is_named_with_its_signature(source: str) -> None:
    (found,) = review(problem(), Submission.from_source(source + "\n"))
    assert str(found) == "solution.py: it must define double, as in double(x: float) -> float"


def test_a_method_among_the_entry_points_asks_for_its_class() -> None:
    wanted = dataclasses.replace(problem(), entry_points=(EntryPoint("Tree.fit", ""),))
    assert review(wanted, Submission.from_source("class Tree: pass")) == ()
    assert [str(f) for f in review(wanted, Submission.from_source("x = 1"))] == [
        "solution.py: it must define Tree.fit, as in Tree.fit"
    ]


def test_a_byte_order_mark_and_a_declared_encoding_are_read() -> None:
    marked = b"\xef\xbb\xbf" + BODY.encode()
    declared = b"# -*- coding: latin-1 -*-\nname = '\xe9'" + BODY.encode()
    for content in (marked, declared):
        assert review(problem(), Submission({"solution.py": content})) == ()
