"""Role × action × way in: what each may do, by page, API and command line, and what nobody learns.

Every cell is tried: an action that is allowed has its effect, a refused one leaves the store as it was.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy import text
from typer.testing import CliRunner

from evse_status.api.app import asgi
from evse_status.api.product import product as product_of_the_api
from evse_status.bootstrap import App, open_app
from evse_status.cli import app as command_line
from evse_status.clock import Clock
from evse_status.core.principal import LOCAL, Role
from evse_status.core.statuses import TemporaryStatus
from evse_status.service.schedule import place_overrides
from evse_status.service.tokens import list_tokens
from evse_status.settings import Settings
from evse_status.store.database import Database
from evse_status.ui import session
from support import BLOCKED, MAINTENANCE, Hands, evse_json, location_json, take_in, token, wish
from visits import press, texts, visit

OVERRIDES = "/v2/temporary-evse-statuses"
HERE, THERE = "DK*TST*E1", "DK*TST*E9"
"""An EVSE at location L1 in Denmark, and one at L2 in Sweden."""
NIGHTS = {"rule": "FREQ=DAILY", "localStart": "2030-10-26T22:00", "duration": "PT1H"}


@dataclass(frozen=True)
class World:
    """A store that page, API and command line share, with one override made by `local` at each EVSE."""

    app: App
    folder: Path
    override: int
    override_there: int

    def state(self) -> dict[str, list[Any]]:
        """Everything that an action could change."""
        with self.app.database.read() as conn:
            return {
                table: list(conn.execute(text(f'SELECT * FROM "{table}" ORDER BY id')))
                for table in (
                    "override",
                    "series",
                    "change",
                    "actual",
                    "location",
                    "evse",
                    "partner",
                )
            } | {"token": list(conn.execute(text("SELECT id, revoked_at FROM token ORDER BY id")))}


@dataclass(frozen=True)
class Kept:
    """A furnished SQLite store to be copied, and the numbers of its overrides."""

    file: Path
    override: int
    override_there: int


def _furnish(db: Database, until: datetime) -> tuple[int, int]:
    take_in(
        db,
        location_json("L1", evse_json("1"), evse_json("2")),
        location_json("L2", evse_json("9"), country_code="SE"),
    )
    made = place_overrides(db, LOCAL, [HERE, THERE], wish(MAINTENANCE, valid_to=until))
    here, there = (item.override for item in made.items)
    assert here is not None
    assert there is not None
    return here.id, there.id


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    file = tmp_path_factory.mktemp("kept") / "store.db"
    app = open_app(f"sqlite:///{file}", create=True)
    numbers = _furnish(app.database, app.now() + timedelta(hours=4))
    app.database.close()
    return Kept(file, *numbers)


@pytest.fixture
def world(
    kept: Kept, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    monkeypatch.setenv("EVSE_STATUS_DATABASE_URL", sqlite_url)
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.ip_address", None)
    shutil.copy(kept.file, sqlite_url.removeprefix("sqlite:///"))
    app = open_app()
    session.app.clear()
    product_of_the_api.cache_clear()
    yield World(app, tmp_path, kept.override, kept.override_there)
    for way_in in (session.app, product_of_the_api):
        way_in().database.close()
    session.app.clear()
    product_of_the_api.cache_clear()
    app.database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """The world on both databases. Every way in asks the same services, so one of them, the API,
    asks PostgreSQL too."""
    if request.param == "sqlite":
        yield request.getfixturevalue("world")
        return
    db: Database = request.getfixturevalue("on_postgresql")
    hands: Hands = request.getfixturevalue("hands")
    numbers = _furnish(db, hands.now() + timedelta(hours=4))
    app = App(db, Settings(), Clock(hands.now, lambda: 0.0))
    monkeypatch.setattr("evse_status.api.product.open_served", lambda: app)
    product_of_the_api.cache_clear()
    yield World(app, tmp_path, *numbers)
    product_of_the_api.cache_clear()


# The table. Where a way in has no such action there is no line.
MAY = {
    Role.VIEWER: {"look"},
    Role.PLANNER: {"look", "place", "repeat", "change", "extend", "clear", "undo", "report"},
    Role.ADMINISTRATOR: {
        "look", "place", "repeat", "change", "extend", "clear", "undo", "report", "import",
        "make a token", "add a partner",
    },
}  # fmt: skip
BY_PAGE = ["look", "place", "change", "extend", "clear", "undo", "make a token"]
BY_API = ["look", "place", "repeat", "change", "extend", "clear", "undo", "report"]
BY_COMMAND = [
    "look",
    "place",
    "repeat",
    "extend",
    "clear",
    "undo",
    "import",
    "make a token",
    "add a partner",
]


# ---- pages ---------------------------------------------------------------------------------------


def by_page(world: World, user: dict[str, Any], action: str) -> str:
    """Do it as a visitor would; what the page says afterwards."""
    if action == "look":
        return texts(visit("override", user=user, id=str(world.override)))
    if action == "place":
        return texts(press(visit("plan", user=user, evse="DK*TST*E2"), "Place 1 override"))
    if action == "make a token":
        page = visit("tokens", user=user)
        if not [one for one in page.button if one.label == "Make token"]:
            return texts(page)
        page.text_input(key="token-name").set_value("By page").run()
        return texts(press(page, "Make token"))
    page = visit("override", user=user, id=str(world.override))
    if action == "change":
        page = press(page, "Change")
        page.text_area[0].input("Plug").run()
        return texts(press(page, "Save"))
    if action == "undo":
        page = press(page, "Clear now")
        if not [one for one in page.button if one.label == "Undo"]:
            return texts(page)
        return texts(press(page, "Undo"))
    return texts(press(page, {"extend": "+1 h", "clear": "Clear now"}[action]))


@pytest.mark.parametrize("action", BY_PAGE)
@pytest.mark.parametrize("role", Role)
def test_by_page(world: World, monkeypatch: pytest.MonkeyPatch, role: Role, action: str) -> None:
    monkeypatch.setenv("EVSE_STATUS_SIGN_IN", "oidc")
    user = {"is_logged_in": True, "sub": "7", "email": "mette@cpo.dk", "roles": [role.value]}
    visit("help", user=user)  # signing in is noted in the log
    before = world.state()
    said = by_page(world, user, action)
    if action == "look":
        assert HERE.replace("*", "\\*") in said
        assert world.state() == before
    elif action in MAY[role]:
        assert world.state() != before
        assert authors(world) <= {"local", "mette@cpo.dk"}
        assert "mette@cpo.dk" in authors(world)
    else:
        assert world.state() == before
        assert "may look but not change" in said or "is no administrator" in said


@pytest.mark.parametrize("role", Role)
def test_the_menu_of_a_visitor_says_their_role(
    world: World, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    monkeypatch.setenv("EVSE_STATUS_SIGN_IN", "oidc")
    page = visit("help", user={"is_logged_in": True, "sub": "7", "roles": [role.value]})
    assert not page.exception
    assert f"{role.value.capitalize()}" in texts(page)


@pytest.mark.parametrize(
    "user",
    [{}, {"is_logged_in": True, "sub": "7"}, {"is_logged_in": True, "sub": "7", "iat": 0, "roles": ["planner"]}],
    ids=["signed out", "no role", "session over"],
)  # fmt: skip
@pytest.mark.parametrize(
    "name", ["timeline", "plan", "overrides", "override", "series", "preview", "tokens", "help"]
)
def test_no_page_opens_without_a_role(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, user: dict[str, Any]
) -> None:
    monkeypatch.setenv("EVSE_STATUS_SIGN_IN", "oidc")
    page = visit(name, user=user, id=str(world.override), evse=HERE, q=HERE)
    assert [title.value for title in page.title] in (["Sign in"], ["No role"])
    assert "TST" not in texts(page)
    assert {button.label for button in page.button} <= {"Sign in", "Sign out"}


def test_an_open_session_ends_with_the_role(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who is taken from the list is turned away from the next start of the server on."""
    monkeypatch.setenv("EVSE_STATUS_SIGN_IN", "oidc")
    monkeypatch.setenv("EVSE_STATUS_OIDC_PEOPLE", json.dumps({"mette@cpo.dk": "planner"}))
    user = {"is_logged_in": True, "sub": "7", "email": "mette@cpo.dk"}
    page = visit("override", user=user, id=str(world.override))
    assert "TST" in texts(page)
    monkeypatch.setenv("EVSE_STATUS_OIDC_PEOPLE", "{}")
    session.app().database.close()
    session.app.clear()
    before = world.state()
    clear = next(one for one in page.button if one.label == "Clear now")
    page = clear.click().run()
    assert [title.value for title in page.title] == ["No role"]
    assert "TST" not in texts(page)
    assert world.state() == before


