"""What deserves a second look before something is placed? In words, for programs and the command line."""

from typing import Any

from evse_status.core.period import write_instant
from evse_status.core.wall_period import length_in_words
from evse_status.service.plan_warnings import AcrossClockChange, Charging, HidesFault, Warned
from evse_status.service.site_outage import MostOfASite

_NAMED = 5


def warning_form(one: Warned) -> dict[str, Any]:
    """One warning: a stable code, a sentence, and the EVSEs that it is about, where it names them."""
    code, sentence = _said(one)
    return {"code": code, "message": sentence, "evseIds": list(_about(one))}


def _said(one: Warned) -> tuple[str, str]:
    if isinstance(one, MostOfASite):
        others = f", {one.already:,} others already are" if one.already else ""
        return "most_of_a_site", (
            f"{one.planned:,} of {one.of:,} EVSEs at {one.location_name} would be out at "
            f"{write_instant(one.at)}{others}."
        )
    if isinstance(one, Charging):
        return "charging", f"A session is running now on {_named(one)}."
    if isinstance(one, HidesFault):
        return "hides_fault", (
            f"It would hide a fault of {_named(one)}: uptime reports count BLOCKED and RESERVED differently."
        )
    if isinstance(one, AcrossClockChange):
        return "clock_change", (
            f"Clocks in {one.zone} change at {write_instant(one.change_at)}: {write_instant(one.from_at)} "
            f"to {write_instant(one.to_at)} lasts {length_in_words(one.lasts)}, not "
            f"{length_in_words(one.on_clocks)}."
        )
    kinds = ", ".join(one.kinds)
    return "last_of_its_kind", (
        f"{_named(one)} would be out at {write_instant(one.at)}: the last with {kinds} at "
        f"{one.location_name}."
    )


def _named(one: Warned) -> str:
    ids = _about(one)
    more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
    return ", ".join(ids[:_NAMED]) + more


def _about(one: Warned) -> tuple[str, ...]:
    if isinstance(one, MostOfASite | AcrossClockChange):
        return ()
    return tuple(card.evse_id for card in one.evses)
