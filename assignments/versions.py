"""Versions of problems as files: packed into the database, unpacked where a grader needs the folder."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import IO

from django.conf import settings

from assignments.models import ProblemVersion
from autograders.problem import Problem as ProblemFolder
from autograders.problem import ProblemError, load_problem

ARCHIVE_LIMIT = 32 << 20


def pack(folder: Path) -> bytes:
    """The folder as an archive; equal folders give equal bytes. Raises ProblemError when it is too big."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder)
            if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in name.parts):
                content = path.read_bytes()
                entry = tarfile.TarInfo(name.as_posix())
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
    packed = zlib.compress(buffer.getvalue())
    if len(packed) > ARCHIVE_LIMIT:
        raise ProblemError(
            f"{folder.name}: the folder packs to more than {ARCHIVE_LIMIT >> 20} MB; make its data smaller"
        )
    return packed


def problem_of(version: ProblemVersion) -> ProblemFolder:
    """The problem folder of exactly this version, from the content or from the archive."""
    return _problem(version.pk, version.folder, version.digest)


def forget_unpacked() -> None:
    """Read folders anew: after what was unpacked has been moved or deleted."""
    _problem.cache_clear()


@lru_cache(maxsize=128)
def _problem(pk: int, folder: str, digest: str) -> ProblemFolder:
    kept = settings.VAR_DIR / "versions" / f"{Path(folder).name}-{digest}"
    if not kept.is_dir():
        _unpack(bytes(ProblemVersion.objects.only("archive").get(pk=pk).archive), kept)
    problem = load_problem(kept)
    if problem.version != digest:
        raise ProblemError(f"{kept}: the files are not those of version {digest}; delete this folder")
    return problem


def _unpack(archive: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Moved into place complete: a process killed half way leaves nothing that looks like a folder.
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".unpacking-"))
    try:
        try:
            with tarfile.open(fileobj=io.BytesIO(zlib.decompress(archive)), mode="r:") as packed:
                for entry in packed:
                    _write(draft, entry.name, packed.extractfile(entry))
        except (zlib.error, tarfile.TarError) as error:
            raise ProblemError(f"{target.name}: the archive is damaged ({error}); load the content again") from error
        os.chmod(draft, 0o755)
        try:
            draft.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _write(folder: Path, name: str, content: IO[bytes] | None) -> None:
    """One file of an archive, which holds plain files below its folder and nothing else."""
    path = folder / name
    if content is None or ".." in path.parts or not path.is_relative_to(folder):
        raise ProblemError(f"{name!r} has no place in a problem's folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.read())
