"""What a problem forbids is withheld in the jail too, where no reader of the source sees it; libraries go on."""

from __future__ import annotations

from typing import Any

import pytest

from autograders.learner import rules as withheld
from autograders.rules import source as review
from autograders.sandbox import Sandbox
from tests.autograders.learner.support import NO_RULES, ask, call, jailed, load

RULES = {
    "forbidden_imports": ["sklearn", "scipy.cluster", "numpy.ma", "numpy.fft.fft", "statistics"],
    "forbidden_calls": ["sorted", "numpy.linalg.svd", "polynomial.polyval", "collections.Counter"],
    "allowed_imports": [],
}
NAMES = "import numpy as np, sys, threading\n\n\ndef f(x):\n"


def error_of(sandbox: Sandbox, body: str, given: dict[str, list[str]], **others: str) -> dict[str, Any]:
    """The error of a function with this body, raised while loading or in the call; {} where there is none."""
    with jailed(sandbox) as jail:
        lines = "".join(f"    {line}\n" for line in body.splitlines())
        answer = load(jail, NAMES + lines, given, **others)
        answer = answer if "error" in answer else call(jail, "f", 2.0)
        return dict(answer.get("error", {}))


@pytest.mark.parametrize(
    ("body", "name", "rule"),
    [
        ("import sklearn", "sklearn", "sklearn"),
        ("from sklearn.cluster import KMeans", "sklearn.cluster", "sklearn"),
        ("import scipy.cluster.vq as v", "scipy.cluster.vq", "scipy.cluster"),
        ("from numpy import ma", "numpy.ma", "numpy.ma"),
        ("return np.ma.array", "numpy.ma.array", "numpy.ma"),
        ("return getattr(np, 'm' + 'a').array([1])", "numpy.ma.array", "numpy.ma"),
        ("return vars(np)['m' + 'a'].array", "numpy.ma.array", "numpy.ma"),
        ("return sys.modules['numpy.ma'].array", "numpy.ma.array", "numpy.ma"),
        ("return np.fft.fft([1.0])", "numpy.fft.fft", "numpy.fft.fft"),
        ("import statistics", "statistics", "statistics"),
        ("return sys.modules['statistics'].mean([1.0])", "statistics.mean", "statistics"),
        ("return sys.modules['importlib'].import_module('statistics')", "statistics", "statistics"),
        ("return sys.modules['importlib'].import_module('sklearn')", "sklearn", "sklearn"),
        ("return sys.modules['builtins'].__import__('sklearn.cluster')", "sklearn", "sklearn"),
        ("return sys.modules['pickle']._loads(b'csklearn.cluster\\nKMeans\\n.')", "sklearn", "sklearn"),
        ("return sorted([2, 1])", "sorted", "sorted"),
        ("g = sorted\nreturn list(map(g, [[1]]))", "sorted", "sorted"),
        ("return np.linalg.svd(np.eye(2))", "numpy.linalg.svd", "numpy.linalg.svd"),
        ("g = getattr(np.linalg, 's' + 'vd')\nreturn g(np.eye(2))", "numpy.linalg.svd", "numpy.linalg.svd"),
        ("return next(map(np.linalg.svd, [np.eye(2)]))", "numpy.linalg.svd", "numpy.linalg.svd"),
        ("from numpy.linalg import svd", "numpy.linalg.svd", "numpy.linalg.svd"),
        ("return np.polynomial.polynomial.polyval(1, [2])", "polynomial.polyval", "polynomial.polyval"),
        ("from collections import Counter", "collections.Counter", "collections.Counter"),
        ("return eval('1')", "eval", "eval"),
        ("t = threading.Thread(target=exec, args=('1',))\nt.run()", "exec", "exec"),
        ("return (lambda c: c('1', '', 'eval'))(compile)", "compile", "compile"),
        ("import subprocess", "subprocess", "subprocess"),
        ("from importlib import import_module", "importlib", "importlib"),
        ("import builtins", "builtins", "builtins"),
        ("global __package__\n__package__ = 'numpy'\nfrom . import ma", "numpy.ma", "numpy.ma"),
    ],
)
def test_what_is_forbidden_raises_an_error_that_names_the_rule_and_the_line(
    sandbox: Sandbox, body: str, name: str, rule: str
) -> None:
    error = error_of(sandbox, body, RULES)
    assert (error["kind"], error["bases"][0]) in (
        ("NotAllowed", "ImportError"),
        ("NotAllowedAttribute", "AttributeError"),
    )
    assert f"(rule: no {rule})" in error["message"]
    assert "is not allowed in this problem" in error["message"]
    assert name in error["message"]
    file, line, function, text = error["frames"][-1]
    assert (file, function) == ("solution.py", "<lambda>" if "lambda" in body else "f")
    assert line > 4
    assert text.strip() in body


