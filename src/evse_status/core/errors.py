"""What can be wrong, in words an operator understands.

EvseStatusError
├── InvalidInput            a value is wrong; `field` names it
│   ├── NaiveInstant, UnreadableInstant, InstantOutOfRange
│   ├── EndsBeforeItStarts, EndsInThePast
│   ├── NonexistentLocalTime, AmbiguousLocalTime
│   ├── UnknownWord, TooLong, NothingSelected, TwiceInOneRequest
│   ├── UnknownZone
│   ├── UnusableRule, OccurrencesOverlap
│   ├── UnreadableFeed
│   └── NotSetUp            a setting of the server is missing or wrong
├── NotFound                UnknownEvse, UnknownOverride, UnknownBatch, UnknownSeries
├── Conflict                AmbiguousEvse, AlreadyOver, AlreadyStarted, HasNoEnd,
│                           TouchedSince, EvseIsRemoved, NoOccurrenceAhead
├── StaleEdit               somebody changed it since it was shown
│   └── StaleSeries
├── NotSignedIn             nobody known is asking
├── NotAllowed              the principal's role or limits don't reach that far
├── TooManyCalls            the principal asked more often than agreed
└── StoreUnusable           the database can't be used; the sentence says what to do
    └── StoreBusy, StoreIsReadOnly, StoreIsNewer, StoreIsOlder, StoreNotFound
"""

from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo


