"""The engine's part in a service under load: its listening socket, its connections, and their way to the judge.

A service is handed a socket that already listens, in a folder that only the engine can enter; the
engine alone connects to it and hands the client ends to the judge. It never reads a byte of what is said.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from autograders.problem import SERVER
from autograders.sandbox import JailSpec, SandboxFault

JUDGE_FILES = 1_000  # below what select(2) can count to
MOST_CONNECTIONS = 256  # of one service
BACKLOG = 512
AT_ONCE = 64  # descriptors in one message
SEND_SECONDS = 20.0


@dataclass
class House:
    """Where one service is reached: its folder, open, and the name of the socket in it."""

    folder: str
    inside: int

    @property
    def address(self) -> str:
        """The socket's address by way of the open folder: short, and it tells a jail nothing of this host."""
        return f"/proc/self/fd/{self.inside}/service"

    def close(self) -> None:
        """Remove the folder; who is connected stays connected."""
        os.close(self.inside)
        shutil.rmtree(self.folder, ignore_errors=True)


class Services:
    """The services of one run. `theirs` is the end of the line that the judge is handed at its start."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.ours.settimeout(SEND_SECONDS)
        self.houses: dict[str, House] = {}

    def house(self, name: str) -> tuple[int, int]:
        """Make a listening socket and a line for dependencies, of which the judge is sent its end.

        Gives the two descriptors for the service; close them once it has them.
        """
        self.forget(name)
        folder = tempfile.mkdtemp(prefix="service-")
        house = House(folder, os.open(folder, os.O_PATH | os.O_DIRECTORY))
        self.houses[name] = house
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(house.address)
            listener.listen(BACKLOG)
            judges, services = socket.socketpair()
            with judges, services:
                self._hand([judges.fileno()])
                return listener.detach(), services.detach()

    def spec(self, spec: JailSpec, handed: tuple[int, int]) -> JailSpec:
        """The jail of a service: as any other, with its two descriptors and room for its connections."""
        limits = dataclasses.replace(spec.limits, files=spec.limits.files + MOST_CONNECTIONS)
        # What runs the application is there, whatever the rules for the learner's own code allow.
        withheld = tuple(name for name in spec.withheld if name.partition(".")[0] not in SERVER)
        return dataclasses.replace(spec, limits=limits, duty="serve", handed=handed, withheld=withheld)

    def connect(self, name: str, count: int) -> int:
        """Connect so many times and hand the client ends to the judge; gives how many the service had room for."""
        if not 1 <= count <= MOST_CONNECTIONS:
            raise ValueError(f"{count} connections are not 1 to {MOST_CONNECTIONS}")
        made: list[socket.socket] = []
        try:
            for _ in range(count):
                client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                made.append(client)
                client.setblocking(False)
                try:
                    client.connect(self.houses[name].address)
                except OSError:  # its queue is full, or it has closed its socket
                    made.pop().close()
                    break
            for start in range(0, len(made), AT_ONCE):
                self._hand([client.fileno() for client in made[start : start + AT_ONCE]])
            return len(made)
        finally:
            for client in made:
                client.close()

    def forget(self, name: str) -> None:
        """Take a service's socket away."""
        if house := self.houses.pop(name, None):
            house.close()

    def close(self) -> None:
        """Take all away."""
        for name in list(self.houses):
            self.forget(name)
        with contextlib.suppress(OSError):
            self.ours.close()
            self.theirs.close()

    def _hand(self, descriptors: Sequence[int]) -> None:
        try:
            socket.send_fds(self.ours, [b"\x01"], list(descriptors))
        except OSError as error:
            raise SandboxFault(f"a connection could not be handed to the grader: {error}") from error
