"""What does a roaming hub hold of our statuses? A small strict hub that speaks OICP 2.3, like Hubject.

    python -m evse_status.examples.hub --port 0 [--operator DK*DMO]… [--knows FILE | --knows-all]
        [--tls FILE.pem --client-ca FILE.pem] [--keep FILE]

prints `{"url": …, "base": …}` once it serves: pushes go to
`POST {base}/evsepush/v21/operators/{operatorID}/status-records`. With `--tls` that is an address of
its own, which wants a client certificate; `url` stays where the hub is watched, without one:

    GET  /state           {"statuses": {operator: {evse id: status}}, "overlaps": …, "requests": …}
    GET  /log?after=N     what was pushed and how it was answered, from entry N
    POST /behave          {"mode": "slow", "share": 1, "seconds": 2, "words": "", "code": "001"}
    POST /refuse          {"evse_ids": {evse id: code}}: these and no others make a request fail
    POST /forget          {"evse_ids": […]}: it has never had these
    GET  /contracts       {"operators": […]}: who may push; everybody where it is empty
    POST /contracts       {"operators": […]}: who may from now on, kept over restarts

Failure looks like success, as at Hubject: HTTP 200 with `"Result": false` and a code. A request is
taken whole or not at all, and the answer doesn't say which record was bad; the log does.
"""

import argparse
import asyncio
import json
import random
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from evse_status.examples import running
from evse_status.examples.behaviour import Behaviour, Mode
from evse_status.examples.envelope import Refused, instant
from evse_status.examples.exchange import BODY_LIMIT, control, hang_up, read_json
from evse_status.examples.journal import Journal
from evse_status.examples.records import (
    DATA_ERROR,
    DESCRIPTIONS,
    SUCCESS,
    UNKNOWN_EVSE,
    NotTaken,
    Push,
    bare,
    is_evse_id,
    operator_of,
    read_push,
)

BASE = "/api/oicp"
_PUSH = BASE + "/evsepush/v21/operators/{operator}/status-records"


