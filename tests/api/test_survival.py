"""Real processes, real databases: nothing acknowledged is lost, nothing is done twice."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from api.servers import OVERRIDES, Server, furnish, serving
from conftest import made_database

E1 = {"evseId": "DK*TST*E1", "temporaryStatus": "MAINTENANCE"}
E2, E3 = (E1 | {"evseId": f"DK*TST*E{number}"} for number in (2, 3))
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest) -> str:
    """The address of an empty database."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(scope="module", params=KINDS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One server for all tests that don't kill it; each has an EVSE of its own."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('served') / 'store.db'}"
    else:
        address = made_database(request.getfixturevalue("postgresql_server"))
    with serving(address, furnish(address)) as running:
        yield running


def test_hundred_parallel_creates_with_one_key_make_one_override(server: Server) -> None:
    def create(_: int) -> httpx.Response:
        with server.client() as client:
            return client.post(OVERRIDES, json=E1, headers={"Idempotency-Key": "lot7"})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(create, range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.text for answer in answers} == {answers[0].text}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    with server.client() as client:
        assert len(client.get(OVERRIDES, params={"evseId": E1["evseId"]}).json()) == 1


def test_of_fifty_editors_every_accepted_change_is_in_the_history(server: Server) -> None:
    with server.client() as client:
        path = f"{OVERRIDES}/{client.post(OVERRIDES, json=E2).json()['id']}"

    def edit(editor: int) -> tuple[str, int]:
        reason = f"by editor {editor}"
        with server.client() as client:
            seen = client.get(path).headers["ETag"]
            answer = client.patch(path, json={"reason": reason}, headers={"If-Match": seen})
            return reason, answer.status_code

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(edit, range(50)))
    accepted = {reason for reason, status in outcomes if status == 200}
    assert {status for _, status in outcomes} <= {200, 412}
    assert accepted
    with server.client() as client:
        lines = client.get(f"{path}/history").json()
        version = client.get(path).json()["version"]
    kept = [change["after"] for line in lines[1:] for change in line["changes"]]
    assert set(kept) == accepted
    assert len(kept) == len(accepted)
    assert version == len(lines) == len(accepted) + 1


def test_what_was_acknowledged_survives_kill_minus_nine(address: str) -> None:
    token = furnish(address)
    acknowledged: list[int] = []
    enough = threading.Event()

    def create(number: int) -> None:
        try:
            body = E1 | {"externalRef": str(number)}
            answer = client.post(OVERRIDES, json=body)
        except httpx.TransportError:
            return
        if answer.status_code == 201:
            acknowledged.append(answer.json()["id"])
        if len(acknowledged) >= 100:
            enough.set()

    with (
        serving(address, token) as server,
        server.client() as client,
        ThreadPoolExecutor(8) as pool,
    ):
        tasks = [pool.submit(create, number) for number in range(500)]
        assert enough.wait(timeout=60)
        server.kill()
        for task in tasks:
            task.result()
    assert 100 <= len(acknowledged) < 500
    with serving(address, token) as again, again.client() as client:
        kept = client.get(OVERRIDES, params={"activeOnly": "false"}).json()
        assert set(acknowledged) <= {one["id"] for one in kept}
        for number in acknowledged[-3:]:
            [line] = client.get(f"{OVERRIDES}/{number}/history").json()
            assert line["what"] == "created"
        assert client.post(OVERRIDES, json=E1).status_code == 201


def test_open_stream_tells_what_others_do(server: Server) -> None:
    with (
        server.client() as listener,
        server.client() as client,
        listener.stream("GET", "/v2/changes") as stream,
    ):
        lines = stream.iter_lines()
        assert "event: ready" in [next(lines) for _ in range(3)]
        client.post(OVERRIDES, json=E3)
        told = next(json.loads(line[6:]) for line in lines if line.startswith('data: {"'))
    assert (told["type"], told["evseId"], told["by"]) == (
        "override.created",
        E3["evseId"],
        "Tester",
    )
