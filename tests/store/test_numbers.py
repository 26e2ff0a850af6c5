"""A column is compared with any count of numbers, and finds exactly those."""

import pytest
from sqlalchemy import select

from evse_status.store.database import Database
from evse_status.store.numbers import one_of
from evse_status.store.tables import evse
from support import Hands, a_site


@pytest.mark.parametrize("beside", [0, 1, 200, 201, 100_000])
def test_exactly_those_are_found_however_many_are_named(
    db: Database, hands: Hands, beside: int
) -> None:
    first, second, _ = a_site(db, hands, 3).numbers.values()
    wanted = [first, second, *range(10**6, 10**6 + beside)]
    with db.read() as conn:
        found = conn.scalars(select(evse.c.id).where(one_of(evse.c.id, wanted))).all()
    assert sorted(found) == [first, second]


def test_nothing_is_one_of_none(db: Database, hands: Hands) -> None:
    a_site(db, hands, 1)
    with db.read() as conn:
        assert conn.scalars(select(evse.c.id).where(one_of(evse.c.id, []))).all() == []
