"""Place what was shown, once; where something changed in between, say what and ask again."""

from dataclasses import dataclass

import streamlit as st

from evse_status.core.errors import EvseStatusError, NothingSelected
from evse_status.service.placing import place_groups
from evse_status.service.plan_mark import OtherThanPreviewed
from evse_status.service.schedule import BatchResult
from evse_status.service.series import place_repeating
from evse_status.ui import plan_outcome, session
from evse_status.ui.busy import busy
from evse_status.ui.plan_asked import asked_now, form
from evse_status.ui.plan_service import Shown, look_ahead
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.plan_changed import differences, what_changed

_REFUSED, _TICKETS = "plan-refused", "plan-spent"
_SEEN, _CHANGED = "plan-seen", "plan-changed"


@dataclass(frozen=True, slots=True)
class _Changed:
    """What is other than it was shown for this form, one sentence each; asked for once more."""

    form: tuple[object, ...]
    said: tuple[str, ...]


def watch(shown: Shown | None) -> None:
    """Notice what others changed since this plan was first drawn; call it before the button."""
    if shown is None:
        st.session_state.pop(_SEEN, None)
        return
    before: tuple[tuple[object, ...], Shown] | None = st.session_state.get(_SEEN)
    if before is not None and before[0] == form():
        _ask_again(differences(before[1].mark, shown.mark))
    st.session_state[_SEEN] = (form(), shown)


def changed() -> tuple[str, ...]:
    """What is other than it was shown, until it is placed or the form is altered."""
    kept: _Changed | None = st.session_state.get(_CHANGED)
    return kept.said if kept is not None and kept.form == form() else ()


def place_button(shown: Shown | None) -> None:
    """Draw the accent button. Each drawn button places at most once, however often it is clicked.

    The one that asks again has a key of its own: a click on the button of before places nothing.
    """
    again = bool(changed())
    count = 0 if shown is None else shown.count
    said = f"Place {counted(count, 'override')}" if count else "Place"
    if shown is not None and shown.plan.targets:
        said = f"Place on {counted(count, 'EVSE')}"
    st.button(
        f"{said} all the same" if again else said,
        type="primary",
        icon=":material/check:",
        disabled=shown is None or not count,
        key="plan-place-again" if again else "plan-place",
        on_click=_place,
        args=(_spent(), shown, again),
    )


def draw_changed() -> None:
    """Say what changed since it was shown."""
    said = changed()
    if said:
        lines = "  \n".join(plain(one) for one in said)
        st.warning(
            f"**Nothing is placed yet: this changed since you were shown it**  \n{lines}",
            icon=":material/sync_problem:",
        )


def refusal() -> EvseStatusError | None:
    """Why the last placing was refused as a whole, until the form is altered."""
    kept: tuple[EvseStatusError, tuple[object, ...]] | None = st.session_state.get(_REFUSED)
    return kept[0] if kept is not None and kept[1] == form() else None


def _place(ticket: int, shown: Shown | None, again: bool) -> None:
    if ticket != _spent() or shown is None:
        return
    st.session_state[_TICKETS] = ticket + 1
    try:
        asked, refused = asked_now()
        if refused is not None:
            raise refused
        if asked is None or not (asked.groups or asked.targets):
            raise NothingSelected()
        if asked != shown.plan:  # a length counts from now, or a text was typed last
            now_shown = look_ahead(asked)
            if said := differences(shown.mark, now_shown.mark):
                _ask_again(said)
                return
            shown = now_shown
        with busy("Placing", shown.count):
            done = _placed(shown, again=again)
    except OtherThanPreviewed as error:
        _ask_again(what_changed(error.different))
    except EvseStatusError as error:
        st.session_state[_REFUSED] = (error, form())
    else:
        plan_outcome.keep(done)
        st.session_state.pop(_CHANGED, None)
        st.session_state.pop(_SEEN, None)


def _placed(shown: Shown, *, again: bool) -> plan_outcome.Placed:
    db, who, plan = session.app().database, session.principal(), shown.plan
    if shown.series is not None:
        made = place_repeating(db, who, plan.targets, previewed=shown.series.mark)
        result = BatchResult(made.batch_id, made.items)
        return plan_outcome.Placed(result, form(), made.series)
    mark = None if shown.once is None else shown.once.mark
    if again and mark is not None:
        mark = mark.without_sessions()
    return plan_outcome.Placed(place_groups(db, who, plan.groups, previewed=mark), form())


def _ask_again(said: tuple[str, ...]) -> None:
    if said:
        st.session_state[_CHANGED] = _Changed(form(), tuple(dict.fromkeys((*changed(), *said))))


def _spent() -> int:
    number: int = st.session_state.get(_TICKETS, 0)
    return number
