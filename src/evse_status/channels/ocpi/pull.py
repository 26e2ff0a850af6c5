"""How do the pages of a feed get here? From a file, or over HTTP from page to page.

    pull(source, *, token=None, encode_token=True, limit_bytes=…, on_progress=None)
        -> Iterator[Page]

Whatever goes wrong is an UnreadableFeed whose sentence names the file or the address and says
what to do.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from evse_status.channels.addresses import Allowed, GuardedTransport
from evse_status.channels.ocpi.json_text import read_json
from evse_status.channels.ocpi.locations_in import next_page
from evse_status.core.errors import UnreadableFeed

DEFAULT_LIMIT_BYTES = 100_000_000

Progress = Callable[[int, int | None], None]

_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_MOST_REDIRECTS = 5
_MOST_PAGES = 10_000
_CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """The JSON of one page, and whether it names another one after it.

    Where the last page has `more`, the vendor names the next one by a mark that is no address; it
    couldn't be followed.
    """

    body: object
    more: bool


def pull(
    source: str,
    *,
    token: str | None = None,
    encode_token: bool = True,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
    on_progress: Progress | None = None,
    through: Allowed | None = None,
    routing: Mapping[str, str] | None = None,
) -> Iterator[Page]:
    """Read a file, or an address and the pages after it (`Link: rel="next"`, `next` in the body).

    The token goes out as `Authorization: Token …`, Base64-encoded as OCPI 2.2.1 wants it unless
    `encode_token` is false, and to no other host. `limit_bytes` counts all pages together;
    `on_progress` hears how many bytes have come, and of how many if that is known. With `through`
    only allowed addresses are talked to, and nobody sends us on to another one. `routing` are
    OCPI's routing headers (OCPI 2.2.1, 4.1.11).
    """
    meter = _Meter(origin_of(source), limit_bytes, on_progress)
    if is_url(source):
        headers = _headers(token, encode=encode_token) | dict(routing or {})
        yield from _pages(source, headers, meter, through)
    else:
        body = read_json(_file_bytes(source, meter), origin=meter.origin)
        yield Page(body, more=next_page(body) is not None)


def is_url(source: str) -> bool:
    """Whether it is an address rather than a file."""
    return source.strip().lower().startswith(("http://", "https://"))


def origin_of(source: str) -> str:
    """What to call it: the file, or the address without user, password and query."""
    if not is_url(source):
        return source
    try:
        url = httpx.URL(source.strip())
    except httpx.InvalidURL:
        return source.split("?")[0].split("@")[-1]
    return str(url.copy_with(userinfo=b"", query=None, fragment=None))


class _Meter:
    """Counts what has come, tells it, and refuses what is too much."""

    def __init__(self, origin: str, limit_bytes: int, on_progress: Progress | None) -> None:
        self.origin = origin
        self._limit = limit_bytes
        self._tell = on_progress
        self._come = 0

    def collect(self, chunks: Iterator[bytes], *, expected: int | None) -> bytes:
        """All chunks in one; `expected` is their length if it is known beforehand."""
        total = None if expected is None else self._come + expected
        self._refuse_above(total or 0)
        collected = bytearray()
        for chunk in chunks:
            self._come += len(chunk)
            self._refuse_above(self._come)
            collected += chunk
            if self._tell is not None:
                self._tell(self._come, total)
        return bytes(collected)

    def _refuse_above(self, size: int) -> None:
        if size > self._limit:
            raise UnreadableFeed(
                f"{self.origin} is larger than {self._limit / 1e6:,g} MB, the limit for feeds. "
                "If it really is that large, raise EVSE_STATUS_FEED_LIMIT_BYTES."
            )


def _file_bytes(source: str, meter: _Meter) -> bytes:
    path = Path(source)
    try:
        if path.is_dir():
            raise UnreadableFeed(f"{source} is a folder. Name the file in it.")
        with path.open("rb") as file:
            expected = path.stat().st_size if path.is_file() else None
            return meter.collect(iter(lambda: file.read(_CHUNK_BYTES), b""), expected=expected)
    except FileNotFoundError:
        raise UnreadableFeed(f"There is no file {source}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UnreadableFeed(f"{source} can't be read: {reason}. Check the file.") from None


def _pages(
    source: str, headers: dict[str, str], meter: _Meter, through: Allowed | None
) -> Iterator[Page]:
    start = _url(source.strip(), meter.origin)
    seen, last_digest = {start}, b""
    url: httpx.URL | None = start
    redirects = _MOST_REDIRECTS if through is None else 0
    with _client(through) as client:
        while url is not None:
            answer = _get(client, url, headers, meter, redirects)
            digest = hashlib.sha256(answer.content).digest()
            body = read_json(answer.content, origin=meter.origin)
            named = answer.next_link or next_page(body)
            url = _following(named, answer.url, start, meter.origin)
            if url is not None and (url in seen or digest == last_digest):
                raise UnreadableFeed(
                    f"{meter.origin} leads in a circle: its page {len(seen)} names a page that was "
                    "read already. Tell its operator, or save the pages and import them as files."
                )
            if len(seen) >= _MOST_PAGES:
                raise UnreadableFeed(
                    f"{meter.origin} has more than {_MOST_PAGES:,} pages. Import it in parts."
                )
            last_digest = digest
            if url is not None:
                seen.add(url)
            yield Page(body, more=named is not None)


def _client(through: Allowed | None) -> httpx.Client:
    accepts = {"Accept": "application/json"}
    if through is None:
        return httpx.Client(timeout=_TIMEOUT, headers=accepts)
    return httpx.Client(
        timeout=_TIMEOUT, headers=accepts, transport=GuardedTransport(through), trust_env=False
    )


@dataclass(frozen=True, slots=True)
class _Answer:
    content: bytes
    url: httpx.URL
    next_link: str | None


def _get(
    client: httpx.Client, url: httpx.URL, headers: dict[str, str], meter: _Meter, redirects: int
) -> _Answer:
    for _ in range(redirects + 1):
        headers = headers | {"X-Request-ID": str(uuid4()), "X-Correlation-ID": str(uuid4())}
        with _network_errors(meter.origin), client.stream("GET", url, headers=headers) as response:
            if not response.has_redirect_location:
                _refuse_status(response, meter.origin, with_token="Authorization" in headers)
                length = response.headers.get("Content-Length", "")
                encoded = "Content-Encoding" in response.headers
                content = meter.collect(
                    response.iter_bytes(_CHUNK_BYTES),
                    expected=int(length) if length.isdecimal() and not encoded else None,
                )
                return _Answer(content, url, response.links.get("next", {}).get("url"))
            target = _url(str(url.join(response.headers["Location"])), meter.origin)
        if "Authorization" in headers and not (
            _same_host(target, url) or _is_same_over_tls(target, url)
        ):
            raise UnreadableFeed(
                f"{meter.origin} sends on to {origin_of(str(target))}, another host, and the token "
                "is not given to it. If that address is right, import from it."
            )
        url = target
    raise UnreadableFeed(
        f"{meter.origin} sends on {'more than 5 times' if redirects else 'to another address'}. "
        "Check the address."
    )


def _following(
    named: str | None, page: httpx.URL, start: httpx.URL, origin: str
) -> httpx.URL | None:
    # Some vendors name the next page by a mark that is no address; where it goes nobody says.
    if named is None or not ("://" in named or "?" in named or named.startswith(("/", "./"))):
        return None
    url = _url(str(page.join(_url(named, origin))), origin)
    if url.host == page.host and (page.scheme, url.scheme) == ("https", "http"):
        # Behind a proxy senders write http:// into their links; the token stays on TLS.
        url = url.copy_with(scheme="https", port=page.port)
    if not (_same_host(url, page) or _same_host(url, start)):
        raise UnreadableFeed(
            f"{origin} names its next page on another host, {url.host or named[:60]}, which is not "
            "followed. Import from that address by itself if it is right."
        )
    return url


def _same_host(one: httpx.URL, other: httpx.URL) -> bool:
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


def _is_same_over_tls(target: httpx.URL, url: httpx.URL) -> bool:
    return (
        target.host == url.host
        and (url.scheme, target.scheme) == ("http", "https")
        and target.port is url.port is None
    )


def _url(text: str, origin: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, ValueError, TypeError):
        raise UnreadableFeed(f"{origin}: {text[:80]!r} is no web address. Check it.") from None


def _headers(token: str | None, *, encode: bool) -> dict[str, str]:
    bare = (token or "").strip()
    if not bare:
        return {}
    if encode:
        return {"Authorization": f"Token {base64.b64encode(bare.encode()).decode()}"}
    if not (bare.isascii() and bare.isprintable()):
        raise UnreadableFeed(
            "The token has characters that HTTP can't carry. Check it, or encode it."
        )
    return {"Authorization": f"Token {bare}"}


def _refuse_status(response: httpx.Response, origin: str, *, with_token: bool) -> None:
    status = response.status_code
    if response.is_success:
        return
    advice = {
        401: "The token is refused: check it, or try it with --raw-token."
        if with_token
        else "It wants a token: give it with --token or EVSE_STATUS_UPSTREAM_TOKEN.",
        403: "The token may not read this module."
        if with_token
        else "It may want a token: give it with --token.",
        404: "Check the address: it must be that of the module Locations.",
        429: "It was asked too often. Try again later.",
    }.get(
        status, "Try again later, or ask its operator." if status >= 500 else "Check the address."
    )
    raise UnreadableFeed(f"{origin} answered HTTP {status} {response.reason_phrase}. {advice}")


@contextmanager
def _network_errors(origin: str) -> Iterator[None]:
    try:
        yield
    except httpx.ConnectTimeout:
        raise UnreadableFeed(
            f"{origin} can't be reached: no answer within 10 s. {_CHECK}"
        ) from None
    except httpx.TimeoutException:
        raise UnreadableFeed(f"{origin} stopped sending for 30 s. Try again later.") from None
    except httpx.ConnectError as error:
        raise UnreadableFeed(f"{origin} can't be reached: {_reason(error)}. {_CHECK}") from None
    except httpx.RemoteProtocolError:
        raise UnreadableFeed(
            f"{origin} broke off in the middle of its answer. Try again."
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnreadableFeed(f"{origin} can't be read: {_reason(error)}. {_CHECK}") from None


_CHECK = "Check the address and the network."


def _reason(error: Exception) -> str:
    said = re.sub(r"^\[[^\]]*\] ", "", str(error).strip())
    return said.rstrip(".")[:200] or type(error).__name__
