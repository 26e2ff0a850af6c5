"""Each partner has one sender at a time; one that ended, or is cut off, is followed by another."""

from datetime import timedelta

import pytest

from evse_status.service.leases import AnotherSenderRuns, claim, only_sender, release
from evse_status.store.database import Database
from support import Hands, a_site
from told import ME, a_partner

ON_POSTGRESQL = pytest.mark.parametrize(
    "db", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""On SQLite a lock file admits one sender."""
LONG, OVER = timedelta(minutes=1), timedelta(seconds=-1)


@pytest.fixture
def partners(db: Database, hands: Hands) -> list[int]:
    """Two partners that nobody owns."""
    a_site(db, hands)
    numbers = [a_partner(db, name).id for name in ("One", "Two")]
    release(db, ME, numbers)
    return numbers


def test_a_lease_is_renewed_and_let_go(db: Database, partners: list[int]) -> None:
    for _ in range(2):
        owned = claim(db, "first", dict.fromkeys(partners, LONG))
        assert (owned.partners, owned.after_a_crash) == (frozenset(partners), frozenset())
    release(db, "first", partners)
    owned = claim(db, "second", dict.fromkeys(partners, LONG))
    assert (owned.partners, owned.after_a_crash) == (frozenset(partners), frozenset())


@ON_POSTGRESQL
def test_nobody_takes_what_is_leased_but_what_has_run_out(
    db: Database, partners: list[int]
) -> None:
    one, two = partners
    claim(db, "first", {one: LONG, two: OVER})
    assert claim(db, "second", dict.fromkeys(partners, LONG)).partners == {two}
    assert claim(db, "first", dict.fromkeys(partners, LONG)).partners == {one}


@ON_POSTGRESQL
def test_senders_that_start_together_share(db: Database, partners: list[int]) -> None:
    [first] = claim(db, "first", dict.fromkeys(partners, LONG), most_new=1).partners
    [second] = claim(db, "second", dict.fromkeys(partners, LONG), most_new=1).partners
    assert {first, second} == set(partners)


def test_after_a_crash_the_next_one_knows(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands)
    number = a_partner(sqlite).id
    assert claim(sqlite, "the next", {number: LONG}).after_a_crash == {number}
    assert claim(sqlite, "the next", {number: LONG}).after_a_crash == set()


def test_sqlite_has_one_sender(sqlite: Database) -> None:
    lock = only_sender(sqlite)
    assert lock is not None
    with pytest.raises(AnotherSenderRuns, match="A sender is running"):
        only_sender(sqlite)
    lock.release()
    again = only_sender(sqlite)
    assert again is not None
    again.release()
