"""Imports the submitted files from memory: nothing of a submission needs to lie on a disk."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import io
import linecache
import re
import sys
from collections.abc import Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any

NEWLINE = re.compile(rb"\r\n|\r|\n")
BLANK = re.compile(rb"[ \t\f]*(#|\Z)")
CODING = re.compile(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
MARK = b"\xef\xbb\xbf"
# Built into the interpreter itself: no module of a submission can change what they mean.
ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "ascii": "ascii", "latin-1": "latin-1", "iso-8859-1": "latin-1"}


def source_text(content: bytes) -> str:
    """The text of a Python file; raises SyntaxError with its line where it cannot be read.

    Whoever reviews a file and whoever runs it decode it here, so that both see the same program.
    """
    encoding = _declared(content)
    body = content.removeprefix(MARK)
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(NEWLINE.findall(body[: error.start])) + 1
        raise SyntaxError(f"the file is not {encoding} text; save it as UTF-8", (None, line, None, None)) from None


def _declared(content: bytes) -> str:
    """The encoding that one of the first two lines declares."""
    lines = NEWLINE.split(content.removeprefix(MARK), maxsplit=2)[:2]
    for number, line in enumerate(lines, 1):
        if found := CODING.match(line):
            name = found[1].decode().lower().replace("_", "-")
            if name not in ENCODINGS or (content.startswith(MARK) and ENCODINGS[name] != "utf-8"):
                raise SyntaxError(f"the file is declared as {name[:40]}; save it as UTF-8", (None, number, None, None))
            return ENCODINGS[name]
        if not BLANK.match(line):
            break
    return "utf-8"


class SourceFiles(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Finds and loads the modules among named files; tracebacks show their lines.

    With `builtins`, the modules get these in place of Python's own.
    """

    def __init__(self, files: Mapping[str, bytes], builtins: dict[str, Any] | None = None) -> None:
        self.files, self.builtins = files, builtins
        self.names = tuple(name for name in files if name.endswith(".py"))

    def install(self, entry: str) -> ModuleType:
        """Make the files importable and import the entry module."""
        sys.meta_path.insert(0, self)
        for name in self.names:
            # Python counts lines by these ends alone: splitlines() would count form feeds too.
            lines = list(io.StringIO(self.files[name].decode("utf-8", "replace"), newline=None))
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
        return source_text(self.files[self._file(fullname) or fullname])

    def get_code(self, fullname: str) -> CodeType:
        """The compiled module, under the file name that the learner gave."""
        name = self._file(fullname) or fullname
        try:
            return compile(source_text(self.files[name]), name, "exec", dont_inherit=True)
        except SyntaxError as error:
            error.filename = name
            raise

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code."""
        assert module.__spec__ is not None
        module.__file__ = module.__spec__.origin
        if self.builtins is not None:
            module.__dict__["__builtins__"] = self.builtins
        exec(self.get_code(module.__name__), module.__dict__)

    def _file(self, fullname: str) -> str | None:
        stem = fullname.replace(".", "/")
        return next((name for name in (f"{stem}.py", f"{stem}/__init__.py") if name in self.files), None)
