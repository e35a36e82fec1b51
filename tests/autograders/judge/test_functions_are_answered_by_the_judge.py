"""Functions and objects that an author passes in stay with the judge, are counted there, and give nothing away."""

from __future__ import annotations

import pytest

from tests.autograders.judge.conftest import Judge

DESCEND = """
def minimise(f, gradient, start, steps):
    x = start
    for _ in range(steps):
        x = x - 0.1 * gradient(x)
    return x, f(x)
"""


def test_an_objective_and_its_gradient_are_called_and_counted(judge: Judge) -> None:
    body = """
f = counted(lambda x: float(((x - 3) ** 2).sum()))
gradient = counted(lambda x: 2 * (x - 3), at_most=100)
x, least = solution.minimise(f, gradient, np.zeros(4), steps=60)
np.testing.assert_allclose(x, 3, atol=1e-4)
assert least < 1e-6
assert (f.calls, gradient.calls) == (1, 60)
"""
    assert judge(body, DESCEND).outcome == "passed"


def test_functions_may_lie_inside_of_other_arguments_and_take_options(judge: Judge) -> None:
    source = "def apply(fs, x): return [f(x, power=2) for f in fs['all']], fs['one'].__name__"
    body = """
def scaled(x, power=1): return 10 * x**power
assert solution.apply({"all": [scaled, counted(lambda x, power: -x)], "one": scaled}, 3) == ([90, -3], "scaled")
"""
    assert judge(body, source).outcome == "passed"


def test_the_reference_is_given_functions_too_and_may_be_one(judge: Judge) -> None:
    body = """
f = counted(lambda x: reference.double(x) - 4.0)
assert solution.minimise(f, lambda x: 2.0, 5.0, 1)[1] == pytest.approx(5.6)
assert reference.minimise(lambda x: 1.0, lambda x: 2.0, 5.0, 1)[1] == 1.0
assert f.calls == 1
"""
    assert judge(body, DESCEND).outcome == "passed"


ENVIRONMENT = """
class Corridor:
    def __init__(self): self.place, self._secret = 0, 7
    def reset(self): self.place = 0; return self.place
    def step(self, move):
        self.place += move
        return self.place, float(self.place == 3), self.place == 3
environment = Corridor()
"""


def test_an_environment_is_served_by_its_public_methods(judge: Judge) -> None:
    source = """
def run(environment):
    total, done = 0.0, environment.reset()
    while not done:
        place, reward, done = environment.step(1)
        total += reward
    return total, place, repr(environment)
"""
    body = ENVIRONMENT + 'assert solution.run(served(environment)) == (1.0, 3, "<Corridor object of the grader\'s>")'
    assert judge(body, source).outcome == "passed"


@pytest.mark.parametrize("name", ["place", "_secret", "__init__", "nothing"])
def test_of_a_served_object_nothing_but_its_public_methods_can_be_reached(judge: Judge, name: str) -> None:
    result = judge(ENVIRONMENT + "solution.run(served(environment))", f"def run(e): return e.{name}({{}}, [], 1, 2, 3)")
    assert result.outcome == "failed"
    assert "7" not in result.message
    if name == "place":
        assert "has no place; it has reset, step" in result.message


def test_an_object_is_passed_only_where_its_author_says_so(judge: Judge) -> None:
    result = judge("solution.run(rng)", "def run(r): return 1")
    assert "a value of type Generator cannot be passed to the solution" in result.message


# --- exceptions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["ValueError", "KeyError", "ZeroDivisionError", "np.linalg.LinAlgError"])
def test_an_exception_of_the_function_can_be_caught_and_tells_its_class_alone(judge: Judge, kind: str) -> None:
    source = """
def probe(f):
    try:
        f(1)
    except (ValueError, ArithmeticError, LookupError) as error:
        return type(error).__name__, str(error)
"""
    body = f"""
def f(x): raise {kind}("the hidden value is 41")
kind, text = solution.probe(f)
assert kind in ("ValueError", "KeyError", "ZeroDivisionError")
assert "41" not in text and text.strip("'") == "a function passed to it raised {kind.rpartition(".")[2]}", text
"""
    assert judge(body, source).outcome == "passed"


