"""Each command does its job, answers people and programs, and fails with one sentence."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from typer.testing import CliRunner, Result

from evse_status.cli import app
from evse_status.core.period import write_instant
from support import PROJECT, evse_json, location_json

ONE, TWO = "DK*TST*E1", "DK*TST*E2"


def in_hours(hours: float) -> str:
    return write_instant((datetime.now(UTC) + timedelta(hours=hours)).replace(microsecond=0))


class Shell:
    """Runs commands on one database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "store.db"
        self.url = f"sqlite:///{self.file}"

    def run(self, *words: str, url: str | None = None, **env: str) -> Result:
        settings = {"EVSE_STATUS_DATABASE_URL": url or self.url, **env}
        return CliRunner().invoke(app, list(words), env=settings)

    def json(self, *words: str) -> Any:
        result = self.run(*words, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def refusal(self, *words: str, code: int = 1, url: str | None = None, **env: str) -> str:
        result = self.run(*words, url=url, **env)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        [sentence] = result.stderr.splitlines()
        assert "Traceback" not in sentence
        return str(sentence)

    def feed(self, *locations: Any, name: str = "feed.json") -> str:
        file = self.folder / name
        file.write_text(json.dumps(list(locations)), encoding="utf-8")
        return str(file)


@pytest.fixture
def empty_shell(tmp_path: Path) -> Shell:
    """No database yet."""
    return Shell(tmp_path)


@pytest.fixture
def shell(empty_shell: Shell) -> Shell:
    """Two EVSEs at one site."""
    feed = empty_shell.feed(location_json("L1", evse_json("1"), evse_json("2")))
    assert empty_shell.run("import", "ocpi", feed).exit_code == 0
    return empty_shell


# import ocpi


def test_import_makes_the_database_and_says_what_it_did(empty_shell: Shell) -> None:
    feed = empty_shell.feed(location_json("L1", evse_json("1"), evse_json("2")))
    assert empty_shell.json("import", "ocpi", feed) == {
        "origin": feed,
        "complete": True,
        "locations": {"created": 1, "updated": 0, "unchanged": 0},
        "evses": {"created": 2, "updated": 0, "unchanged": 0, "missing": 0, "removed": 0},
        "statusesChanged": 2,
        "overridesMoved": 0,
        "overridesEnded": 0,
        "problems": [],
        "warnings": [],
    }


def test_importing_again_changes_nothing(shell: Shell) -> None:
    result = shell.run("import", "ocpi", str(shell.folder / "feed.json"))
    assert result.exit_code == 0
    assert re.search(r"EVSEs +0 +0 +2\b", result.stdout)


def test_bad_record_is_named_with_its_place_and_the_rest_imported(empty_shell: Shell) -> None:
    bad = evse_json("2", status="SLEEPING")
    feed = empty_shell.feed(location_json("L1", evse_json("1"), bad, city=None, coordinates=None))
    result = empty_shell.run("import", "ocpi", feed)
    assert result.exit_code == 0
    assert "Not imported (1):" in result.stderr
    assert (
        "[0].evses[1].status (location L1, EVSE DK*TST*E2): the status 'SLEEPING'" in result.stderr
    )
    assert "Imported with a warning (1):" in result.stderr
    assert empty_shell.json("import", "ocpi", feed)["problems"] == [
        {
            "place": "[0].evses[1].status",
            "locationId": "L1",
            "evseId": "DK*TST*E2",
            "reason": "the status 'SLEEPING' is not known; expected one of AVAILABLE, BLOCKED, "
            "CHARGING, INOPERATIVE, OUTOFORDER, PLANNED, REMOVED, RESERVED, UNKNOWN.",
        }
    ]


def test_strict_import_refuses_all(shell: Shell) -> None:
    feed = shell.feed(location_json("L2", evse_json("9")), {"id": "x"}, name="bad.json")
    result = shell.run("import", "ocpi", feed, "--strict")
    assert result.exit_code == 1
    assert "nothing was imported" in result.stderr.splitlines()[-1]
    assert "DK*TST*E9" in shell.refusal("show", "DK*TST*E9")


def test_import_of_nothing_usable_fails(empty_shell: Shell) -> None:
    feed = empty_shell.feed(location_json("x" * 90))
    result = empty_shell.run("import", "ocpi", feed)
    assert result.exit_code == 1
    assert "none of its records can be used" in result.stderr.splitlines()[-1]
    assert not empty_shell.file.exists()


def test_what_is_missing_from_a_whole_feed_is_marked_and_from_a_part_is_not(shell: Shell) -> None:
    part = shell.feed(location_json("L1", evse_json("1")), name="part.json")
    assert shell.json("import", "ocpi", part, "--partial")["evses"]["missing"] == 0
    assert shell.json("import", "ocpi", part)["evses"]["missing"] == 1


def test_a_location_by_itself_is_never_complete(shell: Shell) -> None:
    file = shell.folder / "one.json"
    file.write_text(json.dumps(location_json("L1", evse_json("1"))), encoding="utf-8")
    imported = shell.json("import", "ocpi", str(file))
    assert (imported["complete"], imported["evses"]["missing"]) == (False, 0)
    assert "--complete" in shell.refusal("import", "ocpi", str(file), "--complete")


def test_party_of_a_2_1_1_feed_is_given(empty_shell: Shell) -> None:
    location = location_json("L1", evse_json("1", evse_id="bay 1"))
    del location["country_code"], location["party_id"]
    feed = empty_shell.feed(location)
    result = empty_shell.run("import", "ocpi", feed)
    assert result.exit_code == 1
    assert "--default-party" in result.stderr
    assert empty_shell.run("import", "ocpi", feed, "--default-party", "DK/TST").exit_code == 0
    assert "--default-party" in empty_shell.refusal(
        "import", "ocpi", feed, "--default-party", "Denmark"
    )


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("", "is empty"),
        ("<html>", "is a web page"),
        ('[{"id": "L1", "evses": [', "is cut off"),
        ("[" + " " * 2000 + "]", "is larger than 0.001 MB"),
        ('{"versions": []}', "holds no OCPI Locations"),
    ],
)
def test_what_is_no_feed_is_one_sentence(empty_shell: Shell, content: str, named: str) -> None:
    file = empty_shell.folder / "feed.json"
    file.write_text(content, encoding="utf-8")
    sentence = empty_shell.refusal("import", "ocpi", str(file), EVSE_STATUS_FEED_LIMIT_BYTES="1000")
    assert str(file) in sentence
    assert named in sentence
    assert not empty_shell.file.exists()


