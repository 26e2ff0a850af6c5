"""Finding stretches by their class of length finds exactly those that a look at every row finds."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from evse_status.store.database import Database
from evse_status.store.overrides import segments_in
from evse_status.store.spans import OPEN, SHORTEST, span_of
from evse_status.store.tables import holding, override
from support import NOON, Hands, a_site, at, placed

MOMENT = timedelta(microseconds=1)

Row = tuple[datetime, datetime | None]

# Lengths at and beside powers of two: where one class ends and the next begins.
_length = st.one_of(
    st.sampled_from(
        [2**power + beside for power in (0, 29, 30, 31, 40, 45, 46) for beside in (-1, 0, 1)]
    ),
    st.integers(1, 2**46),
).filter(lambda length: length > 0)
_start = st.one_of(
    st.integers(-(2**46), 2**46), st.sampled_from([-(2**30), -1, 0, 1, 2**30, 2**31])
)
_row = st.tuples(_start, st.none() | _length).map(
    lambda row: (
        NOON + timedelta(microseconds=row[0]),
        None if row[1] is None else NOON + timedelta(microseconds=row[0] + row[1]),
    )
)


def naive(rows: list[Row], from_at: datetime, to_at: datetime | None) -> list[tuple[datetime, str]]:
    return sorted(
        (start, str(end))
        for start, end in rows
        if (start <= from_at if to_at is None else start < to_at) and (end is None or end > from_at)
    )


@pytest.mark.parametrize(
    ("length", "span"),
    [
        (1, SHORTEST),
        (2**30 - 1, 30),
        (2**30, 30),
        (2**30 + 1, 31),
        (2**31, 31),
        (2**31 + 1, 32),
        (int(timedelta(days=365).total_seconds() * 1e6), 45),
    ],
)
def test_the_class_of_a_length_is_the_power_of_two_that_covers_it(length: int, span: int) -> None:
    assert span_of(NOON, NOON + timedelta(microseconds=length)) == span


def test_an_open_end_is_a_class_of_its_own() -> None:
    assert span_of(NOON, None) == OPEN


@settings(max_examples=25)
@given(rows=st.lists(_row, max_size=8), window=st.none() | _length, asked=st.none() | _start)
@example(rows=[(NOON, NOON + timedelta(microseconds=2**30))], window=None, asked=2**30)
@example(rows=[(NOON, NOON + timedelta(microseconds=2**30))], window=1, asked=2**30 - 1)
def test_spans_find_what_a_look_at_every_row_finds(
    db: Database, hands: Hands, rows: list[Row], window: int | None, asked: int | None
) -> None:
    number = _only_evse(db, hands)
    edges = [edge for row in rows for edge in row if edge is not None]
    instants = [NOON + timedelta(microseconds=asked or 0), *edges, *(e - MOMENT for e in edges)]
    with db.write() as write:
        write.conn.execute(delete(holding))
        if rows:
            write.conn.execute(insert(holding), [_values(number, row) for row in rows])
    with db.read() as conn:
        for from_at in instants:
            to_at = None if window is None else from_at + timedelta(microseconds=window)
            wanted = naive(rows, from_at, to_at)
            for evses in (None, [number]):
                found = segments_in(conn, from_at, to_at, evse_numbers=evses)
                assert sorted((one.from_at, str(one.to_at)) for one in found) == wanted
            assert segments_in(conn, from_at, to_at, evse_numbers=[number + 1]) == []


def _only_evse(db: Database, hands: Hands) -> int:
    with db.read() as conn:
        known = conn.scalar(select(override.c.evse_id))
    return known or placed(a_site(db, hands, 1)).evse


def _values(number: int, row: Row) -> dict[str, Any]:
    return {
        "override_id": 1,
        "evse_id": number,
        "rank": 1,
        "made": NOON,
        "from_at": row[0],
        "to_at": row[1],
        "span": span_of(*row),
        "stands_back": False,
    }


def test_an_empty_store_holds_nothing_and_every_class_is_found(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 2)
    with db.read() as conn:
        assert segments_in(conn, NOON, None) == []
    placed(site, valid_to=at(1))
    placed(site)
    with db.read() as conn:
        found = segments_in(conn, at(0.5), None)
    assert {span_of(one.from_at, one.to_at) for one in found} == {32, OPEN}
    assert len(found) == 2


def test_more_evses_than_fit_into_one_query_are_asked_for(db: Database, hands: Hands) -> None:
    site = a_site(db, hands, 1)
    lengths = [timedelta(minutes=10 * 2**power) for power in range(12)]
    for length in lengths:
        placed(site, valid_to=site.now() + length)
    [number] = site.numbers.values()
    with db.read() as conn:
        found = segments_in(conn, site.now(), at(9), evse_numbers=[*range(100, 7_000), number])
    assert len(found) == len(lengths)
