"""What does an uploaded table ask for? Groups to be previewed and placed, and every line that can't be."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evse_status.core.errors import (
    AmbiguousLocalTime,
    EvseStatusError,
    InstantOutOfRange,
    InvalidInput,
    NonexistentLocalTime,
)
from evse_status.core.local_time import resolve, zone
from evse_status.core.override import Override, Wish, place
from evse_status.core.period import EARLIEST, LATEST, instant
from evse_status.core.principal import Principal
from evse_status.core.statuses import TemporaryStatus, temporary_status
from evse_status.service.csv_lines import CsvLine, UnreadableCsv, csv_lines, decoded
from evse_status.service.fleet import EvseCard
from evse_status.service.groups import MOST_AT_ONCE, Group, Meant, both_hold, meant
from evse_status.store.database import Database

COLUMNS = ("evse_id", "status", "from", "to", "reason")
REQUIRED = ("evse_id", "status")
LINE = "line"
"""The field of a problem that concerns a line as a whole."""
MOST_BYTES = 2_000_000
MOST_LINES = MOST_AT_ONCE

_COLUMN_OF = {
    "evseId": "evse_id",
    "temporaryStatus": "status",
    "validFrom": "from",
    "validTo": "to",
}


class AlsoOnLine(InvalidInput):
    """An EVSE that an earlier line puts something on for a period that meets this one."""

    code = "twice_in_one_request"

    def __init__(self, evse_id: str, line: int) -> None:
        super().__init__(
            f"evse_id: {evse_id} stands on line {line}, too, for a period that overlaps this one. "
            "Keep one of them, or part the periods.",
            field="evse_id",
        )


@dataclass(frozen=True, slots=True)
class CsvProblem:
    """Why a line can't be used: its number in the file, the column (or `line`), and what to do.

    `choices` are the two instants, in UTC, between which a local time leaves it open.
    """

    line: int
    field: str
    error: EvseStatusError
    choices: tuple[datetime, ...] = ()
    zone: ZoneInfo | None = None  # of the site, where there are choices

    @property
    def said(self) -> str:
        """What is wrong and what to do, without saying where."""
        told = self.error.message.removeprefix(f"{self.error.field}: ")
        if self.zone is None:
            return told
        written = (at.astimezone(self.zone).isoformat(timespec="minutes") for at in self.choices)
        return f"{told} Write {' or '.join(written)}."

    def __str__(self) -> str:
        where = f"line {self.line}" if self.field == LINE else f"line {self.line}, {self.field}"
        return f"{where}: {self.said}"


@dataclass(frozen=True, slots=True)
class CsvPlan:
    """What a table asks for. Each of its `lines` that say anything is in one group or has a problem."""

    groups: tuple[Group, ...]
    problems: tuple[CsvProblem, ...]
    lines: int


def read_csv(db: Database, principal: Principal, data: bytes | str, *, now: datetime) -> CsvPlan:
    """Read `evse_id,status,from,to,reason` as of `now`; nothing is written.

    `from` and `to` are instants with an offset or local times of the EVSE's site; an empty `from`
    is at acceptance, an empty `to` until cleared. Raises UnreadableCsv for the file as a whole.
    """
    principal.require_reader()
    if isinstance(data, str):
        data = data.encode("utf-8", "replace")
    if (size := len(data)) > MOST_BYTES:
        raise UnreadableCsv(
            f"it has {size:,} bytes, at most {MOST_BYTES:,} are read. Part it into several."
        )
    lines = list(csv_lines(decoded(data), known=COLUMNS, required=REQUIRED))
    if not lines:
        raise UnreadableCsv("there is no line below the header. Write one per EVSE.")
    if len(lines) > MOST_LINES:
        raise UnreadableCsv(
            f"it has {len(lines):,} lines, at most {MOST_LINES:,} are read at once. Part it into several."
        )
    with db.read() as conn:
        named = {line.cells["evse_id"] for line in lines if not line.problem}
        known = meant(conn, principal, [one for one in named if one and "\x00" not in one])
    reading = _Reading(principal, known, now)
    for line in lines:
        reading.take(line)
    return CsvPlan(reading.groups(), tuple(reading.problems), len(lines))


class _Reading:
    """The lines so far: what they ask for, what is wrong with them, and which EVSEs are taken."""

    def __init__(self, principal: Principal, known: dict[int | str, Meant], now: datetime) -> None:
        self.problems: list[CsvProblem] = []
        self._principal = principal
        self._known = known
        self._now = now
        self._asked: dict[Wish, list[tuple[int, int]]] = {}
        self._taken: dict[int, list[tuple[int, Override]]] = {}
        self._zones: dict[str, ZoneInfo] = {}

    def groups(self) -> tuple[Group, ...]:
        """What is asked for alike, in the order in which it first is."""
        return tuple(
            Group(tuple(evse for evse, _ in some), wish, tuple(line for _, line in some))
            for wish, some in self._asked.items()
        )

    def take(self, line: CsvLine) -> None:
        """Take one line in, or note everything that is wrong with it."""
        try:
            found = self._wrong(line)
        except EvseStatusError as error:
            found = [_problem(line, error)]
        self.problems += found

    def _wrong(self, line: CsvLine) -> list[CsvProblem]:
        if line.problem:
            raise InvalidInput(f"line: {line.problem}", field=LINE)
        for name, cell in line.cells.items():
            _require_one_line(name, cell, line)
        card, status = None, None
        found: list[CsvProblem] = []
        try:
            card = self._card(line.cells["evse_id"])
        except EvseStatusError as error:
            found.append(_problem(line, error))
        try:
            status = self._status(line.cells["status"])
        except EvseStatusError as error:
            found.append(_problem(line, error))
        period: list[datetime | None] = []
        for name in ("from", "to"):
            try:
                period.append(self._instant(line.cells.get(name, ""), name, card))
            except EvseStatusError as error:
                found.append(_problem(line, error, card))
        if card is None or status is None or len(period) < 2:
            return found
        wish = Wish(status, period[0], period[1], reason=line.cells.get("reason", ""))
        override = place(wish, evse=card.id, created_by="", now=self._now)
        taken = self._taken.setdefault(card.id, [])
        for number, other in taken:
            if both_hold(other, override):
                raise AlsoOnLine(card.evse_id, number)
        taken.append((line.number, override))
        self._asked.setdefault(wish, []).append((card.id, line.number))
        return []

    def _card(self, text: str) -> EvseCard:
        if not text:
            raise InvalidInput("evse_id: say which EVSE is meant.", field="evse_id")
        which = self._known[text]
        if which.card is None:
            assert which.error is not None  # one or the other
            raise which.error
        return which.card

    def _status(self, word: str) -> TemporaryStatus:
        if not word:
            raise InvalidInput(
                f"status: say which one: {', '.join(TemporaryStatus)}.", field="status"
            )
        status = temporary_status(word, field="status")
        self._principal.require_may_set(status)
        return status

    def _instant(self, text: str, field: str, card: EvseCard | None) -> datetime | None:
        """The instant that is meant; of a local time of an unknown EVSE only whether it is one."""
        if not text:
            return None
        value = _read(text, field)
        if value.tzinfo is not None:
            return instant(value, field=field)
        if not EARLIEST.year <= value.year < LATEST.year:
            raise InstantOutOfRange(field=field)
        if card is None:
            return None
        in_zone = self._zones.setdefault(card.time_zone, zone(card.time_zone))
        return instant(resolve(value, in_zone, field=field), field=field)


def _read(text: str, field: str) -> datetime:
    unreadable = InvalidInput(
        f"{field}: {text[:60]!r} is not a date and time. Write it like 2026-11-22 22:00 "
        "(on the site's clock) or 2026-11-22T22:00+01:00.",
        field=field,
    )
    # fromisoformat also reads "20221013100826" and bare dates; both parts and separators are needed.
    if len(text) < 16 or text[4] != "-" or text[10] not in "Tt ":
        raise unreadable
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise unreadable from None


def _require_one_line(name: str, cell: str, line: CsvLine) -> None:
    if "\x00" in cell:
        raise InvalidInput(
            f"{name}: it contains a character that can't be stored. Type it again.", field=name
        )
    if "\n" in cell or "\r" in cell:
        raise InvalidInput(
            f"{name}: it goes on to line {line.last}. Keep each on one line, and check that double "
            "quotes are closed where they should be.",
            field=name,
        )


def _problem(line: CsvLine, error: EvseStatusError, card: EvseCard | None = None) -> CsvProblem:
    column = _COLUMN_OF.get(error.field or LINE, error.field or LINE)
    choices: tuple[datetime, ...] = ()
    if isinstance(error, NonexistentLocalTime):
        choices = (error.earlier, error.later)
    elif isinstance(error, AmbiguousLocalTime):
        choices = (error.first, error.second)
    in_zone = zone(card.time_zone) if choices and card is not None else None
    return CsvProblem(line.number, column, error, choices, in_zone)
