"""Which EVSE, which moment, with or without overrides, in whose words?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.period import read_instant, write_instant
from evse_status.core.translation import DEFAULT_PROFILE, PROFILES, Profile
from evse_status.service import fleet, look_up
from evse_status.service.fleet import EvseCard, FleetFilter
from evse_status.ui import session
from evse_status.ui.charts.bars import Span
from evse_status.ui.charts.preview import HEIGHT_PX, strip_figure
from evse_status.ui.inputs import chosen_instant, fill_instant, instant_input, midnight
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import plain, when, zone_label
from evse_status.ui.views.preview import evse_name

_EVSE, _MODE, _PROFILE = "preview-evse", "preview-mode", "preview-profile"
_AT, _PICKER, _SLIDER = "preview-at", "preview-moment", "preview-slider"
_FILLED_FOR, _FROM_URL = "preview-filled-for", "preview-from-url"
_OPTIONS_AT_MOST = 2_000
_DAYS_BACK, _DAYS = 2, 9
_STEP = timedelta(minutes=30)
_AS_PLANNED, _WITHOUT = "As planned", "Without overrides"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: an EVSE, an instant (UTC), in which words and on whose clocks."""

    evse: EvseCard
    at: datetime
    zone: ZoneInfo
    shown_in: Profile
    with_overrides: bool


def choose() -> Looked | None:
    """Draw the controls; `None` while no EVSE is known."""
    _take_from_url()
    with st.container(border=True):
        evse_column, moment_column, days_column = st.columns([28, 23, 49], gap="medium")
        with evse_column:
            evse = _choose_evse()
            mode = st.segmented_control(
                "Overrides",
                (_AS_PLANNED, _WITHOUT),
                default=_AS_PLANNED,
                required=True,
                key=_MODE,
                label_visibility="collapsed",
            )
        if evse is None:
            return None
        zone = ZoneInfo(evse.time_zone)
        with moment_column:
            at = _choose_moment(zone)
        with days_column, st.container(gap="xxsmall"):
            _draw_days(evse, at, zone)
    _write_url(evse, st.session_state.get(_AT))
    return Looked(
        evse=evse,
        at=at,
        zone=zone,
        shown_in=PROFILES.get(st.session_state.get(_PROFILE, ""), DEFAULT_PROFILE),
        with_overrides=mode != _WITHOUT,
    )


def choose_profile() -> None:
    """Draw the choice of the driver app's words."""
    st.selectbox(
        "Presentation profile",
        list(PROFILES),
        key=_PROFILE,
        help="What the driver app calls the four temporary statuses. Hubject and OCPI stay the same.",
    )


def _choose_evse() -> EvseCard | None:
    db, who = session.app().database, session.principal()
    cards = fleet.select_evses(db, who, FleetFilter(), now=session.now(), limit=_OPTIONS_AT_MOST)
    names = {card.evse_id: evse_name(card) for card in cards}
    if not names:
        st.info("There are no EVSEs yet. Import locations first: `evse-status import ocpi FILE`.")
        return None
    if _EVSE not in st.session_state:
        st.session_state[_EVSE] = _first_worth_seeing() or next(iter(names))
    text = st.selectbox(
        "EVSE",
        list(names),
        format_func=lambda evse_id: names.get(evse_id, evse_id),
        key=_EVSE,
        accept_new_options=True,
        placeholder="Search, or type an id",
        persist_state="session",
    )
    if not text:
        st.caption("Choose an EVSE: type a part of its id or of its location.")
        return None
    try:
        return look_up.find_evse(db, who, text)
    except EvseStatusError as error:
        st.error(plain(sentence(error)), icon=":material/error:")
        return None


def _first_worth_seeing() -> str | None:
    found = fleet.select_evses(
        session.app().database,
        session.principal(),
        FleetFilter(only_overridden=True),
        now=session.now(),
        limit=1,
    )
    return found[0].evse_id if found else None


def _choose_moment(zone: ZoneInfo) -> datetime:
    at: datetime | None = st.session_state.get(_AT)
    now = session.now()
    shown = at or now.replace(second=0, microsecond=0)
    if st.session_state.get(_FILLED_FOR) != (shown, zone.key) or _PICKER not in st.session_state:
        fill_instant(_PICKER, shown, zone)
        st.session_state[_FILLED_FOR] = (shown, zone.key)
    instant_input(
        "Moment, site time",
        key=_PICKER,
        in_zone=zone,
        field="at",
        hint=f"On clocks in {zone_label(zone, shown)}.",
        on_change=lambda: _follow_picker(zone),
    )
    st.button(
        "Back to now",
        icon=":material/today:",
        type="tertiary",
        key="preview-now",
        disabled=at is None,
        on_click=_go_to,
        args=(None,),
    )
    return at or now


def _draw_days(evse: EvseCard, at: datetime, zone: ZoneInfo) -> None:
    now = session.now()
    window = _window(at, zone, now=now)
    steps = [window[0] + _STEP * n for n in range(int((window[1] - window[0]) / _STEP))]
    minute = at.replace(second=0, microsecond=0)
    st.session_state[_SLIDER] = minute
    st.select_slider(
        "Moment",
        sorted({*steps, minute}),
        format_func=lambda step: when(step, zone, now=now),
        key=_SLIDER,
        on_change=lambda: _go_to(st.session_state[_SLIDER]),
        label_visibility="collapsed",
    )
    page = fleet.fleet_page(
        session.app().database,
        session.principal(),
        FleetFilter(evses=(evse.id,)),
        from_at=window[0],
        to_at=window[1],
        now=now,
        limit=1,
    )
    track = page.rows[0].track if page.rows else ()
    st.plotly_chart(
        strip_figure(track, window, zone, at=at, dark=session.is_dark()),
        key="preview-strip",
        height=HEIGHT_PX,
        config={"displayModeBar": False},
        alt=f"Overrides of {plain(evse.evse_id)} over nine days, told in words below",
    )


def _window(at: datetime, zone: ZoneInfo, *, now: datetime) -> Span:
    """Nine local days around now, or around the moment where that lies outside."""
    window = (midnight(now, zone, days=-_DAYS_BACK), midnight(now, zone, days=_DAYS - _DAYS_BACK))
    if window[0] <= at < window[1]:
        return window
    return (midnight(at, zone, days=-_DAYS_BACK), midnight(at, zone, days=_DAYS - _DAYS_BACK))


def _follow_picker(zone: ZoneInfo) -> None:
    chosen = chosen_instant(_PICKER, zone, field="at")
    if chosen.refused is None:
        _go_to(chosen.at)


def _go_to(at: datetime | None) -> None:
    st.session_state[_AT] = at


def _take_from_url() -> None:
    asked = (st.query_params.get("evse"), st.query_params.get("at"))
    if not any(asked) or asked == st.session_state.get(_FROM_URL):
        return
    st.session_state[_FROM_URL] = asked
    if asked[0]:
        st.session_state[_EVSE] = asked[0]
    st.session_state[_AT] = None
    if asked[1]:
        try:
            st.session_state[_AT] = read_instant(asked[1], field="at")
        except EvseStatusError as error:
            st.error(plain(sentence(error)), icon=":material/error:")


def _write_url(evse: EvseCard, at: datetime | None) -> None:
    wanted = (evse.evse_id, None if at is None else write_instant(at))
    if st.query_params.get("evse") != wanted[0]:
        st.query_params["evse"] = evse.evse_id
    if wanted[1] is None:
        st.query_params.pop("at", None)
    elif st.query_params.get("at") != wanted[1]:
        st.query_params["at"] = wanted[1]
    st.session_state[_FROM_URL] = wanted
