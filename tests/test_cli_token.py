"""`evse-status token`: made and shown once, listed, revoked; and who may be served without sign-in."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from evse_status.bootstrap import open_app
from evse_status.cli import app
from evse_status.core.principal import Principal, Role
from evse_status.service.tokens import recognise
from support import BLOCKED, RESERVED, evse_json, location_json, take_in


class Shell:
    """Runs commands on one database with locations L1 and L2."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.product = open_app(url, create=True)
        take_in(self.product.database, location_json("L1"), location_json("L2", evse_json("2")))

    def run(self, *words: str, **env: str) -> Result:
        return CliRunner().invoke(
            app, list(words), env={"EVSE_STATUS_DATABASE_URL": self.url, **env}
        )

    def json(self, *words: str) -> Any:
        result = self.run(*words, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def refusal(self, *words: str, **env: str) -> str:
        result = self.run(*words, **env)
        assert (result.exit_code, result.stdout) == (1, "")
        [sentence] = result.stderr.splitlines()
        return str(sentence)

    def who(self, secret: str) -> Principal:
        return recognise(self.product.database, secret, now=self.product.now())


@pytest.fixture
def shell(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("evse_status.serving.serve", lambda *_args, **_options: None)
    return Shell(sqlite_url)


def test_create_prints_the_token_alone_so_that_a_script_can_take_it(shell: Shell) -> None:
    result = shell.run("token", "create", "--name", "CSMS")
    [secret] = result.stdout.splitlines()
    assert shell.who(secret) == Principal("CSMS", Role.ADMINISTRATOR, token_id=1)
    assert "Made token 1, CSMS: everything." in result.stderr
    assert secret not in result.stderr


def test_create_with_every_limit(shell: Shell) -> None:
    made = shell.json(
        "token", "create", "--name", "Lot 7 sensors", "--allow", "BLOCKED,reserved",
        "--locations", "L1,l2", "--expires", "2099-01-01",
        "--no-read", "--no-clear-others", "--no-report",
    )  # fmt: skip
    assert made["temporaryStatuses"] == ["BLOCKED", "RESERVED"]
    assert made["locations"] == ["L1", "L2"]
    assert made["expiresAt"] == "2098-12-31T23:00:00Z"
    assert [
        made[f"may{what}"] for what in ("Read", "ClearOthers", "ReportActual", "Administrate")
    ] == [False] * 4
    assert shell.who(made["token"]) == Principal(
        "Lot 7 sensors",
        Role.PLANNER,
        locations=frozenset({1, 2}),
        temporary_statuses=frozenset({BLOCKED, RESERVED}),
        may_read=False,
        may_clear_others=False,
        may_report_actual=False,
        token_id=1,
    )


def test_a_reader_is_allowed_nothing(shell: Shell) -> None:
    made = shell.json("token", "create", "--name", "Wall", "--allow", "none", "--no-report")
    assert shell.who(made["token"]).role is Role.VIEWER


def test_it_expires_after_a_while_or_at_an_instant(shell: Shell) -> None:
    soon = shell.json("token", "create", "--name", "a", "--expires", "+90d")
    ends = datetime.fromisoformat(soon["expiresAt"])
    assert timedelta(days=89) < ends - datetime.now(UTC) <= timedelta(days=90)
    exact = shell.json("token", "create", "--name", "b", "--expires", "2099-01-01T08:00:00+01:00")
    assert exact["expiresAt"] == "2099-01-01T07:00:00Z"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--name", "a", "--allow", "CHARGING"], "--allow: 'CHARGING' is not known"),
        (["--name", "a", "--allow", " , "], "--allow: name at least one"),
        (["--name", "a", "--locations", "L9"], "locations: there is no location 'L9'"),
        (["--name", "a", "--locations", ""], "locations: name at least one"),
        (["--name", "a", "--expires", "2020-01-01"], "expires: the end has already passed"),
        (["--name", "a", "--expires", "2099-13-01"], "--expires: '2099-13-01' is not"),
        (["--name", " "], "name: give the token a name"),
        (["--name", "a", "--no-read", "--administrate"], "administrate: a token with limits"),
    ],
)
def test_a_bad_wish_is_one_sentence_and_makes_nothing(
    shell: Shell, words: list[str], named: str
) -> None:
    assert shell.refusal("token", "create", *words).startswith(named)
    assert shell.json("token", "list", "--all") == []


