"""What may be sent? The bodies of requests, every field checked and unknown ones refused by name."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic.alias_generators import to_camel

from evse_status.api.times import InstantField, Moment
from evse_status.core.duration import DURATION
from evse_status.core.override import LONGEST_REASON, LONGEST_TICKET
from evse_status.core.statuses import ActualStatus, Cause, Source, TemporaryStatus
from evse_status.service.batches import MOST_AT_ONCE

LONGEST_ID = 64
LONGEST_REF = 200

_NOON = "2026-11-22T12:00:00Z"
_EVENING = "2026-11-22T18:00:00+01:00"


_ABSENT: Any = None


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Body(BaseModel):
    """A request's body: camelCase names, nothing unknown."""

    model_config = ConfigDict(
        extra="forbid", alias_generator=to_camel, frozen=True, str_strip_whitespace=False
    )


EvseIdText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_ID,
        description="An EVSE id in any writing: `DK*SPI*E123*1`, `dkspie1231`, or an internal id.",
        examples=["DK*DMO*E1041*1"],
    ),
]
At = Annotated[datetime, InstantField()]
Reason = Annotated[str, Field(max_length=LONGEST_REASON, description="Why, for colleagues.")]
Ticket = Annotated[str, Field(max_length=LONGEST_TICKET, description="A ticket's number.")]


class WishBody(Body):
    """What is to be shown, when and why."""

    temporary_status: TemporaryStatus = Field(examples=["MAINTENANCE"])
    valid_from: Moment | None = Field(
        None,
        description="Unset: from now on. In the past: from now on, too. Instead of an instant, "
        'here and in the next two, a time on clocks: `{"local": "2026-10-24T22:00"}` is that '
        "time at each site, with `timeZone` that in one zone.",
        examples=[_NOON],
    )
    valid_to: Moment | None = Field(
        None, description="Unset: until it is cleared.", examples=[_EVENING]
    )
    drain_until: Moment | None = Field(
        None,
        description="Instead of validFrom: start when the session that is running ends, at the "
        "latest then; at once where none is running. Drivers can still start a session meanwhile.",
    )
    reason: Reason = Field("", examples=["Cable swap"])
    cause: Cause | None = Field(None, description="Beside the free reason, for reports.")
    ticket: Ticket = ""
    source: Literal[Source.API, Source.SENSOR, Source.BOOKING] = Field(
        Source.API,
        description="What sets it. One of a sensor or a booking stands back while the charger is "
        "charging, broken, closed or removed.",
    )
    external_ref: str = Field(
        "", max_length=LONGEST_REF, description="Your own name for it; kept and given back."
    )


class CreateBody(WishBody):
    """One override to be placed."""

    evse_id: EvseIdText


class ChangeBody(Body):
    """A change: an absent field is left as it is."""

    temporary_status: TemporaryStatus = Field(_ABSENT, json_schema_extra=_no_default)
    valid_from: Moment = Field(
        _ABSENT, description="Only while it hasn't started.", json_schema_extra=_no_default
    )
    valid_to: Moment | None = Field(
        None, description="null: until it is cleared.", json_schema_extra=_no_default
    )
    extend_by: str = Field(
        _ABSENT,
        pattern=DURATION,
        description="ISO 8601 duration, counted from the planned end; `-PT30M` shortens. "
        "Not together with validTo.",
        examples=["PT1H"],
        json_schema_extra=_no_default,
    )
    reason: Reason = Field(_ABSENT, json_schema_extra=_no_default)
    cause: Cause | None = Field(_ABSENT, json_schema_extra=_no_default)
    ticket: Ticket = Field(_ABSENT, json_schema_extra=_no_default)


Word = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[list[Word], Field(max_length=1_000)]


class SelectorBody(Body):
    """EVSEs by description: every field that is given must hold, any of its words fits it."""

    location_ids: Words = Field([], description="OCPI Location ids.", examples=[["DEMO-AAR-1"]])
    chargers: Words = []
    cities: Words = Field([], examples=[["Aarhus"]])
    country_codes: Words = []
    party_ids: Words = []
    connector_standards: Words = Field([], examples=[["IEC_62196_T2_COMBO"]])
    power_types: Words = Field([], examples=[["DC"]])
    actual_statuses: Annotated[list[ActualStatus], Field(max_length=9)] = []
    q: str = Field("", max_length=200, description="As the dashboard's search box.")


class ItemBody(Body):
    """One EVSE of a batch; a field that is absent is that of the batch."""

    evse_id: EvseIdText
    temporary_status: TemporaryStatus = Field(_ABSENT, json_schema_extra=_no_default)
    valid_from: Moment | None = Field(_ABSENT, json_schema_extra=_no_default)
    valid_to: Moment | None = Field(_ABSENT, json_schema_extra=_no_default)
    drain_until: Moment | None = Field(_ABSENT, json_schema_extra=_no_default)
    reason: Reason = Field(_ABSENT, json_schema_extra=_no_default)
    cause: Cause | None = Field(_ABSENT, json_schema_extra=_no_default)
    ticket: Ticket = Field(_ABSENT, json_schema_extra=_no_default)
    external_ref: Annotated[str, Field(max_length=LONGEST_REF)] = Field(
        _ABSENT, json_schema_extra=_no_default
    )


class TargetBody(Body):
    """Some EVSEs: `evseIds` or a `selector`."""

    evse_ids: Annotated[list[EvseIdText], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = (
        None
    )
    selector: SelectorBody | None = None


class PreviewedBody(Body):
    """What is shown first, and done only if that is still what would be done."""

    dry_run: StrictBool = Field(False, description="Show what would happen; write nothing.")
    all_or_nothing: StrictBool = Field(False, description="One refusal refuses all.")
    previewed: Annotated[str, Field(max_length=64)] | None = Field(
        None,
        description="The `previewed` of a dry run: 409 if anything else would be done by now.",
    )


class BatchBody(WishBody, TargetBody, PreviewedBody):
    """One wish for many EVSEs: `evseIds` or `selector`; or `items` with times and reasons of their own."""

    items: Annotated[list[ItemBody], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = Field(
        None, description="Each with what differs from the batch."
    )


class ReportBody(Body):
    """What a charger reports."""

    status: str = Field(
        min_length=1,
        max_length=40,
        description="OCPI's word, or OCPP's: Preparing, Charging, Finishing, SuspendedEV, "
        "SuspendedEVSE, Occupied, Unavailable, Faulted, Offline. In any case. Not REMOVED.",
        examples=["AVAILABLE"],
    )
    at: At | None = Field(None, description="When the charger said so. Unset: now.")


class EvseReportBody(ReportBody):
    """What one of many chargers reports."""

    evse_id: EvseIdText


class ReportsBody(Body):
    """Many reports, each taken or refused by itself."""

    reports: Annotated[list[EvseReportBody], Field(min_length=1, max_length=MOST_AT_ONCE)]
