"""Thousands of rows are kept like one: the same values, numbers never used before, the same refusals."""

import pytest
from sqlalchemy import select

from evse_status.core.errors import InvalidInput
from evse_status.core.override import Override
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Cause
from evse_status.service.schedule import (
    BatchResult,
    clear_overrides,
    extend_overrides,
    place_overrides,
    undo,
)
from evse_status.store import overrides
from evse_status.store.database import Database
from evse_status.store.many import FEW
from evse_status.store.tables import change, holding, override
from support import RESERVED, Hands, Site, a_site, at, hours, placed, wish

MANY = FEW + 10
FIELDS = {
    "valid_to": at(9),
    "reason": "Ø “quotes” 'and' \\ \n line",
    "cause": Cause.PLANNED_WORK,
    "ticket": "SRV-1",
    "stands_back": True,
    "lease_until": at(20),
    "external_ref": "x",
}


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, MANY)


def everywhere(site: Site, **fields: object) -> BatchResult:
    made = wish(RESERVED, **(FIELDS | fields))
    return place_overrides(site.db, LOCAL, list(site.numbers.values()), made)


def kept(site: Site) -> dict[int, Override]:
    with site.db.read() as conn:
        return overrides.by_ids(conn, conn.scalars(select(override.c.id)).all())


def test_many_are_kept_as_one_is(site: Site) -> None:
    one = placed(site, "DK*TST*E1", RESERVED, **FIELDS)
    many = everywhere(site).done
    assert kept(site) == {made.id: made for made in (one, *many)}
    assert [made.id for made in many] == list(range(one.id + 1, one.id + 1 + MANY))
    last = placed(site, "DK*TST*E1", RESERVED)
    assert last.id == many[-1].id + 1
    with site.db.read() as conn:
        for table in (holding, change):
            key = table.c.override_id
            rows = [
                conn.execute(select(table).where(key == number)).one()._asdict()
                for number in (one.id, many[0].id)
            ]
            differing = {name for name in rows[0] if rows[0][name] != rows[1][name]}
            assert differing <= {"id", "override_id", "at", "made", "from_at", "after", "batch_id"}
        [line] = overrides.history(conn, many[7].id)
        assert overrides.before_and_after(line) == (None, many[7])


def test_many_are_altered_as_one_is(site: Site) -> None:
    made = everywhere(site).done
    ids = [one.id for one in made]
    extend_overrides(site.db, LOCAL, ids[:1], by=hours(1))
    done = extend_overrides(site.db, LOCAL, ids[1:], by=hours(1))
    assert {one.ends_at for one in kept(site).values()} == {at(10)}
    assert {one.version for one in kept(site).values()} == {2}
    cleared = clear_overrides(site.db, LOCAL, ids)
    assert kept(site) == {one.id: one for one in cleared.done}
    assert cleared.batch_id is not None
    undone = undo(site.db, LOCAL, cleared.batch_id)
    assert kept(site) == {one.id: one for one in undone.done}
    assert {one.cleared_at for one in undone.done} == {None}
    assert done.refused == undone.refused == ()


def test_what_can_not_be_stored_is_refused_alike(on_postgresql: Database, hands: Hands) -> None:
    site = a_site(on_postgresql, hands, MANY)
    for evses in (["DK*TST*E1"], list(site.numbers)):
        with pytest.raises(InvalidInput, match="can't be kept"):
            place_overrides(site.db, LOCAL, evses, wish(external_ref="a\x00b"))
    assert kept(site) == {}
