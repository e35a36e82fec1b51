"""A problem's rules kept at run time: what a submission may not import or call is withheld from it.

This is the second line. The first is the review of the source before a jail is opened; it names
the line. Here is met what no reader of the source can foresee, as a name put together while the
program runs. Libraries go on using what they need: a request is a library's where the frame that
makes it comes out of a library's file and has Python's builtins; submitted modules have their own.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import itertools
import os
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import FrameType, FunctionType, ModuleType
from typing import Any, NoReturn

# The review refuses the same names; a test holds the two lists together.
NEVER_IMPORTED = (
    *("subprocess", "socket", "ctypes", "multiprocessing", "importlib", "autograders", "builtins", "marshal"),
    *("pkgutil", "runpy", "code", "codeop", "imp", "zipimport", "_imp"),
    *("_frozen_importlib", "_frozen_importlib_external"),
)
NEVER_CALLED = ("eval", "exec", "compile", "breakpoint", "input")
# Made before a jail is forked: to touch each builtin or module name in the jail costs it a page of memory.
_SPARE = [dict(vars(builtins))]
_NAMES: dict[str, list[str]] = {}
for _name in sys.modules:
    _NAMES.setdefault(_name.partition(".")[0], []).append(_name)
_COUNT = len(sys.modules)
_ROOTS = tuple({os.path.join(path, "") for path in (*sys.path, os.path.dirname(os.__file__)) if os.path.isabs(path)})
_HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")
# Who holds each function of a library under a name of a module: numpy's own parts call each other that way.
_HOLDERS: dict[int, list[tuple[ModuleType, str]]] = {}
for _module in [
    module for name, module in sys.modules.items() if name.partition(".")[0] not in sys.stdlib_module_names
]:
    for _name, _value in list(vars(_module).items()):
        # By type alone: what a library keeps under a name may do anything when it is asked for an attribute.
        if type(_value) is FunctionType or type(_value).__name__ == "_ArrayFunctionDispatcher":
            _HOLDERS.setdefault(id(_value), []).append((_module, _name))
IMPORT_MACHINERY = frozenset(("importlib", "importlib._bootstrap", "_frozen_importlib"))


class NotAllowed(ImportError):
    """The submission asked for something that the problem's rules forbid."""


class NotAllowedAttribute(AttributeError):
    """The same, of a name inside a module: who walks over all modules and asks each for a name finds none."""


class Withheld:
    """Stands where a forbidden module or function is: libraries reach it, the submission is refused."""

    def __init__(self, guard: Guard, name: str, rule: str, real: Any = None) -> None:
        self._guard, self._name, self._rule, self._real = guard, name, rule, real

    def __getattr__(self, name: str) -> Any:
        # Whoever walks over all modules looks for such names, and means nothing by it.
        if self._real is None and name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if self._guard.asks():
            whole = isinstance(self._real, ModuleType | None)
            raise NotAllowedAttribute(sentence(f"{self._name}.{name}" if whole else self._name, self._rule))
        if self._real is None:
            self._real = self._guard.load(self._name)
        return getattr(self._real, name)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function for a library."""
        if self._guard.asks():
            refuse(self._name, self._rule)
        return self._real(*arguments, **options)


class Guard(importlib.abc.MetaPathFinder):
    """Keeps the rules of one problem in one jail. `own` are the top names of the submitted modules."""

    def __init__(self, rules: Mapping[str, Sequence[str]], own: Collection[str]) -> None:
        self.forbidden = tuple(rules.get("forbidden_imports", ()))
        self.calls = tuple(rules.get("forbidden_calls", ()))
        self.allowed = tuple(rules.get("allowed_imports", ()))
        self.own = frozenset(own)
        self.imports = (*self.forbidden, *NEVER_IMPORTED)
        # No library stands on a package of somebody else's: such a one can be refused to all.
        self.foreign = tuple(r for r in self.forbidden if "." not in r and r not in sys.stdlib_module_names)
        self.real_import = builtins.__import__
        # Not one that holds the scratch folder: what a submission writes there is no library.
        scratch = os.path.join(os.getcwd(), "")
        self.roots = (_HERE, *(root for root in _ROOTS if not scratch.startswith(root)))
        self.library_files = (*self.roots, "<frozen ")
        self.builtins = _SPARE.pop() if _SPARE else dict(vars(builtins))
        self.builtins["__import__"] = self.import_
        for name in (*NEVER_CALLED, *self.calls):
            # A class may be needed to name a type: the review alone keeps the rule on calling it.
            if name in self.builtins and not isinstance(self.builtins[name], type):
                self.builtins[name] = _refusing(name)

    def install(self) -> None:
        """Withhold what is forbidden; the submission has not been read yet."""
        self._guard_import_module()
        if self.foreign:
            for name in [name for rule in self.foreign for name in _imported(rule)]:
                sys.modules.pop(name, None)
        if self.forbidden or self.calls or self.allowed:
            sys.meta_path.insert(0, self)
        for rule in self.forbidden:
            if rule not in self.foreign:
                self._withhold_module(rule)
        for rule in self.calls:
            if "." in rule:
                self._withhold_attribute(rule)

    def asks(self) -> bool:
        """Whether the caller's caller is a frame of the submission; the import machinery is looked through."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None and frame.f_globals.get("__name__") in IMPORT_MACHINERY:
            frame = frame.f_back
        return frame is not None and (frame.f_builtins is self.builtins or not self._is_library(frame))

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        """The `__import__` of submitted modules: refuses what the rules forbid, with their sentence."""
        module = _absolute(name, globals or {}, level)
        for wanted in (module, *(f"{module}.{item}" for item in fromlist or () if item != "*")):
            if rule := self._rule(wanted, self.imports) or (wanted if wanted in self.calls else None):
                refuse(wanted, rule)
        # Libraries written in C ask in the name of whoever calls them, and with a list.
        if type(fromlist) is not list:
            self._check_allowed(module)
        return self.real_import(name, globals, locals, fromlist or (), level)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Refuse packages that are withheld from everybody, and files that are no library's."""
        if rule := self._rule(fullname, self.foreign):
            refuse(fullname, rule)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        places = [spec.origin, *(spec.submodule_search_locations or ())] if spec else []
        if any(place and os.path.isabs(place) and not place.startswith(self.roots) for place in places):
            raise NotAllowed(f"importing {fullname} is not allowed: it is not among the submitted files", name=fullname)
        return spec

    def load(self, name: str) -> ModuleType:
        """Import a withheld module for a library, and withhold what came with it."""
        sys.modules.pop(name, None)
        try:
            return importlib.import_module(name)
        finally:
            self._withhold_module(name)

    def _is_library(self, frame: FrameType) -> bool:
        return frame.f_code.co_filename.startswith(self.library_files)

    def _rule(self, module: str, rules: Sequence[str]) -> str | None:
        return next((rule for rule in rules if module == rule or module.startswith(rule + ".")), None)

    def _check_allowed(self, module: str) -> None:
        top = module.partition(".")[0]
        if self.allowed and top not in (*self.own, "", "__future__") and not self._rule(module, self.allowed):
            raise NotAllowed(f"importing {module} is not allowed; allowed are {', '.join(self.allowed)}")

    def _guard_import_module(self) -> None:
        real = importlib.import_module

        def import_module(name: str, package: str | None = None) -> ModuleType:
            if self.asks():
                self.import_(importlib.util.resolve_name(name, package))
            return real(name, package)

        importlib.import_module = import_module

    def _withhold_module(self, rule: str) -> None:
        """Put stand-ins where a module and its parts are; one not imported yet is stood in for as well."""
        owner, _, name = rule.rpartition(".")
        parent = sys.modules.get(owner)
        # Not hasattr: some packages import a module when they are asked for it.
        if rule not in sys.modules and parent is not None and name in vars(parent):
            self._withhold_attribute(rule)
            return
        for module in {rule, *_imported(rule)}:
            found = sys.modules.get(module)
            if not isinstance(found, Withheld):
                sys.modules[module] = stand_in = Withheld(self, module, rule, found)  # type: ignore[assignment]
                owner, _, name = module.rpartition(".")
                if isinstance(parent := sys.modules.get(owner), ModuleType):
                    setattr(parent, name, stand_in)

    def _withhold_attribute(self, rule: str) -> None:
        """Put a stand-in where a function is."""
        for owner in _owners(rule):
            name = rule.rpartition(".")[2]
            real = getattr(owner, name, None)
            # Libraries tell a class by isinstance: a stand-in for one would break them.
            if real is None or isinstance(real, type | Withheld):
                continue
            stand_in = Withheld(self, rule, rule, _sealed_away(real))
            for holder, held_as in ((owner, name), *_HOLDERS.get(id(real), ())):
                with contextlib.suppress(AttributeError, TypeError):
                    setattr(holder, held_as, stand_in)


