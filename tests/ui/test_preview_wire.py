"""Payloads are made readable without another letter."""

import json

import pytest

from evse_status.ui.preview_wire import readable

BODY = '{"evseId":"DK*TST*E1","label":"Ude af drift – ærlig","since":null}'


@pytest.mark.parametrize("body", [BODY, f"[{BODY}]", "{}"])
def test_json_gets_a_line_per_field_and_keeps_its_value(body: str) -> None:
    shown = readable(body)
    assert json.loads(shown) == json.loads(body)
    assert shown.count("\n") >= body.count(",")
    assert "ærlig" not in body or "ærlig" in shown


def test_an_event_keeps_its_lines() -> None:
    lines = readable(f"id: 7\nevent: change\ndata: {BODY}\n\n").splitlines()
    assert lines[:3] == ["id: 7", "event: change", "data: {"]
    assert json.loads("\n".join(lines[2:]).removeprefix("data: ")) == json.loads(BODY)


@pytest.mark.parametrize("body", ["", "not json", "{broken", "data: {broken"])
def test_anything_else_stays_as_it_is(body: str) -> None:
    assert readable(body) == body
