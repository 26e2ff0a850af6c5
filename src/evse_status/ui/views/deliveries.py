"""What is there to see of partners: how it stands with each, what each acknowledged, what they said?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from evse_status.core.partner import PartnerRole
from evse_status.core.statuses import ActualStatus
from evse_status.core.translation import Channel
from evse_status.service.client_certificate import Certificate
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
    Health.LISTENS: ("green", "sensors", "Listens"),
    Health.AWAY: ("gray", "sensors_off", "Doesn't listen now"),
}
_OF_A_HUB = {
    "Available": ActualStatus.AVAILABLE,
    "Occupied": ActualStatus.CHARGING,
    "Reserved": ActualStatus.RESERVED,
    "OutOfService": ActualStatus.INOPERATIVE,
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
    warning: str  # not urgent yet: a certificate that ends
    untold: str  # EVSEs that need a roaming id
    is_upstream: bool
    is_hub: bool
    is_app: bool  # it listens: no receipts, no EVSEs that it acknowledged
    page: str  # where people see an app, if anywhere
    is_paused: bool
    needs_hand: bool


def card_of(
    report: PartnerReport,
    *,
    zone: ZoneInfo,
    now: datetime,
    certificate: Certificate | None = None,
) -> Card:
    """How it stands with one counterparty; times in `zone`. `certificate` is what a hub is shown."""
    partner, upstream = report.partner, report.partner.settings.role is PartnerRole.UPSTREAM
    colour, icon, word = _BADGES[report.health]
    if upstream and report.health is Health.WELL:
        word = "Speaks"
    if upstream and report.health is Health.NEW:
        word = "Not heard yet"
    is_app = partner.settings.channel is Channel.SPIRII_GO
    if is_app and report.health is Health.NEW:
        word = "Has never fetched"
    figures = _upstream_figures if upstream else _figures
    return Card(
        number=partner.id,
        name=partner.name,
        badge=(colour, icon, word),
        line=_line(report),
        figures=_app_figures(report, zone, now) if is_app else figures(report, now),
        trouble=_trouble(report, zone, now),
        warning=_warning(certificate, zone, now),
        untold=_untold(report.untold),
        is_upstream=upstream,
        is_hub=partner.settings.channel is Channel.HUBJECT,
        is_app=is_app,
        page=partner.settings.url if is_app else "",
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
    lines: Sequence[EvseLine],
    *,
    zone: ZoneInfo,
    now: datetime,
    dark: bool,
    channel: Channel = Channel.OCPI,
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
            "State": [state(line, now, channel) for line in lines],
        }
    )


def state(line: EvseLine, now: datetime, channel: Channel = Channel.OCPI) -> str:
    """How it stands with one EVSE, in the partner's own words where it refused."""
    if line.refused and channel is Channel.HUBJECT and not line.tell_as:
        return f"Can't be told: {line.refused}"
    if line.refused:
        return f"Refused: {line.refused}"
    if line.is_behind:
        behind = how_long(now - line.wanted_at)
        if line.due_at is not None and line.due_at > now + timedelta(seconds=1):
            return f"Behind by {behind}, next try in {how_long(line.due_at - now)}"
        return f"Behind by {behind}"
    if line.schedule_refused:
        return f"Schedule refused: {line.schedule_refused}"
    return _acknowledged_by(channel).capitalize()


def receipt_table(
    lines: Sequence[ReceiptLine],
    *,
    zone: ZoneInfo,
    now: datetime,
    channel: Channel = Channel.OCPI,
) -> pd.DataFrame:
    """One row per answer, newest first."""
    return pd.DataFrame(
        {
            "At": [_moment(line.at, zone, now) for line in lines],
            "About": [line.about for line in lines],
            "Told": [told(line) for line in lines],
            "Took": [waited(line.took) for line in lines],
            "Answer": [answered(line, channel) for line in lines],
        }
    )


def told(line: ReceiptLine) -> str:
    """What one request told: the status alone, or which object."""
    kind = _KINDS.get(line.kind, line.kind)
    return word(line.told) if line.kind == "status" else kind


