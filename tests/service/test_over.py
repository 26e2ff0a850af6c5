"""What is remembered of a day that is over says the same as counting afresh, whatever happens next."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evse_status.core.override import Edit
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import Phase
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.memory import Answer, Memory
from evse_status.service.retention import archive_before
from evse_status.service.schedule import change_override, clear_overrides, undo
from evse_status.store.database import Database
from support import BLOCKED, MAINTENANCE, Hands, Site, a_site, at, location_json, placed, take_in

ASKED = [
    *(OverrideFilter(phase=phase) for phase in (None, *Phase)),
    OverrideFilter(phase=Phase.ENDED, search="cable"),
    OverrideFilter(phase=Phase.ENDED, search="harbour"),
    OverrideFilter(phase=Phase.CLEARED, statuses=(BLOCKED,)),
    OverrideFilter(phase=Phase.ENDED, cities=("Odense",)),
]


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    return a_site(db, hands, 3)


class _Counting(Memory):
    worked_out = 0

    def recall(self, key: Hashable, work_out: Callable[[], Answer]) -> Answer:
        def counted() -> Answer:
            self.worked_out += 1
            return work_out()

        return super().recall(key, counted)


@contextmanager
def _remembering(site: Site, *, seen: bool = True) -> Iterator[None]:
    """A memory that knows what was over before the block is asked again after it; `seen`: the answers differ."""
    memory = Memory()

    def asked(which: OverrideFilter, memory: Memory | None) -> object:
        return list_overrides(site.db, LOCAL, which, now=site.now(), limit=20, memory=memory)

    before = [asked(which, memory) for which in ASKED]
    yield
    after = [asked(which, memory) for which in ASKED]
    assert after == [asked(which, None) for which in ASKED]
    assert (after != before) == seen


def test_what_was_over_yesterday_and_what_happens_today_are_counted(
    site: Site, hands: Hands, tmp_path: Path
) -> None:
    placed(site, "DK*TST*E1", MAINTENANCE, valid_to=at(2), reason="Cable")
    today = placed(site, "DK*TST*E2", BLOCKED, valid_to=at(30))
    placed(site, "DK*TST*E2", BLOCKED, valid_to=at(40))
    early = placed(site, "DK*TST*E3", BLOCKED, valid_to=at(90))
    cleared = clear_overrides(site.db, LOCAL, [early.id])
    placed(site, "DK*TST*E3", MAINTENANCE, valid_from=at(80), valid_to=at(81))
    hands.shows = at(25)
    placed(site, "DK*TST*E1", valid_to=at(26))  # a write of today: the midnight is sure
    with _remembering(site):
        hands.shows = at(31)  # time alone
    with _remembering(site):
        clear_overrides(site.db, LOCAL, [today.id + 1])
    with _remembering(site):
        undo(site.db, LOCAL, cleared.batch_id or 0)  # yesterday's clear
    with _remembering(site):
        change_override(site.db, LOCAL, today.id - 1, Edit(reason="Harbour works"))
    with _remembering(site):
        take_in(site.db, location_json("L1", city="Odense"), complete=False)
    with _remembering(site, seen=False):
        archive_before(site.db, LOCAL, before=at(10), folder=tmp_path, now=site.now())


def test_a_day_is_counted_once(site: Site, hands: Hands) -> None:
    placed(site, valid_to=at(2))
    hands.shows = at(25)
    placed(site, valid_to=at(26))
    memory = _Counting()
    for hour in (25, 25, 27, 30):
        hands.shows = at(hour)
        page = list_overrides(
            site.db, LOCAL, OverrideFilter(phase=Phase.ENDED), now=at(hour), limit=5, memory=memory
        )
        assert page.total == (1 if hour < 26 else 2)
    assert memory.worked_out == 1