def test_what_a_person_may_not_see_is_nowhere_on_a_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_SIGN_IN", "oidc")
    monkeypatch.setenv(
        "EVSE_STATUS_OIDC_PEOPLE", json.dumps({"7": {"role": "planner", "countries": ["DK"]}})
    )
    user = {"is_logged_in": True, "sub": "7"}
    unknown = texts(visit("override", user=user, id="999"))
    hidden = texts(visit("override", user=user, id=str(world.override_there)))
    assert hidden == unknown.replace("999", str(world.override_there))
    for name in ("timeline", "overrides", "preview", "plan"):
        page = visit(name, user=user)
        assert not page.exception
        assert "E9" not in re.findall(r"TST[*\\]+(E\d)", texts(page))
        assert "Site L2" not in str(page)


# ---- API -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Api:
    """Calls under one token."""

    world: World
    secret: str | None

    def call(self, method: str, path: str, body: Any = None) -> Response:
        headers = {} if self.secret is None else {"Authorization": f"Bearer {self.secret}"}
        return asyncio.run(_called(method, path, body, headers))

    def do(self, action: str) -> Response:
        one = f"{OVERRIDES}/{self.world.override}"
        if action == "undo":
            cleared = self.call("POST", f"{OVERRIDES}/batch", _batch("DK*TST*E2"))
            batch_id = cleared.json().get("batchId", 999)
            return self.call("DELETE", f"{OVERRIDES}/batch/{batch_id}")
        method, path, body = {
            "look": ("GET", one, None),
            "place": ("POST", OVERRIDES, _place("DK*TST*E2")),
            "repeat": ("POST", f"{OVERRIDES}/series", _batch("DK*TST*E2") | NIGHTS),
            "change": ("PATCH", one, {"reason": "Plug"}),
            "extend": ("PATCH", one, {"extendBy": "PT1H"}),
            "clear": ("DELETE", one, None),
            "report": ("PUT", f"/v2/evses/{HERE}/actual-status", {"status": "CHARGING"}),
        }[action]
        return self.call(method, path, body)


