"""Imports the submitted files from memory: nothing of a submission needs to lie on a disk."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType


class SourceFiles(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules among named files; tracebacks show their lines."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.names = tuple(name for name in files if name.endswith(".py"))

    def install(self, entry: str) -> ModuleType:
        """Make the files importable and import the entry module."""
        sys.meta_path.insert(0, self)
        for name in self.names:
            lines = self.files[name].decode("utf-8", "replace").splitlines(keepends=True)
            linecache.cache[name] = (len(self.files[name]), None, lines, name)
        return importlib.import_module(entry)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The specification of a submitted module; None lets the other finders look."""
        name = self._file(fullname)
        if name is None:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=name, is_package=name.endswith("/__init__.py"))
        spec.has_location = False
        return spec

    def get_source(self, fullname: str) -> str:
        """The text of a module."""
        return importlib.util.decode_source(self.files[self._file(fullname) or fullname])

    def get_code(self, fullname: str) -> CodeType:
        """The compiled module, under the file name that the learner gave."""
        name = self._file(fullname) or fullname
        return compile(self.files[name], name, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        assert module.__spec__ is not None
        module.__file__ = module.__spec__.origin
        exec(self.get_code(module.__name__), module.__dict__)

    def _file(self, fullname: str) -> str | None:
        stem = fullname.replace(".", "/")
        return next((name for name in (f"{stem}.py", f"{stem}/__init__.py") if name in self.files), None)
