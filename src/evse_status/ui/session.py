"""Who looks, in which zone and mode, and has anything moved since?"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import streamlit as st

from evse_status.bootstrap import App, open_served
from evse_status.core.errors import EvseStatusError, NotAllowed
from evse_status.core.local_time import zone
from evse_status.core.people import Visit
from evse_status.core.principal import Principal
from evse_status.service import fleet
from evse_status.ui import account, failures, gate, url
from evse_status.ui.texts import clock, plain, utc_offset

_TICK_SECONDS = 1.5
_MINUTE = timedelta(minutes=1)
_CALM = timedelta(seconds=3)
"""What chargers report is gathered for so long; with a tick it shows within five seconds."""
_SEEN, _CHOSEN_ZONE, _ZONE_PICKER = "seen", "chosen-zone", "zone-picker"
_ZONE_COOKIE, _TO_KEEP = "evse-status-zone", "zone-to-keep"
_A_YEAR = 366 * 24 * 60 * 60
_HELD, _WAITED_FOR = "_held", "_waited-for"


@st.cache_resource(show_spinner=False)
def app() -> App:
    """The parts, put together once per process."""
    return open_served()


def now() -> datetime:
    """The product's instant, UTC."""
    return app().now()


def claims() -> Mapping[str, Any]:
    """What the identity provider says of the visitor."""
    return st.user.to_dict()


def visit() -> Visit:
    """Whether the visitor is let in and as whom, asked afresh: a session ends with the role."""
    return gate.visit_of(app(), claims(), from_address=st.context.ip_address)


def principal() -> Principal:
    """Who acts. Raises NotAllowed for a visitor who isn't let in, whatever the frame did."""
    somebody = visit().principal
    if somebody is None:
        raise NotAllowed("You are not signed in. Reload the page and sign in.")
    return somebody


def is_dark() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def viewer_zone() -> ZoneInfo:
    """The zone in which times are shown: that of the URL, else the one chosen in this visit, else
    the one that was chosen in this browser, else the browser's, else the setting's."""
    asked = (
        st.query_params.get("zone"),
        st.session_state.get(_CHOSEN_ZONE),
        st.context.cookies.get(_ZONE_COOKIE),
    )
    return zone(next((name for name in asked if name in _zone_names()), _default_zone()))


def _default_zone() -> str:
    asked = (st.context.timezone, app().settings.zone)
    return next((name for name in asked if name in _zone_names()), "Europe/Copenhagen")


@contextmanager
def page_header(title: str, summary: str = "", *, live: bool = False) -> Iterator[None]:
    """Draw the first row of a page: title, live line or summary, zone, then the block's widgets.

    `title` and `summary` are shown letter by letter.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.title(plain(title), anchor=False, width="content")
        if live:
            st.markdown(_live_line(), width="content")
        elif summary:
            st.markdown(f":gray[{plain(summary)}]", width="content")
        st.space("stretch")
        _zone_picker()
        account.menu(app(), claims(), visit())
        yield


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed when it was drawn at `at`; `minute` is that of the clock."""

    pulse: fleet.Pulse
    dark: bool
    minute: int
    at: datetime
    who: Principal | None = None
    mark: object = None  # what else this page shows

    def is_outdated(self, now_is: "Seen") -> bool:
        """Whether to draw again: at once for overrides and the theme, calmly for anything else."""
        urgent = (self.pulse.boundary_at, self.pulse.change, self.dark, self.who)
        if urgent != (
            now_is.pulse.boundary_at,
            now_is.pulse.change,
            now_is.dark,
            now_is.who,
        ):
            return True
        moved = (self.pulse, self.minute, self.mark) != (now_is.pulse, now_is.minute, now_is.mark)
        return moved and now_is.at - self.at >= _CALM


def live(body: Callable[[], None], *, mark: Callable[[], object] | None = None) -> None:
    """Draw `body`, and the whole page again once a write, a boundary, the theme or a minute moved,
    or what it waits for (`wait_for`) has come.

    `mark` tells of what moves beside those: the page is drawn again when it returns something else.

    Only a comparison runs in between, so half-typed text, open lists, zoom and selection stay.
    What chargers report draws it again every few seconds at most.
    """
    with failures.in_words():
        st.session_state[_SEEN] = _state(mark)
        st.session_state[_HELD] = False
        st.session_state[_WAITED_FOR] = []
        body()
    _watch(mark)


