"""What a hub's answers mean: for a record, or for all of it; and how we show it who we are."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from evse_status.channels.addresses import Allowed
from evse_status.channels.oicp.certificate import CertificateUnusable, client_context
from evse_status.channels.oicp.client import Answer, HubClient, HubPeer
from evse_status.core.delivery import Outcome
from evse_status.kept_ports import any_port
from examples.certificates import Authority, another_key, certificate_of

PEER = HubPeer("", "DK*TST", "", Allowed(loopback=True), 5)


def ack(code: str = "000", result: object = True, **more: object) -> tuple[int, Any]:
    status = {"Code": code, "Description": "As told.", **more}
    return 200, {"Result": result, "StatusCode": status}


@dataclass
class Hub:
    """Answers as its script says, and remembers what it was pushed."""

    script: list[tuple[int, Any]]
    asked: list[tuple[str, str, bytes, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        kind = request.headers["Content-Type"]
        self.asked.append((request.method, request.raw_path, content, kind))
        status, said = self.script.pop(0)
        if said == "hang":
            await asyncio.Event().wait()
        if said == "hang up":
            assert request.transport is not None
            request.transport.close()
        if isinstance(said, str):
            return web.Response(status=status, text=said, headers={"Retry-After": "7"})
        return web.json_response(said, status=status, headers={"Location": "http://elsewhere.test"})


def talk(
    say: Callable[[HubClient], Awaitable[Answer]],
    *script: tuple[int, Any],
    tls: ssl.SSLContext | None = None,
    **fields: Any,
) -> tuple[Answer, Hub]:
    hub = Hub(list(script))

    async def run() -> Answer:
        app = web.Application()
        app.router.add_route("*", "/{all:.*}", hub.answer)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        url = f"{'https' if tls else 'http'}://localhost:{runner.addresses[0][1]}/api/oicp"
        try:
            async with HubClient(replace(PEER, url=url, **fields)) as client:
                return await say(client)
        finally:
            await runner.cleanup()

    return asyncio.run(run()), hub


def push(*script: tuple[int, Any], **fields: Any) -> tuple[Answer, Hub]:
    return talk(lambda client: client.push(b"{}"), *script, **fields)


def test_a_push_goes_where_oicp_says() -> None:
    answer, hub = push(ack())
    assert (answer.outcome, answer.status_code, answer.words) == (
        Outcome.ACKNOWLEDGED, 0, "000 As told.",
    )  # fmt: skip
    path = "/api/oicp/evsepush/v21/operators/DK*TST/status-records"
    assert hub.asked == [("POST", path, b"{}", "application/json")]


@pytest.mark.parametrize(
    ("said", "outcome", "its_own"),
    [
        (ack("018", False), Outcome.REFUSED, False),
        (ack("022", False), Outcome.REFUSED, False),
        (ack("604", False), Outcome.REFUSED, False),
        (ack("603", False), Outcome.UNKNOWN, False),
        (ack("017", False), Outcome.FAILED, False),
        (ack("210", False), Outcome.FAILED, False),
        (ack("001", False), Outcome.FAILED, True),
        (ack("what", False), Outcome.FAILED, False),
        (ack("000", "true"), Outcome.FAILED, False),
        ((200, {"Result": False}), Outcome.FAILED, False),
        ((200, {"Result": False, "StatusCode": {"Code": 603}}), Outcome.UNKNOWN, False),
        ((200, [1]), Outcome.FAILED, False),
        ((200, "<html>Sign in</html>"), Outcome.FAILED, False),
        ((200, "[" * 50_000), Outcome.FAILED, False),
        ((204, ""), Outcome.FAILED, False),
        ((302, {}), Outcome.FAILED, False),
        ((400, {"message": "Error parsing", "validationErrors": []}), Outcome.REFUSED, False),
        ((413, ""), Outcome.REFUSED, False),
        ((400, "<html>400 No required SSL certificate was sent</html>"), Outcome.FAILED, False),
        ((401, ""), Outcome.FAILED, False),
        ((404, ""), Outcome.FAILED, False),
        ((429, ""), Outcome.FAILED, False),
        ((500, ack()[1]), Outcome.FAILED, True),
        ((503, ""), Outcome.FAILED, False),
        ((200, "hang up"), Outcome.FAILED, False),
    ],
)
def test_what_an_answer_means(said: tuple[int, Any], outcome: Outcome, its_own: bool) -> None:
    answer, hub = push(said)
    assert (answer.outcome, answer.may_be_its_own) == (outcome, its_own)
    assert answer.is_ill == (outcome is Outcome.FAILED)
    assert answer.is_about_records == (not answer.is_ill or its_own)
    assert answer.words
    assert len(hub.asked) == 1


def test_in_whose_words_it_is_told() -> None:
    refused, _ = push(ack("018", False, AdditionalInfo="DK*TST*E1\x00" + "o" * 1_000))
    assert refused.words.startswith("018 As told. DK*TST*E1 ooo")
    assert len(refused.words) == 300
    gate = {
        "message": "Error parsing/validating JSON.",
        "validationErrors": [{"fieldReference": "EvseID", "errorMessage": "may not be null"}],
    }
    assert push((400, gate))[0].words == "Error parsing/validating JSON. EvseID may not be null"
    assert push((400, {"message": "No."}))[0].words == "No."
    assert push(ack("017", False))[0].words == (
        "doesn't let us push for this operator with this certificate: 017 As told."
    )
    assert push((503, ""))[0].words == "HTTP 503 Service Unavailable"
    assert push((302, {}))[0].words == "HTTP 302: it sends on elsewhere, which isn't followed"


def test_how_long_it_wants_to_be_left_alone() -> None:
    assert push((429, ""))[0].pause == 7
    assert push(ack("001", False))[0].pause is None


def test_one_that_never_answers_is_left_alone_for_as_long_again() -> None:
    answer, _ = push((200, "hang"), timeout_seconds=1)
    assert (answer.outcome, answer.words, answer.pause) == (
        Outcome.FAILED, "no answer within 1 s", 1,
    )  # fmt: skip


def test_one_that_isn_t_there_and_one_that_leads_elsewhere() -> None:
    port = any_port()
    for peer in (
        replace(PEER, url=f"http://127.0.0.1:{port}"),
        replace(PEER, url="http://127.0.0.1:1", allowed=Allowed()),
    ):

        async def ask(peer: HubPeer = peer) -> Answer:
            async with HubClient(peer) as client:
                return await client.push(b"{}")

        answer = asyncio.run(ask())
        assert answer.outcome is Outcome.UNREACHED
        assert answer.words.startswith("can't be reached: ")


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """Who signs the hub's certificate and ours; this process trusts it."""
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


