"""A submission: named files, read from a file, folder or archive within limits."""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ENTRY_FILE = "solution.py"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
GZIP_MAGIC = b"\x1f\x8b"
TAR_OVERHEAD = 4_096  # headers and padding of one member
IGNORED = ("__MACOSX/", ".DS_Store", "__pycache__/", ".git/", ".ipynb_checkpoints/")


@dataclass(frozen=True)
class UploadLimits:
    """Bounds on what is taken: bytes of the upload, bytes unpacked, files, path depth, packing ratio."""

    upload_bytes: int = 1 << 20
    unpacked_bytes: int = 4 << 20
    files: int = 200
    depth: int = 8
    ratio: int = 100


DEFAULT_LIMITS = UploadLimits()


class SubmissionError(ValueError):
    """A submission cannot be taken; `subject` names the file or field, `text` says why and what to do."""

    def __init__(self, subject: str, text: str) -> None:
        super().__init__(f"{subject}: {text}")
        self.subject, self.text = subject, text


@dataclass(frozen=True)
class Submission:
    """Named files; single-file submissions hold just `solution.py`."""

    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 over names and contents, in hexadecimal."""
        digest = hashlib.sha256()
        for name in sorted(self.files):
            digest.update(f"{name}\0{len(self.files[name])}\0".encode() + self.files[name])
        return digest.hexdigest()

    @classmethod
    def from_source(cls, source: str) -> Submission:
        """A submission of one Python file."""
        return cls({ENTRY_FILE: source.encode("utf-8", "replace")})


def read_path(path: Path | str, limits: UploadLimits = DEFAULT_LIMITS) -> Submission:
    """Read a file, folder or archive; raises SubmissionError."""
    path = Path(path)
    try:
        if path.is_dir():
            return _from_folder(path, limits)
        size = path.stat().st_size
        if not path.is_file():
            raise SubmissionError(str(path), "is not a plain file; name a .py file, a folder, a .zip or a .tar")
        if size > limits.upload_bytes:
            raise _too_big(path.name, size, limits.upload_bytes)
        return read_upload(path.name, path.read_bytes(), limits)
    except OSError as error:
        raise SubmissionError(str(path), f"cannot be read: {error.strerror}") from error


def read_upload(name: str, content: bytes, limits: UploadLimits = DEFAULT_LIMITS) -> Submission:
    """Read an uploaded file of that name: Python source or an archive; raises SubmissionError."""
    name = PurePosixPath(name.replace("\\", "/")).name or "upload"
    lower = name.lower()
    if len(content) > limits.upload_bytes:
        raise _too_big(name, len(content), limits.upload_bytes)
    if not content.strip():
        raise SubmissionError(name, "is empty; write your solution in it and send it again")
    if lower.endswith(".ipynb"):
        raise SubmissionError(name, "is a notebook; this problem wants Python source, so save the code as solution.py")
    if lower.endswith(ARCHIVES):
        return _entry_checked(name, _from_archive(name, content, limits))
    if not lower.endswith(".py"):
        raise SubmissionError(name, "is not a .py file; send Python source, or a .zip or .tar of it")
    return Submission({ENTRY_FILE: _source(name, content)})


def _too_big(name: str, size: int, limit: int) -> SubmissionError:
    return SubmissionError(name, f"has {size / 1e6:.1f} MB, more than the {limit / 1e6:.1f} MB allowed")


def _source(name: str, content: bytes) -> bytes:
    if b"\0" in content:
        raise SubmissionError(name, "is a binary file, not Python source text")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SubmissionError(name, f"line {line} is not UTF-8 text; save the file as UTF-8") from None
    return content


def _entry_checked(name: str, files: dict[str, bytes]) -> Submission:
    """Python files as they are; one folder around everything is taken off, a lone file becomes the entry."""
    tops = {path.partition("/")[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files):
        files = {path.partition("/")[2]: content for path, content in files.items()}
    for path, content in files.items():
        if path.endswith(".ipynb"):
            raise SubmissionError(f"{name}: {path}", "is a notebook; this problem wants Python source")
        if path.endswith(".py"):
            _source(f"{name}: {path}", content)
    sources = [path for path in files if path.endswith(".py")]
    if ENTRY_FILE not in files and len(sources) == 1 and len(files) == 1:
        files = {ENTRY_FILE: files[sources[0]]}
    if ENTRY_FILE not in files:
        raise SubmissionError(name, f"holds no {ENTRY_FILE}; put your solution in a file of that name")
    return Submission(files)


def _from_folder(path: Path, limits: UploadLimits) -> Submission:
    files: dict[str, bytes] = {}
    total = 0
    for entry in sorted(path.rglob("*")):
        name = entry.relative_to(path).as_posix()
        if _ignored(name) or entry.is_symlink() or not entry.is_file():
            continue
        total += entry.stat().st_size
        _check_counts(path.name, len(files) + 1, total, limits)
        files[_safe(path.name, name, limits)] = entry.read_bytes()
    if not files:
        raise SubmissionError(path.name, "is an empty folder")
    return _entry_checked(path.name, files)


def _from_archive(name: str, content: bytes, limits: UploadLimits) -> dict[str, bytes]:
    members = _zip_members if name.lower().endswith(".zip") else _tar_members
    files: dict[str, bytes] = {}
    total = 0
    try:
        for member, size, read in members(name, content, limits):
            total += size
            if _ignored(member):
                _check_counts(name, 0, total, limits)
                continue
            path = _safe(name, member, limits)
            _check_counts(name, len(files) + 1, total, limits)
            if total > limits.ratio * len(content):
                raise SubmissionError(name, f"unpacks to more than {limits.ratio} times its size")
            data = read()
            if path in files or len(data) != size:
                raise SubmissionError(name, f"is damaged: {member!r} stands twice or has another size than it says")
            files[path] = data
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
        ValueError,
    ) as error:
        if isinstance(error, SubmissionError):
            raise
        raise SubmissionError(name, f"cannot be unpacked: {error}") from error
    if not files:
        raise SubmissionError(name, "is an empty archive")
    return files


def _zip_members(name: str, content: bytes, limits: UploadLimits) -> Iterator[tuple[str, int, _Reader]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
        _check_counts(name, len(infos), 0, limits)
        for info in infos:
            mode = info.external_attr >> 16
            if stat.S_ISLNK(mode):
                raise SubmissionError(name, f"holds a link, {info.filename!r}; put the file itself in")
            if not info.is_dir():
                # The size in the directory may lie: reading is bounded by it all the same.
                yield info.filename, info.file_size, _Reader(archive.open(info), info.file_size)


def _tar_members(name: str, content: bytes, limits: UploadLimits) -> Iterator[tuple[str, int, _Reader]]:
    with tarfile.open(fileobj=io.BytesIO(_unpacked_tar(name, content, limits)), mode="r:") as archive:
        for count, info in enumerate(archive, 1):
            _check_counts(name, count, 0, limits)
            if info.isdir():
                continue
            file = archive.extractfile(info) if info.isreg() else None
            if file is None:
                raise SubmissionError(name, f"holds something that is not a plain file: {info.name!r}")
            yield info.name, info.size, _Reader(file, info.size)


def _unpacked_tar(name: str, content: bytes, limits: UploadLimits) -> bytes:
    """The tar itself, unpacked within bounds: its own headers may claim any size."""
    if not content.startswith(GZIP_MAGIC):
        return content
    most = limits.unpacked_bytes + limits.files * TAR_OVERHEAD
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise _unpacks_to_too_much(name, limits)
    return data


class _Reader:
    """Reads a member, and never more than one byte beyond the size it claims."""

    def __init__(self, file: object, size: int) -> None:
        self.file, self.size = file, size

    def __call__(self) -> bytes:
        data: bytes = self.file.read(self.size + 1)  # type: ignore[attr-defined]
        return data


def _ignored(member: str) -> bool:
    return any(part in member for part in IGNORED)


def _check_counts(name: str, files: int, total: int, limits: UploadLimits) -> None:
    if files > limits.files:
        raise SubmissionError(name, f"holds more than the {limits.files} files allowed")
    if total > limits.unpacked_bytes:
        raise _unpacks_to_too_much(name, limits)


def _unpacks_to_too_much(name: str, limits: UploadLimits) -> SubmissionError:
    return SubmissionError(name, f"unpacks to more than the {limits.unpacked_bytes / 1e6:.0f} MB allowed")


def _safe(name: str, member: str, limits: UploadLimits) -> str:
    path = PurePosixPath(member.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise SubmissionError(name, f"holds the path {member!r}, which leads outside the archive")
    if not member.isprintable():
        raise SubmissionError(name, f"holds the path {member[:80]!r}; use plain letters in the names of files")
    if len(path.parts) > limits.depth or len(str(path)) > 200:
        raise SubmissionError(name, f"holds the path {member[:80]!r}, which is too long or too deep")
    return str(path)
