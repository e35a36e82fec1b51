"""Objects that stay with a solution: forgotten when nobody needs them, iterated over in batches, never compared."""

from __future__ import annotations

import pytest

from autograders.sandbox import Sandbox
from tests.autograders.judge.conftest import Judge
from tests.autograders.learner.support import ask, call, jailed, load

COUNTS = """
import gc

CLOSED = []


class Point:
    alive = 0

    def __init__(self, x):
        self.x = x
        Point.alive += 1

    def __del__(self):
        Point.alive -= 1

    def moved(self, by):
        return Point(self.x + by)

    def get(self):
        return self.x


def alive():
    gc.collect()
    return Point.alive


def points(n):
    return [Point(i) for i in range(n)]


def closing(name):
    try:
        yield 1
        yield 2
    finally:
        CLOSED.append(name)
        if name == "raises":
            raise OSError(name)


def closed():
    return list(CLOSED)
"""


def test_an_object_is_forgotten_with_the_next_call_after_its_last_use(judge: Judge) -> None:
    body = """
point = solution.Point(3)
get = point.get
assert (solution.alive(), point.moved(1).get()) == (1, 4)
assert solution.alive() == 1
del point
assert (get(), solution.alive()) == (3, 1)
del get
solution.double(1)
assert solution.alive() == 0
"""
    assert judge(body, COUNTS).outcome == "passed"


def test_many_objects_may_be_made_as_long_as_few_are_held(judge: Judge) -> None:
    body = """
for _ in range(12):
    made = solution.points(2_000)
    assert [p.get() for p in made[:3]] == [0, 1, 2]
del made
assert solution.alive() == 0
held = solution.points(9_990)
with pytest.raises(SolutionError, match="more than 10,000 objects are kept"):
    solution.points(20)
del held
solution.double(1)
assert len(solution.points(100)) == 100
"""
    assert judge(body, COUNTS).outcome == "passed"


def test_generators_are_closed_when_they_are_forgotten_whatever_they_do_about_it(judge: Judge) -> None:
    body = """
assert list(solution.closing("whole")) == [1, 2]
assert next(iter(solution.closing("begun"))) == 1
assert next(iter(solution.closing("raises"))) == 1
solution.closing("untouched")
solution.double(1)
assert sorted(solution.closed()) == ["begun", "raises", "whole"]
"""
    assert judge(body, COUNTS).outcome == "passed"


def test_an_object_passed_back_is_the_same_one(judge: Judge) -> None:
    source = COUNTS + "\n\ndef same(a, b):\n    return a is b['it'][0], type(a).__name__\n"
    body = """
a, b = solution.Point(1), solution.Point(1)
assert solution.same(a, {"it": [a]}) == (True, "Point")
assert solution.same(a, {"it": [b]}) == (False, "Point")
with pytest.raises(GraderError, match="only an object that the same solution returned"):
    solution.same(reference.Point(1), {})
"""
    result = judge(body, source)
    assert result.outcome == "passed", result.message


def test_an_unknown_object_is_a_clear_error(sandbox: Sandbox) -> None:
    with jailed(sandbox) as jail:
        load(jail, COUNTS)
        number = call(jail, "Point", 1)["value"].number
        assert call(jail, "get", handle=number) == {"value": 1}
        assert call(jail, "get", handle=number + 1)["error"]["message"] == (
            f"object {number + 1} is not kept here: it was dropped, or is another process's"
        )
        assert call(jail, "alive", drop=[number, 77]) == {"value": 0}
        error = call(jail, "get", handle=number)["error"]
        assert (error["kind"], error["bases"][0]) == ("LookupError", "LookupError")


# --- iteration --------------------------------------------------------------------------------------


