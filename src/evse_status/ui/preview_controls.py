"""Which EVSE, which moment, with which overrides, in whose words?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.core.period import read_instant, write_instant
from evse_status.service import look_up
from evse_status.service.app_wire import AppProfile
from evse_status.service.fleet import EvseCard
from evse_status.service.look_up import Planned
from evse_status.ui import session, url
from evse_status.ui.charts.bars import Span
from evse_status.ui.charts.preview import HEIGHT_PX, strip_figure
from evse_status.ui.inputs import chosen_instant, fill_instant, instant_input, midnight
from evse_status.ui.preview_draft import draft_of_address, draw_draft_line
from evse_status.ui.preview_evses import choose_evses, draw_several
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import plain, when, zone_label
from evse_status.ui.views.preview import Variant

_VARIANT, _PROFILE = "preview-variant", "preview-profile"
_AT, _PICKER, _SLIDER = "preview-at", "preview-moment", "preview-slider"
_FILLED_FOR, _FROM_URL = "preview-filled-for", "preview-at-from-url"
_DAYS_BACK, _DAYS = 2, 9
_STEP = timedelta(minutes=30)
_USUAL_PROFILE = "default"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at: an EVSE among those chosen, an instant (UTC) as it is known at `now`, which
    overrides, on whose clocks; `profile` is the key of the driver app's words."""

    evse: EvseCard
    chosen: tuple[EvseCard, ...]
    at: datetime
    now: datetime
    zone: ZoneInfo
    variant: Variant
    draft: Planned | None
    profile: str

    @property
    def is_now(self) -> bool:
        """Whether it is the state of now, as it is."""
        return self.at == self.now and self.variant is Variant.AS_PLANNED


def choose() -> Looked | None:
    """Draw the controls; `None` while no EVSE is known."""
    _take_instant_from_url()
    now = session.now()
    with st.container(border=True):
        evse_column, moment_column, days_column = st.columns([28, 23, 49], gap="medium")
        with evse_column:
            evse, chosen = choose_evses()
        if evse is None:
            return None
        draft = draft_of_address(chosen, now=now)
        with evse_column:
            variant = _choose_variant(draft)
        zone = ZoneInfo(evse.time_zone)
        with moment_column:
            at = _choose_moment(zone, now=now)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                _draw_way_back()
                draw_several(evse)
        with days_column, st.container(gap="xxsmall"):
            drafted = draft if variant is Variant.WITH_DRAFT else None
            _draw_days(evse, at, zone, now=now, draft=drafted)
            if draft is not None:
                draw_draft_line(chosen)
    _write_instant_to_url()
    return Looked(
        evse=evse,
        chosen=chosen,
        at=at,
        now=now,
        zone=zone,
        variant=variant,
        draft=draft,
        profile=st.query_params.get("profile", ""),
    )


def choose_profile(profiles: Sequence[AppProfile]) -> None:
    """Draw the choice of the driver app's words."""
    names = {one.key: one.name for one in profiles}
    url.take_one("profile", {key: key for key in names}, key=_PROFILE, otherwise=_USUAL_PROFILE)
    st.selectbox(
        "Presentation profile",
        list(names),
        format_func=lambda key: names.get(key, key),
        key=_PROFILE,
        on_change=lambda: url.keep("profile", key=_PROFILE, otherwise=_USUAL_PROFILE),
        help="What the driver app calls each status: a profile, or an app's own words. "
        "Hubject and OCPI stay the same.",
    )


def _choose_variant(draft: Planned | None) -> Variant:
    offered = [one for one in Variant if draft is not None or one is not Variant.WITH_DRAFT]
    usual = Variant.WITH_DRAFT if draft is not None else Variant.AS_PLANNED
    words = {one.name.lower(): one for one in offered}
    url.take_one("show", words, key=_VARIANT, otherwise=usual)

    def keep() -> None:
        chosen = Variant(st.session_state[_VARIANT] or usual)
        if chosen is usual:
            st.query_params.pop("show", None)
        else:
            st.query_params["show"] = chosen.name.lower()

    chosen = st.segmented_control(
        "Overrides",
        offered,
        required=True,
        key=_VARIANT,
        on_change=keep,
        label_visibility="collapsed",
    )
    return Variant(chosen or usual)


def _choose_moment(zone: ZoneInfo, *, now: datetime) -> datetime:
    at: datetime | None = st.session_state.get(_AT)
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
    return at or now


def _draw_way_back() -> None:
    st.button(
        "Back to now",
        icon=":material/today:",
        type="tertiary",
        key="preview-now",
        disabled=st.session_state.get(_AT) is None,
        on_click=_go_to,
        args=(None,),
    )


def _draw_days(
    evse: EvseCard, at: datetime, zone: ZoneInfo, *, now: datetime, draft: Planned | None
) -> None:
    window = _window(at, zone, now=now)
    steps = _steps(window, zone, now.astimezone(zone).year)
    minute = at.replace(second=0, microsecond=0)
    st.session_state[_SLIDER] = minute
    st.select_slider(
        "Moment",
        sorted({*steps, minute}),
        format_func=lambda step: steps.get(step) or when(step, zone, now=now),
        key=_SLIDER,
        on_change=_follow_slider,
        args=(window[0],),
        label_visibility="collapsed",
    )
    track = look_up.track(
        session.app().database,
        session.principal(),
        evse.id,
        from_at=window[0],
        to_at=window[1],
        planned=draft,
    )
    st.plotly_chart(
        strip_figure(track, window, zone, at=at, dark=session.is_dark()),
        key="preview-strip",
        height=HEIGHT_PX,
        config={"displayModeBar": False},
        alt=f"Overrides of {plain(evse.evse_id)} over nine days, told in words below",
    )


@lru_cache(maxsize=32)
def _steps(window: Span, zone: ZoneInfo, year: int) -> Mapping[datetime, str]:
    """The instants that the slider offers and how each is written in `year`: always the same for a day."""
    now = datetime(year, 7, 1, tzinfo=zone)
    instants = (window[0] + _STEP * n for n in range(int((window[1] - window[0]) / _STEP)))
    return {at: when(at, zone, now=now) for at in instants}


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


def _follow_slider(first: datetime) -> None:
    """Go where the slider was moved, never to the first of its moments: to that one Streamlit takes a
    browser that hasn't yet got the minute of now that this page has."""
    chosen = st.session_state[_SLIDER]
    if chosen != first:
        _go_to(chosen)


def _go_to(at: datetime | None) -> None:
    st.session_state[_AT] = at


def _take_instant_from_url() -> None:
    asked = st.query_params.get("at")
    if asked == st.session_state.get(_FROM_URL):
        return
    st.session_state[_FROM_URL] = asked
    st.session_state[_AT] = None
    if asked:
        try:
            st.session_state[_AT] = read_instant(asked, field="at")
        except EvseStatusError as error:
            st.error(plain(sentence(error)), icon=":material/error:")


def _write_instant_to_url() -> None:
    at: datetime | None = st.session_state.get(_AT)
    wanted = None if at is None else write_instant(at)
    if wanted is None:
        st.query_params.pop("at", None)
    elif st.query_params.get("at") != wanted:
        st.query_params["at"] = wanted
    st.session_state[_FROM_URL] = wanted
