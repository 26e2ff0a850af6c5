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
from urllib.parse import quote

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


@dataclass(frozen=True)
class Hub:
    """A running example hub."""

    url: str
    base: str
    process: "subprocess.Popen[str]"

    def get(self, path: str) -> Any:
        return httpx.get(self.url + path).raise_for_status().json()

    def post(self, path: str, told: Any) -> Any:
        return httpx.post(self.url + path, json=told, timeout=20).raise_for_status().json()

    def statuses(self, operator: str = "DKDMO") -> dict[str, str]:
        """What it holds of one operator, which is written without separators."""
        told: dict[str, str] = self.get("/state")["statuses"].get(operator, {})
        return told

    def push(
        self,
        action: str,
        records: dict[str, str],
        *,
        operator: str = "DK*DMO",
        address: str = "DK*DMO",
        **transport: Any,
    ) -> tuple[int, str]:
        """HTTP status and StatusCode; `Result` must agree with it."""
        record = [{"EvseID": name, "EvseStatus": status} for name, status in records.items()]
        body = {
            "ActionType": action,
            "OperatorEvseStatus": {"OperatorID": operator, "EvseStatusRecord": record},
        }
        path = f"/evsepush/v21/operators/{quote(address)}/status-records"
        with httpx.Client(**transport) as client:
            answer = client.post(self.base + path, json=body, timeout=20)
        told = answer.json()
        assert told["Result"] == (told["StatusCode"]["Code"] == "000")
        return answer.status_code, told["StatusCode"]["Code"]


@contextmanager
def example(kind: str, *words: str, token: str = TOKEN_A) -> Iterator[Running]:
    """`emsp` or `csms` on a free port, until the block ends."""
    with _started(kind, "--token", token, *words) as (told, process):
        yield Running(**told, process=process)


@contextmanager
def example_hub(*words: str) -> Iterator[Hub]:
    """A hub on a free port, until the block ends."""
    with _started("hub", *words) as (told, process):
        yield Hub(**told, process=process)


@contextmanager
def driver_app(*words: str) -> Iterator[Running]:
    """A driver app on a free port, until the block ends."""
    with _started("driver_app", *words) as (told, process):
        yield Running(**told, versions="", locations="", process=process)


@contextmanager
def _started(kind: str, *words: str) -> Iterator[tuple[Any, "subprocess.Popen[str]"]]:
    process = subprocess.Popen(
        [sys.executable, "-m", f"evse_status.examples.{kind}", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline()), process
    finally:
        process.terminate()
        process.communicate(timeout=10)
