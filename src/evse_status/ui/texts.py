"""How are instants, durations and foreign texts written on a page?"""

import html
import re
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&])")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MINUTE = timedelta(minutes=1)


def plain(text: str) -> str:
    """`text` so that Streamlit's markdown shows it letter by letter, on one line."""
    return _MARKDOWN.sub(r"\\\1", " ".join(text.split()))


def plotly_text(text: str) -> str:
    """`text` so that Plotly shows it letter by letter, in labels and in hover (finding 11)."""
    return html.escape(" ".join(text.split()), quote=False)


def html_text(text: str) -> str:
    """`text` so that `st.html` shows it letter by letter, also inside an attribute."""
    return html.escape(text)


def csv_cell(text: str) -> str:
    """`text` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def when(instant: datetime, zone: tzinfo, *, now: datetime, seconds: bool = False) -> str:
    """An instant on the wall in `zone`: "Thu 22 Oct 11:00", and the year unless it is `now`'s.

    In the hour that clocks repeat in autumn the offset is added, as both readings look the same.
    """
    local = instant.astimezone(zone)
    return f"{day(instant, zone, now=now)} {clock(local, zone, seconds=seconds)}"


def day(instant: datetime, zone: tzinfo, *, now: datetime) -> str:
    """The day of an instant in `zone`: "Thu 22 Oct", with the year where it isn't that of `now`."""
    local = instant.astimezone(zone)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    return f"{local:%a} {local.day} {local:%b}{year}"


def clock(instant: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """The time of day of an instant in `zone`: "11:00", "02:30 (UTC+1)" in a repeated hour."""
    local = instant.astimezone(zone)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    offset = f" ({utc_offset(instant, zone)})" if twice else ""
    return f"{local:%H:%M:%S}{offset}" if seconds else f"{local:%H:%M}{offset}"


def how_long(length: timedelta) -> str:
    """A length in its two or three largest units: "1 day 1 h 40 min"; below a minute in seconds."""
    if length < _MINUTE:
        return f"{max(0, int(length.total_seconds()))} s"
    minutes = length // _MINUTE
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = []
    if days:
        parts.append("1 day" if days == 1 else f"{days:,} days")
    if hours:
        parts.append(f"{hours} h")
    if minutes and days < 7:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def period(from_at: datetime, to_at: datetime | None, zone: tzinfo, now: datetime) -> str:
    """A period in `zone`: "Thu 22 Oct 11:00 – Fri 23 Oct 16:00", "Thu 22 Oct 14:20 – 17:20"."""
    start = when(from_at, zone, now=now)
    if to_at is None:
        return f"{start}, until cleared"
    one_day = from_at.astimezone(zone).date() == to_at.astimezone(zone).date()
    return f"{start} – {clock(to_at, zone) if one_day else when(to_at, zone, now=now)}"


def utc_offset(at: datetime, zone: tzinfo) -> str:
    """The offset of `zone` at an instant: "UTC", "UTC+2", "UTC−3:30"."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    if not offset:
        return "UTC"
    hours, minutes = divmod(abs(offset) // _MINUTE, 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def zone_label(zone: ZoneInfo, at: datetime) -> str:
    """A zone with its offset at an instant: "Europe/Copenhagen, UTC+1"."""
    offset = utc_offset(at, zone)
    return zone.key if zone.key == offset else f"{zone.key}, {offset}"


def clock_difference(site: tzinfo, viewer: tzinfo, at: datetime) -> str:
    """How far clocks at a site are from the viewer's: "−1 h", "" where they agree."""
    zero = timedelta()
    apart = (at.astimezone(site).utcoffset() or zero) - (at.astimezone(viewer).utcoffset() or zero)
    if not apart:
        return ""
    return ("−" if apart < zero else "+") + how_long(abs(apart))


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 EVSE", "1,204 EVSEs"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
