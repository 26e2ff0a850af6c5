"""Answers fit the screen, and what comes from outside can't move its cursor."""

import io
import sys

import pytest

from evse_status import cli_output as output
from evse_status.channels.ocpi.locations_in import Problem
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase
from evse_status.service.look_up import find_evse
from evse_status.store.database import Database
from support import Hands, a_site, override


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_table_on_a_narrow_screen_has_two_lines_each(
    sqlite: Database,
    hands: Hands,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(output, "_WIDTH_OF_A_FILE", 80)
    a_site(sqlite, hands)
    card = find_evse(sqlite, LOCAL, "DK*TST*E1")
    output.override_table([(override(reason="Cable\nswap \x1b[2J"), card, Phase.ACTIVE)])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert [line.split() for line in lines[-3:-1]] == [
        ["1", "DK*TST*E1", "MAINTENANCE", "2026-10-22", "14:00", "+02:00"],
        ["Cable", "swap", "[2J,", "Mette", "active", "until", "cleared"],
    ]
    assert all(len(line) <= 80 for line in lines)


def test_only_so_many_problems_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    output.list_findings("Not imported", [Problem(f"[{n}]", "bad.") for n in range(1_200)])
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Not imported (1,200):"
    assert lines[1] == "  [0]: bad."
    assert lines[-1] == "  … and 1,150 more; --json lists them all."
    assert len(lines) == 52


def test_progress_is_shown_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with output.reading_bar("feed.json") as nobody_listens:
        assert nobody_listens is None
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with output.reading_bar("https://csms.example/ocpi/locations") as on_progress:
        assert on_progress is not None
        on_progress(500_000, 1_000_000)
        on_progress(1_000_000, 1_000_000)
    with output.working("Importing 2 EVSEs"):
        pass
    assert "Reading locations" in screen.getvalue()
    assert "1.0/1.0 MB" in screen.getvalue()
