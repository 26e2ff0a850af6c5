"""What is there to see of partners: how it stands with each, what each acknowledged, what they said?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from evse_status.core.partner import PartnerRole
from evse_status.core.statuses import ActualStatus
from evse_status.service.delivery_report import (
    EvseLine,
    Health,
    Only,
    PartnerReport,
    ReceiptLine,
)
from evse_status.ui.looks import data_uri, label, swatch
from evse_status.ui.texts import clock, counted, how_long, when

_BADGES = {
    Health.WELL: ("green", "check_circle", "Reachable"),
    Health.FAILING: ("red", "error", "Not reachable"),
    Health.PAUSED: ("gray", "pause_circle", "Paused"),
    Health.NOT_SERVED: ("yellow", "warning", "Nobody sends"),
    Health.NOT_CONNECTED: ("yellow", "link_off", "Not connected yet"),
    Health.SILENT: ("yellow", "warning", "Silent"),
    Health.NEW: ("gray", "hourglass_empty", "Nothing told yet"),
}
_KINDS = {
    "status": "Status",
    "schedule": "Schedule",
    "evse": "Whole EVSE",
    "location": "Whole location",
    "read-back": "Read-back",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One counterparty. Plain texts; `badge` is a colour of Streamlit's, an icon and a word."""

    number: int
    name: str
    badge: tuple[str, str, str]
    line: str
    figures: tuple[tuple[str, str], ...]
    trouble: str
    is_upstream: bool
    is_paused: bool
    needs_hand: bool


def card_of(report: PartnerReport, *, zone: ZoneInfo, now: datetime) -> Card:
    """How it stands with one counterparty; times in `zone`."""
    partner, upstream = report.partner, report.partner.settings.role is PartnerRole.UPSTREAM
    colour, icon, word = _BADGES[report.health]
    if upstream and report.health is Health.WELL:
        word = "Speaks"
    if upstream and report.health is Health.NEW:
        word = "Not heard yet"
    return Card(
        number=partner.id,
        name=partner.name,
        badge=(colour, icon, word),
        line=_line(report),
        figures=_upstream_figures(report, now) if upstream else _figures(report, now),
        trouble=_trouble(report, zone, now),
        is_upstream=upstream,
        is_paused=partner.paused,
        needs_hand=report.health in (Health.FAILING, Health.NOT_SERVED, Health.SILENT),
    )


def waited(length: timedelta | None) -> str:
    """A short wait: "84 ms", "1.3 s", "12 min"; "–" without any."""
    if length is None:
        return "–"
    seconds = length.total_seconds()
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else how_long(length)


def tab_labels(counts: dict[Only, int]) -> dict[Only, str]:
    """The label of each choice with how many EVSEs it holds."""
    return {one: f"{one.capitalize()} {counts[one]:,}" for one in Only}


def evse_table(
    lines: Sequence[EvseLine], *, zone: ZoneInfo, now: datetime, dark: bool
) -> pd.DataFrame:
    """One row per EVSE: what it should show, what the partner acknowledged, how that stands."""
    return pd.DataFrame(
        {
            "": [picture_of(line.wanted, dark=dark) for line in lines],
            "EVSE": [line.evse.evse_id for line in lines],
            "Location": [line.evse.location_name for line in lines],
            "Should show": [word(line.wanted) for line in lines],
            "Acknowledged": [_acknowledged(line) for line in lines],
            "At": [_moment(line.acked_at, zone, now) for line in lines],
            "State": [state(line, now) for line in lines],
        }
    )


def state(line: EvseLine, now: datetime) -> str:
    """How it stands with one EVSE, in the partner's own words where it refused."""
    if line.refused:
        return f"Refused: {line.refused}"
    if line.is_behind:
        behind = how_long(now - line.wanted_at)
        if line.due_at is not None and line.due_at > now + timedelta(seconds=1):
            return f"Behind by {behind}, next try in {how_long(line.due_at - now)}"
        return f"Behind by {behind}"
    if line.schedule_refused:
        return f"Schedule refused: {line.schedule_refused}"
    return "Acknowledged"