class EvseStatusError(Exception):
    """Root of everything the product raises on purpose.

    `code` is stable and for programs, `field` names the input it is about
    (`None` when it is about no single one), `str(error)` is for people. `choices` are instants, one
    of which may be meant, each with the offset that clocks there show.
    """

    code: ClassVar[str] = "error"
    choices: tuple[datetime, ...] = ()

    def __init__(self, message: str, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.details = details

    def called(self, field: str) -> "EvseStatusError":
        """The same error under the name by which whoever asked knows the field."""
        if self.field is not None and self.message.startswith(self.field):
            self.message = f"{field}{self.message.removeprefix(self.field)}"
        else:
            self.message = f"{field}: {self.message}"
        self.field, self.args = field, (self.message,)
        return self

    def within(self, place: str) -> "EvseStatusError":
        """The same error, named as a part of `place`: its field `validTo` becomes `items.3.validTo`."""
        if self.field is not None and self.message.startswith(self.field):
            self.message = f"{place}.{self.message}"
            self.field = f"{place}.{self.field}"
        else:
            self.message, self.field = f"{place}: {self.message}", place
        self.args = (self.message,)
        return self


class InvalidInput(EvseStatusError):
    """A value that can't be accepted."""

    code = "invalid_input"


class NaiveInstant(InvalidInput):
    """An instant without an offset."""

    code = "naive_instant"

    def __init__(self, text: str, *, field: str | None = None) -> None:
        super().__init__(
            f"{field or 'the time'}: {text} has no offset from UTC. "
            "Write it with one, for example 2026-11-22T13:00:00+01:00 or 2026-11-22T12:00:00Z.",
            field=field,
        )


class UnreadableInstant(InvalidInput):
    """A text that is no ISO 8601 instant."""

    code = "unreadable_instant"

    def __init__(self, text: str, *, field: str | None = None) -> None:
        super().__init__(
            f"{field or 'the time'}: {text[:60]!r} is not a date and time. "
            "Write it like 2026-11-22T13:00:00+01:00.",
            field=field,
        )


class InstantOutOfRange(InvalidInput):
    """An instant before 2000 or after 2100."""

    code = "instant_out_of_range"

    def __init__(self, *, field: str | None = None) -> None:
        super().__init__(f"{field or 'the time'}: the year must be from 2000 to 2100.", field=field)


class EndsBeforeItStarts(InvalidInput):
    """`to` at or before `from`."""

    code = "ends_before_it_starts"

    def __init__(self, *, field: str = "validTo") -> None:
        super().__init__(
            f"{field}: the end must be later than the start. Choose a later end or an earlier start.",
            field=field,
        )


class EndsInThePast(InvalidInput):
    """`to` not in the future."""

    code = "ends_in_the_past"

    def __init__(self, *, field: str = "validTo") -> None:
        super().__init__(
            f"{field}: the end has already passed. Choose an end in the future, "
            "or none to keep it until it is cleared.",
            field=field,
        )


class NonexistentLocalTime(InvalidInput):
    """A wall-clock time that the clocks skip; `earlier` and `later` are its neighbours, in UTC."""

    code = "nonexistent_local_time"

    def __init__(
        self, local: datetime, zone: str, earlier: datetime, later: datetime, *, field: str
    ) -> None:
        super().__init__(
            f"{field}: {local:%Y-%m-%d %H:%M} does not exist in {zone}: the clocks go forward over it. "
            "Choose a time just before or just after.",
            field=field,
        )
        self.earlier = earlier
        self.later = later
        self.choices = _in_zone(zone, earlier, later)


class AmbiguousLocalTime(InvalidInput):
    """A wall-clock time that happens twice; `first` and `second` are both, in UTC."""

    code = "ambiguous_local_time"

    def __init__(
        self, local: datetime, zone: str, first: datetime, second: datetime, *, field: str
    ) -> None:
        super().__init__(
            f"{field}: {local:%Y-%m-%d %H:%M} happens twice in {zone}: the clocks go back. "
            "Say whether the first or the second is meant.",
            field=field,
        )
        self.first = first
        self.second = second
        self.choices = _in_zone(zone, first, second)


class UnknownWord(InvalidInput):
    """A word outside the vocabulary of its field."""

    code = "unknown_word"

    def __init__(self, word: object, *, field: str, allowed: str) -> None:
        super().__init__(
            f"{field}: {str(word)[:60]!r} is not known. Use one of {allowed}.", field=field
        )


class TooLong(InvalidInput):
    """A text above its limit."""

    code = "too_long"

    def __init__(self, *, field: str, limit: int, length: int) -> None:
        super().__init__(
            f"{field}: {length:,} characters are too many, at most {limit:,} are kept. Shorten it.",
            field=field,
        )


class NothingSelected(InvalidInput):
    """An empty target."""

    code = "nothing_selected"

    def __init__(self, *, field: str = "evseId", what: str = "EVSE") -> None:
        super().__init__(f"{field}: choose at least one {what}.", field=field)


class TwiceInOneRequest(InvalidInput):
    """The same EVSE named twice in one request."""

    code = "twice_in_one_request"

    def __init__(self, evse_id: str, *, field: str = "evseId") -> None:
        super().__init__(f"{field}: {evse_id} is named twice. Name each EVSE once.", field=field)


class UnknownZone(InvalidInput):
    """A zone that the IANA database doesn't have."""

    code = "unknown_zone"

    def __init__(self, zone: str, *, field: str = "zone") -> None:
        super().__init__(
            f"{field}: {zone[:60]!r} is no IANA time zone. Use one like Europe/Copenhagen.",
            field=field,
        )


class UnusableRule(InvalidInput):
    """A rule of recurrence that can't be read, isn't offered, or never comes true."""

    code = "unusable_rule"


class OccurrencesOverlap(InvalidInput):
    """Occurrences of one series longer than the time between two; `longest` is in wall minutes."""

    code = "occurrences_overlap"

    def __init__(self, minutes: int, *, longest: int, field: str = "minutes") -> None:
        super().__init__(
            f"{field}: {minutes:,} minutes are too long, the next occurrence would begin before the end. "
            f"At most {longest:,} fit.",
            field=field,
            longest=longest,
        )
        self.longest = longest


class UnreadableFeed(InvalidInput):
    """A feed that can't be read as OCPI Locations at all."""

    code = "unreadable_feed"


class NotSetUp(InvalidInput):
    """A setting of the server is missing or wrong; `field` names it. No partner's business."""

    code = "not_set_up"


class NotFound(EvseStatusError):
    """Something asked for by name that isn't there."""

    code = "not_found"


class UnknownEvse(NotFound):
    """No EVSE answers to this id."""

    code = "unknown_evse"

    def __init__(self, text: str, *, field: str = "evseId") -> None:
        super().__init__(
            f"{field}: no EVSE is called {text[:60]!r}. Check the id, or import its location first.",
            field=field,
        )


class UnknownOverride(NotFound):
    """No override has this number."""

    code = "unknown_override"

    def __init__(self, override_id: object) -> None:
        super().__init__(f"id: there is no override {str(override_id)[:30]}.", field="id")


class UnknownBatch(NotFound):
    """No batch has this number."""

    code = "unknown_batch"

    def __init__(self, batch_id: object) -> None:
        super().__init__(f"batchId: there is no batch {str(batch_id)[:40]}.", field="batchId")


class UnknownSeries(NotFound):
    """No series has this number."""

    code = "unknown_series"

    def __init__(self, series_id: object) -> None:
        super().__init__(f"seriesId: there is no series {str(series_id)[:30]}.", field="seriesId")


class Conflict(EvseStatusError):
    """Right in form, impossible as things stand."""

    code = "conflict"


class AmbiguousEvse(Conflict):
    """An id without separators that fits several EVSEs."""

    code = "ambiguous_evse"

    def __init__(self, text: str, candidates: tuple[str, ...], *, field: str = "evseId") -> None:
        super().__init__(
            f"{field}: {text[:60]!r} fits {' and '.join(candidates)}. Write the one you mean exactly so.",
            field=field,
        )
        self.candidates = candidates


class AlreadyOver(Conflict):
    """A change to an override that has ended or was cleared."""

    code = "already_over"

    def __init__(self, override_id: int, phase: str, *, field: str | None = None) -> None:
        super().__init__(
            f"{field or 'id'}: override {override_id} is {phase}; only its reason and cause can still change. "
            "Place a new override instead.",
            field=field,
        )


class AlreadyStarted(Conflict):
    """A change to the start of an override that has begun."""

    code = "already_started"

    def __init__(self, override_id: int, *, field: str = "validFrom") -> None:
        super().__init__(
            f"{field}: override {override_id} has already started, its start can't move any more.",
            field=field,
        )


class HasNoEnd(Conflict):
    """An extension of an override that holds until it is cleared."""

    code = "has_no_end"

    def __init__(self, override_id: int, *, field: str = "extendBy") -> None:
        super().__init__(
            f"{field}: override {override_id} has no end, there is nothing to extend. "
            "Set an end with a change, or clear it.",
            field=field,
        )


class TouchedSince(Conflict):
    """An item of a batch that somebody changed after it, so that undo leaves it alone (rule 16)."""

    code = "touched_since"

    def __init__(self, override_id: int, by: str) -> None:
        super().__init__(
            f"id: override {override_id} was changed by {by} afterwards and is left as it is.",
            field="id",
        )


class EvseIsRemoved(Conflict):
    """An override for an EVSE that its operator has removed."""

    code = "evse_is_removed"

    def __init__(self, evse_id: str, *, field: str = "evseId") -> None:
        super().__init__(
            f"{field}: {evse_id} has been removed, drivers don't see it any more.", field=field
        )


class NoOccurrenceAhead(Conflict):
    """A change of what a series does from now on, where it does nothing any more."""

    code = "no_occurrence_ahead"

    def __init__(self, series_id: int, *, said: str = "") -> None:
        super().__init__(
            f"occurrence: series {series_id} has no occurrence {said or 'ahead'}. "
            "Look at its next ones, or place another.",
            field="occurrence",
        )


class StaleEdit(EvseStatusError):
    """The version that was edited is no longer the latest (rule 13)."""

    code = "stale_edit"

    def __init__(self, override_id: int, *, since: str) -> None:
        super().__init__(
            f"version: override {override_id} has been changed since you opened it: {since}. "
            "Look at the new state and decide again.",
            field="version",
        )


class StaleSeries(StaleEdit):
    """The version of a series that was edited is no longer the latest (rule 13)."""

    code = "stale_series"

    def __init__(self, series_id: int, *, since: str) -> None:
        EvseStatusError.__init__(
            self,
            f"version: series {series_id} has been changed since you opened it: {since}. "
            "Look at the new state and decide again.",
            field="version",
        )


class NotSignedIn(EvseStatusError):
    """Nobody known is asking: no token, or none that is valid."""

    code = "not_signed_in"


class NotAllowed(EvseStatusError):
    """The principal's role or limits don't reach that far (rule 15)."""

    code = "not_allowed"


class TooManyCalls(EvseStatusError):
    """More calls in a minute than agreed; `retry_after` is in whole seconds."""

    code = "too_many_calls"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, retry_after=retry_after)
        self.retry_after = retry_after


class StoreUnusable(EvseStatusError):
    """The database can't be used."""

    code = "store_unusable"


class StoreBusy(StoreUnusable):
    """Another process holds the database."""

    code = "store_busy"


class StoreIsReadOnly(StoreUnusable):
    """The database can be read but not written."""

    code = "store_is_read_only"


class StoreIsNewer(StoreUnusable):
    """The database was made by a newer version of the product."""

    code = "store_is_newer"


class StoreIsOlder(StoreUnusable):
    """The database needs an upgrade first."""

    code = "store_is_older"


class StoreNotFound(StoreUnusable):
    """There is no database where one was expected, or the file isn't one."""

    code = "store_not_found"


def _in_zone(zone: str, *instants: datetime) -> tuple[datetime, ...]:
    return tuple(at.astimezone(ZoneInfo(zone)) for at in instants)