def test_feed_that_is_not_there(empty_shell: Shell) -> None:
    assert "There is no file" in empty_shell.refusal("import", "ocpi", "missing.json")
    assert "can't be reached" in empty_shell.refusal("import", "ocpi", "http://127.0.0.1:1/x")


def test_script_in_a_name_is_text(empty_shell: Shell) -> None:
    name = "<script>alert(1)</script> [red]x\x1b[2J"
    empty_shell.run(
        "import", "ocpi", empty_shell.feed(location_json("L1", evse_json("1"), name=name))
    )
    result = empty_shell.run("show", ONE)
    assert "<script>alert(1)</script> [red]x" in result.stdout
    assert "\x1b" not in result.stdout


# override


def test_override_create_answers_with_the_apis_form(shell: Shell) -> None:
    start, end = in_hours(1), in_hours(3)
    [form] = shell.json(
        *("override", "create", "dktste1", "--status", "maintenance", "--from", start, "--to", end),
        *("--reason", "Cable swap", "--cause", "planned-work", "--ticket", "T-7"),
    )
    assert form == {
        "id": 1,
        "temporaryStatus": "MAINTENANCE",
        "evseId": ONE,
        "validFrom": start,
        "validTo": end,
        "reason": "Cable swap",
        "cause": "planned work",
        "ticket": "T-7",
        "source": "operator",
        "createdBy": "local",
        "effectiveFrom": start,
        "phase": "upcoming",
        "clearedAt": None,
        "externalRef": "",
        "batchId": 1,
        "seriesId": None,
        "occurrenceStart": None,
        "drainUntil": None,
        "waits": False,
        "version": 1,
        "holds": False,
        "heldBackBy": None,
    }


