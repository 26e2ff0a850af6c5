"""Case 25: thousands of overrides are counted and paged whole, while others are placed and cleared."""

from datetime import timedelta
from threading import Event, Thread

from sqlalchemy import select

from evse_status.core.principal import LOCAL
from evse_status.service.audit import OverrideFilter, list_overrides
from evse_status.service.fleet import FleetFilter, fleet_page
from evse_status.service.override_list import Wanted, list_page
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.store import feed
from evse_status.store.database import Database
from evse_status.store.tables import evse
from support import Hands, a_site, at, wish

EVSES = 250
EACH = 10


def test_case_25_of_thousands_none_is_lost_and_every_bar_is_there(
    sqlite: Database, hands: Hands
) -> None:
    [number] = a_site(sqlite, hands, 1).numbers.values()
    with sqlite.write() as write:
        like = write.conn.execute(select(evse).where(evse.c.id == number)).one()._asdict()
        del like["id"]
        more = [like | {"uid_key": f"U{n}", "evse_id": f"DK*TST*E9{n}"} for n in range(EVSES - 1)]
        numbers = [number, *feed.add_evses(write.conn, more)]
    made: list[int] = []
    for n in range(EACH):
        period = wish(valid_from=at(10 * n + 1), valid_to=at(10 * n + 9))
        done = place_overrides(sqlite, LOCAL, numbers, period).done
        made += [one.id for one in done]
    assert len(made) == EVSES * EACH

    stop = Event()
    others: list[int] = []

    def meanwhile() -> None:
        while not stop.is_set():
            [one] = place_overrides(sqlite, LOCAL, [number], wish(valid_from=at(500))).done
            clear_overrides(sqlite, LOCAL, [one.id])
            others.append(one.id)

    busy = Thread(target=meanwhile)
    busy.start()
    seen: list[int] = []
    totals: list[int] = []
    last: int | None = 0
    while last is not None:
        page = list_page(sqlite, LOCAL, Wanted(), now=hands.now(), limit=200, after=last)
        seen += [row.override.id for row in page.rows]
        totals.append(page.total or 0)
        last = page.last
    stop.set()
    busy.join()
    assert seen[: len(made)] == made
    assert seen[len(made) :] == others[: len(seen) - len(made)]
    assert totals == sorted(totals)
    assert len(made) <= totals[0] <= totals[-1] <= len(made) + len(others)

    everything = list_overrides(sqlite, LOCAL, OverrideFilter(), now=hands.now(), limit=1)
    assert everything.total == len(made) + len(others)
    shown = fleet_page(
        sqlite,
        LOCAL,
        FleetFilter(),
        from_at=at(0),
        to_at=at(0) + timedelta(days=14),
        now=hands.now(),
        limit=EVSES,
    )
    assert shown.total == EVSES
    bars = {one.override_id for row in shown.rows for one in row.segments}
    assert bars == set(made)