class Hub:
    """Statuses by EVSE id, per operator. `known` are EVSEs that it has from the start, as Unknown."""

    def __init__(
        self,
        *,
        known: Iterable[str] = (),
        knows_all: bool = False,
        operators: Iterable[str] = (),
        keep: Path | None = None,
    ) -> None:
        self._knows_all = knows_all
        self._operators = {bare(one) for one in operators}
        self._held: dict[str, dict[str, str]] = {}
        self._refused: dict[str, str] = {}
        self._in_flight: dict[str, int] = {}
        self._overlaps = 0
        self._log: list[dict[str, Any]] = []
        self._behaviour, self._chance = Behaviour(), random.Random(1)
        self.secure_only = False
        self.journal = Journal(keep)
        entries = list(self.journal.entries())
        if not entries:
            for name in filter(is_evse_id, known):
                self._records(operator_of(name))[name] = "Unknown"
        for entry in entries:
            if "operators" in entry:
                self._operators = set(entry["operators"])
            else:
                self._take(Push(**entry))
        self.journal.begin(self._kept)

    def application(self) -> web.Application:
        """Everything that is served."""
        app = web.Application(client_max_size=BODY_LIMIT)
        app.router.add_post(_PUSH, self._push)
        app.router.add_get("/state", self._state)
        app.router.add_get("/log", self._show_log)
        app.router.add_post("/behave", control(self._behave))
        app.router.add_post("/refuse", control(self._refuse))
        app.router.add_post("/forget", control(self._forget))
        app.router.add_get("/contracts", self._contracts)
        app.router.add_post("/contracts", control(self._contract))
        return app

    async def _push(self, request: web.Request) -> web.Response:
        """One push; those of one operator that overlap are counted, and answered all the same."""
        if self.secure_only and not request.secure:
            return web.Response(status=403, text="A client certificate is needed")
        operator = request.match_info["operator"]
        entry: dict[str, Any] = {
            "number": len(self._log),
            "at": instant(),
            "operator": operator,
            "certificate": _subject(request),
            "overlapped": self._in_flight.get(bare(operator), 0) > 0,
            "body": None,
            "status": None,
            "code": None,
        }
        self._log.append(entry)
        self._overlaps += entry["overlapped"]
        self._in_flight[bare(operator)] = self._in_flight.get(bare(operator), 0) + 1
        began = time.perf_counter()
        try:
            return await self._answer(request, operator, entry)
        finally:
            self._in_flight[bare(operator)] -= 1
            entry["took_ms"] = round(1000 * (time.perf_counter() - began), 2)

    async def _answer(
        self, request: web.Request, operator: str, entry: dict[str, Any]
    ) -> web.Response:
        headers: dict[str, str] = {}
        try:
            entry["body"] = await read_json(request)
            mode = await self._behaviour.before(self._chance)
            if mode is Mode.HANG_UP:
                return hang_up(request)
            if mode is Mode.RESULT_FALSE:
                raise NotTaken(self._behaviour.code, self._behaviour.words or "as told")
            push = read_push(entry["body"], operator, self._operators)
            self._check(push)
            self._take(push)
            self.journal.write(asdict(push))
            if mode is Mode.LOSE_ANSWER:
                return hang_up(request)
            status, code = 200, SUCCESS
        except NotTaken as refused:
            status, code = 200, refused.code
            entry["words"] = refused.words
        except Refused as refused:
            status, code = refused.http_status, DATA_ERROR if refused.http_status == 400 else "021"
            entry["words"] = refused.words
            if status == 429:
                headers["Retry-After"] = str(round(self._behaviour.seconds))
        entry |= {"status": status, "code": code}
        said = {"Code": code, "Description": DESCRIPTIONS.get(code, "Error.")}
        if self._behaviour.words and code != SUCCESS:
            said["AdditionalInfo"] = self._behaviour.words
        told = {"Result": code == SUCCESS, "StatusCode": said}
        return web.json_response(told, status=status, headers=headers)

    def _check(self, push: Push) -> None:
        """Refuse records that can't be changed as asked, or that it was told to refuse."""
        held = self._held.get(push.operator, {})
        for name in push.records:
            if name in self._refused:
                raise NotTaken(self._refused[name], f"{name}: as told")
            has_it = name in held or self._knows_all
            if push.action in ("update", "delete") and not has_it:
                raise NotTaken(UNKNOWN_EVSE, f"{name}: has never been inserted")
            if push.action == "insert" and name in held:
                raise NotTaken(DATA_ERROR, f"{name}: is there already")

    def _take(self, push: Push) -> None:
        held = self._records(push.operator)
        if push.action == "fullLoad":
            held.clear()
        if push.action == "delete":
            for name in push.records:
                held.pop(name, None)
        else:
            held.update(push.records)

    def _records(self, operator: str) -> dict[str, str]:
        return self._held.setdefault(operator, {})

    def _kept(self) -> Iterator[dict[str, Any]]:
        yield {"operators": sorted(self._operators)}
        for operator, held in self._held.items():
            yield asdict(Push(operator, "fullLoad", held))

    async def _state(self, _request: web.Request) -> web.Response:
        told = {"statuses": self._held, "overlaps": self._overlaps, "requests": len(self._log)}
        return web.json_response(told)

    async def _show_log(self, request: web.Request) -> web.Response:
        return web.json_response(self._log[int(request.query.get("after", 0)) :])

    async def _behave(self, told: Any) -> Any:
        self._behaviour = Behaviour.from_json(told)
        return asdict(self._behaviour)

    async def _refuse(self, told: Any) -> Any:
        self._refused = dict(told["evse_ids"])
        return {}

    async def _forget(self, told: Any) -> Any:
        for name in told["evse_ids"]:
            operator = operator_of(name)
            if self._records(operator).pop(name, None) is not None:
                self.journal.write(asdict(Push(operator, "delete", {name: "Unknown"})))
        return {}

    async def _contracts(self, _request: web.Request) -> web.Response:
        return web.json_response({"operators": sorted(self._operators)})

    async def _contract(self, told: Any) -> Any:
        self._operators = {bare(one) for one in told["operators"]}
        self.journal.write({"operators": sorted(self._operators)})
        return {}


def _subject(request: web.Request) -> str | None:
    """The common name of the certificate that was shown, if any."""
    shown = request.get_extra_info("peercert") or {}
    names = dict(pair for part in shown.get("subject", ()) for pair in part)
    name: str | None = names.get("commonName")
    return name


def _known(file: Path | None) -> list[str]:
    """EVSE ids of a file: a JSON list of them, or OCPI Locations."""
    if file is None:
        return []
    listed = json.loads(file.read_text(encoding="utf-8"))
    return [
        name
        for one in listed
        for name in (
            [one] if isinstance(one, str) else [evse.get("evse_id", "") for evse in one["evses"]]
        )
    ]


def _tls(chosen: argparse.Namespace) -> ssl.SSLContext | None:
    if chosen.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chosen.tls)
    if chosen.client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(chosen.client_ca)
    return context


def main() -> None:
    """Serve until told to stop."""
    options = running.arguments("A small strict roaming hub that speaks OICP 2.3.")
    options.add_argument("--operator", action="append", default=[], help="may push; all if none")
    options.add_argument("--knows", metavar="FILE", type=Path, help="EVSE ids, or OCPI Locations")
    options.add_argument("--knows-all", action="store_true", help="no EVSE is unknown")
    options.add_argument("--tls", metavar="FILE", type=Path, help="its certificate and key")
    options.add_argument("--client-ca", metavar="FILE", type=Path, help="who signs clients'")
    chosen = options.parse_args()
    hub = Hub(
        known=_known(chosen.knows),
        knows_all=chosen.knows_all,
        operators=chosen.operator,
        keep=chosen.keep,
    )
    tls = _tls(chosen)
    hub.secure_only = tls is not None

    def addresses(url: str, secure: str | None) -> dict[str, str]:
        return {"base": (secure or url) + BASE}

    asyncio.run(running.serve(hub.application(), chosen, addresses, tls=tls))
    hub.journal.close()


if __name__ == "__main__":
    main()
