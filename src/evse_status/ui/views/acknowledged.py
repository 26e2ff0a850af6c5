"""What does the preview say of who has acknowledged what an EVSE shows now?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from evse_status.core.translation import Channel
from evse_status.service.acknowledged import Heard
from evse_status.service.driver_apps import LISTENS_FOR
from evse_status.ui.texts import counted, when

_NOT_LISTENING = "It isn't listening now."


@dataclass(frozen=True, slots=True)
class AckLine:
    """One line under a phone: `**bold** said`, behind an icon in a colour of Streamlit's markdown."""

    icon: str
    colour: str
    bold: str
    said: str


def acknowledged_lines(
    heard: Mapping[Channel, Sequence[Heard]], *, zone: ZoneInfo, now: datetime
) -> Mapping[Channel, tuple[AckLine, ...]]:
    """The lines of each channel: how many have it, then who hasn't by name and why."""
    return {
        channel: tuple(
            _streamed(mine, zone, now)
            if channel is Channel.SPIRII_GO
            else _told(mine, zone, now, hub=channel is Channel.HUBJECT)
        )
        for channel, mine in heard.items()
    }


def _told(mine: Sequence[Heard], zone: ZoneInfo, now: datetime, *, hub: bool) -> list[AckLine]:
    if not mine:
        return []
    good = [one for one in mine if not one.is_behind and not one.refused]
    lines = []
    if good:
        by = "by the hub" if hub and len(mine) == 1 else _by(good, mine, hub=hub)
        lines.append(AckLine("done_all", "green", "Acknowledged", f"{by}{_at(good, zone, now)}"))
    lines += [_behind(one) for one in mine if one not in good]
    return lines


def _by(good: Sequence[Heard], mine: Sequence[Heard], *, hub: bool) -> str:
    return f"by {len(good)} of {counted(len(mine), 'hub' if hub else 'partner')}"


def _at(good: Sequence[Heard], zone: ZoneInfo, now: datetime) -> str:
    answers = [one for one in good if one.at is not None]
    if not answers:
        return ""
    newest = max(answers, key=lambda one: one.at or now)
    assert newest.at is not None
    code = "" if newest.code is None else f", code {newest.code:03}"
    return f" {when(newest.at, zone, now=now, seconds=True)}{code}"


def _behind(one: Heard) -> AckLine:
    if one.refused:
        bold = "Can't be told" if one.cannot_be_told else "Refused"
        return AckLine("sync_problem", "yellow", bold, f"{one.partner.name}: {one.refused}")
    why = one.failure or "not acknowledged yet"
    return AckLine("sync_problem", "yellow", "Waiting", f"{one.partner.name}: {why}")


def _streamed(mine: Sequence[Heard], zone: ZoneInfo, now: datetime) -> list[AckLine]:
    lines = []
    for one in mine:
        if one.at is None:
            said = f"{one.partner.name}: {one.failure or 'it has never listened'}"
            lines.append(AckLine("sync_problem", "yellow", "Not streamed", said))
            continue
        until = when(one.at, zone, now=now, seconds=True)
        listens = now - one.at <= LISTENS_FOR and not one.failure
        rest = "" if listens else f". {one.failure or _NOT_LISTENING}"
        lines.append(
            AckLine(
                "done_all" if listens else "sync_problem",
                "green" if listens else "yellow",
                "Streamed",
                f"to {one.partner.name} until {until}{rest}",
            )
        )
    return lines
