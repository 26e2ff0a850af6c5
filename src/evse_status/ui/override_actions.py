"""How are overrides cleared and extended from a page?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.override import LONGEST_REASON
from evse_status.service import schedule
from evse_status.ui import inputs
from evse_status.ui.dialog import close_dialog, open_dialog, opened
from evse_status.ui.override_outcome import act_on
from evse_status.ui.session import app, principal
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.change import proposed_until
from evse_status.ui.views.outcome import told
from evse_status.ui.views.stale import Again, Versions


@dataclass(frozen=True, slots=True)
class _Until:
    versions: Versions
    proposed: datetime
    zone: ZoneInfo


def clear(versions: Versions, place: str) -> None:
    """End overrides now; what became of it is shown by `show_outcome(place)`."""
    act_on(
        place,
        Again(
            "",
            "cleared",
            versions,
            lambda these: schedule.clear_overrides(
                app().database, principal(), list(these), versions=these
            ),
        ),
    )


def extend_by(versions: Versions, by: timedelta, place: str) -> None:
    """Move planned ends by a length, counted from each end."""
    act_on(
        place,
        Again(
            "",
            "extended",
            versions,
            lambda these: schedule.extend_overrides(
                app().database, principal(), list(these), by=by, versions=these
            ),
        ),
    )


def ask_until(versions: Versions, ends: list[datetime | None], zone: ZoneInfo, place: str) -> None:
    """Open the dialog for a new end of several overrides, on clocks in `zone`."""
    open_dialog(place, _until_dialog, _Until(versions, proposed_until(ends, now=app().now()), zone))


def ask_why(turn: int) -> str:
    """The field for what the history says of a change; `turn` is that of its dialog."""
    return (
        st.text_input(
            "Why this change (optional, for the history)",
            key=f"why-{turn}",
            max_chars=LONGEST_REASON,
        )
        or ""
    )


@st.dialog("Set a new end", icon=":material/more_time:", on_dismiss=close_dialog)
def _until_dialog() -> None:
    is_open = opened(_Until)
    if is_open is None:
        return
    place, turn, about = is_open
    st.markdown(f"A new end for {counted(len(about.versions), 'override')}.")
    chosen = inputs.instant_input(
        f"Until ({about.zone.key})",
        key=f"until-{turn}",
        in_zone=about.zone,
        field="validTo",
        value=about.proposed,
    )
    why = ask_why(turn)
    refusal = st.empty()
    if not st.button("Set the end", type="primary", icon=":material/check:"):
        return
    if chosen.at is None:
        refusal.error(
            plain(told(chosen.refused)) if chosen.refused else "Choose a date and time.",
            icon=":material/error:",
        )
        return
    until = chosen.at
    act_on(
        place,
        Again(
            "",
            "extended",
            about.versions,
            lambda these: schedule.extend_overrides(
                app().database, principal(), list(these), until=until, versions=these, why=why
            ),
        ),
    )
    close_dialog()
    st.rerun()