def receipt_table(lines: Sequence[ReceiptLine], *, zone: ZoneInfo, now: datetime) -> pd.DataFrame:
    """One row per answer, newest first."""
    return pd.DataFrame(
        {
            "At": [_moment(line.at, zone, now) for line in lines],
            "About": [line.about for line in lines],
            "Told": [told(line) for line in lines],
            "Took": [waited(line.took) for line in lines],
            "Answer": [answered(line) for line in lines],
        }
    )


def told(line: ReceiptLine) -> str:
    """What one request told: the status alone, or which object."""
    kind = _KINDS.get(line.kind, line.kind)
    return word(line.told) if line.kind == "status" else kind


def answered(line: ReceiptLine) -> str:
    """What the partner said, with the code of HTTP or OCPI where it isn't success."""
    if line.outcome == "acknowledged":
        return "acknowledged" if line.attempt <= 1 else f"acknowledged, attempt {line.attempt}"
    code = line.status_code if line.http_status == 200 else line.http_status
    said = line.answer or line.outcome
    return said if code is None or str(code) in said else f"{code}: {said}"


def word(text: str) -> str:
    """An OCPI word as people read it, with the word itself where they differ."""
    try:
        return label(ActualStatus(text))
    except ValueError:
        return text or "–"


def picture_of(text: str, *, dark: bool) -> str:
    """The picture of an OCPI word, as on the other pages."""
    known = next((one for one in ActualStatus if one.value == text), ActualStatus.UNKNOWN)
    # An image column scales a picture to the cell, so the margin is drawn in (finding 19).
    return data_uri(
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="30">'
        f'<image href="{swatch(known, dark=dark)}" x="7" y="9" width="22" height="12.8"/></svg>'
    )


def _line(report: PartnerReport) -> str:
    partner = report.partner
    version = f"OCPI {partner.spoken.value}" if partner.is_connected else "OCPI"
    if partner.settings.role is PartnerRole.UPSTREAM:
        return f"{version}, tells us what chargers report"
    return f"{version}, told of {counted(report.evses, 'EVSE')}"


def _figures(report: PartnerReport, now: datetime) -> tuple[tuple[str, str], ...]:
    last = "never" if report.last_at is None else f"{how_long(now - report.last_at)} ago"
    return (
        ("Behind", f"{report.behind:,}"),
        ("Refused", f"{report.refused:,}"),
        ("Last receipt", last),
        ("Median wait", waited(report.p50)),
        ("99 in 100 within", waited(report.p99)),
    )


def _upstream_figures(report: PartnerReport, now: datetime) -> tuple[tuple[str, str], ...]:
    heard, pulled = report.partner.heard_at, report.partner.pulled_at
    return (
        ("Last heard", "never" if heard is None else f"{how_long(now - heard)} ago"),
        ("Last whole pull", "never" if pulled is None else f"{how_long(now - pulled)} ago"),
    )


def _trouble(report: PartnerReport, zone: ZoneInfo, now: datetime) -> str:
    partner = report.partner
    if report.health is Health.NOT_CONNECTED:
        return report.words or "The handshake hasn't happened yet: finish it on either side."
    if report.health is Health.SILENT and partner.heard_at is None:
        return "It has never spoken since it was connected."
    if report.health is Health.SILENT and partner.heard_at is not None:
        since = when(partner.heard_at, zone, now=now)
        return f"Silent since {since}."
    if partner.settings.role is PartnerRole.UPSTREAM and partner.failures:
        return f"The last whole pull failed: {partner.failure}"
    if report.health is Health.PAUSED:
        return "Paused: nothing is told until somebody resumes it."
    if report.health is Health.FAILING and report.since is not None:
        since = when(report.since, zone, now=now, seconds=True)
        tries = "" if partner.try_at is None else f" Next try {_next(partner.try_at, zone, now)}."
        return f"Since {since}: {report.words}.{tries}".replace("..", ".")
    return ""


def _next(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return "now" if at <= now else f"at {clock(at, zone, seconds=True)}"


def _acknowledged(line: EvseLine) -> str:
    return word(line.acked) if line.acked else "nothing yet"


def _moment(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    if at is None:
        return ""
    today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return clock(at, zone, seconds=True) if today else when(at, zone, now=now)