def hold_still() -> None:
    """Keep a live page from redrawing until its next run; call it in the body while a dialog is open.

    A redraw would take half-typed text from the dialog.
    """
    st.session_state[_HELD] = True


def wait_for(coming: Future[None]) -> None:
    """Draw the live page again when this is done; call it in the body."""
    st.session_state.setdefault(_WAITED_FOR, []).append(coming)


@st.fragment(run_every=_TICK_SECONDS)
def _watch(mark: Callable[[], object] | None) -> None:
    url.hear()
    if st.session_state.get(_HELD):
        return
    seen: Seen | None = st.session_state.get(_SEEN)
    try:
        come = any(coming.done() for coming in st.session_state.get(_WAITED_FOR, ()))
        moved = come or seen is None or seen.is_outdated(_state(mark))
    except EvseStatusError as error:
        st.session_state[_SEEN] = None  # the page is drawn again as soon as the store answers
        failures.show(error)
        return
    if moved:
        st.rerun(scope="app")


def _state(mark: Callable[[], object] | None) -> Seen:
    at = now()
    minute = (at - datetime(2000, 1, 1, tzinfo=UTC)) // _MINUTE
    pulse, else_ = fleet.pulse(app().database, now=at), None if mark is None else mark()
    return Seen(pulse, is_dark(), minute, at, visit().principal, else_)


def _live_line() -> str:
    at = now()
    pulse = fleet.pulse(app().database, now=at)
    seen = max((moved for moved in (pulse.written_at, pulse.boundary_at) if moved), default=None)
    said = "Live"
    if seen is not None:
        its_zone = viewer_zone()
        today = seen.astimezone(its_zone).date() == at.astimezone(its_zone).date()
        day = "" if today else f"{seen.astimezone(its_zone):%d %b} "
        said += f", last change {day}{clock(seen, its_zone, seconds=True)}"
    return f":green[:material/sensors:] :gray[{plain(said)}]"


def _zone_picker() -> None:
    current = viewer_zone()
    st.session_state[_CHOSEN_ZONE] = st.session_state[_ZONE_PICKER] = current.key
    with st.popover(
        plain(_short_name(current)),
        icon=":material/public:",
        type="tertiary",
        key="zone_menu",
    ):
        st.selectbox("Times are shown in", _zone_names(), key=_ZONE_PICKER, on_change=_zone_chosen)
        own = _default_zone()
        if current.key != own:
            st.button(
                f"As on this device: {own}",
                icon=":material/undo:",
                type="tertiary",
                key="zone-own",
                on_click=_choose_zone,
                args=(own,),
            )
    _keep_zone()


def _short_name(its: ZoneInfo) -> str:
    """The city alone: the whole row has to fit beside it."""
    offset = utc_offset(now(), its)
    city = its.key.rsplit("/", 1)[-1].replace("_", " ")
    return city if city == offset else f"{city}, {offset}"


def _zone_chosen() -> None:
    _choose_zone(st.session_state[_ZONE_PICKER])


def _choose_zone(name: str) -> None:
    url.put("zone", name)
    st.session_state[_CHOSEN_ZONE] = st.session_state[_TO_KEEP] = name


def _keep_zone() -> None:
    """Have the browser keep what was just chosen, for new tabs and later visits."""
    name: str | None = st.session_state.pop(_TO_KEEP, None)
    if name in _zone_names():  # so that nobody's text gets into a script
        st.html(
            f"<script>document.cookie = '{_ZONE_COOKIE}={name};path=/;max-age={_A_YEAR};"
            "samesite=lax'</script>",
            width="content",
            unsafe_allow_javascript=True,
        )


@cache
def _zone_names() -> list[str]:
    continents = "Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific"
    areas = tuple(f"{name}/" for name in continents.split())
    return ["UTC", *sorted(name for name in available_timezones() if name.startswith(areas))]
