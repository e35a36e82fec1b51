"""The grader's functions as the learner's code sees them: calling one asks the other side and waits."""

from __future__ import annotations

import builtins
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

from autograders.wire import WireError, decode, encode, read_frame, write_frame

ONE_THREAD = "a function that was passed to your code must be called by the thread that your code was called in"
NOT_NOW = "a function that was passed to your code can be called only while your code is being called"


class GivenObject:
    """An object of the grader's: its methods, and nothing else of it."""

    def __init__(self, class_name: str, methods: Mapping[str, Callable[..., Any]]) -> None:
        self.__dict__.update(methods)
        self.__dict__["_class_name"] = class_name

    def __repr__(self) -> str:
        return f"<{self._class_name} object of the grader's>"

    def __getattr__(self, name: str) -> Any:
        methods = ", ".join(known for known in self.__dict__ if not known.startswith("_"))
        raise AttributeError(f"this object of the grader's has no {name}; it has {methods}")


class Wire:
    """Carries calls of the grader's functions over the descriptor on which a request is being served."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.thread = threading.get_ident()
        self.serving = False

    def function(self, number: int, name: str) -> Callable[..., Any]:
        """The stand-in for one function."""

        def given(*arguments: Any, **options: Any) -> Any:
            return self.call(number, list(arguments), options)

        given.__name__ = given.__qualname__ = name
        return given

    def call(self, number: int, arguments: list[Any], options: dict[str, Any]) -> Any:
        """Ask for one call; gives what the function returned or raises what it raised."""
        if threading.get_ident() != self.thread:
            raise RuntimeError(ONE_THREAD)
        if not self.serving:
            raise RuntimeError(NOT_NOW)
        try:
            frame = encode({"callback": number, "args": arguments, "kwargs": options})
        except WireError as error:
            raise TypeError(f"an argument for a function of the grader's: {error}") from None
        write_frame(self.fd, frame)
        answer = read_frame(self.fd)
        if answer is None:
            os._exit(0)
        reply = decode(answer)
        if "error" in reply:
            raise getattr(builtins, reply["error"])(reply["message"])
        return reply["value"]