def test_override_without_period_is_active_until_cleared(shell: Shell) -> None:
    [form] = shell.json("override", "create", ONE, "--status", "BLOCKED", "--from", "now")
    assert (form["phase"], form["validTo"]) == ("active", None)


def test_duration_as_end_counts_from_the_start(shell: Shell) -> None:
    start = in_hours(5)
    [form] = shell.json(
        "override", "create", ONE, "--status", "BLOCKED", "--from", start, "--to", "+90m"
    )
    lasts = datetime.fromisoformat(form["validTo"]) - datetime.fromisoformat(start)
    assert lasts == timedelta(minutes=90)


def test_refused_item_is_named_and_the_others_placed(shell: Shell) -> None:
    words = ("override", "create", ONE, "NOPE", ONE, TWO, "--status", "BLOCKED", "--json")
    result = shell.run(*words)
    assert result.exit_code == 1
    assert [form["evseId"] for form in json.loads(result.stdout)] == [ONE, TWO]
    assert result.stderr.splitlines() == [
        "Refused NOPE: evseId: no EVSE is called 'NOPE'. "
        "Check the id, or import its location first.",
        f"Refused {ONE}: evseId: {ONE} is named twice. Name each EVSE once.",
    ]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--status", "BROKEN"], "--status: 'BROKEN' is not known. Use one of MAINTENANCE"),
        (["--status", "BLOCKED", "--to", "2026-01-01T10:00"], "--to: 2026-01-01T10:00"),
        (
            ["--status", "BLOCKED", "--from", "2026-01-01T09:00Z", "--to", "2026-01-01T10:00Z"],
            "the end has already passed",
        ),
        (
            ["--status", "BLOCKED", "--from", "2099-01-02T00:00Z", "--to", "2099-01-01T00:00Z"],
            "the end must be later than the start",
        ),
        (["--status", "BLOCKED", "--to", "9999-12-31T23:59:59Z"], "the year must be from 2000"),
        (["--status", "BLOCKED", "--to", "+999999w"], "the year must be from 2000"),
        (["--status", "BLOCKED", "--to", "+4"], "--to: '+4' is not a duration"),
        (["--status", "BLOCKED", "--cause", "boredom"], "--cause: 'boredom' is not known"),
        (["--status", "BLOCKED", "--reason", "x" * 10_000], "10,000 characters are too many"),
    ],
)
def test_bad_wish_is_one_sentence_and_places_nothing(
    shell: Shell, words: list[str], named: str
) -> None:
    assert named in shell.refusal("override", "create", ONE, *words)
    assert shell.json("override", "list") == []


def test_override_list_and_its_filters(shell: Shell) -> None:
    shell.json("override", "create", ONE, TWO, "--status", "BLOCKED")
    shell.json("override", "create", ONE, "--status", "MAINTENANCE", "--from", in_hours(2))

    def listed(*words: str) -> list[int]:
        return sorted(form["id"] for form in shell.json("override", "list", *words))

    assert listed() == [1, 2, 3]
    assert listed("--phase", "upcoming") == [3]
    assert listed("--evse", "dktste1") == [1, 3]
    assert listed("--status", "blocked") == [1, 2]
    assert listed("--evse", ONE, "--phase", "active", "--status", "BLOCKED") == [1]
    result = shell.run("override", "list", "--limit", "1", "--json")
    assert len(json.loads(result.stdout)) == 1
    assert result.stderr == "Listed 1 of 3; --limit lists more.\n"
    assert "--phase" in shell.refusal("override", "list", "--phase", "past")


