"""`evse-status db archive` moves what is over, and `show --at` answers as before."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evse_status.cli import app
from evse_status.store.database import Database
from support import Hands, a_site, at, placed


@pytest.fixture
def url(sqlite: Database, hands: Hands) -> str:
    """A store with one override that is over."""
    placed(a_site(sqlite, hands, 1), valid_to=at(2), reason="Cable")
    return str(sqlite.url)


def answer(url: str, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "--database-url", url])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_show_at_answers_the_same_from_the_archive(url: str, tmp_path: Path) -> None:
    asked = ("show", "DK*TST*E1", "--at", at(1).isoformat(), "--json")
    before = json.loads(answer(url, *asked))
    assert before["override"]["reason"] == "Cable"
    archived = ("db", "archive", "--before", at(3).isoformat())
    told = json.loads(answer(url, *archived, "--json"))
    assert (told["overrides"], told["before"]) == (1, "2026-10-22T15:00:00Z")
    assert json.loads(answer(url, *asked)) == before
    assert "Archived 0 overrides" in answer(url, *archived)
    assert [one.name for one in (tmp_path / "store.db.archive").iterdir()]


def test_how_long_ago_can_be_said_too(url: str, tmp_path: Path) -> None:
    words = ("db", "archive", "--before", "-3650d", "--to", str(tmp_path / "there"), "--json")
    assert json.loads(answer(url, *words))["overrides"] == 0
