"""How is an example partner started and stopped? One process each, on loopback."""

import argparse
import asyncio
import json
import os
import signal
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from evse_status.examples.counterparty import Counterparty, Identity


def arguments(what: str) -> argparse.ArgumentParser:
    """The options that all have."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--port", type=int, default=0, help="0: any that is free")
    parser.add_argument("--name")
    parser.add_argument("--keep", metavar="FILE", type=Path, help="remember over restarts")
    parser.add_argument("--until-input-ends", action="store_true", help="end with the starter")
    return parser


def ocpi_arguments(what: str) -> argparse.ArgumentParser:
    """The options that all have who speak OCPI."""
    parser = arguments(what)
    parser.add_argument("--token", required=True, help="token A, or the static token")
    parser.add_argument("--versions", default="2.2.1,2.3.0")
    parser.add_argument("--plain-tokens", action="store_true", help="don't encode in base64")
    parser.add_argument("--static-token", action="store_true", help="no handshake")
    return parser


def identity(
    chosen: argparse.Namespace,
    name: str,
    *,
    role: str,
    locations_role: str,
    parties: tuple[tuple[str, str], ...],
) -> Identity:
    """Who it is, by the options; `name` if none is given."""
    return Identity(
        name=chosen.name or name,
        role=role,
        parties=parties,
        locations_role=locations_role,
        versions=tuple(chosen.versions.split(",")),
        base64_token=not chosen.plain_tokens,
        static_token=chosen.static_token,
    )


async def serve_ocpi(
    counterparty: Counterparty, app: web.Application, chosen: argparse.Namespace
) -> None:
    """Serve OCPI until told to stop; prints the addresses as JSON."""

    def addresses(url: str, _secure: str | None) -> dict[str, str]:
        counterparty.url = url
        ocpi, first = f"{url}/ocpi", counterparty.identity.versions[0]
        return {"versions": f"{ocpi}/versions", "locations": f"{ocpi}/{first}/locations"}

    try:
        await serve(app, chosen, addresses)
    finally:
        counterparty.journal.close()


async def serve(
    app: web.Application,
    chosen: argparse.Namespace,
    addresses: Callable[[str, str | None], dict[str, str]],
    *,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve until SIGTERM, or until standard input ends; prints `url` and `addresses` as JSON.

    With `tls` also on a second port, whose address is the second that `addresses` gets.
    """
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    if chosen.until_input_ends:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to whoever started this
        threading.Thread(target=_watch_input, args=[loop, stopped], daemon=True).start()
    else:
        loop.add_signal_handler(signal.SIGINT, stopped.set)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", chosen.port).start()
        url, secure = f"http://127.0.0.1:{runner.addresses[0][1]}", None
        if tls is not None:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
            secure = f"https://localhost:{runner.addresses[1][1]}"
        print(json.dumps({"url": url, **addresses(url, secure)}), flush=True)
        await stopped.wait()
    finally:
        await runner.cleanup()


def _watch_input(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    # Not through sys.stdin: a reader inside it would stop the interpreter from ending cleanly.
    while os.read(0, 1):
        pass
    loop.call_soon_threadsafe(stopped.set)
