"""`solution` and `reference`: stand-ins whose attributes and calls are carried into a jail."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

from autograders.judge.channel import Channel, Stopped, unwrap
from autograders.wire import Handle

NOT_FROM_A_MESSAGE = (UnicodeError, ExceptionGroup)


class SolutionError(Exception):
    """The learner's code raised; a built-in exception arrives as a subclass of its own kind too."""

    kind = "Exception"
    frames: tuple[tuple[str, int, str, str], ...] = ()


class SolutionStopped(Exception):
    """The learner's code was stopped by a limit; `limit` names which."""

    def __init__(self, text: str, limit: str = "protocol") -> None:
        super().__init__(text)
        self.limit = limit


class ReferenceFailed(Exception):
    """The reference raised or was stopped: the grader's fault, never the learner's."""


def raise_remote(error: dict[str, Any]) -> None:
    """Raise here what was raised in the jail, as a SolutionError of the same built-in kind."""
    if error["kind"] == "WireError":
        raise _error(SolutionError, "WireError", error)
    bases: tuple[type[BaseException], ...] = (SolutionError,)
    for name in error["bases"]:
        found = getattr(builtins, str(name), None)
        # Not those that cannot be made from a message alone, nor those that end the judge.
        if isinstance(found, type) and issubclass(found, Exception) and not issubclass(found, NOT_FROM_A_MESSAGE):
            bases = (SolutionError, found) if found is not Exception else (SolutionError,)
            break
    # The message as it was: KeyError would put it in quotes once more.
    raise _error(type(str(error["kind"]), bases, {"__str__": Exception.__str__}), str(error["kind"]), error)


def _error(kind: type[Any], name: str, error: dict[str, Any]) -> SolutionError:
    made: SolutionError = kind(str(error["message"]))
    made.kind = name
    made.frames = tuple((str(f), int(n), str(w), str(line)) for f, n, w, line in error["frames"])
    return made


class Jail:
    """A jail as the judge sees it: opened when first used, asked one request at a time.

    What is printed in a jail that serves a `hidden` check is not kept: it could carry the inputs out.
    """

    def __init__(self, channel: Channel, name: str, side: str, *, pinned: bool = False, hidden: bool = False) -> None:
        self.channel, self.name, self.side, self.pinned, self.hidden = channel, name, side, pinned, hidden
        self.opened = self.spoiled = False
        self.loaded: Any = None

    def open(self) -> None:
        """Have the jail made and the files loaded into it; what failed to load fails each time."""
        if not self.opened:
            fields = {"jail": self.name, "side": self.side, "pinned": self.pinned, "hidden": self.hidden}
            answer = self.channel.request("open", **fields)
            self.opened, self.spoiled = True, False
            self.loaded = unwrap(answer)
        self.settle(self.loaded)

    def turn(self) -> None:
        """Let the limits start anew for the next check, in a fresh jail where the last one broke this."""
        if self.spoiled:
            self.close()
        if self.opened:
            self.opened = bool(self.channel.request("turn", jail=self.name)["open"])

    def ask(self, message: dict[str, Any]) -> Any:
        """Carry a request into the jail; raises what the learner's code raised."""
        self.open()
        return self.settle(self.channel.ask(self.name, message))

    def settle(self, answer: Any) -> Any:
        """The value of an answer; errors are raised, the reference's as ReferenceFailed."""
        if isinstance(answer, Stopped):
            self.spoiled = True
            if self.side == "reference":
                raise ReferenceFailed(answer.text)
            raise SolutionStopped(answer.text, answer.limit)
        if not isinstance(answer, dict) or not ("value" in answer or "error" in answer):
            raise SolutionStopped("stopped because its answer could not be read")
        if "error" in answer:
            try:
                raise_remote(answer["error"])
            except SolutionError as error:
                # What filled the memory may be there to stay.
                self.spoiled |= isinstance(error, MemoryError)
                if self.side == "reference" and not isinstance(
                    error, ValueError | TypeError | ArithmeticError | LookupError
                ):
                    raise ReferenceFailed(f"the reference raised {error.kind}: {error}") from None
                raise
            except (KeyError, TypeError, ValueError):
                raise SolutionStopped("stopped because its answer could not be read") from None
        return answer.get("value")

    def close(self) -> None:
        """Let the jail be ended."""
        if self.opened:
            self.opened = False
            self.channel.request("close", jail=self.name)


class Remote:
    """An attribute of a module or of a kept object, reached by its dotted name; call it like the thing itself."""

    def __init__(self, jail: Jail, handle: Handle | None, target: str) -> None:
        self._jail, self._handle, self._target = jail, handle, target

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__"):
            raise AttributeError(name)
        return Remote(self._jail, self._handle, f"{self._target}.{name}" if self._target else name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it in the jail; arguments are copied in, the result is copied out or kept as a Remote."""
        message = self._message("call") | {"args": _lower(list(arguments)), "kwargs": _lower(options)}
        return _lift(self._jail, self._jail.ask(message))

    def __repr__(self) -> str:
        return f"<{class_name(self)} object>"

    def value(self) -> Any:
        """The attribute's value itself."""
        return _lift(self._jail, self._jail.ask(self._message("get")))

    def __iter__(self) -> Iterator[Any]:
        """Take the items of a generator one by one."""
        step = Remote(self._jail, self._handle, f"{self._target}.__next__" if self._target else "__next__")
        while True:
            try:
                item = step()
            except SolutionError as error:
                if error.kind == "StopIteration":
                    return
                raise
            yield item

    def _message(self, op: str) -> dict[str, Any]:
        number = self._handle.number if self._handle else None
        return {"op": op, "handle": number, "target": self._target}


def class_name(remote: Remote) -> str:
    """The name of the class of an object that stays in its jail."""
    return remote._handle.class_name if remote._handle else "function"


def _lift(jail: Jail, value: Any) -> Any:
    """Handles in an answer become Remotes."""
    if isinstance(value, Handle):
        return Remote(jail, value, "")
    if isinstance(value, list | tuple):
        return type(value)(_lift(jail, item) for item in value) if _has_handle(value) else value
    if isinstance(value, dict):
        return {key: _lift(jail, item) for key, item in value.items()}
    return value


def _has_handle(items: list[Any] | tuple[Any, ...]) -> bool:
    return any(isinstance(item, Handle | list | tuple | dict) for item in items)


def _lower(value: Any) -> Any:
    """Remotes among arguments become handles again."""
    if isinstance(value, Remote):
        if value._handle is None or value._target:
            raise TypeError("only an object that the solution returned can be passed back to it")
        return value._handle
    if isinstance(value, list | tuple):
        return type(value)(_lower(item) for item in value) if any(isinstance(v, Remote) for v in value) else value
    if isinstance(value, dict):
        return {key: _lower(item) for key, item in value.items()}
    return value
