"""The agent in a jail: loads the submitted files and answers calls, one frame at a time.

Requests are dictionaries with an `op`: `load` files, `call` a function, method or class, `get` an
attribute, `iterate` over a thing and `take` items, and for timing `stage` arguments, `run` them,
`fetch` the results. Where the jail was handed a socket, `serve` begins to serve an application on it.
Any request may carry `drop`, handles to forget. The answer holds `value`, or `error` with the
exception's class, its built-in bases, message and the learner's own frames; before it, a call may ask
for `callback`s. Whatever this agent says is the learner's word, never the truth.
"""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from autograders.learner.given import GivenObject, Wire
from autograders.learner.loading import SourceFiles
from autograders.learner.rules import Guard
from autograders.learner.serving import Service, build
from autograders.wire import Frame, Handle, WireError, decode, encode, read_frame, write_frame

MESSAGE_LIMIT = 2_000
FRAMES_LIMIT = 12
BALLAST_BYTES = 1 << 20  # thrown off when memory runs out, so that an answer can still be written
ENTRY_MODULE = "solution"
MOST_KEPT = 10_000
BATCH_BYTES, BATCH_SECONDS = 1 << 20, 0.002
FETCH_BYTES = 4 << 20
MAY_HOLD_HANDLES = frozenset((Handle, list, tuple, dict))


