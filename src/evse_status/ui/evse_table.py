"""Which of the EVSEs found are picked? A table to tick, whole chargers, all of them."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import pandas as pd
import streamlit as st

from evse_status.service import fleet
from evse_status.service.fleet import FleetFilter, FleetPage
from evse_status.ui import session
from evse_status.ui.looks import data_uri, label, swatch
from evse_status.ui.picks import cards, drop, drop_all, pick, pick_all, picked, set_picked
from evse_status.ui.texts import plain
from evse_status.ui.views.evse_choice import AHEAD, ChoiceRow, choice_rows
from evse_status.ui.views.plan import named

_ROWS_AT_MOST = 200
_HEIGHT_AT_MOST = 213


def draw_candidates(which: FleetFilter | None, *, if_none: str) -> None:
    """Draw what fits, to be ticked; `if_none` says what to do while nothing is asked for."""
    if which is None:
        st.caption(if_none)
        _say_what_else_is_picked(())
        return
    now = session.now()
    page = fleet.fleet_page(
        session.app().database,
        session.principal(),
        which,
        from_at=now,
        to_at=now + AHEAD,
        now=now,
        limit=_ROWS_AT_MOST,
    )
    if not page.rows:
        st.caption("No EVSE fits. Try fewer letters, or another city.")
    else:
        zone = session.viewer_zone()
        _draw_table(choice_rows(page.rows, zone=zone, now=now))
        _draw_whole(page, which)
    _say_what_else_is_picked([row.evse.id for row in page.rows])


def _draw_table(rows: Sequence[ChoiceRow]) -> None:
    ids = [row.id for row in rows]
    key = "plan-table-" + blake2b(repr(ids).encode(), digest_size=8).hexdigest()
    chosen = set(picked())
    wanted = [position for position, number in enumerate(ids) if number in chosen]
    if st.session_state.get(key, {}).get("selection", {}).get("rows") != wanted:
        st.session_state[key] = {"selection": {"rows": wanted, "columns": [], "cells": []}}
    dark = session.is_dark()
    table = pd.DataFrame(
        {
            "EVSE": [row.evse_id for row in rows],
            "Bay": [row.bay for row in rows],
            "Location": [row.location for row in rows],
            "": [_with_margin(swatch(row.actual, dark=dark)) for row in rows],
            "Actual now": [label(row.actual) for row in rows],
            "Has already": [row.already for row in rows],
        }
    )
    st.dataframe(
        table,
        key=key,
        on_select=lambda: _follow_table(key, ids),
        selection_mode="multi-row",
        # for a table that the browser sets up anew
        selection_default={"selection": {"rows": wanted, "columns": [], "cells": []}},
        hide_index=True,
        height=min(33 + 30 * len(rows), _HEIGHT_AT_MOST),
        row_height=30,
        column_config={
            "EVSE": st.column_config.TextColumn(width=_fitting(row.evse_id for row in rows)),
            "Bay": st.column_config.TextColumn(width=54),
            "Location": st.column_config.TextColumn(width=112),
            "": st.column_config.ImageColumn(width=36),
            "Actual now": st.column_config.TextColumn(width=86),
            "Has already": st.column_config.TextColumn(width=170),
        },
        alt="EVSEs to pick from, with what they report and what they have already",
    )


def _fitting(texts: Iterable[str]) -> int:
    """Pixels for the longest of them: of two EVSE ids the end is what tells them apart."""
    longest = max((len(text) for text in texts), default=0)
    return min(max(128, 18 + round(7.4 * longest)), 320)


def _with_margin(picture: str) -> str:
    """A swatch that stays small in its cell: the table scales pictures to the row (finding 19)."""
    return data_uri(
        '<svg xmlns="http://www.w3.org/2000/svg" width="44" height="30">'
        f'<image href="{picture}" x="12" y="9" width="20" height="12"/></svg>'
    )


def _draw_whole(page: FleetPage, which: FleetFilter) -> None:
    """Whole chargers and everything found, one click each."""
    chosen = set(picked())
    chargers = _chargers(page)
    here = sum(row.evse.id in chosen for row in page.rows)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        shown = (
            f" The table shows the first {len(page.rows)}." if page.total > len(page.rows) else ""
        )
        st.caption(f"{here:,} of {page.total:,} picked.{shown}", width="content")
        st.space("stretch")
        if chargers:
            with st.popover("Whole chargers", type="tertiary", icon=":material/ev_station:"):
                for name, ids in chargers.items():
                    whole = chosen.issuperset(ids)
                    st.checkbox(
                        f"{plain(name)} ({len(ids)})",
                        value=whole,
                        key=f"plan-charger-{name}-{whole}",
                        on_change=drop if whole else pick,
                        args=(tuple(ids),),
                    )
        if here < page.total:
            st.button(
                f"Pick all {page.total:,}",
                type="tertiary",
                icon=":material/done_all:",
                key="plan-pick-all",
                on_click=pick_all,
                args=(which,),
            )
        if here:
            st.button(
                "Pick none",
                type="tertiary",
                icon=":material/close:",
                key="plan-pick-none",
                on_click=drop_all,
                args=(which,),
            )


def _say_what_else_is_picked(shown: Iterable[int]) -> None:
    rest = [number for number in picked() if number not in set(shown)]
    if not rest:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        ids = [card.evse_id for card in cards(rest[:4])]
        more = named(ids) if len(rest) <= 4 else f"{', '.join(ids[:3])} and {len(rest) - 3:,} more"
        st.caption(f"Also picked, outside this list: {plain(more)}", width="content")
        st.button(
            "Drop",
            type="tertiary",
            icon=":material/close:",
            key="plan-drop-rest",
            on_click=drop,
            args=(tuple(rest),),
        )


def _chargers(page: FleetPage) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in page.rows:
        if row.evse.charger:
            found.setdefault(f"{row.evse.charger}, {row.evse.location_name}", []).append(
                row.evse.id
            )
    return {name: ids for name, ids in found.items() if len(ids) > 1}


def _follow_table(key: str, ids: Sequence[int]) -> None:
    rows = st.session_state[key]["selection"]["rows"]
    ticked = [ids[row] for row in rows if row < len(ids)]
    listed = set(ids)
    kept = [number for number in picked() if number not in listed or number in ticked]
    set_picked([*kept, *ticked])
