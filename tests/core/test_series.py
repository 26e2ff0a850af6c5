"""Rule 18: a series holds at the same time on the wall in every week, whatever clocks do."""

from datetime import UTC, datetime

from evse_status.core.local_time import zone
from evse_status.core.recurrence import read_rule
from evse_status.core.series import (
    Occurrence,
    Series,
    from_virtual_id,
    is_virtual,
    next_ones,
    occurrences,
    override_of,
    virtual_id,
)
from evse_status.core.statuses import Source, TemporaryStatus

COPENHAGEN = "Europe/Copenhagen"
SATURDAY = datetime(2026, 10, 17, 22)


def series() -> Series:
    return Series(
        id=5,
        rule=read_rule("FREQ=WEEKLY", zone=zone(COPENHAGEN), first=SATURDAY),
        zone=COPENHAGEN,
        first_local_start=SATURDAY,
        minutes=420,
        temporary_status=TemporaryStatus.MAINTENANCE,
        evses=(7,),
        made_at=datetime(2026, 9, 1, tzinfo=UTC),
        created_by="anna",
    )


def test_case_9_a_weekly_night_stays_the_same_on_the_wall_through_the_change_of_clocks() -> None:
    assert next_ones(series(), datetime(2026, 10, 1, tzinfo=UTC), 3) == [
        Occurrence(
            SATURDAY,
            datetime(2026, 10, 17, 20, tzinfo=UTC),
            datetime(2026, 10, 18, 3, tzinfo=UTC),
        ),
        Occurrence(
            datetime(2026, 10, 24, 22),
            datetime(2026, 10, 24, 20, tzinfo=UTC),
            datetime(2026, 10, 25, 4, tzinfo=UTC),
            "Clocks go back in between: it lasts 8 h instead of 7 h.",
        ),
        Occurrence(
            datetime(2026, 10, 31, 22),
            datetime(2026, 10, 31, 21, tzinfo=UTC),
            datetime(2026, 11, 1, 4, tzinfo=UTC),
        ),
    ]


def test_an_occurrence_is_an_override_with_an_id_of_its_own() -> None:
    (found,) = occurrences(series(), datetime(2027, 1, 2, 21, tzinfo=UTC), None)
    override = override_of(series(), 7, found)
    assert (override.source, override.series_id) == (Source.SERIES, 5)
    assert override.occurrence_start == "2027-01-02T22:00"
    assert override.id == virtual_id(5, 7, datetime(2027, 1, 2, 22))
    assert is_virtual(override.id)
    assert from_virtual_id(override.id) == (5, 7, datetime(2027, 1, 2).date())