def test_override_list_for_people(shell: Shell) -> None:
    assert shell.run("override", "list").stdout == "There are no such overrides.\n"
    shell.run("override", "create", ONE, "--status", "RESERVED", "--reason", "Booking\n88")
    line = next(line for line in shell.run("override", "list").stdout.splitlines() if ONE in line)
    assert re.fullmatch(
        r" 1 +DK\*TST\*E1 +RESERVED +active +\d{4}-\d\d-\d\d \d\d:\d\d \+0[12]:00 +until cleared "
        r"+local +Booking 88 ",
        line,
    )


def test_override_show_has_the_history(shell: Shell) -> None:
    shell.json("override", "create", ONE, "--status", "BLOCKED", "--to", "+2h", "--reason", "Van")
    shell.json("override", "extend", "1", "--by", "PT1H")
    shell.json("override", "clear", "1", "--reason", "Towed")
    form = shell.json("override", "show", "1")
    assert (form["phase"], form["version"]) == ("cleared", 3)
    assert [(line["what"], line["why"]) for line in form["history"]] == [
        ("created", ""),
        ("changed", ""),
        ("cleared", "Towed"),
    ]
    sheet = shell.run("override", "show", "1").stdout
    assert "BLOCKED on DK*TST*E1, override 1" in sheet
    assert "Towed" in sheet


def test_override_extend(shell: Shell) -> None:
    [made] = shell.json("override", "create", ONE, "--status", "BLOCKED", "--to", "+2h")
    [longer] = shell.json("override", "extend", "1", "--by", "1h")
    moved = datetime.fromisoformat(longer["validTo"]) - datetime.fromisoformat(made["validTo"])
    assert moved == timedelta(hours=1)
    until = in_hours(9)
    [longer] = shell.json("override", "extend", "1", "--until", until)
    assert longer["validTo"] == until
    assert "--by how long or --until when" in shell.refusal("override", "extend", "1", code=2)
    assert "--by: '1x' is not a duration" in shell.refusal("override", "extend", "1", "--by", "1x")


