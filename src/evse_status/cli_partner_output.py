"""How are partners shown on the command line? A table for people, JSON for programs, no secret in either."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from evse_status.cli_output import local, table
from evse_status.core.partner import PartnerRole
from evse_status.core.period import write_instant
from evse_status.service.known_partners import Partner
from evse_status.service.partners import PartnerLine


def partner_table(lines: Sequence[PartnerLine], its_zone: ZoneInfo) -> None:
    """List partners with their state; times are in `its_zone`."""
    headings = ("ID", "Name", "It", "Connected", "Reachable", "Behind")
    table(headings, [_partner_row(line, its_zone) for line in lines])


def _partner_row(line: PartnerLine, its_zone: ZoneInfo) -> tuple[str, ...]:
    one = line.partner
    tells_us = one.settings.role is PartnerRole.UPSTREAM
    way = "registered" if one.settings.handshake else "static token"
    connected = f"{way}, OCPI {one.spoken.value}" if one.is_connected else "not registered"
    if one.failing_since is not None:
        reachable = f"not since {local(one.failing_since, its_zone)}\n{one.failure}"
    elif tells_us:
        heard = local(one.heard_at, its_zone)
        reachable = f"last heard {heard}" if heard else "never heard"
    else:
        reached = local(one.reached_at, its_zone)
        reachable = f"answered {reached}" if reached else "not yet told"
    refused = f"\n{line.refused:,} refused" if line.refused else ""
    return (
        str(one.id),
        f"{one.name}{' (paused)' if one.paused else ''}",
        "tells us" if tells_us else "is told",
        connected,
        reachable,
        "" if tells_us else f"{line.behind:,} of {line.evses:,}{refused}",
    )


def line_form(line: PartnerLine) -> dict[str, Any]:
    """A partner with its counts, for programs."""
    return partner_form(line.partner) | {
        "evses": line.evses,
        "behind": line.behind,
        "refused": line.refused,
    }


def partner_form(partner: Partner) -> dict[str, Any]:
    """A partner without its secrets, for programs."""
    return {
        "id": partner.id,
        "name": partner.name,
        "settings": partner.settings.as_json(),
        "version": partner.version,
        "connected": partner.is_connected,
        "spoken": partner.spoken.value if partner.is_connected else None,
        "registered": None if partner.registered is None else partner.registered.as_json(),
        "registeredAt": _instant(partner.registered_at),
        "paused": partner.paused,
        "hint": partner.hint,
        "addedAt": _instant(partner.added_at),
        "addedBy": partner.added_by,
        "reachedAt": _instant(partner.reached_at),
        "failingSince": _instant(partner.failing_since),
        "failures": partner.failures,
        "failure": partner.failure,
        "resyncAt": _instant(partner.resync_at),
        "heardAt": _instant(partner.heard_at),
        "pulledAt": _instant(partner.pulled_at),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else write_instant(at)
