"""Series answer alike however far they are stored, and a batch that is undone leaves no trace (rules 16, 18)."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.principal import LOCAL
from evse_status.core.series import occurrences
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.service.look_up import track
from evse_status.service.schedule import undo
from evse_status.service.series import SeriesWish, place_repeating
from evse_status.service.series_change import Scope, change_series, clear_series
from evse_status.service.series_fill import fill, fill_one
from evse_status.service.series_split import SeriesEdit
from evse_status.store import series as store
from evse_status.store.database import Database
from recurring import rules
from support import NOON, Hands, Site, a_site

ZONES = ("Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo")
RULES = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3;COUNT=9",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=WEEKLY;BYDAY=SU;UNTIL=20270401",
)

pytestmark = pytest.mark.hypothesis


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with three EVSEs at NOON and a minute, to be copied."""
    from evse_status.store.upgrade import upgrade

    hands = Hands()
    db = Database(f"sqlite:///{tmp_path_factory.mktemp('series') / 'empty.db'}", now=hands.now)
    upgrade(db)
    a_site(db, hands, 3)
    with db.engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return db.file


@pytest.fixture
def opened(empty: Path, tmp_path: Path) -> Iterator[Callable[[], Site]]:
    """Opens copies of it."""
    sites: list[Site] = []

    def open_one() -> Site:
        for site in sites[:-1]:
            site.db.close()
        hands = Hands(NOON + timedelta(minutes=1))
        file = tmp_path / f"{len(sites)}.db"
        shutil.copy(empty, file)
        site = Site(
            Database(f"sqlite:///{file}", now=hands.now),
            hands,
            {"DK*TST*E1": 1, "DK*TST*E2": 2, "DK*TST*E3": 3},
        )
        sites.append(site)
        return site

    yield open_one
    for site in sites:
        site.db.close()


wishes = st.builds(
    SeriesWish,
    rule=st.sampled_from(RULES) | rules(),
    zone=st.sampled_from(ZONES),
    first_local_start=st.builds(
        lambda days, hour, half: datetime(2026, 10, 15, hour, 30 * half) + timedelta(days=days),
        st.integers(0, 20),
        st.sampled_from([0, 1, 2, 3, 12, 22, 23]),
        st.booleans(),
    ),
    minutes=st.sampled_from([30, 90, 420, 1440]),
    temporary_status=st.sampled_from(TemporaryStatus),
)


Shown = tuple[datetime, datetime | None, object]


def seen(site: Site, from_at: datetime, to_at: datetime) -> dict[str, list[Shown]]:
    """What every EVSE shows from `from_at` on."""
    return {
        name: [
            (one.from_at, one.to_at, one.displayed.status)
            for one in track(site.db, LOCAL, number, from_at=from_at, to_at=to_at)
        ]
        for name, number in site.numbers.items()
    }


@settings(max_examples=15)
@given(wish=wishes, to_day=st.integers(0, 150), ahead_day=st.integers(0, 199))
def test_answers_do_not_depend_on_how_far_a_series_is_stored(
    opened: Callable[[], Site], wish: SeriesWish, to_day: int, ahead_day: int
) -> None:
    site = opened()
    try:
        placed = place_repeating(site.db, LOCAL, [([1, 2], wish)])
    except EvseStatusError as error:
        note(str(error))
        return
    [one] = placed.series
    from_at, to_at = site.now(), NOON + timedelta(days=201)
    expected = [(each.starts_at, each.ends_at) for each in occurrences(one.series, from_at, to_at)]
    before = seen(site, from_at, to_at)
    shown = [
        (start, end or to_at)
        for start, end, status in before["DK*TST*E1"]
        if status is wish.temporary_status
    ]
    assert _joined(shown) == _joined([(max(s, from_at), min(e, to_at)) for s, e in expected])
    for instant in (from_at, from_at + timedelta(days=ahead_day), to_at - timedelta(minutes=1)):
        one_by_one = any(start <= instant < end for start, end in expected)
        assert (_at(before["DK*TST*E2"], instant) is wish.temporary_status) == one_by_one
    with site.db.write() as write:
        [whole] = store.by_ids(write.conn, [one.series.id]).values()
        fill_one(write, whole, until=NOON + timedelta(days=to_day))
    assert seen(site, from_at, to_at) == before
    assert before["DK*TST*E3"] == seen(site, from_at, to_at)["DK*TST*E3"]