def test_override_without_end_is_not_extended(shell: Shell) -> None:
    shell.json("override", "create", ONE, "--status", "BLOCKED")
    result = shell.run("override", "extend", "1", "--by", "1h", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (1, [])
    assert "Refused 1 (DK*TST*E1): extendBy: override 1 has no end" in result.stderr


def test_override_clear_twice_is_harmless(shell: Shell) -> None:
    shell.json("override", "create", ONE, TWO, "--status", "BLOCKED")
    first = shell.json("override", "clear", "1", "2")
    assert [form["phase"] for form in first] == ["cleared", "cleared"]
    assert shell.json("override", "clear", "1", "2") == first


def test_unknown_override_is_named(shell: Shell) -> None:
    for words in (("show", "7"), ("clear", "7"), ("extend", "7", "--by", "1h")):
        assert "there is no override 7" in shell.refusal("override", *words)


# show


def test_show_explains_any_instant(shell: Shell) -> None:
    shell.json("override", "create", ONE, "--status", "BLOCKED")
    shell.json(
        *("override", "create", ONE, "--status", "MAINTENANCE", "--reason", "Cable"),
        *("--from", in_hours(1), "--to", in_hours(2)),
    )
    shown = shell.json("show", "dk-tst-e1", "--at", in_hours(1.5))
    assert shown["channels"]["ocpi"] == "INOPERATIVE"
    assert [held["because"] for held in shown["heldBack"]] == ["MAINTENANCE outranks BLOCKED"]
    assert shown["next"]["channels"]["ocpi"] == "BLOCKED"
    sheet = shell.run("show", ONE, "--at", "+90m").stdout
    assert "MAINTENANCE #2 by local (Cable), until" in sheet
    assert "MAINTENANCE outranks BLOCKED" in sheet
    assert "(Europe/Copenhagen)" in sheet
    assert "not recorded" in shell.run("show", ONE, "--at", "2020-01-01T00:00:00Z").stdout


def test_show_of_a_removed_evse(shell: Shell) -> None:
    feed = shell.feed(location_json("L1", evse_json("1", status="REMOVED"), evse_json("2")))
    shell.run("import", "ocpi", feed)
    sheet = shell.run("show", ONE).stdout
    assert re.search(r"Spirii Go +not shown", sheet)


def test_show_refuses_what_it_cannot_understand(shell: Shell) -> None:
    assert "no EVSE is called 'E9'" in shell.refusal("show", "E9")
    assert "has no offset" in shell.refusal("show", ONE, "--at", "2026-01-01T10:00")


# db


def test_db_upgrade_and_backup(empty_shell: Shell) -> None:
    assert empty_shell.json("db", "upgrade")["upToDate"] is True
    assert "is up to date" in empty_shell.run("db", "upgrade").stdout
    copy = empty_shell.folder / "copy.db"
    assert empty_shell.json("db", "backup", str(copy))["backup"] == str(copy)
    assert empty_shell.run("override", "list", url=f"sqlite:///{copy}").exit_code == 0
    assert "is there already" in empty_shell.refusal("db", "backup", str(copy))


# The database


@pytest.mark.parametrize(
    "words",
    [("override", "list"), ("override", "clear", "1"), ("show", "x"), ("db", "backup", "b")],
)
def test_database_that_is_not_there_is_not_made(empty_shell: Shell, words: tuple[str, ...]) -> None:
    assert "There is no database at" in empty_shell.refusal(*words)
    assert not empty_shell.file.exists()


def test_database_that_is_something_else(empty_shell: Shell) -> None:
    empty_shell.file.write_text("hello " * 1000)
    feed = empty_shell.feed(location_json())
    assert "is not an SQLite database" in empty_shell.refusal("import", "ocpi", feed)
    assert "is no database address" in empty_shell.refusal("override", "list", url="nonsense")


def test_option_names_the_database_too(shell: Shell) -> None:
    result = shell.run("override", "list", "--database-url", shell.url, url="sqlite:///nowhere.db")
    assert result.exit_code == 0


def test_setting_that_is_wrong_is_named(shell: Shell) -> None:
    sentence = shell.refusal("override", "list", EVSE_STATUS_LOCK_TIMEOUT_SECONDS="soon")
    assert "EVSE_STATUS_LOCK_TIMEOUT_SECONDS" in sentence


# The command line itself


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("nope",), "No such command 'nope'"),
        (("override", "create"), "name at least one EVSE, or a file with --csv"),
        (("override", "create", ONE), "say which --status"),
        (("override", "clear", "x"), "Invalid value for 'ID'"),
        (("override", "clear", "99999999999999999999"), "Invalid value for 'ID'"),
        (("override", "list", "--colour"), "No such option"),
        (("serve", "--port", "70000"), "Invalid value for '--port'"),
    ],
)
def test_command_written_wrongly_is_a_sentence_and_code_2(
    empty_shell: Shell, words: tuple[str, ...], named: str
) -> None:
    assert named in empty_shell.refusal(*words, code=2)