@pytest.mark.parametrize(
    "body",
    [
        "import math, collections, heapq, logging, random, dataclasses\nreturn math.pi",
        "import numpy.linalg as la\nreturn la.norm(np.ones(3))",
        "return np.linalg.pinv(np.eye(3)), np.linalg.matrix_rank(np.eye(3)), np.linalg.cond(np.eye(3))",
        "return np.median([1.0, 2.0]), np.percentile([1.0, 2.0], 50), np.cov(np.eye(3)), str(np.eye(3))",
        "return np.fft.ifft([1.0]), np.fft.rfft([1.0]), np.poly([1, 2]), np.roots([1, 2, 1])",
        "import io\nreturn np.loadtxt(io.StringIO('1 2'))",
        "import io\nreturn np.genfromtxt(io.StringIO('1,2'), delimiter=',', usemask=False)",
        "from collections import OrderedDict, namedtuple\nP = namedtuple('P', 'x y')\nreturn P(1, 2).x",
        "import asyncio, concurrent.futures\nreturn 1",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: float = 1.0\nreturn P().x",
        "import datetime\nreturn datetime.datetime.strptime('2020', '%Y').year",
        "import typing\nclass A:\n    x: 'int' = 1\nreturn len(typing.get_type_hints(A))",
        "import random\nreturn random.Random(1).choice([1, 2])",
        "import helpers\nreturn helpers.two()",
        "from helpers import two\nreturn two()",
        "return [name for name, module in list(sys.modules.items()) if hasattr(module, 'no_such_name')]",
        "import pickle\npickle.dumps(f), pickle.loads(pickle.dumps(np.float64(1)))",
        "import inspect\ninspect.getmodule(f), inspect.signature(f)",
    ],
)
def test_honest_code_and_the_libraries_under_it_notice_nothing(sandbox: Sandbox, body: str) -> None:
    assert error_of(sandbox, body, RULES, helpers="def two():\n    return 2\n") == {}


@pytest.mark.parametrize("side", ["rules", "none"])
def test_always_forbidden_names_are_withheld_from_submissions_and_not_from_the_reference(
    sandbox: Sandbox, side: str
) -> None:
    source = b"def f():\n    import subprocess\n    return eval('1 + 1')\n"
    with jailed(sandbox) as jail:
        given = {} if side == "none" else {name: list(names) for name, names in NO_RULES.items()}
        ask(jail, {"op": "load", "files": {"solution.py": source}, "rules": given})
        answer = call(jail, "f")
    assert answer == {"value": 2} if side == "none" else answer["error"]["kind"] == "NotAllowed"


ALLOWING = {"allowed_imports": ["math", "numpy.linalg", "datetime"]}


@pytest.mark.parametrize(
    "source",
    [
        "import math, numpy.linalg\nimport helpers\nfrom numpy.linalg import norm\ndef f(x): return math.sqrt(x)",
        "from __future__ import annotations\ndef f(x): return 1.0",
        "def f(x): return x.mean() + x.std() + float(str(x.sum()))",
        "import datetime\ndef f(x): return datetime.datetime.strptime('2020', '%Y').year",
    ],
)
def test_where_imports_are_listed_those_work_and_what_libraries_in_c_import_themselves(
    sandbox: Sandbox, source: str
) -> None:
    import numpy as np

    with jailed(sandbox) as jail:
        assert "value" in load(jail, source, ALLOWING, helpers="x = 1\n")
        assert "value" in call(jail, "f", 4.0 if "sqrt" in source else np.ones(3))


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import collections", "collections"),
        ("import numpy", "numpy"),
        ("from heapq import heappush", "heapq"),
        ("import math, sys\nm = math.__loader__\n", "sys"),
    ],
)
def test_where_imports_are_listed_another_is_refused_with_the_list(sandbox: Sandbox, source: str, name: str) -> None:
    with jailed(sandbox) as jail:
        error = load(jail, source, ALLOWING)["error"]
    assert error["message"] == f"importing {name} is not allowed; allowed are math, numpy.linalg, datetime"
    assert error["frames"][-1][:2] == ["solution.py", 1]


def test_a_forbidden_part_of_a_library_does_not_break_the_rest_of_it(sandbox: Sandbox) -> None:
    source = (
        "import scipy.stats, scipy.special, scipy.linalg, numpy as np, scipy\n\n\n"
        "def f():\n    k = scipy.stats.gaussian_kde(np.arange(9.0))\n"
        "    return float(k(3.0)[0] + scipy.special.expit(0.0) + scipy.stats.norm.cdf(0.0))\n\n\n"
        "def g():\n    return scipy.cluster.vq\n\n\n"
        "def h():\n    from scipy.spatial.distance import cdist\n"
    )
    with jailed(sandbox, "sklearn") as jail:
        assert "value" in load(jail, source, {"forbidden_imports": ["scipy.cluster", "scipy.spatial", "sklearn"]})
        assert call(jail, "f")["value"] > 1.0
        assert "(rule: no scipy.cluster)" in call(jail, "g")["error"]["message"]
        assert "(rule: no scipy.spatial)" in call(jail, "h")["error"]["message"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "open('written.py', 'w').write('import statistics')\nsys.path[:0] = ['', '.']\nimport written",
            "importing written is not allowed: it is not among the submitted files",
        ),
        (
            "import os\nos.mkdir('written')\nopen('written/part.py', 'w').close()\nsys.path.append(os.getcwd())\n"
            "import written.part",
            "importing written is not allowed: it is not among the submitted files",
        ),
        ("import timeit\ntimeit.timeit('import statistics; statistics.fsum([1])', number=1)", "no statistics"),
        ("import bdb\nbdb.Bdb().run('import numpy; numpy.linalg.svd(1)')", "no numpy.linalg.svd"),
    ],
)
def test_code_that_comes_from_elsewhere_is_no_library(sandbox: Sandbox, body: str, words: str) -> None:
    error = error_of(sandbox, body, RULES)
    assert words in error["message"]


def test_both_lines_forbid_the_same_names() -> None:
    assert set(withheld.NEVER_IMPORTED) == set(review.ALWAYS_FORBIDDEN_IMPORTS)
    assert {*withheld.NEVER_CALLED, "__import__"} == set(review.ALWAYS_FORBIDDEN_CALLS)
