"""An exported list opens in a spreadsheet with exact instants and without formulas."""

import csv
import io
from dataclasses import replace

from audited import card, row
from evse_status.core.statuses import Cause
from evse_status.service.audit import Attention
from evse_status.service.roaming_ids import RoamingLine
from evse_status.ui.exports import OVERRIDE_COLUMNS, overrides_csv, roaming_csv
from support import at, override


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_column_is_there_with_instants_in_utc() -> None:
    told = override(valid_from=at(-1), valid_to=at(4), reason="Cable, swap", cause=Cause.FAULT)
    [line] = read(overrides_csv([row(told, attention=(Attention.HIDES_FAULT,))]))
    assert tuple(line) == OVERRIDE_COLUMNS
    assert line == {
        "id": "1",
        "status": "MAINTENANCE",
        "phase": "active",
        "evse_id": "DK*TST*E1",
        "location": "Kanalpladsen",
        "address": "Havnegade 1",
        "city": "Aarhus",
        "country": "DK",
        "time_zone": "Europe/Copenhagen",
        "from": "2026-10-22T12:00:00Z",
        "requested_from": "2026-10-22T11:00:00Z",
        "to": "2026-10-22T16:00:00Z",
        "ended_at": "",
        "cleared_at": "",
        "reason": "Cable, swap",
        "cause": "fault",
        "ticket": "",
        "by": "Mette",
        "source": "operator",
        "made_at": "2026-10-22T12:00:00Z",
        "attention": "hides a fault",
        "series_id": "",
        "occurrence_start": "",
    }


def test_one_that_is_over_says_when_it_really_ended() -> None:
    cleared = replace(override(valid_to=at(4)), cleared_at=at(1))
    [line] = read(overrides_csv([row(cleared, now=at(2))]))
    assert (line["to"], line["ended_at"], line["cleared_at"]) == (
        "2026-10-22T16:00:00Z",
        "2026-10-22T13:00:00Z",
        "2026-10-22T13:00:00Z",
    )


def test_no_text_becomes_a_formula() -> None:
    hostile = override(reason="=HYPERLINK(1)", ticket="+1")
    told = row(hostile, evse=card(location_name="@here", city="-1", evse_id="+49*810*1"))
    [line] = read(overrides_csv([told]))
    assert line["reason"] == "'=HYPERLINK(1)"
    assert (line["ticket"], line["location"], line["city"]) == ("'+1", "'@here", "'-1")
    assert line["evse_id"] == "'+49*810*1"


def test_an_empty_list_still_has_its_head() -> None:
    assert overrides_csv([]).decode("utf-8-sig").strip() == ",".join(OVERRIDE_COLUMNS)


def test_roaming_ids_are_one_line_each_without_formulas() -> None:
    evse = replace(card(), location_name="=1+1")
    lines = [
        RoamingLine(evse, None, "It is neither.", ("A", "B")),
        RoamingLine(evse, "+45*1", "", ()),
    ]
    assert read(roaming_csv(lines)) == [
        {
            "evse_id": "DK*TST*E1",
            "location": "'=1+1",
            "city": "Aarhus",
            "roaming_id": roaming_id,
            "why_not_told": why_not,
            "hubs": hubs,
        }
        for roaming_id, why_not, hubs in (("", "It is neither.", "A, B"), ("'+45*1", "", ""))
    ]
