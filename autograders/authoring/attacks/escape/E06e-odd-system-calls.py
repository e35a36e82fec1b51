# mypy: ignore-errors
"""
id = "E06e"
title = "System calls that filters forget: keys, io_uring, userfaultfd, bpf, perf, fanotify"
goal = "A call that is not filtered is a way into the kernel."
succeeds = ["reached", "leftover"]
base = "starter"
any_problem = true
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(256)
CALLS = {
    "add_key": (248, b"user", b"@MARK@", b"x", 1, -4),
    "keyctl": (250, 0, -3, 1),
    "request_key": (249, b"user", b"@MARK@", None, -3),
    "io_uring_setup": (425, 8, buffer),
    "userfaultfd": (323, 1),
    "bpf": (321, 0, buffer, 128),
    "perf_event_open": (298, buffer, 0, -1, -1, 0),
    "fanotify_init": (300, 0, 0),
    "inotify_init": (294, 0),
    "kcmp": (312, 1, 1, 0, 0, 0),
    "modify_ldt": (154, 0, buffer, 16),
    "quotactl": (179, 0, None, 0, None),
    "init_module": (175, buffer, 16, b""),
    "kexec_load": (246, 0, 0, None, 0),
    "process_madvise": (440, -1, buffer, 1, 4, 0),
    "memfd_secret": (447, 0),
    "landlock": (444, buffer, 8, 0),
    "seccomp": (317, 1, 0, buffer),
    "timerfd": (283, 0, 0),
    "acct": (163, None),
    "swapon": (167, b"x", 0),
    "reboot": (169, 0xFEE1DEAD, 672274793, 0, None),
    "syslog": (103, 2, buffer, 255),
    "execveat": (322, -100, b"/bin/true", None, None, 0),
}
for name, call in CALLS.items():
    if libc.syscall(*call) >= 0:
        print("@MARK@ reached:", name)
