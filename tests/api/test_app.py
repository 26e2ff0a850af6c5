"""The API takes its own paths and no page's; it says when it can be used."""

import asyncio
from typing import Any

import pytest

from api.conftest import Caller
from evse_status.api.app import ApiFirst, is_ours
from evse_status.core.errors import StoreNotFound
from evse_status.ui import bundle
from support import PROJECT


@pytest.mark.parametrize(
    "path",
    [
        "/v2", "/v2/evses/a/../b", "/v2//x", "/ocpi/versions", "/driver-app/evses", "/docs", "/docs/start.js",
        "/integrations/bookings", "/openapi.json", "/healthz", "/readyz", "/metrics",
    ],
)  # fmt: skip
def test_path_of_the_api(path: str) -> None:
    assert is_ours(path)


@pytest.mark.parametrize(
    "path", ["/", "/v2x", "/_stcore/health", "/static/v2", "/docsx", "/oauth2callback", "/plan"]
)
def test_path_of_the_dashboard(path: str) -> None:
    assert not is_ours(path)


def test_no_page_has_a_path_of_the_api() -> None:
    pages = [file.stem for file in (PROJECT / "pages").glob("*.py")]
    assert len(pages) >= 6
    assert bundle.page("plan").is_file()
    assert not [page for page in pages if is_ours(f"/{page}") or is_ours(f"/{page}/")]


def test_api_is_asked_before_the_dashboard(ask: Caller) -> None:
    taken: list[str] = []

    async def dashboard(scope: Any, _receive: Any, _send: Any) -> None:
        taken.append(scope["path"])

    async def nothing(*_: Any) -> Any:
        return None

    door = ApiFirst(dashboard)
    for kind, path in (("http", "/plan"), ("http", "/healthz"), ("websocket", "/v2")):
        scope = {"type": kind, "path": path, "method": "GET", "headers": [], "query_string": b""}
        asyncio.run(door(scope, nothing, nothing))
    assert taken == ["/plan", "/v2"]


def test_ready_while_the_store_is_usable(ask: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask("GET", "/healthz").json() == {"healthy": True}
    assert ask("HEAD", "/healthz").status_code == ask("HEAD", "/readyz").status_code == 200
    assert ask("GET", "/readyz").json() == {"ready": True, "clockDriftSeconds": 0.0}

    def gone(_: object) -> None:
        raise StoreNotFound("There is no database at /srv/x.db")

    monkeypatch.setattr("evse_status.store.database.Database.newest_at", gone)
    assert ask.refused("GET", "/readyz") == (503, "store_not_found", None)
    assert ask("GET", "/healthz").status_code == 200


def test_calls_are_counted_on_every_answer(ask: Caller) -> None:
    for path in ("/v2/evses", "/v2/evses/nobody", "/v2/evses?limit=x"):
        answer = ask("GET", path)
        assert {"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} <= {
            name.title().replace("Ratelimit", "RateLimit") for name in answer.headers
        }
