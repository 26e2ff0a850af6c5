"""What does a file ask for, line by line? Uploaded or pasted; its good lines can be placed."""

import streamlit as st

from evse_status.core.errors import EvseStatusError
from evse_status.service.plan_csv import MOST_BYTES, CsvPlan, read_csv
from evse_status.ui import session
from evse_status.ui.plan_form import Asked, Plan
from evse_status.ui.texts import counted, plain
from evse_status.ui.views.plan_csv import EXAMPLE, line_problems

_UPLOAD, _PASTE, _DATA, _ROUND = "plan-csv", "plan-csv-text", "plan-csv-data", "plan-csv-round"
_TOLD_AT_ONCE, _TOLD_AT_MOST = 5, 200


def ask() -> Asked:
    """Draw the ways to give a file, and what is wrong with its lines."""
    given, pasted = st.columns(2, gap="small")
    with given:
        key = f"{_UPLOAD}-{_round()}"
        st.file_uploader("CSV file", type=["csv", "txt"], key=key, on_change=_uploaded, args=(key,))
    with pasted:
        st.text_area(
            "Or paste its lines",
            key=_PASTE,
            height=104,
            placeholder=EXAMPLE,
            on_change=_pasted,
            persist_state="session",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(
            "Columns evse_id, status, from, to, reason. Times are on the clocks of each site, or "
            "carry an offset; an empty one means now, or until cleared.",
        )
        st.download_button(
            "Example",
            EXAMPLE,
            file_name="plan.csv",
            mime="text/csv",
            type="tertiary",
            icon=":material/download:",
            key="plan-csv-example",
        )
    place = st.container()
    data = st.session_state.get(_DATA)
    if data is None:
        return Asked(Plan(), None, {"file": place})
    try:
        read = _read(data)
    except EvseStatusError as error:
        return Asked(None, error, {"file": place})
    with place:
        _draw_lines(read)
    return Asked(Plan(groups=read.groups), None, {"file": place})


def current_plan() -> tuple[Plan | None, EvseStatusError | None]:
    """What the file asks for, read afresh; for callbacks too."""
    data = st.session_state.get(_DATA)
    if data is None:
        return None, None
    try:
        return Plan(groups=_read(data).groups), None
    except EvseStatusError as error:
        return None, error


def fingerprint() -> tuple[object, ...]:
    """What the page holds, to see whether it was altered since."""
    return ("csv", st.session_state.get(_DATA))


def forget_file() -> None:
    """Start over without a file; a callback."""
    st.session_state[_DATA] = None
    st.session_state[_PASTE] = ""
    st.session_state[_ROUND] = _round() + 1


def _read(data: bytes | str) -> CsvPlan:
    return read_csv(session.app().database, session.principal(), data, now=session.now())


def _uploaded(key: str) -> None:
    file = st.session_state[key]
    st.session_state[_DATA] = None if file is None else file.getvalue()[: MOST_BYTES + 1]


def _pasted() -> None:
    st.session_state[_DATA] = st.session_state[_PASTE] if st.session_state[_PASTE].strip() else None


def _round() -> int:
    number: int = st.session_state.get(_ROUND, 0)
    return number


def _draw_lines(read: CsvPlan) -> None:
    problems = line_problems(read.problems)
    good = sum(len(group.evses) for group in read.groups)
    said = f"{counted(good, 'line')} can be placed"
    if not problems:
        st.success(plain(said), icon=":material/check_circle:")
        return
    bad = len({one.line for one in read.problems})
    leaves = "leaves it out" if bad == 1 else "leaves them out"
    title = plain(f"{said}, {counted(bad, 'line')} can't: placing {leaves}")
    st.warning(
        "  \n".join([f"**{title}**", *(plain(one) for one in problems[:_TOLD_AT_ONCE])]),
        icon=":material/warning:",
    )
    if len(problems) > _TOLD_AT_ONCE:
        with st.expander(f"{len(problems) - _TOLD_AT_ONCE:,} more"):
            told = problems[_TOLD_AT_ONCE:][:_TOLD_AT_MOST]
            st.markdown("  \n".join(plain(one) for one in told))