def server(authority: Authority, folder: Path, host: str = "localhost") -> ssl.SSLContext:
    """The context of a hub that wants a certificate."""
    file = folder / "hub-key.pem"
    file.write_text(authority.sign(host))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    return context


def test_our_certificate_is_shown_and_no_file_of_it_stays(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    pem = authority.sign("operator.test")
    answer, _ = push(ack(), tls=server(authority, tmp_path), certificate=pem)
    assert answer.outcome is Outcome.ACKNOWLEDGED
    assert list(folder.iterdir()) == []
    assert pem not in repr(replace(PEER, certificate=pem))


def test_a_hub_that_we_don_t_trust_hears_nothing(authority: Authority, tmp_path: Path) -> None:
    answer, hub = push(ack(), tls=server(authority, tmp_path, "another.test"))
    assert answer.outcome is Outcome.UNREACHED
    assert answer.words.startswith("its certificate isn't trusted: ")
    assert hub.asked == []


@pytest.mark.parametrize(("shown", "why"), [(True, "doesn't take our"), (False, "wants a")])
def test_a_hub_that_ends_the_connection_for_our_certificate(
    authority: Authority, tmp_path: Path, shown: bool, why: str
) -> None:
    wrong = Authority(tmp_path, "Somebody else").sign("operator.test") if shown else ""
    answer, hub = push(ack(), tls=server(authority, tmp_path), certificate=wrong)
    assert (answer.outcome, hub.asked) == (Outcome.FAILED, [])
    assert answer.words.endswith(f"perhaps because it {why} certificate")


def test_a_hub_that_refuses_our_certificate_by_an_alert(
    authority: Authority, tmp_path: Path
) -> None:
    context = server(authority, tmp_path)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    listening = socket.create_server(("127.0.0.1", 0))

    def refuse() -> None:
        plain, _ = listening.accept()
        with plain, pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_side=True)

    waiting = threading.Thread(target=refuse)
    waiting.start()

    async def ask() -> Answer:
        url = f"https://localhost:{listening.getsockname()[1]}"
        async with HubClient(replace(PEER, url=url)) as client:
            return await client.push(b"{}")

    with listening:
        answer = asyncio.run(ask())
    waiting.join()
    assert answer.outcome is Outcome.FAILED
    assert answer.words.startswith("refuses our certificate: ")


def test_a_certificate_that_can_t_be_used_is_said_and_never_quoted(authority: Authority) -> None:
    good = authority.sign("operator.test")
    for pem in ("nonsense", certificate_of(good), certificate_of(good) + another_key(), "\ud800"):
        with pytest.raises(CertificateUnusable, match="the PEM text needs the certificate and its"):
            client_context(pem)
    answer, hub = push(ack(), certificate="nonsense")
    assert (answer.outcome, hub.asked) == (Outcome.UNREACHED, [])
    assert answer.words.startswith("our certificate can't be used: ")
    assert "nonsense" not in answer.words
