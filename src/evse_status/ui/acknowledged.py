"""Which partners have acknowledged what an EVSE shows now? A line under its phone."""

from datetime import timedelta

import streamlit as st

from evse_status.service import delivery_report
from evse_status.service.delivery_report import EvseLine
from evse_status.service.known_partners import Partner
from evse_status.ui import bundle
from evse_status.ui.preview_controls import Looked
from evse_status.ui.session import app, principal, viewer_zone
from evse_status.ui.texts import counted, plain, when

_SHOWN = "_acknowledged-of"
_NOW = timedelta(minutes=2)


def mark() -> object:
    """What moves when partners acknowledge something of the EVSE that is shown."""
    evse: int | None = st.session_state.get(_SHOWN)
    if evse is None:
        return None
    known = delivery_report.acknowledgements(app().database, principal(), evse)
    return tuple((line.wanted, line.acked, line.acked_at, line.refused) for _, line in known)


def draw_acknowledged(looked: Looked) -> None:
    """Draw who has acknowledged the status of now and who hasn't; nothing for other moments."""
    evse, apart = looked.evse.id, abs(looked.at - app().now())
    st.session_state[_SHOWN] = evse if looked.with_overrides and apart < _NOW else None
    if st.session_state[_SHOWN] is not None:
        _draw(evse)


def _draw(evse: int) -> None:
    known = delivery_report.acknowledgements(app().database, principal(), evse)
    if not known:
        return
    behind = [(partner, line) for partner, line in known if line.is_behind or line.refused]
    lines = []
    if len(behind) < len(known):
        newest = max(line.acked_at for _, line in known if line.acked_at and not line.is_behind)
        told = when(newest, viewer_zone(), now=app().now(), seconds=True)
        number = len(known) - len(behind)
        lines.append(
            f":green[:material/done_all:] **Acknowledged now** by {number} of "
            f"{counted(len(known), 'partner')}, true since {plain(told)}"
        )
    lines += [_waits(partner, line) for partner, line in behind]
    st.markdown("  \n".join(lines))
    st.page_link(
        bundle.page("deliveries"),
        label="Deliveries",
        icon=":material/outbox:",
        query_params={"q": known[0][1].evse.evse_id},
    )


def _waits(partner: Partner, line: EvseLine) -> str:
    said = line.refused or partner.failure or "not acknowledged yet"
    word = "Refused" if line.refused else "Waiting"
    return f":yellow[:material/sync_problem:] **{word}** {plain(partner.name)}: {plain(said)}"
