"""`solution` and `reference`: stand-ins whose attributes and calls are carried into a jail."""

from __future__ import annotations

import builtins
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from autograders.judge import recent
from autograders.judge.callbacks import GIVEN_FROM, Given, GraderError
from autograders.judge.channel import Channel, Stopped, unwrap
from autograders.wire import Frame, Handle, WireError, decode

MOST_ITEMS = 100_000
ONE_BY_ONE = 8  # so many items are asked for singly, then as many at once as were taken so far
MOST_AT_ONCE = 1_024
UNREADABLE = "stopped because its answer could not be read"
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


class ReferenceFailed(GraderError):
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
        self.opened = self.spoiled = self.answering = False
        self.loaded: Any = None
        self.life = 0
        self.dropped: list[int] = []
        self.given = GIVEN_FROM

    def open(self) -> None:
        """Have the jail made and the files loaded into it; what failed to load fails each time."""
        if not self.opened:
            fields = {"jail": self.name, "side": self.side, "pinned": self.pinned, "hidden": self.hidden}
            answer = self.channel.request("open", **fields)
            self.opened, self.spoiled = True, False
            self.life += 1
            self.dropped = []
            self.loaded = unwrap(answer)
        self.settle(self.loaded)

    def turn(self, *, hidden: bool) -> None:
        """Let the limits start anew for the next check, in a fresh jail where the last one broke this.

        After a hidden check a visible one has a fresh jail, too: what is shown comes from nowhere near hidden inputs.
        """
        self.hidden = hidden
        if self.spoiled:
            self.close()
        if self.opened:
            self.opened = bool(self.channel.request("turn", jail=self.name, hidden=hidden)["open"])

    def ask(self, message: dict[str, Any], given: Given | None = None) -> Any:
        """Carry a request into the jail; raises what the learner's code raised.

        While it is carried out, the jail may call the functions `given` with it; without `given`, none.
        """
        if self.answering:
            raise GraderError("a function passed to the solution called the solution: let it use what it needs itself")
        self.open()
        # Finalizers may add to the list at any time.
        count = len(self.dropped)
        if count:
            message = {"drop": self.dropped[:count]} | message
            del self.dropped[:count]
        answer = self.channel.ask(self.name, message, self._keeper(given))
        while given is not None and isinstance(answer, dict) and "callback" in answer:
            answer = self._call_back(answer, given)
        return self.settle(answer)

    def _call_back(self, asked: dict[str, Any], given: Given) -> Any:
        """Answer one call of a function; gives what the jail says next. Whatever goes wrong ends the jail."""
        self.answering = True
        try:
            reply = given.answer(asked)
            if not isinstance(reply, Stopped):
                return self.channel.ask(self.name, reply, self._keeper(None))
        except WireError as error:
            self.close()
            raise GraderError(f"a function passed to the solution returned what cannot be sent: {error}") from None
        except BaseException:
            self.close()
            raise
        finally:
            self.answering = False
        self.close()
        return reply

    def _keeper(self, given: Given | None) -> Callable[[Any], Handle]:
        """What stands in a message for the jail's own objects, and for functions where they may be passed."""

        def keep(value: Any) -> Handle:
            if isinstance(value, Remote):
                return value._as_argument(self)
            if given is None and callable(value) and not isinstance(value, type):
                raise GraderError("a function can be passed only in a call that is neither timed nor measured")
            if given is not None and (handle := given.give(value)):
                self.given = given.next
                return handle
            raise GraderError(f"a value of type {type(value).__name__} cannot be passed to the solution")

        return keep

    def settle(self, answer: Any) -> Any:
        """The value of an answer; errors are raised, the reference's as ReferenceFailed."""
        if isinstance(answer, Stopped):
            self.spoiled = True
            if self.side == "reference":
                raise ReferenceFailed(answer.text)
            raise SolutionStopped(answer.text, answer.limit)
        if not isinstance(answer, dict) or not ("value" in answer or "error" in answer):
            raise SolutionStopped(UNREADABLE)
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
                raise SolutionStopped(UNREADABLE) from None
        return answer.get("value")

    def close(self) -> None:
        """Let the jail be ended."""
        if self.opened:
            self.opened = False
            self.channel.request("close", jail=self.name)


@dataclass(frozen=True, eq=False)
class Kept:
    """An object that its jail keeps for us; when nobody refers to this any more, the jail is told to forget it."""

    number: int
    kind: str
    class_name: str
    life: int


