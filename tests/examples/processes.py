"""Example partners as processes of their own, and requests to them as OCPI says."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from support import PROJECT

TOKEN_A = "token-a"


@dataclass(frozen=True)
class Running:
    """A running example partner."""

    url: str
    versions: str
    locations: str
    process: "subprocess.Popen[str]"

    def get(self, path: str) -> Any:
        return httpx.get(self.url + path).raise_for_status().json()

    def post(self, path: str, told: Any) -> Any:
        return httpx.post(self.url + path, json=told, timeout=20).raise_for_status().json()

    def ocpi(
        self, method: str, address: str, body: Any = None, *, token: str = TOKEN_A, **headers: str
    ) -> tuple[int, Any]:
        """HTTP status and envelope."""
        shown = {
            "Authorization": "Token " + base64.b64encode(token.encode()).decode(),
            "X-Request-ID": "request-1",
            "X-Correlation-ID": "correlation-1",
        }
        answer = httpx.request(method, address, json=body, headers={**shown, **headers})
        return answer.status_code, answer.json()


@contextmanager
def example(kind: str, *words: str, token: str = TOKEN_A) -> Iterator[Running]:
    """`emsp` or `csms` on a free port, until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"evse_status.examples.{kind}", "--token", token, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )
    assert process.stdout is not None
    try:
        yield Running(**json.loads(process.stdout.readline()), process=process)
    finally:
        process.terminate()
        process.communicate(timeout=10)