def test_unexpected_error_is_a_sentence_and_details_on_demand(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_args: object, **_options: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("evse_status.cli.find_evse", break_down)
    sentence = shell.refusal("show", ONE)
    assert "KeyError: 'surprise'" in sentence
    assert "EVSE_STATUS_DEBUG=1" in sentence
    result = shell.run("show", ONE, EVSE_STATUS_DEBUG="1")
    assert isinstance(result.exception, KeyError)


def test_group_without_a_command_explains_itself() -> None:
    result = CliRunner().invoke(app, ["override"])
    assert result.exit_code == 2
    assert "Usage: " in result.output
    assert "\n  extend" in result.output


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in ("demo", "serve", "import", "override", "show", "db"):
        assert f"\n  {command}" in result.stdout


# Serving, in a process of its own


@contextmanager
def serving(*words: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A running `evse-status`; its first line says that requests are served."""
    environment = {name: value for name, value in os.environ.items() if "EVSE_STATUS" not in name}
    environment["PYTHONPATH"] = str(PROJECT / "src")
    process = subprocess.Popen(
        [sys.executable, "-m", "evse_status", *words],
        cwd=folder,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line and process.stderr is not None:
        pytest.fail(process.stderr.read())
    return line


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_demo_serves_and_stops_cleanly(tmp_path: Path, stop: signal.Signals) -> None:
    with serving("demo", "--port", "0", "--no-browser", folder=tmp_path) as process:
        assert line_of(process).startswith("Made a demo network")
        said = line_of(process)
        url = re.fullmatch(r"evse-status is on (http://127\.0\.0\.1:\d+) \(.*\)\n", said)
        assert url is not None, said
        assert line_of(process).startswith("A token to try the API with: evse_")
        with urlopen(f"{url[1]}/healthz") as answer:
            assert answer.status == 200
        with urlopen(f"{url[1]}/readyz") as answer:
            assert json.load(answer)["ready"] is True
        port = url[1].rpartition(":")[2]
        with serving("serve", "--port", port, folder=tmp_path) as second:
            _, complaint = second.communicate(timeout=60)
            assert second.returncode == 1
            assert complaint.splitlines() == [
                f"Port {port} is in use by another program. Stop it, or choose another with --port."
            ]
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, "", "")
    assert (tmp_path / "data" / "demo.db").is_file()


@pytest.mark.parametrize(
    ("words", "simulates", "sends", "guides"),
    [
        (["demo"], True, True, True),
        (["demo", "--still"], False, False, True),
        (["serve"], False, True, False),
    ],
    ids=["demo", "still", "serve"],
)
def test_only_the_demo_lives_and_guides(
    empty_shell: Shell,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    simulates: bool,
    sends: bool,
    guides: bool,
) -> None:
    simulated, sending, guided = [], [], []

    @contextmanager
    def simulate(database_url: str, address: str) -> Iterator[str]:
        simulated.append((database_url, address))
        yield "the simulator"

    @contextmanager
    def send(database_url: str, *, after: object = None) -> Iterator[None]:
        assert (after is not None) == simulates
        sending.append(database_url)
        yield

    def serve(_url: str, *, on_ready: Callable[[str], None], demo: bool, **_more: object) -> None:
        guided.append(demo)
        on_ready("http://127.0.0.1:1")

    monkeypatch.setattr("evse_status.serving.simulated", simulate)
    monkeypatch.setattr("evse_status.serving.sending", send)
    monkeypatch.setattr("evse_status.serving.serve", serve)
    assert empty_shell.run(*words).exit_code == 0
    assert simulated == [(empty_shell.url, "http://127.0.0.1:1")] * simulates
    assert sending == [empty_shell.url] * sends
    assert guided == [guides]


def test_demo_keeps_changes_and_reset_starts_over(
    empty_shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.serving.serve", lambda *_args, **_options: None)
    evse = "DK*DMO*E1041*1"
    assert "Made a demo network" in empty_shell.run("demo").stdout
    [made] = empty_shell.json("override", "create", evse, "--status", "COMMISSIONING")
    assert empty_shell.run("demo").stdout == ""
    assert empty_shell.json("override", "show", str(made["id"]))["phase"] == "active"
    assert "Made a demo network" in empty_shell.run("demo", "--reset").stdout
    listed = empty_shell.json("override", "list", "--evse", evse, "--status", "COMMISSIONING")
    assert listed == []


def test_reset_never_empties_somebodys_own_database(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evse_status.serving.serve", lambda *_args, **_options: None)
    assert "aren't the demo's" in shell.refusal("demo", "--reset")
    assert shell.json("show", ONE)["actualStatus"] == "AVAILABLE"


def test_address_of_another_machine_is_refused(shell: Shell) -> None:
    result = shell.run("serve", "--host", "192.0.2.1", EVSE_STATUS_OPEN_TO_NETWORK="true")
    assert result.exit_code == 1
    assert "Check --host and --port" in result.stderr
