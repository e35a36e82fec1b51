"""The file system a jail sees: the interpreter, one environment's packages, a scratch folder, nothing else."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from autograders.sandbox import syscalls as sc
from autograders.sandbox.environments import Environment
from autograders.sandbox.limits import Side

# Not /tmp: the project or its environment may itself lie below that.
JAIL = "/jail"
SCRATCH = f"{JAIL}/scratch"
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/etc/ld.so.cache")
PASSWD = f"learner:x:{{uid}}:{{uid}}::{SCRATCH}:/usr/sbin/nologin\n"
_BASE, _OLD, _NEW = "/tmp", "/tmp/old", "/tmp/new"


def site_packages() -> str:
    """The folder that holds the installed packages of this interpreter."""
    return sysconfig.get_paths()["purelib"]


def interpreter_paths() -> tuple[str, ...]:
    """Shared libraries and the standard library, each path once and none inside another."""
    wanted = [*LIBRARIES, str(Path(sysconfig.get_paths()["stdlib"]).parent)]
    existing = sorted({path for path in wanted if os.path.lexists(path)})
    return tuple(p for p in existing if not any(p != q and p.startswith(q + "/") for q in existing))


def package_paths(environment: Environment, side: Side) -> tuple[str, ...]:
    """What may be imported: the environment's packages, or for judge and reference all that is installed."""
    return (site_packages(),) if side == "trusted" else environment.import_paths()


def foreign_packages(roots: tuple[str, ...]) -> tuple[str, ...]:
    """Package folders of the interpreter itself that no jail may import from."""
    kept = site_packages()
    stdlib = Path(sysconfig.get_paths()["stdlib"])
    candidates = [stdlib / "site-packages", stdlib / "dist-packages", Path("/usr/lib/python3/dist-packages")]
    candidates += Path("/usr/local/lib").glob("python3*/*-packages")
    inside = {str(path) for path in candidates if path.is_dir() and any(str(path).startswith(r + "/") for r in roots)}
    return tuple(sorted(path for path in inside if path != kept))


def hidden_paths(withheld: Sequence[str]) -> tuple[str, ...]:
    """The files and folders of withheld modules, by dotted name: `a.b` is a folder or any file of that name."""
    found: list[Path] = []
    for name in withheld:
        *parents, last = name.split(".")
        folder = Path(site_packages()).joinpath(*parents)
        found += [path for path in folder.glob(f"{last}*") if path.name.partition(".")[0] == last]
    return tuple(sorted(map(str, found)))


def build_root(environment: Environment, side: Side, uid: int, hidden: tuple[str, ...]) -> None:
    """Make a minimal read-only root and move into it; needs a mount namespace of our own.

    The old root is first moved aside and the new one is put together from there, so that it does
    not matter where the interpreter, the environment or the project lie.
    """
    roots = interpreter_paths()
    masked = foreign_packages(roots)
    packages = package_paths(environment, side)
    # Found out while links still lead where they should: below /old, one to an absolute path would lead astray.
    lies_at = {path: _without_links_above(path) for path in (*roots, *packages)}
    sc.mount("none", "/", "", sc.MS_REC | sc.MS_PRIVATE)
    sc.mount("tmpfs", _BASE, "tmpfs", sc.MS_NOSUID | sc.MS_NODEV, "size=1m,mode=755")
    os.mkdir(_OLD)
    os.mkdir(_NEW)
    sc.pivot_root(_BASE, _OLD)
    os.chdir("/")
    sc.mount("tmpfs", "/new", "tmpfs", sc.MS_NOSUID | sc.MS_NODEV, "size=1m,mode=755")
    for path in roots:
        _bind_or_link(lies_at[path], path)
    for path in masked:
        sc.mount("tmpfs", "/new" + path, "tmpfs", sc.MS_RDONLY | sc.MS_NOSUID | sc.MS_NODEV, "size=4k")
    if side == "learner" and any(site_packages().startswith(root + "/") for root in roots):
        # The packages lie inside the interpreter's own tree: hide them all, then show the chosen ones.
        sc.mount("tmpfs", "/new" + site_packages(), "tmpfs", sc.MS_NOSUID | sc.MS_NODEV, "size=1m,mode=755")
    for path in packages:
        if path not in hidden:
            _bind_or_link(lies_at[path], path)
    for path in hidden:
        _cover("/new" + path)
    for path in DEVICES:
        _touch("/new" + path)
        sc.bind_device("/old" + path, "/new" + path)
    _fill_in(uid)
    os.mkdir("/new/old")
    sc.pivot_root("/new", "/new/old")
    os.chdir("/")
    sc.umount("/old")
    os.rmdir("/old")
    sc.mount("none", "/", "", sc.MS_REMOUNT | sc.MS_BIND | sc.MS_RDONLY | sc.MS_NOSUID | sc.MS_NODEV)


