"""Series and rules of recurrence for tests: a builder, and whatever hypothesis thinks of."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from evse_status.core.local_time import zone
from evse_status.core.recurrence import read_rule
from evse_status.core.rule_parts import WEEKDAYS, Frequency
from evse_status.core.series import Series
from evse_status.core.statuses import TemporaryStatus

COPENHAGEN = "Europe/Copenhagen"
ZONES = (
    COPENHAGEN,
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
    "Africa/Lagos",
)


def series_of(rule: str, first: datetime, **fields: Any) -> Series:
    """A series in Copenhagen of 22:00–05:00, made on 1 September 2026; `UnusableRule` if none is meant."""
    name = fields.get("zone", COPENHAGEN)
    return Series(
        **{
            "id": 5,
            "rule": read_rule(rule, zone=zone(name), first=first),
            "zone": name,
            "first_local_start": first,
            "minutes": 420,
            "temporary_status": TemporaryStatus.MAINTENANCE,
            "evses": (7,),
            "made_at": datetime(2026, 9, 1, tzinfo=UTC),
            "created_by": "anna",
            **fields,
        }
    )


def _lists(low: int, high: int, **limits: int) -> st.SearchStrategy[list[int]]:
    numbers = st.integers(low, high).filter(bool)
    return st.lists(numbers, unique=True, **limits)  # type: ignore[arg-type]


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule that a series may have."""
    freq = draw(st.sampled_from(Frequency))
    said: dict[str, object] = {"FREQ": freq, "INTERVAL": draw(st.integers(1, 4) | st.just(53))}
    said["BYMONTH"] = draw(_lists(1, 12, max_size=3))
    if freq is not Frequency.WEEKLY:
        said["BYMONTHDAY"] = draw(_lists(-31, 31, max_size=3))
    numbered = freq is Frequency.MONTHLY or (freq is Frequency.YEARLY and said["BYMONTH"])
    number = st.sampled_from(["", "", "1", "2", "5", "-1"]) if numbered else st.just("")
    day = st.tuples(number, st.sampled_from(WEEKDAYS)).map("".join)
    said["BYDAY"] = draw(st.lists(day, max_size=4))
    if freq in (Frequency.MONTHLY, Frequency.YEARLY) and (said["BYDAY"] or said["BYMONTHDAY"]):
        said["BYSETPOS"] = draw(_lists(-3, 3, max_size=2))
    said["WKST"] = draw(st.sampled_from(WEEKDAYS))
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        said["COUNT"] = draw(st.integers(1, 60))
    if end == "UNTIL":
        said["UNTIL"] = f"{draw(st.dates(date(2026, 1, 1), date(2032, 12, 31))):%Y%m%d}"
    texts = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in said.items()
    }
    return ";".join(f"{name}={text}" for name, text in texts.items() if text)


FIRSTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
