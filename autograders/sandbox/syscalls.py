"""Thin ctypes bindings for the kernel calls that Python does not offer."""

from __future__ import annotations

import ctypes
import os
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x00020000, 0x02000000, 0x04000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x08000000, 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 4096
MS_REC, MS_PRIVATE = 16384, 1 << 18
MNT_DETACH = 2
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 38, 2
CAP_LAST = 63
# The same numbers on x86_64 and aarch64: they were given to all architectures at once.
SYS_MOUNT_SETATTR, SYS_LANDLOCK_CREATE, SYS_LANDLOCK_ADD, SYS_LANDLOCK_RESTRICT = 442, 444, 445, 446
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine, -1)
SYS_CAPSET = {"x86_64": 126, "aarch64": 91}.get(os.uname().machine, -1)


def _checked(result: int, what: str) -> int:
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")
    return result


def prctl(option: int, first: int = 0, second: int = 0) -> None:
    """Call prctl(2); raises OSError."""
    arguments = (ctypes.c_ulong(value) for value in (first, second, 0, 0))
    _checked(libc.prctl(option, *arguments), f"prctl({option})")


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for fresh ones."""
    _checked(libc.unshare(flags), "unshare")


def setns(fd: int, flags: int) -> None:
    """Enter the namespace behind a descriptor."""
    _checked(libc.setns(fd, flags), "setns")


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Call mount(2); raises OSError naming the target."""
    result = libc.mount(source.encode(), target.encode(), kind.encode() or None, flags, options.encode() or None)
    _checked(result, f"mount {kind or source} on {target}")


def bind(source: str, target: str) -> None:
    """Bind-mount a file or folder with all below it, read-only, without devices or set-uid bits."""
    mount(source, target, "", MS_BIND | MS_REC)
    attributes = struct.pack("=QQQQ", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0, 0)
    _checked(
        libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, target.encode(), AT_RECURSIVE, attributes, len(attributes)),
        f"mount_setattr on {target}",
    )


def bind_device(source: str, target: str) -> None:
    """Bind-mount a device node as it is."""
    mount(source, target, "", MS_BIND)


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root and put the old root at `old`."""
    _checked(libc.syscall(SYS_PIVOT_ROOT, new.encode(), old.encode()), "pivot_root")


def umount(target: str) -> None:
    """Detach a mount and all below it."""
    _checked(libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def drop_bounding_set() -> None:
    """Drop every capability that could ever be gained again; needs CAP_SETPCAP."""
    for capability in range(CAP_LAST + 1):
        if libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break  # past the last capability that this kernel knows


def drop_capabilities() -> None:
    """Give up all capabilities that are held."""
    header, data = struct.pack("=Ii", 0x20080522, 0), struct.pack("=IIIIII", *[0] * 6)
    _checked(libc.syscall(SYS_CAPSET, header, data), "capset")


def cpu_clock(pid: int) -> float:
    """CPU seconds that a process with all its threads has used, read from outside it."""
    # The kernel's encoding of another process's CPU clock (clock_getcpuclockid(3)).
    return time.clock_gettime((~pid << 3) | 2)