def test_list_shows_limits_and_last_use_but_no_secret(shell: Shell) -> None:
    made = shell.json("token", "create", "--name", "Sensors", "--allow", "BLOCKED")
    shell.who(made["token"])
    [listed] = shell.json("token", "list")
    assert "token" not in listed
    assert listed["lastUsedAt"] is not None
    assert listed["state"] == "valid"
    table = shell.run("token", "list").stdout
    assert "Sensors" in table
    assert "set BLOCKED" in table
    assert made["token"] not in table


def test_revoke_ends_it_and_twice_is_harmless(shell: Shell) -> None:
    made = shell.json("token", "create", "--name", "Sensors")
    assert shell.run("token", "revoke", "1").stdout == "Token 1, Sensors, is revoked.\n"
    assert shell.json("token", "revoke", "1")["state"] == "revoked"
    assert "no valid tokens" in shell.run("token", "list").stdout
    assert [one["id"] for one in shell.json("token", "list", "--all")] == [made["id"]]
    assert shell.refusal("token", "revoke", "9") == "id: there is no token 9."


def test_nothing_is_served_beyond_this_machine_without_sign_in(shell: Shell) -> None:
    for command in (["serve"], ["demo", "--no-browser"]):
        said = shell.refusal(*command, "--host", "0.0.0.0")
        assert said.startswith("--host: nobody signs in")
        assert "EVSE_STATUS_OPEN_TO_NETWORK=true" in said
    for host in ("127.0.0.1", "localhost", "::1"):
        assert shell.run("serve", "--host", host).stderr == ""


def test_a_setting_allows_it_and_it_is_said(shell: Shell) -> None:
    result = shell.run("serve", "--host", "0.0.0.0", EVSE_STATUS_OPEN_TO_NETWORK="true")
    assert result.exit_code == 0
    assert "Nobody signs in" in result.stderr


COMPLETE = {
    "EVSE_STATUS_SIGN_IN": "oidc",
    "EVSE_STATUS_PUBLIC_URL": "https://status.example.com",
    "EVSE_STATUS_OIDC_METADATA_URL": "https://id.example.com/.well-known/openid-configuration",
    "EVSE_STATUS_OIDC_CLIENT_ID": "evse-status",
    "EVSE_STATUS_OIDC_CLIENT_SECRET": "secret",
}


def test_with_sign_in_it_is_served_anywhere(shell: Shell) -> None:
    result = shell.run("serve", "--host", "0.0.0.0", **COMPLETE)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("name", [name for name in COMPLETE if not name.endswith("SIGN_IN")])
def test_sign_in_that_lacks_something_is_refused_by_name(shell: Shell, name: str) -> None:
    assert shell.refusal("serve", **(COMPLETE | {name: ""})).startswith(f"{name}: is needed")


def test_an_address_without_its_scheme_is_refused(shell: Shell) -> None:
    lacking = COMPLETE | {"EVSE_STATUS_PUBLIC_URL": "status.example.com"}
    assert "write the whole address" in shell.refusal("serve", **lacking)


@pytest.mark.parametrize(
    "people", ["{", '{"mette@cpo.dk": "king"}', '{"a": {"role": "viewer", "rolle": 1}}', "[]"]
)
def test_a_list_of_people_that_cannot_be_read_is_named(shell: Shell, people: str) -> None:
    said = shell.refusal("serve", EVSE_STATUS_OIDC_PEOPLE=people)
    assert said.startswith("EVSE_STATUS_OIDC_PEOPLE: ")


def test_the_demo_has_one_token_that_only_this_user_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def served(*_: Any, on_ready: Any, **__: Any) -> None:
        on_ready("http://localhost:1")

    monkeypatch.setattr("evse_status.serving.serve", served)
    url = f"sqlite:///{tmp_path / 'demo.db'}"
    for _ in range(2):
        result = CliRunner().invoke(app, ["demo", "--json", "--database-url", url])
        assert result.exit_code == 0, result.output
        said.append(json.loads(result.stdout)["token"])
    assert said[0] == said[1]
    file = tmp_path / "demo.db.token"
    assert file.read_text() == said[0] + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("lost\n")
    again = CliRunner().invoke(app, ["demo", "--database-url", url])
    token = file.read_text().strip()
    assert f"A token to try the API with: {token}" in again.stdout
    opened = open_app(url)
    assert recognise(opened.database, token, now=opened.now()).role is Role.ADMINISTRATOR
    opened.database.close()
