"""What partners acknowledged is reported as it is: who is behind, refused, how late, in whose area; sent again."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from evse_status.core.errors import NotAllowed, NotFound
from evse_status.core.partner import PartnerRole, PartnerSettings
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.service.delivery_report import (
    Health,
    Only,
    PartnerReport,
    delivery_report,
    evse_lines,
    mark,
    receipts,
    send_again,
)
from evse_status.service.partners import add_partner, pause_partner
from evse_status.service.vault import Vault
from evse_status.store import tables
from evse_status.store.database import Database
from support import NOON, at, evse_json, location_json, take_in

VAULT = Vault("a key that is long enough for the tests of services")
VIEWER = Principal("Vera", Role.VIEWER)
SWEDE = Principal("Sven", Role.ADMINISTRATOR, countries=frozenset({"SE"}))
SILENT = timedelta(hours=1)


@pytest.fixture
def partner(db: Database) -> int:
    """A receiver that was told of two EVSEs at each of a Danish and a Swedish location."""
    for place, country, uids in (("L1", "DK", "12"), ("L2", "SE", "34")):
        evses = [evse_json(uid, f"{country}*TST*E{uid}") for uid in uids]
        take_in(db, location_json(place, *evses) | {"country_code": country})
    settings = PartnerSettings(url="http://127.0.0.1:9/locations", handshake=False)
    number = add_partner(
        db, LOCAL, "Tern Drive", settings, vault=VAULT, nobody_else_tells=True, token="theirs"
    ).partner.id
    served(db, number)
    with db.aside() as conn:
        known = [
            {"partner_id": number, "evse_id": evse, "location_id": 1 + (evse > 2)} | _KNOWN
            for evse in (1, 2, 3, 4)
        ]
        conn.execute(insert(tables.partner_evse), known)
    return number


_KNOWN: dict[str, Any] = {
    "wanted": "AVAILABLE",
    "wanted_at": NOON,
    "acked": "AVAILABLE",
    "acked_at": NOON,
    "schedule": "",
    "schedule_acked": "",
    "content": 1,
    "content_acked": 1,
    "attempt": 0,
    "refused": "",
    "schedule_refused": "",
}


def served(db: Database, number: int, **fields: Any) -> None:
    until = at(100)
    whose = tables.partner.c.id == number
    state = {"owned_by": "me", "owned_until": until, "reached_at": NOON} | fields
    with db.aside() as conn:
        conn.execute(update(tables.partner).where(whose).values(**state))


def known(db: Database, evse: int, **fields: Any) -> None:
    with db.aside() as conn:
        conn.execute(
            update(tables.partner_evse)
            .where(tables.partner_evse.c.evse_id == evse)
            .values(**fields)
        )


def answered(db: Database, number: int, evse: int, *, late: float, **fields: Any) -> None:
    """A receipt at NOON of a status that became true `late` seconds before."""
    answer = {
        "partner_id": number,
        "evse_id": evse,
        "location_id": 1 + (evse > 2),
        "at": NOON,
        "kind": "status",
        "told": "AVAILABLE",
        "told_at": NOON - timedelta(seconds=late),
        "outcome": "acknowledged",
        "http_status": 200,
        "status_code": 1000,
        "answer": "",
        "attempt": 1,
        "took": 5_000,
    }
    with db.aside() as conn:
        conn.execute(insert(tables.receipt).values(answer | fields))


def report(db: Database, who: Principal = LOCAL) -> PartnerReport:
    [one] = delivery_report(db, who, now=at(0.01), silent_after=SILENT)
    return one


def test_counts_latency_and_words_within_the_readers_area(db: Database, partner: int) -> None:
    known(db, 1, acked="CHARGING", due_at=NOON)
    known(db, 2, refused="unknown tariff", acked="", due_at=at(24))
    known(db, 3, acked="", due_at=NOON)
    known(db, 4, wanted="REMOVED", acked="REMOVED")
    for late in (*[0.1] * 98, 2.0, 60.0):
        answered(db, partner, 1, late=late)
    answered(db, partner, 2, late=9_000, outcome="failed", http_status=503, answer="closed")
    answered(db, partner, 3, late=9_000, kind="location")
    one = report(db, VIEWER)
    assert (one.evses, one.behind, one.refused) == (3, 2, 1)
    assert (one.p50, one.p99) == (timedelta(seconds=0.1), timedelta(seconds=60))
    assert [(minute.taken, minute.failed) for minute in one.minutes] == [(101, 1)]
    assert (report(db, SWEDE).evses, report(db, SWEDE).behind) == (1, 1)
    refused = evse_lines(db, VIEWER, partner, only=Only.REFUSED, limit=10)
    assert [(line.evse.evse_id, line.refused) for line in refused.lines] == [
        ("DK*TST*E2", "unknown tariff")
    ]
    assert refused.counts == {Only.ALL: 3, Only.BEHIND: 2, Only.REFUSED: 1}
    found = evse_lines(db, VIEWER, partner, search="se*tst*e3", limit=10)
    assert [line.evse.evse_id for line in found.lines] == ["SE*TST*E3"]
    second = evse_lines(db, VIEWER, partner, limit=1, offset=1)
    assert [line.evse.evse_id for line in second.lines] == ["DK*TST*E2"]
    [failure] = receipts(db, VIEWER, partner, only_failures=True, limit=10)
    assert (failure.about, failure.http_status, failure.answer) == ("DK*TST*E2", 503, "closed")
    assert {line.about for line in receipts(db, SWEDE, partner, limit=10)} == {"SE*TST*E3"}


def test_how_it_stands_with_it(db: Database, partner: int) -> None:
    # On SQLite nobody holds the lock of senders, on PostgreSQL the lease has run out.
    served(db, partner, owned_until=at(-1))
    assert report(db).health is Health.NOT_SERVED
    pause_partner(db, LOCAL, partner, paused=True)
    assert report(db).health is Health.PAUSED


@pytest.mark.parametrize(
    ("heard", "health"),
    [(None, Health.SILENT), (at(-2), Health.SILENT), (at(-0.5), Health.WELL)],
)
def test_a_csms_that_is_silent(db: Database, heard: Any, health: Health) -> None:
    settings = PartnerSettings(
        role=PartnerRole.UPSTREAM, url="http://127.0.0.1:9/locations", handshake=False
    )
    number = add_partner(db, LOCAL, "CSMS", settings, vault=VAULT, token="theirs").partner.id
    with db.aside() as conn:
        whose = tables.partner.c.id == number
        conn.execute(update(tables.partner).where(whose).values(heard_at=heard, added_at=at(-9)))
    assert report(db).health is health


def test_refused_ones_are_due_at_once_and_administrators_alone_may(
    db: Database, partner: int
) -> None:
    known(db, 2, refused="unknown tariff", acked="", due_at=at(24), rest_try_at=at(24), attempt=7)
    for who in (VIEWER, SWEDE):
        with pytest.raises(NotAllowed):
            send_again(db, who, partner, None)
    with pytest.raises(NotFound):
        send_again(db, LOCAL, partner + 1, None)
    before = mark(db, now=NOON)
    assert send_again(db, LOCAL, partner, None) == 1
    assert send_again(db, LOCAL, partner, [4]) == 1
    with db.read() as conn:
        columns = tables.partner_evse.c
        rows = conn.execute(
            select(columns.evse_id, columns.acked, columns.attempt, columns.rest_try_at)
            .where(columns.due_at.is_not(None))
            .order_by(columns.evse_id)
        ).all()
    assert [tuple(row) for row in rows] == [(2, "", 0, None), (4, "", 0, None)]
    answered(db, partner, 2, late=1)
    assert mark(db, now=NOON) != before