def test_many_items_come_in_few_messages_and_a_few_singly(sandbox: Sandbox) -> None:
    with jailed(sandbox) as jail:
        load(jail, "import itertools\n\n\ndef f():\n    return itertools.count()\n")
        handle = ask(jail, {"op": "call", "handle": None, "target": "f", "args": [], "kwargs": {}})["value"]
        request = {"op": "take", "handle": handle.number, "target": ""}
        assert ask(jail, request | {"most": 1})["value"] == {"items": [0], "error": None}
        batch = ask(jail, request | {"most": 50})["value"]
        assert batch == {"items": list(range(1, len(batch["items"]) + 1)), "error": None}


def test_items_of_every_kind_arrive_in_order_and_an_error_after_them(judge: Judge) -> None:
    source = """
import numpy as np


class Thing:
    def __init__(self, n): self.n = n


def mixed(n):
    for i in range(n):
        yield [i, float(i), True, "text", b"bytes", None, np.full(3, i), (i, i), Thing(i), 2**70][i % 10]
    raise OSError("the end")


def odd(n):
    yield from range(n)
    yield object
    yield 1
"""
    body = """
items, iterator = [], iter(solution.mixed(100))
with pytest.raises(OSError, match="the end"):
    for item in iterator:
        items.append(item)
assert len(items) == 100
assert items[1:6] == [1.0, True, "text", b"bytes", None]
assert items[7] == (7, 7) and items[9] == 2**70
np.testing.assert_array_equal(items[96], np.full(3, 96))
assert items[98].n.value() == 98
seen = []
with pytest.raises(SolutionError, match="cannot be graded"):
    for item in solution.odd(40):
        seen.append(item)
assert seen == list(range(40))
"""
    result = judge(body, source)
    assert result.outcome == "passed", result.message


def test_ten_thousand_items_cost_little_and_large_ones_fit(judge: Judge) -> None:
    source = """
import numpy as np

def numbers(n): return (i for i in range(n))
def arrays(n): return (np.zeros(1 << 17) for i in range(n))
"""
    body = """
asked = []
request = solution._jail.channel.request
solution._jail.channel.request = lambda op, **fields: asked.append(op) or request(op, **fields)
assert list(solution.numbers(10_000)) == list(range(10_000))
assert len(asked) < 1_000, len(asked)
assert sum(a.size for a in solution.arrays(40)) == 40 << 17
"""
    result = judge(body, source)
    assert result.outcome == "passed", result.message


def test_a_generator_is_not_driven_further_than_its_first_items_are_asked_for(judge: Judge) -> None:
    source = """
STEPS = []


def stuck(n):
    for i in range(n):
        STEPS.append(i)
        yield i
    while True:
        pass


def steps():
    return len(STEPS)
"""
    body = """
assert next(iter(solution.stuck(1))) == 0
assert solution.steps() == 1
assert [i for i, _ in zip(solution.stuck(8), range(7))] == list(range(7))
assert solution.steps() == 9
"""
    result = judge(body, source)
    assert result.outcome == "passed", result.message


def test_items_without_end_stop_the_solution_with_a_sentence(judge: Judge) -> None:
    result = judge("list(solution.endless())", "def endless():\n    while True:\n        yield 1")
    assert (result.outcome, result.message) == ("failed", "more than 100,000 items were asked for")


def test_whatever_can_be_iterated_over_is(judge: Judge) -> None:
    source = """
class Bag:
    def __iter__(self): return iter([1, 2, 3])


class Row:
    def __getitem__(self, i):
        if i > 3: raise IndexError
        return i * i


TABLE = ["a", "b"]
def both(): return map(str, [1, 2])
"""
    body = """
assert list(solution.Bag()) == [1, 2, 3] == sorted(solution.Bag())
assert tuple(solution.Row()) == (0, 1, 4, 9)
assert list(solution.TABLE) == ["a", "b"]
assert list(solution.both()) == ["1", "2"]
with pytest.raises(TypeError, match="not iterable"):
    list(solution.both)
"""
    result = judge(body, source)
    assert result.outcome == "passed", result.message


# --- what an object says of itself ------------------------------------------------------------------

