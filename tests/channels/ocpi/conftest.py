"""A feed's web server."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class Request:
    path: str
    headers: dict[str, str]


Answer = dict[str, Any]
"""`body`, `status` and `headers`."""


@dataclass
class FeedServer:
    """A web server on loopback whose answers a test writes down; it remembers what it was asked."""

    url: str
    answers: dict[str, Answer | Callable[[str], Answer]]
    asked: list[Request]


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    """A running server."""
    yield from _serving()


@pytest.fixture
def other_server() -> Iterator[FeedServer]:
    """Another one: another port is another host to whoever holds a token."""
    yield from _serving()


def _serving() -> Iterator[FeedServer]:
    answers: dict[str, Answer | Callable[[str], Answer]] = {}
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(Request(self.path, dict(self.headers)))
            answer = answers.get(self.path) or answers.get("*")
            if callable(answer):
                answer = answer(self.path)
            if answer is None:
                self.send_error(404)
                return
            self.send_response(answer["status"])
            headers = {"Content-Length": str(len(answer["body"]))} | answer["headers"]
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield FeedServer(f"http://127.0.0.1:{server.server_port}", answers, asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
