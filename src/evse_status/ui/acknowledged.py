"""Which partners have acknowledged what an EVSE shows now? Lines under its phones."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from evse_status.core.translation import Channel
from evse_status.service.acknowledged import Heard, acknowledgements
from evse_status.service.fleet import EvseCard
from evse_status.ui import bundle
from evse_status.ui.icon_lines import IconLine, draw_lines
from evse_status.ui.preview_controls import Looked
from evse_status.ui.session import app, principal
from evse_status.ui.views.acknowledged import AckLine, acknowledged_lines

_SHOWN = "_acknowledged-of"


def mark() -> object:
    """What moves when partners acknowledge something of the EVSE that is shown."""
    evse: EvseCard | None = st.session_state.get(_SHOWN)
    if evse is None:
        return None
    found = acknowledgements(app().database, principal(), evse)
    return tuple(_moving(channel, one) for channel, mine in found.items() for one in mine)


def acknowledged_by(looked: Looked) -> Sequence[tuple[AckLine, ...]]:
    """The lines of each channel in the order of `Channel`; none for another moment than now."""
    st.session_state[_SHOWN] = looked.evse if looked.is_now else None
    if not looked.is_now:
        return [() for _ in Channel]
    found = acknowledgements(app().database, principal(), looked.evse)
    lines = acknowledged_lines(found, zone=looked.zone, now=looked.now)
    return [lines[channel] for channel in Channel]


def draw_acknowledged(
    columns: Sequence[DeltaGenerator], lines: Sequence[Sequence[AckLine]], looked: Looked
) -> None:
    """Draw the lines of each channel under its phone; under the last ones the way to every answer."""
    told = [column for column, mine in zip(columns, lines, strict=True) if mine]
    for column, mine in zip(columns, lines, strict=True):
        with column:
            draw_lines([IconLine(one.icon, one.colour, one.said, one.bold) for one in mine])
            if told and column is told[-1]:
                st.page_link(
                    bundle.page("deliveries"),
                    label="Deliveries",
                    icon=":material/outbox:",
                    query_params={"q": looked.evse.evse_id},
                )


def _moving(channel: Channel, one: Heard) -> tuple[object, ...]:
    if channel is not Channel.SPIRII_GO:
        return (one.partner.id, one.wanted, one.acked, one.true_since, one.refused, one.failure)
    minute = one.at.replace(second=0, microsecond=0) if one.at is not None else None
    return (one.partner.id, minute, one.failure)