def _sealed_away(real: Any) -> Any:
    """A nameless twin of a function for libraries; the function itself refuses whoever finds it among all objects."""
    function = getattr(real, "_implementation", real)
    if not isinstance(function, FunctionType) or function.__closure__:
        return real  # written in C, or bound to what it was made in: there is nothing to seal
    code = function.__code__.replace(co_name="library", co_qualname="library")
    twin = FunctionType(code, function.__globals__, "library", function.__defaults__)
    twin.__kwdefaults__, function.__kwdefaults__, function.__defaults__ = function.__kwdefaults__, None, None
    function.__code__ = _sealed.__code__
    return twin


def _sealed(*arguments: Any, **options: Any) -> NoReturn:
    # Runs with the globals of the function it is put into: it may use builtins alone.
    raise ImportError("this function is not allowed in this problem")


def refuse(name: str, rule: str) -> NoReturn:
    """Raise the sentence that names the rule."""
    raise NotAllowed(sentence(name, rule), name=name)


def sentence(name: str, rule: str) -> str:
    """What a learner reads where a rule is kept at run time."""
    return f"{name} is not allowed in this problem (rule: no {rule})"


def _refusing(name: str) -> Callable[..., NoReturn]:
    """A function in the place of a builtin one."""

    def refused(*arguments: Any, **options: Any) -> NoReturn:
        refuse(name, name)

    return refused


def _absolute(name: str, namespace: Mapping[str, Any], level: int) -> str:
    if not level:
        return name
    package = str(namespace.get("__package__") or "").rsplit(".", level - 1)[0]
    return f"{package}.{name}".strip(".")


def _imported(rule: str) -> list[str]:
    """The names of the imported modules that are the rule's, or below it."""
    later = itertools.islice(reversed(sys.modules), max(0, len(sys.modules) - _COUNT))
    names = [*_NAMES.get(rule.partition(".")[0], ()), *later]
    return [name for name in names if name == rule or name.startswith(rule + ".")]


def _owners(rule: str) -> Iterator[ModuleType]:
    """The imported modules that the rule's function is in; `linalg.svd` means that of any package."""
    owner = rule.rpartition(".")[0]
    if owner.partition(".")[0] in sys.modules:
        names = [owner]
    else:
        names = [name for name in sys.modules if name.endswith("." + owner)]
    for name in names:
        if isinstance(module := sys.modules.get(name), ModuleType):
            yield module
