"""EVSEs that a hub can't take are listed with the reason, and get ids that it can, each its own."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from evse_status.core.errors import (
    Conflict,
    EvseIsRemoved,
    EvseStatusError,
    InvalidInput,
    NotAllowed,
    UnknownEvse,
)
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.translation import Channel
from evse_status.service import partners
from evse_status.service.audit_log import newest_lines
from evse_status.service.roaming_ids import (
    RoamingLine,
    roaming_lines,
    set_roaming_ids,
)
from evse_status.service.vault import Vault
from evse_status.store.database import Database
from evse_status.store.deliveries import look_ats
from evse_status.store.evses import look_again
from support import Hands, evse_json, location_json, take_in

VAULT = Vault("k" * 40)
HUB = PartnerSettings(
    channel=Channel.HUBJECT,
    handshake=False,
    url="https://hub.example/api/oicp",
    operator_id="DK*TST",
)
UNTOLD = ("DK.TST.Z3*1", "dk*tst*e4", "SE*TST*E5")


def hub(db: Database, name: str = "Hub", **settings: Any) -> int:
    made = partners.add_partner(
        db, LOCAL, name, replace(HUB, **settings), vault=VAULT, nobody_else_tells=True
    )
    return made.partner.id


@pytest.fixture
def network(db: Database) -> Database:
    """Two fine ids, an internal one, one in lower case, and one abroad whose operator is another."""
    take_in(
        db,
        location_json(
            "L1",
            evse_json("1", evse_id="DK*TST*E1"),
            evse_json("2", evse_id="DK*TST*E2"),
            evse_json("3", evse_id="DK.TST.Z3*1"),
            evse_json("4", evse_id="dk*tst*e4"),
        ),
        location_json("L2", evse_json("5", evse_id="SE*TST*E5"), country_code="SE"),
    )
    return db


def lines(db: Database) -> dict[str, RoamingLine]:
    return {one.evse.evse_id: one for one in roaming_lines(db, LOCAL)}


def numbers(db: Database) -> dict[str, int]:
    return {name: one.evse.id for name, one in lines(db).items()}


def untold(db: Database) -> set[str]:
    return {name for name, one in lines(db).items() if one.why_not}


def test_without_a_hub_nothing_is_wrong(network: Database) -> None:
    assert roaming_lines(network, LOCAL) == []


def test_what_a_hub_can_not_take_is_listed_with_the_reason_where_it_reaches(
    network: Database,
) -> None:
    whole = hub(network)
    danish = hub(
        network, "Other", url="https://other.example", reach=Reach(countries=frozenset({"DK"}))
    )
    found = lines(network)
    assert {name: one.hubs for name, one in found.items()} == {
        "DK.TST.Z3*1": ("Hub", "Other"),
        "dk*tst*e4": ("Hub", "Other"),
        "SE*TST*E5": ("Hub",),
    }
    assert "is neither" in found["DK.TST.Z3*1"].why_not
    assert "upper case" in found["dk*tst*e4"].why_not
    assert "DK*TST" in found["SE*TST*E5"].why_not
    in_sweden = Principal("S", Role.VIEWER, countries=frozenset({"SE"}))
    assert [one.evse.evse_id for one in roaming_lines(network, in_sweden)] == ["SE*TST*E5"]
    partners.remove_partner(network, LOCAL, whole)
    partners.remove_partner(network, LOCAL, danish)
    assert lines(network) == {}


def test_an_id_is_given_and_taken_away_and_the_sender_looks_again(
    network: Database, hands: Hands
) -> None:
    hub(network)
    one, other = (numbers(network)[name] for name in ("DK.TST.Z3*1", "dk*tst*e4"))
    with network.write() as write:
        look_again(write.conn, [one, other], far := hands.now() + timedelta(days=300))
    done = set_roaming_ids(network, LOCAL, {one: " DK*TST*EZ3*1 ", other: "DK*TST*E4"})
    assert [(item.evse.id, item.before, item.roaming_id) for item in done] == [
        (one, None, "DK*TST*EZ3*1"),
        (other, None, "DK*TST*E4"),
    ]
    found = lines(network)
    assert (found["DK.TST.Z3*1"].roaming_id, found["DK.TST.Z3*1"].why_not) == ("DK*TST*EZ3*1", "")
    assert untold(network) == {"SE*TST*E5"}
    assert set_roaming_ids(network, LOCAL, {one: "DK*TST*EZ3*1"}) == []
    set_roaming_ids(network, LOCAL, {one: None})
    assert untold(network) == {"SE*TST*E5", "DK.TST.Z3*1"}
    logged = [(line.what, line.about, dict(line.details)) for line in newest_lines(network, LOCAL)]
    assert logged[:3] == [
        ("roaming id cleared", "DK.TST.Z3*1", {"roamingId": "DK*TST*EZ3*1 → none"}),
        ("roaming id set", "dk*tst*e4", {"roamingId": "none → DK*TST*E4"}),
        ("roaming id set", "DK.TST.Z3*1", {"roamingId": "none → DK*TST*EZ3*1"}),
    ]
    with network.read() as conn:
        looks = look_ats(conn, [one, other]).values()
    assert all(at is not None and at < far for at in looks)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("DK.TST.Z3", InvalidInput, "is no id that Hubject takes"),
        ("dk*tst*e33", InvalidInput, "is no id that Hubject takes"),
        ("DK-TST-E33", InvalidInput, "is no id that Hubject takes"),
        ("DK*TST*E" + "1" * 31, InvalidInput, "is no id that Hubject takes"),
        ("SE*TST*E33", InvalidInput, "doesn't begin with DK[*]TST"),
        ("DK*TST*E1", Conflict, "is the id of DK[*]TST[*]E1 already"),
        ("DKTSTE2", Conflict, "is the id of DK[*]TST[*]E2 already"),
        ("DKTST*E99", Conflict, "is the id of dk[*]tst[*]e4 already"),
    ],
)
def test_an_id_that_will_not_do_is_refused_and_nothing_is_set(
    network: Database, text: str, error: type[EvseStatusError], words: str
) -> None:
    hub(network)
    one, other, abroad = (numbers(network)[name] for name in UNTOLD)
    assert set_roaming_ids(network, LOCAL, {other: "DK*TST*E99"})
    with pytest.raises(error, match=words) as refused:
        set_roaming_ids(network, LOCAL, {abroad: "DK*TST*E5", one: text})
    assert refused.value.field == "roamingId"
    assert {item.roaming_id for item in lines(network).values()} == {None, "DK*TST*E99"}


def test_two_may_swap_their_ids_but_not_share_one(network: Database) -> None:
    hub(network)
    one, other, _ = (numbers(network)[name] for name in UNTOLD)
    with pytest.raises(Conflict):
        set_roaming_ids(network, LOCAL, {one: "DK*TST*E7", other: "DK*TSTE7"})
    set_roaming_ids(network, LOCAL, {one: "DK*TST*E7", other: "DK*TST*E8"})
    set_roaming_ids(network, LOCAL, {one: "DK*TST*E8", other: "DK*TST*E7"})


def test_it_stays_with_imports_and_follows_a_swapped_charger(network: Database) -> None:
    hub(network)
    one = numbers(network)["DK.TST.Z3*1"]
    set_roaming_ids(network, LOCAL, {one: "DK*TST*EZ3*1"})
    place = location_json("L1", evse_json("3", evse_id="DK.TST.Z3*1", physical_reference="new"))
    take_in(network, place, complete=False)
    assert lines(network)["DK.TST.Z3*1"].roaming_id == "DK*TST*EZ3*1"
    take_in(network, location_json("L1", evse_json("33", evse_id="DK.TST.Z3*1")))
    swapped = lines(network)["DK.TST.Z3*1"]
    assert (swapped.evse.uid, swapped.roaming_id) == ("33", "DK*TST*EZ3*1")
    assert swapped.evse.id != one
    with pytest.raises(EvseIsRemoved):
        set_roaming_ids(network, LOCAL, {one: "DK*TST*EZ4*1"})


def test_only_administrators_without_limits_set_them(network: Database) -> None:
    hub(network)
    one = numbers(network)["DK.TST.Z3*1"]
    for who in (
        Principal("Paul", Role.PLANNER),
        Principal("Carl", Role.ADMINISTRATOR, countries=frozenset({"DK"})),
    ):
        with pytest.raises(NotAllowed):
            set_roaming_ids(network, who, {one: "DK*TST*EZ3*1"})
    with pytest.raises(UnknownEvse):
        set_roaming_ids(network, LOCAL, {10**9: "DK*TST*EZ3*1"})
    assert lines(network)["DK.TST.Z3*1"].roaming_id is None