def test_an_exception_that_the_solution_lets_through_is_the_solutions(judge: Judge) -> None:
    body = """
def f(x): raise ValueError("the hidden value is 41")
with pytest.raises(ValueError): solution.double2(f)
solution.double2(f)
"""
    result = judge(body, "def double2(f):\n    return f(1)")
    assert result.outcome == "failed"
    assert "your code raised ValueError: a function passed to it raised ValueError" in result.message
    assert "solution.py line 2, in double2: return f(1)" in result.message


def test_an_assertion_in_the_function_fails_the_check_whatever_the_solution_catches(judge: Judge) -> None:
    source = """
def run(f):
    try:
        f(1.0)
    except BaseException:
        pass
    return 7
"""
    body = """
def f(x):
    assert isinstance(x, int), "the function must be given an integer"
    return x
assert solution.run(f) == 7
"""
    result = judge(body, source)
    assert (result.outcome, result.message) == ("failed", "the function must be given an integer")


def test_too_many_calls_of_a_counted_function_fail_the_check_at_once(judge: Judge) -> None:
    source = "def run(f):\n    while True:\n        f(1.0)"
    result = judge("def f(x): return x\nsolution.run(counted(f, at_most=50))", source)
    assert (result.outcome, result.message) == ("failed", "f was called more than 50 times")


def test_an_author_sees_a_fault_of_the_function_as_the_graders(judge: Judge) -> None:
    result = judge("solution.double2(lambda x: no_such_name)", "def double2(f): return f(1)")
    assert result.outcome == "broken"
    assert "no_such_name" in result.message


def test_what_cannot_be_sent_is_named_on_both_sides(judge: Judge) -> None:
    assert (
        "a value of type object cannot be passed"
        in judge("solution.d(lambda x: object())", "def d(f): return f(1)").message
    )
    result = judge("solution.d(lambda x: 1)", "def d(f): return f(object())")
    assert "your code raised TypeError: an argument for a function of the grader's" in result.message


# --- when a function may be called ------------------------------------------------------------------

KEEPS = """
KEPT = []


def keep(f):
    KEPT.append(f)
    return f(1)


def again(x):
    return KEPT[0](x)


def lazily(f):
    yield f(1)


def in_a_thread(f):
    import threading

    said = []

    def work():
        try:
            f(1)
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return said[0]
"""


def test_a_function_kept_for_a_later_call_raises_a_clean_error(judge: Judge) -> None:
    body = """
f = counted(lambda x: x + 1)
assert solution.keep(f) == 2
for wrong in (solution.again, lambda x: list(solution.lazily(f))):
    with pytest.raises(RuntimeError, match="only until the call it was passed to returns"):
        wrong(1)
assert f.calls == 1
assert solution.double(2) == 4
assert solution.keep(f) == 2
"""
    assert judge(body, KEEPS).outcome == "passed"


def test_a_function_can_be_called_by_the_serving_thread_alone(judge: Judge) -> None:
    body = """
f = counted(lambda x: x)
assert "by the thread that your code was called in" in solution.in_a_thread(f)
assert f.calls == 0
"""
    assert judge(body, KEEPS).outcome == "passed"


def test_a_function_that_calls_the_solution_again_is_told_so(judge: Judge) -> None:
    result = judge("solution.keep(lambda x: solution.double(x))", KEEPS)
    assert "a function passed to the solution called the solution" in result.message


def test_a_timed_or_measured_call_takes_no_functions(judge: Judge) -> None:
    result = judge("memory('keep', lambda x: 1).at_most_mb(64)", KEEPS)
    assert "neither timed nor measured" in result.message
    result = judge("race('keep', lambda: (len,)).at_most(2.0)", KEEPS)
    assert result.outcome != "passed"
    assert "cannot" in result.message


def test_an_object_made_before_the_process_was_ended_is_gone(judge: Judge) -> None:
    source = "class A:\n    def get(self): return 1\n\n\ndef call(f): return f(1)"
    body = """
a = solution.A()
assert a.get() == 1
def wrong(x): raise OSError("mine")
with pytest.raises(OSError): solution.call(wrong)
with pytest.raises(SolutionStopped, match="this object is gone"): a.get()
assert solution.A().get() == 1
"""
    assert judge(body, source).outcome == "passed"


