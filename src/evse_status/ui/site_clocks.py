"""Which instants does one time on the wall mean at sites in one or several zones? (rule 6)"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from evse_status.core.errors import AmbiguousLocalTime, EvseStatusError, NonexistentLocalTime
from evse_status.core.local_time import Fold, resolve
from evse_status.ui.inputs import FIRST_YEAR, LAST_YEAR, Chosen, on_the_wall, read_wall
from evse_status.ui.refusals import sentence
from evse_status.ui.texts import plain, utc_offset


def chosen_wall(key: str) -> datetime | None:
    """The time that the picker `key` shows, naive; for callbacks too."""
    local: datetime | None = st.session_state.get(key)
    return local


def chosen_at(key: str, zones: Sequence[ZoneInfo], *, field: str) -> dict[str, Chosen]:
    """What the picker `key` means on the clocks of each zone, by its name; for callbacks too."""
    local = chosen_wall(key)
    return {
        zone.key: read_wall(local, zone, fold=_said_fold(key, local, zone, zones), field=field)
        for zone in zones
    }


def first_refusal(chosen: dict[str, Chosen]) -> EvseStatusError | None:
    """Why the time can't be meant in one of the zones."""
    return next((one.refused for one in chosen.values() if one.refused is not None), None)


def fill_wall(key: str, local: datetime | None) -> None:
    """Put a naive time into the picker `key` before this run draws it."""
    st.session_state[key] = local


def fill_at(key: str, at: datetime, zone: ZoneInfo) -> None:
    """Put what clocks in `zone` show at an instant (UTC) into the picker `key`, and which of two."""
    shown = on_the_wall(at, zone)
    st.session_state[key] = shown.local
    if _both(shown.local, zone) is not None:
        st.session_state[_fold_key(key, zone)] = shown.fold


def wall_input(
    label: str,
    *,
    key: str,
    zones: Sequence[ZoneInfo],
    field: str,
    hint: str,
    on_change: Callable[[], None],
    lenient: bool = False,
) -> None:
    """A date and time picker that is read on the clocks of each zone.

    A time that clocks skip at one of the sites is refused, and the nearest ones that all have are
    buttons; where clocks show it twice it asks which, once for zones that agree. A `lenient` one
    asks nothing: repeated overrides happen in gaps and folds too (rule 18).
    """
    st.session_state.setdefault(key, None)
    st.datetime_input(
        label,
        key=key,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        format="DD/MM/YYYY",
        step=timedelta(minutes=15),
        help=hint,
        on_change=on_change,
        persist_state="session",
    )
    local = chosen_wall(key)
    if local is None or lenient:
        return
    for together in _that_ask(local, zones):
        _ask_which(local, together, key=key, named=len(zones) > 1)
    refused = first_refusal(chosen_at(key, zones, field=field))
    if isinstance(refused, NonexistentLocalTime):
        _offer(refused, neighbours(local, zones), key=key, on_change=on_change)


def neighbours(local: datetime, zones: Sequence[ZoneInfo]) -> tuple[datetime, datetime]:
    """The last time before `local` and the first after it that clocks in all zones show, naive."""
    return _beside(local, zones, later=False), _beside(local, zones, later=True)


def _beside(local: datetime, zones: Sequence[ZoneInfo], *, later: bool) -> datetime:
    for zone in zones:
        try:
            resolve(local, zone, fold=Fold.FIRST)
        except NonexistentLocalTime as error:
            at = error.later if later else error.earlier
            return _beside(at.astimezone(zone).replace(tzinfo=None), zones, later=later)
    return local


def _both(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    try:
        resolve(local, zone)
    except AmbiguousLocalTime as error:
        return error.first, error.second
    except NonexistentLocalTime:
        return None
    return None


def _that_ask(local: datetime, zones: Sequence[ZoneInfo]) -> list[list[ZoneInfo]]:
    """Zones whose clocks show `local` twice; those with the same two instants together."""
    found: dict[tuple[datetime, datetime], list[ZoneInfo]] = {}
    for zone in zones:
        both = _both(local, zone)
        if both is not None:
            found.setdefault(both, []).append(zone)
    return list(found.values())


def _said_fold(
    key: str, local: datetime | None, zone: ZoneInfo, zones: Sequence[ZoneInfo]
) -> Fold | None:
    if local is None:
        return None
    for together in _that_ask(local, zones):
        if zone in together:
            fold: Fold | None = st.session_state.get(_fold_key(key, together[0]))
            return fold
    return None


def _ask_which(local: datetime, together: Sequence[ZoneInfo], *, key: str, named: bool) -> None:
    def words(fold: Fold) -> str:
        at = local.replace(tzinfo=together[0], fold=int(fold))
        return f"{'First' if fold is Fold.FIRST else 'Second'}, {utc_offset(at, together[0])}"

    where = f" in {' and '.join(zone.key for zone in together)}" if named else " that night"
    st.radio(
        plain(f"{local:%H:%M} happens twice{where}: which one?"),
        list(Fold),
        format_func=words,
        key=_fold_key(key, together[0]),
        index=None,
        horizontal=True,
        persist_state="session",
    )


def _offer(
    refused: NonexistentLocalTime,
    beside: tuple[datetime, datetime],
    *,
    key: str,
    on_change: Callable[[], None],
) -> None:
    def take(local: datetime) -> None:
        fill_wall(key, local)
        on_change()

    st.error(plain(sentence(refused)), icon=":material/error:")
    with st.container(horizontal=True, gap="xsmall"):
        for name, local in zip(("earlier", "later"), beside, strict=True):
            st.button(f"{local:%H:%M}", key=f"{key}-{name}", on_click=take, args=(local,))


def _fold_key(key: str, zone: ZoneInfo) -> str:
    return f"{key}-fold-{zone.key}"
