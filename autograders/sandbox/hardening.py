"""What holds a container of zygotes: the settings it is started with, and the system calls it may make at all."""

from __future__ import annotations

import json
import os
from typing import Any

from autograders.sandbox.local import ZYGOTE_ENVIRONMENT
from autograders.sandbox.seccomp import ALLOWED, CLONE_THREAD, NO_ATTRIBUTES, NOT_IMPLEMENTED, OF_ITSELF, PRETEND

LABEL = "courseplatform.sandbox"
# setuid and setgid to give each jail a user of its own, setpcap to give up the rest for ever,
# kill and dac_override to end and clean up after processes of those users, chown for their scratch.
CAPABILITIES = ["SETUID", "SETGID", "SETPCAP", "KILL", "DAC_OVERRIDE", "CHOWN"]
# What a zygote does and no jail may: start, fork, lock a child down, end it, hear its supervisor.
ZYGOTE_CALLS = """
    execve fork vfork wait4 waitid kill tgkill rt_sigqueueinfo
    setsid setuid setgid setgroups setresuid setresgid capset prctl seccomp
    landlock_create_ruleset landlock_add_rule landlock_restrict_self
    bind listen accept accept4 getsockname getpeername getsockopt setsockopt sendmsg recvmsg shutdown
    prlimit64 setrlimit getpriority capget get_robust_list sched_setaffinity
    ioctl chroot symlink symlinkat readlinkat link linkat
""".split()
CLONE_NAMESPACES = 0x7E020000
ADDRESS_LOCAL = 1  # AF_UNIX
NO_SUCH_CALL = 38  # ENOSYS


def container_settings() -> dict[str, Any]:
    """The arguments of `containers.run` that keep a container in."""
    memory = os.environ.get("SANDBOX_CONTAINER_MEMORY", "4g")
    settings: dict[str, Any] = {
        "network_mode": "none",
        "read_only": True,
        "tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,size=256m,mode=1777"},
        "user": "0:0",
        "cap_drop": ["ALL"],
        "cap_add": CAPABILITIES,
        "security_opt": ["no-new-privileges", f"seccomp={json.dumps(seccomp_profile())}"],
        "pids_limit": 512,
        "mem_limit": memory,
        "memswap_limit": memory,
        "environment": ZYGOTE_ENVIRONMENT | {"PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin", "TMPDIR": "/tmp"},
        "auto_remove": True,
        "init": False,
    }
    if runtime := os.environ.get("SANDBOX_RUNTIME"):
        settings["runtime"] = runtime
    return settings


def seccomp_profile() -> dict[str, Any]:
    """The profile of the container as a whole, in the engine's format: an allow list made of the jail's own.

    Each jail in it loads the narrower filter of `seccomp.py` on top.
    """
    plain = sorted({*ALLOWED, *PRETEND, *NO_ATTRIBUTES, *OF_ITSELF, *ZYGOTE_CALLS})
    no_namespaces = [{"index": 0, "value": CLONE_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}]
    threads = [{"index": 0, "value": CLONE_THREAD, "valueTwo": CLONE_THREAD, "op": "SCMP_CMP_MASKED_EQ"}]
    local_only = [{"index": 0, "value": ADDRESS_LOCAL, "op": "SCMP_CMP_EQ"}]
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "defaultErrnoRet": 1,
        "archMap": [
            {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": []},
            {"architecture": "SCMP_ARCH_AARCH64", "subArchitectures": []},
        ],
        "syscalls": [
            {"names": plain, "action": "SCMP_ACT_ALLOW"},
            {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": no_namespaces},
            {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": threads},
            {"names": ["socket", "socketpair"], "action": "SCMP_ACT_ALLOW", "args": local_only},
            {"names": NOT_IMPLEMENTED, "action": "SCMP_ACT_ERRNO", "errnoRet": NO_SUCH_CALL},
        ],
    }
