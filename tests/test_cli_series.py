"""`evse-status series`, and plans of `override create` on clocks, with drain, from files, undone."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from evse_status.bootstrap import open_app
from evse_status.cli import app
from support import evse_json, location_json, take_in

# So far ahead that no clock of a test reaches it; clocks in Europe go back on 27 October 2030.
NIGHTS = ("--status", "MAINTENANCE", "--from", "2030-10-26 22:00", "--to", "05:00")
WEEKLY = (*NIGHTS, "--repeat", "weekly")
HERE, THERE = "DK*TST*E1", "DK*TST*E9"


class Shell:
    """Runs commands on one database with a site in Copenhagen's zone and one in London's."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.product = open_app(url, create=True)
        take_in(
            self.product.database,
            location_json("L1", evse_json("1"), evse_json("2")),
            location_json("L2", evse_json("9"), time_zone="Europe/London"),
            location_json("L3", evse_json("7", status="CHARGING")),
        )

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, list(words), env={"EVSE_STATUS_DATABASE_URL": self.url})

    def json(self, *words: str) -> Any:
        result = self.run(*words, "--json")
        assert (result.exit_code, result.stderr) == (0, "")
        return json.loads(result.stdout)

    def refusal(self, *words: str, code: int = 1) -> str:
        result = self.run(*words)
        assert (result.exit_code, result.stdout) == (code, "")
        [sentence] = result.stderr.splitlines()
        return str(sentence)


@pytest.fixture
def shell(sqlite_url: str) -> Shell:
    return Shell(sqlite_url)


def test_series_at_each_site_is_shown_placed_and_undone(shell: Shell) -> None:
    words = ("series", "create", HERE, THERE, *WEEKLY, "--except", "2030-11-02")
    shown = shell.run(*words, "--dry-run").stdout
    assert "MAINTENANCE on 1 EVSE: Every Saturday, 22:00–05:00 (Europe/Copenhagen)" in shown
    assert "2030-10-26 22:00 +02:00" in shown
    assert "2030-10-26 22:00 +01:00" in shown
    assert "it lasts 8 h instead of 7 h" in shown
    assert "2030-11-02" not in shown
    assert shown.endswith("Nothing was placed.\n")
    assert shell.json("series", "list") == []
    made = shell.json(*words)
    assert [one["timeZone"] for one in made["series"]] == ["Europe/Copenhagen", "Europe/London"]
    skipped = [shell.json("series", "show", number)["exceptions"] for number in ("1", "2")]
    assert skipped == [["2030-11-02T22:00"]] * 2
    undone = shell.run("override", "undo", str(made["batchId"]))
    assert undone.stdout.startswith(f"Took batch {made['batchId']} back")
    assert shell.json("series", "list") == []
    assert "Nothing was left" in shell.run("override", "undo", str(made["batchId"])).stderr


def test_override_create_repeats(shell: Shell) -> None:
    words = ("--repeat", "2 weeks", "--on", "TU", "--times", "3", "--zone", "Europe/London")
    result = shell.run("override", "create", HERE, *NIGHTS, *words)
    assert "Every second Tuesday, 22:00–05:00, 3 times" in result.stdout
    assert "takes it back" in result.stdout
    assert [one["evses"] for one in shell.json("series", "list")] == [1]


def test_series_for_people(shell: Shell) -> None:
    assert shell.run("series", "list").stdout == "There are no such series.\n"
    shell.run("series", "create", HERE, *WEEKLY, "--reason", "Cable\ncheck")
    listed = shell.run("series", "list").stdout
    assert "Every Saturday, 22:00–05:00" in listed
    assert "2030-10-26 22:00 +02:00" in listed
    assert "Cable check" in listed
    sheet = shell.run("series", "show", "1").stdout
    assert "MAINTENANCE repeating, series 1" in sheet
    assert "created" in sheet


def test_change_and_clear_by_occurrence(shell: Shell) -> None:
    shell.run("series", "create", HERE, *WEEKLY)
    changed = shell.json(
        "series", "change", "1", "--occurrence", "2030-11-09", "--start", "23:00", "--for", "2h"
    )
    assert (changed["series"]["id"], changed["changed"]) == (1, 1)
    [one] = shell.json("override", "list")
    assert (one["occurrenceStart"], one["validFrom"], one["validTo"]) == (
        "2030-11-09T22:00",
        "2030-11-09T22:00:00Z",
        "2030-11-10T00:00:00Z",
    )
    result = shell.run("series", "clear", "1", "--occurrence", "2030-11-16", "--scope", "following")
    assert result.exit_code == 0
    assert shell.json("series", "show", "1")["endsBefore"] == "2030-11-16T22:00"
    cleared = shell.json("series", "clear", "1")
    assert (cleared["series"]["isOver"], cleared["changed"]) == (True, 1)
    assert shell.json("override", "show", str(one["id"]))["phase"] == "cleared"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("create", HERE, *WEEKLY[:-1], "sometimes"), "--repeat: 'sometimes' is no way to repeat"),
        (("create", HERE, *WEEKLY, "--zone", "Mars"), "--zone: 'Mars' is no IANA time zone"),
        (
            (
                "create",
                HERE,
                "--status",
                "BLOCKED",
                "--from",
                "+1h",
                "--to",
                "+2h",
                "--repeat",
                "daily",
            ),
            "--from: what repeats starts at a time on clocks",
        ),
        (
            ("create", HERE, *NIGHTS[:-1], "+25h", "--repeat", "daily"),
            "--to: 1,500 minutes are too long",
        ),
        (("create", HERE, *WEEKLY, "--on", "2TU"), "BYDAY with numbers goes with FREQ=MONTHLY"),
        (("show", "7"), "there is no series 7"),
        (("clear", "7", "--occurrence", "2030-10-26"), "there is no series 7"),
        (("change", "7"), "--status: say what to change"),
        (("change", "7", "--until", "2031-01-01"), "--repeat: say how it repeats, too"),
        (("change", "7", "--start", "25:00"), "--start: '25:00' is not a time of day"),
        (("clear", "7", "--scope", "some"), "--scope: 'some' is not known"),
    ],
)
def test_what_is_wrong_is_one_sentence(shell: Shell, words: tuple[str, ...], named: str) -> None:
    assert named in shell.refusal("series", *words)


