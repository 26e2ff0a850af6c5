"""What is answered? The forms of answers, for the OpenAPI document; `forms.py` fills them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from evse_status.core.statuses import ActualStatus, Cause, Phase, Source, TemporaryStatus


class Answer(BaseModel):
    """An answer; more fields may come."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


def _choices(schema: dict[str, Any]) -> None:
    schema["properties"]["choices"] = {
        "type": "array",
        "items": {"type": "string", "format": "date-time"},
        "description": "Only where a local time doesn't exist, or exists twice: the instants of which one "
        "may be meant. Either can be sent instead.",
    }


class ErrorDetail(BaseModel):
    """What was wrong."""

    model_config = ConfigDict(json_schema_extra=_choices)

    type: str
    code: str = Field(description="Stable, for programs.")
    message: str = Field(description="For people; says what to do.")
    param: str | None = Field(description="The field that it is about.")
    request_id: str


class ErrorAnswer(BaseModel):
    """The one form of every error."""

    error: ErrorDetail


class ItemError(BaseModel):
    """Why one item was refused."""

    model_config = ConfigDict(json_schema_extra=_choices)

    type: str
    code: str
    message: str
    param: str | None


class HeldBackByAnswer(Answer):
    """What keeps an override in force from showing; `id` is null where it is the actual status.

    It is null, too, where it is an occurrence that isn't stored yet.
    """

    id: int | None
    temporary_status: TemporaryStatus | None
    because: str


class OverrideAnswer(Answer):
    """An override: Spirii's five fields first, then ours."""

    id: int | None = Field(
        description="null: an occurrence of a series so far ahead that it isn't stored yet."
    )
    temporary_status: TemporaryStatus
    evse_id: str
    valid_from: datetime
    valid_to: datetime | None
    reason: str
    cause: Cause | None
    ticket: str
    source: Source
    created_by: str
    effective_from: datetime
    phase: Phase
    cleared_at: datetime | None
    holds: bool = Field(description="It is what drivers see now.")
    held_back_by: HeldBackByAnswer | None
    external_ref: str
    batch_id: int | None
    series_id: int | None = Field(description="The series that it is an occurrence of.")
    occurrence_start: str | None = Field(
        description="Its original start on clocks in the series' zone, without an offset."
    )
    drain_until: datetime | None = Field(
        description="It starts when the running session ends, at the latest then."
    )
    waits: bool = Field(description="It waits for the running session.")
    version: int


class FieldChange(Answer):
    """One field that differs; an absent value is an empty text."""

    field: str
    before: str
    after: str


class HistoryLineAnswer(Answer):
    """Who did what, when and why."""

    at: datetime
    by: str
    what: str
    why: str
    version: int
    batch_id: int | None
    changes: list[FieldChange]


class OverlapAnswer(Answer):
    """Another override that meets this one, and who of both shows there; `to` is null for an open end.

    `id` is null for an occurrence that isn't stored yet.
    """

    id: int | None
    series_id: int | None
    temporary_status: TemporaryStatus
    from_: datetime = Field(alias="from")
    to: datetime | None
    new_one_shows: bool
    because: str


class BatchItemAnswer(Answer):
    """What became, or would become, of one EVSE."""

    evse_id: str
    outcome: str = Field(description="created, refused, or in a dry run: would be created")
    from_: datetime | None = Field(
        alias="from", description="When it starts; for one that waits for a session, at the latest."
    )
    to: datetime | None
    override: OverrideAnswer | None
    error: ItemError | None
    overlaps: list[OverlapAnswer]


class WarningAnswer(Answer):
    """Something that deserves a second look."""

    code: str = Field(
        description="charging, most_of_a_site, last_of_its_kind, hides_fault or clock_change"
    )
    message: str
    evse_ids: list[str] = Field(description="Those that it is about, where it names any.")


