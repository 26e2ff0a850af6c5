"""Rules 1, 7, 8, 10, 14, 19 and 21: who wins, what stands back, and why."""

import itertools
from datetime import timedelta

import pytest

from evse_status.core.displayed import (
    ActualStretch,
    actual_at,
    display_track,
    displayed,
    displayed_at,
)
from evse_status.core.override import place
from evse_status.core.segments import Segment, planned_segment
from evse_status.core.series import Series
from evse_status.core.statuses import ActualStatus, Source, TemporaryStatus
from support import BLOCKED, COMMISSIONING, MAINTENANCE, NOON, RESERVED, at, override, wish

MOMENT = timedelta(microseconds=1)
AVAILABLE, CHARGING = ActualStatus.AVAILABLE, ActualStatus.CHARGING


def segment(status: TemporaryStatus, number: int = 1, **fields: object) -> Segment:
    made = planned_segment(override(status, number=number, **fields))  # type: ignore[arg-type]
    assert made is not None
    return made


def test_without_an_override_the_actual_status_shows() -> None:
    shown = displayed([], CHARGING)
    assert (shown.status, shown.winner, shown.held_back) == (CHARGING, None, ())


@pytest.mark.parametrize("order", list(itertools.permutations(TemporaryStatus)), ids=str)
def test_rule_7_the_highest_rank_wins_in_whatever_order_they_were_made(
    order: tuple[TemporaryStatus, ...],
) -> None:
    all_four = [segment(status, number, made_at=at(number)) for number, status in enumerate(order)]
    shown = displayed(all_four, AVAILABLE)
    assert shown.status is COMMISSIONING
    assert [one.segment.status for one in shown.held_back] == [MAINTENANCE, BLOCKED, RESERVED]
    assert {one.because for one in shown.held_back} == {
        "COMMISSIONING outranks MAINTENANCE",
        "COMMISSIONING outranks BLOCKED",
        "COMMISSIONING outranks RESERVED",
    }


def test_rule_7_between_equals_the_one_made_last_wins() -> None:
    older, newer = segment(BLOCKED, 9), segment(BLOCKED, 2, made_at=at(1))
    shown = displayed([older, newer], AVAILABLE)
    assert shown.winner is newer
    assert shown.held_back[0].because == "BLOCKED #2 was made later"


def test_between_two_made_in_one_instant_the_higher_number_wins() -> None:
    assert displayed([segment(BLOCKED, 3), segment(BLOCKED, 2)], AVAILABLE).winner == (
        segment(BLOCKED, 3)
    )


def test_rule_7_the_source_never_counts() -> None:
    made = [
        segment(BLOCKED, 1, source=Source.OPERATOR),
        segment(BLOCKED, 2, source=Source.SENSOR, made_at=at(1)),
    ]
    winner = displayed(made, AVAILABLE).winner
    assert winner is not None
    assert winner.override_id == 2


@pytest.mark.parametrize("actual", ActualStatus)
def test_rule_8_a_standing_back_override_gives_way_to_these_actual_statuses(
    actual: ActualStatus,
) -> None:
    gives_way = actual.value in {"CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED"}
    shown = displayed([segment(BLOCKED, stands_back=True)], actual)
    assert (shown.winner is None) is gives_way
    if gives_way:
        assert shown.status is actual
        assert shown.held_back[0].because == (
            f"BLOCKED stands back while the charger reports {actual}"
        )


def test_rule_8_one_that_stands_back_lets_the_next_one_show() -> None:
    shown = displayed([segment(BLOCKED, 1, stands_back=True), segment(RESERVED, 2)], CHARGING)
    assert shown.status is RESERVED


def test_case_14_when_the_winner_ends_the_other_shows_again() -> None:
    permanent, timed = segment(BLOCKED, 1), segment(MAINTENANCE, 2, valid_to=at(2))
    both = [permanent, timed]
    actuals = [ActualStretch(AVAILABLE, at(-9))]
    assert displayed_at(both, actuals, at(2) - MOMENT).status is MAINTENANCE
    assert displayed_at(both, actuals, at(2)).status is BLOCKED


def test_rule_10_and_case_2_touching_periods_show_no_flicker() -> None:
    both = [
        segment(MAINTENANCE, 1, valid_to=at(1)),
        segment(MAINTENANCE, 2, valid_from=at(1), valid_to=at(2)),
    ]
    track = display_track(both, [ActualStretch(AVAILABLE, at(-9))], from_at=NOON, to_at=at(3))
    assert [(one.from_at, one.displayed.status) for one in track] == [
        (NOON, MAINTENANCE),
        (at(1), MAINTENANCE),
        (at(2), AVAILABLE),
    ]


def test_rule_19_before_anything_was_recorded_the_actual_status_is_unknown() -> None:
    actuals = [ActualStretch(AVAILABLE, at(0), at(1)), ActualStretch(CHARGING, at(1))]
    assert actual_at(actuals, at(0) - MOMENT) is ActualStatus.UNKNOWN
    assert [actual_at(actuals, at(hour)) for hour in (0, 1, 99)] == [AVAILABLE, CHARGING, CHARGING]


def test_rule_7_an_occurrence_counts_as_made_when_its_series_was_made() -> None:
    series = Series(
        id=1,
        rule="FREQ=WEEKLY",
        zone="Europe/Copenhagen",
        first_local_start=NOON.replace(tzinfo=None),
        minutes=60,
        temporary_status=BLOCKED,
        evses=(1,),
        made_at=at(-5),
        created_by="Mette",
    )
    occurrence = place(
        wish(series.temporary_status, source=Source.SERIES),
        evse=1,
        created_by=series.created_by,
        now=series.made_at,
    )
    made = planned_segment(occurrence)
    assert made is not None
    assert displayed([made, segment(BLOCKED, 1, made_at=at(-1))], AVAILABLE).winner != made


def test_an_open_ended_track() -> None:
    track = display_track([segment(BLOCKED, valid_to=at(1))], [], from_at=NOON, to_at=None)
    assert [(one.from_at, one.to_at) for one in track] == [(NOON, at(1)), (at(1), None)]


def test_equal_neighbours_are_one_stretch() -> None:
    actuals = [ActualStretch(AVAILABLE, at(-9), at(1)), ActualStretch(AVAILABLE, at(1))]
    assert len(display_track([], actuals, from_at=NOON, to_at=at(3))) == 1