def test_change_of_length_that_does_not_fit_names_its_option(shell: Shell) -> None:
    shell.run("series", "create", HERE, *WEEKLY)
    assert "--for: 11,520 minutes are too long" in shell.refusal(
        "series", "change", "1", "--for", "8d"
    )


def test_override_on_the_clocks_of_each_site(shell: Shell) -> None:
    words = ("override", "create", HERE, "NOPE", THERE, *NIGHTS, "--zone", "site")
    shown = shell.run(*words, "--dry-run")
    assert shown.exit_code == 1
    assert "2030-10-26 22:00 +02:00" in shown.stdout
    assert "2030-10-27 05:00 +00:00" in shown.stdout
    assert "Warning: Clocks in Europe/London change" in shown.stderr
    assert "Refused NOPE" in shown.stderr
    assert shell.json("override", "list") == []
    placed = json.loads(shell.run(*words, "--json").stdout)
    assert [one["validFrom"] for one in placed] == ["2030-10-26T20:00:00Z", "2030-10-26T21:00:00Z"]
    assert {one["batchId"] for one in placed} == {1}
    undone = shell.json("override", "undo", "1")
    assert (undone["undone"], undone["skipped"]) == (2, 0)


def test_undo_leaves_what_was_touched_since_and_says_so(shell: Shell) -> None:
    shell.run("override", "create", HERE, THERE, *NIGHTS, "--zone", "site")
    shell.run("override", "extend", "1", "--by", "1h")
    result = shell.run("override", "undo", "1")
    assert result.exit_code == 1
    assert "Took batch 1 back: 1 override changed." in result.stdout
    assert f"Refused 1 ({HERE}): id: override 1 was changed by local afterwards" in result.stderr
    assert "no batch" in shell.refusal("override", "undo", "99")


def test_a_time_that_happens_twice_names_both(shell: Shell) -> None:
    words = ("override", "create", THERE, "--status", "BLOCKED", "--from", "2030-10-27 01:30")
    sentence = shell.refusal(*words, "--zone", "site")
    assert sentence.endswith("Write 2030-10-27T01:30+01:00 or 2030-10-27T01:30+00:00.")
    [one] = shell.json(*words, "--zone", "site", "--fold", "second")
    assert one["validFrom"] == "2030-10-27T01:30:00Z"


def test_drain_waits_for_the_session(shell: Shell) -> None:
    words = ("override", "create", "DK*TST*E7", "--status", "BLOCKED", "--drain-until", "+3h")
    assert "session's end, at the latest" in shell.run(*words, "--dry-run").stdout
    [one] = shell.json(*words)
    assert one["waits"]
    assert "until the running session ends" in shell.run("override", "show", "1").stdout


def test_csv_is_placed_and_its_bad_lines_are_named(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "plan.csv"
    lines = [
        "evse_id,status,from,to,reason",
        f"{HERE},MAINTENANCE,2030-10-26 22:00,2030-10-27 05:00,Cable",
        f"{THERE},BLOCKED,2030-10-27 01:30,,Van",
        "NOPE,BLOCKED,,,",
        f"{THERE},RESERVED,2030-10-26 22:00,2030-10-27 05:00,Event",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    result = shell.run("override", "create", "--csv", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    twice, unknown, whole = result.stderr.splitlines()
    assert twice.startswith("line 3, from: ")
    assert "2030-10-27T01:30+01:00 or 2030-10-27T01:30+00:00" in twice
    assert unknown.startswith("line 4, evse_id: ")
    assert whole.startswith("--csv: 2 of 4 lines can't be used, nothing was placed.")
    assert shell.json("override", "list") == []
    shown = shell.run("override", "create", "--csv", str(file), "--partial", "--dry-run")
    assert "2030-10-26 22:00 +01:00" in shown.stdout
    assert shell.json("override", "list") == []
    placed = json.loads(
        shell.run("override", "create", "--csv", str(file), "--partial", "--json").stdout
    )
    assert [(one["evseId"], one["validFrom"]) for one in placed] == [
        (HERE, "2030-10-26T20:00:00Z"),
        (THERE, "2030-10-26T21:00:00Z"),
    ]
    assert "--csv: the file says" in shell.refusal("override", "create", HERE, "--csv", str(file))
    assert "can't be read" in shell.refusal("override", "create", "--csv", str(tmp_path / "no.csv"))
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert "--csv: " in shell.refusal("override", "create", "--csv", str(file))