def mount_scratch(size_mb: int) -> None:
    """A private, size-limited scratch folder; it goes when the jail's mount namespace goes."""
    flags = sc.MS_NOSUID | sc.MS_NODEV
    sc.mount("tmpfs", SCRATCH, "tmpfs", flags, f"size={size_mb}m,nr_inodes=4096,mode=1777")


def _fill_in(uid: int) -> None:
    os.makedirs("/new" + SCRATCH, exist_ok=True)
    if not os.path.lexists("/new/tmp"):
        os.symlink(SCRATCH, "/new/tmp")
    os.makedirs("/new/etc", exist_ok=True)
    Path("/new/etc/passwd").write_text(PASSWD.format(uid=uid))
    Path("/new/etc/group").write_text(f"learner:x:{uid}:\n")


def _without_links_above(path: str) -> str:
    """The path with its folders resolved; what it names itself may be a link and stays one."""
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)


def _bind_or_link(lies_at: str, path: str) -> None:
    """Show in the new root, under its usual path, what lies somewhere in the old one."""
    source, target = "/old" + lies_at, "/new" + path
    if os.path.lexists(target) and not os.path.isdir(target):
        return
    if os.path.islink(source):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.readlink(source), target)
    elif os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
        sc.bind(source, target)
    elif os.path.exists(source):
        _touch(target)
        sc.bind(source, target)


def _cover(path: str) -> None:
    """Put something empty over a file or folder that is to be absent from the jail."""
    if os.path.isdir(path):
        sc.mount("tmpfs", path, "tmpfs", sc.MS_RDONLY | sc.MS_NOSUID | sc.MS_NODEV, "size=4k")
    elif os.path.exists(path):
        sc.bind_device("/old/dev/null", path)


def _touch(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Path(path).touch()


def landlock_paths(environment: Environment, side: Side, withheld: tuple[str, ...]) -> tuple[str, ...]:
    """The same view for the tier without mounts: every path that may be read, what is not to be seen left out."""
    roots = interpreter_paths()
    hidden = {*foreign_packages(roots)}
    if side == "learner":
        hidden.add(site_packages())
    readable = [leaf for root in roots for leaf in _around(root, hidden)]
    readable += [leaf for path in package_paths(environment, side) for leaf in _around(path, {*withheld})]
    return (*readable, *DEVICES)


def _around(path: str, hidden: set[str]) -> list[str]:
    """`path` itself, or where something hidden lies below it, its entries around that."""
    if path in hidden:
        return []
    if not any(name.startswith(path + "/") for name in hidden):
        return [path] if os.path.exists(path) else []
    entries = [os.path.join(path, name) for name in sorted(os.listdir(path))]
    return [leaf for entry in entries if not os.path.islink(entry) for leaf in _around(entry, hidden)]


def hide_project() -> None:
    """Leave only standard library and packages on the import path: the project's folder is not there."""
    paths = sysconfig.get_paths()
    # Compiled parts of the standard library lie beside it, which in a virtual environment is not `platstdlib`.
    kept = {paths["stdlib"], paths["platstdlib"], site_packages(), os.path.join(paths["stdlib"], "lib-dynload")}
    sys.path[:] = [path for path in sys.path if path in kept]
    # An editable installation brings a finder of its own that knows where the project lies.
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if isinstance(finder, type) and "__editable__" not in finder.__module__
    ]
    sys.path_importer_cache.clear()
