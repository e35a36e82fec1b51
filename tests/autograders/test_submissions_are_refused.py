"""Every submission that cannot be graded is refused before a sandbox is spent, by a sentence naming the file."""

from __future__ import annotations

import io
import os
import random
import stat
import tarfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autograders.submission import Submission, SubmissionError, UploadLimits, read_path, read_upload

GOOD = b"def double(x):\n    return x + x\n"


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def zip_with_link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("solution.py")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def zip_with_twins() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("solution.py", GOOD)
        archive.writestr("./solution.py", b"pass\n")
    return buffer.getvalue()


def zip_that_lies_about_a_size() -> bytes:
    data = bytearray(zipped({"solution.py": b"x = 1\n" * 10_000}))
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (5).to_bytes(4, "little")
    return bytes(data)


def damaged(data: bytes, at: float) -> bytes:
    broken = bytearray(data)
    middle = int(len(broken) * at)
    broken[middle : middle + 8] = b"\xff" * 8
    return bytes(broken)


ONE_FILE = zipped({"solution.py": random.Random(1).randbytes(3_000).hex().encode()})
REFUSED: dict[str, tuple[str, bytes, str, str]] = {
    "empty": ("solution.py", b"", "solution.py", "is empty"),
    "only blanks": ("solution.py", b" \n\t\n", "solution.py", "is empty"),
    "fifty megabytes": ("solution.py", b"#" * 50_000_000, "solution.py", "has 50.0 MB, more than the 1.0 MB allowed"),
    "fifty megabytes of zip": ("all.zip", bytes(50_000_000), "all.zip", "has 50.0 MB"),
    "notebook": ("kmeans.ipynb", b'{"cells": []}', "kmeans.ipynb", "is a notebook"),
    "notebook in a zip": ("a.zip", zipped({"a.ipynb": b"{}"}), "a.zip: a.ipynb", "is a notebook"),
    "binary": ("solution.py", b"\x7fELF\x02\x00\x00", "solution.py", "is a binary file"),
    "binary in a zip": ("a.zip", zipped({"solution.py": b"\0\1"}), "a.zip: solution.py", "is a binary file"),
    "another kind of file": ("notes.docx", b"PK notes", "notes.docx", "is not a .py file"),
    "not UTF-8": ("solution.py", b"x = 1\ny = 2\nname = '\xe9t\xe9'\n", "solution.py", "line 3 is not UTF-8"),
    "not UTF-8 in a zip": ("a.zip", zipped({"solution.py": b"\n'\xe9'"}), "a.zip: solution.py", "line 2"),
    "zip slip": ("a.zip", zipped({"../../solution.py": GOOD}), "a.zip", "leads outside"),
    "zip slip by backslash": ("a.zip", zipped({"..\\..\\solution.py": GOOD}), "a.zip", "leads outside"),
    "absolute path": ("a.zip", zipped({"/etc/cron.d/job.py": GOOD}), "a.zip", "leads outside"),
    "drive letter": ("a.zip", zipped({"C:/solution.py": GOOD}), "a.zip", "leads outside"),
    "zip bomb": ("a.zip", zipped({"solution.py": bytes(40_000_000)}), "a.zip", "unpacks to more than the 4 MB"),
    "small zip bomb": ("a.zip", zipped({"solution.py": b"#" * 3_000_000}), "a.zip", "more than 100 times its size"),
    "bomb of many files": ("a.zip", zipped({f"{i}.py": b"" for i in range(300)}), "a.zip", "more than the 200 files"),
    "bomb hidden among what is ignored": (
        "a.zip",
        zipped({"__pycache__/x.pyc": bytes(30_000_000), "solution.py": GOOD}),
        "a.zip",
        "unpacks to more than the 4 MB",
    ),
    "link in a zip": ("a.zip", zip_with_link(), "a.zip", "holds a link"),
    "two files of one name": ("a.zip", zip_with_twins(), "a.zip", "stands twice"),
    "zip that lies about a size": ("a.zip", zip_that_lies_about_a_size(), "a.zip", "cannot be unpacked"),
    "not a zip at all": ("a.zip", b"Rar! something else", "a.zip", "cannot be unpacked"),
    "zip with a damaged stream": ("a.zip", damaged(ONE_FILE, 0.4), "a.zip", "cannot be unpacked"),
    "zip without its end": ("a.zip", ONE_FILE[:-30], "a.zip", "cannot be unpacked"),
    "empty zip": ("a.zip", zipped({}), "a.zip", "is an empty archive"),
    "zip of nothing but rubbish": ("a.zip", zipped({"__MACOSX/._x": b"x"}), "a.zip", "is an empty archive"),
    "zip without the entry file": ("a.zip", zipped({"a.py": GOOD, "b.py": GOOD}), "a.zip", "holds no solution.py"),
    "path too deep": ("a.zip", zipped({"a/" * 20 + "solution.py": GOOD}), "a.zip", "too long or too deep"),
    "name with control characters": ("a.zip", zipped({"a\x1b[2J.py": GOOD}), "a.zip", "plain letters"),
    "tar slip": ("a.tar.gz", tarred((member("../solution.py"), GOOD)), "a.tar.gz", "leads outside"),
    "symbolic link in a tar": (
        "a.tar",
        tarred((member("solution.py", tarfile.SYMTYPE, "/etc/passwd"), b""), mode="w"),
        "a.tar",
        "not a plain file",
    ),
    "hard link in a tar": (
        "a.tgz",
        tarred((member("solution.py", tarfile.LNKTYPE, "/etc/passwd"), b"")),
        "a.tgz",
        "not a plain file",
    ),
    "device in a tar": ("a.tgz", tarred((member("solution.py", tarfile.CHRTYPE), b"")), "a.tgz", "not a plain file"),
    "pipe in a tar": ("a.tgz", tarred((member("solution.py", tarfile.FIFOTYPE), b"")), "a.tgz", "not a plain file"),
    "tar bomb": (
        "a.tgz",
        tarred((member("solution.py"), bytes(40_000_000))),
        "a.tgz",
        "unpacks to more than the 4 MB",
    ),
    "tar with a giant header": (
        "a.tgz",
        tarred((member("x", tarfile.GNUTYPE_LONGNAME), b"a" * 40_000_000), (member("solution.py"), GOOD)),
        "a.tgz",
        "unpacks to more than the 4 MB",
    ),
    "tar without its end": ("a.tar.gz", tarred((member("solution.py"), GOOD))[:-12], "a.tar.gz", "cannot be unpacked"),
    "tar with a name that is no text": (
        "a.tar",
        tarred((member("sol\udce9.py"), GOOD), (member("solution.py"), GOOD), mode="w"),
        "a.tar",
        "plain letters",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_a_sentence_that_names_the_file(case: str) -> None:
    name, content, subject, words = REFUSED[case]
    started = time.process_time()
    with pytest.raises(SubmissionError) as refusal:
        read_upload(name, content)
    assert refusal.value.subject == subject
    assert words in refusal.value.text
    assert "\n" not in str(refusal.value)
    assert time.process_time() - started < 2, "a refusal must cost next to nothing"


def test_what_browsers_put_before_a_name_is_taken_off() -> None:
    with pytest.raises(SubmissionError) as refusal:
        read_upload("C:\\fakepath\\kmeans.ipynb", b"{}")
    assert refusal.value.subject == "kmeans.ipynb"


@pytest.mark.parametrize("seed", range(4))
def test_damaged_archives_never_raise_anything_else(seed: int) -> None:
    dice = random.Random(seed)
    archives = {
        "a.zip": ONE_FILE,
        "a.tar.gz": tarred((member("solution.py"), GOOD * 50)),
        "a.tar": tarred((member("solution.py"), GOOD * 50), mode="w"),
    }
    for name, whole in archives.items():
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(dice.randint(1, 12)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            try:
                read_upload(name, bytes(data)).digest  # noqa: B018 - its names must be hashable text too
            except SubmissionError as refusal:
                assert refusal.text  # noqa: PT017 - either outcome is right


# --- what is taken ----------------------------------------------------------------------------


def test_any_python_file_becomes_the_entry_file() -> None:
    assert read_upload("my kmeans (2).py", GOOD).files == {"solution.py": GOOD}


def test_a_byte_order_mark_is_no_offence() -> None:
    content = b"\xef\xbb\xbf" + GOOD
    assert read_upload("solution.py", content).files == {"solution.py": content}


def test_one_folder_around_everything_is_taken_off() -> None:
    taken = read_upload("a.zip", zipped({"hw1/solution.py": GOOD, "hw1/lib/tools.py": GOOD}))
    assert set(taken.files) == {"solution.py", "lib/tools.py"}


def test_a_lone_file_in_an_archive_is_the_entry_whatever_its_name() -> None:
    assert set(read_upload("a.tgz", tarred((member("kmeans.py"), GOOD))).files) == {"solution.py"}


def test_what_editors_leave_behind_is_passed_over() -> None:
    rubbish = {"__MACOSX/._solution.py": b"\0", ".DS_Store": b"\0\1", "__pycache__/solution.pyc": b"\0"}
    assert set(read_upload("a.zip", zipped({"solution.py": GOOD} | rubbish)).files) == {"solution.py"}


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_tar_is_taken_plain_and_gzipped(mode: str) -> None:
    assert read_upload("a.tar", tarred((member("solution.py"), GOOD), mode=mode)).files == {"solution.py": GOOD}


def test_limits_can_be_set() -> None:
    with pytest.raises(SubmissionError, match="more than the 0"):
        read_upload("solution.py", GOOD, UploadLimits(upload_bytes=10))


# --- from the command line --------------------------------------------------------------------


def test_a_folder_is_read_without_following_links(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_bytes(GOOD)
    (tmp_path / "secret.py").symlink_to("/etc/passwd")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    assert set(read_path(tmp_path).files) == {"solution.py"}


def empty_folder(path: Path) -> Path:
    path.mkdir()
    return path


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path, "No such file"),
        (empty_folder, "is an empty folder"),
        (pipe, "is not a plain file"),
        (lambda _path: Path("/dev/zero"), "is not a plain file"),
    ],
    ids=["absent", "empty folder", "pipe", "device"],
)
def test_a_path_that_cannot_be_read_is_refused(make: Callable[[Path], Path], words: str, tmp_path: Path) -> None:
    with pytest.raises(SubmissionError, match=words):
        read_path(make(tmp_path / "place"))


def test_the_digest_depends_on_names_and_contents_and_not_on_their_order() -> None:
    one = Submission({"a.py": b"1", "solution.py": b"2"})
    assert one.digest == Submission({"solution.py": b"2", "a.py": b"1"}).digest
    others = [Submission({"a.py": b"1", "solution.py": b"3"}), Submission({"b.py": b"1", "solution.py": b"2"})]
    assert len({one.digest, *(other.digest for other in others)}) == 3
