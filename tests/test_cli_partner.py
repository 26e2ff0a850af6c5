"""`evse-status partner`: added, listed, edited, resynced, removed, in one sentence each, no secret shown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from evse_status.bootstrap import KEY_SUFFIX, open_app
from evse_status.cli import app
from evse_status.core.errors import NotSignedIn
from evse_status.core.partner import PartnerSettings
from evse_status.core.period import write_instant
from evse_status.core.principal import LOCAL
from evse_status.core.translation import Channel
from evse_status.service.client_certificate import read_certificate
from evse_status.service.driver_apps import app_by_token
from evse_status.service.known_partners import by_token
from evse_status.service.partner_checks import SETTINGS_OF
from evse_status.service.partners import list_partners
from examples.certificates import Authority
from peers import CREDENTIALS, Peer, bad, peer
from support import evse_json, location_json, take_in

ENV = {
    "EVSE_STATUS_PUBLIC_URL": "https://status.example.com",
    "EVSE_STATUS_SECRET_KEY": "k" * 40,
}


class Shell:
    """Runs commands on one database with locations L1 and L2."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.product = open_app(url, create=True)
        take_in(self.product.database, location_json("L1"), location_json("L2", evse_json("2")))

    def run(self, *words: str, typed: str | None = None, **env: str) -> Result:
        return CliRunner().invoke(
            app,
            ["partner", *words],
            input=typed,
            env={"EVSE_STATUS_DATABASE_URL": self.url} | ENV | env,
        )

    def json(self, *words: str, **env: str) -> Any:
        result = self.run(*words, "--json", **env)
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def refusal(self, *words: str, **env: str) -> str:
        result = self.run(*words, **env)
        assert (result.exit_code, result.stdout) == (1, "")
        [sentence] = result.stderr.splitlines()
        return str(sentence)

    def invited(self, name: str = "Example") -> str:
        return str(self.json("add", name, "--nobody-else-tells")["token"])


