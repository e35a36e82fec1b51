"""Functions of the author's that a solution may call: they stay with the judge, and are answered there.

A function or object passed to the solution becomes a number. While the call lasts that it was
passed to, the jail may ask for that number with arguments; the judge runs the function and sends
back what it returned. So what a function counts, keeps or hides is out of the learner's reach.
"""

from __future__ import annotations

import builtins
import inspect
import time
from collections.abc import Callable
from typing import Any

from autograders.judge.channel import Stopped
from autograders.wire import Handle

MOST_CALLS = 100_000
MOST_SECONDS = 60.0
GIVEN_FROM = 1 << 32  # a jail never keeps so many objects of its own
# What a function may raise about its arguments; the learner's code may catch it.
FOR_THE_SOLUTION = (ArithmeticError, LookupError, StopIteration, TypeError, ValueError)
TOO_LATE = "a function that was passed to your code can be called only until the call it was passed to returns"
UNREADABLE = Stopped("protocol", "stopped because it called a function in a way that could not be read")


class GraderError(Exception):
    """The grader asked for something that cannot be: its author's fault, never the learner's."""


class Counted:
    """A function that knows how often it was called: `calls`. Made by `counted`."""

    def __init__(self, function: Callable[..., Any], at_most: int | None) -> None:
        self.function, self.at_most, self.calls = function, at_most, 0
        self.__name__ = str(getattr(function, "__name__", "function"))

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Count, then call; fails the check where it was called too often."""
        self.calls += 1
        if self.at_most is not None and self.calls > self.at_most:
            raise AssertionError(f"{self.__name__} was called more than {self.at_most:,} times")
        return self.function(*arguments, **options)


def counted(function: Callable[..., Any], at_most: int | None = None) -> Counted:
    """Wrap a function so that `calls` tells how often the solution called it; one call over `at_most` fails."""
    return Counted(function, at_most)


class Served:
    """An object whose public methods a solution may call. Made by `served`."""

    def __init__(self, thing: Any) -> None:
        self.class_name = type(thing).__name__
        names = [name for name in dir(type(thing)) if not name.startswith("_")]
        self.methods = {name: getattr(thing, name) for name in names if inspect.isroutine(getattr(thing, name))}
        if not self.methods:
            raise GraderError(f"an object of the class {self.class_name} has no public method to serve")


def served(thing: Any) -> Served:
    """Pass this to give the solution an object, such as an environment: its public methods, and nothing else of it."""
    return Served(thing)


class Given:
    """The functions passed in one call, by number, and the answers to what the jail asks of them."""

    def __init__(self, first: int = GIVEN_FROM) -> None:
        self.next = first
        self.functions: dict[int, Callable[..., Any]] = {}
        # Travels behind the arguments: for each number None, or the numbers of an object's methods.
        self.table: dict[int, dict[str, int] | None] = {}
        self.calls = 0
        self.seconds = 0.0

    def give(self, value: Any) -> Handle | None:
        """The stand-in for a function or served object; None for anything else."""
        if isinstance(value, Served):
            methods = {name: self._number(method) for name, method in value.methods.items()}
            number = self._number(None)
            self.table[number] = methods
            return Handle(number, "object", value.class_name[:80])
        if not callable(value) or isinstance(value, type):
            return None
        number = self._number(value)
        self.table[number] = None
        return Handle(number, "function", str(getattr(value, "__name__", "function"))[:80])

    def answer(self, asked: dict[str, Any]) -> dict[str, Any] | Stopped:
        """Run the function that the jail asks for. Its exceptions about arguments go back by class, without words.

        The words could hold what is hidden. Any other exception is raised here: it ends the check.
        """
        number, arguments, options = asked["callback"], asked.get("args"), asked.get("kwargs")
        if type(number) is not int or type(arguments) is not list or not are_options(options):
            return UNREADABLE
        if holds_handle([arguments, options]):
            return UNREADABLE
        self.calls += 1
        if self.calls > MOST_CALLS:
            return Stopped("calls", f"stopped after {MOST_CALLS:,} calls of the functions that it was given")
        if self.seconds > MOST_SECONDS:
            return Stopped("calls", f"stopped after {MOST_SECONDS:.0f} s in the functions that it was given")
        function = self.functions.get(number)
        if function is None:
            return {"error": "RuntimeError", "message": TOO_LATE}
        started = time.monotonic()
        try:
            return {"value": function(*arguments, **(options or {}))}
        except FOR_THE_SOLUTION as error:
            return {"error": plain_kind(error), "message": f"a function passed to it raised {type(error).__name__}"}
        finally:
            self.seconds += time.monotonic() - started

    def _number(self, function: Callable[..., Any] | None) -> int:
        self.next += 1
        if function is not None:
            self.functions[self.next] = function
        return self.next


def are_options(options: Any) -> bool:
    """Whether these are keyword arguments."""
    return type(options) is dict and all(type(name) is str for name in options)


def holds_handle(value: Any) -> bool:
    """An honest jail sends plain values: an object of its own could only lead back into it."""
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, Handle) or (isinstance(value, list | tuple) and any(map(holds_handle, value)))


def plain_kind(error: BaseException) -> str:
    """The built-in kind of an exception."""
    kinds = (base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base)
    return str(next(kinds))
