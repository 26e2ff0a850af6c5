"""Which labels and colours does a form give a driver app, and can they be read?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evse_status.core.contrast import AA, WHITE, contrast, text_on
from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.core.translation import AppLook, Profile

Looked = tuple[str, str]
"""Of which kind a status is, and its word: ("temporary", "BLOCKED")."""


@dataclass(frozen=True, slots=True)
class LookRow:
    """One status of the form: how the profile shows it, and how the app does so far."""

    key: Looked
    title: str
    usual: AppLook
    own: AppLook


def look_rows(base: Profile, shown_in: Profile) -> list[LookRow]:
    """All statuses that apps show: the temporary ones first."""
    rows = [
        LookRow(("temporary", one.value), one.value.capitalize(), base.temporary[one], shown_in.temporary[one])
        for one in TemporaryStatus
    ]  # fmt: skip
    return rows + [
        LookRow(
            ("actual", one.value),
            f"{one.value.capitalize()} (reported)",
            base.actual[one],
            shown_in.actual[one],
        )
        for one in ActualStatus
        if one in base.actual
    ]


def brand_told(rows: list[LookRow], told: Mapping[Looked, AppLook]) -> dict[str, Any]:
    """The setting `brand` in JSON: what differs from the profile; an empty label is the profile's."""
    brand: dict[str, Any] = {"temporary": {}, "actual": {}}
    for row in rows:
        look = told.get(row.key, row.own)
        label = look.label.strip() or row.usual.label
        if (label, look.colour.upper()) != (row.usual.label, row.usual.colour):
            brand[row.key[0]][row.key[1]] = {"label": label, "colour": look.colour}
    return brand


def readable(colour: str) -> str:
    """How a label is read on a colour, in words (WCAG 2.2, 1.4.3)."""
    on_white, text = contrast(WHITE, colour), text_on(colour)
    if text == WHITE:
        return f"White text, {on_white:.1f} : 1"
    return f"Dark text, {contrast(text, colour):.1f} : 1; white would be {on_white:.1f}, below {AA}"