@pytest.fixture
def shell(sqlite_url: str) -> Shell:
    return Shell(sqlite_url)


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A database for commands that are refused."""
    return Shell(f"sqlite:///{tmp_path_factory.mktemp('untouched') / 'store.db'}")


@pytest.fixture
def there() -> Iterator[Peer]:
    with peer() as made:
        made.speaks("2.2.1")
        made.registers("token-c-secret")
        yield made


def test_inviting_prints_token_a_alone_so_that_a_script_can_take_it(shell: Shell) -> None:
    result = shell.run("add", "Tern Drive", "--nobody-else-tells")
    [token] = result.stdout.splitlines()
    assert by_token(shell.product.database, token).name == "Tern Drive"
    assert "https://status.example.com/ocpi/versions" in result.stderr
    assert token not in result.stderr
    assert "Tern Drive" in shell.run("list").stdout
    assert "not registered" in shell.run("list").stdout


def test_registering_at_once(shell: Shell, there: Peer) -> None:
    made = shell.json(
        "add", "Tern Drive", "--url", there.versions_url, "--nobody-else-tells",
        EVSE_STATUS_PARTNER_TOKEN="token-a-secret",
    )  # fmt: skip
    assert (made["connected"], made["spoken"]) == (True, "2.2.1")
    assert made["settings"] == PartnerSettings(url=there.versions_url).as_json()
    assert there.asked[-1].token == "token-a-secret"
    assert there.asked[-1].body["url"] == "https://status.example.com/ocpi/versions"
    listed = shell.run("list").stdout
    assert "registered, OCPI 2.2.1" in listed
    assert "not yet told" in listed
    assert "0 of 0" in listed
    seen = listed + json.dumps(shell.json("list")) + json.dumps(made)
    for secret in ("token-a-secret", "token-c-secret", there.asked[-1].body["token"]):
        assert secret not in seen


def test_every_setting_of_a_hub_is_an_option(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "hub.pem").write_text(signed := Authority(tmp_path).sign("operator.example"))
    made = shell.json(
        "add", "Hubject", "--channel", "hubject", "--url", "https://service.hubject.com/api/oicp",
        "--operator-id", "DK*TST", "--certificate", str(tmp_path / "hub.pem"), "--insert-unknown",
        "--nobody-else-tells", "--mode", "locations-only", "--operators", "tst", "--countries", "dk",
        "--locations", "l2", "--unpublished", "--statuses", "blocked", "--private-network",
        "--requests-per-minute", "600", "--timeout-seconds", "30",
    )  # fmt: skip
    fitting = SETTINGS_OF[Channel.HUBJECT]
    assert {name: value for name, value in made["settings"].items() if name in fitting} == {
        "role": "receiver",
        "channel": "hubject",
        "mode": "locations-only",
        "url": "https://service.hubject.com/api/oicp",
        "handshake": False,
        "operators": ["TST"],
        "countries": ["DK"],
        "locations": [2],
        "unpublished": True,
        "statuses": ["BLOCKED"],
        "privateNetwork": True,
        "operatorId": "DK*TST",
        "insertUnknown": True,
        "requestsPerMinute": 600,
        "timeoutSeconds": 30,
    }
    assert (made["connected"], made["spoken"], "token" in made) == (True, None, False)
    ends = read_certificate(signed).expires_at
    assert made["certificate"] == {"subject": "operator.example", "expiresAt": write_instant(ends)}
    for said in (shell.run("list").stdout, shell.run("show", "hubject").stdout):
        assert f"certificate until {ends:%Y-%m-%d}" in " ".join(said.split())
        assert "DK*TST" in said
        assert "PRIVATE KEY" not in said
    assert shell.json("show", "hubject") == shell.json("edit", "hubject")
    back = shell.json("edit", "hubject", "--no-insert-unknown", "--operator-id", "DK*ABC")
    assert (back["settings"]["insertUnknown"], back["version"]) == (False, 2)


def test_every_setting_means_something_to_some_partner() -> None:
    known = set().union(*SETTINGS_OF.values())
    assert PartnerSettings().as_json().keys() == known


def test_a_certificate_is_replaced_and_warned_of_before_it_ends(
    shell: Shell, tmp_path: Path
) -> None:
    hub = (
        "--channel",
        "hubject",
        "--url",
        "https://hub.example/api/oicp",
        "--operator-id",
        "DK*TST",
    )
    said = shell.run("add", "Hub", *hub, "--nobody-else-tells")
    assert said.stdout.splitlines() == ["Added Hub, in the name of DK*TST."]
    assert "shown no certificate" in said.stderr
    authority, soon = Authority(tmp_path), datetime.now(UTC) + timedelta(days=20)
    file = tmp_path / "hub.pem"
    file.write_text(authority.sign("operator.example", until=soon))
    assert (
        "The certificate for Hub ends on"
        in shell.run("edit", "hub", "--certificate", str(file)).stderr
    )
    assert "The certificate for Hub ends on" in shell.run("list").stderr
    file.write_text(authority.sign("operator.example"))
    assert "ends on" not in shell.run("edit", "hub", "--certificate", str(file)).stderr
    file.write_text(authority.sign("operator.example", until=datetime.now(UTC)))
    assert shell.refusal("edit", "hub", "--certificate", str(file)).startswith(
        "--certificate: it ended on"
    )
    for option in ("--rotate", "--new-token"):
        assert "hub" in shell.refusal("edit", "hub", option).lower()
    assert shell.json("remove", "hub")["name"] == "Hub"


def test_roaming_ids_are_listed_and_set(shell: Shell) -> None:
    assert "Every EVSE that a hub is told of" in shell.run("roaming-ids").stdout
    take_in(
        shell.product.database, location_json("L3", evse_json("3", evse_id="DK.TST.Z3*1")),
        complete=False,
    )  # fmt: skip
    shell.json(
        "add", "Hub", "--channel", "hubject", "--url", "https://hub.example/api/oicp",
        "--operator-id", "DK*TST", "--nobody-else-tells",
    )  # fmt: skip
    [line] = shell.json("roaming-ids")
    assert (line["evseId"], line["roamingId"], line["hubs"]) == ("DK.TST.Z3*1", None, ["Hub"])
    listed = shell.run("roaming-ids")
    assert "DK.TST.Z3*1" in listed.stdout
    assert "1 can't be told" in listed.stderr
    said = shell.run("roaming-ids", "--set", "dk.tst.z3*1=DK*TST*EZ3*1")
    assert said.stdout == "DK.TST.Z3*1: DK*TST*EZ3*1\n"
    [line] = shell.json("roaming-ids")
    assert (line["roamingId"], line["whyNot"]) == ("DK*TST*EZ3*1", None)
    assert shell.json("roaming-ids", "--set", "DK.TST.Z3*1=")[0]["roamingId"] is None
    for text, named in (
        ("DK.TST.Z3*1", "--set: 'DK.TST.Z3*1' isn't written like"),
        ("nix=DK*TST*E1", "evseId: no EVSE is called 'nix'"),
        ("DK.TST.Z3*1=Z3", "roamingId: 'Z3' for DK.TST.Z3*1 is no id that Hubject takes"),
    ):
        assert shell.refusal("roaming-ids", "--set", text).startswith(named)


def test_every_setting_is_an_option(shell: Shell, there: Peer) -> None:
    made = shell.json(
        "add", "Access point", "--static", "--locations-url", f"{there.url}/ocpi/locations",
        "--token", "given-secret", "--pulls", "--nobody-else-tells", "--mode", "locations-only",
        "--version", "2.3.0", "--operators", "tst,abc", "--countries", "dk", "--locations", "l2",
        "--published-only", "--statuses", "blocked,RESERVED", "--announce", "none", "--no-schedule",
        "--plain-token", "--explicit-nulls", "--no-read-back", "--private-network",
        "--profile", "spirii-2025", "--requests-per-minute", "60", "--concurrency", "2",
        "--timeout-seconds", "2.5",
    )  # fmt: skip
    fitting = SETTINGS_OF[Channel.OCPI]
    assert {name: value for name, value in made["settings"].items() if name in fitting} == {
        "role": "receiver",
        "channel": "ocpi",
        "mode": "locations-only",
        "url": f"{there.url}/ocpi/locations",
        "handshake": False,
        "version": "2.3.0",
        "operators": ["ABC", "TST"],
        "countries": ["DK"],
        "locations": [2],
        "unpublished": False,
        "statuses": ["BLOCKED", "RESERVED"],
        "announced": [],
        "schedule": False,
        "base64Token": False,
        "explicitNulls": True,
        "readBack": False,
        "privateNetwork": True,
        "profile": "spirii-2025",
        "requestsPerMinute": 60,
        "concurrency": 2,
        "timeoutSeconds": 2.5,
    }
    assert by_token(shell.product.database, made["token"]).is_connected
    assert "given-secret" not in json.dumps(made)
    back = shell.json(
        "edit", "access point", "--operators", "all", "--locations", "all", "--statuses", "all",
        "--requests-per-minute", "0", "--schedule", "--base64-token",
    )  # fmt: skip
    assert back["version"] == 2
    assert {
        name: value for name, value in back["settings"].items() if value != made["settings"][name]
    } == {
        "operators": None,
        "locations": None,
        "statuses": None,
        "requestsPerMinute": None,
        "schedule": True,
        "base64Token": True,
    }
    assert shell.json("edit", "access point")["version"] == 2  # nothing was changed


def test_a_static_partner_that_only_listens_gets_no_token(shell: Shell) -> None:
    made = shell.json(
        "add", "Board", "--static", "--locations-url", "https://board.example/locations",
        "--token", "given", "--nobody-else-tells",
    )  # fmt: skip
    assert "token" not in made
    assert made["hint"] == ""


def test_a_csms_that_will_register_with_us(shell: Shell) -> None:
    made = shell.json("add", "CSMS", "--upstream")
    assert made["settings"]["role"] == "upstream"
    assert by_token(shell.product.database, made["token"]).name == "CSMS"
    assert "never heard" in shell.run("list").stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["add", "a"], "--nobody-else-tells: does anybody else tell a about these chargers?"),
        (["add", " ", "--nobody-else-tells"], "name: give the partner a name"),
        (["add", "a", "--nobody-else-tells", "--url", "https://x.example/v"], "--token: is needed to register"),
        (["add", "a", "--nobody-else-tells", "--token", "t"], "--url: is needed to register"),
        (["add", "a", "--nobody-else-tells", "--url", "http://x.example", "--token", "t"], "--url: 'http://x.example' must begin with https://"),
        (["add", "a", "--nobody-else-tells", "--url", "https://10.0.0.1/", "--token", "t"], "--url: 'https://10.0.0.1/' lies in a private network. Allow that with --private-network"),
        (["add", "a", "--nobody-else-tells", "--static", "--url", "https://x.example"], "--url: is for partners with a handshake"),
        (["add", "a", "--nobody-else-tells", "--locations-url", "https://x.example"], "--locations-url: is for partners without"),
        (["add", "a", "--nobody-else-tells", "--static"], "--locations-url: is needed without a handshake"),
        (["add", "a", "--nobody-else-tells", "--static", "--locations-url", "https://x.example"], "--token: is needed without a handshake"),
        (["add", "a", "--nobody-else-tells", "--mode", "in-between"], "--mode: in-between is not yet available"),
        (["add", "a", "--nobody-else-tells", "--mode", "sideways"], "--mode: 'sideways' is not known"),
        (["add", "a", "--nobody-else-tells", "--version", "2.1.1"], "--version: '2.1.1' is not known. Use one of 2.2.1, 2.3.0"),
        (["add", "a", "--nobody-else-tells", "--statuses", "CHARGING"], "--statuses: 'CHARGING' is not known"),
        (["add", "a", "--nobody-else-tells", "--locations", "L9"], "locations: there is no location 'L9'"),
        (["add", "a", "--nobody-else-tells", "--operators", ""], "--operators: name at least one"),
        (["add", "a", "--nobody-else-tells", "--profile", "loud"], "--profile: 'loud' is not known"),
        (["add", "a", "--nobody-else-tells", "--concurrency", "0"], "--concurrency: choose a number from 1 to 64"),
        (["add", "a", "--nobody-else-tells", "--timeout-seconds", "500"], "--timeout-seconds: choose a number from 1 to 120"),
        (["add", "a", "--channel", "fax"], "--channel: 'fax' is not known. Use one of ocpi"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells"], "--url: is needed: where the hub takes pushes"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "https://h.example"], "--operator-id: is needed as in the hub's contract"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "https://h.example", "--operator-id", "DKTSTX"], "--operator-id: is needed as in the hub's contract"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "http://h.example", "--operator-id", "DK*TST"], "--url: 'http://h.example' must begin with https://"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "https://h.example", "--operator-id", "DK*TST", "--certificate", "nix.pem"], "--certificate: 'nix.pem' can't be read: No such file"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "https://h.example", "--operator-id", "DK*TST", "--certificate", __file__], "--certificate: "),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "https://h.example", "--operator-id", "DK*TST", "--token", "t"], "--token: a hub is shown a certificate"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--url", "https://h.example", "--operator-id", "DK*TST", "--plain-token"], "--base64-token: means nothing to Hubject"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--static"], "--static: is for OCPI partners"),
        (["add", "a", "--channel", "hubject", "--nobody-else-tells", "--upstream"], "--channel: a hub is told, it can't be our CSMS"),
        (["add", "a", "--channel", "hubject", "--url", "https://h.example", "--operator-id", "DK*TST"], "--nobody-else-tells: does anybody else push statuses for DK*TST to a"),
        (["add", "a", "--nobody-else-tells", "--operator-id", "DK*TST"], "--operator-id: means nothing to OCPI partners"),
        (["show", "nobody"], "name: there is no partner 'nobody'"),
        (["edit", "nobody", "--no-schedule"], "name: there is no partner 'nobody'"),
        (["edit", "nobody", "--rotate", "--new-token"], "--register, --rotate, --new-token: give one"),
        (["resync", "nobody"], "name: there is no partner 'nobody'"),
        (["remove", "nobody"], "name: there is no partner 'nobody'"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)  # fmt: skip
def test_a_bad_wish_is_one_sentence_and_makes_nothing(
    untouched: Shell, words: list[str], named: str
) -> None:
    assert untouched.refusal(*words).startswith(named)
    assert list_partners(untouched.product.database, LOCAL) == []


def test_what_is_not_set_up_is_said(shell: Shell, there: Peer) -> None:
    words = ["add", "a", "--nobody-else-tells", "--url", there.versions_url, "--token", "t"]
    assert shell.refusal(*words, EVSE_STATUS_SECRET_KEY="").startswith(
        "EVSE_STATUS_SECRET_KEY: is needed"
    )
    assert shell.refusal(*words, EVSE_STATUS_SECRET_KEY="short").startswith(
        "EVSE_STATUS_SECRET_KEY: each key"
    )
    assert shell.refusal(*words, EVSE_STATUS_PUBLIC_URL="").startswith(
        "EVSE_STATUS_PUBLIC_URL: is needed"
    )
    assert there.asked == []
    Path(shell.product.database.file_beside(KEY_SUFFIX) or "?").write_text("f" * 43 + "\n")
    assert shell.json(*words, EVSE_STATUS_SECRET_KEY="")["connected"]


def test_a_partner_that_refuses_is_not_added(shell: Shell, there: Peer) -> None:
    there.answers["POST", CREDENTIALS] = bad(3001, "Can't reach you")
    words = ["add", "a", "--nobody-else-tells", "--url", there.versions_url, "--token", "t-secret"]
    sentence = shell.refusal(*words)
    assert "refuses: status_code 3001" in sentence
    assert "t-secret" not in sentence
    assert shell.json("list") == []


def test_on_a_terminal_it_asks_who_else_tells(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.cli_partner_ask.is_person", lambda: True)
    assert shell.run("add", "a", typed="\n").exit_code == 1  # somebody does unless it is denied
    assert shell.json("list") == []
    result = shell.run("add", "a", typed="n\n")
    assert "Does anybody else tell a about these chargers" in result.stdout
    assert result.exit_code == 0
    assert shell.run("remove", "a", typed="n\n").exit_code == 130
    assert shell.run("remove", "a", typed="y\n").exit_code == 0
    assert shell.json("list") == []


def test_editing(shell: Shell, there: Peer) -> None:
    token = shell.invited()
    shell.invited("Other")
    assert shell.refusal("edit", "example", "--name", "OTHER").startswith(
        "name: there is a partner called"
    )
    edited = shell.json("edit", "EXAMPLE", "--name", "Tern", "--pause")
    assert (edited["name"], edited["paused"], edited["version"]) == ("Tern", True, 2)
    assert "Tern (paused)" in shell.run("list").stdout
    assert not shell.json("edit", "1", "--resume")["paused"]
    again = shell.json("edit", "Tern", "--new-token")["token"]
    assert by_token(shell.product.database, again).name == "Tern"
    with pytest.raises(NotSignedIn):
        by_token(shell.product.database, token)
    assert shell.refusal("edit", "Tern", "--register").startswith("--token: is needed to register")
    registered = shell.json(
        "edit", "Tern", "--url", there.versions_url, "--register", "--token", "token-a"
    )
    assert registered["connected"]
    assert shell.refusal("edit", "Tern", "--token", "x").startswith(
        "--token: a partner with a handshake"
    )
    there.registers("token-e", method="PUT")
    shell.json("edit", "Tern", "--rotate")
    assert there.asked[-1].token == "token-c-secret"


def test_resync(shell: Shell) -> None:
    shell.invited()
    assert shell.json("list")[0]["resyncAt"] is None
    assert shell.json("resync", "Example")["resyncAt"] is not None
    assert "told everything again" in shell.run("resync", "Example").stdout


def test_removing_tells_the_partner_or_says_how_not_to(shell: Shell, there: Peer) -> None:
    words = ["--nobody-else-tells", "--url", there.versions_url, "--token", "t"]
    shell.json("add", "a", *words)
    there.answers["DELETE", CREDENTIALS] = (500, None)
    assert "Remove it all the same with --without-telling." in shell.refusal("remove", "a")
    assert shell.json("list")[0]["connected"]
    assert shell.json("remove", "a", "--without-telling")["name"] == "a"
    shell.json("add", "a", *words)
    there.answers["DELETE", CREDENTIALS] = 200, {"status_code": 1000}
    assert "a is removed" in shell.run("remove", "a").stdout
    assert len(there.was_asked("DELETE")) == 2
    assert shell.json("list") == []


def test_a_driver_app_with_its_own_looks(shell: Shell, tmp_path: Path) -> None:
    own = {"temporary": {"BLOCKED": {"label": "Taken", "colour": "#112233"}}, "actual": {}}
    file = tmp_path / "brand.json"
    file.write_text(json.dumps(own), encoding="utf-8")
    made = shell.json(
        "add", "Spirii Go", "--channel", "driver-app", "--profile", "spirii-2025",
        "--url", "https://app.example.com",
        "--brand", str(file), "--operators", "tst", "--countries", "dk", "--locations", "l2",
        "--statuses", "blocked", "--mode", "locations-only",
        EVSE_STATUS_SECRET_KEY="",
    )  # fmt: skip
    fitting = SETTINGS_OF[Channel.SPIRII_GO]
    assert {name: value for name, value in made["settings"].items() if name in fitting} == {
        "role": "receiver",
        "channel": "spiriiGo",
        "url": "https://app.example.com",
        "mode": "locations-only",
        "handshake": False,
        "operators": ["TST"],
        "countries": ["DK"],
        "locations": [2],
        "unpublished": False,
        "statuses": ["BLOCKED"],
        "profile": "spirii-2025",
        "brand": own,
    }
    assert made["token"].startswith(made["hint"])
    assert app_by_token(shell.product.database, made["token"]).name == "Spirii Go"
    told = shell.run("edit", "Spirii Go", "--unpublished", "--profile", "default")
    assert told.stdout == "Changed Spirii Go, profile default with 1 looks of its own.\n"
    assert (
        shell.json("edit", "Spirii Go", "--brand", "none")["settings"]["brand"]["temporary"] == {}
    )
    renewed = shell.run("edit", "Spirii Go", "--new-token")
    assert "https://status.example.com/driver-app/evses" in renewed.stderr
    assert app_by_token(shell.product.database, renewed.stdout.strip()).settings.reach.unpublished
    with pytest.raises(NotSignedIn):
        app_by_token(shell.product.database, made["token"])
    assert "has never fetched" in shell.run("list").stdout
    assert "driver app" in shell.run("list").stdout


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--url", "javascript:alert(1)"], "--url: is where people see the app"),
        (["--url", "http://[x"], "--url: is where people see the app"),
        (["--concurrency", "9"], "--concurrency: means nothing to driver apps"),
        (["--static"], "--static: is for OCPI partners"),
        (["--token", "x"], "--token: a driver app is shown none"),
        (["--certificate", "FILE"], "--certificate: is for hubs"),
        (["--upstream"], "--channel: a driver app is told"),
        (["--profile", "nix"], "--profile: 'nix' is not known"),
        (["--brand", "nowhere.json"], "--brand: 'nowhere.json' can't be read"),
        (["--brand", "FILE"], "--brand.temporary.BLOCKED.colour: write a colour as #"),
        (["--no-schedule"], "--schedule: means nothing to driver apps"),
    ],
)
def test_what_a_driver_app_can_not_be(
    untouched: Shell, words: list[str], named: str, tmp_path: Path
) -> None:
    file = tmp_path / "brand.json"
    file.write_text('{"temporary": {"BLOCKED": {"label": "Taken", "colour": "red"}}}')
    typed = [str(file) if word == "FILE" else word for word in words]
    assert untouched.refusal("add", "App", "--channel", "driver-app", *typed).startswith(named)