# --- hostile solutions ------------------------------------------------------------------------------

FORGE = """
import sys

WIRE = vars(next(module for name, module in list(sys.modules.items()) if name.endswith("graders.wire")))


def send(message):
    WIRE["write_frame"](3, WIRE["encode"](message))
    return WIRE["decode"](WIRE["read_frame"](3))
"""


@pytest.mark.parametrize(
    "message",
    [
        "{'callback': 1, 'args': [], 'kwargs': {}}",
        "{'callback': -1, 'args': [], 'kwargs': {}}",
        "{'callback': 2**60, 'args': [1], 'kwargs': {'x': 1}}",
        "{'callback': 2**32, 'args': [], 'kwargs': {}}",
        "{'callback': True, 'args': [], 'kwargs': {}}",
        "{'callback': 'f', 'args': [], 'kwargs': {}}",
        "{'callback': None, 'args': [], 'kwargs': {}}",
        "{'callback': [1], 'args': [], 'kwargs': {}}",
        "{'callback': 1}",
        "{'callback': 2**32 + 1, 'args': (1,), 'kwargs': {}}",
        "{'callback': 2**32 + 1, 'args': [1, 2, 3], 'kwargs': {}}",
        "{'callback': 2**32 + 1, 'args': [1], 'kwargs': {1: 2}}",
        "{'callback': 2**32 + 1, 'args': [1], 'kwargs': {'self': 2}}",
        "{'callback': 2**32 + 1, 'args': [1], 'kwargs': []}",
        "{'callback': 2**32 + 1, 'args': ['x' * 100_000], 'kwargs': {}}",
        "{'callback': 2**32 + 1, 'args': [{'a': [float('nan')]}], 'kwargs': {}, 'value': 7, 'error': {}}",
    ],
)
def test_a_forged_call_is_answered_or_refused_and_never_breaks_the_judge(judge: Judge, message: str) -> None:
    source = FORGE + f"\n\ndef run(f):\n    answer = send({message})\n    return sorted(answer)\n"
    body = """
try:
    assert solution.run(lambda x: 1) in (["value"], ["error", "message"])
except SolutionStopped as stop:
    assert "could not be read" in str(stop), str(stop)
assert solution.double(2) == 4
"""
    result = judge(body, source)
    assert result.outcome == "passed", result.message


def test_a_forged_call_where_none_belongs_stops_the_solution(judge: Judge) -> None:
    call = "send({'callback': 2**32 + 1, 'args': [], 'kwargs': {}})"
    for source, body in (
        (FORGE + f"\n\n{call}\n", "solution.double(1)"),
        (FORGE + f"\n\ndef use(x): return {call}\n", "memory('use', 1).at_most_mb(64)"),
        (FORGE + f"\n\ndef use(x): return {call}\n", "race('use', lambda: (1,)).at_most(2.0)"),
    ):
        result = judge(body, source, "def use(x): return x")
        assert result.outcome == "failed"
        assert "could not be read" in result.message


def test_calls_without_end_are_stopped_by_a_limit(judge: Judge) -> None:
    body = """
import autograders.judge.callbacks as callbacks
callbacks.MOST_CALLS = 300
f = counted(lambda x: x)
with pytest.raises(SolutionStopped, match="stopped after 300 calls of the functions"):
    solution.run(f)
assert f.calls == 300
callbacks.MOST_CALLS, callbacks.MOST_SECONDS = 100_000, 0.0
with pytest.raises(SolutionStopped, match="stopped after 0 s in the functions"):
    solution.run(f)
assert solution.double(2) == 4
"""
    assert judge(body, "def run(f):\n    while True:\n        f(1)").outcome == "passed"


def test_a_refused_call_counts_as_well(judge: Judge) -> None:
    source = FORGE + "\n\ndef run(f):\n    while True:\n        send({'callback': 5, 'args': [], 'kwargs': {}})\n"
    body = """
import autograders.judge.callbacks as callbacks
callbacks.MOST_CALLS = 300
with pytest.raises(SolutionStopped, match="stopped after 300 calls"):
    solution.run(len)
"""
    assert judge(body, source).outcome == "passed"
