"""The system calls a jail may make: an allow list for each duty, compiled once and loaded in each child."""

from __future__ import annotations

import ctypes
import errno
import tempfile
from collections.abc import Callable

from autograders.sandbox.limits import Duty, Side
from autograders.sandbox.syscalls import PR_SET_SECCOMP, SECCOMP_MODE_FILTER, prctl

ALLOWED = """
    read readv pread64 preadv write writev pwrite64 pwritev lseek close close_range dup dup2 dup3 fcntl
    open openat openat2 stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
    getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2
    truncate ftruncate fallocate fsync fdatasync flock statfs fstatfs umask sendfile copy_file_range
    mmap munmap mremap mprotect madvise brk mincore msync membarrier rseq set_robust_list
    futex futex_waitv set_tid_address exit exit_group sched_yield getcpu
    rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait sigaltstack
    restart_syscall pause
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage getitimer setitimer alarm
    getpid gettid getppid getuid geteuid getgid getegid getgroups getresuid getresgid getpgrp
    uname sysinfo getrandom getrlimit get_mempolicy sched_get_priority_max
    sched_get_priority_min arch_prctl
    poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait eventfd eventfd2 pipe pipe2
    recvfrom sendto
""".split()
PRETEND = "chmod fchmod fchmodat chown fchown lchown fchownat utime utimes utimensat futimesat".split()
# Of itself only, as process 0: by the number of another process they would tell which there are.
OF_ITSELF = "getpgid getsid sched_getaffinity sched_getparam sched_getscheduler".split()
NOT_IMPLEMENTED = "clone3 io_uring_setup io_uring_enter io_uring_register".split()
NO_ATTRIBUTES = """
    getxattr lgetxattr fgetxattr setxattr lsetxattr fsetxattr listxattr llistxattr flistxattr
    removexattr lremovexattr fremovexattr
""".split()
# A service may accept on the listening socket it was handed and talk to whom it accepted. It has no call to make,
# name, connect or tune a socket, and none that descriptors could come or go by.
SERVING = "accept accept4 listen shutdown getsockname getpeername".split()
ADDRESS_LOCAL, SOL_SOCKET = 1, 1
SOCKET_QUERIES = (3, 4, 30, 38, 39)  # SO_TYPE SO_ERROR SO_ACCEPTCONN SO_PROTOCOL SO_DOMAIN: not who is at the other end
# The judge takes the client ends of a service's connections from the engine; nobody else can send it any.
RECEIVING = ("recvmsg",)
DUTIES_OF_SIDE: dict[Side, tuple[Duty, ...]] = {
    "learner": ("answer", "serve"),
    "trusted": ("answer", "serve", "receive"),
}
CLONE_THREAD = 0x00010000
TERMINAL_QUERIES = (0x5401, 0x5413, 0x541B, 0x5421, 0x5451)  # TCGETS TIOCGWINSZ FIONREAD FIONBIO FIOCLEX
PRCTL_HARMLESS = (15, 16, 0x53564D41)  # PR_SET_NAME PR_GET_NAME PR_SET_VMA


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def compile_filter(duty: Duty = "answer") -> bytes:
    """The filter as BPF: everything not listed answers EPERM; no new process, no network, no tracing."""
    import pyseccomp as sc

    rules = sc.SyscallFilter(sc.ERRNO(errno.EPERM))

    def add(action: object, name: str, *arguments: object) -> None:
        # A name that this architecture does not have needs no rule.
        if sc.resolve_syscall(sc.system_arch(), name) >= 0:
            rules.add_rule(action, name, *arguments)

    for name in ALLOWED:
        add(sc.ALLOW, name)
    for name in PRETEND:
        add(sc.ERRNO(0), name)
    for name in NOT_IMPLEMENTED:
        add(sc.ERRNO(errno.ENOSYS), name)
    for name in NO_ATTRIBUTES:
        add(sc.ERRNO(errno.ENOTSUP), name)
    add(sc.ALLOW, "clone", sc.Arg(0, sc.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
    for name in OF_ITSELF:
        add(sc.ALLOW, name, sc.Arg(0, sc.EQ, 0))
    add(sc.ALLOW, "getpriority", sc.Arg(1, sc.EQ, 0))
    add(sc.ALLOW, "prlimit64", sc.Arg(0, sc.EQ, 0), sc.Arg(2, sc.EQ, 0))
    for request in TERMINAL_QUERIES:
        add(sc.ALLOW, "ioctl", sc.Arg(1, sc.EQ, request))
    for option in PRCTL_HARMLESS:
        add(sc.ALLOW, "prctl", sc.Arg(0, sc.EQ, option))
    _add_duty(add, duty)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _add_duty(add: Callable[..., None], duty: Duty) -> None:
    """The few more calls of a jail that is handed sockets; an ordinary one gets none."""
    import pyseccomp as sc

    for name in {"answer": (), "serve": SERVING, "receive": RECEIVING}[duty]:
        add(sc.ALLOW, name)
    if duty == "serve":
        # An event loop wakes itself through a pair.
        add(sc.ALLOW, "socketpair", sc.Arg(0, sc.EQ, ADDRESS_LOCAL))
        for option in SOCKET_QUERIES:
            add(sc.ALLOW, "getsockopt", sc.Arg(1, sc.EQ, SOL_SOCKET), sc.Arg(2, sc.EQ, option))


class Filter:
    """A compiled filter, laid out once in the zygote: a child only has to name it to the kernel."""

    def __init__(self, program: bytes) -> None:
        self._code = ctypes.create_string_buffer(program, len(program))
        self._header = _Program(len(program) // 8, ctypes.addressof(self._code))
        self._address = ctypes.addressof(self._header)

    def load(self) -> None:
        """Put this process under the filter, for ever; needs no_new_privs."""
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, self._address)
