"""What upstream may tell: whole objects, parts of them, and nothing older than what is known."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from evse_status.channels.ocpi import instants
from evse_status.core.partner import PartnerRole, PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.look_up import display, find_evse
from evse_status.service.partners import add_partner
from evse_status.store.tables import import_run, location, override
from ocpi_wire import Wire
from support import BLOCKED, MAINTENANCE, evse_json, location_json, placed

BASE = "/ocpi/2.2.1/receiver/locations/DK/TST"


def stamp(wire: Wire, **ago: float) -> str:
    return instants.text(wire.site.now() - timedelta(**ago))


@pytest.fixture
def csms(wire: Wire) -> str:
    """The token of a CSMS."""
    return csms_of(wire)


def csms_of(wire: Wire, **settings: Any) -> str:
    told = PartnerSettings(
        role=PartnerRole.UPSTREAM,
        handshake=False,
        url="https://csms.example/locations",
        **settings,
    )
    made = add_partner(
        wire.site.db, LOCAL, f"CSMS {len(wire.known())}", told,
        vault=wire.app.vault, token="theirs",
    )  # fmt: skip
    return made.token or ""


def tell(wire: Wire, token: str, method: str, path: str, body: dict[str, Any]) -> None:
    answer = wire(method, f"{BASE}/{path}", token, json=body)
    assert (answer.status_code, answer.json()["status_code"]) == (200, 1000), answer.text


def actual(wire: Wire, evse: str = "DK*TST*E1") -> ActualStatus:
    found = find_evse(wire.site.db, LOCAL, evse)
    return display(wire.site.db, LOCAL, found.id, at=wire.site.now()).displayed.actual


def runs(wire: Wire) -> int:
    with wire.site.db.read() as conn:
        return len(conn.execute(select(import_run)).all())


def test_a_status_comes_in_and_an_older_one_changes_nothing(wire: Wire, csms: str) -> None:
    before = runs(wire)
    tell(wire, csms, "PATCH", "L1/1", {"status": "CHARGING", "last_updated": stamp(wire)})
    assert actual(wire) is ActualStatus.CHARGING
    late = stamp(wire, seconds=30)
    tell(wire, csms, "PATCH", "l1/1", {"status": "AVAILABLE", "last_updated": late})
    assert actual(wire) is ActualStatus.CHARGING
    assert runs(wire) == before  # names and places stay, so pages needn't read them again
    told = wire.data(f"{BASE}/L1/1", csms)
    assert told["status"] == "CHARGING"
    assert told["last_updated"] > late


def test_upstream_reads_back_what_it_told_not_what_partners_are_shown(
    wire: Wire, csms: str
) -> None:
    placed(wire.site, status=BLOCKED)
    body = location_json(
        "L1", *(evse_json(str(n), tariff={"id": n}) for n in (1, 2, 3)), last_updated=stamp(wire)
    )
    tell(wire, csms, "PUT", "L1", body)
    assert wire.data(f"{BASE}/L1", csms) == body | {
        "evses": [
            one | {"last_updated": told["last_updated"]}
            for one, told in zip(body["evses"], wire.data(f"{BASE}/L1", csms)["evses"], strict=True)
        ]
    }
    assert wire.data(f"{BASE}/L1/1/1", csms) == body["evses"][0]["connectors"][0]
    for path in ("L9", "L1/9", "L1/1/9"):
        assert wire.refused("GET", f"{BASE}/{path}", csms)[:2] == (404, 2003)


def test_a_new_location_evse_and_connector_are_added_by_put(wire: Wire, csms: str) -> None:
    evse = evse_json("9", last_updated=stamp(wire))
    assert wire.refused("PUT", f"{BASE}/N1/9", csms, json=evse)[:2] == (404, 2003)
    tell(wire, csms, "PUT", "N1", location_json("N1", evse_json("8"), last_updated=stamp(wire)))
    tell(wire, csms, "PUT", "N1/9", evse)
    plug = evse["connectors"][0] | {"id": "2", "last_updated": stamp(wire)}
    tell(wire, csms, "PUT", "N1/9/2", plug)
    assert wire.data(f"{BASE}/N1/9/2", csms) == plug
    assert [one["uid"] for one in wire.data(f"{BASE}/N1", csms)["evses"]] == ["8", "9"]
    with wire.site.db.read() as conn:
        told_by = conn.execute(select(location.c.ocpi_id, location.c.upstream_id)).all()
    assert [tuple(row) for row in told_by] == [("L1", None), ("N1", wire.known()[0].id)]


def test_parts_change_and_the_rest_stays(wire: Wire, csms: str) -> None:
    tell(wire, csms, "PATCH", "L1", {"name": "Harbour", "last_updated": stamp(wire)})
    found = select_evses(wire.site.db, LOCAL, FleetFilter(search="harbour"), now=wire.site.now())
    assert len(found) == 3  # all its EVSEs are found by it
    tell(wire, csms, "PATCH", "L1/1", {"physical_reference": "Bay 7", "last_updated": stamp(wire)})
    tell(wire, csms, "PATCH", "L1/1/1", {"tariff_ids": ["x"], "last_updated": stamp(wire)})
    told = wire.data(f"{BASE}/L1/1", csms)
    assert (told["physical_reference"], told["status"]) == ("Bay 7", "AVAILABLE")
    assert told["connectors"][0]["tariff_ids"] == ["x"]
    assert told["connectors"][0]["standard"] == "IEC_62196_T2"
    for path in ("L9", "L1/9", "L1/1/9"):
        body = {"name": "x", "last_updated": stamp(wire)}
        assert wire.refused("PATCH", f"{BASE}/{path}", csms, json=body)[:2] == (404, 2003)


def test_content_that_is_older_than_what_is_known_changes_nothing(wire: Wire, csms: str) -> None:
    new, old = stamp(wire), stamp(wire, minutes=5)
    tell(wire, csms, "PUT", "L1/1", evse_json("1", physical_reference="new", last_updated=new))
    tell(wire, csms, "PUT", "L1/1", evse_json("1", physical_reference="old", last_updated=old))
    tell(wire, csms, "PATCH", "L1/1", {"physical_reference": "older", "last_updated": old})
    assert wire.data(f"{BASE}/L1/1", csms)["physical_reference"] == "new"
    tell(wire, csms, "PATCH", "L1", {"name": "new", "last_updated": new})
    tell(wire, csms, "PATCH", "L1", {"name": "old", "last_updated": old})
    assert wire.data(f"{BASE}/L1", csms)["name"] == "new"
    plug = {"id": "1", "standard": "CHADEMO", "last_updated": new}
    tell(wire, csms, "PUT", "L1/1/1", plug)
    tell(wire, csms, "PATCH", "L1/1/1", {"standard": "DOMESTIC_F", "last_updated": old})
    assert wire.data(f"{BASE}/L1/1/1", csms) == plug


def test_removed_ends_overrides_and_a_status_brings_the_evse_back_without_them(
    wire: Wire, csms: str
) -> None:
    made = placed(wire.site)
    tell(wire, csms, "PATCH", "L1/1", {"status": "REMOVED", "last_updated": stamp(wire)})
    with wire.site.db.read() as conn:
        cleared_at = conn.scalar(select(override.c.cleared_at).where(override.c.id == made.id))
    assert cleared_at == wire.site.db.newest_at()
    wire.site.hands.forward(minutes=1)
    tell(wire, csms, "PATCH", "L1/1", {"status": "AVAILABLE", "last_updated": stamp(wire)})
    found = find_evse(wire.site.db, LOCAL, "DK*TST*E1")
    now = display(wire.site.db, LOCAL, found.id, at=wire.site.now())
    assert (now.displayed.status, found.removed_at) == (ActualStatus.AVAILABLE, None)


@pytest.mark.parametrize("path", ["L1", "L1/new"])
def test_overrides_follow_a_swapped_charger(wire: Wire, csms: str, path: str) -> None:
    placed(wire.site)
    evse = evse_json("new", "DK*TST*E1", last_updated=stamp(wire))
    whole = location_json("L1", evse, last_updated=stamp(wire))
    tell(wire, csms, "PUT", path, whole if path == "L1" else evse)
    found = find_evse(wire.site.db, LOCAL, "DK*TST*E1")
    assert found.uid == "new"
    shown = display(wire.site.db, LOCAL, found.id, at=wire.site.now()).displayed.status
    assert shown is MAINTENANCE


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "L1/1", {"status": "CHARGING"}, "last_updated"),
        ("PATCH", "L1/1", {"status": "CHARGING", "last_updated": "soon"}, "last_updated"),
        ("PATCH", "L1/1", {"status": "PARKED"}, "status"),
        ("PATCH", "L1/1", {"uid": "2"}, "uid"),
        ("PUT", "L1/1", {"uid": "2", "status": "CHARGING"}, "uid"),
        ("PUT", "L1/1", {"uid": "1"}, "status"),
        ("PUT", "L1/1", {"uid": "1", "status": "PARKED"}, "status"),
        ("PUT", "L1", {"id": "L2"}, "id"),
        ("PUT", "L1", {"id": "L1", "party_id": "XXX"}, "party_id"),
        ("PUT", "L1/1/1", {"id": "2"}, "id"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(
    wire: Wire, csms: str, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    if field not in ("last_updated",) and "last_updated" not in body:
        body = body | {"last_updated": stamp(wire)}
    status, code, words = wire.refused(method, f"{BASE}/{path}", csms, json=body)
    assert (status, code) == (200, 2001)
    assert field in words
    assert actual(wire) is ActualStatus.AVAILABLE


def test_another_operators_objects_and_other_callers_are_refused(wire: Wire, csms: str) -> None:
    limited = csms_of(wire, reach=Reach(operators=frozenset({"OTH"})))
    body = {"status": "CHARGING", "last_updated": stamp(wire)}
    assert wire.refused("PATCH", f"{BASE}/L1/1", limited, json=body)[:2] == (403, 2000)
    made = add_partner(
        wire.site.db, LOCAL, "An eMSP",
        PartnerSettings(handshake=False, url="https://emsp.example/locations"),
        vault=wire.app.vault, nobody_else_tells=True, token="theirs",
    )  # fmt: skip
    assert wire.refused("PATCH", f"{BASE}/L1/1", made.token, json=body)[0] == 404
    assert wire.refused("PATCH", f"{BASE}/L1/1", "ocpi_nobody", json=body)[0] == 401
    assert wire.refused("POST", f"{BASE}/L1/1", csms, json=body)[0] == 405
    assert wire.refused("GET", "/ocpi/2.2.1/locations", csms)[0] == 404
    assert actual(wire) is ActualStatus.AVAILABLE
