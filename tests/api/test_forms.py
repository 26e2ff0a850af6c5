"""The JSON of overrides and displays: Spirii's keys, design.md section 8, and nothing missing."""

from dataclasses import replace

from evse_status.api.forms import display_form, history_form, override_form
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Cause, Source
from evse_status.service.audit import override_detail
from evse_status.service.look_up import display, find_evse
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.store.database import Database
from support import BLOCKED, MAINTENANCE, NOON, Hands, a_site, at, hours, override, wish

EVSE = "DK*TST*E1"


class Named:
    evse_id = EVSE


def test_override_has_spiriis_keys_first_and_ours_after() -> None:
    made = override(
        valid_from=at(-1),
        valid_to=at(4),
        reason="Cable",
        cause=Cause.PLANNED_WORK,
        ticket="T-1",
        source=Source.API,
        external_ref="x7",
    )
    assert list(override_form(made, Named(), now=NOON).items()) == [
        ("id", 1),
        ("temporaryStatus", "MAINTENANCE"),
        ("evseId", EVSE),
        ("validFrom", "2026-10-22T11:00:00Z"),
        ("validTo", "2026-10-22T16:00:00Z"),
        ("reason", "Cable"),
        ("cause", "planned work"),
        ("ticket", "T-1"),
        ("source", "api"),
        ("createdBy", "Mette"),
        ("effectiveFrom", "2026-10-22T12:00:00Z"),
        ("phase", "active"),
        ("clearedAt", None),
        ("externalRef", "x7"),
        ("batchId", None),
        ("seriesId", None),
        ("occurrenceStart", None),
        ("drainUntil", None),
        ("waits", False),
        ("version", 1),
    ]


def test_override_until_cleared() -> None:
    form = override_form(override(), Named(), now=NOON)
    assert (form["validFrom"], form["validTo"], form["cause"]) == (
        "2026-10-22T12:00:00Z",
        None,
        None,
    )


def test_phase_is_that_of_the_instant_half_open() -> None:
    made = override(valid_from=at(1), valid_to=at(2))
    phases = [override_form(made, Named(), now=at(hour))["phase"] for hour in (0, 1, 1.5, 2)]
    assert phases == ["upcoming", "active", "active", "ended"]
    cleared = replace(made, cleared_at=at(1.5))
    assert override_form(cleared, Named(), now=at(3))["phase"] == "cleared"
    assert override_form(cleared, Named(), now=at(3))["clearedAt"] == "2026-10-22T13:30:00Z"


def test_display_with_a_winner_what_it_beats_and_what_comes_next(
    sqlite: Database, hands: Hands
) -> None:
    site = a_site(sqlite, hands)
    below = wish(BLOCKED, valid_to=at(9))
    above = wish(MAINTENANCE, valid_from=at(1), valid_to=at(4), reason="Cable")
    place_overrides(sqlite, LOCAL, [EVSE], below)
    [placed] = place_overrides(sqlite, LOCAL, [EVSE], above).done
    form = display_form(display(sqlite, LOCAL, site.numbers[EVSE], at=at(2)))
    assert form == {
        "evseId": EVSE,
        "at": "2026-10-22T14:00:00Z",
        "actualStatus": "AVAILABLE",
        "channels": {
            "spiriiGo": "Out of Service",
            "hubject": "OutOfService",
            "ocpi": "INOPERATIVE",
        },
        "override": override_form(placed, Named(), now=at(2)),
        "heldBack": [
            {
                "id": 1,
                "seriesId": None,
                "temporaryStatus": "BLOCKED",
                "because": "MAINTENANCE outranks BLOCKED",
            }
        ],
        "next": {
            "at": "2026-10-22T16:00:00Z",
            "channels": {"spiriiGo": "Occupied", "hubject": "Occupied", "ocpi": "BLOCKED"},
        },
    }
    assert {"id", "temporaryStatus", "validFrom", "validTo", "reason", "createdBy"} <= set(
        form["override"]
    )


def test_display_of_the_actual_status_alone(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands)
    form = display_form(display(sqlite, LOCAL, site.numbers[EVSE], at=hands.now()))
    assert (form["override"], form["heldBack"], form["next"]) == (None, [], None)
    assert form["channels"] == {
        "spiriiGo": "Available",
        "hubject": "Available",
        "ocpi": "AVAILABLE",
    }


def test_channel_that_does_not_show_an_evse_says_null(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands, status="REMOVED")
    gone = find_evse(sqlite, LOCAL, EVSE)
    form = display_form(display(sqlite, LOCAL, gone.id, at=hands.now()))
    assert form["channels"] == {"spiriiGo": None, "hubject": None, "ocpi": "REMOVED"}


def test_history_is_oldest_first_with_what_changed(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands)
    [placed] = place_overrides(sqlite, LOCAL, [EVSE], wish(valid_to=hands.now() + hours(2))).done
    hands.forward(minutes=5)
    clear_overrides(sqlite, LOCAL, [placed.id], why="Done early")
    lines = override_detail(sqlite, LOCAL, placed.id, now=hands.now()).history
    created, cleared = history_form(lines)
    assert (created["what"], created["version"], created["by"]) == ("created", 1, "local")
    assert {name: cleared[name] for name in ("at", "what", "why", "version", "changes")} == {
        "at": "2026-10-22T12:06:00Z",
        "what": "cleared",
        "why": "Done early",
        "version": 2,
        "changes": [{"field": "clearedAt", "before": "", "after": "2026-10-22T12:06:00Z"}],
    }