class Remote:
    """An attribute of a module or of a kept object, reached by its dotted name; call it like the thing itself.

    What an object says of itself through Python's special methods is the learner's word, and would
    be taken for a value unnoticed: comparing it or asking for its truth is an error that says so.
    """

    def __init__(self, jail: Jail, kept: Kept | None, target: str) -> None:
        self._jail, self._kept, self._target = jail, kept, target

    def __getattr__(self, name: str) -> Remote:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._named(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("_"):
            raise TypeError(f"attributes of the solution's objects cannot be set from outside, as {name} here")
        object.__setattr__(self, name, value)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it in the jail; arguments are copied in, the result is copied out or kept as a Remote."""
        if self._jail.side == "solution":
            recent.note(arguments, options)
        return self._ask("call", args=list(arguments), kwargs=options)

    def __repr__(self) -> str:
        return f"<{class_name(self)} object>"

    def value(self) -> Any:
        """The attribute's value itself."""
        return self._ask("get")

    def __iter__(self) -> Iterator[Any]:
        """Take the items of a generator or of whatever can be iterated over."""
        if self._kept is None or self._kept.kind != "generator" or self._target:
            iterator = self._ask("iterate")
            if not isinstance(iterator, Remote):
                raise SolutionStopped(UNREADABLE)
            return iterator._items()
        return self._items()

    def _items(self) -> Iterator[Any]:
        taken, more = 0, True
        while more:
            wanted = 1 if taken < ONE_BY_ONE else min(taken, MOST_AT_ONCE)
            items, error = _read_batch(self._jail, self._ask("take", most=wanted))
            for item in items:
                taken += 1
                if taken > MOST_ITEMS:
                    self._jail.settle(Stopped("items", f"more than {MOST_ITEMS:,} items were asked for"))
                yield item
            if isinstance(error, dict):
                self._jail.settle({"error": error})
            more = error is None and len(items) > 0

    def _named(self, name: str) -> Remote:
        return Remote(self._jail, self._kept, f"{self._target}.{name}" if self._target else name)

    def _as_argument(self, jail: Jail) -> Handle:
        if self._kept is None or self._target or self._jail is not jail:
            raise GraderError("only an object that the same solution returned can be passed back to it")
        self._check_alive()
        return Handle(self._kept.number, self._kept.kind, self._kept.class_name)

    def _check_alive(self) -> None:
        if self._kept and (self._kept.life != self._jail.life or not self._jail.opened):
            raise SolutionStopped("stopped: this object is gone, its process was ended")

    def _ask(self, op: str, **fields: Any) -> Any:
        self._check_alive()
        given = Given(self._jail.given)
        about = {"op": op, "handle": self._kept.number if self._kept else None, "target": self._target}
        # The table comes last: it is filled while the arguments before it are encoded.
        return _lift(self._jail, self._jail.ask(about | fields | {"given": given.table}, given))

    def _refuse(self, *_: Any) -> NoReturn:
        raise TypeError(
            f"{self!r} stays with the solution and is no plain value: return one, or call the object's methods"
        )

    __bool__ = __len__ = __getitem__ = __contains__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __eq__ = __ne__ = _refuse
    __hash__ = object.__hash__


def special(remote: Remote, name: str, *arguments: Any) -> Any:
    """Call a special method of a solution's object by its name, as in `special(tree, "__len__")`."""
    if not (name.startswith("__") and name.endswith("__")):
        raise GraderError(f"{name} is no special method: call it like any other")
    return remote._named(name)(*arguments)


def class_name(remote: Remote) -> str:
    """The name of the class of an object that stays in its jail."""
    return remote._kept.class_name if remote._kept else "function"


def _lift(jail: Jail, value: Any) -> Any:
    """Handles in an answer become Remotes."""
    if isinstance(value, Handle):
        kept = Kept(value.number, value.kind, value.class_name, jail.life)
        weakref.finalize(kept, jail.dropped.append, value.number).atexit = False
        return Remote(jail, kept, "")
    if isinstance(value, list | tuple):
        return type(value)(_lift(jail, item) for item in value) if _has_handle(value) else value
    if isinstance(value, dict):
        return {key: _lift(jail, item) for key, item in value.items()}
    return value


def _has_handle(items: list[Any] | tuple[Any, ...]) -> bool:
    return any(isinstance(item, Handle | list | tuple | dict) for item in items)


def _read_batch(jail: Jail, answer: Any) -> tuple[list[Any], Any]:
    """The items of a batch, and what came after them: None for more, False for the end, or an error."""
    try:
        packed, error = answer["items"], answer["error"]
        if type(packed) is not list or not (error is None or error is False or isinstance(error, dict)):
            raise SolutionStopped(UNREADABLE)
        # Numbers travel as they are, anything else in a frame of its own.
        items = [decode(Frame.from_bytes(item)) if type(item) is bytes else item for item in packed]
    except (KeyError, TypeError, WireError):
        raise SolutionStopped(UNREADABLE) from None
    return [_lift(jail, item) for item in items], error
