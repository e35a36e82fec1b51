"""Exclusive use of a core for timed work: races of one host never run beside each other on a core."""

from __future__ import annotations

import fcntl
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


def lane_folder() -> Path:
    """Where the host's lane locks lie; shared by all workers of one user on this host."""
    return Path(
        os.environ.get("GRADING_LANE_DIR") or Path(tempfile.gettempdir()) / f"courseplatform-lanes-{os.getuid()}"
    )


@dataclass
class Lane:
    """Holds one core from `enter` to `leave`, waiting for its turn; the last core, so that the first stays free."""

    core: int = field(default_factory=lambda: max(os.sched_getaffinity(0)))
    _fd: int = -1

    def enter(self) -> int:
        """Wait for the core and take it; gives its number."""
        if self._fd < 0:
            folder = lane_folder()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._fd = os.open(
                folder / f"core-{self.core}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
            )
            # The kernel frees the lock when its holder dies, however it dies.
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        return self.core

    def leave(self) -> None:
        """Let the next one have the core."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