async def _called(method: str, path: str, body: Any, headers: dict[str, str]) -> Response:
    transport = ASGITransport(asgi(), raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.request(method, path, json=body, headers=headers)


def _place(evse: str, status: TemporaryStatus = MAINTENANCE) -> dict[str, str]:
    return {"evseId": evse, "temporaryStatus": status.value}


def _batch(*evses: str, status: TemporaryStatus = MAINTENANCE) -> dict[str, Any]:
    return {"evseIds": list(evses), "temporaryStatus": status.value}


TOKENS: dict[Role, dict[str, Any]] = {
    Role.VIEWER: {"temporary_statuses": frozenset(), "may_report_actual": False},
    Role.PLANNER: {"may_administrate": False},
    Role.ADMINISTRATOR: {},
}


@pytest.mark.parametrize("action", BY_API)
@pytest.mark.parametrize("role", Role)
def test_by_api(either: World, role: Role, action: str) -> None:
    api = Api(either, token(either.app.database, "A program", **TOKENS[role]))
    before = either.state()
    answer = api.do(action)
    if action in MAY[role]:
        assert answer.is_success, answer.text
        assert (either.state() != before) == (action != "look")
        assert authors(either) <= {"local", "A program"}
    else:
        assert answer.status_code == 403, answer.text
        assert answer.json()["error"]["type"] == "permission_error"
        assert either.state() == before


@pytest.mark.parametrize("action", BY_API)
@pytest.mark.parametrize("secret", [None, "", "evse_unknown", "expired", "revoked"])
def test_nobody_unknown_does_anything_by_api(world: World, action: str, secret: str | None) -> None:
    if secret in ("expired", "revoked"):
        kept = token(world.app.database, secret, expires_at=world.app.now() + timedelta(seconds=1))
        [there] = list_tokens(world.app.database, LOCAL)
        with world.app.database.write() as write:
            column = "expires_at" if secret == "expired" else "revoked_at"
            write.conn.execute(
                text(f"UPDATE token SET {column} = created_at WHERE id = {there.id}")
            )
        secret = kept
    before = world.state()
    answer = Api(world, secret).do(action)
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "authentication_error"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert world.state() == before


Limited = tuple[dict[str, Any], str, str, Any, int]

LIMITS: list[Limited] = [
    # what it may set
    ({"temporary_statuses": frozenset({BLOCKED})}, "POST", OVERRIDES, _place("DK*TST*E2", BLOCKED), 201),
    ({"temporary_statuses": frozenset({BLOCKED})}, "POST", OVERRIDES, _place("DK*TST*E2"), 403),
    ({"temporary_statuses": frozenset({BLOCKED})}, "POST", f"{OVERRIDES}/batch", _batch(HERE), 403),
    ({"temporary_statuses": frozenset({BLOCKED})}, "PATCH", f"{OVERRIDES}/HERE", {"temporaryStatus": "BLOCKED"}, 403),
    ({"temporary_statuses": frozenset({BLOCKED})}, "DELETE", f"{OVERRIDES}/HERE", None, 403),
    ({"temporary_statuses": frozenset({MAINTENANCE})}, "PATCH", f"{OVERRIDES}/HERE", {"temporaryStatus": "BLOCKED"}, 403),
    ({"temporary_statuses": frozenset({MAINTENANCE})}, "DELETE", f"{OVERRIDES}/HERE", None, 200),
    # where
    ({"locations": ["L1"]}, "POST", OVERRIDES, _place("DK*TST*E2"), 201),
    ({"locations": ["L1"]}, "POST", OVERRIDES, _place(THERE), 404),
    ({"locations": ["L1"]}, "GET", f"/v2/evses/{THERE}", None, 404),
    ({"locations": ["L1"]}, "GET", f"/v2/evses/{THERE}/display", None, 404),
    ({"locations": ["L1"]}, "PUT", f"/v2/evses/{THERE}/actual-status", {"status": "CHARGING"}, 404),
    ({"locations": ["L1"]}, "GET", f"{OVERRIDES}/THERE", None, 404),
    ({"locations": ["L1"]}, "GET", f"{OVERRIDES}/THERE/history", None, 404),
    ({"locations": ["L1"]}, "PATCH", f"{OVERRIDES}/THERE", {"reason": "x"}, 404),
    ({"locations": ["L1"]}, "DELETE", f"{OVERRIDES}/THERE", None, 404),
    ({"locations": ["L1"]}, "GET", f"{OVERRIDES}?evseId={THERE}", None, 404),
    # reading
    ({"may_read": False}, "GET", OVERRIDES, None, 403),
    ({"may_read": False}, "GET", f"{OVERRIDES}/HERE", None, 403),
    ({"may_read": False}, "GET", f"{OVERRIDES}/HERE/history", None, 403),
    ({"may_read": False}, "GET", "/v2/evses", None, 403),
    ({"may_read": False}, "GET", f"/v2/evses/{HERE}", None, 403),
    ({"may_read": False}, "GET", f"/v2/evses/{HERE}/display", None, 403),
    ({"may_read": False}, "GET", "/v2/changes", None, 403),
    ({"may_read": False}, "POST", OVERRIDES, _place("DK*TST*E2"), 201),
    ({"may_read": False}, "POST", f"{OVERRIDES}/batch", _batch("DK*TST*E2"), 201),
    ({"may_read": False}, "PATCH", f"{OVERRIDES}/HERE", {"reason": "x"}, 200),
    ({"may_read": False}, "DELETE", f"{OVERRIDES}/HERE", None, 200),
    ({"may_read": False}, "PUT", f"/v2/evses/{HERE}/actual-status", {"status": "CHARGING"}, 200),
    # others' overrides
    ({"may_clear_others": False}, "POST", OVERRIDES, _place("DK*TST*E2"), 201),
    ({"may_clear_others": False}, "PATCH", f"{OVERRIDES}/HERE", {"reason": "x"}, 403),
    ({"may_clear_others": False}, "DELETE", f"{OVERRIDES}/HERE", None, 403),
    ({"may_clear_others": False}, "DELETE", f"{OVERRIDES}/batch/1", None, 403),
    # reports
    ({"may_report_actual": False}, "PUT", f"/v2/evses/{HERE}/actual-status", {"status": "CHARGING"}, 403),
    ({"may_report_actual": False}, "POST", OVERRIDES, _place("DK*TST*E2"), 201),
    ({"temporary_statuses": frozenset()}, "PUT", f"/v2/evses/{HERE}/actual-status", {"status": "CHARGING"}, 200),
]  # fmt: skip


@pytest.mark.parametrize(("limits", "method", "path", "body", "status"), LIMITS, ids=str)
def test_the_limits_of_a_token(
    either: World, limits: dict[str, Any], method: str, path: str, body: Any, status: int
) -> None:
    api = Api(either, token(either.app.database, **limits))
    path = path.replace("/THERE", f"/{either.override_there}").replace(
        "/HERE", f"/{either.override}"
    )
    before = either.state()
    answer = api.call(method, path, body)
    assert answer.status_code == status, answer.text
    assert (either.state() == before) == (method == "GET" or status >= 400)


def test_a_token_changes_and_clears_its_own(world: World) -> None:
    api = Api(world, token(world.app.database, may_clear_others=False))
    made = api.call("POST", OVERRIDES, _place("DK*TST*E2")).json()
    assert made["createdBy"] == "A program"
    one = f"{OVERRIDES}/{made['id']}"
    assert api.call("PATCH", one, {"reason": "x"}).status_code == 200
    assert api.call("DELETE", one).status_code == 200


Ask = Callable[[Api, str, int], Response]

QUESTIONS: dict[str, Ask] = {
    "evse": lambda api, evse, _: api.call("GET", f"/v2/evses/{evse}"),
    "display": lambda api, evse, _: api.call("GET", f"/v2/evses/{evse}/display"),
    "list": lambda api, evse, _: api.call("GET", f"{OVERRIDES}?evseId={evse}"),
    "place": lambda api, evse, _: api.call("POST", OVERRIDES, _place(evse)),
    "batch": lambda api, evse, _: api.call("POST", f"{OVERRIDES}/batch", _batch(evse)),
    "dry run": lambda api, evse, _: api.call(
        "POST", f"{OVERRIDES}/batch", _batch(evse) | {"dryRun": True}
    ),
    "report": lambda api, evse, _: api.call(
        "PUT", f"/v2/evses/{evse}/actual-status", {"status": "CHARGING"}
    ),
    "override": lambda api, _, number: api.call("GET", f"{OVERRIDES}/{number}"),
    "history": lambda api, _, number: api.call("GET", f"{OVERRIDES}/{number}/history"),
    "change": lambda api, _, number: api.call("PATCH", f"{OVERRIDES}/{number}", {"reason": "x"}),
    "clear": lambda api, _, number: api.call("DELETE", f"{OVERRIDES}/{number}"),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_a_token_may_not_see_answers_like_what_is_not_there(
    either: World, question: str
) -> None:
    api = Api(either, token(either.app.database, locations=["L1"]))
    ask = QUESTIONS[question]
    hidden = ask(api, THERE, either.override_there)
    absent = ask(api, "DK*TST*E7", 9_999)
    assert hidden.status_code == absent.status_code
    assert _nameless(hidden, THERE, either.override_there) == _nameless(absent, "DK*TST*E7", 9_999)


def _nameless(answer: Response, evse: str, number: int) -> str:
    said = answer.json()
    if "error" in said:
        said["error"].pop("request_id", None)
    for moment in ("now", "at", "batchId", "previewed"):
        said.pop(moment, None)
    return json.dumps(said).replace(evse, "EVSE").replace(f"override {number}", "override N")


def test_lists_hold_only_what_a_token_may_see(either: World) -> None:
    api = Api(either, token(either.app.database, locations=["L1"]))
    for path in (OVERRIDES, f"{OVERRIDES}?limit=10", "/v2/evses"):
        answer = api.call("GET", path)
        assert HERE in answer.text
        assert THERE not in answer.text
    assert api.call("GET", f"{OVERRIDES}?limit=10").headers["X-Total-Count"] == "1"


def test_calls_beyond_the_limit_are_refused_with_spiriis_headers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVSE_STATUS_WRITES_PER_MINUTE", "1")
    monkeypatch.setenv("EVSE_STATUS_READS_PER_MINUTE", "1000000")
    api = Api(world, token(world.app.database, "In a hurry"))
    answers = [api.call("DELETE", f"{OVERRIDES}/9999") for _ in range(3)]
    refused = [one for one in answers if one.status_code == 429]
    assert refused  # a minute may begin in between
    assert refused[0].json()["error"]["type"] == "rate_limit_error"
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
    assert answers[0].headers["X-RateLimit-Limit"] == "1"
    assert answers[0].headers["X-RateLimit-Remaining"] == "0"
    assert int(answers[0].headers["X-RateLimit-Reset"]) > 0
    assert api.call("GET", OVERRIDES).status_code == 200


# ---- command line --------------------------------------------------------------------------------


@pytest.mark.parametrize("action", BY_COMMAND)
def test_by_command_line(world: World, action: str) -> None:
    """Whoever may run it on this machine holds the database, so it acts as an administrator."""
    feed = world.folder / "feed.json"
    feed.write_text(json.dumps([location_json("L3", evse_json("33"))]), encoding="utf-8")
    words = {
        "look": ["override", "show", str(world.override)],
        "place": ["override", "create", "DK*TST*E2", "--status", "MAINTENANCE"],
        "repeat": [
            *("series", "create", "DK*TST*E2", "--status", "MAINTENANCE", "--repeat", "daily"),
            *("--from", NIGHTS["localStart"], "--to", "+1h"),
        ],
        "undo": ["override", "undo", "1"],
        "extend": ["override", "extend", str(world.override), "--by", "1h"],
        "clear": ["override", "clear", str(world.override)],
        "import": ["import", "ocpi", str(feed)],
        "make a token": ["token", "create", "--name", "By command"],
        "add a partner": ["partner", "add", "By command", "--nobody-else-tells"],
    }[action]
    before = world.state()
    result = CliRunner().invoke(command_line, words, env={"EVSE_STATUS_SECRET_KEY": "k" * 40})
    assert result.exit_code == 0, result.output
    assert action in MAY[Role.ADMINISTRATOR]
    assert (world.state() != before) == (action != "look")
    assert authors(world) == {"local"}


def authors(world: World) -> set[str]:
    """Who is written down as having done something."""
    with world.app.database.read() as conn:
        return {
            *conn.scalars(text("SELECT DISTINCT by FROM change")),
            *conn.scalars(text("SELECT created_by FROM token WHERE name LIKE 'By %'")),
            *conn.scalars(text("SELECT added_by FROM partner")),
        }
