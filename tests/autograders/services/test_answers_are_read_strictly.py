"""HTTP from a service nobody trusts: read byte by byte, bounded, and refused with a sentence where it is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograders.judge.callbacks import GraderError
from autograders.judge.services.http import BODY_BYTES, HEAD_BYTES, Answer, Get, Parser, Post, Put, Unreadable

PLAIN = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}'
CHUNKED = (
    b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n6;x=y\r\npedia \r\n0\r\nTrailer: 1\r\n\r\n"
)


def read(data: bytes, method: str = "GET", step: int = 1 << 20) -> tuple[Answer | None, Parser]:
    parser = Parser(method)
    answer = None
    for start in range(0, len(data), step):
        answer = parser.feed(data[start : start + step])
    return answer, parser


@given(st.integers(1, 90))
def test_an_answer_is_the_same_however_it_is_cut(step: int) -> None:
    plain, _ = read(PLAIN, step=step)
    assert plain is not None
    assert (plain.status, plain.headers["content-type"], plain.json()) == (200, "application/json", {"a": 1})
    chunked, _ = read(CHUNKED, step=step)
    assert chunked is not None
    assert (chunked.status, chunked.text) == (201, "wikipedia ")


def test_an_answer_until_the_end_of_the_connection_ends_with_it() -> None:
    answer, parser = read(b"HTTP/1.0 200 OK\r\n\r\nhello")
    assert answer is None
    assert parser.end().text == "hello"
    assert not parser.keeps_alive


def test_informational_answers_are_passed_over() -> None:
    answer, _ = read(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + PLAIN)
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_an_answer_without_a_body_is_complete_with_its_head(status: bytes) -> None:
    answer, parser = read(b"HTTP/1.1 " + status + b"\r\n\r\n")
    assert answer is not None
    assert answer.body == b""
    assert parser.keeps_alive


@pytest.mark.parametrize("value", [b"close", b"Close"])
def test_a_service_may_ask_for_the_connection_to_be_closed(value: bytes) -> None:
    _, parser = read(PLAIN.replace(b"\r\n\r\n", b"\r\nconnection: " + value + b"\r\n\r\n"))
    assert not parser.keeps_alive


IN_CHUNKS = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
HOSTILE = {
    "no status line": (b"hello\r\n\r\n", "no status line"),
    "a status out of range": (b"HTTP/1.1 999 X\r\n\r\n", "no status line"),
    "another protocol": (b"HTTP/1.1 101 Switching\r\n\r\n", "another protocol"),
    "an endless head": (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * HEAD_BYTES, "the head of the answer"),
    "a head without end": (b"H" * (HEAD_BYTES + 1), "the head of the answer"),
    "many fields": (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 200 + b"\r\n", "more than 100 fields"),
    "a folded field": (b"HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n", "is no field"),
    "a null in a field": (b"HTTP/1.1 200 OK\r\na: b\0c\r\n\r\n", "is no field"),
    "two lengths": (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "content-length twice"),
    "length and chunks": (
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "cannot be followed",
    ),
    "a packed body": (b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "cannot be followed"),
    "a negative length": (b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "content-length is"),
    "a huge length": (b"HTTP/1.1 200 OK\r\ncontent-length: 9999999999\r\n\r\n", "more than 1,048,576 bytes"),
    "a huge chunk": (IN_CHUNKS + b"ffffffff\r\n" + b"x" * (BODY_BYTES + 1), "more than 1,048,576 bytes"),
    "a chunk without length": (IN_CHUNKS + b"zz\r\n", "has the length"),
    "a chunk too long": (IN_CHUNKS + b"1\r\nabc", "longer than it says"),
    "an endless body": (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (BODY_BYTES + 1), "more than 1,048,576 bytes"),
    "two answers": (PLAIN + PLAIN, "more came than one answer"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_breaks_a_rule_or_bound_is_named(name: str) -> None:
    data, told = HOSTILE[name]
    with pytest.raises(Unreadable, match=told):
        read(data)


def test_an_answer_that_is_cut_short_is_no_answer() -> None:
    _, parser = read(PLAIN[:-1])
    with pytest.raises(Unreadable, match="before the answer was complete"):
        parser.end()


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    for start in (b"", b"HTTP/1.1 200 OK\r\n", head):
        parser = Parser("GET")
        try:
            parser.feed(start + data)
            parser.end()
        except Unreadable:
            continue


def test_a_body_that_is_not_json_fails_the_check_with_its_beginning() -> None:
    with pytest.raises(AssertionError, match="is not JSON: '<html>'"):
        Answer(200, {}, b"<html>").json()
    with pytest.raises(AssertionError, match="is not JSON"):
        Answer(200, {}, b"[" * 100_000).json()


def test_requests_are_written_as_they_are_read() -> None:
    assert Get("/a?b=1").to_bytes() == b"GET /a?b=1 HTTP/1.1\r\nhost: service\r\n\r\n"
    written = Post("/a", json={"x": [1]}).to_bytes()
    assert written.endswith(b'content-type: application/json\r\ncontent-length: 10\r\n\r\n{"x": [1]}')
    assert Put("/a", body=b"x").to_bytes().endswith(b"content-length: 1\r\n\r\nx")


@pytest.mark.parametrize("path", ["a", "/a b", "/a\r\nx: y", "/ä", ""])
def test_a_path_that_would_break_the_request_is_the_authors_error(path: str) -> None:
    with pytest.raises(GraderError, match="is no request"):
        Get(path).to_bytes()


def test_a_field_that_would_break_the_request_is_the_authors_error() -> None:
    with pytest.raises(GraderError, match="cannot be a field"):
        Get("/", {"x": "a\r\nb: c"}).to_bytes()
    with pytest.raises(GraderError, match="json cannot be written"):
        Post("/", json=np.ones(2))
    with pytest.raises(GraderError, match="not both"):
        Post("/", json=1, body=b"x")
