"""How are partners shown on the command line? A table for people, JSON for programs, no secret in either."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from evse_status.cli_output import complain, local, say, table
from evse_status.core.partner import PartnerRole
from evse_status.core.period import write_instant
from evse_status.core.translation import Channel
from evse_status.service.client_certificate import Certificate
from evse_status.service.known_partners import Partner
from evse_status.service.ourselves import Ourselves
from evse_status.service.partner_checks import SETTINGS_OF
from evse_status.service.partners import NewPartner, PartnerLine


def partner_table(
    lines: Sequence[PartnerLine], its_zone: ZoneInfo, shown: Mapping[int, Certificate]
) -> None:
    """List partners with their state; times are in `its_zone`. `shown` are certificates by partner."""
    headings = ("ID", "Name", "It", "Connected", "Reachable", "Behind")
    table(headings, [_partner_row(line, its_zone, shown) for line in lines])


def warn_of_certificates(
    lines: Sequence[PartnerLine], shown: Mapping[int, Certificate], *, now: datetime
) -> None:
    """Say which certificates end soon, or have ended."""
    for line in lines:
        certificate = shown.get(line.partner.id)
        if certificate is not None and certificate.ends_soon(now):
            complain(ends_soon(line.partner, certificate, now=now))


def ends_soon(partner: Partner, certificate: Certificate, *, now: datetime) -> str:
    """That a certificate ends, and what to do."""
    ends = "ended" if certificate.expires_at <= now else "ends"
    return (
        f"The certificate for {partner.name} {ends} on {certificate.expires_at:%Y-%m-%d}: ask the hub "
        f'for a new one, then evse-status partner edit "{partner.name}" --certificate FILE'
    )


def say_of_hub(
    partner: Partner, certificate: Certificate | None, done: str, *, now: datetime
) -> None:
    """What became of a hub, and what to look at next."""
    say(f"{done} {partner.name}, in the name of {partner.settings.operator_id}.")
    if certificate is None:
        complain("It is shown no certificate; Hubject itself wants one: --certificate FILE")
    elif certificate.ends_soon(now):
        complain(ends_soon(partner, certificate, now=now))
    complain("Some EVSE ids may not fit a hub; see which with: evse-status partner roaming-ids")


def say_of_app(made: NewPartner, done: str, us: Ourselves) -> None:
    """What became of a driver app, and what its people need."""
    partner = made.partner
    if made.token is None:
        say(f"{done} {partner.name}, {_looks(partner)}.")
        return
    say(made.token)
    where = f"{us.base_url}/driver-app/evses" if us.base_url else "/driver-app/evses of this server"
    complain(
        f"{done} {partner.name}, {_looks(partner)}. Give its people this token and the address {where}. "
        "The token is shown this once."
    )


def settings_table(partner: Partner, certificate: Certificate | None, its_zone: ZoneInfo) -> None:
    """What is set of one partner; settings that mean nothing to its channel are left out."""
    told, fits = partner.settings.as_json(), SETTINGS_OF[partner.settings.channel]
    rows = [("name", partner.name)]
    rows += [(name, _said(value)) for name, value in told.items() if name in fits]
    if partner.settings.channel is Channel.HUBJECT:
        rows.append(("certificate", _certificate(certificate)))
    rows.append(("added", f"{local(partner.added_at, its_zone)} by {partner.added_by}"))
    table(("Setting", "Is"), rows)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, dict):  # a brand
        return "\n".join(
            f"{status}: {look['label']} {look['colour']}"
            for looks in value.values()
            for status, look in looks.items()
        )
    return "no limit" if value is None else str(value)


def _certificate(certificate: Certificate | None) -> str:
    if certificate is None:
        return "no certificate"
    return f"certificate until {certificate.expires_at:%Y-%m-%d}"


def _looks(app: Partner) -> str:
    own = sum(len(looks) for looks in app.settings.brand.as_json().values())
    return f"profile {app.settings.profile}" + (f" with {own} looks of its own" if own else "")


def _heard_of_app(app: Partner, its_zone: ZoneInfo) -> str:
    """How far an app was told; what its drivers saw nobody knows."""
    fetched, streamed = (local(at, its_zone) for at in (app.heard_at, app.reached_at))
    said = [f"streamed to until {streamed}"] if streamed else []
    said += [f"fetched {fetched}"] if fetched else []
    return "\n".join(said) or "has never fetched"


def _connected(one: Partner, certificate: Certificate | None) -> str:
    if one.settings.channel is Channel.SPIRII_GO:
        return f"driver app\n{_looks(one)}"
    if one.settings.channel is Channel.HUBJECT:
        return f"Hubject, {one.settings.operator_id}\n{_certificate(certificate)}"
    way = "registered" if one.settings.handshake else "static token"
    return f"{way}, OCPI {one.spoken.value}" if one.is_connected else "not registered"


def _partner_row(
    line: PartnerLine, its_zone: ZoneInfo, shown: Mapping[int, Certificate]
) -> tuple[str, ...]:
    one = line.partner
    tells_us = one.settings.role is PartnerRole.UPSTREAM
    pulls = one.settings.channel is Channel.SPIRII_GO
    if pulls:
        reachable = _heard_of_app(one, its_zone)
    elif one.failing_since is not None:
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
        "tells us" if tells_us else "listens" if pulls else "is told",
        _connected(one, shown.get(one.id)),
        reachable,
        "" if tells_us or pulls else f"{line.behind:,} of {line.evses:,}{refused}",
    )


def line_form(line: PartnerLine, certificate: Certificate | None = None) -> dict[str, Any]:
    """A partner with its counts, for programs."""
    return partner_form(line.partner, certificate) | {
        "evses": line.evses,
        "behind": line.behind,
        "refused": line.refused,
    }


def partner_form(partner: Partner, certificate: Certificate | None = None) -> dict[str, Any]:
    """A partner without its secrets, for programs."""
    is_ocpi = partner.settings.channel is Channel.OCPI
    return {
        "id": partner.id,
        "name": partner.name,
        "settings": partner.settings.as_json(),
        "version": partner.version,
        "connected": partner.is_connected,
        "spoken": partner.spoken.value if is_ocpi and partner.is_connected else None,
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
        "certificate": None
        if certificate is None
        else {"subject": certificate.subject, "expiresAt": write_instant(certificate.expires_at)},
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else write_instant(at)
