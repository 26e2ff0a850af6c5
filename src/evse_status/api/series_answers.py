"""What is answered about a series? For the OpenAPI document; `series_forms.py` fills it."""

from datetime import datetime

from pydantic import Field

from evse_status.api.answers import Answer, ItemError, OverrideAnswer
from evse_status.core.statuses import Cause, TemporaryStatus

_LOCAL = "As clocks in the series' zone show it, without an offset."


class OccurrenceAnswer(Answer):
    """One time that a series holds."""

    occurrence_start: str = Field(description=_LOCAL)
    starts_at: datetime
    ends_at: datetime
    clock_change: str | None = Field(description="What a change of the clocks does to it.")


class SeriesAnswer(Answer):
    """A series. `running` and `next` are null where there is none; `id` is null in a dry run."""

    id: int | None
    temporary_status: TemporaryStatus
    rule: str
    description: str = Field(description="The rule in words.")
    time_zone: str
    local_start: str = Field(description=f"The first possible start. {_LOCAL}")
    duration: str = Field(description="As clocks count.")
    evses: int = Field(description="How many.")
    reason: str
    cause: Cause | None
    ticket: str
    created_by: str
    made_at: datetime = Field(description="Settles who wins; kept through changes.")
    ends_before: str | None = Field(
        description=f"It was cut here: no occurrence from then on. {_LOCAL}"
    )
    continues: int | None = Field(description="The series that it goes on from.")
    continued_by: int | None = Field(description="The series that goes on from it.")
    is_over: bool
    running: OccurrenceAnswer | None
    next: OccurrenceAnswer | None
    version: int
    batch_id: int | None


class SeriesDetailAnswer(SeriesAnswer):
    """A series with its EVSEs and its next occurrences."""

    evse_ids: list[str]
    exceptions: list[str] = Field(description="Local starts that don't happen.")
    upcoming: list[OccurrenceAnswer]
    parts: list[int] = Field(description="All series that were one before they were split.")


class SeriesOverlapAnswer(Answer):
    """An override, or a series (`id` is null), that occurrences of the new one meet, and who shows there.

    `from`, `to` are those of the first meeting, `count` says how many there are.
    """

    evse_id: str
    id: int | None
    series_id: int | None
    temporary_status: TemporaryStatus
    from_: datetime = Field(alias="from")
    to: datetime | None
    count: int
    new_one_shows: bool
    because: str


class PlannedSeriesAnswer(SeriesAnswer):
    """A series that was made, or would be: one per time zone."""

    evse_ids: list[str]
    upcoming: list[OccurrenceAnswer]
    touched: list[OccurrenceAnswer] = Field(
        description="In a dry run: the occurrences of the next 400 days that a clock change touches."
    )
    overlaps: list[SeriesOverlapAnswer] = Field(description="In a dry run.")


class SeriesItemAnswer(Answer):
    """What became, or would become, of one EVSE."""

    evse_id: str
    outcome: str = Field(description="created, refused, or in a dry run: would be created")
    error: ItemError | None


class SeriesMadeAnswer(Answer):
    """What became, or would become, of every EVSE; `batchId` undoes it."""

    batch_id: int | None
    dry_run: bool
    created: int
    refused: int
    previewed: str | None
    overlaps_to: datetime | None = Field(description="Up to where overlaps were looked for.")
    series: list[PlannedSeriesAnswer]
    items: list[SeriesItemAnswer]


class LeftAloneAnswer(Answer):
    """An occurrence that somebody changed by hand, and that is left as it is."""

    override: OverrideAnswer
    because: str


class SeriesChangedAnswer(Answer):
    """What became of a change or a clear; `batchId` undoes it, null where nothing was to do."""

    batch_id: int | None
    series: SeriesAnswer = Field(description="The one that has the occurrences from now on.")
    changed: int = Field(description="Overrides that were changed or cleared.")
    refused: list[SeriesItemAnswer]
    left: list[LeftAloneAnswer]
