"""The example hub refuses what Hubject refuses, holds what it took, and notices pushes that overlap."""

import json
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from examples.certificates import Authority
from examples.processes import Hub, example_hub
from support import PROJECT

NETWORK = PROJECT / "data" / "demo-network.json"
ONE, TWO, NEW = "DK*DMO*E1602*1", "DK*DMO*E3501*1", "DK*DMO*ENEW*1"


@pytest.fixture(scope="module")
def started() -> Iterator[Hub]:
    with example_hub("--knows", str(NETWORK), "--operator", "DK*DMO") as running:
        yield running


@pytest.fixture
def hub(started: Hub) -> Hub:
    """A hub that knows the demo network, and behaves."""
    started.post("/behave", {"mode": "normal"})
    started.post("/refuse", {"evse_ids": {}})
    return started


@pytest.mark.parametrize(
    ("action", "records", "operator", "address", "code"),
    [
        ("update", {ONE: "Available"}, "SE*DMO", "DK*DMO", "017"),
        ("update", {"SE*DMO*E1*1": "Available"}, "SE*DMO", "SE*DMO", "017"),
        ("update", {"SE*DMO*E1*1": "Available"}, "DK*DMO", "DK*DMO", "018"),
        ("update", {ONE: "Charging"}, "DK*DMO", "DK*DMO", "022"),
        ("update", {ONE: "EvseNotFound"}, "DK*DMO", "DK*DMO", "022"),
        ("update", {}, "DK*DMO", "DK*DMO", "022"),
        ("upsert", {ONE: "Available"}, "DK*DMO", "DK*DMO", "022"),
        ("update", {NEW: "Available"}, "DK*DMO", "DK*DMO", "603"),
        ("delete", {NEW: "Available"}, "DK*DMO", "DK*DMO", "603"),
        ("insert", {ONE: "Available"}, "DK*DMO", "DK*DMO", "022"),
        ("update", {"DK.DMO.Z203*1": "Available"}, "DK*DMO", "DK*DMO", "604"),
        ("update", {ONE.lower(): "Available"}, "DK*DMO", "DK*DMO", "604"),
    ],
)
def test_a_strict_hub_refuses(
    hub: Hub, action: str, records: dict[str, str], operator: str, address: str, code: str
) -> None:
    before = hub.statuses()
    told = {TWO: "Occupied", **records} if records else {}
    assert hub.push(action, told, operator=operator, address=address) == (200, code)
    assert hub.statuses() == before  # the good record of the same request neither


def test_it_holds_per_operator_what_it_took_even_when_killed(tmp_path: Path) -> None:
    words = ("--knows", str(NETWORK), "--keep", str(tmp_path / "hub.jsonl"))
    with example_hub(*words) as first:
        assert first.statuses()[ONE] == "Unknown"
        assert first.push("update", {ONE: "Reserved", TWO: "OutOfService"}) == (200, "000")
        assert first.push("insert", {NEW: "Available"}, operator="DKDMO") == (200, "000")
        assert first.push("delete", {TWO: "Unknown"}) == (200, "000")
        elsewhere = {"+49*810*8301*1": "Occupied"}
        assert first.push("update", elsewhere, operator="+49*810", address="+49*810")[1] == "000"
        first.post("/contracts", {"operators": ["DK*DMO"]})
        held = first.get("/state")["statuses"]
        first.process.kill()
    assert (held["DKDMO"][ONE], held["DKDMO"][NEW], TWO in held["DKDMO"]) == (
        "Reserved", "Available", False,
    )  # fmt: skip
    with example_hub(*words) as second:
        assert second.get("/state")["statuses"] == held
        assert second.push("update", elsewhere, operator="+49*810", address="+49*810")[1] == "017"
        assert second.push("fullLoad", {ONE: "Available"}) == (200, "000")
        assert second.statuses() == {ONE: "Available"}
        second.post("/forget", {"evse_ids": [ONE]})
        assert second.push("update", {ONE: "Available"}) == (200, "603")


def test_one_that_knows_all_takes_updates_of_any() -> None:
    with example_hub("--knows-all") as hub:
        assert hub.push("update", {NEW: "Occupied"}) == (200, "000")
        assert hub.statuses() == {NEW: "Occupied"}


def test_it_behaves_badly_on_demand(hub: Hub) -> None:
    hub.post("/refuse", {"evse_ids": {TWO: "009"}})
    assert hub.push("update", {ONE: "Occupied", TWO: "Occupied"}) == (200, "009")
    assert hub.push("update", {ONE: "Occupied"}) == (200, "000")
    assert hub.get("/log")[-2]["words"].startswith(TWO)
    for told, answered in (
        ({"mode": "result false", "code": "001"}, (200, "001")),
        ({"mode": "500"}, (500, "021")),
        ({"mode": "429", "seconds": 7}, (429, "021")),
        ({"mode": "slow", "seconds": 0.01}, (200, "000")),
    ):
        hub.post("/behave", told)
        assert hub.push("update", {ONE: "Available"}) == answered
    for mode, is_kept in (("hang up", False), ("lose answer", True)):
        hub.post("/behave", {"mode": mode})
        with pytest.raises(httpx.RemoteProtocolError):
            hub.push("update", {ONE: "Reserved"})
        assert (hub.statuses()[ONE] == "Reserved") == is_kept


def test_it_notices_pushes_of_one_operator_that_overlap(hub: Hub) -> None:
    before = hub.get("/state")["overlaps"]
    hub.post("/behave", {"mode": "slow", "seconds": 0.3})
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: hub.push("update", {one: "Available"}), [ONE, TWO]))
    assert hub.get("/state")["overlaps"] == before + 1
    assert [one["overlapped"] for one in hub.get("/log")[-2:]] == [False, True]


def test_it_may_want_a_client_certificate(tmp_path: Path) -> None:
    ours, another = Authority(tmp_path), Authority(tmp_path, "Nobody's authority")
    (tmp_path / "hub.pem").write_text(ours.sign("localhost"))
    (tmp_path / "known.json").write_text(json.dumps([ONE]))
    words = ("--tls", str(tmp_path / "hub.pem"), "--client-ca", str(ours.file))

    def shown(pem: str | None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(ours.file))
        if pem is not None:
            (tmp_path / "client.pem").write_text(pem)
            context.load_cert_chain(tmp_path / "client.pem")
        return context

    with example_hub(*words, "--knows", str(tmp_path / "known.json")) as hub:
        one = {ONE: "Occupied"}
        assert hub.push("update", one, verify=shown(ours.sign("operator.example"))) == (200, "000")
        assert hub.get("/log")[-1]["certificate"] == "operator.example"
        for pem in (None, another.sign("operator.example")):
            with pytest.raises(httpx.TransportError):
                hub.push("update", {ONE: "Available"}, verify=shown(pem))
        plain = hub.url + hub.base.partition("localhost")[2].partition("/api")[1] + "/oicp"
        answer = httpx.post(f"{plain}/evsepush/v21/operators/DK*DMO/status-records", json={})
        assert (answer.status_code, hub.statuses()) == (403, one)
