"""Requests to a partner as OCPI writes them, and what its answers mean: for one object, or for all of it."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import web

from evse_status.channels.addresses import Allowed
from evse_status.channels.ocpi.push import Answer, Client, Message, Peer, Place
from evse_status.core.delivery import Kind, Outcome
from evse_status.core.partner import Party

PLACE = Place("DK", "TST", "L 1", "E/1")
STATUS = Message(Kind.STATUS, PLACE, {"status": "BLOCKED", "last_updated": "2026-10-22T12:00:00Z"})
SCHEDULE = Message(Kind.SCHEDULE, PLACE, {"status_schedule": [{}]})
EVSE = Message(Kind.EVSE, PLACE, {"uid": "E/1", "status_schedule": [{}]}, {"uid": "E/1"})
BARE_EVSE = Message(Kind.EVSE, PLACE, {"uid": "E/1"})
LOCATION = Message(Kind.LOCATION, replace(PLACE, evse=""), {"id": "L 1"})
OK = (200, {"status_code": 1000, "timestamp": "2026-10-22T12:00:00Z"})
Script = list[tuple[int, Any]]


@dataclass
class Partner:
    """Answers as its script says, one after the other, and remembers what it was asked."""

    script: Script
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.method, request.raw_path, body))
        self.headers.append(dict(request.headers))
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
    partner: Partner,
    say: Callable[[Client], Awaitable[Answer]],
    **fields: Any,
) -> Answer:
    """Have a client say something to the partner."""

    async def run() -> Answer:
        app = web.Application()
        app.router.add_route("*", "/{all:.*}", partner.answer)
        runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
        )
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/locations"
        peer = Peer(url, "secret", True, None, Allowed(loopback=True), 5, 2)
        try:
            async with Client(replace(peer, **fields)) as client:
                return await say(client)
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def tell(message: Message, *script: tuple[int, Any], **fields: Any) -> tuple[Answer, Partner]:
    partner = Partner(list(script))
    return talk(partner, lambda client: client.tell(message), **fields), partner


def test_a_status_is_told_as_ocpi_writes_it() -> None:
    answer, partner = tell(STATUS, OK, party=Party("EMSP", "NL", "TSM"))
    assert answer.outcome is Outcome.ACKNOWLEDGED
    assert partner.asked == [("PATCH", "/locations/DK/TST/L%201/E%2F1", STATUS.body)]
    [headers] = partner.headers
    assert headers["Authorization"] == "Token " + base64.b64encode(b"secret").decode()
    assert headers["Content-Type"] == "application/json"
    routing = {name: text for name, text in headers.items() if name.startswith("OCPI-")}
    assert routing == {
        "OCPI-from-country-code": "DK",
        "OCPI-from-party-id": "TST",
        "OCPI-to-country-code": "NL",
        "OCPI-to-party-id": "TSM",
    }
    assert headers["X-Request-ID"] != headers["X-Correlation-ID"]


def test_a_token_that_isn_t_encoded() -> None:
    _, partner = tell(STATUS, OK, base64_token=False)
    assert partner.headers[0]["Authorization"] == "Token secret"


FOUND = (200, {"status_code": 1000, "data": {"uid": "E/1"}})


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ((200, {"status_code": 1999}), Outcome.ACKNOWLEDGED),
        ((200, {"status_code": 2000, "status_message": "No."}), Outcome.REFUSED),
        ((400, {"status_code": 2000}), Outcome.REFUSED),
        ((422, "no JSON"), Outcome.REFUSED),
        ((200, {"status_code": 3000}), Outcome.FAILED),
        ((200, {"status_code": 4002}), Outcome.FAILED),
        ((200, "<html>Sign in</html>"), Outcome.FAILED),
        ((200, [1]), Outcome.FAILED),
        ((204, ""), Outcome.FAILED),
        ((302, {}), Outcome.FAILED),
        ((401, {"status_code": 2001}), Outcome.FAILED),
        ((403, ""), Outcome.FAILED),
        ((429, ""), Outcome.FAILED),
        ((500, {"status_code": 1000}), Outcome.FAILED),
        ((503, ""), Outcome.FAILED),
        ((200, "hang up"), Outcome.FAILED),
    ],
)
def test_what_an_answer_means(said: tuple[int, Any], outcome: Outcome) -> None:
    answer, partner = tell(STATUS, said)
    assert answer.outcome is outcome
    assert answer.is_ill == (outcome is Outcome.FAILED)
    assert len(partner.asked) == 1
    assert outcome is Outcome.ACKNOWLEDGED or answer.words


def test_nothing_that_a_partner_says_is_too_much_to_keep() -> None:
    told = {"status_code": 10**30, "status_message": "No\x00\ud800" + "o" * 1_000}
    answer, _ = tell(STATUS, (400, told))
    assert (answer.outcome, answer.status_code) == (Outcome.REFUSED, None)
    assert answer.words.isprintable()
    assert len(answer.words) <= 300


def test_how_long_it_wants_to_be_left_alone() -> None:
    assert tell(STATUS, (429, ""))[0].pause == 7
    assert tell(STATUS, (500, {"status_code": 3000}))[0].pause is None


def test_one_that_never_answers() -> None:
    answer, _ = tell(STATUS, (200, "hang"), timeout_seconds=0.2)
    assert (answer.outcome, answer.words) == (Outcome.FAILED, "no answer within 0.2 s")


def test_one_that_isn_t_there() -> None:
    answer, _ = tell(STATUS, url="http://127.0.0.1:1/locations")
    assert answer.outcome is Outcome.UNREACHED
    assert answer.words.startswith("can't be reached")


def test_an_address_that_isn_t_allowed_is_never_connected_to() -> None:
    answer, partner = tell(STATUS, OK, allowed=Allowed())
    assert answer.outcome is Outcome.UNREACHED
    assert partner.asked == []


@pytest.mark.parametrize(
    "said", [(404, "gone"), (404, {"status_code": 2003}), (200, {"status_code": 2001})]
)
def test_whether_an_evse_is_unknown_a_get_decides(said: tuple[int, Any]) -> None:
    answer, partner = tell(STATUS, said, (404, {"status_code": 2003}))
    assert answer.outcome is Outcome.UNKNOWN
    assert [method for method, *_ in partner.asked] == ["PATCH", "GET"]
    answer, _ = tell(STATUS, said, FOUND)
    assert answer.outcome is Outcome.REFUSED
    answer, _ = tell(STATUS, said, (405, ""))
    assert answer.outcome is Outcome.UNKNOWN
    answer, _ = tell(STATUS, said, (500, ""))
    assert answer.outcome is Outcome.FAILED


def test_for_the_put_of_an_evse_its_location_is_asked_for() -> None:
    answer, partner = tell(BARE_EVSE, (404, ""), (404, {"status_code": 2003}))
    assert answer.outcome is Outcome.UNKNOWN
    assert partner.asked[1][1] == "/locations/DK/TST/L%201"
    answer, partner = tell(LOCATION, (404, ""))
    assert answer.outcome is Outcome.REFUSED
    assert len(partner.asked) == 1


def test_without_patch_there_is_put() -> None:
    assert tell(STATUS, (405, "no PATCH"))[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "script",
    [
        [(400, {"status_code": 2001}), FOUND, OK],  # 2001 may mean unknown, too
        [(500, "Traceback"), OK],
        [(200, {"status_code": 3000}), OK],
        [(422, ""), OK],
    ],
)
def test_a_refused_schedule_is_left_out_of_an_object_and_blamed_for_nothing(
    script: Script,
) -> None:
    answer, partner = tell(EVSE, *script)
    assert answer.outcome is Outcome.ACKNOWLEDGED
    assert answer.schedule_refused
    told = [body for method, _, body in partner.asked if method == "PUT"]
    assert told == [EVSE.body, EVSE.without_schedule]


def test_a_schedule_alone_never_makes_a_partner_ill() -> None:
    for said in ((500, "Traceback"), (200, {"status_code": 3000})):
        assert tell(SCHEDULE, said)[0].outcome is Outcome.REFUSED
    assert tell(SCHEDULE, (503, ""))[0].outcome is Outcome.FAILED


@pytest.mark.parametrize("data", [{"id": "L1"}, [{"id": "L1"}]])
def test_what_a_partner_has(data: Any) -> None:
    partner = Partner([(200, {"status_code": 1000, "data": data})])
    answer = talk(partner, lambda client: client.ask(PLACE))
    assert (answer.outcome, answer.data) == (Outcome.ACKNOWLEDGED, {"id": "L1"})


@pytest.mark.parametrize(
    ("said", "outcome", "offered"),
    [
        ((200, {"status_code": 1000}), Outcome.UNKNOWN, True),
        ((404, {"status_code": 2003}), Outcome.UNKNOWN, True),
        ((404, "nothing here"), Outcome.UNKNOWN, False),
        ((405, ""), Outcome.REFUSED, False),
    ],
)
def test_what_a_partner_doesn_t_have_or_doesn_t_say(
    said: tuple[int, Any], outcome: Outcome, offered: bool
) -> None:
    answer = talk(Partner([said]), lambda client: client.ask(PLACE))
    assert (answer.outcome, answer.offered) == (outcome, offered)


def test_the_token_is_in_no_words() -> None:
    assert "secret" not in repr(Peer("u", "secret", True, None, Allowed(), 1, 1))
