"""What a driver app hears: what looks different to it, each EVSE once, from its place on, never a replay."""

import pytest

from api.driver_app.conftest import CHANGES, AppCaller
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service import app_changes
from evse_status.service.partners import edit_partner, resync_partner
from evse_status.service.vault import Vault
from support import (
    BLOCKED,
    MAINTENANCE,
    RESERVED,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    take_in,
)

E1, E2, E3 = (f"DK*TST*E{number}" for number in (1, 2, 3))


def test_life_of_an_override(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    spirii_go.fetch()
    from_at = site.now() + hours(1)
    placed(site, E1, MAINTENANCE, valid_from=from_at, valid_to=from_at + hours(1))
    assert spirii_go.labels() == []  # planned alone is nothing that shows
    site.hands.forward(hours=1, seconds=1)
    [told] = spirii_go.heard()
    assert told.name == "change"
    assert told.data == {
        "uid": site.numbers[E1],
        "evseId": E1,
        "locationUid": 1,
        "locationId": "L1",
        "label": "Unavailable",
        "colour": "#D27204",
        "textColour": "#16191D",
        "available": False,
        "since": told.data["since"],
    }
    assert told.data["since"][:19] == from_at.isoformat()[:19]
    assert told.data == told.data | {
        name: value for name, value in spirii_go.fetch()[E1].items() if name in told.data
    }
    site.hands.forward(hours=1)
    assert spirii_go.labels() == [("change", "Available")]
    made = placed(site, E1, BLOCKED)
    assert spirii_go.labels() == [("change", "Blocked")]
    spirii_go.clear(made.id)
    assert spirii_go.labels() == [("change", "Available")]
    assert spirii_go.labels() == []


def test_nothing_where_nothing_looks_different_to_this_app(spirii_go: AppCaller) -> None:
    site, default = spirii_go.site, spirii_go.another("Unbranded")
    only = spirii_go.another("Maintenance alone", statuses=frozenset({MAINTENANCE}))
    apps = (spirii_go, default, only)
    report(site.db, site.numbers[E1], ActualStatus.CHARGING)
    for app in apps:
        app.fetch()
    placed(site, E1, BLOCKED)
    assert spirii_go.labels() == [("change", "Blocked")]
    assert default.labels() == only.labels() == []  # it is occupied either way
    report(site.db, site.numbers[E1], ActualStatus.AVAILABLE)
    assert spirii_go.labels() == default.labels() == []  # the override hides it
    assert only.labels() == [("change", "Available")]


def test_standing_back(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    spirii_go.fetch()
    placed(site, E1, RESERVED, stands_back=True)
    assert spirii_go.labels() == [("change", "Reserved")]
    report(site.db, site.numbers[E1], ActualStatus.CHARGING)
    assert spirii_go.labels() == [("change", "Occupied")]
    report(site.db, site.numbers[E1], ActualStatus.AVAILABLE)
    assert spirii_go.labels() == [("change", "Reserved")]


def test_after_a_gap_each_comes_once_as_it_is_now(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    spirii_go.fetch()
    place = spirii_go.place
    made = [placed(site, E1, status) for status in (BLOCKED, MAINTENANCE, RESERVED)]
    placed(site, E2, BLOCKED, valid_to=site.now() + hours(2))
    site.hands.forward(hours=3)
    spirii_go.clear(*(one.id for one in made))
    placed(site, E3, BLOCKED)
    events = spirii_go.heard()
    assert [(one.data["evseId"], one.data["label"]) for one in events] == [
        (E1, "Available"),
        (E2, "Available"),
        (E3, "Blocked"),
    ]
    # the place comes with the last one alone: who breaks off in between misses nothing
    assert [bool(one.id) for one in events] == [False, False, True]
    # and from the old place, whichever process is asked, it is the same
    spirii_go.place = place
    assert spirii_go.heard() == events
    there = {number: one["label"] for number, one in spirii_go.fetch().items()}
    assert there == {E1: "Available", E2: "Available", E3: "Blocked"}


def test_records_that_come_change_and_go(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    spirii_go.fetch()
    evses = [evse_json("1"), evse_json("2", "DK*TST*E2000"), evse_json("4")]
    take_in(site.db, location_json("L1", *evses, evse_json("3", status="REMOVED")))
    told = spirii_go.heard()
    assert [(one.name, one.data["evseId"]) for one in told] == [
        ("gone", E3),
        ("evse", "DK*TST*E2000"),
        ("evse", "DK*TST*E4"),
    ]
    assert told[1].data == spirii_go.fetch()["DK*TST*E2000"]
    assert told[1].data["uid"] == site.numbers[E2]
    take_in(site.db, location_json("L1", *evses, name="A new name"), complete=False)
    assert [one.data["location"]["name"] for one in spirii_go.heard()] == ["A new name"] * 3
    take_in(site.db, location_json("L1", *evses, evse_json("3")), complete=False)
    assert ("evse", "Available") in spirii_go.labels()  # back again
    fresh = evse_json("1b", E1)
    take_in(site.db, location_json("L1", fresh, *evses[1:], evse_json("3")))
    swapped = [(one.name, one.data["uid"]) for one in spirii_go.heard()]
    new_uid = spirii_go.fetch()[E1]["uid"]
    assert swapped == [("gone", site.numbers[E1]), ("evse", new_uid)]


def test_what_was_unpublished_goes_without_being_named(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    allowed = spirii_go.another("Test app", unpublished=True)
    spirii_go.fetch()
    allowed.fetch()
    evses = [evse_json("1"), evse_json("2"), evse_json("3")]
    take_in(site.db, location_json("L1", *evses, publish=False), complete=False)
    told = spirii_go.heard()
    assert [(one.name, one.data) for one in told] == [
        ("gone", {"uid": number}) for number in site.numbers.values()
    ]
    assert {one.name for one in allowed.heard()} == {"evse"}
    placed(site, E1, BLOCKED)
    assert spirii_go.heard() == []
    assert len(allowed.heard()) == 1
    take_in(site.db, location_json("L1", *evses), complete=False)
    assert [one.name for one in spirii_go.heard()] == ["evse"] * 3


def test_out_of_reach_is_never_heard_of(spirii_go: AppCaller) -> None:
    site = spirii_go.site
    other = spirii_go.another("Elsewhere", countries=frozenset({"SE"}))
    other.fetch()
    placed(site, E1, BLOCKED)
    take_in(site.db, location_json("L1", evse_json("1", status="REMOVED"), publish=False))
    assert other.heard() == []


def test_when_everything_is_to_be_fetched_again(spirii_go: AppCaller) -> None:
    site = spirii_go.site

    def again() -> list[str]:
        names = [one.name for one in spirii_go.heard()]
        # until it is fetched it is said again, wherever it connects
        assert names == ([one.name for one in spirii_go.heard()] if names == ["reset"] else names)
        return names

    spirii_go.fetch()
    site.hands.forward(hours=24)
    placed(site, E1, BLOCKED)
    assert again() == ["change"]
    site.hands.forward(hours=24, seconds=1)
    placed(site, E2, BLOCKED)
    assert again() == ["reset"]
    spirii_go.fetch()
    assert again() == []
    before = spirii_go.app
    settings = before.settings.from_json(before.settings.as_json() | {"profile": "default"})
    edited = edit_partner(
        site.db, LOCAL, before.id, settings, version=before.version, vault=Vault("")
    )
    assert again() == ["reset"]
    assert spirii_go.fetch()[E1]["label"] == "Occupied"
    edit_partner(
        site.db, LOCAL, before.id, settings, version=edited.version, name="Go", vault=Vault("")
    )
    assert again() == []
    resync_partner(site.db, LOCAL, before.id)
    assert again() == ["reset"]
    spirii_go.fetch()
    spirii_go.place = "4102444800000000." + spirii_go.place.partition(".")[2]
    assert again() == ["reset"]  # of another store, or of one that was set back


def test_more_than_can_be_told_is_fetched_again(
    spirii_go: AppCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    spirii_go.fetch()
    site = spirii_go.site
    for evse in (E1, E2, E3):
        placed(site, evse, BLOCKED)
    place = spirii_go.place
    assert len(spirii_go.heard()) == 3
    monkeypatch.setattr(app_changes, "MOST_AT_ONCE", 2)
    spirii_go.place = place
    assert [one.name for one in spirii_go.heard()] == ["reset"]


def test_without_a_place_it_begins_now(spirii_go: AppCaller) -> None:
    placed(spirii_go.site, E1, BLOCKED)
    assert spirii_go.heard() == []
    placed(spirii_go.site, E2, BLOCKED)
    assert spirii_go.labels() == [("change", "Blocked")]
    place = {"lastEventId": spirii_go.place, "follow": "false"}
    assert spirii_go(CHANGES, params=place).text.count("event:") == 1


def test_place_that_is_none(spirii_go: AppCaller) -> None:
    for place in ("x", "1", "1.2", "1.zz", "9" * 18 + ".12345678", "-1.12345678", "1.ÄÄÄÄÄÄÄÄ"):
        asked = {"follow": "false", "lastEventId": place}
        assert spirii_go.refused(CHANGES, params=asked) == (422, "invalid_input", "Last-Event-ID")
