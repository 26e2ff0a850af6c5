"""Rule 19: what chargers report about themselves is taken in, whoever spells it."""

from datetime import datetime

import pytest

from evse_status.core.errors import (
    InvalidInput,
    NaiveInstant,
    NotAllowed,
    NothingSelected,
    TwiceInOneRequest,
    UnknownEvse,
    UnknownWord,
)
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus
from evse_status.service.report import Report, report_actual
from evse_status.store.database import Database
from support import Hands, a_site, at, hours, shown

ONE, TWO, THREE = "DK*TST*E1", "DK*TST*E2", "DK*TST*E3"


def test_a_report_shows_from_when_it_was_learnt(db: Database, hands: Hands) -> None:
    site = a_site(db, hands)
    before = site.now()
    hands.forward(minutes=5)
    results = report_actual(
        db, LOCAL, [Report(ONE, "SuspendedEV", None), Report(TWO, "faulted", None)]
    )
    assert [(one.evse_id, one.status, one.changed) for one in results] == [
        (ONE, ActualStatus.CHARGING, True),
        (TWO, ActualStatus.OUTOFORDER, True),
    ]
    assert shown(site, ONE) is ActualStatus.CHARGING
    assert shown(site, TWO) is ActualStatus.OUTOFORDER
    assert shown(site, ONE, before) is ActualStatus.AVAILABLE


def test_an_older_report_and_a_repeated_one_change_nothing(db: Database, hands: Hands) -> None:
    site = a_site(db, hands)
    report_actual(db, LOCAL, [Report(ONE, "CHARGING", None)])
    hands.forward(minutes=1)
    [older] = report_actual(db, LOCAL, [Report(ONE, "AVAILABLE", site.now() - hours(3))])
    [repeated] = report_actual(db, LOCAL, [Report(ONE, "Charging", None)])
    assert (older.changed, older.error) == (False, None)
    assert (repeated.changed, repeated.error) == (False, None)
    assert shown(site, ONE) is ActualStatus.CHARGING


def test_each_report_is_accepted_or_refused_by_itself(sqlite: Database, hands: Hands) -> None:
    site = a_site(sqlite, hands)
    results = report_actual(
        sqlite,
        LOCAL,
        [
            Report(ONE, "CHARGING", None),
            Report(ONE, "AVAILABLE", None),
            Report(TWO, "asleep", None),
            Report(TWO, "REMOVED", None),
            Report(THREE, "CHARGING", datetime(2026, 10, 22, 12, 0)),
            Report("DK*TST*E9", "CHARGING", None),
        ],
    )
    kinds = [type(one.error) for one in results]
    assert kinds == [
        type(None),
        TwiceInOneRequest,
        UnknownWord,
        InvalidInput,
        NaiveInstant,
        UnknownEvse,
    ]
    assert [one.changed for one in results] == [True, *[False] * 5]
    assert shown(site, ONE) is ActualStatus.CHARGING
    assert shown(site, TWO) is ActualStatus.AVAILABLE


def test_nobody_reports_nothing_or_without_the_right_to(sqlite: Database, hands: Hands) -> None:
    a_site(sqlite, hands)
    with pytest.raises(NothingSelected):
        report_actual(sqlite, LOCAL, [])
    with pytest.raises(NotAllowed):
        report_actual(sqlite, Principal("Mette", Role.VIEWER), [Report(ONE, "CHARGING", at(0))])
