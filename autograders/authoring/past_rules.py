"""A sandbox in which one submission is put in another's place: what stands before the jail is taken as beaten."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType

from autograders.sandbox import Jail, JailSpec, Sandbox
from autograders.sandbox.jail import Buffer, Exchange
from autograders.wire import Frame, decode, encode


class PastTheRules:
    """Hands out jails of another sandbox; into those of learners these files are loaded, with no rules."""

    def __init__(self, sandbox: Sandbox, files: Mapping[str, bytes]) -> None:
        self.sandbox, self.files, self.name = sandbox, files, sandbox.name

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def open(self, spec: JailSpec) -> Jail:
        """A fresh jail of the other sandbox."""
        jail = self.sandbox.open(spec)
        return jail if spec.side == "trusted" else _Exchanged(jail, spec, self.files)

    @contextlib.contextmanager
    def lease(self) -> Iterator[Sandbox]:
        """The other sandbox's lease, with the same exchange in it."""
        with self.sandbox.lease() as leased:
            yield PastTheRules(leased, self.files)

    def describe(self) -> dict[str, str]:
        """What kind of sandbox this is, for reports."""
        return self.sandbox.describe()

    def close(self) -> None:
        """The other sandbox stays as it is: it is not ours."""


class _Exchanged(Jail):
    """A jail whose first request, which loads the submission, is rewritten."""

    def __init__(self, jail: Jail, spec: JailSpec, files: Mapping[str, bytes]) -> None:
        super().__init__(jail.keeper, jail.number, jail.rpc, jail.out, spec)
        self.files = files
        self.loaded = False

    def begin(self, chunks: Sequence[Buffer]) -> Exchange:
        if not self.loaded:
            self.loaded = True
            message = decode(Frame.from_bytes(b"".join(chunks)))
            chunks = encode(message | {"files": dict(self.files), "rules": {}}).chunks()
        return super().begin(chunks)
