"""History may leave the tables, but no answer changes: however often it is interrupted, whoever asks."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, select

from archiver import dies_at
from evse_status.core.errors import (
    AlreadyOver,
    InvalidInput,
    NotAllowed,
    StoreUnusable,
    UnknownOverride,
)
from evse_status.core.override import Edit, Override
from evse_status.core.principal import LOCAL, Principal, Role
from evse_status.core.statuses import ActualStatus, Phase, Source
from evse_status.service.audit import OverrideFilter, list_overrides, override_detail
from evse_status.service.fleet import (
    FleetFilter,
    fleet_counts,
    fleet_page,
    fleet_strip,
    select_evses,
)
from evse_status.service.look_up import display
from evse_status.service.memory import Memory
from evse_status.service.retention import (
    Moved,
    archive_before,
    archive_folder,
    prune_statuses,
    tidy_up,
)
from evse_status.service.schedule import (
    change_override,
    clear_overrides,
    extend_overrides,
    undo,
)
from evse_status.store.database import Database
from evse_status.store.tables import actual, archive_part, change, holding, override
from support import (
    BLOCKED,
    COMMISSIONING,
    MAINTENANCE,
    NOON,
    RESERVED,
    Hands,
    Site,
    a_site,
    at,
    every,
    evse_json,
    hours,
    location_json,
    placed,
    report,
    take_in,
)

BEFORE = at(40)


@pytest.fixture
def site(db: Database, hands: Hands) -> Site:
    """Two days of overrides and statuses on three EVSEs; at hour 50 some hold, some are to come."""
    site = a_site(db, hands, 3)
    one, two, three = site.numbers
    placed(site, one, MAINTENANCE, valid_to=at(5), reason="Cable", ticket="SRV-1")
    placed(site, one, COMMISSIONING, valid_from=at(3), valid_to=at(8))
    placed(site, one, BLOCKED, valid_from=at(4), valid_to=at(30), source=Source.SENSOR)
    placed(site, two, RESERVED, valid_from=at(2), valid_to=at(60), reason="Long booking")
    placed(site, two, MAINTENANCE, valid_from=at(20), valid_to=at(39))
    placed(site, three, BLOCKED, reason="Until cleared")
    never = placed(site, three, RESERVED, valid_from=at(45), valid_to=at(46))
    placed(site, three, MAINTENANCE, valid_from=at(70), valid_to=at(80))
    hands.shows = at(6)
    report(db, site.numbers[one], ActualStatus.CHARGING)
    clear_overrides(db, LOCAL, [never.id], why="Not needed")
    hands.shows = at(9)
    report(db, site.numbers[one], ActualStatus.AVAILABLE)
    report(db, site.numbers[two], ActualStatus.OUTOFORDER)
    late = placed(site, three, COMMISSIONING, valid_from=at(10), valid_to=at(14))
    hands.shows = at(11)
    change_override(db, LOCAL, late.id, Edit(valid_to=at(12), reason="Sooner"))
    for hour in (15, 18, 21):
        hands.shows = at(hour)
        status = ActualStatus.CHARGING if hour % 2 else ActualStatus.AVAILABLE
        report(db, site.numbers[three], status)
    hands.shows = at(50)
    return site


def told(site: Site) -> list[Any]:
    """Everything that anybody may ask about the past, the present and the future."""
    db, now = site.db, at(55)
    answers: list[Any] = [
        display(db, LOCAL, number, at=when)
        for number in site.numbers.values()
        for when in every(hours(5), at(0), at(84))
    ]
    phases = (None, *Phase)
    filters = [
        *(OverrideFilter(phase=phase) for phase in phases),
        *(OverrideFilter(phase=phase, search="cable") for phase in phases),
        OverrideFilter(phase=Phase.ENDED, search="dktste2"),
        OverrideFilter(search="e1 SRV"),
        OverrideFilter(statuses=(MAINTENANCE, RESERVED)),
        OverrideFilter(sources=(Source.SENSOR,)),
        OverrideFilter(cities=("Aarhus",)),
        OverrideFilter(cities=("Odense",)),
        OverrideFilter(evse=site.numbers["DK*TST*E1"]),
        OverrideFilter(evse=site.numbers["DK*TST*E1"], cities=("Aarhus",)),
    ]
    for which in filters:
        answers.append(list_overrides(db, LOCAL, which, now=now, limit=100))
    for which in filters[: len(phases)]:
        answers += [list_overrides(db, LOCAL, which, now=now, limit=3, offset=n) for n in (0, 4)]
    for fleet in (
        *(FleetFilter(phases=(phase,)) for phase in Phase),
        FleetFilter(phases=(Phase.ENDED, Phase.CLEARED), statuses=(RESERVED,)),
        FleetFilter(phases=(Phase.ENDED,), sources=(Source.SENSOR,), search="e1"),
    ):
        answers.append(select_evses(db, LOCAL, fleet, now=now))
    answers += [override_detail(db, LOCAL, number, now=now) for number in range(1, 10)]
    answers.append(_by_evse(site))
    answers.append(fleet_strip(db, LOCAL, from_at=at(-5), to_at=at(90)))
    answers.append(fleet_counts(db, LOCAL, now=now))
    return answers


def _by_evse(site: Site) -> list[Any]:
    page = fleet_page(
        site.db, LOCAL, FleetFilter(), from_at=at(-5), to_at=at(90), now=at(55), limit=9
    )
    return [
        (row.evse, row.actual_now, sorted(map(str, row.segments)), row.actuals, row.track)
        for row in page.rows
    ] + [sorted(map(str, page.overrides.values()))]


def count(db: Database, table: Any) -> int:
    with db.read() as conn:
        return conn.scalar(select(func.count()).select_from(table)) or 0


def archived(site: Site, folder: Path, before: datetime = BEFORE, **options: Any) -> Moved:
    return archive_before(site.db, LOCAL, before=before, folder=folder, now=site.now(), **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def test_every_answer_is_the_same_after_history_was_archived(site: Site, folder: Path) -> None:
    before = told(site)
    moved = archived(site, folder)
    assert moved.overrides == 6
    assert moved.statuses > 3
    assert told(site) == before
    assert count(site.db, override) == 3
    assert archived(site, folder) == Moved()
    assert told(site) == before


def test_files_from_before_a_column_was_there_are_read_on(site: Site, folder: Path) -> None:
    before = told(site)
    archived(site, folder)
    for file in folder.rglob("override.parquet"):
        pq.write_table(pq.read_table(file, partitioning=None).drop_columns(["drains"]), file)
    assert told(site) == before


def test_nothing_active_or_upcoming_ever_moves(site: Site, folder: Path) -> None:
    archived(site, folder, before=site.now())
    with site.db.read() as conn:
        left = set(conn.scalars(select(override.c.id)))
        open_ends = set(conn.scalars(select(actual.c.evse_id).where(actual.c.to_at.is_(None))))
    assert left == {4, 6, 8}
    assert open_ends == set(site.numbers.values())
    assert count(site.db, holding) == 3


def test_what_ends_at_the_very_instant_is_over_and_a_microsecond_later_is_not(
    site: Site, folder: Path
) -> None:
    moment = timedelta(microseconds=1)
    assert archived(site, folder, before=at(5) - moment).overrides == 0
    assert archived(site, folder, before=at(5)).overrides == 1
    assert display(site.db, LOCAL, site.numbers["DK*TST*E1"], at=at(2)).override is not None


def test_small_parts_and_several_runs_are_one_history(site: Site, folder: Path) -> None:
    before = told(site)
    for hour in (7, 13, 33, 40, 50):
        archived(site, folder, before=at(hour), per_part=2, at_once=1)
        assert told(site) == before
    assert count(site.db, archive_part) > 5


def test_days_that_are_remembered_stay_true(site: Site, folder: Path) -> None:
    memory = Memory()
    strip = partial(fleet_strip, site.db, LOCAL, from_at=at(-5), to_at=at(49))
    before = strip(memory=memory)
    assert before == strip()
    assert strip(memory=memory) == before
    archived(site, folder)
    assert strip(memory=memory) == before


STEPS = 40


def _dies_at(site: Site, folder: Path, step: int) -> bool:
    url = site.db.url.render_as_string(hide_password=False)
    return dies_at(step, url, folder, BEFORE, at(51))


def test_killed_at_any_step_it_loses_nothing_and_shows_nothing_twice(
    site: Site, folder: Path
) -> None:
    """Each run gets one step further than what the runs before it left to do."""
    before, alive = told(site), False
    for step in (1, 2, 3, 4, 1, 5, 6, 9, STEPS):
        alive = not _dies_at(site, folder, step)
        assert told(site) == before, step
        if alive:
            break
    assert alive
    assert count(site.db, override) == 3
    with site.db.read() as conn:
        assert set(conn.scalars(select(archive_part.c.state))) == {"done"}
        kept = {row.folder for row in conn.execute(select(archive_part.c.folder))}
    assert {one.name for one in folder.iterdir()} == {Path(one).name for one in kept}


def test_killed_before_it_was_recorded_leaves_files_that_the_next_run_removes(
    site: Site, folder: Path
) -> None:
    before = told(site)
    assert _dies_at(site, folder, 2)  # the files are written
    assert len(list(folder.iterdir())) == 1
    assert count(site.db, override) == 9
    assert told(site) == before
    tidy_up(site.db)
    assert list(folder.iterdir()) == []
    assert count(site.db, archive_part) == 0


def test_what_is_altered_while_it_is_being_archived_stays_in_the_tables(
    site: Site, folder: Path
) -> None:
    altered: list[Override] = []

    def alter(step: str, _done: int) -> None:
        if step == "overrides: recorded" and not altered:
            altered.append(change_override(site.db, LOCAL, 1, Edit(reason="Learnt later")))

    archived(site, folder, on_progress=alter, per_part=100, at_once=2)
    detail = override_detail(site.db, LOCAL, 1, now=at(55))
    assert (detail.override.reason, len(detail.history)) == ("Learnt later", 2)
    listed = list_overrides(site.db, LOCAL, OverrideFilter(), now=at(55), limit=100)
    assert [row.override.id for row in listed.rows].count(1) == 1
    assert listed.total == 9
    assert display(site.db, LOCAL, 1, at=at(1)).override == detail.override


def test_two_runs_at_once_move_nothing_twice(site: Site, folder: Path) -> None:
    before = told(site)
    ran: list[Moved] = []

    def run_another(step: str, _done: int) -> None:
        if step == "overrides: chosen" and not ran:
            ran.append(archived(site, folder))

    with pytest.raises(StoreUnusable):
        archived(site, folder, on_progress=run_another)
    assert told(site) == before
    archived(site, folder)
    assert told(site) == before
    assert count(site.db, override) == 3


def test_an_archived_override_is_over_for_whoever_would_alter_it(site: Site, folder: Path) -> None:
    archived(site, folder)
    before = told(site)
    [item] = clear_overrides(site.db, LOCAL, [1]).items  # rule 12: answered with its state
    assert (item.error, item.override and item.override.id) == (None, 1)
    assert told(site) == before
    [refused] = extend_overrides(site.db, LOCAL, [1], by=hours(1)).refused
    assert isinstance(refused.error, AlreadyOver)
    with pytest.raises(AlreadyOver):
        change_override(site.db, LOCAL, 1, Edit(reason="x"))
    with pytest.raises(UnknownOverride):
        clear_overrides(site.db, LOCAL, [77])
    mixed = clear_overrides(site.db, LOCAL, [1, 6, 2])
    assert [item.override and item.override.id for item in mixed.items] == [1, 6, 2]
    assert mixed.batch_id is not None
    assert len(undo(site.db, LOCAL, mixed.batch_id).done) == 1


def test_rule_15_archived_overrides_keep_to_the_area(site: Site, folder: Path) -> None:
    archived(site, folder)
    sweden = Principal("Svea", Role.PLANNER, countries=frozenset({"SE"}))
    page = list_overrides(site.db, sweden, OverrideFilter(), now=site.now(), limit=10)
    assert (page.total, page.rows, sum(page.by_phase.values())) == (0, (), 0)
    with pytest.raises(UnknownOverride):
        override_detail(site.db, sweden, 1, now=site.now())
    with pytest.raises(UnknownOverride):
        clear_overrides(site.db, sweden, [1])
    with pytest.raises(NotAllowed):
        archive_before(site.db, sweden, before=BEFORE, folder=folder, now=site.now())


def test_files_that_are_gone_are_named_and_the_present_still_answers(
    site: Site, folder: Path
) -> None:
    archived(site, folder)
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(StoreUnusable, match=r"archive.*Put the folder back where it was"):
        display(site.db, LOCAL, site.numbers["DK*TST*E1"], at=at(2))
    assert fleet_counts(site.db, LOCAL, now=site.now()).evses == 3
    assert display(site.db, LOCAL, site.numbers["DK*TST*E2"], at=at(55)).override is not None


def test_a_folder_that_cannot_be_written_to_is_said_and_nothing_is_moved(
    site: Site, tmp_path: Path
) -> None:
    before = told(site)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnusable, match="Name another folder with --to"):
        archived(site, tmp_path / "file" / "archive")
    assert told(site) == before
    assert count(site.db, archive_part) == 0


def test_an_instant_that_is_not_past_is_refused(site: Site, folder: Path) -> None:
    with pytest.raises(InvalidInput, match="--before: name an instant in the past"):
        archived(site, folder, before=site.now() + hours(1))
    with pytest.raises(InvalidInput):
        archived(site, folder, before=datetime(2026, 1, 1))


def test_an_sqlite_file_and_its_archive_move_together(
    sqlite: Database, hands: Hands, tmp_path: Path
) -> None:
    site = a_site(sqlite, hands, 1)
    placed(site, valid_to=at(2))
    hands.shows = at(9)
    archived(site, archive_folder(sqlite), before=at(5))
    sqlite.close()
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in ("store.db", "store.db.archive"):
        (tmp_path / name).rename(moved / name)
    there = Database(f"sqlite:///{moved / 'store.db'}", now=hands.now)
    shown = display(there, LOCAL, site.numbers["DK*TST*E1"], at=at(1))
    assert shown.override is not None
    there.close()


@pytest.mark.postgresql
def test_a_postgresql_archive_needs_a_folder_by_name(postgresql_url: str, hands: Hands) -> None:
    with pytest.raises(InvalidInput, match="--to: name a folder"):
        archive_folder(Database(postgresql_url, now=hands.now))


def test_rule_19_before_what_is_kept_the_actual_status_is_unknown_and_not_recorded(
    site: Site, folder: Path
) -> None:
    one = site.numbers["DK*TST*E1"]
    assert display(site.db, LOCAL, one, at=at(7)).displayed.actual is ActualStatus.CHARGING
    pruned = prune_statuses(site.db, LOCAL, keep=hours(40), now=at(50), at_once=1)
    assert pruned == 3  # what ended before hour 10
    shown = display(site.db, LOCAL, one, at=at(7))
    assert (shown.displayed.actual, shown.actual_since) == (ActualStatus.UNKNOWN, None)
    assert shown.override is not None
    assert display(site.db, LOCAL, one, at=at(9)).displayed.actual is ActualStatus.AVAILABLE
    assert prune_statuses(site.db, LOCAL, keep=hours(40), now=at(50)) == 0


def test_archived_statuses_are_forgotten_with_their_files(site: Site, folder: Path) -> None:
    archived(site, folder, before=at(20))
    statuses = count(site.db, archive_part)
    assert prune_statuses(site.db, LOCAL, keep=hours(31), now=at(50)) == 0
    assert prune_statuses(site.db, LOCAL, keep=hours(30), now=at(50)) > 3
    assert count(site.db, archive_part) == statuses - 1
    assert not [one for one in folder.iterdir() if "actuals" in one.name]
    shown = display(site.db, LOCAL, site.numbers["DK*TST*E1"], at=at(7))
    assert shown.displayed.actual is ActualStatus.UNKNOWN
    assert shown.override is not None


def test_a_removed_evse_keeps_its_archived_past(site: Site, folder: Path) -> None:
    archived(site, folder)
    number = site.numbers["DK*TST*E1"]
    before = display(site.db, LOCAL, number, at=at(4))
    take_in(site.db, location_json("L1", evse_json("1", status="REMOVED")), complete=False)
    after = display(site.db, LOCAL, number, at=at(4))
    assert (after.displayed, after.override) == (before.displayed, before.override)


def test_the_history_of_an_archived_override_counts_changes(site: Site, folder: Path) -> None:
    archived(site, folder)
    assert count(site.db, change) < 9
    detail = override_detail(site.db, LOCAL, 9, now=at(55))
    assert [line.what for line in detail.history] == ["created", "changed"]
    assert NOON < detail.history[0].at < detail.history[1].at
