# mypy: ignore-errors
"""
id = "E03b"
title = "Shared memory, semaphores and message queues under a name that others know"
goal = "Memory that is shared outlives the jail or is seen by another one."
succeeds = ["leftover", "reached"]
base = "starter"
any_problem = true
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
KEY = int("@MARK@"[:7], 16)
for name, arguments in (
    ("shmget", (KEY, 4096, 0o1666)),
    ("semget", (KEY, 1, 0o1666)),
    ("msgget", (KEY, 0o1666)),
    ("shm_open", (b"/left-@MARK@", 0o102, 0o666)),
    ("mq_open", (b"/left-@MARK@", 0o102, 0o666, None)),
    ("sem_open", (b"/left-@MARK@", 0o100, 0o666, 1)),
    ("memfd_create", (b"@MARK@", 0)),
):
    function = getattr(libc, name, None)
    if function:
        function.restype = ctypes.c_void_p if name == "sem_open" else ctypes.c_int
        result = function(*arguments)
        if result is not None and result >= 0:
            print("@MARK@ reached:", name)
