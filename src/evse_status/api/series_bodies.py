"""What may be sent about a series? Its bodies and parameters, every field checked."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import Field

from evse_status.api.bodies import Body, PreviewedBody, Reason, TargetBody, Ticket
from evse_status.api.times import LocalField
from evse_status.core.duration import DURATION, read_duration
from evse_status.core.errors import InvalidInput
from evse_status.core.rule_parts import LONGEST_RULE
from evse_status.core.statuses import Cause, TemporaryStatus

_ABSENT: Any = None
_MINUTE = timedelta(minutes=1)
_LONGEST_EXCEPTIONS = 1_000

Rule = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_RULE,
        description="An RRULE of RFC 5545: FREQ DAILY, WEEKLY, MONTHLY or YEARLY with INTERVAL, BYDAY, "
        "BYMONTHDAY, BYMONTH, BYSETPOS, WKST, and COUNT or UNTIL; at most one occurrence a day.",
        examples=["FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"],
    ),
]
Length = Annotated[
    str,
    Field(
        pattern=DURATION,
        max_length=40,
        description="How long one occurrence lasts as clocks count: from 22:00 `PT7H` ends at 05:00, also in "
        "the night in which clocks change.",
        examples=["PT7H"],
    ),
]


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class SeriesBody(TargetBody, PreviewedBody):
    """A repeating override for `evseIds` or a `selector`."""

    temporary_status: TemporaryStatus = Field(examples=["MAINTENANCE"])
    rule: Rule
    time_zone: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="The IANA zone of the clocks. Unset: each site's own; sites in several zones get a series "
        "per zone, all in one batch.",
        examples=["Europe/Copenhagen"],
    )
    local_start: Annotated[datetime, LocalField()] = Field(
        description="The first possible start on those clocks, without an offset."
    )
    local_end: Annotated[datetime, LocalField()] | None = Field(
        None, description="When the occurrence of localStart ends; either this or duration."
    )
    duration: Length | None = None
    exceptions: Annotated[
        list[Annotated[datetime, LocalField()]], Field(max_length=_LONGEST_EXCEPTIONS)
    ] = Field([], description="Local starts that don't happen.")
    reason: Reason = Field("", examples=["Cable check"])
    cause: Cause | None = Field(None, description="Beside the free reason, for reports.")
    ticket: Ticket = ""

    def minutes(self) -> int:
        """How long an occurrence lasts on the wall. Raises InvalidInput."""
        if (self.local_end is None) == (self.duration is None):
            raise InvalidInput(
                "duration: send either duration or localEnd: how long an occurrence lasts.",
                field="duration",
            )
        if self.duration is not None:
            return minutes_of(self.duration)
        assert self.local_end is not None
        if self.local_end <= self.local_start:
            raise InvalidInput(
                "localEnd: must be later than localStart. For a night, it is on the next day.",
                field="localEnd",
            )
        return (self.local_end - self.local_start) // _MINUTE

    @property
    def length_field(self) -> str:
        """Which field says how long an occurrence lasts."""
        return "duration" if self.local_end is None else "localEnd"


class SeriesChangeBody(Body):
    """A change of a series, or of one occurrence: an absent field is left as it is."""

    temporary_status: TemporaryStatus = Field(_ABSENT, json_schema_extra=_no_default)
    rule: Rule = Field(_ABSENT, json_schema_extra=_no_default)
    start_time: str = Field(
        _ABSENT,
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="When an occurrence starts, as clocks show it.",
        examples=["23:00"],
        json_schema_extra=_no_default,
    )
    duration: Length = Field(_ABSENT, json_schema_extra=_no_default)
    reason: Reason = Field(_ABSENT, json_schema_extra=_no_default)
    cause: Cause | None = Field(_ABSENT, json_schema_extra=_no_default)
    ticket: Ticket = Field(_ABSENT, json_schema_extra=_no_default)

    def named(self) -> dict[str, Any]:
        """The fields that are named, as the service takes them. Raises InvalidInput."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        if "duration" in said:
            said["minutes"] = minutes_of(said.pop("duration"))
        if "start_time" in said:
            said["start_time"] = time.fromisoformat(said["start_time"])
        return said


def minutes_of(text: str) -> int:
    """Whole minutes of an ISO 8601 duration, at least one. Raises InvalidInput."""
    length = read_duration(text, field="duration")
    if length < _MINUTE or length % _MINUTE:
        raise InvalidInput(
            "duration: an occurrence lasts whole minutes, at least one. Write it like PT7H.",
            field="duration",
        )
    return length // _MINUTE