class Agent:
    """Holds the learner's module and the objects that the other side has handles on."""

    def __init__(self, wire: Wire | None = None) -> None:
        self.wire = wire
        self.given: dict[int, Any] = {}
        self.files: SourceFiles | None = None
        self.module: Any = None
        self.kept: dict[int, Any] = {}
        self.count = 0
        self.staged: list[Any] = []
        self.results: list[bytes] = []
        self.ballast = bytes(BALLAST_BYTES)
        self.operations: Mapping[str, Callable[[dict[str, Any]], Any]] = {
            "load": self.load,
            "call": self.call,
            "get": self.get,
            "iterate": self.iterate,
            "take": self.take,
            "stage": self.stage,
            "run": self.run,
            "fetch": self.fetch,
            "serve": self.serve,
        }

    def answer(self, frame: Frame) -> Frame:
        """Carry one request out; never raises for what the learner's code does."""
        try:
            request = decode(frame)
            self.drop(request.get("drop", ()))
            self.given = request.get("given", {})
            return self.encode({"value": self.operations[request["op"]](request)})
        except MemoryError as error:
            self.ballast = b""
            # What the learner's frames hold is in the way of telling what happened.
            traceback.clear_frames(error.__traceback__)
            return encode({"error": self.describe(error)})
        except BaseException as error:  # noqa: BLE001 - SystemExit and the like are the learner's answer too
            return encode({"error": self.describe(error)})

    def encode(self, value: Any) -> Frame:
        """Encode an answer; objects of the learner's own classes stay here and give a handle."""
        return encode(value, keep=self.keep)

    def load(self, request: dict[str, Any]) -> list[str]:
        """Import the submitted files; gives the public names of the entry module."""
        files, rules = request["files"], request.get("rules")
        guard = Guard(rules, {name.partition("/")[0].removesuffix(".py") for name in files}) if rules else None
        if guard:
            guard.install()
        self.files = SourceFiles(files, guard.builtins if guard else None)
        self.module = self.files.install(ENTRY_MODULE)
        return [name for name in vars(self.module) if not name.startswith("_")][:1_000]

    def call(self, request: dict[str, Any]) -> Any:
        """Call a name of the module, or a method of a kept object."""
        return self.find(request)(*self.unhandled(request["args"]), **self.unhandled(request["kwargs"]))

    def get(self, request: dict[str, Any]) -> Any:
        """Read an attribute."""
        return self.find(request)

    def iterate(self, request: dict[str, Any]) -> Any:
        """An iterator over a thing, which stays here like every object."""
        return iter(self.find(request))

    def take(self, request: dict[str, Any]) -> dict[str, Any]:
        """The next items of an iterator, fewer where they are large or slow to come, and how it went on."""
        iterator = self.find(request)
        items: list[Any] = []
        started, size, error = monotonic(), 0, None
        while len(items) < request["most"] and size < BATCH_BYTES and monotonic() - started < BATCH_SECONDS:
            try:
                items.append(item := self.packed(next(iterator)))
            except StopIteration:
                return {"items": items, "error": False}
            except Exception as raised:  # noqa: BLE001 - the items before it come first
                error = self.describe(raised)
                break
            size += len(item) if type(item) is bytes else 8
        return {"items": items, "error": error}

    def packed(self, item: Any) -> Any:
        """A number as it is; anything else in a frame of its own, so that what cannot cross spoils no other item."""
        plain = type(item) in (float, bool) or (type(item) is int and item.bit_length() < 64)
        return item if plain else self.encode(item).to_bytes()

    def drop(self, numbers: Sequence[int]) -> None:
        """Forget kept objects; generators are closed, whatever they do about it."""
        for number in numbers:
            kept = self.kept.pop(number, None)
            if inspect.isgenerator(kept):
                with suppress(BaseException):
                    kept.close()

    def stage(self, request: dict[str, Any]) -> None:
        """Take the arguments of calls to come, so that reading them is not part of their time."""
        self.staged = [self.unhandled(arguments) for arguments in request["calls"]]
        self.results = []

    def run(self, request: dict[str, Any]) -> int:
        """Make the staged calls; each result is encoded and copied here.

        So a lazy one is computed now, and nobody fills an array in after the clock has stopped.
        Without a target a call gives back what it was given: that is what the wire alone costs.
        """
        function = self.find(request) if request["target"] is not None else given_back
        for arguments in self.staged:
            self.results.append(self.encode({"value": function(*arguments)}).to_bytes())
        return len(self.results)

    def fetch(self, request: dict[str, Any]) -> list[bytes]:
        """Results of the run from the `first` on, as many as one frame takes well, but one at least."""
        taken: list[bytes] = []
        size = 0
        for result in self.results[request["first"] :]:
            size += len(result)
            if taken and size > FETCH_BYTES:
                break
            taken.append(result)
        if request["first"] + len(taken) == len(self.results):
            # Gone before the next ones come: the same memory then serves every run, and no run pays for more of it.
            self.staged, self.results = [], []
        return taken

    def serve(self, request: dict[str, Any]) -> None:
        """Begin to serve the application that `entry` names; answers when it has started."""
        application = build(self.module, request["entry"], request["dependencies"], factory=request["factory"])
        Service(application).start()

    def find(self, request: dict[str, Any]) -> Any:
        """The thing a request is about: a dotted name below the module or below a kept object."""
        found = self.object(request["handle"]) if request.get("handle") is not None else self.module
        for name in str(request["target"]).split(".") if request["target"] else ():
            found = getattr(found, name)
        return found

    def object(self, number: int) -> Any:
        """A kept object; raises LookupError where it was dropped or never kept."""
        if number not in self.kept:
            raise LookupError(f"object {number} is not kept here: it was dropped, or is another process's")
        return self.kept[number]

    def keep(self, value: Any) -> Handle:
        """Keep an object here and give a handle on it."""
        if isinstance(value, type) or inspect.ismodule(value):
            raise WireError(f"the answer is {value!r:.80}, which cannot be graded")
        if len(self.kept) >= MOST_KEPT:
            raise WireError(f"more than {MOST_KEPT:,} objects are kept for the grader")
        self.count += 1
        self.kept[self.count] = value
        kind = "generator" if inspect.isgenerator(value) else "function" if inspect.isroutine(value) else "object"
        return Handle(self.count, kind, type(value).__name__[:80])

    def unhandled(self, value: Any) -> Any:
        """Arguments with handles replaced by the objects they stand for."""
        if isinstance(value, Handle):
            return self.given_one(value) if value.number in self.given else self.object(value.number)
        if type(value) in (list, tuple):
            # Long lists of numbers are the rule: find out fast that there is nothing to replace.
            if MAY_HOLD_HANDLES.isdisjoint(map(type, value)):
                return value
            return type(value)(self.unhandled(item) for item in value)
        if type(value) is dict:
            return {key: self.unhandled(item) for key, item in value.items()}
        return value

    def given_one(self, handle: Handle) -> Any:
        """The grader's function or object that a handle stands for."""
        assert self.wire is not None
        methods = self.given[handle.number]
        if methods is None:
            return self.wire.function(handle.number, handle.class_name)
        functions = {name: self.wire.function(number, name) for name, number in methods.items()}
        return GivenObject(handle.class_name, functions)

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception as plain data: class, built-in bases, bounded message and the learner's frames."""
        try:
            message = str(error)[:MESSAGE_LIMIT]
        except Exception:  # noqa: BLE001 - a learner's __str__ may do anything
            message = "(its message cannot be shown)"
        bases = [base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins"]
        summary = traceback.extract_tb(error.__traceback__)
        own = set(self.files.names) if self.files else set()
        if isinstance(error, SyntaxError):
            message = f"{error.msg} ({error.filename}, line {error.lineno})"[:MESSAGE_LIMIT]
        frames = [
            [frame.filename, frame.lineno or 0, frame.name[:80], (frame.line or "")[:200]]
            for frame in summary
            if frame.filename in own
        ]
        kind = "WireError" if isinstance(error, WireError) else type(error).__name__[:80]
        return {"kind": kind, "bases": bases[:10], "message": message, "frames": frames[-FRAMES_LIMIT:]}


def given_back(value: Any) -> Any:
    """A call that does nothing."""
    return value


def serve(fd: int) -> None:
    """Answer requests until the other side closes."""
    sys.stdout = sys.stderr = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)  # noqa: SIM115
    wire = Wire(fd)
    agent = Agent(wire)
    while (frame := read_frame(fd)) is not None:
        wire.serving = True
        answer = agent.answer(frame)
        wire.serving = False
        write_frame(fd, answer)
