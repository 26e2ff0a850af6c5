"""What do bars and bands mean? Two rows under the timeline."""

import streamlit as st

from evse_status.core.statuses import ActualStatus, TemporaryStatus
from evse_status.ui.looks import MUTED, TEXT, band, label, look, swatch

_ACTUAL = (
    ActualStatus.AVAILABLE,
    ActualStatus.CHARGING,
    ActualStatus.INOPERATIVE,
    ActualStatus.OUTOFORDER,
    ActualStatus.UNKNOWN,
)


def legend(*, dark: bool) -> None:
    """Draw both rows."""
    shadowed = swatch(TemporaryStatus.BLOCKED, dark=dark, shadowed=True, height=8)
    overrides = [
        _entry(swatch(status, dark=dark), look(status).icon, look(status).fill(dark=dark), status)
        for status in TemporaryStatus
    ]
    overrides.append(
        f'<span style="{_ENTRY}"><img src="{shadowed}" alt="">Shadowed: a higher status wins</span>'
    )
    actual = [
        _entry(
            band(status, dark=dark),
            look(status).icon,
            look(status).shade(dark=dark).chip_text,
            status,
        )
        for status in _ACTUAL
    ]
    st.html(_row("Override", overrides, dark=dark) + _row("Actual", actual, dark=dark))


_ENTRY = "display:inline-flex;align-items:center;gap:6px;white-space:nowrap"


def _entry(picture: str, icon: str, colour: str, status: TemporaryStatus | ActualStatus) -> str:
    glyph = (
        "<span style=\"font-family:'Material Symbols Rounded';font-size:17px;line-height:1;"
        f'color:{colour}" translate="no">{icon}</span>'
    )
    return f'<span style="{_ENTRY}"><img src="{picture}" alt="">{glyph}{label(status)}</span>'


def _row(name: str, entries: list[str], *, dark: bool) -> str:
    return (
        f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:4px 16px;'
        f'font-size:12px;line-height:22px;color:{MUTED[dark]}">'
        f'<b style="width:64px;padding-left:0;color:{TEXT[dark]}">{name}</b>{"".join(entries)}</div>'
    )