def answered(line: ReceiptLine, channel: Channel = Channel.OCPI) -> str:
    """What the partner said, with the code of HTTP, OCPI or OICP where it isn't success."""
    if line.outcome == "acknowledged":
        said = _acknowledged_by(channel)
        return said if line.attempt <= 1 else f"{said}, attempt {line.attempt}"
    code = line.status_code if line.http_status == 200 else line.http_status
    said = line.answer or line.outcome
    return said if code is None or str(code) in said else f"{code}: {said}"


def word(text: str) -> str:
    """An OCPI word as people read it; a hub's word as the hub writes it."""
    try:
        return label(ActualStatus(text))
    except ValueError:
        return text or "–"


def picture_of(text: str, *, dark: bool) -> str:
    """The picture of an OCPI or a hub's word, as on the other pages."""
    named = next((one for one in ActualStatus if one.value == text), ActualStatus.UNKNOWN)
    known = _OF_A_HUB.get(text, named)
    # An image column scales a picture to the cell, so the margin is drawn in (finding 19).
    return data_uri(
        '<svg xmlns="http://www.w3.org/2000/svg" width="36" height="30">'
        f'<image href="{swatch(known, dark=dark)}" x="7" y="9" width="22" height="12.8"/></svg>'
    )


def _acknowledged_by(channel: Channel) -> str:
    """What a receipt of this channel says; what drivers see is up to whoever it is passed on to."""
    return "acknowledged by the hub" if channel is Channel.HUBJECT else "acknowledged"


def _line(report: PartnerReport) -> str:
    partner = report.partner
    version = f"OCPI {partner.spoken.value}" if partner.is_connected else "OCPI"
    if partner.settings.channel is Channel.HUBJECT:
        version = f"Hubject (OICP 2.3) for {partner.settings.operator_id}"
    if partner.settings.channel is Channel.SPIRII_GO:
        own = sum(len(looks) for looks in partner.settings.brand.as_json().values())
        more = f" with {counted(own, 'look')} of its own" if own else ""
        return f"Driver app, profile {partner.settings.profile}{more}"
    if partner.settings.role is PartnerRole.UPSTREAM:
        return f"{version}, tells us what chargers report"
    return f"{version}, told of {counted(report.evses - report.untold, 'EVSE')}"


def _figures(report: PartnerReport, now: datetime) -> tuple[tuple[str, str], ...]:
    last = "never" if report.last_at is None else f"{how_long(now - report.last_at)} ago"
    return (
        ("Behind", f"{report.behind:,}"),
        ("Refused", f"{report.refused - report.untold:,}"),
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


def _app_figures(
    report: PartnerReport, zone: ZoneInfo, now: datetime
) -> tuple[tuple[str, str], ...]:
    """How far it was told; what its drivers have seen nobody knows."""
    fetched = report.partner.heard_at
    return (
        ("Streamed to until", _moment(report.partner.reached_at, zone, now) or "never"),
        ("Last fetched", "never" if fetched is None else f"{how_long(now - fetched)} ago"),
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
        told = (
            "it gets nothing"
            if partner.settings.channel is Channel.SPIRII_GO
            else "nothing is told"
        )
        return f"Paused: {told} until somebody resumes it."
    if report.health is Health.FAILING and report.since is not None:
        since = when(report.since, zone, now=now, seconds=True)
        tries = "" if partner.try_at is None else f" Next try {_next(partner.try_at, zone, now)}."
        return f"Since {since}: {report.words}.{tries}".replace("..", ".")
    return ""


def _untold(count: int) -> str:
    return f"{counted(count, 'EVSE')} can't be told: fill in a roaming id" if count else ""


def _warning(certificate: Certificate | None, zone: ZoneInfo, now: datetime) -> str:
    if certificate is None or not certificate.ends_soon(now):
        return ""
    if certificate.expires_at <= now:
        return "Its certificate has ended: ask the hub for a new one, and give it under Settings."
    ends = when(certificate.expires_at, zone, now=now)
    return f"Its certificate ends on {ends}: ask the hub for a new one in time."


def _next(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    return "now" if at <= now else f"at {clock(at, zone, seconds=True)}"


def _acknowledged(line: EvseLine) -> str:
    return word(line.acked) if line.acked else "nothing yet"


def _moment(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    if at is None:
        return ""
    today = at.astimezone(zone).date() == now.astimezone(zone).date()
    return clock(at, zone, seconds=True) if today else when(at, zone, now=now)