def _joined(stretches: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Touching ones are one (rule 10)."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in stretches:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _at(stretches: list[Shown], instant: datetime) -> object:
    return next(
        status
        for start, end, status in stretches
        if start <= instant and (end is None or instant < end)
    )


@dataclass(frozen=True)
class Done:
    """What somebody does to the first series."""

    what: str
    nth: int
    edit: SeriesEdit


edits = st.builds(
    SeriesEdit,
    start_time=st.sampled_from([time(21), time(2, 30), time(12)]),
    temporary_status=st.sampled_from(TemporaryStatus),
) | st.sampled_from(
    [
        SeriesEdit(minutes=60),
        SeriesEdit(rule="FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        SeriesEdit(rule="FREQ=DAILY;COUNT=5", start_time=time(20)),
        SeriesEdit(reason="another"),
        SeriesEdit(temporary_status=TemporaryStatus.RESERVED),
    ]
)
doings = st.builds(
    Done,
    what=st.sampled_from(["place", "change all", "change following", "clear all", "skip", "this"]),
    nth=st.integers(0, 70),
    edit=edits,
)


def do(site: Site, done: Done, wish: SeriesWish) -> int | None:
    """Do it; the batch that it was."""
    if done.what == "place":
        return place_repeating(site.db, LOCAL, [([1, 2], wish)]).batch_id
    with site.db.read() as conn:
        one = store.by_ids(conn, [1])[1]
    ahead = occurrences(one, site.now(), NOON + timedelta(days=400), most=done.nth + 1)
    scope, at = Scope.ALL, ahead[-1].local_start if ahead else None
    if done.what == "change following":
        scope = Scope.FOLLOWING
    elif done.what in ("skip", "this"):
        scope = Scope.THIS
    if done.what in ("clear all", "skip"):
        return clear_series(site.db, LOCAL, 1, scope=scope, occurrence=at).batch_id
    return change_series(site.db, LOCAL, 1, done.edit, scope=scope, occurrence=at).batch_id


@settings(max_examples=30)
@given(
    wish=wishes,
    other=wishes,
    done=doings,
    hours_before=st.integers(0, 24 * 30),
    hours_until=st.integers(0, 24 * 100),
    filled=st.booleans(),
)
def test_after_undo_every_evse_shows_as_if_it_had_not_happened(
    opened: Callable[[], Site],
    wish: SeriesWish,
    other: SeriesWish,
    done: Done,
    hours_before: int,
    hours_until: int,
    filled: bool,
) -> None:
    sites = [opened(), opened()]
    for site in sites:
        try:
            place_repeating(site.db, LOCAL, [([1, 2], wish)])
        except EvseStatusError as error:
            note(str(error))
            return
        site.hands.forward(hours=hours_before)
        if filled:
            fill(site.db)
    try:
        batch_id = do(sites[0], done, other)
    except EvseStatusError as error:
        note(str(error))
        return
    for site in sites:
        site.hands.forward(hours=hours_until)
        if filled:
            fill(site.db)
    if batch_id is not None:
        result = undo(sites[0].db, LOCAL, batch_id)
        assert [item.error for item in result.items if item.error] == []
    from_at = max(site.now() for site in sites)
    to_at = NOON + timedelta(days=250)
    assert seen(sites[0], from_at, to_at) == seen(sites[1], from_at, to_at)
    for site in sites:
        site.hands.forward(days=40)
        fill(site.db)
    from_at = max(site.now() for site in sites)
    assert seen(sites[0], from_at, to_at) == seen(sites[1], from_at, to_at)
    undo(sites[0].db, LOCAL, 1)  # placing itself, which was changed and changed back
    for stretches in seen(sites[0], sites[0].now(), to_at).values():
        assert {status for _, _, status in stretches} == {ActualStatus.AVAILABLE}