LIAR = """
class Liar:
    def yes(self, *other): return True
    __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __contains__ = __bool__ = yes
    __hash__ = object.__hash__
    def __ne__(self, other): return False
    def __len__(self): return 3
    def __getitem__(self, i): return 7.0
    def __sub__(self, other): return 0.0
    __rsub__ = __add__ = __abs__ = __sub__
    def __float__(self): return 7.0


def answer(): return Liar()
"""


@pytest.mark.parametrize(
    "expression",
    [
        "assert solution.answer()",
        "assert not solution.answer()",
        "assert solution.answer() == 7.0",
        "assert 7.0 == solution.answer()",
        "assert solution.answer() != 8.0",
        "assert solution.answer() < 8.0",
        "assert 8.0 >= solution.answer()",
        "assert 7.0 in solution.answer()",
        "assert len(solution.answer()) == 3",
        "assert solution.answer()[0] == 7.0",
        "assert abs(solution.answer() - 7.0) < 1e-9",
        "assert float(solution.answer()) == 7.0",
        "assert [solution.answer()] == [7.0]",
        "assert solution.answer() == pytest.approx(7.0)",
        "np.testing.assert_allclose(solution.answer(), 7.0)",
        "np.testing.assert_array_equal([solution.answer()], [7.0])",
        "assert_same(solution.answer(), 7.0)",
        "assert_close([solution.answer()], [7.0])",
        "assert np.all(np.asarray(solution.answer()) == 7.0)",
        "assert max([solution.answer(), 7.0]) == 7.0",
        "solution.answer().x = 3",
    ],
)
def test_an_object_that_agrees_with_everything_agrees_with_nothing(judge: Judge, expression: str) -> None:
    result = judge(expression, LIAR)
    assert result.outcome == "failed"
    assert result.message


def test_the_refusal_says_what_to_do(judge: Judge) -> None:
    assert judge("assert solution.answer() == 7.0", LIAR).message == (
        "your answer could not be used by this check (TypeError: <Liar object> stays with the solution and is no "
        "plain value: return one, or call the object's methods)"
    )


def test_special_methods_are_called_by_name(judge: Judge) -> None:
    body = """
answer = solution.answer()
assert special(answer, "__len__") == 3
assert special(answer, "__getitem__", 0) == 7.0
assert special(answer, "__eq__", 1) is True
with pytest.raises(GraderError, match="no special method"):
    special(answer, "yes")
"""
    assert judge(body, LIAR).outcome == "passed"


HOSTILE = """
import sys

AGENT = vars(next(module for name, module in list(sys.modules.items()) if name.endswith("learner.agent")))["Agent"]


def lie(answer):
    AGENT.take = AGENT.iterate = lambda self, request: answer
    old = AGENT.__init__
    import gc
    for thing in gc.get_objects():
        if type(thing) is AGENT:
            thing.operations = {**thing.operations, "take": lambda r: answer, "iterate": lambda r: answer}
    return (i for i in range(3))
"""


@pytest.mark.parametrize(
    "answer",
    ["7", "None", "[1]", "{}", "{'items': 3, 'error': None}", "{'items': [b'x'], 'error': None}", "{'items': []}",
     "{'items': [1], 'error': 'no'}", "{'items': [1], 'error': {}}", "{'items': [1], 'error': True}",
     "{'items': [], 'error': {'kind': 1, 'bases': 2, 'message': 3, 'frames': 4}}"],
)  # fmt: skip
def test_a_forged_batch_stops_the_solution_and_never_breaks_the_judge(judge: Judge, answer: str) -> None:
    result = judge("list(solution.lie())", HOSTILE.replace("lie(answer)", f"lie(answer={answer})"))
    assert result.outcome == "failed"
    assert "could not be read" in result.message, result.message


def test_a_forged_batch_without_end_is_bounded(judge: Judge) -> None:
    source = HOSTILE.replace("lie(answer)", "lie(answer={'items': [1] * 50_000, 'error': None})")
    assert judge("list(solution.lie())", source).message == "more than 100,000 items were asked for"
