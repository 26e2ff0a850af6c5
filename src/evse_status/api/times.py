"""How is a moment sent? An instant with an offset, or a time on clocks: of a zone, or of each site."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from evse_status.core.errors import InvalidInput
from evse_status.core.local_time import Fold, zone
from evse_status.core.period import read_instant
from evse_status.core.wall_time import WallTime, read_local

BRANCHES = INSTANT, ON_CLOCKS = "an instant", "on clocks"
"""How the two forms are called in the place of an error; callers don't know these words."""

OURS = "ours"
"""The kind of an error whose context has our code and sentence."""
_HERE = "here"
_LOST_PLUS = re.compile(r" (\d\d:?\d\d)$", re.ASCII)
_FOLDS = {"first": Fold.FIRST, "second": Fold.SECOND}
_SO = "Write an instant like 2026-11-22T12:00:00Z"
_OR_SO = 'Write an instant like 2026-11-22T12:00:00Z, or {"local": "2026-11-22T13:00"}'


@dataclass(frozen=True, slots=True)
class InstantField:
    """An instant with an offset; what is wrong with it is said as the core says it.

    `in_query`: a + that wasn't written as %2B came as a space. `or_on_clocks`: a LocalTime may
    stand there as well.
    """

    in_query: bool = False
    or_on_clocks: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """How it is read."""
        return core_schema.no_info_before_validator_function(
            self._read, core_schema.datetime_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """How it is described."""
        return {"type": "string", "format": "date-time"}

    def _read(self, value: Any) -> Any:
        if isinstance(value, str):
            text = _LOST_PLUS.sub(r"+\1", value) if self.in_query else value
            return _as_the_core_says(read_instant, text)
        raise PydanticCustomError("instant", _OR_SO if self.or_on_clocks else _SO)


@dataclass(frozen=True, slots=True)
class LocalField:
    """A date and time as clocks show it, without an offset."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """How it is read."""
        return core_schema.no_info_before_validator_function(
            self._read, core_schema.datetime_schema()
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        """How it is described."""
        return {
            "type": "string",
            "pattern": r"^20\d\d-\d\d-\d\dT\d\d:\d\d(:00)?$",
            "example": "2026-10-24T22:00",
        }

    def _read(self, value: Any) -> Any:
        if isinstance(value, str):
            return _as_the_core_says(read_local, value)
        raise PydanticCustomError("local", "Write a time on a clock like 2026-10-24T22:00")


class _Reader(Protocol):
    def __call__(self, text: str, *, field: str) -> datetime: ...


def _as_the_core_says(read: _Reader, text: str) -> datetime:
    """What is wrong is said as the core says it, under the name of the place where it stands."""
    try:
        return read(text, field=_HERE)
    except InvalidInput as error:
        said = {"code": error.code, "sentence": error.message.removeprefix(f"{_HERE}: ")}
        raise PydanticCustomError(OURS, "{sentence}", said) from None


class LocalTime(BaseModel):
    """A time on clocks, not yet an instant."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)

    local: str = Field(
        min_length=1,
        max_length=30,
        description="Date and time as clocks show it, whole minutes, without an offset.",
        examples=["2026-10-24T22:00"],
    )
    time_zone: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="The IANA zone of the clocks. Unset: each site's own.",
        examples=["Europe/Copenhagen"],
    )
    fold: Literal["first", "second"] | None = Field(
        None, description="Which is meant where clocks go back and show it twice."
    )

    def meant(self, field: str) -> WallTime:
        """What it says; `field` is where it stood. Raises InvalidInput."""
        return WallTime(
            read_local(self.local, field=f"{field}.local"),
            None if self.time_zone is None else zone(self.time_zone, field=f"{field}.timeZone"),
            None if self.fold is None else _FOLDS[self.fold],
            field=field,
        )


def _form(value: Any) -> str:
    return ON_CLOCKS if isinstance(value, dict | LocalTime) else INSTANT


def moment(value: datetime | LocalTime | None, field: str) -> datetime | WallTime | None:
    """What a field says: an instant, or a time on clocks. Raises InvalidInput."""
    return value.meant(field) if isinstance(value, LocalTime) else value


_OnClocks = Annotated[LocalTime, Tag(ON_CLOCKS)]
_Form = Discriminator(_form)

Moment = Annotated[
    Annotated[datetime, InstantField(or_on_clocks=True), Tag(INSTANT)] | _OnClocks, _Form
]
"""When something is planned to start or end."""
