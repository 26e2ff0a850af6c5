"""A partner's server on loopback that answers what a test tells it to, and remembers what it was asked."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CREDENTIALS = "/ocpi/credentials"


@dataclass(frozen=True)
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes = b""

    @property
    def token(self) -> str:
        """The token that was shown, decoded."""
        return base64.b64decode(self.headers["authorization"].removeprefix("Token ")).decode()


Answer = tuple[int, Any]


@dataclass
class Peer:
    """An OCPI server made of answers by method and path, `otherwise` for all else; a callable is asked
    for its answer."""

    url: str
    answers: dict[tuple[str, str], Answer | Callable[[Asked], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    otherwise: Answer = (404, None)

    @property
    def versions_url(self) -> str:
        return f"{self.url}/ocpi/versions"

    def speaks(self, *versions: str, interface: str = "RECEIVER") -> None:
        """Offer these versions, each with credentials and locations at one address."""
        self.answers["GET", "/ocpi/versions"] = good(
            [{"version": one, "url": f"{self.url}/ocpi/{one}"} for one in versions]
        )
        for one in versions:
            self.answers["GET", f"/ocpi/{one}"] = good(
                {
                    "version": one,
                    "endpoints": [
                        {
                            "identifier": "credentials",
                            "role": "SENDER",
                            "url": self.url + CREDENTIALS,
                        },
                        {
                            "identifier": "locations",
                            "role": interface,
                            "url": f"{self.url}/ocpi/locations/",
                        },
                    ],
                }
            )

    def registers(self, token: str = "token-c", method: str = "POST") -> None:
        """Answer a registration with credentials of its own."""
        self.answers[method, CREDENTIALS] = good(self.credentials(token))

    def credentials(self, token: str) -> dict[str, Any]:
        return {
            "token": token,
            "url": self.versions_url,
            "roles": [
                {
                    "role": "EMSP",
                    "party_id": "EXA",
                    "country_code": "NL",
                    "business_details": {"name": "Example Provider"},
                }
            ],
        }

    def was_asked(self, method: str) -> list[Asked]:
        return [one for one in self.asked if one.method == method]


def good(data: Any) -> Answer:
    return 200, {"status_code": 1000, "timestamp": "2026-11-22T05:00:00Z", "data": data}


def bad(status_code: int, words: str = "No", http_status: int = 200) -> Answer:
    told = {
        "status_code": status_code,
        "status_message": words,
        "timestamp": "2026-11-22T05:00:00Z",
    }
    return http_status, told


@contextmanager
def peer() -> Iterator[Peer]:
    """A partner's server, until the block ends."""
    made, ended = Peer(""), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            one = Asked(
                self.command,
                self.path,
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(body) if body else None,
                body,
            )
            made.asked.append(one)
            answer = made.answers.get((one.method, one.path), made.otherwise)
            status, told = answer(one) if callable(answer) else answer
            if status == 0:  # hang up
                self.close_connection = True
                return
            if isinstance(told, list):
                self._drip(told)
                return
            text = told if isinstance(told, bytes) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            if 300 <= status < 400:
                self.send_header("Location", f"{made.url}/elsewhere")
            self.end_headers()
            self.wfile.write(text)

        def _drip(self, parts: list[bytes]) -> None:
            self.send_response(200)
            self.end_headers()
            for part in parts:
                self.wfile.write(part)
                if ended.wait(0.05):
                    return

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
