"""A submission: named files, read from a file, folder or archive within limits."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

ENTRY_FILE = "solution.py"


class SubmissionError(ValueError):
    """A submission cannot be taken; `subject` names the file or field, `text` says why and what to do."""

    def __init__(self, subject: str, text: str) -> None:
        super().__init__(f"{subject}: {text}")
        self.subject, self.text = subject, text


@dataclass(frozen=True)
class Submission:
    """Named files; single-file submissions hold just `solution.py`."""

    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 over names and contents, in hexadecimal."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{len(self.files[name])}\0".encode() + self.files[name])
        return digest.hexdigest()

    @classmethod
    def from_source(cls, source: str) -> Submission:
        """A submission of one Python file."""
        return cls({ENTRY_FILE: source.encode()})
