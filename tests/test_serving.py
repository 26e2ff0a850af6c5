"""An address is listened on, or one sentence says why not."""

import json
import os
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path

import httpx
import pytest

from evse_status import serving
from evse_status.demo import prepare_demo
from evse_status.serving import CannotServe
from evse_status.store.database import Database
from sender.running import wait_until
from support import PROJECT


def refusal(host: str, port: int) -> str:
    with pytest.raises(CannotServe) as refused:
        serving.serve("sqlite:///unused.db", host=host, port=port, on_ready=lambda _: None)
    return str(refused.value)


def test_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} is in use by another program." in refusal("127.0.0.1", port)


def test_host_that_is_none() -> None:
    assert "is no address of this machine" in refusal("no host", 0)
    assert "Check --host and --port" in refusal("192.0.2.1", 0)


def test_port_of_the_system() -> None:
    error = PermissionError(13, "Permission denied")
    assert "Choose one above 1023" in serving._refusal("127.0.0.1", 80, error)


@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "localhost"), ("::1", "[::1]")],
)
def test_address_can_be_clicked(host: str, named: str) -> None:
    assert serving._name_of(host) == named


def test_installation_without_its_entry_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match=r"app\.py is not in this installation"):
        serving._module(tmp_path / "app.py")


def test_a_server_logs_every_call_with_its_id(tmp_path: Path, sqlite: Database) -> None:
    words = ["api", "--port", "0", "--json", "--database-url", f"sqlite:///{sqlite.file}"]
    log = tmp_path / "log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "evse_status", *words],
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
        )
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        refused = httpx.get(f"{url}/v2/evses", headers={"X-Request-ID": "lot7-1"})
        process.terminate()
        process.stdout.close()
        process.wait(timeout=20)
    assert refused.status_code == 401
    [line] = log.read_text().splitlines()
    assert "INFO GET /v2/evses by nobody answered 401" in line
    assert line.endswith("request lot7-1")


def test_the_simulator_ends_with_whoever_started_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    prepare_demo(PROJECT / "data" / "demo-network.json", database_url=url)[0].database.close()
    with serving.simulated(url, "http://127.0.0.1:9") as child:
        assert child.poll() is None
    assert child.returncode is not None


def test_the_simulator_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    prepare_demo(PROJECT / "data" / "demo-network.json", database_url=url)[0].database.close()
    script = (
        "import sys; from evse_status import serving\n"
        "with serving.simulated(sys.argv[1], 'http://127.0.0.1:9'): print('lives', flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
    )
    assert parent.stdout is not None
    assert parent.stderr is not None
    assert parent.stdout.readline() == "lives\n"
    parent.kill()
    # the child holds the other end of this pipe: it is at its end when both are gone
    assert parent.stderr.read() == ""
    parent.communicate()


def test_a_simulator_that_cant_go_on_says_so_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving.simulated(f"sqlite:///{tmp_path / 'nowhere.db'}", "http://127.0.0.1:9") as child:
        child.wait(60)
    [sentence] = capfd.readouterr().err.splitlines()
    assert sentence.startswith("The demo stands still from now on: ")


def test_partners_are_told_when_they_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = tmp_path / "order"
    sender = tmp_path / "sender"
    sender.write_text(f"#!/bin/sh\necho 'the sender' >> {order}\nexec cat\n")
    sender.chmod(0o700)
    partners = f"read go; echo 'the partners' >> {order}; echo; cat"
    there = subprocess.Popen(["sh", "-c", partners], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert there.stdin is not None
    monkeypatch.setattr(sys, "executable", str(sender))
    with serving.sending("sqlite:///nowhere.db", after=there):
        there.stdin.write(b"\n")
        there.stdin.flush()
        wait_until(lambda: order.is_file() and "sender" in order.read_text())
    there.communicate()
    assert order.read_text().splitlines() == ["the partners", "the sender"]


def test_browser_opens_only_before_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    serving.open_browser("http://localhost:8501")
    assert opened == []
