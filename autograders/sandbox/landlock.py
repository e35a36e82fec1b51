"""Landlock: which paths a jail may read or write, enforced by the kernel without privilege."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from autograders.sandbox.syscalls import (
    SYS_LANDLOCK_ADD,
    SYS_LANDLOCK_CREATE,
    SYS_LANDLOCK_RESTRICT,
    libc,
)

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
FILE_ONLY = EXECUTE | WRITE_FILE | READ_FILE | (1 << 14) | (1 << 15)
# No making of devices, sockets or pipes, no device control: scratch is for plain files.
SCRATCH = (
    WRITE_FILE | READ_FILE | READ_DIR | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8) | (1 << 12) | (1 << 13) | (1 << 14)
)
NETWORK_ALL, SCOPE_ALL = 3, 3
RULE_PATH_BENEATH = 1
_CREATE_VERSION = 1


def abi() -> int:
    """The kernel's Landlock version, 0 where there is none."""
    version = libc.syscall(SYS_LANDLOCK_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_CREATE_VERSION))
    return max(0, int(version))


def make_ruleset(readable: Iterable[str], writable: Iterable[str]) -> int:
    """A ruleset descriptor: nothing but the named paths, and no network where the kernel can refuse it."""
    version = abi()
    if version == 0:
        raise OSError("this kernel has no Landlock")
    handled = ALL_BY_ABI[min(version, 5)]
    fields = [handled, NETWORK_ALL if version >= 4 else 0, SCOPE_ALL if version >= 6 else 0]
    attributes = struct.pack("=QQQ", *fields)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    ruleset = _checked(libc.syscall(SYS_LANDLOCK_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0))
    for path in readable:
        _allow(ruleset, path, READ_FILE | READ_DIR)
    for path in writable:
        _allow(ruleset, path, SCRATCH & handled)
    return ruleset


def restrict(ruleset: int) -> None:
    """Put this thread and all it starts under the ruleset, for ever; needs no_new_privs."""
    _checked(libc.syscall(SYS_LANDLOCK_RESTRICT, ruleset, 0))


def _allow(ruleset: int, path: str, access: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allowed = access if os.path.isdir(path) else access & FILE_ONLY
        _checked(libc.syscall(SYS_LANDLOCK_ADD, ruleset, RULE_PATH_BENEATH, struct.pack("=Qi", allowed, fd), 0))
    finally:
        os.close(fd)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), f"landlock: {os.strerror(ctypes.get_errno())}")
    return int(result)
