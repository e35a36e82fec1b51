# mypy: ignore-errors
"""
id = "E06a"
title = "Write to the kernel's settings in /proc and /sys"
goal = "A core pattern, a module path or a control group changes the host for everybody."
succeeds = ["reached", "marker"]
base = "starter"
any_problem = true
"""

import os

for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/self/oom_score_adj",
    "/proc/self/uid_map",
    "/proc/self/attr/current",
    "/proc/sysrq-trigger",
    "/sys/fs/cgroup/release_agent",
    "/sys/fs/cgroup/cgroup.procs",
    "/sys/fs/cgroup/memory/cgroup.procs",
    "/sys/kernel/uevent_helper",
):
    for root in ("", "/proc/1/root", "/old"):
        try:
            os.close(os.open(root + path, os.O_WRONLY))
        except OSError:
            continue
        # Nothing is written: were it possible, it would hurt the host that this runs on.
        print("@MARK@ reached:", path)