class BatchAnswer(Answer):
    """What became, or would become, of every EVSE; `batchId` undoes it."""

    batch_id: int | None
    dry_run: bool
    created: int
    refused: int
    previewed: str
    overlaps_to: datetime | None = Field(
        description="Up to where overlaps of what has no end were looked for."
    )
    warnings: list[WarningAnswer] = Field(description="In a dry run.")
    items: list[BatchItemAnswer]


class BatchDetailAnswer(Answer):
    """A batch as it is now."""

    batch_id: int
    name: str
    made_at: datetime
    made_by: str
    undone_at: datetime | None
    undone_by: str | None
    undoes: int | None
    series_ids: list[int] = Field(description="The series that it made or changed.")
    items: list[OverrideAnswer]


class UndoItemAnswer(Answer):
    """What became of one override of the batch, or (without `id`) of a series that was left alone."""

    id: int | None
    evse_id: str | None
    outcome: str = Field(description="undone or skipped")
    override: OverrideAnswer | None
    error: ItemError | None


class UndoAnswer(Answer):
    """A batch that was taken back; `batchId` is that of the undo itself, null where nothing was left to do."""

    batch_id: int | None
    undoes: int
    undone: int
    skipped: int
    items: list[UndoItemAnswer]


class ConnectorAnswer(Answer):
    """One plug, in OCPI's words, watts, amperes and volts; null is not told by the feed."""

    id: str
    standard: str | None
    format: str | None
    power_type: str | None
    max_electric_power: float | None
    max_amperage: float | None
    max_voltage: float | None


class ChannelsAnswer(Answer):
    """What each channel displays; null: not shown there at all."""

    spirii_go: str | None
    hubject: str | None
    ocpi: str


class EvseLocationAnswer(Answer):
    """Where an EVSE stands."""

    id: str
    name: str
    address: str
    city: str
    postal_code: str
    country_code: str
    party_id: str
    time_zone: str


class EvseAnswer(Answer):
    """An EVSE: Spirii's five fields first, then ours."""

    uid: int = Field(description="Our number of it; never changes.")
    evse_id: str
    chargebox_id: str
    status: ActualStatus = Field(description="What OCPI partners are told now.")
    connectors: list[ConnectorAnswer]
    ocpi_uid: str
    actual_status: ActualStatus
    actual_since: datetime | None
    channels: ChannelsAnswer
    override_id: int | None
    missing_since: datetime | None
    removed_at: datetime | None
    location: EvseLocationAnswer


class EvsePageAnswer(Answer):
    """Some EVSEs; a cursor is null where nothing lies that way."""

    data: list[EvseAnswer]
    next_page_cursor: str | None
    previous_page_cursor: str | None


class HeldBackAnswer(Answer):
    """An override in force that doesn't show, and why."""

    id: int | None
    series_id: int | None
    temporary_status: TemporaryStatus
    because: str


class NextAnswer(Answer):
    """What shows next, and from when."""

    at: datetime
    channels: ChannelsAnswer


class DisplayAnswer(Answer):
    """What one EVSE shows at an instant, and why."""

    evse_id: str
    at: datetime
    actual_status: ActualStatus
    channels: ChannelsAnswer
    override: Annotated[dict[str, Any] | None, Field(description="The winner at that instant.")]
    held_back: list[HeldBackAnswer]
    next: NextAnswer | None


class ReportAnswer(Answer):
    """What is known after a report; `changed` says whether this one changed the status."""

    evse_id: str
    actual_status: ActualStatus | None
    since: datetime | None
    reported_at: datetime | None
    changed: bool


class ReportItemAnswer(ReportAnswer):
    """The same for one of many."""

    error: ItemError | None


class ReportsAnswer(Answer):
    """What became of many reports."""

    changed: int
    refused: int
    items: list[ReportItemAnswer]


class HealthAnswer(Answer):
    """Requests are served."""

    healthy: bool


class ReadyAnswer(Answer):
    """The store is usable."""

    ready: bool
    clock_drift_seconds: float
