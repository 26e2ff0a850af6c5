"""Which instant did somebody pick? The one place where a time on the wall becomes UTC (rule 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import AmbiguousLocalTime, EvseStatusError, NonexistentLocalTime
from evse_status.core.local_time import Fold, resolve
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import plain, utc_offset

FIRST_YEAR = datetime(2000, 1, 1)  # noqa: DTZ001  a bound of a picker, on any wall
LAST_YEAR = datetime(2100, 12, 31, 23, 59)  # noqa: DTZ001
_NIGHT_BEGINS, _NIGHT_ENDS = time(22), time(5)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a picker holds: an instant in UTC, nothing at all, or a time that is refused."""

    at: datetime | None = None
    refused: EvseStatusError | None = None


@dataclass(frozen=True, slots=True)
class Wall:
    """A whole minute as clocks show it, and which of the two where they show it twice."""

    local: datetime
    fold: Fold


def on_the_wall(at: datetime, in_zone: ZoneInfo) -> Wall:
    """What clocks in `in_zone` show at `at`, cut to the minute."""
    local = at.astimezone(in_zone)
    return Wall(local.replace(tzinfo=None, fold=0, second=0, microsecond=0), Fold(local.fold))


def read_wall(
    local: datetime | None,
    in_zone: ZoneInfo,
    *,
    fold: Fold | None,
    field: str,
    unless: datetime | None = None,
) -> Chosen:
    """The instant at which clocks in `in_zone` show `local`; a gap or an open question is refused.

    `unless` is the instant that the picker was filled with: while the wall still shows its minute,
    it comes back to the microsecond, so that opening and saving a form moves nothing.
    """
    if local is None:
        return Chosen()
    if unless is not None and on_the_wall(unless, in_zone) == Wall(local, fold or Fold.FIRST):
        return Chosen(unless)
    try:
        return Chosen(resolve(local, in_zone, fold=fold, field=field))
    except (AmbiguousLocalTime, NonexistentLocalTime) as error:
        return Chosen(refused=error)


def tonight(now: datetime, in_zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Today 22:00 and tomorrow 05:00 on clocks in `in_zone`, in UTC."""
    today = now.astimezone(in_zone).date()
    begins = datetime.combine(today, _NIGHT_BEGINS)
    ends = datetime.combine(today + timedelta(days=1), _NIGHT_ENDS)
    return nearest(begins, in_zone), nearest(ends, in_zone)


def midnight(day: datetime, in_zone: ZoneInfo, *, days: int = 0) -> datetime:
    """The start of the local day on which `day` falls, `days` days on, in UTC."""
    date = day.astimezone(in_zone).date() + timedelta(days=days)
    return nearest(datetime.combine(date, time()), in_zone)


def nearest(local: datetime, in_zone: ZoneInfo) -> datetime:
    """`local` where nobody can be asked, in UTC: the first of two, the end of a gap."""
    try:
        return resolve(local, in_zone, fold=Fold.FIRST)
    except NonexistentLocalTime as error:
        return error.later


def next_minute(at: datetime) -> datetime:
    """`at` if it is a whole minute, else the next one: what a picker can show."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def fill_instant(key: str, at: datetime | None, in_zone: ZoneInfo) -> None:
    """Put an instant (UTC; `None` empties) into the picker `key`, before this run draws it."""
    shown = None if at is None else on_the_wall(at, in_zone)
    twice = shown is not None and _happens_twice(shown.local, in_zone)
    st.session_state[key] = None if shown is None else shown.local
    st.session_state[f"{key}-fold"] = shown.fold if shown is not None and twice else None
    st.session_state[f"{key}-filled"] = at


def chosen_instant(key: str, in_zone: ZoneInfo, *, field: str) -> Chosen:
    """What the picker `key` holds now, without drawing it; for callbacks."""
    return read_wall(
        st.session_state.get(key),
        in_zone,
        fold=st.session_state.get(f"{key}-fold"),
        field=field,
        unless=st.session_state.get(f"{key}-filled"),
    )


def instant_input(
    label: str,
    *,
    key: str,
    in_zone: ZoneInfo,
    field: str,
    value: datetime | None = None,
    hint: str | None = None,
    on_change: Callable[[], None] | None = None,
    keep: Literal["page", "session"] | None = None,
    disabled: bool = False,
) -> Chosen:
    """A date and time picker on clocks in `in_zone`, at first showing `value` (UTC; `None`: empty).

    A time that clocks skip is refused with its neighbours as buttons; for one that they show twice
    it asks which, and opens on the right one when `value` lies there. The label should say whose
    clocks are meant. `field` is the name that errors carry. Change it later with `fill_instant`.
    """
    if key not in st.session_state:
        fill_instant(key, value, in_zone)
    st.datetime_input(
        label,
        key=key,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        format="DD/MM/YYYY",
        step=timedelta(minutes=15),
        help=hint,
        on_change=on_change or "rerun",
        persist_state=keep,
        disabled=disabled,
    )
    chosen = chosen_instant(key, in_zone, field=field)
    local = st.session_state[key]
    if local is not None and _happens_twice(local, in_zone):
        _ask_which(local, in_zone, key=key, on_change=on_change, keep=keep)
        chosen = chosen_instant(key, in_zone, field=field)
    if isinstance(chosen.refused, NonexistentLocalTime):
        _offer_neighbours(chosen.refused, in_zone, key=key, on_change=on_change)
    return chosen


def _happens_twice(local: datetime, in_zone: ZoneInfo) -> bool:
    try:
        resolve(local, in_zone)
    except AmbiguousLocalTime:
        return True
    except NonexistentLocalTime:
        return False
    return False


def _ask_which(
    local: datetime,
    in_zone: ZoneInfo,
    *,
    key: str,
    on_change: Callable[[], None] | None,
    keep: Literal["page", "session"] | None,
) -> None:
    def words(fold: Fold) -> str:
        at = local.replace(tzinfo=in_zone, fold=int(fold))
        return f"{'First' if fold is Fold.FIRST else 'Second'}, {utc_offset(at, in_zone)}"

    st.radio(
        f"{local:%H:%M} happens twice that night: which one?",
        list(Fold),
        format_func=words,
        key=f"{key}-fold",
        index=None,
        horizontal=True,
        on_change=on_change,
        persist_state=keep,
    )


def _offer_neighbours(
    error: NonexistentLocalTime,
    in_zone: ZoneInfo,
    *,
    key: str,
    on_change: Callable[[], None] | None,
) -> None:
    def take(at: datetime) -> None:
        fill_instant(key, at, in_zone)
        if on_change is not None:
            on_change()

    st.error(plain(sentence(error)), icon=":material/error:")
    with st.container(horizontal=True, gap="xsmall"):
        for name, at in (("earlier", error.earlier), ("later", error.later)):
            st.button(
                f"{at.astimezone(in_zone):%H:%M}",
                key=f"{key}-{name}",
                on_click=take,
                args=(at,),
            )
