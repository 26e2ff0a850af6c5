"""Pages of Locations: what a reader holds who asks for what changed, while everything changes."""

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from evse_status.channels.ocpi import instants
from evse_status.core.errors import EndsInThePast
from evse_status.core.override import Wish
from evse_status.core.partner import PartnerSettings, Reach
from evse_status.core.principal import LOCAL
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.fleet import FleetFilter, select_evses
from evse_status.service.publish import Between, shared_evses
from evse_status.service.published_list import Asked, Page, one_location, page_of_locations
from evse_status.service.schedule import clear_overrides, place_overrides
from evse_status.store import shared
from evse_status.store.database import Database
from support import Hands, evse_json, hours, location_json, report, take_in

EVERYTHING = PartnerSettings()
LOCATIONS, EVSES = 12, 3


def network(*, name: str = "Site") -> list[dict[str, Any]]:
    return [
        location_json(
            f"L{n:02}", *(evse_json(f"{n}-{m}") for m in range(EVSES)), name=f"{name} {n}"
        )
        for n in range(LOCATIONS)
    ]


def crawl(db: Database, now: Callable[[], datetime], since: datetime | None) -> list[Page]:
    """All pages of what changed since then."""
    pages, after = [], 0
    while True:
        asked = Asked(Between(since), after=after, limit=5)
        pages.append(page_of_locations(db, EVERYTHING, asked, now=now()))
        if pages[-1].after is None:
            return pages
        after = pages[-1].after


def test_a_reader_of_changes_misses_nothing_while_everything_changes(
    db: Database, hands: Hands
) -> None:
    take_in(db, *network())
    numbers = [card.id for card in select_evses(db, LOCAL, FleetFilter(), now=hands.now())]
    over = threading.Event()
    made: list[int] = []
    trouble: list[BaseException] = []

    def whole(work: Callable[[random.Random], None], number: int) -> None:
        chance = random.Random(number)
        try:
            while not over.is_set():
                work(chance)
        except BaseException as error:
            trouble.append(error)

    def plan(chance: random.Random) -> None:
        start = db.newest_at() or hands.now()
        begin = start + timedelta(milliseconds=chance.choice([0, 30, 200]))
        wish = Wish(
            chance.choice(list(TemporaryStatus)),
            begin,
            begin + timedelta(milliseconds=chance.choice([300, 1_000])),
            stands_back=chance.random() < 0.3,
        )
        with contextlib.suppress(EndsInThePast):  # the clock goes on while it waits for its turn
            result = place_overrides(db, LOCAL, [chance.choice(numbers)], wish)
            made.extend(one.id for one in result.done)

    def time_passes(_chance: random.Random) -> None:
        hands.forward(milliseconds=3)
        over.wait(0.0005)

    def clear(chance: random.Random) -> None:
        if made:
            clear_overrides(db, LOCAL, [chance.choice(made)])

    def speak(chance: random.Random) -> None:
        report(db, chance.choice(numbers), chance.choice(list(ActualStatus)[:-1]))

    def rename(chance: random.Random) -> None:
        take_in(
            db,
            *network(name=f"Name {chance.randrange(99)}")[: chance.randrange(1, 4)],
            complete=False,
        )

    threads = [
        threading.Thread(target=whole, args=(work, number))
        for number, work in enumerate((time_passes, plan, clear, speak, rename))
    ]
    for thread in threads:
        thread.start()
    held: dict[str, Any] = {}
    since: datetime | None = None
    for _ in range(8):
        pages = crawl(db, hands.now, since)
        for document in (one for page in pages for one in page.documents):
            held[document["id"]] = document
        since = instants.as_told(pages[0].as_of)  # as an answer's timestamp tells
    over.set()
    for thread in threads:
        thread.join()
    assert trouble == []

    last = hands.now() + hours(0.1)
    for page in crawl(db, lambda: last, since):
        held |= {one["id"]: one for one in page.documents}
    truth = [one for page in crawl(db, lambda: last, None) for one in page.documents]
    assert len(made) > 5
    assert sorted(held) == [one["id"] for one in truth]
    assert held == {one["id"]: one for one in truth}


def test_a_page_is_filled_although_some_turn_out_not_to_have_changed(
    db: Database, hands: Hands
) -> None:
    take_in(db, *network())
    hands.forward(hours=1)
    since = hands.now()
    numbers = [card.id for card in select_evses(db, LOCAL, FleetFilter(), now=since)]
    [one] = place_overrides(
        db,
        LOCAL,
        numbers[:1],
        Wish(TemporaryStatus.BLOCKED, None, since + hours(9)),
        all_or_nothing=True,
    ).done
    assert one.id
    hands.forward(minutes=1)
    changed = hands.now()
    report(db, numbers[0], ActualStatus.CHARGING)  # hidden
    report(db, numbers[-1], ActualStatus.CHARGING)

    page = page_of_locations(db, EVERYTHING, Asked(Between(changed), limit=1), now=hands.now())
    assert [one["id"] for one in page.documents] == ["L11"]
    assert (page.total, page.after) == (2, None)


def test_one_location_is_found_in_any_case_and_not_out_of_reach(db: Database, hands: Hands) -> None:
    from evse_status.core.errors import NotFound

    take_in(db, *network())
    assert one_location(db, EVERYTHING, "l03", now=hands.now())["id"] == "L03"
    for settings in (replace(EVERYTHING, reach=Reach(countries=frozenset({"NL"}))),):
        with pytest.raises(NotFound):
            one_location(db, settings, "L03", now=hands.now())


@contextmanager
def _statements(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def remember(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", remember)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", remember)


def test_however_many_evses_a_few_statements_read_them(db: Database, hands: Hands) -> None:
    take_in(db, *network())
    numbers = [card.id for card in select_evses(db, LOCAL, FleetFilter(), now=hands.now())]
    place_overrides(
        db, LOCAL, numbers, Wish(TemporaryStatus.BLOCKED, stands_back=True), all_or_nothing=True
    )
    for number in numbers[:10]:
        report(db, number, ActualStatus.CHARGING)
    hands.forward(minutes=1)
    with _statements(db) as statements, db.read() as conn:
        found = shared_evses(conn, EVERYTHING, numbers, now=hands.now())
    assert len(found) == LOCATIONS * EVSES
    assert len([one for one in statements if "SELECT" in one]) <= 6


def test_far_too_many_boundaries_make_every_location_a_candidate(
    db: Database, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(db, *network())
    hands.forward(hours=1)
    since = hands.now()
    numbers = [card.id for card in select_evses(db, LOCAL, FleetFilter(), now=since)]
    place_overrides(db, LOCAL, numbers[:3], Wish(TemporaryStatus.BLOCKED), all_or_nothing=True)
    monkeypatch.setattr(shared, "_MOST_BOUNDARIES", 2)
    page = page_of_locations(db, EVERYTHING, Asked(Between(since)), now=hands.now())
    assert [one["id"] for one in page.documents] == ["L00"]
    assert page.total == LOCATIONS
