"""What does a driver see? A small driver app that fetches and listens, and shows it as a page.

    python -m evse_status.examples.driver_app --port 0 [--feed URL --token T] [--keep FILE]

prints `{"url": …}` once it serves: there people see the page. It listens by itself: the token stays
here, the page gets what it shows from this server. Beside the page there are, for whoever watches it:

    GET  /feed            {"url": …, "hint": …, "state": …, "evses": …}: to what it listens, and how that goes
    POST /feed            {"url": base address, "token": …}: listen there from now on; without a token with the old one
    GET  /state           {uid: record} of every EVSE that it shows
"""

import argparse
import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from evse_status.examples import driver_app_page as page
from evse_status.examples import running
from evse_status.examples.envelope import Refused
from evse_status.examples.exchange import control
from evse_status.examples.journal import Journal

Record = dict[str, Any]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 4.0
_SILENT_FOR = 40.0  # signs of life come every 15 s
_TURN_SECONDS = 15.0
_LARGEST_EVENT = 2**22
_MOST_WAITING = 5_000


class FetchAgain(Exception):
    """Too much was missed."""


class NotLetIn(Exception):
    """The feed's own words why it answers nothing."""


class DriverApp:
    """What it knows, by uid, and from where on it listens."""

    def __init__(self, name: str, keep: Path | None) -> None:
        self.name = name
        self.evses: dict[int, Record] = {}
        self._url, self._token, self._place = "", "", ""
        self._state = "has no feed yet"
        self._pages: set[asyncio.Queue[dict[str, Any]]] = set()
        self._told = asyncio.Event()  # of another feed
        self._journal = Journal(keep)
        for entry in self._journal.entries():
            self._url, self._token = entry["url"], entry["token"]
        self._journal.begin(self._kept)

    def application(self) -> web.Application:
        """Everything that is served."""
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/page.js", page.script)
        app.router.add_get("/page.css", page.style)
        app.router.add_get("/news", self._events)
        app.router.add_get("/state", self._show_state)
        app.router.add_get("/feed", self._show_feed)
        app.router.add_post("/feed", control(self.listen_to))
        app.cleanup_ctx.append(self._listening)
        return app

    async def listen_to(self, told: Any) -> dict[str, Any]:
        """Listen there from now on."""
        if not isinstance(told, dict) or not isinstance(told.get("url"), str):
            raise Refused(400, 0, "url: the base address of the feed is missing")
        self._url, self._token = told["url"].rstrip("/"), str(told.get("token") or self._token)
        self._place = ""
        self._journal.write({"url": self._url, "token": self._token})
        self._told.set()
        return {}

    async def _listening(self, _app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self._listen())
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self._journal.close()

    async def _listen(self) -> None:
        pause = _FIRST_PAUSE
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=_SILENT_FOR)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                self._told.clear()
                turn = asyncio.ensure_future(self._turn(session))
                told = asyncio.ensure_future(self._told.wait())
                try:
                    await asyncio.wait({turn, told}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for one in (turn, told):
                        one.cancel()
                    ended = (await asyncio.gather(turn, told, return_exceptions=True))[0]
                if self._told.is_set() or ended is True:
                    pause = _FIRST_PAUSE
                if self._told.is_set():
                    continue
                if self._state == "listens":
                    self._say("waits to listen again")
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._told.wait()
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def _turn(self, session: aiohttp.ClientSession) -> bool:
        """Fetch everything where that is needed, then listen until the stream ends; whether all went well."""
        if not self._url or not self._token:
            await self._told.wait()
        try:
            if not self._place:
                await self._fetch(session)
            await self._follow(session)
            return True
        except FetchAgain:
            self._place = ""
            return True
        except NotLetIn as refused:
            self._say(f"is refused: {refused}")
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            self._say(f"can't listen: {type(error).__name__}")
        return False

    async def _fetch(self, session: aiohttp.ClientSession) -> None:
        """Every EVSE, page by page; the place is that of the first page, so nothing is missed between them."""
        found: dict[int, Record] = {}
        place, query = "", {"limit": "200"}
        while True:
            address = f"{self._url}/driver-app/evses"
            async with session.get(address, params=query, headers=self._headers()) as answer:
                await _require_ok(answer)
                told = await answer.json()
            found |= {one["uid"]: one for one in told["data"]}
            place = place or told["lastEventId"]
            if told["nextPageCursor"] is None:
                break
            query = {"limit": "200", "cursor": told["nextPageCursor"]}
        self.evses, self._place = found, place
        self._tell({"all": list(found.values())})

    async def _follow(self, session: aiohttp.ClientSession) -> None:
        headers = self._headers() | {"Last-Event-ID": self._place}
        address = f"{self._url}/driver-app/changes"
        async with session.get(address, headers=headers) as answer:
            await _require_ok(answer)
            self._say("listens")
            async for name, data, place in _events_of(answer):
                if name == "reset":
                    raise FetchAgain
                if name in ("evse", "change", "gone"):
                    self._take(name, data)
                self._place = place or self._place

    def _take(self, name: str, data: Record) -> None:
        uid = data["uid"]
        if name == "gone":
            self.evses.pop(uid, None)
            self._tell({"gone": [uid]})
            return
        if name == "change":
            if uid not in self.evses:
                raise FetchAgain
            look = ("evseId", "label", "colour", "textColour", "available", "since")
            data = self.evses[uid] | {key: data[key] for key in look}
        self.evses[uid] = data
        self._tell({"some": [data]})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    def _kept(self) -> Iterator[dict[str, Any]]:
        if self._url:
            yield {"url": self._url, "token": self._token}

    def _say(self, state: str) -> None:
        if state != self._state:
            self._state = state
            self._tell({})

    def _tell(self, news: dict[str, Any]) -> None:
        """Have every open page told; one that is too slow is let go and begins anew."""
        for queue in list(self._pages):
            try:
                queue.put_nowait(news | {"state": self._state})
            except asyncio.QueueFull:
                self._pages.discard(queue)

    async def _page(self, _request: web.Request) -> web.Response:
        return page.document(self.name)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """What a page shows: everything first, then what changes."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(_MOST_WAITING)
        self._pages.add(queue)
        try:
            news = {"all": list(self.evses.values()), "state": self._state}
            while queue in self._pages:
                text = json.dumps(news, ensure_ascii=False, separators=(",", ":"))
                await response.write(f"data: {text}\n\n".encode())
                news = {"state": self._state}
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TURN_SECONDS):
                        news = await queue.get()
        finally:
            self._pages.discard(queue)
        return response

    async def _show_state(self, _request: web.Request) -> web.Response:
        return web.json_response({str(uid): one for uid, one in self.evses.items()})

    async def _show_feed(self, _request: web.Request) -> web.Response:
        told = {"url": self._url, "hint": self._token[:8], "state": self._state}
        return web.json_response(told | {"evses": len(self.evses)})


async def _require_ok(answer: aiohttp.ClientResponse) -> None:
    if answer.status == 200:
        return
    try:
        said = (await answer.json())["error"]["message"]
    except (aiohttp.ClientError, ValueError, KeyError, TypeError):
        said = f"HTTP {answer.status}"
    raise NotLetIn(said)


async def _events_of(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any, str]]:
    """Events of a stream (name, data, id); a comment with an id has no name."""
    rest = b""
    async for chunk in answer.content.iter_any():
        *blocks, rest = (rest + chunk).split(b"\n\n")
        if len(rest) > _LARGEST_EVENT:
            raise ValueError("an event without an end")
        for block in blocks:
            lines = (line.partition(": ") for line in block.decode("utf-8").splitlines())
            fields = {name: value for name, colon, value in lines if colon and name}
            data = json.loads(fields["data"]) if "data" in fields else None
            yield fields.get("event", ""), data, fields.get("id", "")


def main() -> None:
    """Serve until told to stop."""
    options = running.arguments("A small driver app that listens.")
    options.add_argument("--feed", metavar="URL", help="the base address of evse-status")
    options.add_argument("--token", help="the app's token there")
    chosen = options.parse_args()
    asyncio.run(_serve(chosen))


async def _serve(chosen: argparse.Namespace) -> None:
    app = DriverApp(chosen.name or "Driver app (example)", chosen.keep)
    if chosen.feed:
        await app.listen_to({"url": chosen.feed, "token": chosen.token})
    await running.serve(app.application(), chosen, lambda _url, _secure: {})


if __name__ == "__main__":
    main()
