"""Chosen overrides: as they stand, and what became of each since it was shown (rule 13)."""

from evse_status.core.override import Edit
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.service.chosen import changes_since, rows_of
from evse_status.service.schedule import change_override, clear_overrides
from evse_status.store.database import Database
from support import Hands, a_site, placed

ABROAD = Principal("Astrid", Role.PLANNER, countries=frozenset({"SE"}))


def test_the_chosen_ones_come_in_their_order_without_unknown_ones(
    db: Database, hands: Hands
) -> None:
    site = a_site(db, hands)
    one, two = placed(site), placed(site, "DK*TST*E2")
    rows = rows_of(db, LOCAL, [two.id, 999, one.id, two.id], now=site.now())
    assert [row.override for row in rows] == [two, one]
    assert [row.evse.evse_id for row in rows] == ["DK*TST*E2", "DK*TST*E1"]
    assert rows_of(db, ABROAD, [one.id], now=site.now()) == ()


def test_what_happened_since_is_told_with_before_and_after(db: Database, hands: Hands) -> None:
    site = a_site(db, hands)
    one, two = placed(site, reason="Cable"), placed(site, "DK*TST*E2")
    changed = change_override(db, LOCAL, one.id, Edit(reason="Plug"), why="Wrong word")
    clear_overrides(db, LOCAL, [one.id])
    since = changes_since(db, LOCAL, {one.id: one.version, two.id: two.version})
    assert [(line.what, line.why) for line in since[one.id]] == [
        ("changed", "Wrong word"),
        ("cleared", ""),
    ]
    assert since[one.id][0].fields == (("reason", "Cable", "Plug"),)
    assert since[two.id] == ()
    assert [line.what for line in changes_since(db, LOCAL, {one.id: changed.version})[one.id]] == [
        "cleared"
    ]
    assert changes_since(db, ABROAD, {one.id: 1}) == {}
