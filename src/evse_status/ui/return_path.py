"""Where does somebody land after signing in? On the page whose address they opened."""

from urllib.parse import quote, unquote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE = "evse_status_back"
_LOGIN, _CALLBACK = "/auth/login", "/oauth2callback"
_LONGEST = 2_000


class BackToTheAddress:
    """Remembers the address of the page on which `Sign in` was pressed, and returns there afterwards.

    Streamlit returns to the start page, whatever was asked for. Only paths of this server are
    remembered, for ten minutes, in a cookie that scripts can't read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, socket or start-up."""
        path = scope.get("path", "") if scope["type"] == "http" else ""
        if not path.endswith((_LOGIN, _CALLBACK)):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        remembered = _asked_for(headers) if path.endswith(_LOGIN) else _remembered(headers)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and remembered:
                answer = MutableHeaders(raw=message["headers"])
                if path.endswith(_LOGIN):
                    answer.append("set-cookie", _cookie(quote(remembered, safe=""), 600))
                elif answer.get("location", "").endswith("/"):
                    answer["location"] = remembered
                    answer.append("set-cookie", _cookie("", 0))
                message["headers"] = answer.raw
            await send(message)

        await self._app(scope, receive, told)


def _asked_for(headers: Headers) -> str:
    """Path and query of the page that sent here, if it is one of this server."""
    try:
        page = urlsplit(headers.get("referer", ""))
    except ValueError:
        return ""
    if page.netloc != headers.get("host"):
        return ""
    return _own(f"{page.path}?{page.query}" if page.query else page.path)


def _remembered(headers: Headers) -> str:
    return _own(unquote(cookie_parser(headers.get("cookie", "")).get(_COOKIE, "")))


def _own(address: str) -> str:
    """The address, if it can only lead to this server."""
    leads_away = not address.startswith("/") or address.startswith(("//", "/\\"))
    if leads_away or not address.isprintable() or not address.isascii() or len(address) > _LONGEST:
        return ""
    return address


def _cookie(value: str, seconds: int) -> str:
    return f"{_COOKIE}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax"
